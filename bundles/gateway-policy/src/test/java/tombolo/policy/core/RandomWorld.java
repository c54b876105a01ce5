package tombolo.policy.core;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.GlobalNetworkPolicy;
import tombolo.api.resource.GlobalNetworkSet;
import tombolo.api.resource.HostEndpoint;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.NetworkPolicy;
import tombolo.api.resource.NetworkSet;
import tombolo.api.resource.PolicyBody;
import tombolo.api.resource.PolicyRule;
import tombolo.api.resource.Profile;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.resource.StagedAction;
import tombolo.api.resource.StagedGlobalNetworkPolicy;
import tombolo.api.resource.StagedNetworkPolicy;
import tombolo.api.resource.Tier;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.api.selector.Selector;

/** Resources at random, few enough names and values that they meet each other. */
public final class RandomWorld {
    public static final String NODE = "here";
    private static final List<String> NAMESPACES = List.of("x", "y", "z");
    private static final List<String> VALUES = List.of("a", "b", "c");
    private static final List<IpProtocol> PROTOCOLS = List.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP, IpProtocol.ICMP, IpProtocol.ICMPV6, new IpProtocol(47));

    private final Random random;
    private long revision;

    public RandomWorld(Random random) {
        this.random = random;
    }

    /** Another version of some resource, or a new one. */
    public Resource resource() {
        revision++;
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> workload();
            case 5 -> host();
            case 6 -> resource(ResourceId.of("NetworkSet", pick(NAMESPACES), "set" + random.nextInt(3)), labels(), new NetworkSet(nets(4)));
            case 7 -> resource(ResourceId.of("GlobalNetworkSet", "set" + random.nextInt(3)), labels(), new GlobalNetworkSet(nets(6)));
            case 8 -> resource(ResourceId.of("Tier", "tier" + random.nextInt(3)), Map.of(), new Tier(order(), random.nextBoolean() ? Tier.DefaultAction.PASS : Tier.DefaultAction.DENY));
            case 9, 10 -> profile();
            case 11 -> resource(ResourceId.of("StagedNetworkPolicy", pick(NAMESPACES), "p" + random.nextInt(4)), Map.of(), new StagedNetworkPolicy(body(false), StagedAction.SET));
            case 12 -> resource(ResourceId.of("StagedGlobalNetworkPolicy", "p" + random.nextInt(4)), Map.of(), new StagedGlobalNetworkPolicy(global(), pick(List.of(StagedAction.values()))));
            case 13, 14, 15 -> resource(ResourceId.of("GlobalNetworkPolicy", "p" + random.nextInt(4)), Map.of(), global());
            default -> resource(ResourceId.of("NetworkPolicy", pick(NAMESPACES), "p" + random.nextInt(4)), Map.of(), new NetworkPolicy(body(false)));
        };
    }

    private Resource resource(ResourceId id, Map<String, String> labels, ResourceSpec spec) {
        return new Resource(id, labels, spec, Json.Obj.EMPTY, revision);
    }

    private Resource workload() {
        int number = random.nextInt(9);
        String namespace = NAMESPACES.get(number % 3);
        List<Prefix> nets = new ArrayList<>();
        nets.add(Prefix.parse("10.0.0." + (random.nextInt(12) == 0 ? random.nextInt(16) : number) + "/32"));
        if (random.nextInt(4) > 0) {
            nets.add(Prefix.parse("fd00::" + Integer.toHexString(number) + "/128"));
        }
        List<String> profiles = new ArrayList<>();
        if (random.nextInt(4) > 0) {
            profiles.add("kns." + namespace);
        }
        if (random.nextInt(3) == 0) {
            profiles.add("profile" + random.nextInt(2));
        }
        List<WorkloadEndpoint.Port> ports = new ArrayList<>();
        for (String name : List.of("web", "dns")) {
            if (random.nextInt(2) == 0) {
                ports.add(new WorkloadEndpoint.Port(Optional.of(name), random.nextBoolean() ? IpProtocol.TCP : IpProtocol.UDP, 80 + random.nextInt(3), OptionalInt.empty(), Optional.empty()));
            }
        }
        return resource(ResourceId.of("WorkloadEndpoint", namespace, "pod" + number), labels(), new WorkloadEndpoint(Optional.of(random.nextInt(5) == 0 ? "cni" : "k8s"), Optional.empty(),
                Optional.of(random.nextInt(3) == 0 ? "there" : NODE), Optional.empty(), Optional.of("pod" + number), Optional.of("eth0"),
                random.nextBoolean() ? Optional.of(pick(VALUES)) : Optional.empty(), nets, List.of(), Optional.empty(), Optional.empty(), profiles, Optional.of("cali" + number), Optional.empty(),
                ports, List.of(), Map.of()));
    }

    /** One of nine pods that are always here and always have the same address of each family, with labels, profiles and named ports at random. */
    public Resource pod(int number) {
        revision++;
        String namespace = NAMESPACES.get(number % 3);
        List<String> profiles = random.nextInt(4) > 0 ? List.of("kns." + namespace) : List.of("profile" + random.nextInt(2));
        return resource(ResourceId.of("WorkloadEndpoint", namespace, "pod" + number), labels(), new WorkloadEndpoint(Optional.of("k8s"), Optional.empty(), Optional.of(NODE), Optional.empty(),
                Optional.of("pod" + number), Optional.of("eth0"), Optional.of(pick(VALUES)), List.of(Prefix.parse("10.0.0." + (number + 1) + "/32"), Prefix.parse("fd00::" + Integer.toHexString(number + 1) + "/128")), List.of(),
                Optional.empty(), Optional.empty(), profiles, Optional.of("cali" + number), Optional.empty(),
                List.of(new WorkloadEndpoint.Port(Optional.of("web"), random.nextBoolean() ? IpProtocol.TCP : IpProtocol.UDP, 80 + random.nextInt(2), OptionalInt.empty(), Optional.empty())),
                List.of(), Map.of()));
    }

    private Resource host() {
        return resource(ResourceId.of("HostEndpoint", "host" + random.nextInt(2)), labels(), new HostEndpoint(random.nextInt(3) == 0 ? "there" : NODE, Optional.of("eth0"),
                List.of(IpAddress.parse("10.0.1." + random.nextInt(4))), random.nextBoolean() ? List.of("profile0") : List.of(), List.of(new HostEndpoint.Port("web", IpProtocol.TCP, 80))));
    }

    /** One of this node, with labels and profiles at random. @param interfaceName empty: found by its addresses */
    public Resource hostEndpoint(String name, Optional<String> interfaceName, List<IpAddress> expected) {
        revision++;
        List<String> profiles = switch (random.nextInt(4)) {
            case 0 -> List.of();
            case 1 -> List.of("profile" + random.nextInt(2));
            default -> List.of("projectcalico-default-allow");
        };
        return resource(ResourceId.of("HostEndpoint", name), labels(), new HostEndpoint(NODE, interfaceName, expected, profiles, List.of(new HostEndpoint.Port("web", IpProtocol.UDP, 80))));
    }

    /** Where on the way of a host endpoint's packets a policy is asked. */
    public enum Place { OWN, FORWARD, BEFORE_DNAT, UNTRACKED }

    /** A policy that host endpoints can have, more often allowing than denying. */
    public Resource hostPolicy(Place place) {
        revision++;
        PolicyBody body = body(true);
        boolean before = place == Place.BEFORE_DNAT;
        PolicyBody fitting = new PolicyBody(body.tier(), body.order(), body.ingress(), before ? List.of() : body.egress(), random.nextInt(3) > 0 ? Selector.parse("!has(projectcalico.org/namespace)")
                : body.selector(), before ? EnumSet.of(PolicyBody.Type.INGRESS) : body.types(), Optional.empty(), false);
        return resource(ResourceId.of("GlobalNetworkPolicy", "h" + place.ordinal() + random.nextInt(2)), Map.of(), new GlobalNetworkPolicy(fitting, place == Place.UNTRACKED, before, place != Place.OWN,
                Optional.empty()));
    }

    private Resource profile() {
        int which = random.nextInt(8);
        String name = which < 3 ? "kns." + NAMESPACES.get(which) : which < 6 ? "ksa." + pick(NAMESPACES) + "." + pick(VALUES) : "profile" + (which - 6);
        Map<String, String> labels = new HashMap<>();
        String prefix = which < 3 ? "pcns." : which < 6 ? "pcsa." : "";
        labels().forEach((label, value) -> labels.put(prefix + label, value));
        return resource(ResourceId.of("Profile", name), Map.of(), new Profile(rules(2, true), rules(2, true), labels));
    }

    private GlobalNetworkPolicy global() {
        boolean odd = random.nextInt(8) == 0;
        boolean untracked = odd && random.nextBoolean();
        return new GlobalNetworkPolicy(body(true), untracked, odd && !untracked, odd || random.nextInt(3) == 0, random.nextInt(4) == 0 ? Optional.of(namespaces()) : Optional.empty());
    }

    private PolicyBody body(boolean global) {
        Set<PolicyBody.Type> types = random.nextInt(3) == 0 ? EnumSet.allOf(PolicyBody.Type.class) : EnumSet.of(random.nextBoolean() ? PolicyBody.Type.INGRESS : PolicyBody.Type.EGRESS);
        return new PolicyBody(random.nextInt(3) == 0 ? "default" : random.nextInt(10) == 0 ? "kube-baseline" : "tier" + random.nextInt(3), order(), rules(4, global), rules(4, global), selector(), types,
                random.nextInt(5) == 0 ? Optional.of(accounts()) : Optional.empty(), false);
    }

    private OptionalDouble order() {
        return random.nextInt(4) == 0 ? OptionalDouble.empty() : OptionalDouble.of(random.nextInt(4) * 10);
    }

    private List<PolicyRule> rules(int most, boolean global) {
        List<PolicyRule> rules = new ArrayList<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            rules.add(rule());
        }
        return rules;
    }

    private PolicyRule rule() {
        PolicyRule.Action action = pick(List.of(PolicyRule.Action.ALLOW, PolicyRule.Action.ALLOW, PolicyRule.Action.ALLOW, PolicyRule.Action.DENY, PolicyRule.Action.PASS, PolicyRule.Action.LOG));
        Optional<IpProtocol> protocol = random.nextInt(3) == 0 ? Optional.empty() : Optional.of(pick(PROTOCOLS));
        boolean ports = protocol.filter(IpProtocol::hasPorts).isPresent();
        boolean control = protocol.filter(each -> each.equals(IpProtocol.ICMP) || each.equals(IpProtocol.ICMPV6)).isPresent();
        return new PolicyRule(action, random.nextInt(5) == 0 ? OptionalInt.of(random.nextBoolean() ? 4 : 6) : OptionalInt.empty(), protocol,
                control && random.nextBoolean() ? Optional.of(icmp()) : Optional.empty(), protocol.isEmpty() && random.nextInt(4) == 0 ? Optional.of(pick(PROTOCOLS)) : Optional.empty(),
                control && random.nextInt(4) == 0 ? Optional.of(icmp()) : Optional.empty(), entity(ports && random.nextInt(4) == 0), entity(ports && random.nextBoolean()), Optional.empty(), Map.of());
    }

    private PolicyRule.Icmp icmp() {
        return new PolicyRule.Icmp(OptionalInt.of(pick(List.of(0, 8, 128))), random.nextBoolean() ? OptionalInt.of(random.nextInt(2)) : OptionalInt.empty());
    }

    private PolicyRule.Entity entity(boolean ports) {
        if (!ports && random.nextInt(3) == 0) {
            return PolicyRule.Entity.ANY;
        }
        boolean notPortsAlone = ports && random.nextInt(4) == 0;
        return new PolicyRule.Entity(random.nextInt(4) == 0 ? nets(2) : List.of(), random.nextInt(6) == 0 ? nets(2) : List.of(), maybe(2, this::selector), maybe(8, this::selector),
                maybe(4, this::namespaces), ports && !notPortsAlone ? ports() : List.of(), notPortsAlone || ports && random.nextInt(3) == 0 ? ports() : List.of(),
                random.nextInt(8) == 0 ? Optional.of(new PolicyRule.ServiceAccounts(random.nextBoolean() ? List.of(pick(VALUES)) : List.of(), maybe(2, this::accounts))) : Optional.empty(),
                Optional.empty());
    }

    private Optional<Selector> maybe(int oneIn, java.util.function.Supplier<Selector> selector) {
        return random.nextInt(oneIn) == 0 ? Optional.of(selector.get()) : Optional.empty();
    }

    private List<PolicyRule.Port> ports() {
        List<PolicyRule.Port> ports = new ArrayList<>();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            int min = 79 + random.nextInt(4);
            ports.add(random.nextInt(3) == 0 ? new PolicyRule.Port.Named(random.nextBoolean() ? "web" : "dns") : new PolicyRule.Port.Range(min, min + random.nextInt(3)));
        }
        return ports;
    }

    private List<Prefix> nets(int most) {
        List<Prefix> nets = new ArrayList<>();
        boolean ipv4 = random.nextInt(4) > 0;
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            nets.add(ipv4 ? Prefix.of(IpAddress.v4(0x0a000000 | random.nextInt(32) | random.nextInt(2) << 8), random.nextInt(10) == 0 ? random.nextInt(33) : 26 + random.nextInt(7))
                    : Prefix.of(IpAddress.v6(0xfd00L << 48, random.nextInt(16)), random.nextInt(10) == 0 ? random.nextInt(129) : 122 + random.nextInt(7)));
        }
        return nets;
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new HashMap<>();
        for (String label : List.of("role", "app")) {
            if (random.nextInt(3) > 0) {
                labels.put(label, pick(VALUES));
            }
        }
        return labels;
    }

    private Selector selector() {
        String value = pick(VALUES);
        return Selector.parse(pick(List.of("", "all()", "role == '" + value + "'", "role != '" + value + "'", "has(app)", "!has(app)", "role in {'a', 'b'}", "app not in {'a', 'c'}",
                "role == '" + value + "' && app == 'b'", "role == '" + value + "' || app starts with 'a'", "(role == 'a' || app == 'b') && !(role == 'b')", "app contains 'c'", "role in {}",
                "has(projectcalico.org/namespace)", "projectcalico.org/orchestrator == 'k8s' && role == 'a'")));
    }

    private Selector namespaces() {
        return Selector.parse(pick(List.of("all()", "global()", "role == 'a'", "!has(role)", "app in {'b', 'c'}")));
    }

    private Selector accounts() {
        return Selector.parse(pick(List.of("all()", "role == 'a'", "role != 'b'", "has(app)")));
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
