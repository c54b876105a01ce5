package tombolo.policy.adapter.nft;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.net.AddressFamily;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Chain.Point;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.ResourceId;
import tombolo.policy.core.HostInterfaces;
import tombolo.policy.core.Model;
import tombolo.policy.core.NodeParameters;
import tombolo.policy.core.NodeParameters.Failsafe;
import tombolo.policy.core.PolicyEngine;
import tombolo.policy.core.Stage;

/**
 * What the packet filter has of host endpoints: for each stage a chain at its hook, a map from interfaces to the policies there, and the ports that stay open. What no
 * host endpoint needs is not there, so that a node without any pays nothing.
 *
 * <pre>
 *  prerouting -300  policy-host-raw-in      doNotTrack, in      ─┐ what is allowed is untracked and marked
 *  output     -300  policy-host-raw-out     doNotTrack, out     ─┘
 *  prerouting -150  policy-host-arrival     preDNAT               what is allowed is marked; established flows pass
 *  input         2  policy-host-input       what the host receives, not from workloads; what is marked passes
 *  forward      -2  policy-host-from        applyOnForward, in;   what is marked passes
 *  forward       2  policy-host-onward      applyOnForward, out
 *  output        0  policy-host-output      what the host sends, not to workloads; what is marked passes
 *  postrouting -150 policy-host-translated  the same for what it sends to a translated destination: only here is the interface the one by which it leaves
 * </pre>
 *
 * Source: felix/rules/static.go, endpoints.go, dispatch.go. At INPUT, OUTPUT and before destinations are translated the failsafe ports come first, as there.
 *
 * <p>DEVIATION: the messages by which IPv6 finds neighbours and groups (RFC 4890 §4.4.1) always pass. In Felix a host endpoint without a rule for them cuts IPv6 off.
 *
 * <p>DEVIATION: forwarded packets of no flow are dropped only where a policy with {@code applyOnForward} decides in that direction. Felix drops them at every host endpoint, and
 * a gateway whose peers take different ways there and back sees many.
 */
record HostTable(Map<String, Chain> chains, Map<String, NamedSet> sets) {
    static final HostTable NONE = new HostTable(Map.of(), Map.of());
    /** The bit of the packet's mark by which a stage says that later ones for the same interface need not be asked. */
    private static final int ACCEPTED = 0x1000_0000;
    /** enum ip_conntrack_status: IPS_DST_NAT. */
    private static final int DESTINATION_TRANSLATED = 32;
    private static final int RAW = -300;
    private static final int MANGLE = -150;
    private static final int BEHIND_WORKLOADS = 2;
    private static final int NAME_BYTES = 16;

    boolean isEmpty() {
        return chains.isEmpty();
    }

    /** What becomes of a packet that a policy's rule allows. */
    static Verdict allowed(Parts.Kind kind) {
        return kind.stages().contains(Stage.UNTRACKED) ? Verdict.goTo(NftNames.UNTRACKED) : kind.stages().contains(Stage.PRE_DNAT) ? Verdict.goTo(NftNames.BEFORE_DNAT) : Verdict.ACCEPT;
    }

    static Chain untracked() {
        return Chain.of(NftNames.UNTRACKED, "what doNotTrack policies allow", List.of(Rule.of("not tracked", new Statement.NoTrack(), mark(), Statement.decide(Verdict.ACCEPT))));
    }

    static Chain beforeDnat() {
        return Chain.of(NftNames.BEFORE_DNAT, "what preDNAT policies allow", List.of(Rule.of("decided", mark(), Statement.decide(Verdict.ACCEPT))));
    }

    /** @param behind endpoints that have the name of an interface with a host endpoint: they have policies of their own */
    static HostTable of(PolicyEngine engine, HostInterfaces interfaces, NodeParameters parameters, Parts parts, Optional<NftFrame.Behind> behind) {
        return interfaces.isEmpty() ? NONE : new Making(engine, interfaces, parameters, parts, behind).make();
    }

    private static Statement mark() {
        return new Statement.SetMark(false, ~ACCEPTED, ACCEPTED);
    }

    /** One table in the making. */
    private static final class Making {
        private final PolicyEngine engine;
        private final HostInterfaces interfaces;
        private final NodeParameters parameters;
        private final Parts parts;
        private final Optional<NftFrame.Behind> behind;
        private final Map<String, Chain> chains = new TreeMap<>();
        private final Map<String, NamedSet> sets = new TreeMap<>();

        /** Where packets of each interface go at one stage. @param otherwise for the interfaces that are not named */
        private record Ways(Map<String, Parts.Composition> named, Optional<Parts.Composition> otherwise) {
            boolean any() {
                return !named.isEmpty() || otherwise.isPresent();
            }
        }

        Making(PolicyEngine engine, HostInterfaces interfaces, NodeParameters parameters, Parts parts, Optional<NftFrame.Behind> behind) {
            this.engine = engine;
            this.interfaces = interfaces;
            this.parameters = parameters;
            this.parts = parts;
            this.behind = behind;
        }

        HostTable make() {
            // Felix: doNotTrack is not supported at an endpoint for all interfaces; the status says so.
            Ways rawIn = ways(Stage.UNTRACKED, true, false);
            Ways rawOut = ways(Stage.UNTRACKED, false, false);
            Ways arrival = ways(Stage.PRE_DNAT, true, true);
            boolean marks = rawIn.any() || arrival.any();
            if (rawIn.any() || rawOut.any()) {
                raw(rawIn, true); // not of workloads' interfaces, also where an endpoint names one
                raw(rawOut, false);
            }
            if (arrival.any()) {
                List<Rule> rules = new ArrayList<>();
                if (!chains.containsKey("policy-host-raw-in")) {
                    rules.add(clear());
                }
                rules.add(NftFrame.flows());
                rules.add(marked());
                rules.addAll(neighbours());
                rules.add(failsafe(true, false));
                aside(true, arrival, rules);
                dispatch("policy-host-arrival", "preDNAT", Point.PREROUTING, MANGLE, true, arrival, true, rules);
            }
            own(marks, chains.containsKey("policy-host-raw-out"));
            forwarded(marks);
            return new HostTable(chains, sets);
        }

        private void raw(Ways ways, boolean in) {
            List<Rule> rules = new ArrayList<>(List.of(clear()));
            rules.addAll(notWorkloads(in));
            rules.addAll(neighbours());
            rules.add(failsafe(in, true));
            dispatch(in ? "policy-host-raw-in" : "policy-host-raw-out", "doNotTrack", in ? Point.PREROUTING : Point.OUTPUT, RAW, in, ways, true, rules);
        }

        private void own(boolean marksIn, boolean marksOut) {
            List<Rule> input = new ArrayList<>(List.of(NftFrame.flows()));
            input.addAll(notWorkloads(true));
            if (marksIn) {
                input.add(marked());
            }
            input.addAll(neighbours());
            input.addAll(tunnels(true));
            input.add(failsafe(true, false));
            dispatch("policy-host-input", "what this host receives", Point.INPUT, BEHIND_WORKLOADS, true, ways(Stage.OWN, true, true), true, input);

            List<Rule> output = new ArrayList<>(List.of(NftFrame.flows()));
            output.addAll(notWorkloads(false));
            if (marksOut) {
                output.add(marked());
            }
            output.addAll(neighbours());
            output.addAll(tunnels(false));
            output.add(failsafe(false, false));
            List<Rule> translated = new ArrayList<>();
            translated.add(Rule.of("forwarded", new Statement.Match(Field.INPUT_INTERFACE, Statement.Operator.NOT_EQUAL, Value.of(new byte[NAME_BYTES])), Statement.decide(Verdict.ACCEPT)));
            translated.add(Rule.of("decided at output", new Statement.Masked(Field.CT_STATUS, Value.number(DESTINATION_TRANSLATED), Statement.Operator.EQUAL, Value.number(0)),
                    Statement.decide(Verdict.ACCEPT)));
            translated.addAll(output);
            output.add(Rule.of("decided at postrouting", Statement.anyOf(Field.CT_STATUS, DESTINATION_TRANSLATED), Statement.decide(Verdict.ACCEPT)));
            Ways ways = ways(Stage.OWN, false, true);
            dispatch("policy-host-output", "what this host sends", Point.OUTPUT, 0, false, ways, true, output);
            dispatch("policy-host-translated", "what this host sends to translated destinations", Point.POSTROUTING, MANGLE, false, ways, true, translated);
        }

        private void forwarded(boolean marks) {
            for (boolean in : List.of(true, false)) {
                Ways ways = ways(Stage.FORWARD, in, true);
                if (ways.any()) {
                    List<Rule> rules = new ArrayList<>(List.of(NftFrame.flows()));
                    if (in && marks) {
                        rules.add(marked());
                    }
                    aside(in, ways, rules);
                    dispatch(in ? "policy-host-from" : "policy-host-onward", "applyOnForward", Point.FORWARD, in ? -BEHIND_WORKLOADS : BEHIND_WORKLOADS, in, ways, false, rules);
                }
            }
        }

        private Ways ways(Stage stage, boolean ingress, boolean all) {
            Map<String, Parts.Composition> named = new TreeMap<>();
            interfaces.named().forEach((name, id) -> composition(id, stage, ingress).filter(_ -> EndpointId.isInterfaceName(name)).ifPresent(composition -> named.put(name, composition)));
            return new Ways(named, all ? interfaces.all().flatMap(id -> composition(id, stage, ingress)) : Optional.empty());
        }

        /** Empty where no policy decides at the stage, and the stage has nothing to say then. */
        private Optional<Parts.Composition> composition(ResourceId id, Stage stage, boolean ingress) {
            Model.Endpoint endpoint = engine.endpoints().get(id);
            boolean decides = stage == Stage.OWN || endpoint.tiers().stream().flatMap(tier -> (ingress ? tier.ingress() : tier.egress()).stream())
                    .anyMatch(policy -> stage.has(engine.activePolicies().get(policy)));
            return decides ? Optional.of(parts.of(endpoint, ingress, stage)) : Optional.empty();
        }

        /** A chain at a hook: the rules, then by interface to the policies. @param loopbackPasses where no endpoint names it */
        private void dispatch(String name, String comment, Point point, int priority, boolean in, Ways ways, boolean loopbackPasses, List<Rule> rules) {
            Field field = in ? Field.INPUT_INTERFACE : Field.OUTPUT_INTERFACE;
            Map<String, Element> elements = new LinkedHashMap<>();
            interfaces.named().keySet().stream().filter(EndpointId::isInterfaceName).forEach(each -> {
                Optional<Parts.Composition> composition = Optional.ofNullable(ways.named.get(each));
                if (composition.isPresent() || ways.otherwise.isPresent()) {
                    // One that is named and has no policy here is not one of the others.
                    elements.put(each, Element.entry(Value.interfaceName(each), composition.map(there -> Verdict.goTo(there.first())).orElse(Verdict.ACCEPT), interfaces.named().get(each).name()));
                }
            });
            String map = name + "-by";
            if (!elements.isEmpty()) {
                sets.put(map, NamedSet.verdicts(map, "interfaces of host endpoints", List.of(DataType.INTERFACE_NAME), List.copyOf(elements.values())));
                rules.add(Rule.of("interfaces of host endpoints", new Statement.VerdictLookup(List.of(field), map)));
            }
            ways.otherwise.ifPresent(composition -> {
                String owner = "all interfaces: " + interfaces.all().orElseThrow().name();
                rules.add(loopbackPasses ? Rule.of(owner, Statement.isNot(field, Value.interfaceName(HostInterfaces.LOOPBACK)), Statement.decide(Verdict.goTo(composition.first())))
                        : Rule.of(owner, Statement.decide(Verdict.goTo(composition.first()))));
            });
            ways.named.values().forEach(composition -> composition.chains().forEach(chain -> chains.put(chain.name(), chain)));
            ways.otherwise.ifPresent(composition -> composition.chains().forEach(chain -> chains.put(chain.name(), chain)));
            chains.put(name, Chain.base(name, new Chain.Hook(Chain.Type.FILTER, point, priority, false), comment, rules));
        }

        /** What endpoints behind a bridge send and get is not what comes and goes by its uplink, and an endpoint for that is not asked about it. */
        private void aside(boolean in, Ways ways, List<Rule> rules) {
            behind.filter(there -> interfaces.named().containsKey(there.bridge())).ifPresent(there -> {
                Verdict verdict = ways.otherwise.map(composition -> Verdict.goTo(composition.first())).orElse(Verdict.ACCEPT);
                ofBehind(there, in).forEach(statements -> rules.add(and(statements, verdict)));
            });
        }

        private static List<List<Statement>> ofBehind(NftFrame.Behind behind, boolean in) {
            return in ? behind.senders() : behind.receivers();
        }

        private static Rule and(List<Statement> statements, Verdict verdict) {
            List<Statement> all = new ArrayList<>(statements);
            all.add(Statement.decide(verdict));
            return new Rule(all, "endpoints behind the bridge");
        }

        private static Rule clear() {
            return Rule.of("nothing is decided yet", new Statement.SetMark(false, ~ACCEPTED, 0));
        }

        private static Rule marked() {
            return Rule.of("decided by an earlier stage", Statement.anyOf(Field.MARK, ACCEPTED), Statement.decide(Verdict.ACCEPT));
        }

        private List<Rule> notWorkloads(boolean in) {
            Field field = in ? Field.INPUT_INTERFACE : Field.OUTPUT_INTERFACE;
            List<Rule> rules = new ArrayList<>(List.of(Rule.of("endpoints' own policy decides", Statement.in(NftNames.WORKLOADS, field), Statement.decide(Verdict.ACCEPT))));
            behind.ifPresent(there -> ofBehind(there, in).forEach(statements -> rules.add(and(statements, Verdict.ACCEPT))));
            parameters.workloads().forEach(prefix -> rules.add(Rule.of("no host's interface", Statement.is(field, Value.interfacePrefix(prefix)), Statement.decide(Verdict.ACCEPT))));
            return rules;
        }

        private static List<Rule> neighbours() {
            List<Rule> rules = new ArrayList<>();
            for (int[] types : List.of(new int[] {130, 136}, new int[] {143, 143})) {
                rules.add(Rule.of("neighbours and groups of IPv6", Statement.family(AddressFamily.IPV6), Statement.is(Field.PROTOCOL, Value.octet(IpProtocol.ICMPV6.number())),
                        new Statement.Within(Field.ICMPV6_TYPE, Value.octet(types[0]), Value.octet(types[1])), Statement.decide(Verdict.ACCEPT)));
            }
            return rules;
        }

        /** From and to other nodes, where this one has tunnels. */
        private List<Rule> tunnels(boolean in) {
            List<Rule> rules = new ArrayList<>();
            for (AddressFamily family : AddressFamily.values()) {
                List<Element> nodes = parameters.tunnels().nodes().stream().filter(address -> address.family() == family).sorted().map(address -> Element.of(Value.of(address))).toList();
                if (nodes.isEmpty()) {
                    continue;
                }
                String set = "policy-nodes" + NftNames.digit(family);
                sets.put(set, NamedSet.set(set, "other nodes", List.of(NftRules.addressType(family)), nodes));
                Statement other = Statement.in(set, NftRules.address(family, in));
                parameters.tunnels().vxlanPort().ifPresent(port -> rules.add(Rule.of("VXLAN between nodes", Statement.family(family), Statement.is(Field.PROTOCOL,
                        Value.octet(IpProtocol.UDP.number())), Statement.is(Field.DESTINATION_PORT, Value.port(port)), other, Statement.decide(Verdict.ACCEPT))));
                if (parameters.tunnels().ipInIp() && family == AddressFamily.IPV4) {
                    rules.add(Rule.of("IP in IP between nodes", Statement.family(family), Statement.is(Field.PROTOCOL, Value.octet(NodeParameters.IP_IN_IP)), other, Statement.decide(Verdict.ACCEPT)));
                }
            }
            return rules;
        }

        // ------------------------------------------------------------ failsafe ports

        /** The rule that leads to the ports that stay open. @param raw before connections are tracked, where answers of the other direction's ports must be named too */
        private Rule failsafe(boolean in, boolean raw) {
            String name = "policy-failsafe-" + (in ? "in" : "out") + (raw ? "-raw" : "");
            List<Rule> rules = new ArrayList<>(open(name, in ? parameters.inbound() : parameters.outbound(), in, false));
            if (raw) {
                rules.addAll(open(name + "-answers", in ? parameters.outbound() : parameters.inbound(), in, true));
            }
            chains.put(name, Chain.of(name, "ports that no policy of a host endpoint closes", rules));
            return Rule.of("failsafe ports", Statement.decide(Verdict.jump(name)));
        }

        private List<Rule> open(String set, List<Failsafe> failsafes, boolean in, boolean answers) {
            Field port = answers ? Field.SOURCE_PORT : Field.DESTINATION_PORT;
            List<Rule> rules = new ArrayList<>();
            List<Element> anywhere = failsafes.stream().filter(each -> each.net().isEmpty())
                    .map(each -> Element.of(Value.concatenated(Value.octet(each.protocol().number()), Value.port(each.port())))).distinct().toList();
            if (!anywhere.isEmpty()) {
                String name = set + "-ports";
                sets.put(name, NamedSet.set(name, "failsafe ports", List.of(DataType.PROTOCOL, DataType.PORT), anywhere));
                rules.add(Rule.of("failsafe port", new Statement.Lookup(List.of(Field.PROTOCOL, port), name, false), new Statement.Count(), Statement.decide(Verdict.ACCEPT)));
            }
            failsafes.stream().filter(each -> each.net().isPresent()).forEach(each -> rules.add(Rule.of("failsafe port", Statement.family(each.net().get().family()),
                    Statement.is(Field.PROTOCOL, Value.octet(each.protocol().number())), in ? Statement.source(each.net().get()) : Statement.destination(each.net().get()),
                    Statement.is(port, Value.port(each.port())), new Statement.Count(), Statement.decide(Verdict.ACCEPT))));
            return rules;
        }
    }
}
