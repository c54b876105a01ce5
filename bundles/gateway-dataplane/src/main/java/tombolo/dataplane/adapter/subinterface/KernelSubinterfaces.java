package tombolo.dataplane.adapter.subinterface;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.kernel.Netlink;
import tombolo.api.subinterface.Subinterface;
import tombolo.api.subinterface.Subinterface.Encapsulation;
import tombolo.dataplane.adapter.endpoint.Exchange;
import tombolo.dataplane.adapter.endpoint.LinkExchange;
import tombolo.dataplane.core.LinkDiff;
import tombolo.dataplane.core.LinkDiff.Step;
import tombolo.dataplane.core.LinkDiff.Verdict;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.SeenLink;
import tombolo.dataplane.core.subinterface.SubinterfaceDiff;
import tombolo.dataplane.core.subinterface.SubinterfaceMessages;

/** Tagged interfaces in the kernel, by rtnetlink, over one socket. One thread. Nothing is remembered between calls. */
final class KernelSubinterfaces implements AutoCloseable {
    /** Dumps come in pieces of 32 KiB. */
    private static final int RECEIVE_BUFFER = 1 << 20;
    private static final int EOPNOTSUPP = 95;

    private final LinkExchange links;
    private final Exchange exchange;

    /** @param netns path of the namespace to work in; empty for the process's own */
    KernelSubinterfaces(Netlink netlink, Optional<String> netns) {
        exchange = new Exchange(netlink.open(Netlink.Options.route().receiveBuffer(RECEIVE_BUFFER).netns(netns)));
        links = new LinkExchange(exchange);
    }

    /** @param mended what differed and was put right. @param refusal what the kernel does not take, or what is in the way: operator text with a code */
    record Outcome(List<String> mended, Optional<String> refusal) {
        Outcome {
            mended = List.copyOf(mended);
        }

        static Outcome refusal(String text) {
            return new Outcome(List.of(), Optional.of(text));
        }
    }

    /** Empty where the interface that should carry it is not there. */
    Optional<LinkDiff> differences(String owner, Subinterface wanted) {
        return links.look(wanted.encapsulation().parent()).map(parent -> diff(owner, wanted, parent));
    }

    private LinkDiff diff(String owner, Subinterface wanted, SeenLink parent) {
        Optional<SeenLink> seen = links.look(wanted.name());
        return SubinterfaceDiff.of(owner, wanted, parent.index(), seen, seen.map(this::addresses).orElse(Set.of()));
    }

    Outcome apply(String owner, Subinterface wanted) {
        Optional<SeenLink> parent = links.look(wanted.encapsulation().parent());
        if (parent.isEmpty()) {
            return Outcome.refusal("TMB-LNK-010 " + wanted.name() + " cannot be made: there is no interface " + wanted.encapsulation().parent() + ", which should carry it. Name another port, or plug it in");
        }
        LinkDiff first = diff(owner, wanted, parent.get());
        LinkDiff diff = first;
        switch (first.verdict()) {
            case FOREIGN -> {
                return Outcome.refusal("TMB-LNK-011 " + first.reason() + ": left alone. If nobody needs it: ip link delete " + wanted.name());
            }
            case CREATE, REPLACE -> {
                if (first.verdict() == Verdict.REPLACE) {
                    links.look(wanted.name()).ifPresent(links::remove);
                }
                Optional<String> refused = make(owner, wanted, parent.get());
                if (refused.isPresent()) {
                    return Outcome.refusal(refused.get());
                }
                diff = diff(owner, wanted, parent.get()); // state and addresses are still to come
            }
            case STEPS -> { }
        }
        if (!parent.get().up() && links.look(wanted.name()).filter(SeenLink::up).isEmpty()) {
            return new Outcome(first == diff ? List.of() : first.differences(), Optional.of("TMB-LNK-012 " + wanted.name() + " stays down while " + wanted.encapsulation().parent()
                    + " is down, which carries it and is not changed from here. Set it up: ip link set " + wanted.encapsulation().parent() + " up"));
        }
        Outcome applied = run(wanted, diff.steps());
        return first == diff ? applied : new Outcome(first.differences(), applied.refusal());
    }

    private Optional<String> make(String owner, Subinterface wanted, SeenLink parent) {
        int sequence = exchange.next();
        SubinterfaceMessages.make(exchange.writer(), sequence, wanted, parent.index());
        SubinterfaceMessages.mark(exchange.writer(), exchange.next(), wanted.name(), SubinterfaceDiff.mark(owner));
        Optional<Exchange.Error> error = Optional.ofNullable(exchange.run(_ -> { }).get(sequence));
        return error.map(refused -> switch (refused.errno()) {
            case EOPNOTSUPP -> "TMB-LNK-013 this kernel has no " + (wanted.encapsulation() instanceof Encapsulation.Vlan ? "802.1Q (module 8021q)" : "VXLAN (module vxlan)") + ": " + wanted.name()
                    + " cannot be made. Load the module, or set another encapsulation";
            case Errno.EEXIST -> "TMB-LNK-014 the kernel does not make " + wanted.name() + " (" + wanted.encapsulation().text() + "): " + refused
                    + ". Another interface has that tag there; remove it if nobody needs it";
            default -> "TMB-LNK-014 the kernel does not make " + wanted.name() + " (" + wanted.encapsulation().text() + ", MTU " + wanted.mtu() + "): " + refused;
        });
    }

    private Outcome run(Subinterface wanted, List<Step> steps) {
        if (steps.isEmpty()) {
            return new Outcome(List.of(), Optional.empty());
        }
        int index = links.look(wanted.name()).map(SeenLink::index).orElse(0);
        LinkExchange.Taken taken = links.take(steps, index);
        List<String> refused = taken.refused().stream().map(one -> one + (one.error().errno() == Errno.ENETDOWN ? " (what carries it is down)" : "")).toList();
        return new Outcome(taken.mended(), refused.isEmpty() ? Optional.empty() : Optional.of("TMB-LNK-015 the kernel does not take what " + wanted.name() + " should have: " + String.join("; ", refused)));
    }

    /** Removes what bears the owner's mark and is not among the names. @return the names of what was removed */
    List<String> removeOthers(String owner, Set<String> keep) {
        List<SeenLink> left = new ArrayList<>();
        LinkMessage.dumpLinks(exchange.writer(), exchange.next());
        exchange.dump(reader -> SeenLink.of(reader).filter(link -> link.mark().equals(SubinterfaceDiff.mark(owner)) && !keep.contains(link.name())).ifPresent(left::add));
        left.forEach(links::remove);
        return left.stream().map(SeenLink::name).sorted().toList();
    }

    private Set<InterfaceAddress> addresses(SeenLink link) {
        Set<InterfaceAddress> addresses = new HashSet<>();
        LinkMessage.dumpAddresses(exchange.writer(), exchange.next(), link.index());
        exchange.dump(reader -> LinkMessage.parseAddress(reader).filter(seen -> seen.index() == link.index() && !seen.address().isLinkLocal())
                .ifPresent(seen -> addresses.add(seen.onInterface())));
        return addresses;
    }

    @Override
    public void close() {
        links.close();
    }
}
