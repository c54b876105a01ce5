package tombolo.dataplane.adapter.overlay;

import java.util.List;
import java.util.Optional;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.Netlink;
import tombolo.api.overlay.OverlayTunnel;
import tombolo.dataplane.adapter.endpoint.Exchange;
import tombolo.dataplane.adapter.endpoint.LinkExchange;
import tombolo.dataplane.core.LinkDiff;
import tombolo.dataplane.core.LinkDiff.Step;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.NeighbourMessage;
import tombolo.dataplane.core.SeenLink;
import tombolo.dataplane.core.overlay.SeenTunnel;
import tombolo.dataplane.core.overlay.TunnelDiff;
import tombolo.dataplane.core.overlay.TunnelMessages;

/** Tunnel devices in the kernel, by rtnetlink, over one socket; the one writer of what hangs on them. One thread. Nothing is remembered between calls. */
final class KernelTunnels implements AutoCloseable {
    /** Dumps come in pieces of 32 KiB, one at a time; the errors of a batch are the most that wait. */
    private static final int RECEIVE_BUFFER = 1 << 20;
    private static final int EOPNOTSUPP = 95;

    private final LinkExchange links;
    private final Exchange exchange;

    /** @param netns path of the namespace to work in; empty for the process's own */
    KernelTunnels(Netlink netlink, Optional<String> netns) {
        exchange = new Exchange(netlink.open(Netlink.Options.route().receiveBuffer(RECEIVE_BUFFER).netns(netns)));
        links = new LinkExchange(exchange);
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

    LinkDiff differences(OverlayTunnel wanted) {
        return TunnelDiff.of(wanted, read(wanted.device()));
    }

    /** Makes, adopts or repairs a device and what hangs on it. */
    Outcome apply(OverlayTunnel wanted) {
        LinkDiff first = differences(wanted);
        if (first.isEmpty()) {
            return new Outcome(List.of(), List.of(), Optional.empty());
        }
        if (first.verdict() == LinkDiff.Verdict.FOREIGN) {
            return Outcome.refusal("TMB-OVL-010 " + first.reason() + ", and it is not this gateway's: left alone. If nobody needs it: ip link delete " + wanted.device());
        }
        LinkDiff diff = first;
        if (first.verdict() != LinkDiff.Verdict.STEPS) {
            if (first.verdict() == LinkDiff.Verdict.REPLACE) {
                links.look(wanted.device()).ifPresent(links::remove);
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
        LinkExchange.Taken taken = links.take(steps, index);
        return new Outcome(taken.mended(), taken.refused().stream().map(LinkExchange.Refused::toString).toList(), Optional.empty());
    }

    /** Removes a device that bears our mark. @return whether there was one */
    boolean removeOurs(String device) {
        if (links.look(device).filter(seen -> seen.mark().equals(TunnelDiff.MARK)).isEmpty()) {
            return false;
        }
        links.look(device).ifPresent(links::remove);
        // The device that the kernel makes for itself (tunl0) stays, whoever deletes it: it is given back without what was ours.
        read(device).ifPresent(seen -> {
            int index = seen.device().index();
            seen.addresses().forEach(address -> LinkMessage.deleteAddress(exchange.writer(), exchange.next(), index, address));
            TunnelMessages.giveBack(exchange.writer(), exchange.next(), index);
            exchange.run(_ -> { });
        });
        return true;
    }

    private int indexOf(String device) {
        return links.look(device).map(SeenLink::index).orElse(0);
    }

    private Optional<SeenTunnel> read(String name) {
        Optional<SeenTunnel> seen = links.look(name).map(SeenTunnel::new);
        seen.ifPresent(tunnel -> {
            int index = tunnel.device().index();
            LinkMessage.dumpAddresses(exchange.writer(), exchange.next(), index);
            exchange.dump(tunnel::take);
            NeighbourMessage.dump(exchange.writer(), exchange.next(), index);
            exchange.dump(tunnel::take);
            if (tunnel.device().kind().equals("vxlan")) {
                NeighbourMessage.dumpForwarding(exchange.writer(), exchange.next(), index);
                exchange.dump(tunnel::take);
            }
        });
        return seen;
    }

    @Override
    public void close() {
        links.close();
    }
}
