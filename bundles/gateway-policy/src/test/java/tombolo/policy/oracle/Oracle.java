package tombolo.policy.oracle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.GlobalNetworkPolicy;
import tombolo.api.resource.GlobalNetworkSet;
import tombolo.api.resource.HostEndpoint;
import tombolo.api.resource.NetworkPolicy;
import tombolo.api.resource.NetworkSet;
import tombolo.api.resource.PolicyBody;
import tombolo.api.resource.PolicyRule;
import tombolo.api.resource.Profile;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Tier;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.api.selector.Expression;
import tombolo.api.selector.Selector;

/** See the package. */
public final class Oracle {
    private final Map<ResourceId, Resource> resources = new HashMap<>();

    public Oracle(Collection<Resource> all) {
        all.forEach(resource -> resources.put(resource.id(), resource));
    }

    /** @param port of the source or destination; 0 where there is none @param icmpType -1 where it is not ICMP */
    public record Probe(IpAddress source, IpAddress destination, int protocol, int sourcePort, int port, int icmpType, int icmpCode) { }

    /** Whether an endpoint lets it in, or out: what it sends and receives itself. */
    public boolean allows(ResourceId endpoint, boolean ingress, Probe probe) {
        String said = decide(endpoint, ingress, probe, Oracle::body, true);
        return said.equals("allow") || said.equals("none") && profilesAllow(resources.get(endpoint), ingress, probe);
    }

    /** "allow", "deny", or "none" where no policy has decided. @param kind the bodies of the policies that are asked @param ends whether the ends of tiers decide */
    String decide(ResourceId endpoint, boolean ingress, Probe probe, java.util.function.Function<Resource, Optional<PolicyBody>> kind, boolean ends) {
        Resource at = resources.get(endpoint);
        Map<String, List<Resource>> byTier = new HashMap<>();
        for (Resource each : resources.values()) {
            Optional<PolicyBody> body = kind.apply(each);
            if (body.isPresent() && applies(each, body.get(), at, ingress)) {
                byTier.computeIfAbsent(body.get().tier(), _ -> new ArrayList<>()).add(each);
            }
        }
        for (String tier : sortedTiers(byTier.keySet())) {
            List<Resource> policies = byTier.get(tier);
            policies.sort(Comparator.<Resource>comparingDouble(each -> infinite(kind.apply(each).orElseThrow().order()))
                    .thenComparing(each -> each.id().name() + "/" + each.id().namespace().orElse("") + "/" + each.id().kind()));
            String outcome = decide(policies, ingress, probe, kind);
            if (outcome.equals("none")) {
                outcome = !ends ? "pass" : tier(tier).map(Tier::defaultAction).orElse(Tier.DefaultAction.DENY) == Tier.DefaultAction.PASS ? "pass" : "deny";
            }
            if (!outcome.equals("pass")) {
                return outcome;
            }
        }
        return "none";
    }

    private String decide(List<Resource> policies, boolean ingress, Probe probe, java.util.function.Function<Resource, Optional<PolicyBody>> kind) {
        for (Resource policy : policies) {
            PolicyBody body = kind.apply(policy).orElseThrow();
            for (PolicyRule rule : ingress ? body.ingress() : body.egress()) {
                if (rule.action() != PolicyRule.Action.LOG && matches(rule, policy.id().namespace(), probe)) {
                    return rule.action() == PolicyRule.Action.ALLOW ? "allow" : rule.action() == PolicyRule.Action.DENY ? "deny" : "pass";
                }
            }
        }
        return "none";
    }

    private boolean profilesAllow(Resource at, boolean ingress, Probe probe) {
        for (String name : profiles(at)) {
            Resource stored = resources.get(ResourceId.of("Profile", name));
            if (stored == null) {
                if (name.equals("projectcalico-default-allow")) {
                    return true;
                }
                boolean workload = at.spec() instanceof WorkloadEndpoint;
                boolean own = name.equals("kns." + at.id().namespace().orElse(""));
                boolean network = at.spec() instanceof WorkloadEndpoint endpoint && endpoint.orchestrator().equals(Optional.of("cni"));
                if (workload && (own || network)) {
                    return true;
                }
                continue;
            }
            Profile profile = (Profile) stored.spec();
            for (PolicyRule rule : ingress ? profile.ingress() : profile.egress()) {
                if (rule.action() == PolicyRule.Action.LOG || !matches(rule, Optional.empty(), probe)) {
                    continue;
                }
                if (rule.action() == PolicyRule.Action.PASS) {
                    break; // to the next profile
                }
                return rule.action() == PolicyRule.Action.ALLOW;
            }
        }
        return false;
    }

    // ---------------------------------------------------------------- which policies, in which order

    Collection<Resource> all() {
        return resources.values();
    }

    static Optional<PolicyBody> body(Resource resource) {
        if (resource.spec() instanceof NetworkPolicy policy) {
            return Optional.of(policy.body());
        }
        return resource.spec() instanceof GlobalNetworkPolicy policy && !policy.doNotTrack() && !policy.preDnat() ? Optional.of(policy.body()) : Optional.empty();
    }

    private boolean applies(Resource policy, PolicyBody body, Resource endpoint, boolean ingress) {
        if (!body.types().contains(ingress ? PolicyBody.Type.INGRESS : PolicyBody.Type.EGRESS)) {
            return false;
        }
        Map<String, String> labels = labels(endpoint);
        if (!meets(body.selector().expression(), labels, "")) {
            return false;
        }
        if (policy.id().namespace().isPresent() && !policy.id().namespace().equals(endpoint.id().namespace())) {
            return false;
        }
        if (policy.spec() instanceof GlobalNetworkPolicy global && global.namespaceSelector().isPresent() && !namespaceMeets(global.namespaceSelector().get(), labels)) {
            return false;
        }
        return body.serviceAccountSelector().isEmpty() || accountMeets(body.serviceAccountSelector().get(), labels);
    }

    private List<String> sortedTiers(Collection<String> names) {
        return names.stream().sorted(Comparator.<String, Boolean>comparing(name -> tier(name).isEmpty()).thenComparing(name -> tier(name).map(each -> infinite(each.order())).orElse(0.0))
                .thenComparing(name -> name)).toList();
    }

    private Optional<Tier> tier(String name) {
        Resource stored = resources.get(ResourceId.of("Tier", name));
        if (stored != null) {
            return Optional.of((Tier) stored.spec());
        }
        return switch (name) {
            case "default" -> Optional.of(new Tier(OptionalDouble.of(1_000_000), Tier.DefaultAction.DENY));
            case "kube-admin" -> Optional.of(new Tier(OptionalDouble.of(1_000), Tier.DefaultAction.PASS));
            case "kube-baseline" -> Optional.of(new Tier(OptionalDouble.of(10_000_000), Tier.DefaultAction.PASS));
            default -> Optional.empty();
        };
    }

    private static double infinite(OptionalDouble order) {
        return order.isPresent() ? order.getAsDouble() : Double.POSITIVE_INFINITY;
    }

    // ---------------------------------------------------------------- one rule

    private boolean matches(PolicyRule rule, Optional<String> namespace, Probe probe) {
        int version = probe.source.isIpv4() ? 4 : 6;
        if (rule.ipVersion().isPresent() && rule.ipVersion().getAsInt() != version) {
            return false;
        }
        if (rule.protocol().isPresent() && rule.protocol().get().number() != probe.protocol) {
            return false;
        }
        if (rule.notProtocol().isPresent() && rule.notProtocol().get().number() == probe.protocol) {
            return false;
        }
        if (rule.icmp().isPresent() && rule.icmp().get().type().isPresent() && (!icmp(rule.icmp().get(), probe) || probe.protocol != (version == 4 ? 1 : 58))) {
            return false;
        }
        if (rule.notIcmp().isPresent() && rule.notIcmp().get().type().isPresent() && icmp(rule.notIcmp().get(), probe)) {
            return false;
        }
        for (List<Prefix> nets : List.of(rule.source().nets(), rule.source().notNets(), rule.destination().nets(), rule.destination().notNets())) {
            if (!nets.isEmpty() && nets.stream().noneMatch(net -> net.address().isIpv4() == (version == 4))) {
                return false;
            }
        }
        return end(rule, rule.source(), namespace, probe, probe.source, probe.sourcePort) && end(rule, rule.destination(), namespace, probe, probe.destination, probe.port);
    }

    private static boolean icmp(PolicyRule.Icmp wanted, Probe probe) {
        return probe.icmpType >= 0 && wanted.type().getAsInt() == probe.icmpType && (wanted.code().isEmpty() || wanted.code().getAsInt() == probe.icmpCode);
    }

    private boolean end(PolicyRule rule, PolicyRule.Entity entity, Optional<String> namespace, Probe probe, IpAddress address, int port) {
        if (!entity.nets().isEmpty() && entity.nets().stream().noneMatch(net -> inside(net, address))) {
            return false;
        }
        if (entity.notNets().stream().anyMatch(net -> inside(net, address))) {
            return false;
        }
        boolean chooses = chooses(entity, namespace);
        if (chooses && holders(address).noneMatch(each -> chosen(entity, namespace, each))) {
            return false;
        }
        if (entity.notSelector().isPresent() && holders(address).anyMatch(each -> meets(entity.notSelector().get().expression(), labels(each), ""))) {
            return false;
        }
        if (!entity.ports().isEmpty() && entity.ports().stream().noneMatch(each -> port(each, rule, entity, namespace, probe, address, port))) {
            return false;
        }
        return entity.notPorts().stream().noneMatch(each -> port(each, rule, entity, namespace, probe, address, port));
    }

    /** Service accounts that say neither a name nor a selector say nothing. */
    private static boolean chooses(PolicyRule.Entity entity, Optional<String> namespace) {
        boolean accounts = entity.serviceAccounts().filter(each -> !each.names().isEmpty() || each.selector().isPresent()).isPresent();
        return entity.selector().isPresent() || entity.namespaceSelector().isPresent() || accounts || namespace.isPresent() && entity.notSelector().isPresent();
    }

    private boolean port(PolicyRule.Port wanted, PolicyRule rule, PolicyRule.Entity entity, Optional<String> namespace, Probe probe, IpAddress address, int port) {
        if (wanted instanceof PolicyRule.Port.Range range) {
            return range.min() <= port && port <= range.max();
        }
        String name = ((PolicyRule.Port.Named) wanted).name();
        boolean chooses = chooses(entity, namespace);
        return holders(address).filter(each -> !chooses || chosen(entity, namespace, each)).anyMatch(each -> namedPorts(each).stream()
                .anyMatch(text -> text.equals(name + " " + rule.protocol().orElseThrow().number() + " " + port)));
    }

    private boolean chosen(PolicyRule.Entity entity, Optional<String> namespace, Resource each) {
        Map<String, String> labels = labels(each);
        if (entity.selector().isPresent() && !meets(entity.selector().get().expression(), labels, "")) {
            return false;
        }
        if (entity.serviceAccounts().isPresent()) {
            PolicyRule.ServiceAccounts accounts = entity.serviceAccounts().get();
            if (!accounts.names().isEmpty() && !accounts.names().contains(labels.getOrDefault("projectcalico.org/serviceaccount", "?"))) {
                return false;
            }
            if (accounts.selector().isPresent() && !accountMeets(accounts.selector().get(), labels)) {
                return false;
            }
        }
        if (entity.namespaceSelector().isPresent()) {
            return namespaceMeets(entity.namespaceSelector().get(), labels);
        }
        return namespace.isEmpty() || namespace.equals(each.id().namespace());
    }

    // ---------------------------------------------------------------- who is who

    private java.util.stream.Stream<Resource> holders(IpAddress address) {
        return resources.values().stream().filter(each -> nets(each).stream().anyMatch(net -> inside(net, address)));
    }

    private static boolean inside(Prefix net, IpAddress address) {
        byte[] one = net.address().toBytes();
        byte[] other = address.toBytes();
        if (one.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < net.length(); bit++) {
            int mask = 0x80 >> bit % 8;
            if ((one[bit / 8] & mask) != (other[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static List<Prefix> nets(Resource resource) {
        return switch (resource.spec()) {
            case WorkloadEndpoint endpoint -> endpoint.ipNetworks();
            case HostEndpoint endpoint -> endpoint.expectedIps().stream().map(Prefix::host).toList();
            case NetworkSet set -> set.nets();
            case GlobalNetworkSet set -> set.nets();
            default -> List.of();
        };
    }

    private static List<String> namedPorts(Resource resource) {
        return switch (resource.spec()) {
            case WorkloadEndpoint endpoint -> endpoint.ports().stream().filter(port -> port.name().isPresent()).map(port -> port.name().get() + " " + port.protocol().number() + " " + port.port()).toList();
            case HostEndpoint endpoint -> endpoint.ports().stream().map(port -> port.name() + " " + port.protocol().number() + " " + port.port()).toList();
            default -> List.of();
        };
    }

    private static List<String> profiles(Resource resource) {
        return switch (resource.spec()) {
            case WorkloadEndpoint endpoint -> endpoint.profiles();
            case HostEndpoint endpoint -> endpoint.profiles();
            default -> List.of();
        };
    }

    /** Its own before those of its profiles, in their order, then those of its namespace, then those of its service account. */
    private Map<String, String> labels(Resource resource) {
        Map<String, String> labels = new HashMap<>(resource.labels());
        resource.id().namespace().ifPresent(namespace -> labels.put("projectcalico.org/namespace", namespace));
        if (resource.spec() instanceof WorkloadEndpoint endpoint) {
            if (endpoint.orchestrator().isPresent() && !labels.containsKey("projectcalico.org/orchestrator")) {
                labels.put("projectcalico.org/orchestrator", endpoint.orchestrator().get());
            }
            endpoint.serviceAccountName().ifPresent(account -> labels.put("projectcalico.org/serviceaccount", account));
        }
        List<String> from = new ArrayList<>(profiles(resource));
        if (resource.id().namespace().isPresent()) {
            from.add("kns." + resource.id().namespace().get());
            if (labels.containsKey("projectcalico.org/serviceaccount")) {
                from.add("ksa." + resource.id().namespace().get() + "." + labels.get("projectcalico.org/serviceaccount"));
            }
        }
        for (String name : from) {
            Resource profile = resources.get(ResourceId.of("Profile", name));
            if (profile != null) {
                ((Profile) profile.spec()).labelsToApply().forEach(labels::putIfAbsent);
            }
        }
        return labels;
    }

    // ---------------------------------------------------------------- selectors

    private static boolean namespaceMeets(Selector selector, Map<String, String> labels) {
        boolean inOne = labels.containsKey("projectcalico.org/namespace");
        return switch (selector.canonical()) {
            case "all()" -> inOne;
            case "global()" -> !inOne;
            default -> meets(selector.expression(), labels, "pcns.");
        };
    }

    private static boolean accountMeets(Selector selector, Map<String, String> labels) {
        return selector.canonical().equals("all()") ? labels.containsKey("projectcalico.org/serviceaccount") : meets(selector.expression(), labels, "pcsa.");
    }

    private static boolean meets(Expression expression, Map<String, String> labels, String prefix) {
        return switch (expression) {
            case Expression.All _, Expression.Global _ -> true;
            case Expression.Has has -> labels.get(prefix + has.label()) != null;
            case Expression.Compare compare -> {
                String seen = labels.get(prefix + compare.label());
                yield switch (compare.operator()) {
                    case EQUAL -> compare.value().equals(seen);
                    case NOT_EQUAL -> !compare.value().equals(seen);
                    case CONTAINS -> seen != null && seen.contains(compare.value());
                    case STARTS_WITH -> seen != null && seen.startsWith(compare.value());
                    case ENDS_WITH -> seen != null && seen.endsWith(compare.value());
                };
            }
            case Expression.Member member -> {
                String seen = labels.get(prefix + member.label());
                yield seen == null ? member.negated() : new TreeSet<>(member.values()).contains(seen) != member.negated();
            }
            case Expression.Not not -> !meets(not.operand(), labels, prefix);
            case Expression.And and -> and.operands().stream().allMatch(each -> meets(each, labels, prefix));
            case Expression.Or or -> or.operands().stream().anyMatch(each -> meets(each, labels, prefix));
        };
    }
}
