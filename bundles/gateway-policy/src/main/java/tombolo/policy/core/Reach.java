package tombolo.policy.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.PolicyRule.Port.Range;
import tombolo.api.resource.ResourceId;

/**
 * What one endpoint may send to another by the policies of the two and of the host endpoints between them, whole: the ports of each protocol between the numbers at which some rule begins or ends to match are alike, so that one packet
 * of each stretch says it for all. What no endpoint may send, since it is what tunnels between nodes carry, is left out of what is said; where everything else is allowed that is {@code all}.
 */
public final class Reach {
    private static final int LAST_PORT = 65535;
    /** A protocol that no rule names stands for all such. 253 is for experiments (RFC 3692). */
    private static final IpProtocol OTHER = new IpProtocol(253);

    private final PolicyEngine engine;
    private final HostInterfaces hosts;
    private final NodeParameters parameters;
    private final NodeParameters.Wrapped wrapped;
    private final Verdicts verdicts;
    private final HostVerdicts hostVerdicts;

    public Reach(PolicyEngine engine, HostInterfaces hosts, NodeParameters parameters) {
        this.engine = engine;
        this.hosts = hosts;
        this.parameters = parameters;
        this.wrapped = parameters.wrapped();
        this.verdicts = new Verdicts(engine);
        this.hostVerdicts = new HostVerdicts(engine, hosts, parameters);
    }

    /** The two ends, and the host endpoints of their interfaces that are asked about what is forwarded. */
    private record Way(Model.Endpoint from, Optional<Model.Endpoint> by, Model.Endpoint to, Optional<Model.Endpoint> onward) { }

    /** The host endpoint of a workload's interface, where it is asked about what is forwarded. @param direction as the host sees it */
    Optional<Model.Endpoint> host(Model.Endpoint workload, Direction direction) {
        return hosts.at(workload).map(engine.endpoints()::get).filter(host -> hostVerdicts.forwards(host, direction, true, false));
    }

    /** Such as {@code TCP 80,443 ICMP}; {@code all}; {@code -} for nothing. Both ends are local and have an address of the family. */
    public String of(Model.Endpoint from, Model.Endpoint to, AddressFamily family) {
        return of(from, to, family, () -> false);
    }

    /** @param late whether there is no more time: what is answered then means nothing */
    String of(Model.Endpoint from, Model.Endpoint to, AddressFamily family, BooleanSupplier late) {
        IpAddress source = from.address(family).orElseThrow();
        IpAddress destination = to.address(family).orElseThrow();
        Way way = new Way(from, host(from, Direction.INGRESS), to, host(to, Direction.EGRESS));
        Map<IpProtocol, TreeSet<Integer>> edges = edges(way, family);
        Map<IpProtocol, List<Range>> allowed = new LinkedHashMap<>();
        boolean everything = true;
        for (Map.Entry<IpProtocol, TreeSet<Integer>> entry : edges.entrySet()) {
            if (whole(entry.getKey()).isEmpty()) {
                continue;
            }
            List<Range> ranges = entry.getKey().hasPorts() ? ports(way, source, destination, entry.getKey(), entry.getValue(), late)
                    : passes(way, Packet.of(source, destination, entry.getKey())) ? List.of(new Range(1, LAST_PORT)) : List.of();
            everything &= ranges.equals(whole(entry.getKey()));
            if (!ranges.isEmpty()) {
                allowed.put(entry.getKey(), ranges);
            }
        }
        return everything ? "all" : allowed.isEmpty() ? "-" : text(allowed);
    }

    private List<Range> ports(Way way, IpAddress source, IpAddress destination, IpProtocol protocol, TreeSet<Integer> edges, BooleanSupplier late) {
        List<Range> ranges = new ArrayList<>();
        for (Integer start : edges) {
            if (late.getAsBoolean()) {
                return List.of();
            }
            Integer next = edges.higher(start);
            int end = next == null ? LAST_PORT : next - 1;
            if (!passes(way, Packet.to(source, destination, protocol, start))) {
                continue;
            }
            if (!ranges.isEmpty() && ranges.getLast().max() + 1 == start) {
                ranges.add(new Range(ranges.removeLast().min(), end));
            } else {
                ranges.add(new Range(start, end));
            }
        }
        return ranges;
    }

    private boolean passes(Way way, Packet packet) {
        return !wrapped.drops(packet) && way.by.map(host -> hostVerdicts.forwarded(host, Direction.INGRESS, packet, true, false).allowed()).orElse(true)
                && verdicts.at(way.from, Direction.EGRESS, packet).allowed() && verdicts.at(way.to, Direction.INGRESS, packet).allowed()
                && way.onward.map(host -> hostVerdicts.forwarded(host, Direction.EGRESS, packet, true, false).allowed()).orElse(true);
    }

    /** All that an endpoint may send of a protocol, whatever its policies are. */
    private List<Range> whole(IpProtocol protocol) {
        if (protocol.number() == NodeParameters.IP_IN_IP && !wrapped.ipInIp()) {
            return List.of();
        }
        List<Range> whole = new ArrayList<>();
        int start = 1;
        if (protocol.equals(IpProtocol.UDP) && !wrapped.vxlan()) {
            if (wrapped.vxlanPort() > 1) {
                whole.add(new Range(1, wrapped.vxlanPort() - 1));
            }
            start = wrapped.vxlanPort() + 1;
        }
        if (start <= LAST_PORT) {
            whole.add(new Range(start, LAST_PORT));
        }
        return whole;
    }

    /** Of each protocol that matters, the ports at which something may change. */
    private Map<IpProtocol, TreeSet<Integer>> edges(Way way, AddressFamily family) {
        Map<IpProtocol, TreeSet<Integer>> edges = new TreeMap<>((one, other) -> Integer.compare(one.number(), other.number()));
        for (IpProtocol protocol : List.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP, family == AddressFamily.IPV4 ? IpProtocol.ICMP : IpProtocol.ICMPV6, OTHER)) {
            edges.put(protocol, new TreeSet<>(List.of(1)));
        }
        if (!wrapped.vxlan()) {
            add(wrapped.vxlanPort(), edges.get(IpProtocol.UDP));
        }
        rules(way.from, false).forEach(rule -> add(rule, edges));
        rules(way.to, true).forEach(rule -> add(rule, edges));
        way.by.ifPresent(host -> {
            rules(host, true).forEach(rule -> add(rule, edges));
            // What is asked before destinations are changed leaves these alone.
            parameters.inbound().forEach(open -> add(open.port(), edges.computeIfAbsent(open.protocol(), _ -> new TreeSet<>(List.of(1)))));
        });
        way.onward.ifPresent(host -> rules(host, false).forEach(rule -> add(rule, edges)));
        return edges;
    }

    /** A port that may differ from its neighbours. */
    private static void add(int port, TreeSet<Integer> edges) {
        edges.add(port);
        if (port < LAST_PORT) {
            edges.add(port + 1);
        }
    }

    private void add(Model.Rule rule, Map<IpProtocol, TreeSet<Integer>> edges) {
        rule.notProtocol().ifPresent(protocol -> edges.computeIfAbsent(protocol, _ -> new TreeSet<>(List.of(1))));
        rule.protocol().ifPresent(protocol -> {
            TreeSet<Integer> ports = edges.computeIfAbsent(protocol, _ -> new TreeSet<>(List.of(1)));
            Model.Side side = rule.destination();
            List.of(side.ports(), side.notPorts()).forEach(list -> list.forEach(range -> {
                ports.add(range.min());
                if (range.max() < LAST_PORT) {
                    ports.add(range.max() + 1);
                }
            }));
            List.of(side.namedPorts(), side.notNamedPorts()).forEach(list -> list.forEach(set -> engine.set(set).ports().forEach(member -> add(member.port(), ports))));
        });
    }

    /** Those that are enforced: what is staged is not to add a protocol to what is told. */
    private List<Model.Rule> rules(Model.Endpoint endpoint, boolean ingress) {
        List<Model.Rule> rules = new ArrayList<>();
        for (Model.TierPolicies tier : endpoint.tiers()) {
            for (ResourceId id : ingress ? tier.ingress() : tier.egress()) {
                Optional.ofNullable(engine.activePolicies().get(id)).filter(policy -> policy.staged().isEmpty()).ifPresent(policy -> rules.addAll(ingress ? policy.ingress() : policy.egress()));
            }
        }
        for (String name : endpoint.profiles()) {
            engine.profile(name).ifPresent(profile -> rules.addAll(ingress ? profile.ingress() : profile.egress()));
        }
        return rules;
    }

    private String text(Map<IpProtocol, List<Range>> allowed) {
        List<String> words = new ArrayList<>();
        allowed.forEach((protocol, ranges) -> {
            String name = protocol.equals(OTHER) ? "others" : protocol.toString();
            boolean all = !protocol.hasPorts() || ranges.equals(whole(protocol));
            words.add(all ? name : name + " " + String.join(",", ranges.stream().map(Range::toString).toList()));
        });
        return String.join(" ", words);
    }
}
