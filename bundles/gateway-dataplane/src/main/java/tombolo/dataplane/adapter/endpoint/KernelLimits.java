package tombolo.dataplane.adapter.endpoint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.endpoint.Bandwidth;
import tombolo.api.endpoint.EndpointLimits;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.endpoint.EndpointAnswers;
import tombolo.dataplane.core.endpoint.EndpointAnswers.SeenLink;
import tombolo.dataplane.core.endpoint.EndpointMessages;
import tombolo.dataplane.core.endpoint.LimitAnswers;
import tombolo.dataplane.core.endpoint.LimitAnswers.SeenBucket;
import tombolo.dataplane.core.endpoint.LimitAnswers.SeenQdisc;
import tombolo.dataplane.core.endpoint.LimitMessages;

/** Token buckets at containers' host interfaces, by rtnetlink; a socket for each call, since few containers are limited. */
public final class KernelLimits implements EndpointLimits {
    /** Devices through which limited containers send; whatever is of this name and kind is ours. */
    static final String PREFIX = "tmi-";
    private static final int RECEIVE_BUFFER = 256 << 10;

    private final Netlink netlink;
    private final Optional<String> hostNetns;

    /** @param hostNetns path of the namespace where the host's ends are; empty: the process's own */
    public KernelLimits(Netlink netlink, Optional<String> hostNetns) {
        this.netlink = netlink;
        this.hostNetns = hostNetns;
    }

    static String device(String hostInterface) {
        return EndpointMode.named(PREFIX, hostInterface);
    }

    @Override
    public Optional<String> limit(String hostInterface, Bandwidth bandwidth) {
        try (Exchange host = open()) {
            Optional<SeenLink> there = link(host, hostInterface);
            if (there.isEmpty()) {
                return Optional.of("interface " + hostInterface + " is not there");
            }
            clear(host, there.get(), hostInterface);
            Optional<String> refused = bandwidth.ingressRate() == 0 ? Optional.empty() : receiving(host, there.get(), bandwidth);
            if (refused.isEmpty() && bandwidth.egressRate() > 0) {
                refused = sending(host, there.get(), device(hostInterface), bandwidth);
            }
            if (refused.isPresent()) {
                clear(host, there.get(), hostInterface);
            }
            return refused;
        }
    }

    @Override
    public void unlimit(String hostInterface) {
        try (Exchange host = open()) {
            Optional<SeenLink> there = link(host, hostInterface);
            if (there.isPresent()) {
                clear(host, there.get(), hostInterface);
            } else {
                remove(host, device(hostInterface));
            }
        }
    }

    @Override
    public List<String> differences(String hostInterface, Bandwidth bandwidth) {
        List<String> found = new ArrayList<>();
        try (Exchange host = open()) {
            Optional<SeenLink> there = link(host, hostInterface);
            if (there.isEmpty()) {
                return List.of("interface " + hostInterface + " is not there");
            }
            List<SeenQdisc> qdiscs = qdiscs(host, there.get());
            // Where no limit was asked for, somebody else's is no business of ours: we would not take it off either.
            Optional<SeenBucket> receiving = bucket(qdiscs, bandwidth.ingressRate() == 0);
            compare(found, "what the container receives", hostInterface, receiving, bandwidth.ingressRate() / 8, bandwidth.ingressBurst() / 8);
            String device = device(hostInterface);
            Optional<SeenLink> passing = link(host, device).filter(link -> link.kind().equals("ifb"));
            if (bandwidth.egressRate() == 0) {
                passing.ifPresent(_ -> found.add("what the container sends passes " + device + ", and no limit of it was asked for"));
                return found;
            }
            if (passing.isEmpty() || !passing.get().up()) {
                found.add("device " + device + ", which limits what the container sends, is " + (passing.isEmpty() ? "not there" : "down"));
            }
            passing.ifPresent(link -> compare(found, "what the container sends", device, bucket(qdiscs(host, link), false), bandwidth.egressRate() / 8, bandwidth.egressBurst() / 8));
            if (!passing.map(SeenLink::index).equals(redirected(host, there.get(), qdiscs))) {
                found.add("what the container sends is not led from " + hostInterface + " to " + device);
            }
        }
        return found;
    }

    private static void compare(List<String> found, String what, String device, Optional<SeenBucket> seen, long rate, long burst) {
        if (rate == 0) {
            seen.ifPresent(bucket -> found.add(device + " limits " + what + " to " + bucket.rate() * 8 + " bit/s, and no limit was asked for"));
        } else if (seen.isEmpty()) {
            found.add(device + " does not limit " + what + "; wanted " + rate * 8 + " bit/s");
        } else if (!seen.get().is(rate, burst)) {
            found.add(device + " limits " + what + " to " + seen.get().rate() * 8 + " bit/s with a burst of " + seen.get().burst() * 8 + " bit; wanted " + rate * 8 + " bit/s with "
                    + burst * 8 + " bit");
        }
    }

    /** What a device's packets pass on their way out, and where those that come in can be looked at. */
    private static List<SeenQdisc> qdiscs(Exchange host, SeenLink link) {
        List<SeenQdisc> qdiscs = new ArrayList<>();
        LimitMessages.getIngress(host.writer(), host.next(), link.index());
        LimitMessages.getRoot(host.writer(), host.next(), link.index());
        host.run(reader -> LimitAnswers.qdisc(reader).filter(qdisc -> qdisc.index() == link.index()).ifPresent(qdiscs::add)).values().stream()
                .filter(error -> error.errno() != Errno.ENOENT && error.errno() != Errno.ENODEV).findFirst().ifPresent(error -> {
                    throw new KernelException("reading the queues of " + link.name() + ": " + error, error.errno());
                });
        return qdiscs;
    }

    private static Optional<SeenBucket> bucket(List<SeenQdisc> qdiscs, boolean oursAlone) {
        return qdiscs.stream().filter(qdisc -> qdisc.root() && (qdisc.ours() || !oursAlone)).findFirst().flatMap(SeenQdisc::bucket);
    }

    /** Where all goes that comes in by a link; empty: nowhere else. A dump of filters is refused where there is nothing they could be at. */
    private static Optional<Integer> redirected(Exchange host, SeenLink link, List<SeenQdisc> qdiscs) {
        List<Integer> to = new ArrayList<>();
        if (qdiscs.stream().anyMatch(qdisc -> qdisc.index() == link.index() && qdisc.kind().equals("ingress"))) {
            LimitMessages.dumpIngressFilters(host.writer(), host.next(), link.index());
            host.dump(reader -> LimitAnswers.redirectOfAll(reader).ifPresent(to::add));
        }
        return to.stream().findFirst();
    }

    @Override
    public void keepOnly(Set<String> hostInterfaces) {
        Set<String> wanted = new HashSet<>();
        hostInterfaces.forEach(name -> wanted.add(device(name)));
        List<String> left = new ArrayList<>();
        try (Exchange host = open()) {
            LinkMessage.dumpLinks(host.writer(), host.next());
            host.dump(reader -> EndpointAnswers.link(reader).filter(link -> link.kind().equals("ifb") && link.name().startsWith(PREFIX) && !wanted.contains(link.name()))
                    .ifPresent(link -> left.add(link.name())));
            left.forEach(name -> remove(host, name));
        }
    }

    private static Optional<String> receiving(Exchange host, SeenLink link, Bandwidth bandwidth) {
        LimitMessages.tokenBucket(host.writer(), host.next(), link.index(), bandwidth.ingressRate() / 8, bandwidth.ingressBurst() / 8);
        return refused(host.run(_ -> { }), "limiting what the container receives", "sch_tbf", "ingressRate");
    }

    private static Optional<String> sending(Exchange host, SeenLink link, String device, Bandwidth bandwidth) {
        LimitMessages.newIfb(host.writer(), host.next(), device, link.mtu());
        Optional<String> refused = refused(host.run(_ -> { }), "making device " + device + ", through which the container would send", "ifb", "egressRate");
        if (refused.isPresent()) {
            return refused;
        }
        SeenLink made = link(host, device).orElseThrow(() -> new KernelException("device " + device + " is gone as soon as it was made", 0));
        LimitMessages.tokenBucket(host.writer(), host.next(), made.index(), bandwidth.egressRate() / 8, bandwidth.egressBurst() / 8);
        LimitMessages.ingress(host.writer(), host.next(), link.index());
        LimitMessages.redirect(host.writer(), host.next(), link.index(), made.index());
        return refused(host.run(_ -> { }), "limiting what the container sends", "sch_tbf, sch_ingress, cls_u32, act_mirred", "egressRate");
    }

    private static Optional<String> refused(Map<Integer, Exchange.Error> errors, String what, String modules, String key) {
        return errors.values().stream().findFirst().map(error -> what + ": " + error + advice(error.errno(), modules, key));
    }

    /** What to do where the kernel knows no such thing: it tries to load a module by itself, so that this one has none. */
    private static String advice(int errno, String modules, String key) {
        return errno != Errno.ENOENT && errno != Errno.EOPNOTSUPP && errno != Errno.EINVAL ? ""
                : ". This kernel may lack it: it needs " + modules + ". Load what is missing with modprobe, take a kernel that has it, or leave " + key + " out";
    }

    private static void clear(Exchange host, SeenLink link, String hostInterface) {
        LimitMessages.deleteRoot(host.writer(), host.next(), link.index());
        LimitMessages.deleteIngress(host.writer(), host.next(), link.index());
        host.run(_ -> { }); // what is not there cannot be removed
        remove(host, device(hostInterface));
    }

    private static void remove(Exchange host, String device) {
        Optional<SeenLink> there = link(host, device);
        if (there.filter(link -> link.kind().equals("ifb")).isPresent()) {
            LinkMessage.delete(host.writer(), host.next(), there.get().index());
            host.run(_ -> { });
        }
    }

    private static Optional<SeenLink> link(Exchange host, String name) {
        List<SeenLink> seen = new ArrayList<>();
        EndpointMessages.getLink(host.writer(), host.next(), name, false);
        host.run(reader -> EndpointAnswers.link(reader).ifPresent(seen::add));
        return seen.stream().findFirst();
    }

    private Exchange open() {
        return new Exchange(netlink.open(Netlink.Options.route().receiveBuffer(RECEIVE_BUFFER).netns(hostNetns)));
    }
}
