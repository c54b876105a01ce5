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
import tombolo.policy.core.NodeParameters;
import tombolo.api.resource.PolicyBody.Type;

/**
 * The chains at the kernel's hooks, which lead to those of endpoints and policies: the same whatever the policies are.
 *
 * @param wholeFlows whether TCP must begin with SYN
 * @param bridge     behind which there may be endpoints
 * @param uplink     whether it leads to the outside too: its name then says nothing, and the hardware addresses say all
 * @param apart      whether what that outside and endpoints say to each other all goes through this host
 * @param numbered   see {@link Lists}
 */
record NftFrame(NftLog log, boolean wholeFlows, Optional<String> bridge, boolean uplink, boolean apart, boolean numbered) {
    private static final int ESTABLISHED_OR_RELATED = 2 | 4;
    private static final int NEW = 8;
    private static final int INVALID_STATE = 1;
    static final Statement INVALID = Statement.anyOf(Field.CT_STATE, INVALID_STATE);
    /** Connection tracking sums UDPLite up as UDP and takes every packet of it for invalid (Linux 6.18; by RFC 3828 §3.1 the sum has another number): policy decides of each alone. */
    static final Statement NOT_UDPLITE = Statement.isNot(Field.PROTOCOL, Value.octet(IpProtocol.UDPLITE.number()));
    /** Behind what endpoints send: a stage is a chain of its own at the hook, so that what one accepts goes on to the next. */
    private static final int DELIVER_PRIORITY = 1;
    /** Before what the endpoints' own chains accept; a chain of its own at the hook has its say whatever another accepts. */
    private static final int UNKNOWN_PRIORITY = -1;
    /** The kernel's word for an address of its own. */
    private static final int RTN_LOCAL = 2;
    private static final int ARPHRD_ETHER = 1;
    private static final int SYN = 2;
    private static final int FIN_SYN_RST_ACK = 1 | SYN | 4 | 16;

    List<Chain> closing(ClosedInterfaces closed) {
        if (closed.isNone()) {
            return List.of();
        }
        List<Rule> forward = new ArrayList<>();
        List<Rule> input = new ArrayList<>(neighbours());
        List<Chain> chains = new ArrayList<>();
        Verdict drop = denial(false, NftLog.UNKNOWN, chains);
        List<Value> names = new ArrayList<>(closed.prefixes().stream().map(Value::interfacePrefix).toList());
        closed.bridge().map(Value::interfaceName).ifPresent(names::add);
        for (Value name : names) {
            for (Field side : List.of(Field.INPUT_INTERFACE, Field.OUTPUT_INTERFACE)) {
                Rule rule = Rule.of(NftLog.UNKNOWN, Statement.is(side, name), Statement.notIn(NftNames.WORKLOADS, side), new Statement.Count(), Statement.decide(drop));
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

    /**
     * What is there whatever the policies are.
     *
     * @param bridged whether there are endpoints behind the bridge: rules for them are there only then
     * @param parameters what endpoints may send of what tunnels carry, and whether what is of no flow is dropped
     */
    List<Chain> chains(boolean bridged, NodeParameters parameters) {
        NodeParameters.Wrapped wrapped = parameters.wrapped();
        List<Rule> strange = new ArrayList<>();
        for (AddressFamily family : AddressFamily.values()) {
            strange.add(Rule.of("networks that an endpoint may send from", Statement.family(family),
                    new Statement.VerdictLookup(List.of(Field.INPUT_INTERFACE, NftRules.address(family, true)), NftNames.wide(family))));
            if (bridged) {
                strange.add(bridgedFrom("networks that an endpoint behind the bridge may send from", family, NftNames.bridgedWide(family)));
            }
        }
        strange.addAll(log.denied(false, 0, NftLog.FORGED));
        strange.add(Rule.of("forged", new Statement.Count(), Statement.decide(Verdict.DROP)));
        List<Chain> denials = new ArrayList<>();
        Verdict noFlow = denial(false, NftLog.NO_FLOW, denials);
        Verdict tunneled = denial(false, NftLog.WRAPPED, denials); // there whether a rule leads to it or not, so that a change of the parameters takes no chain away
        List<Rule> forward = new ArrayList<>(List.of(flows()));
        forward.addAll(invalid(parameters, "from endpoints: of no flow", sendersOfFlows(bridged), noFlow));
        if (wholeFlows) {
            sendersOfFlows(bridged).forEach(sender -> forward.add(middle(sender, noFlow)));
            receivers(bridged).forEach(receiver -> forward.add(middle(receiver, noFlow)));
        }
        forward.addAll(wrapped(bridged, wrapped, tunneled));
        forward.addAll(from(bridged));
        List<Rule> input = new ArrayList<>(List.of(flows()));
        input.addAll(neighbours());
        input.addAll(invalid(parameters, "from endpoints: of no flow", senders(bridged), noFlow));
        if (wholeFlows) {
            senders(bridged).forEach(sender -> input.add(middle(sender, noFlow)));
        }
        input.addAll(wrapped(bridged, wrapped, tunneled));
        input.addAll(from(bridged));
        List<Chain> frame = new ArrayList<>(List.of(Chain.of(NftNames.STRANGE, "from endpoints, and not from their own addresses", strange),
                Chain.base(NftNames.FORWARD, new Chain.Hook(Chain.Type.FILTER, Chain.Point.FORWARD, 0, false), "what is forwarded", forward),
                Chain.base(NftNames.INPUT, new Chain.Hook(Chain.Type.FILTER, Chain.Point.INPUT, 0, false), "what this host receives", input),
                Chain.base(NftNames.DELIVER, new Chain.Hook(Chain.Type.FILTER, Chain.Point.FORWARD, DELIVER_PRIORITY, false), "what is forwarded to endpoints",
                        deliver(bridged, parameters, denials)),
                HostTable.untracked(), HostTable.beforeDnat(), NftLog.share()));
        if (numbered) {
            frame.addAll(List.of(sent(), received(denials)));
        }
        if (wholeFlows) {
            frame.add(own(bridged, denials));
        }
        frame.addAll(denials);
        return frame;
    }

    /** What this host begins to its endpoints is allowed, and what it goes on sending of a connection of theirs that was cut would begin it anew from the other end: of TCP that can be told. */
    private Chain own(boolean bridged, List<Chain> denials) {
        List<Rule> rules = new ArrayList<>(List.of(flows()));
        Verdict noFlow = denial(true, NftLog.NO_FLOW, denials);
        receivers(bridged).forEach(receiver -> rules.add(middle(receiver, noFlow)));
        return Chain.base(NftNames.OWN, new Chain.Hook(Chain.Type.FILTER, Chain.Point.OUTPUT, 0, false), "what this host sends to endpoints", rules);
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

    /**
     * What begins a flow, or is of none: with {@code nf_conntrack_tcp_loose=0}, what an end goes on sending of a connection that was cut, and always a SYN-ACK or FIN that nobody asked for, is invalid and
     * not new. What is not tracked is judged packet by packet, and every one of them may be in the middle.
     *
     * @param those whose it is, none: in a chain that asks for that already
     * @param drop what becomes of it
     */
    static Rule middle(List<Statement> those, Verdict drop) {
        return rule("of no flow: does not begin with SYN", those, Statement.is(Field.PROTOCOL, Value.octet(IpProtocol.TCP.number())), Statement.anyOf(Field.CT_STATE, NEW | INVALID_STATE),
                new Statement.Masked(Field.TCP_FLAGS, Value.octet(FIN_SYN_RST_ACK), Statement.Operator.NOT_EQUAL, Value.octet(SYN)), new Statement.Count(), Statement.decide(drop));
    }

    /**
     * Source: felix/rules/endpoints.go: in the chains of what endpoints send, forwarded or to this host, and of what they get. What is not tracked is not of this state.
     *
     * @param those whose it is: any of these
     */
    private static List<Rule> invalid(NodeParameters parameters, String comment, List<List<Statement>> those, Verdict drop) {
        List<Rule> rules = new ArrayList<>();
        for (List<Statement> each : parameters.invalid() ? List.<List<Statement>>of() : those) {
            List<Statement> statements = new ArrayList<>(List.of(INVALID, NOT_UDPLITE)); // first what few packets are
            statements.addAll(each);
            rules.add(rule(comment, statements, new Statement.Count(), Statement.decide(drop)));
        }
        return rules;
    }

    private static Rule rule(String comment, List<Statement> first, Statement... then) {
        List<Statement> statements = new ArrayList<>(first);
        statements.addAll(List.of(then));
        return new Rule(statements, comment);
    }

    /** What says of a packet that an endpoint sent it: any of these. */
    private List<List<Statement>> senders(boolean bridged) {
        List<Statement> byName = List.of(Statement.in(NftNames.WORKLOADS, Field.INPUT_INTERFACE));
        return bridged && uplink ? List.of(byName, List.of(Statement.is(Field.INPUT_INTERFACE, bridgeName()), Statement.is(Field.INPUT_TYPE, Value.interfaceType(ARPHRD_ETHER)),
                Statement.in(NftNames.BRIDGED_MACS, Field.SOURCE_MAC))) : List.of(byName);
    }

    /**
     * Of those, what says of a forwarded packet that connection tracking saw whatever it is an answer to. What machines on the wire of an uplink send to endpoints comes to them without this host
     * unless the two are apart, and what endpoints send there is the half that this host sees.
     */
    private List<List<Statement>> sendersOfFlows(boolean bridged) {
        List<List<Statement>> senders = new ArrayList<>(senders(bridged));
        if (bridged && uplink && !apart) {
            List<Statement> behind = new ArrayList<>(senders.removeLast());
            behind.add(Statement.isNot(Field.OUTPUT_INTERFACE, bridgeName()));
            senders.add(behind);
        }
        return senders;
    }

    /** What says of a forwarded packet that it is for an endpoint: any of these. */
    private List<List<Statement>> receivers(boolean bridged) {
        List<List<Statement>> receivers = new ArrayList<>(List.of(List.of(Statement.in(NftNames.WORKLOADS, Field.OUTPUT_INTERFACE))));
        for (AddressFamily family : AddressFamily.values()) {
            if (bridged && uplink) {
                receivers.add(List.of(Statement.is(Field.OUTPUT_INTERFACE, bridgeName()), Statement.family(family),
                        Statement.in(NftNames.bridgedAddresses(family), NftRules.address(family, false))));
            }
        }
        return receivers;
    }

    /**
     * Endpoints whose packets have the name of a bridge that leads to the outside too.
     *
     * @param senders   what says of a packet that one of them sent it: any of these
     * @param receivers what says of a packet that it is for one of them: any of these
     */
    record Behind(String bridge, List<List<Statement>> senders, List<List<Statement>> receivers) { }

    Optional<Behind> behindUplink(boolean bridged) {
        return bridge.filter(_ -> bridged && uplink).map(name -> new Behind(name, List.of(senders(true).getLast()), receivers(true).stream().skip(1).toList()));
    }

    private Value bridgeName() {
        return Value.interfaceName(bridge.orElseThrow());
    }

    private List<Rule> deliver(boolean bridged, NodeParameters parameters, List<Chain> denials) {
        List<Rule> rules = new ArrayList<>(List.of(flows()));
        Verdict noFlow = denial(true, NftLog.NO_FLOW, denials);
        rules.addAll(invalid(parameters, "to endpoints: of no flow", receivers(bridged), noFlow));
        if (!numbered) {
            rules.add(Rule.of("to endpoints", new Statement.VerdictLookup(List.of(Field.OUTPUT_INTERFACE), NftNames.to(false))));
        }
        if (bridged) {
            for (AddressFamily family : AddressFamily.values()) {
                rules.add(Rule.of("to endpoints behind the bridge", Statement.is(Field.OUTPUT_INTERFACE, bridgeName()), Statement.family(family),
                        new Statement.VerdictLookup(List.of(NftRules.address(family, false)), NftNames.bridgedTo(family))));
            }
            if (!uplink) { // else what is for others than endpoints goes this way too
                rules.add(Rule.of(NftLog.UNKNOWN, Statement.is(Field.OUTPUT_INTERFACE, bridgeName()), new Statement.Count(),
                        Statement.decide(denial(true, NftLog.UNKNOWN, denials))));
            }
        }
        if (numbered) {
            rules.add(Rule.of("to endpoints", Statement.in(NftNames.WORKLOADS, Field.OUTPUT_INTERFACE), Statement.decide(Verdict.goTo(NftNames.RECEIVED))));
        }
        List<List<Statement>> receivers = receivers(bridged); // for whom no list decided
        receivers.subList(numbered ? 1 : 0, receivers.size()).forEach(receiver ->
                rules.add(rule(NftLog.UNKNOWN, receiver, new Statement.Count(), Statement.decide(denial(true, NftLog.UNKNOWN, denials)))));
        return rules;
    }

    /**
     * Who sends is told by its hardware address, which its port takes from nobody else. The uplink's port takes any: whoever on the wire sends under an endpoint's hardware address and its
     * address together is taken for it. Known gap: this family's hooks know the bridge and not its port.
     */
    private Rule bridgedFrom(String comment, AddressFamily family, String map) {
        return Rule.of(comment, Statement.is(Field.INPUT_INTERFACE, bridgeName()), Statement.is(Field.INPUT_TYPE, Value.interfaceType(ARPHRD_ETHER)),
                Statement.family(family), new Statement.VerdictLookup(List.of(Field.SOURCE_MAC, NftRules.address(family, true)), map));
    }

    private List<Rule> from(boolean bridged) {
        List<Rule> rules = new ArrayList<>();
        if (bridged) {
            for (AddressFamily family : AddressFamily.values()) {
                rules.add(bridgedFrom("from endpoints behind the bridge", family, NftNames.bridgedFrom(family)));
            }
            rules.addAll(besideUplink());
        }
        if (numbered) {
            rules.add(Rule.of("from endpoints", Statement.in(NftNames.WORKLOADS, Field.INPUT_INTERFACE), Statement.decide(Verdict.goTo(NftNames.SENT))));
            return rules;
        }
        for (AddressFamily family : AddressFamily.values()) {
            rules.add(Rule.of("from endpoints", Statement.family(family), new Statement.VerdictLookup(List.of(Field.INPUT_INTERFACE, NftRules.address(family, true)), NftNames.from(false, family))));
        }
        rules.add(Rule.of("from endpoints: not their own address", Statement.in(NftNames.WORKLOADS, Field.INPUT_INTERFACE), Statement.decide(Verdict.goTo(NftNames.STRANGE))));
        return rules;
    }

    /** First what few packets are. */
    private List<Rule> wrapped(boolean bridged, NodeParameters.Wrapped allowed, Verdict drop) {
        List<Rule> rules = new ArrayList<>();
        for (List<Statement> sender : senders(bridged)) {
            if (!allowed.ipInIp()) {
                List<Statement> statements = new ArrayList<>(List.of(Statement.is(Field.PROTOCOL, Value.octet(NodeParameters.IP_IN_IP))));
                statements.addAll(sender);
                rules.add(rule("from endpoints: IP in IP", statements, new Statement.Count(), Statement.decide(drop)));
            }
            if (!allowed.vxlan()) {
                List<Statement> statements = new ArrayList<>(List.of(Statement.is(Field.PROTOCOL, Value.octet(IpProtocol.UDP.number())),
                        Statement.is(Field.DESTINATION_PORT, Value.port(allowed.vxlanPort()))));
                statements.addAll(sender);
                rules.add(rule("from endpoints: VXLAN", statements, new Statement.Count(), Statement.decide(drop)));
            }
        }
        return rules;
    }

    private static Chain sent() {
        List<Rule> rules = new ArrayList<>(List.of(Rule.of("no policies are known yet", new Statement.Forget())));
        for (AddressFamily family : AddressFamily.values()) {
            rules.add(Rule.of("from endpoints: which policies", Statement.family(family),
                    new Statement.Remember(List.of(Field.INPUT_INTERFACE, NftRules.address(family, true)), NftNames.from(true, family))));
        }
        rules.add(Rule.of("to these policies", new Statement.VerdictLookup(List.of(Field.SECURITY_MARK), NftNames.lists(false))));
        rules.add(Rule.of("from endpoints: not their own address", Statement.decide(Verdict.goTo(NftNames.STRANGE))));
        return Chain.of(NftNames.SENT, "from endpoints", rules);
    }

    /** An endpoint that nobody has policies for gets nothing. */
    private Chain received(List<Chain> denials) {
        return Chain.of(NftNames.RECEIVED, "to endpoints", List.of(
                Rule.of("to endpoints", new Statement.Remember(List.of(Field.OUTPUT_INTERFACE), NftNames.to(true)), new Statement.VerdictLookup(List.of(Field.SECURITY_MARK), NftNames.lists(true))),
                Rule.of(NftLog.UNKNOWN, new Statement.Count(), Statement.decide(denial(true, NftLog.UNKNOWN, denials)))));
    }

    /**
     * Behind what endpoints send from their own addresses. The reverse path of whoever is on the wire is the bridge's own, and says nothing. Who has an endpoint's address or its hardware address
     * alone is dropped here; who has both was taken for the endpoint before, see {@link #bridgedFrom}.
     */
    private List<Rule> besideUplink() {
        List<Rule> rules = new ArrayList<>();
        if (uplink) {
            rules.add(rule("from endpoints behind the bridge: not their own address", senders(true).getLast(), Statement.decide(Verdict.goTo(NftNames.STRANGE))));
            for (AddressFamily family : AddressFamily.values()) {
                rules.add(Rule.of("under an endpoint's address, and not from it", Statement.is(Field.INPUT_INTERFACE, bridgeName()), Statement.family(family),
                        Statement.in(NftNames.bridgedAddresses(family), NftRules.address(family, true)), Statement.decide(Verdict.goTo(NftNames.STRANGE))));
            }
        }
        return rules;
    }

    /** What drops that endpoints may send, where this host itself is meant. */
    List<Chain> toHost() {
        Optional<Chain> denied = log.chain(false, 0, NftLog.TO_HOST);
        List<Rule> rules = new ArrayList<>(List.of(flows()));
        rules.addAll(neighbours());
        senders(bridge.isPresent()).forEach(sender -> rules.add(rule("defaultEndpointToHostAction", sender, Statement.is(Field.DESTINATION_TYPE, Value.number(RTN_LOCAL)), new Statement.Count(),
                Statement.decide(denied.map(chain -> Verdict.goTo(chain.name())).orElse(Verdict.DROP)))));
        List<Chain> chains = new ArrayList<>(List.of(Chain.base(NftNames.TO_HOST, new Chain.Hook(Chain.Type.FILTER, Chain.Point.INPUT, DELIVER_PRIORITY, false),
                "what endpoints may send and this host does not take", rules)));
        denied.ifPresent(chains::add);
        return chains;
    }
}
