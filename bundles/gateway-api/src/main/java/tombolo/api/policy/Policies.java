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
     * What each endpoint of this node may send to each other one, new connections from an unprivileged source port.
     *
     * @param from only from this endpoint
     * @param to   only to this endpoint
     */
    Pairs pairs(Optional<String> from, Optional<String> to);

    /** The sets of addresses that rules refer to, by name. */
    List<SetUse> sets();

    /** What the kernel has counted at each rule, by its words; asks the kernel. */
    List<Counter> counters();

    /** What of {@link #pairs} and of the compiled model would change with these resources. */
    Plan plan(List<Resource> puts, List<ResourceId> deletes);

    /**
     * @param node        whose endpoints are meant; empty: not known yet
     * @param heard       whether the resources have been heard once: before, nothing here is true yet
     * @param enforcement who enforces, or why nobody does
     * @param problems    resources that are not in force as they stand
     */
    record Status(Optional<String> node, boolean heard, Enforcement enforcement, int endpoints, int policies, int activePolicies, int sets, long setMembers, List<Problem> problems) {
        public Status {
            problems = List.copyOf(problems);
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
     * @param ends    egress of the source, then ingress of the destination, those that are on this node
     * @param pending the verdict that the staged policies would lead to, where it is another
     */
    record Explanation(String source, String destination, String traffic, boolean allowed, List<End> ends, Optional<Boolean> pending, Enforcement enforcement) {
        public Explanation {
            ends = List.copyOf(ends);
        }
    }

    /** @param verdict {@code allow} or {@code deny} */
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

    /** @param left out beyond the limit of an answer */
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
     * @param objects which policies, endpoints and sets of the model would change
     */
    record Plan(List<Pair> before, List<Pair> after, List<String> objects, List<Problem> problems, Enforcement enforcement) {
        public Plan {
            before = List.copyOf(before);
            after = List.copyOf(after);
            objects = List.copyOf(objects);
            problems = List.copyOf(problems);
        }
    }
}
