package tombolo.dataplane.adapter.overlay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.overlay.OverlayTunnel;
import tombolo.dataplane.adapter.endpoint.Exchange;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.NeighbourMessage;
import tombolo.dataplane.core.overlay.SeenTunnel;
import tombolo.dataplane.core.overlay.TunnelDiff.Step;
import tombolo.dataplane.core.overlay.TunnelDiff;
import tombolo.dataplane.core.overlay.TunnelMessages;

/** Tunnel devices in the kernel, by rtnetlink, over one socket; the one writer of what hangs on them. One thread. Nothing is remembered between calls. */
final class KernelTunnels implements AutoCloseable {
    /** Dumps come in pieces of 32 KiB, one at a time; the errors of a batch are the most that wait. */
    private static final int RECEIVE_BUFFER = 1 << 20;
    /** Messages of 60 bytes in one datagram: under the writer's limit, and a fraction of a millisecond of the kernel's lock. */
    private static final int BATCH = 500;
    private static final int EOPNOTSUPP = 95;

    private final Exchange exchange;

    /** @param netns path of the namespace to work in; empty for the process's own */
    KernelTunnels(Netlink netlink, Optional<String> netns) {
        exchange = new Exchange(netlink.open(Netlink.Options.route().receiveBuffer(RECEIVE_BUFFER).netns(netns)));
    }

    /**
     * What a look at one device came to.
     *
     * @param mended  what differed and was put right
     * @param refused what the kernel did not take
     * @param refusal why there is no such device: operator text with a code
     */
    record Outcome(List<String> mended, List<String> refused, Optional<String> refusal) {
        Outcome {
            mended = List.copyOf(mended);
            refused = List.copyOf(refused);
        }

        static Outcome refusal(String text) {
            return new Outcome(List.of(), List.of(), Optional.of(text));
        }
    }

    TunnelDiff differences(OverlayTunnel wanted) {
        return TunnelDiff.of(wanted, read(wanted.device()));
    }

    /** Makes, adopts or repairs a device and what hangs on it. */
    Outcome apply(OverlayTunnel wanted) {
        TunnelDiff first = differences(wanted);
        if (first.isEmpty()) {
            return new Outcome(List.of(), List.of(), Optional.empty());
        }
        if (first.verdict() == TunnelDiff.Verdict.FOREIGN) {
            return Outcome.refusal("TMB-OVL-010 " + first.reason() + ", and it is not this gateway's: left alone. If nobody needs it: ip link delete " + wanted.device());
        }
        TunnelDiff diff = first;
        if (first.verdict() != TunnelDiff.Verdict.STEPS) {
            if (first.verdict() == TunnelDiff.Verdict.REPLACE) {
                remove(wanted.device());
            }
            Optional<Outcome> refused = create(wanted);
            if (refused.isPresent()) {
                return refused.get();
            }
            diff = differences(wanted); // up, address and entries are still to come
        }
        Outcome applied = run(diff.steps(), indexOf(wanted.device()));
        return first == diff ? applied : new Outcome(first.differences(), applied.refused, Optional.empty());
    }

    private Optional<Outcome> create(OverlayTunnel wanted) {
        TunnelMessages.newTunnel(exchange.writer(), exchange.next(), wanted, TunnelDiff.MARK);
        Optional<Exchange.Error> error = exchange.run(_ -> { }).values().stream().findFirst();
        boolean ipip = wanted.kind() == OverlayTunnel.Kind.IPIP;
        if (error.isEmpty() || ipip && error.get().errno() == Errno.EEXIST) {
            return Optional.empty(); // the kernel makes tunl0 itself when it loads IP in IP
        }
        if (error.get().errno() == EOPNOTSUPP) {
            return Optional.of(Outcome.refusal(ipip
                    ? "TMB-OVL-011 this kernel has no IP-in-IP tunnels (module ipip): pools with ipipMode are not reached by a tunnel from here. Load the module, or give the pools vxlanMode"
                    : "TMB-OVL-012 this kernel has no VXLAN (module vxlan): pools with vxlanMode are not reached by a tunnel from here. Load the module"));
        }
        return Optional.of(Outcome.refusal("TMB-OVL-013 the kernel does not make " + wanted.device() + " (" + wanted.kind().word() + " VNI " + wanted.vni() + ", port " + wanted.port() + ", from "
                + wanted.local() + "): " + error.get() + (error.get().errno() == Errno.EEXIST ? ". Another VXLAN device has that VNI and port; set vxlanVNI or vxlanPort in FelixConfiguration, or "
                + "remove that device" : "") + ". Trying again"));
    }

    private Outcome run(List<Step> steps, int index) {
        List<String> mended = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (int from = 0; from < steps.size(); from += BATCH) {
            List<Step> some = steps.subList(from, Math.min(steps.size(), from + BATCH));
            int first = 0;
            for (Step step : some) {
                int sequence = exchange.next();
                first = first == 0 ? sequence : first;
                step.message().write(exchange.writer(), sequence, index);
            }
            Map<Integer, Exchange.Error> errors = exchange.run(_ -> { });
            for (int i = 0; i < some.size(); i++) {
                Exchange.Error error = errors.get(first + i);
                if (error == null) {
                    mended.add(some.get(i).difference());
                } else {
                    refused.add(some.get(i).difference() + ": " + error);
                }
            }
        }
        return new Outcome(mended, refused, Optional.empty());
    }

    /** Removes a device that bears our mark. @return whether there was one */
    boolean removeOurs(String device) {
        if (look(device).filter(seen -> seen.mark().equals(TunnelDiff.MARK)).isEmpty()) {
            return false;
        }
        remove(device);
        // The device that the kernel makes for itself (tunl0) stays, whoever deletes it: it is given back without what was ours.
        read(device).ifPresent(seen -> {
            int index = seen.device().index();
            seen.addresses().forEach(address -> TunnelMessages.address(exchange.writer(), exchange.next(), index, address.address(), address.prefixLength(), false));
            TunnelMessages.giveBack(exchange.writer(), exchange.next(), index);
            exchange.run(_ -> { });
        });
        return true;
    }

    private void remove(String device) {
        int index = indexOf(device);
        if (index == 0) {
            return;
        }
        TunnelMessages.deleteLink(exchange.writer(), exchange.next(), index);
        exchange.run(_ -> { }).values().stream().filter(error -> error.errno() != Errno.ENODEV).findFirst().ifPresent(error -> {
            throw new KernelException("removing interface " + device + ": " + error, 0);
        });
    }

    private int indexOf(String device) {
        return look(device).map(SeenTunnel.Device::index).orElse(0);
    }

    private Optional<SeenTunnel.Device> look(String name) {
        List<SeenTunnel.Device> found = new ArrayList<>();
        TunnelMessages.getLink(exchange.writer(), exchange.next(), name);
        exchange.run(reader -> SeenTunnel.device(reader, exchange.bytes()).ifPresent(found::add)).values().stream().filter(error -> error.errno() != Errno.ENODEV).findFirst()
                .ifPresent(error -> {
                    throw new KernelException("reading interface " + name + ": " + error, 0);
                });
        return found.stream().findFirst();
    }

    private Optional<SeenTunnel> read(String name) {
        Optional<SeenTunnel> seen = look(name).map(SeenTunnel::new);
        seen.ifPresent(tunnel -> {
            int index = tunnel.device().index();
            LinkMessage.dumpAddresses(exchange.writer(), exchange.next(), index);
            exchange.dump(reader -> tunnel.take(reader, exchange.bytes()));
            NeighbourMessage.dump(exchange.writer(), exchange.next(), index);
            exchange.dump(reader -> tunnel.take(reader, exchange.bytes()));
            if (tunnel.device().kind().equals("vxlan")) {
                NeighbourMessage.dumpForwarding(exchange.writer(), exchange.next(), index);
                exchange.dump(reader -> tunnel.take(reader, exchange.bytes()));
            }
        });
        return seen;
    }

    @Override
    public void close() {
        exchange.close();
    }
}
