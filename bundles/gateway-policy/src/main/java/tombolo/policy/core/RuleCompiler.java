package tombolo.policy.core;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Rule;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.PolicyRule;
import tombolo.api.resource.PolicyRule.Action;
import tombolo.api.resource.PolicyRule.Entity;
import tombolo.api.resource.PolicyRule.Icmp;
import tombolo.api.resource.PolicyRule.Port;
import tombolo.api.selector.Selector;

/**
 * Makes rules of the model from rules as they are written. What would be more than the packet filter takes is refused here, where the policy that asks for it is known, by what is written alone: what
 * selectors choose grows and shrinks, and what was compiled once is never too much for the filter later.
 */
final class RuleCompiler {
    /** Ways in which the rules of one direction can match, all told: each named port is one, and those of both ends multiply. A packet may be compared with every one. */
    private static final int MOST_WAYS = 4_096;
    /** Names in the notPorts of one rule, both ends together: each is looked up for every packet that comes so far. */
    private static final int MOST_NOT_NAMED = 16;
    /**
     * What the rules of one policy, or one profile, may take as messages to the kernel, both directions together: where a set that they choose by takes another shape, they are all written anew, in one
     * transaction, which has 64 MiB (Messages in gateway-dataplane), also for the removal of what was there (6 MB) and for what is refused and denied instead (1 MB).
     */
    private static final int MOST_OCTETS = 48 << 20;
    /** Of a rule of the packet filter beside its statements, with the longest comment. */
    private static final int RULE_OCTETS = 200;
    /** Of a statement that compares, counts or decides. */
    private static final int STATEMENT_OCTETS = 100;
    /** Of one about an end of the packet, at most: a masked address of IPv6, or an address with protocol and port, looked up. */
    private static final int END_OCTETS = 220;
    private static final Model.Side ANY = new Model.Side(List.of(), List.of(), Optional.empty(), Optional.empty(), List.of(), List.of(), List.of(), List.of());

    private final Optional<String> namespace;
    private final Consumer<String> problems;
    private long octets;

    /**
     * One for each policy or profile.
     *
     * @param namespace of the policy
     * @param problems  hears of each rule that cannot be compiled; such a rule fails closed
     */
    RuleCompiler(Optional<String> namespace, Consumer<String> problems) {
        this.namespace = namespace;
        this.problems = problems;
    }

    /** @param direction as the rule's place is written: {@code ingress} */
    List<Model.Rule> rules(List<PolicyRule> rules, String direction) {
        List<Model.Rule> compiled = new ArrayList<>();
        int ways = 0;
        int filterRules = rules.size(); // so that each has room for one, which denies in place of what is refused
        for (int i = 0; i < rules.size(); i++) {
            PolicyRule rule = rules.get(i);
            int more = ways(rule.source()) * ways(rule.destination());
            int ofFilter = filterRules(rule) - 1;
            long asMessages = octets(rule);
            Optional<String> refusal = refusal(rule, ways + more, filterRules + ofFilter, octets + asMessages);
            ways += refusal.isEmpty() ? more : 1;
            filterRules += refusal.isEmpty() ? ofFilter : 0;
            octets += refusal.isEmpty() ? asMessages : 0;
            if (refusal.isPresent()) {
                problems.accept("spec." + direction + "[" + i + "]: " + refusal.get());
                if (rule.action() == Action.DENY || rule.action() == Action.PASS) {
                    compiled.add(new Model.Rule(i + 1, Action.DENY, EnumSet.allOf(AddressFamily.class), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), ANY, ANY));
                }
                continue;
            }
            compile(rule, i + 1).ifPresent(compiled::add);
        }
        return compiled;
    }

    private static int ways(Entity entity) {
        int names = named(entity.ports());
        return Math.max(1, names + (names < entity.ports().size() ? 1 : 0));
    }

    private static int named(List<Port> ports) {
        return (int) ports.stream().filter(port -> port instanceof Port.Named).distinct().count();
    }

    /** Rules of the packet filter that a rule becomes at worst: one for each family and each way in which its ports, its addresses and its ICMP message may match; one more where it logs. */
    private int filterRules(PolicyRule rule) {
        int ports = ways(rule.source()) * ways(rule.destination());
        int messages = rule.notIcmp().isPresent() ? 3 : 1; // another protocol, another type, another code
        return families(rule).size() * ports * parts(rule.source()) * parts(rule.destination()) * messages + (rule.action() == Action.LOG ? 1 : 0);
    }

    private int parts(Entity entity) {
        return chooses(entity) ? SetId.MOST_PARTS : 1;
    }

    /** Whether {@link Scopes#ofEntity} has a selector for it, without making one. */
    private boolean chooses(Entity entity) {
        return entity.selector().isPresent() || entity.namespaceSelector().isPresent() || entity.serviceAccounts().isPresent() || namespace.isPresent() && entity.notSelector().isPresent();
    }

    /** Statements of one such rule, at worst. */
    private int statements(PolicyRule rule) {
        int family = 1;
        int protocols = (rule.protocol().isPresent() ? 1 : 0) + (rule.notProtocol().isPresent() ? 1 : 0);
        int messages = rule.icmp().map(RuleCompiler::typeAndCode).orElse(0) + rule.notIcmp().map(icmp -> 1 + typeAndCode(icmp)).orElse(0);
        int counter = 1;
        int end = rule.action() == Action.ALLOW || rule.action() == Action.DENY ? 1 : 2;
        return family + protocols + messages + statements(rule.source()) + statements(rule.destination()) + counter + end;
    }

    /** Of the messages that make what it becomes, about, and not less. */
    private long octets(PolicyRule rule) {
        int ends = statements(rule.source()) + statements(rule.destination());
        return (long) filterRules(rule) * (RULE_OCTETS + (statements(rule) - ends) * STATEMENT_OCTETS + ends * END_OCTETS);
    }

    private static int typeAndCode(Icmp icmp) {
        return icmp.code().isPresent() ? 2 : 1;
    }

    private int statements(Entity entity) {
        int notNamed = named(entity.notPorts());
        boolean notNumbers = entity.notPorts().stream().anyMatch(port -> port instanceof Port.Range);
        int ports = (entity.ports().isEmpty() ? 0 : 1) + (notNumbers ? 1 : 0) + notNamed;
        int nets = (entity.nets().isEmpty() ? 0 : 1) + (entity.notNets().isEmpty() ? 0 : 1);
        return ports + nets + (chooses(entity) ? 1 : 0) + (entity.notSelector().isPresent() ? SetId.MOST_PARTS : 0);
    }

    private Optional<String> refusal(PolicyRule rule, int ways, int filterRules, long octets) {
        if (rule.http().isPresent()) {
            return Optional.of("http cannot be matched: no proxy reads requests on this node. Say what may pass by protocol and ports");
        }
        if (rule.source().services().isPresent() || rule.destination().services().isPresent()) {
            return Optional.of("services cannot be matched: this node has no source of services. Say what may pass by selector, nets and ports");
        }
        if (ways > MOST_WAYS) {
            return Optional.of("its named ports, those of the two ends multiplied, and the rules before it come to " + ways + " ways to match; at most " + MOST_WAYS + ". Write numbers, or fewer names");
        }
        int notNamed = named(rule.source().notPorts()) + named(rule.destination().notPorts());
        if (notNamed > MOST_NOT_NAMED) {
            return Optional.of("notPorts has " + notNamed + " named ports; at most " + MOST_NOT_NAMED + ". Write numbers, or fewer names");
        }
        int statements = statements(rule);
        if (statements > Rule.MOST_STATEMENTS) {
            return Optional.of("with " + notNamed + " named ports in notPorts beside all else that it asks for it comes to " + statements + " statements of the packet filter; at most "
                    + Rule.MOST_STATEMENTS + ". Write numbers, or fewer names");
        }
        if (filterRules > Chain.MOST_RULES) {
            return Optional.of("its ways to match, by families, named ports, notICMP and the selectors of both ends multiplied, and the other rules come to as many as " + filterRules
                    + " rules of the packet filter; at most " + Chain.MOST_RULES + ". Give it one ipVersion or one selector, or share the rules out among policies");
        }
        if (octets > MOST_OCTETS) {
            return Optional.of("its ways to match, by families, named ports, notICMP and the selectors of both ends multiplied, and the rules before it come to as much as " + (octets >> 20)
                    + " MiB of messages to the packet filter; at most " + (MOST_OCTETS >> 20) + ". Give it one ipVersion, one selector or fewer names, or share the rules out among policies");
        }
        return Optional.empty();
    }

    /** Empty where no packet can match. */
    private Optional<Model.Rule> compile(PolicyRule rule, int number) {
        Set<AddressFamily> families = families(rule);
        if (families.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Model.Rule(number, rule.action(), families, rule.protocol(), rule.notProtocol(), rule.icmp().filter(icmp -> icmp.type().isPresent()),
                rule.notIcmp().filter(icmp -> icmp.type().isPresent()), side(rule.source(), rule.protocol()), side(rule.destination(), rule.protocol())));
    }

    private static Set<AddressFamily> families(PolicyRule rule) {
        EnumSet<AddressFamily> families = EnumSet.allOf(AddressFamily.class);
        if (rule.ipVersion().isPresent()) {
            families.retainAll(Set.of(rule.ipVersion().getAsInt() == 4 ? AddressFamily.IPV4 : AddressFamily.IPV6));
        }
        rule.protocol().ifPresent(protocol -> {
            if (protocol.equals(IpProtocol.ICMP) && rule.icmp().isPresent()) {
                families.remove(AddressFamily.IPV6);
            } else if (protocol.equals(IpProtocol.ICMPV6) && rule.icmp().isPresent()) {
                families.remove(AddressFamily.IPV4);
            }
        });
        // Source: FilterRuleToIPVersion in felix/rules/policy.go: a rule with a list of networks, positive or not, is one for the families in that list.
        for (List<Prefix> nets : List.of(rule.source().nets(), rule.source().notNets(), rule.destination().nets(), rule.destination().notNets())) {
            if (!nets.isEmpty()) {
                families.removeIf(family -> nets.stream().noneMatch(net -> net.family() == family));
            }
        }
        return families;
    }

    private Model.Side side(Entity entity, Optional<IpProtocol> protocol) {
        Optional<Selector> chosen = Scopes.ofEntity(entity, namespace);
        if (entity.nets().isEmpty() && entity.notNets().isEmpty() && chosen.isEmpty() && entity.notSelector().isEmpty() && entity.ports().isEmpty() && entity.notPorts().isEmpty()) {
            return ANY;
        }
        List<Port.Range> ports = new ArrayList<>();
        List<SetId.Ports> named = new ArrayList<>();
        List<Port.Range> notPorts = new ArrayList<>();
        List<SetId.Ports> notNamed = new ArrayList<>();
        ports(entity.ports(), chosen, protocol, ports, named);
        ports(entity.notPorts(), chosen, protocol, notPorts, notNamed);
        return new Model.Side(NetUnion.of(entity.nets()), NetUnion.of(entity.notNets()), chosen.map(SetId.Nets::new), entity.notSelector().map(SetId.Nets::new), ports, named, notPorts,
                notNamed);
    }

    private static void ports(List<Port> given, Optional<Selector> chosen, Optional<IpProtocol> protocol, List<Port.Range> ranges, List<SetId.Ports> named) {
        if (given.size() == 1 && given.getFirst() instanceof Port.Range range) {
            ranges.add(range); // most rules have no more
            return;
        }
        if (given.isEmpty()) {
            return;
        }
        for (Port port : given) {
            switch (port) {
                case Port.Range range -> ranges.add(range);
                // A rule with ports has a protocol that has ports; the resource is refused otherwise.
                case Port.Named(String name) -> named.add(new SetId.Ports(chosen.orElse(Selector.ALL), protocol.orElse(IpProtocol.TCP), name));
            }
        }
        List<Port.Range> merged = merge(ranges);
        ranges.clear();
        ranges.addAll(merged);
        List<SetId.Ports> distinct = named.stream().distinct().sorted().toList();
        named.clear();
        named.addAll(distinct);
    }

    /** Disjoint, not adjacent, in order. */
    private static List<Port.Range> merge(List<Port.Range> ranges) {
        List<Port.Range> merged = new ArrayList<>();
        ranges.stream().sorted((one, other) -> Integer.compare(one.min(), other.min())).forEach(range -> {
            if (!merged.isEmpty() && range.min() <= merged.getLast().max() + 1) {
                Port.Range last = merged.removeLast();
                merged.add(new Port.Range(last.min(), Math.max(last.max(), range.max())));
            } else {
                merged.add(range);
            }
        });
        return merged;
    }

    /** All sets that rules refer to. */
    static void sets(Iterable<Model.Rule> rules, Consumer<SetId> to) {
        for (Model.Rule rule : rules) {
            for (Model.Side side : List.of(rule.source(), rule.destination())) {
                side.in().ifPresent(to);
                side.notIn().ifPresent(to);
                side.namedPorts().forEach(to);
                side.notNamedPorts().forEach(to);
            }
        }
    }
}
