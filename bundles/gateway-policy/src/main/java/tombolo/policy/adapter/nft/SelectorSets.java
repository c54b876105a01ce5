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
 *  nobody, and many of the other family   none, and no rule of this family asks; see {@link #ONE_FAMILY}
 * </pre>
 *
 * No address is in two sets of one, since the model's prefixes are disjoint. A change of a hash costs what changes. A set of ranges is written into an array as a whole by the kernel with every transaction that touches it (nft_set_rbtree.c,
 * nft_rbtree_commit): of 10,000 networks, one more took 2.8 ms. With lengths a rule has a lookup for each of them, so that few networks, and those of many lengths,
 * are ranges. Which it is depends on what is in the set, and on nothing before but for a family that nobody is in.
 */
final class SelectorSets {
    /** From so many members the array costs more than the lookups: 0.2 ms a change. */
    static final int LARGE = 1024;
    /** Lookups in place of one. */
    static final int MOST_LENGTHS = SetId.MOST_PARTS;
    /**
     * Of a set with so many members of one family the other is left out while nobody is in it: half of the sets and rules of a cluster that has one family. Which of a few are left out would
     * change with every container, and a rule that comes costs more than an element. So many are asked for where the set is made, and twice as many of one that is there; what is left out stays so
     * until its first member, however few there are of the other: else each container of a selector that has about as many would make the rules anew.
     */
    static final int ONE_FAMILY = 16;
    /** Stands for a set of ranges. */
    private static final int RANGES = -1;

    private final Function<SetId, Model.SetContents> contents;
    private final int large;
    private final int most;
    private final int oneFamily;
    private final Map<SetId, Lengths> known = new HashMap<>();

    /** @param contents what is in a set now @param oneFamily see {@link #ONE_FAMILY} */
    SelectorSets(Function<SetId, Model.SetContents> contents, int oneFamily) {
        this(contents, LARGE, NamedSet.MOST_ELEMENTS, oneFamily);
    }

    /**
     * @param large     from how many members lengths are told apart
     * @param most      members of a set in one family
     * @param oneFamily see {@link #ONE_FAMILY}; 0: a family that has no members is left out always
     */
    SelectorSets(Function<SetId, Model.SetContents> contents, int large, int most, int oneFamily) {
        this.contents = contents;
        this.large = large;
        this.most = most;
        this.oneFamily = oneFamily;
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

    /** How many members of each length there are, by family, and the sets of the kernel that follow from it: their names are hashes, and each rule asks for them. */
    private final class Lengths {
        private final SetId id;
        private final List<TreeMap<Integer, Integer>> counts = List.of(new TreeMap<>(), new TreeMap<>());
        private final int[] totals = new int[2];
        private final List<List<Part>> parts = new ArrayList<>(List.of(List.of(), List.of()));
        private final List<List<Integer>> lengths = new ArrayList<>(List.of(List.of(), List.of()));

        Lengths(SetId id) {
            this.id = id;
        }

        List<Part> parts(AddressFamily family) {
            return parts.get(family.ordinal());
        }

        /** Behind a change of the counts. @param made whether nothing was there before */
        void decide(boolean made) {
            for (AddressFamily family : AddressFamily.values()) {
                List<Integer> now = id instanceof SetId.Ports ? List.of(family.bits()) : kept(family, made);
                if (!now.equals(lengths.get(family.ordinal()))) {
                    lengths.set(family.ordinal(), now);
                    parts.set(family.ordinal(), SelectorSets.parts(id, family, now));
                }
            }
        }

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

        private List<Integer> kept(AddressFamily family, boolean made) {
            Set<Integer> there = counts.get(family.ordinal()).keySet();
            if (there.isEmpty()) {
                boolean left = !made && parts(family).isEmpty();
                return left || totals[1 - family.ordinal()] >= (made ? oneFamily : 2 * oneFamily) ? List.of() : List.of(family.bits());
            }
            if (there.size() == 1 && there.contains(family.bits())) {
                return List.of(family.bits());
            }
            return totals[family.ordinal()] >= large && there.size() <= MOST_LENGTHS ? List.copyOf(there) : List.of(RANGES);
        }
    }

    /** The sets of the kernel that together are one of the model, in one family; none: nobody is in it, and rules do without. No address is in two of them. */
    List<Part> parts(SetId id, AddressFamily family) {
        Lengths lengths = known.get(id);
        return lengths == null ? parts(id, family, List.of(family.bits())) : lengths.parts(family);
    }

    private static List<Part> parts(SetId id, AddressFamily family, List<Integer> lengths) {
        List<Part> parts = new ArrayList<>(lengths.size());
        lengths.forEach(length -> parts.add(new Part(name(id, family, length), family, length)));
        return List.copyOf(parts);
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
        List<List<Part>> before = wasKnown ? List.of(parts(id, AddressFamily.IPV4), parts(id, AddressFamily.IPV6)) : List.of(List.of(), List.of());
        Lengths lengths = known.computeIfAbsent(id, Lengths::new);
        if (change.fresh()) {
            lengths.clear();
        }
        lengths.count(change.added().nets(), 1);
        lengths.count(change.removed().nets(), -1);
        lengths.decide(!wasKnown || change.fresh());
        boolean reshaped = false;
        for (AddressFamily family : AddressFamily.values()) {
            checkSize(id, lengths.totals[family.ordinal()]);
            List<Part> old = before.get(family.ordinal());
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
