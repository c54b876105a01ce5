package tombolo.api.policy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;

/**
 * What policy says on this node: a service of gateway-policy. Any thread but a Loop's; answers come from the model that is compiled, at most a few seconds after the
 * question. A question that cannot be answered is an {@link IllegalArgumentException} with operator text ({@code TMB-POL-NNN}).
 */
public interface Policies {
    Status status();

    /** The endpoints of this node, sorted: as {@link #show} and {@link #explain} take them. */
    List<String> endpoints();

    /** @param endpoint {@code namespace/name}, its pod's {@code namespace/pod}, its interface, one of its addresses, or the resource's name alone */
    Shown show(String endpoint);

    Explanation explain(Question question);

    /**
     * The same, and then a real packet that is sent out of the container FROM, whose way through the kernel's rules is followed; nobody receives it. Takes up to {@link #PROBE_SECONDS}.
     *
     * @throws IllegalArgumentException with operator text where FROM is no container of this node, or a bundle is missing
     */
    Probed probe(Question question);

    int PROBE_SECONDS = 3;

    /**
     * What each endpoint of this node may send to each other one, new connections from an unprivileged source port: by the policies of the two, and by those of host endpoints for what is
     * forwarded between their interfaces. What endpoints say to this host, to other nodes and to the outside is not in it.
     *
     * @param from only from this endpoint
     * @param to   only to this endpoint
     */
    Pairs pairs(Optional<String> from, Optional<String> to);

    /** The sets of addresses that rules refer to, by name. */
    List<SetUse> sets();

    /** What the kernel has counted at each rule, by its words; asks the kernel. */
    List<Counter> counters();

    /** Packets that a rule logged or policy denied, by flow, those of which was heard last at the end. From memory, at most {@link FlowQuery#MOST}. */
    Flows flows(FlowQuery query);

    /** What of {@link #pairs} and of the compiled model would change with these resources. */
    Plan plan(List<Resource> puts, List<ResourceId> deletes);

    /**
     * @param node        whose endpoints are meant; empty: not known yet
     * @param heard       whether the resources have been heard once: before, nothing here is true yet
     * @param enforcement who enforces, or why nobody does
     * @param problems    resources that are not in force as they stand
     */
    record Status(Optional<String> node, boolean heard, Enforcement enforcement, int endpoints, int policies, int activePolicies, int sets, long setMembers, List<Problem> problems, List<Closed> closed) {
        public Status {
            problems = List.copyOf(problems);
            closed = List.copyOf(closed);
        }

        /** With nothing said of closed interfaces. */
        public Status(Optional<String> node, boolean heard, Enforcement enforcement, int endpoints, int policies, int activePolicies, int sets, long setMembers, List<Problem> problems) {
            this(node, heard, enforcement, endpoints, policies, activePolicies, sets, setMembers, problems, List.of());
        }
    }

    /**
     * Interfaces that carry nothing until their endpoint is known, or that could be so.
     *
     * @param interfaces such as {@code cali*}, or one's name
     * @param closed     whether they are
     * @param unknown    of those that are there now the first by name of which no endpoint is known
     * @param count      of all of these
     */
    record Closed(String interfaces, boolean closed, String why, List<String> unknown, int count) {
        public Closed {
            unknown = List.copyOf(unknown);
        }
    }

    /** @param text one line that says it, such as {@code not enforced: no writer} */
    record Enforcement(boolean enforced, String text) { }

    /**
     * Only the packets that no flow was known for: those behind an allowed one pass before all rules.
     *
     * @param rule such as {@code NetworkPolicy(web/db) ingress rule 1}; those of several endpoints or ways to match are added up
     */
    record Counter(String rule, long packets, long bytes) { }

    /** @param inForce what is in force instead: {@code the last good version, revision 7}, {@code nothing of it}, … */
    record Problem(ResourceId resource, String message, String inForce) { }

    /** Which way, seen from the endpoint. */
    enum Direction { INGRESS, EGRESS }

    /**
     * @param interfaceName of a host endpoint what it governs, in words
     * @param labels   those of its profiles and namespace included
     * @param tiers    in their order, those that hold a policy of it
     * @param profiles in their order, behind all tiers
     */
    record Shown(String endpoint, Optional<String> interfaceName, List<String> addresses, java.util.SortedMap<String, String> labels, List<TierView> tiers, List<String> profiles,
                 Enforcement enforcement) {
        public Shown {
            addresses = List.copyOf(addresses);
            labels = java.util.Collections.unmodifiableSortedMap(new java.util.TreeMap<>(labels));
            tiers = List.copyOf(tiers);
            profiles = List.copyOf(profiles);
        }
    }

    /** @param ingress its policies in order; a tier without one in a direction is passed over in that direction */
    record TierView(String tier, OptionalDouble order, String defaultAction, List<PolicyView> ingress, List<PolicyView> egress) {
        public TierView {
            ingress = List.copyOf(ingress);
            egress = List.copyOf(egress);
        }
    }

    /**
     * @param why    the selector that chooses the endpoint, with what the namespace and the service account add to it
     * @param staged told of, not enforced
     * @param stage  where else than for an endpoint's own traffic it is asked: {@code doNotTrack}, {@code preDNAT}, {@code applyOnForward} (there too), or ""
     * @param rules  in words
     */
    record PolicyView(ResourceId policy, OptionalDouble order, String why, boolean staged, String stage, List<String> rules) {
        /** Of an endpoint's own traffic alone. */
        public PolicyView(ResourceId policy, OptionalDouble order, String why, boolean staged, List<String> rules) {
            this(policy, order, why, staged, "", rules);
        }

        public PolicyView {
            rules = List.copyOf(rules);
        }
    }

    /**
     * @param from an endpoint or an address
     * @param to   an endpoint or an address
     * @param port of the destination; for ICMP the type; empty: one that no rule names
     */
    record Question(String from, String to, IpProtocol protocol, OptionalInt port) { }

    /**
     * @param allowed whether every end that is on this node lets it pass
     * @param ends    the places on this node that decide, in the order of the packet's way
     * @param pending the verdict that the staged policies would lead to, where it is another
     */
    record Explanation(String source, String destination, String traffic, boolean allowed, List<End> ends, Optional<Boolean> pending, Enforcement enforcement) {
        public Explanation {
            ends = List.copyOf(ends);
        }
    }

    /**
     * @param endpoint {@code this host} for an address of it that is no host endpoint's
     * @param verdict  {@code allow} or {@code deny}; behind it the condition ({@code deny, if it comes by eth0}) where another interface may lead to that end: then it alone decides nothing
     */
    record End(String endpoint, Direction direction, String verdict, List<Step> steps) {
        public End {
            steps = List.copyOf(steps);
        }
    }

    /**
     * One step of the path.
     *
     * @param tier    or {@code profiles}
     * @param policy  empty at the end of a tier
     * @param rule    the number of the rule from 1, 0 where none matched
     * @param outcome in words
     */
    record Step(String tier, Optional<String> policy, int rule, String outcome) { }

    /**
     * @param explanation of the packet as it was sent: its source port is chosen at random
     * @param passed      whether it went through all rules; empty: that was not seen
     * @param path        the rules that it met and that decided or led on
     * @param result      one line that says it, and whether the model says the same
     * @param agrees      whether the model and the packet say the same
     */
    record Probed(Explanation explanation, Optional<Boolean> passed, List<ProbeStep> path, String result, boolean agrees) {
        public Probed {
            path = List.copyOf(path);
        }
    }

    /** @param rule its comment; "" where it has none or is not ours */
    record ProbeStep(String table, String chain, String rule, String verdict) { }

    /** @param left out beyond the limit of an answer, or of its time */
    record Pairs(List<Pair> pairs, int left, Enforcement enforcement) {
        public Pairs {
            pairs = List.copyOf(pairs);
        }
    }

    /** @param allowed such as {@code TCP 80,443}; {@code all}; {@code -} for nothing */
    record Pair(String from, String fromAddress, String to, String toAddress, String allowed) { }

    /** @param users policies whose rules refer to it */
    record SetUse(String name, String selector, String kind, int members, List<String> first, List<String> users) {
        public SetUse {
            first = List.copyOf(first);
            users = List.copyOf(users);
        }
    }

    /**
     * @param before pairs as they are, {@code after} as they would be: only those that differ, in the same order
     * @param left   pairs that the change concerns and that were not compared, since they are too many or take too long: they may gain or lose something too
     * @param objects which policies, endpoints, sets and settings of the node would change
     * @param kernel  which chains, rules, sets and elements of the packet filter would, a line for each chain and set: {@code + } new, {@code ~ } other, {@code - } gone
     */
    record Plan(List<Pair> before, List<Pair> after, int left, List<String> objects, List<String> kernel, List<Problem> problems, Enforcement enforcement) {
        public Plan {
            before = List.copyOf(before);
            after = List.copyOf(after);
            objects = List.copyOf(objects);
            kernel = List.copyOf(kernel);
            problems = List.copyOf(problems);
        }
    }

    /**
     * @param denied   only what was denied or cut
     * @param endpoint only where one end, or the interface, is this one: as {@link #show} takes it, or an address
     * @param since    only what has come behind this number; 0 for all
     */
    record FlowQuery(boolean denied, Optional<String> endpoint, long since) {
        /** What one answer holds, and what is remembered. */
        public static final int MOST = 4096;
    }

    /**
     * @param flows     in the order in which they were last heard of
     * @param last      for the next question's {@code since}
     * @param listening whether packets are heard of now
     * @param state     one line that says it, with what is not heard of
     * @param logged    packets since gateway-policy started
     * @param lost      packets that the kernel logged and nobody heard
     * @param forgotten flows that made room for others
     */
    record Flows(List<Flow> flows, long last, boolean listening, String state, long logged, long lost, long forgotten) {
        public Flows {
            flows = List.copyOf(flows);
        }
    }

    /**
     * Packets of the same addresses, ports and protocol that met the same rule.
     *
     * @param number      of the last packet; grows with each
     * @param firstMillis since 1970
     * @param lastMillis  likewise
     * @param verdict     {@code deny}; {@code log}: a rule with Log met it, and what became of it others say; {@code cut}: it was
     *                    a flow that the policy allowed once, and was ended (etc/tombolo.policy.cfg)
     * @param direction   seen from the endpoint whose policy it was
     * @param at          that endpoint: a workload's, or for what this host itself sends, receives or forwards a host endpoint; empty where nobody is known there
     * @param policy      such as {@code NetworkPolicy(web/db)}, {@code tier default}, {@code profile kns.web}
     * @param rule        from 1; 0: no rule, but the end of the tier or of the profiles, or a check that stands before all policy
     * @param icmp        type and code; empty where it is not ICMP
     * @param packets     logged ones: the kernel logs a bounded number a second, see {@link #counters} for all
     */
    record Flow(long number, long firstMillis, long lastMillis, String verdict, Direction direction, Optional<String> at, String policy, int rule, FlowEnd source, FlowEnd destination, IpProtocol protocol,
                int sourcePort, int destinationPort, Optional<String> icmp, long packets, long bytes) { }

    /**
     * @param endpoint whose address it is, of this node or another
     * @param labels   of it, those of its profiles and namespace included, as they were when the flow was first heard of
     */
    record FlowEnd(String address, Optional<String> endpoint, java.util.SortedMap<String, String> labels) {
        public FlowEnd {
            labels = java.util.Collections.unmodifiableSortedMap(new java.util.TreeMap<>(labels));
        }
    }
}
