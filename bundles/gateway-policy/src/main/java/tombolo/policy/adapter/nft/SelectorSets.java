package tombolo.policy.adapter.nft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Value;
import tombolo.policy.core.Model;
import tombolo.policy.core.SetId;

/**
 * What selectors choose, as sets of the kernel; a policy's rule looks into them.
 *
 * <pre>
 *  single addresses alone                           policy-hosts4-…       a hash
 *  networks among them                              policy-nets4-…        ranges
 *  many, of at most {@value #MOST_LENGTHS} lengths          policy-hosts4-…, policy-nets4-24-…, …   a hash of each length, into which a rule looks with the address's first bits
 * </pre>
 *
 * No address is in two sets of one, since the model's prefixes are disjoint. A change of a hash costs what changes. A set of ranges is written into an array as a whole by the kernel with every transaction that touches it (nft_set_rbtree.c,
 * nft_rbtree_commit): of 10,000 networks, one more took 2.8 ms. With lengths a rule has a lookup for each of them, so that few networks, and those of many lengths,
 * are ranges. Which it is depends on what is in the set and on nothing before.
 */
final class SelectorSets {
    /** From so many members the array costs more than the lookups: 0.2 ms a change. */
    static final int LARGE = 1024;
    /** Lookups in place of one. */
    static final int MOST_LENGTHS = 4;
    /** Stands for a set of ranges. */
    private static final int RANGES = -1;

    private final Function<SetId, Model.SetContents> contents;
    private final int large;
    private final int most;
    private final Map<SetId, Lengths> known = new HashMap<>();

    /** @param contents what is in a set now */
    SelectorSets(Function<SetId, Model.SetContents> contents) {
        this(contents, LARGE, NamedSet.MOST_ELEMENTS);
    }

    /**
     * @param large from how many members lengths are told apart
     * @param most  members of a set in one family
     */
    SelectorSets(Function<SetId, Model.SetContents> contents, int large, int most) {
        this.contents = contents;
        this.large = large;
        this.most = most;
    }

    /** One set of the kernel. @param length of the prefixes in it, by whose bits it is looked into; {@value #RANGES}: of any, as ranges */
    record Part(String name, AddressFamily family, int length) {
        boolean ranges() {
            return length == RANGES;
        }

        /** Whether an address is looked up as it is. */
        boolean whole() {
            return ranges() || length == family.bits();
        }

        private boolean holds(Prefix net) {
            return net.family() == family && (ranges() || net.length() == length);
        }

        private Element element(Prefix net) {
            return ranges() ? NftRules.element(net) : Element.of(Value.of(net.address()));
        }
    }

    /** How many members of each length there are, by family. */
    private static final class Lengths {
        private final List<TreeMap<Integer, Integer>> counts = List.of(new TreeMap<>(), new TreeMap<>());
        private final int[] totals = new int[2];

        void clear() {
            counts.forEach(Map::clear);
            totals[0] = 0;
            totals[1] = 0;
        }

        void count(List<Prefix> nets, int by) {
            for (Prefix net : nets) {
                counts.get(net.family().ordinal()).merge(net.length(), by, (one, other) -> one + other == 0 ? null : one + other);
                totals[net.family().ordinal()] += by;
            }
        }

        List<Integer> kept(AddressFamily family, int large) {
            Set<Integer> lengths = counts.get(family.ordinal()).keySet();
            if (lengths.isEmpty() || lengths.equals(Set.of(family.bits()))) {
                return List.of(family.bits());
            }
            return totals[family.ordinal()] >= large && lengths.size() <= MOST_LENGTHS ? List.copyOf(lengths) : List.of(RANGES);
        }
    }

    /** The sets of the kernel that together are one of the model, in one family: at least one. No address is in two of them. */
    List<Part> parts(SetId id, AddressFamily family) {
        Lengths lengths = known.get(id);
        List<Integer> kept = id instanceof SetId.Ports || lengths == null ? List.of(family.bits()) : lengths.kept(family, large);
        List<Part> parts = new ArrayList<>(kept.size());
        kept.forEach(length -> parts.add(new Part(name(id, family, length), family, length)));
        return parts;
    }

    private static String name(SetId id, AddressFamily family, int length) {
        String hash = NftNames.digit(family) + "-" + (length == RANGES || length == family.bits() ? "" : length + "-") + NftNames.hash(id.text());
        return (id instanceof SetId.Ports ? "policy-ports" : length == family.bits() ? "policy-hosts" : "policy-nets") + hash;
    }

    /**
     * Takes in what became of sets.
     *
     * @return those that rules must look into otherwise now
     * @throws IllegalArgumentException where one has more members than a set of the kernel may have
     */
    Set<SetId> take(Model.Delta delta, Collected to) {
        for (SetId id : delta.setsGone()) {
            for (AddressFamily family : AddressFamily.values()) {
                parts(id, family).forEach(part -> to.goneSets.add(part.name));
            }
            known.remove(id);
        }
        Set<SetId> reshaped = new HashSet<>();
        delta.sets().forEach((id, change) -> {
            if (take(id, change, to)) {
                reshaped.add(id);
            }
        });
        return reshaped;
    }

    private boolean take(SetId id, Model.SetDelta change, Collected to) {
        boolean wasKnown = known.containsKey(id);
        List<List<Part>> before = List.of(parts(id, AddressFamily.IPV4), parts(id, AddressFamily.IPV6));
        Lengths lengths = known.computeIfAbsent(id, _ -> new Lengths());
        if (change.fresh()) {
            lengths.clear();
        }
        lengths.count(change.added().nets(), 1);
        lengths.count(change.removed().nets(), -1);
        boolean reshaped = false;
        for (AddressFamily family : AddressFamily.values()) {
            checkSize(id, lengths.totals[family.ordinal()]);
            List<Part> old = wasKnown ? before.get(family.ordinal()) : List.of();
            List<Part> now = parts(id, family);
            old.stream().filter(part -> !now.contains(part)).forEach(part -> to.goneSets.add(part.name));
            for (Part part : now) {
                if (change.fresh() || !old.contains(part)) {
                    to.goneSets.remove(part.name);
                    to.sets.put(part.name, set(part, id, change.fresh() ? change.added() : contents.apply(id)));
                } else {
                    elements(part, id, change, to);
                }
            }
            reshaped |= wasKnown && !old.equals(now);
        }
        return reshaped;
    }

    private void checkSize(SetId id, int members) {
        if (members > most) {
            throw new IllegalArgumentException("TMB-POL-024 '" + id.text() + "' chooses " + members + " addresses and networks of one family; a set has at most " + most
                    + ". Narrow the selector, or merge networks");
        }
    }

    private static NamedSet set(Part part, SetId id, Model.SetContents contents) {
        List<DataType> key = id instanceof SetId.Nets ? List.of(NftRules.addressType(part.family)) : List.of(NftRules.addressType(part.family), DataType.PROTOCOL, DataType.PORT);
        List<Element> elements = members(part, id, contents);
        return part.ranges() ? NamedSet.intervals(part.name, id.text(), key, elements) : NamedSet.set(part.name, id.text(), key, elements);
    }

    private static void elements(Part part, SetId id, Model.SetDelta change, Collected to) {
        members(part, id, change.removed()).forEach(element -> to.gone(part.name, element.from()));
        // A range may give way to another that begins at the same address: putting replaces it.
        members(part, id, change.added()).forEach(element -> to.put(part.name, element));
    }

    private static List<Element> members(Part part, SetId id, Model.SetContents contents) {
        return id instanceof SetId.Nets ? contents.nets().stream().filter(part::holds).map(part::element).toList()
                : contents.ports().stream().filter(member -> member.address().family() == part.family).map(member -> Element.of(Value.concatenated(Value.of(member.address()),
                        Value.octet(member.protocol().number()), Value.port(member.port())))).toList();
    }
}
