package tombolo.policy.adapter.nft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.PolicyRule.Action;
import tombolo.api.resource.PolicyRule.Port.Range;
import tombolo.policy.core.Model;

/**
 * Rules that follow each other, decide at once, and ask for no more than the other side's networks, a protocol and destination ports: one lookup in place of all.
 *
 * <pre>
 *  1 allow TCP from 10.1.0.0/16 to 80,443         address . protocol . port ─► policy-hit-… of rule 1: counter, accept
 *  2 allow UDP from 10.2.0.0/16 to 53         ══►                           ─► policy-hit-… of rule 2: counter, accept
 *  3 deny  TCP from 10.3.0.0/16 to 80                                       ─► policy-hit-… of rule 3: counter, drop
 * </pre>
 *
 * The kernel takes no overlap, and the first rule that matches decides: a rule that overlaps one before it begins another run, which is looked at behind the first.
 * Each rule keeps its counter. What selectors choose changes with endpoints and is shared by policies: such rules stay as they are, one lookup each.
 */
final class Runs {
    /** Fewer rules are looked at as fast one by one. */
    static final int FEWEST = 4;
    /** Elements of a run: a set that large still loads in milliseconds. */
    static final int MOST_ELEMENTS = 8_192;

    private Runs() { }

    /** Packets as the product of a network, a protocol and ports. @param net empty: any address */
    record Box(Optional<Prefix> net, IpProtocol protocol, Range ports, int rule) {
        private int first() {
            return protocol.number() << 16 | ports.min();
        }

        private int last() {
            return protocol.number() << 16 | ports.max();
        }
    }

    /** Rules from {@code first} to before {@code end} as boxes that do not overlap; of each, {@code rule} is its place in the list. @param source whether networks are those of senders */
    record Run(int end, boolean source, boolean addressed, List<Box> boxes) { }

    /** The longest run that begins with a rule; empty where it is not worth it. */
    static Optional<Run> at(List<Model.Rule> rules, int first) {
        Taken taken = new Taken();
        List<Box> boxes = new ArrayList<>();
        Optional<Boolean> source = Optional.empty();
        int end = first;
        while (end < rules.size() && fits(rules.get(end))) {
            Model.Rule rule = rules.get(end);
            boolean sender = !rule.source().nets().isEmpty();
            boolean addressed = sender || !rule.destination().nets().isEmpty();
            if (addressed && source.isPresent() && source.get() != sender) {
                break;
            }
            List<Box> own = boxes(rule, end);
            if (boxes.size() + own.size() > MOST_ELEMENTS || own.stream().anyMatch(taken::meets)) {
                break;
            }
            source = addressed ? Optional.of(sender) : source;
            own.forEach(taken::add);
            boxes.addAll(own);
            end++;
        }
        return end - first < FEWEST ? Optional.empty() : Optional.of(new Run(end, source.orElse(true), source.isPresent(), List.copyOf(boxes)));
    }

    private static boolean fits(Model.Rule rule) {
        Model.Side from = rule.source();
        Model.Side to = rule.destination();
        return (rule.action() == Action.ALLOW || rule.action() == Action.DENY) && rule.protocol().filter(IpProtocol::hasPorts).isPresent() && rule.notProtocol().isEmpty()
                && plain(from) && plain(to) && from.ports().isEmpty() && !to.ports().isEmpty() && (from.nets().isEmpty() || to.nets().isEmpty())
                && (rule.families().size() == 2 || !from.nets().isEmpty() || !to.nets().isEmpty());
    }

    private static boolean plain(Model.Side side) {
        return side.notNets().isEmpty() && side.in().isEmpty() && side.notIn().isEmpty() && side.namedPorts().isEmpty() && side.notPorts().isEmpty() && side.notNamedPorts().isEmpty();
    }

    private static List<Box> boxes(Model.Rule rule, int place) {
        List<Box> boxes = new ArrayList<>();
        List<Prefix> nets = rule.source().nets().isEmpty() ? rule.destination().nets() : rule.source().nets();
        for (Range ports : rule.destination().ports()) {
            if (nets.isEmpty()) {
                boxes.add(new Box(Optional.empty(), rule.protocol().orElseThrow(), ports, place));
            }
            nets.stream().filter(net -> rule.families().contains(net.family())).forEach(net -> boxes.add(new Box(Optional.of(net), rule.protocol().orElseThrow(), ports, place)));
        }
        return boxes;
    }

    /** What is in a run so far, found by its network: two networks overlap where one covers the other. */
    private static final class Taken {
        /** Of one network: disjoint, by protocol and first port. */
        private final TreeMap<Prefix, TreeMap<Integer, Box>> byNet = new TreeMap<>();
        private final TreeMap<Integer, Box> anywhere = new TreeMap<>();
        private final Map<AddressFamily, Set<Integer>> lengths = new HashMap<>();

        void add(Box box) {
            if (box.net.isEmpty()) {
                anywhere.put(box.first(), box);
                return;
            }
            byNet.computeIfAbsent(box.net.get(), _ -> new TreeMap<>()).put(box.first(), box);
            lengths.computeIfAbsent(box.net.get().family(), _ -> new HashSet<>()).add(box.net.get().length());
        }

        boolean meets(Box box) {
            if (meets(anywhere, box)) {
                return true;
            }
            if (box.net.isEmpty()) {
                return byNet.values().stream().anyMatch(boxes -> meets(boxes, box));
            }
            Prefix net = box.net.get();
            for (int length : lengths.getOrDefault(net.family(), Set.of())) {
                TreeMap<Integer, Box> outer = length <= net.length() ? byNet.get(Prefix.of(net.address(), length)) : null;
                if (outer != null && meets(outer, box)) {
                    return true;
                }
            }
            for (Map.Entry<Prefix, TreeMap<Integer, Box>> inner : byNet.tailMap(net, false).entrySet()) {
                if (!net.covers(inner.getKey())) {
                    return false;
                }
                if (meets(inner.getValue(), box)) {
                    return true;
                }
            }
            return false;
        }

        private static boolean meets(TreeMap<Integer, Box> boxes, Box box) {
            Map.Entry<Integer, Box> nearest = boxes.floorEntry(box.last());
            return nearest != null && nearest.getValue().last() >= box.first();
        }
    }

    // ---------------------------------------------------------------- as a map of the packet filter

    static List<Field> key(Run run, AddressFamily family) {
        return run.addressed ? List.of(NftRules.address(family, run.source), Field.PROTOCOL, Field.DESTINATION_PORT) : List.of(Field.PROTOCOL, Field.DESTINATION_PORT);
    }

    /** Whether anything of it is for packets of a family. */
    static boolean concerns(Run run, AddressFamily family) {
        return run.boxes.stream().anyMatch(box -> box.net.isEmpty() || box.net.get().family() == family);
    }

    /** Whether every box is a single key, which the kernel finds at once. */
    static boolean single(Run run, AddressFamily family) {
        return run.boxes.stream().filter(box -> box.net.isEmpty() || box.net.get().family() == family)
                .allMatch(box -> box.ports.min() == box.ports.max() && (!run.addressed || box.net.filter(net -> net.length() == family.bits()).isPresent()));
    }

    /** @param chains that a packet comes to, by the place of a rule */
    static List<Element> elements(Run run, AddressFamily family, Map<Integer, String> chains) {
        List<Element> elements = new ArrayList<>();
        for (Box box : run.boxes) {
            if (box.net.isPresent() && box.net.get().family() != family) {
                continue;
            }
            Value protocol = Value.octet(box.protocol.number());
            Value from = Value.port(box.ports.min());
            Value to = Value.port(box.ports.max());
            if (run.addressed) {
                Prefix net = box.net.orElse(Prefix.of(IpAddress.any(family), 0));
                from = Value.concatenated(Value.of(net.address()), protocol, from);
                to = Value.concatenated(Value.last(net), protocol, to);
            } else {
                from = Value.concatenated(protocol, from);
                to = Value.concatenated(protocol, to);
            }
            elements.add(new Element(from, from.equals(to) ? from : to, Optional.of(Verdict.goTo(chains.get(box.rule))), ""));
        }
        return elements;
    }

    static List<DataType> types(Run run, AddressFamily family) {
        return key(run, family).stream().map(Field::type).toList();
    }
}
