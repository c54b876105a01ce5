package tombolo.policy.adapter.nft;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.PolicyBody.Type;

/**
 * The chains at the kernel's hooks, which lead to those of endpoints and policies: the same whatever the policies are.
 *
 * @param wholeFlows whether TCP must begin with SYN
 * @param bridge     behind which there may be endpoints
 * @param numbered   see {@link Lists}
 */
record NftFrame(NftLog log, boolean wholeFlows, Optional<String> bridge, boolean numbered) {
    private static final int ESTABLISHED_OR_RELATED = 2 | 4;
    static final int INVALID = 1;
    /** Behind what endpoints send: a stage is a chain of its own at the hook, so that what one accepts goes on to the next. */
    private static final int DELIVER_PRIORITY = 1;
    /** Before what the endpoints' own chains accept; a chain of its own at the hook has its say whatever another accepts. */
    private static final int UNKNOWN_PRIORITY = -1;
    /** The kernel's word for an address of its own. */
    private static final int RTN_LOCAL = 2;
    private static final int ARPHRD_ETHER = 1;
    private static final int SYN = 2;
    private static final int FIN_SYN_RST_ACK = 1 | SYN | 4 | 16;

    /** @param closed what names of interfaces begin with that carry nothing until their endpoint is known */
    List<Chain> closing(List<String> closed) {
        if (closed.isEmpty()) {
            return List.of();
        }
        List<Rule> forward = new ArrayList<>();
        List<Rule> input = new ArrayList<>(neighbours());
        List<Chain> chains = new ArrayList<>();
        Verdict drop = denial(false, NftLog.UNKNOWN, chains);
        for (String prefix : closed) {
            for (Field side : List.of(Field.INPUT_INTERFACE, Field.OUTPUT_INTERFACE)) {
                Rule rule = Rule.of(NftLog.UNKNOWN, Statement.is(side, Value.interfacePrefix(prefix)), Statement.notIn(NftNames.WORKLOADS, side), new Statement.Count(), Statement.decide(drop));
                forward.add(rule);
                if (side == Field.INPUT_INTERFACE) {
                    input.add(rule);
                }
            }
        }
        chains.addAll(List.of(Chain.base(NftNames.UNKNOWN_FORWARD, new Chain.Hook(Chain.Type.FILTER, Chain.Point.FORWARD, UNKNOWN_PRIORITY, false), "endpoints that nobody knows yet", forward),
                Chain.base(NftNames.UNKNOWN_INPUT, new Chain.Hook(Chain.Type.FILTER, Chain.Point.INPUT, UNKNOWN_PRIORITY, false), "endpoints that nobody knows yet", input)));
        return chains;
    }

    /** What drops, and tells where that is wanted. @param to gets the chain where it is one */
    private Verdict denial(boolean ingress, String owner, List<Chain> to) {
        Optional<Chain> chain = log.chain(ingress, 0, owner);
        chain.filter(one -> !to.contains(one)).ifPresent(to::add);
        return chain.map(one -> Verdict.goTo(one.name())).orElse(Verdict.DROP);
    }

    /** What is there whatever the policies are. @param bridged whether there are endpoints behind the bridge: rules for them are there only then */
    List<Chain> chains(boolean bridged) {
        List<Rule> strange = new ArrayList<>();
        for (AddressFamily family : AddressFamily.values()) {
            strange.add(Rule.of("networks that an endpoint may send from", Statement.family(family),
                    new Statement.VerdictLookup(List.of(Field.INPUT_INTERFACE, NftRules.address(family, true)), NftNames.wide(family))));
        }
        strange.addAll(log.denied(false, 0, NftLog.FORGED));
        strange.add(Rule.of("forged", new Statement.Count(), Statement.decide(Verdict.DROP)));
        List<Chain> denials = new ArrayList<>();
        Verdict noFlow = denial(false, NftLog.NO_FLOW, denials);
        List<Rule> forward = new ArrayList<>(List.of(flows()));
        forward.add(Rule.of("from endpoints: of no flow", Statement.anyOf(Field.CT_STATE, INVALID), Statement.in(NftNames.WORKLOADS, Field.INPUT_INTERFACE), new Statement.Count(),
                Statement.decide(noFlow)));
        if (wholeFlows) {
            forward.add(middle(Optional.of(Field.INPUT_INTERFACE), noFlow));
            forward.add(middle(Optional.of(Field.OUTPUT_INTERFACE), noFlow));
        }
        forward.addAll(from(bridged));
        List<Rule> input = new ArrayList<>(List.of(flows()));
        input.addAll(neighbours());
        if (wholeFlows) {
            input.add(middle(Optional.of(Field.INPUT_INTERFACE), noFlow));
        }
        input.addAll(from(bridged));
        List<Chain> frame = new ArrayList<>(List.of(Chain.of(NftNames.STRANGE, "from endpoints, and not from their own addresses", strange),
                Chain.base(NftNames.FORWARD, new Chain.Hook(Chain.Type.FILTER, Chain.Point.FORWARD, 0, false), "what is forwarded", forward),
                Chain.base(NftNames.INPUT, new Chain.Hook(Chain.Type.FILTER, Chain.Point.INPUT, 0, false), "what this host receives", input),
                Chain.base(NftNames.DELIVER, new Chain.Hook(Chain.Type.FILTER, Chain.Point.FORWARD, DELIVER_PRIORITY, false), "what is forwarded to endpoints",
                        deliver(bridged, denials)),
                HostTable.untracked(), HostTable.beforeDnat(), NftLog.share()));
        if (numbered) {
            frame.addAll(List.of(sent(), received(denials)));
        }
        frame.addAll(denials);
        return frame;
    }

    /** Source: felix/rules/static.go: without these no endpoint finds its IPv6 neighbours or groups. */
    private static List<Rule> neighbours() {
        List<Rule> rules = new ArrayList<>();
        for (int[] types : List.of(new int[] {130, 133}, new int[] {135, 136})) {
            rules.add(Rule.of("neighbours and groups of IPv6", Statement.family(AddressFamily.IPV6), Statement.is(Field.PROTOCOL, Value.octet(IpProtocol.ICMPV6.number())),
                    new Statement.Within(Field.ICMPV6_TYPE, Value.octet(types[0]), Value.octet(types[1])), Statement.decide(Verdict.ACCEPT)));
        }
        return rules;
    }

    static Rule flows() {
        return Rule.of("flows that were allowed", Statement.anyOf(Field.CT_STATE, ESTABLISHED_OR_RELATED), Statement.decide(Verdict.ACCEPT));
    }

    /** @param interfaceName of a workload; empty: in a chain that asks for that already @param drop what becomes of it */
    static Rule middle(Optional<Field> interfaceName, Verdict drop) {
        List<Statement> statements = new ArrayList<>();
        interfaceName.ifPresent(field -> statements.add(Statement.in(NftNames.WORKLOADS, field)));
        statements.addAll(List.of(Statement.is(Field.PROTOCOL, Value.octet(IpProtocol.TCP.number())),
                new Statement.Masked(Field.TCP_FLAGS, Value.octet(FIN_SYN_RST_ACK), Statement.Operator.NOT_EQUAL, Value.octet(SYN)), new Statement.Count(), Statement.decide(drop)));
        return new Rule(statements, "of no flow: does not begin with SYN");
    }

    private List<Rule> deliver(boolean bridged, List<Chain> denials) {
        List<Rule> rules = new ArrayList<>(List.of(flows()));
        if (!numbered) {
            rules.add(Rule.of("to endpoints", new Statement.VerdictLookup(List.of(Field.OUTPUT_INTERFACE), NftNames.TO)));
        }
        if (bridged) {
            for (AddressFamily family : AddressFamily.values()) {
                rules.add(Rule.of("to endpoints behind the bridge", Statement.is(Field.OUTPUT_INTERFACE, Value.interfaceName(bridge.orElseThrow())), Statement.family(family),
                        new Statement.VerdictLookup(List.of(NftRules.address(family, false)), NftNames.bridgedTo(family))));
            }
            rules.add(Rule.of(NftLog.UNKNOWN, Statement.is(Field.OUTPUT_INTERFACE, Value.interfaceName(bridge.orElseThrow())), new Statement.Count(),
                    Statement.decide(denial(true, NftLog.UNKNOWN, denials))));
        }
        if (numbered) {
            rules.add(Rule.of("to endpoints", Statement.in(NftNames.WORKLOADS, Field.OUTPUT_INTERFACE), Statement.decide(Verdict.goTo(NftNames.RECEIVED))));
        }
        return rules;
    }

    private List<Rule> from(boolean bridged) {
        List<Rule> rules = new ArrayList<>();
        if (bridged) {
            for (AddressFamily family : AddressFamily.values()) {
                rules.add(Rule.of("from endpoints behind the bridge", Statement.is(Field.INPUT_INTERFACE, Value.interfaceName(bridge.orElseThrow())),
                        Statement.is(Field.INPUT_TYPE, Value.interfaceType(ARPHRD_ETHER)), Statement.family(family),
                        new Statement.VerdictLookup(List.of(Field.SOURCE_MAC, NftRules.address(family, true)), NftNames.bridgedFrom(family))));
            }
        }
        if (numbered) {
            rules.add(Rule.of("from endpoints", Statement.in(NftNames.WORKLOADS, Field.INPUT_INTERFACE), Statement.decide(Verdict.goTo(NftNames.SENT))));
            return rules;
        }
        for (AddressFamily family : AddressFamily.values()) {
            rules.add(Rule.of("from endpoints", Statement.family(family), new Statement.VerdictLookup(List.of(Field.INPUT_INTERFACE, NftRules.address(family, true)), NftNames.from(family))));
        }
        rules.add(Rule.of("from endpoints: not their own address", Statement.in(NftNames.WORKLOADS, Field.INPUT_INTERFACE), Statement.decide(Verdict.goTo(NftNames.STRANGE))));
        return rules;
    }

    private static Chain sent() {
        List<Rule> rules = new ArrayList<>(List.of(Rule.of("no policies are known yet", new Statement.Forget())));
        for (AddressFamily family : AddressFamily.values()) {
            rules.add(Rule.of("from endpoints: which policies", Statement.family(family),
                    new Statement.Remember(List.of(Field.INPUT_INTERFACE, NftRules.address(family, true)), NftNames.from(family))));
        }
        rules.add(Rule.of("to these policies", new Statement.VerdictLookup(List.of(Field.SECURITY_MARK), NftNames.lists(false))));
        rules.add(Rule.of("from endpoints: not their own address", Statement.decide(Verdict.goTo(NftNames.STRANGE))));
        return Chain.of(NftNames.SENT, "from endpoints", rules);
    }

    /** An endpoint that nobody has policies for gets nothing. */
    private Chain received(List<Chain> denials) {
        return Chain.of(NftNames.RECEIVED, "to endpoints", List.of(
                Rule.of("to endpoints", new Statement.Remember(List.of(Field.OUTPUT_INTERFACE), NftNames.TO), new Statement.VerdictLookup(List.of(Field.SECURITY_MARK), NftNames.lists(true))),
                Rule.of(NftLog.UNKNOWN, new Statement.Count(), Statement.decide(denial(true, NftLog.UNKNOWN, denials)))));
    }

    /** What drops that endpoints may send, where this host itself is meant. */
    List<Chain> toHost() {
        Optional<Chain> denied = log.chain(false, 0, NftLog.TO_HOST);
        List<Rule> rules = new ArrayList<>(List.of(flows()));
        rules.addAll(neighbours());
        rules.add(Rule.of("defaultEndpointToHostAction", Statement.in(NftNames.WORKLOADS, Field.INPUT_INTERFACE), Statement.is(Field.DESTINATION_TYPE, Value.number(RTN_LOCAL)),
                new Statement.Count(), Statement.decide(denied.map(chain -> Verdict.goTo(chain.name())).orElse(Verdict.DROP))));
        List<Chain> chains = new ArrayList<>(List.of(Chain.base(NftNames.TO_HOST, new Chain.Hook(Chain.Type.FILTER, Chain.Point.INPUT, DELIVER_PRIORITY, false),
                "what endpoints may send and this host does not take", rules)));
        denied.ifPresent(chains::add);
        return chains;
    }
}
