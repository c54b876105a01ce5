package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Value;
import tombolo.api.selector.Selector;
import tombolo.policy.core.Model;
import tombolo.policy.core.SetId;

/** What selectors choose is in the kernel's sets, whatever shape these have: hashes of one length each, or ranges. */
class SelectorSetsTest {
    private static final int LARGE = 12;
    private static final int MOST = 60;
    private static final int STEPS = 400;
    private static final int ONE_FAMILY = 5;
    private static final SetId ID = new SetId.Nets(Selector.parse("blocked == 'yes'"));

    private final TreeSet<Prefix> model = new TreeSet<>();
    private SelectorSets sets = fresh();
    /** The kernel's sets: which of them have ranges, and their elements by the first. */
    private final Map<String, Boolean> ranges = new HashMap<>();
    private final Map<String, TreeMap<Value, Element>> elements = new HashMap<>();

    private SelectorSets fresh() {
        return new SelectorSets(_ -> contents(model), LARGE, MOST, ONE_FAMILY);
    }

    private static Model.SetContents contents(Iterable<Prefix> nets) {
        List<Prefix> all = new ArrayList<>();
        nets.forEach(all::add);
        return new Model.SetContents(all, List.of());
    }

    private boolean tell(boolean fresh, List<Prefix> added, List<Prefix> removed) {
        removed.forEach(model::remove);
        model.addAll(added);
        Model.SetDelta delta = new Model.SetDelta(fresh, fresh ? contents(model) : contents(added), contents(removed));
        Collected to = new Collected();
        Set<SetId> reshaped = sets.take(new Model.Delta(new TreeMap<>(), Set.of(), new TreeMap<>(), Set.of(), new TreeMap<>(), Set.of(), new TreeMap<>(Map.of(ID, delta)), Set.of()), to);
        to.goneSets.forEach(name -> {
            assertTrue(elements.remove(name) != null, () -> name + " was not there");
            ranges.remove(name);
        });
        to.sets.forEach((name, set) -> {
            TreeMap<Value, Element> all = new TreeMap<>();
            set.elements().forEach(element -> all.put(element.from(), element));
            elements.put(name, all);
            ranges.put(name, set.interval());
        });
        to.gone.forEach((name, values) -> values.forEach(value -> assertTrue(elements.get(name).remove(value) != null, () -> value + " was not in " + name)));
        to.put.forEach((name, values) -> elements.get(name).putAll(values));
        return reshaped.contains(ID);
    }

    /** In how many of the sets that rules look into an address is. */
    private long found(IpAddress address) {
        return sets.parts(ID, address.family()).stream().filter(part -> {
            assertEquals(part.ranges(), ranges.get(part.name()), part.name());
            Value value = part.whole() ? Value.of(address) : Value.of(Prefix.of(address, part.length()).address());
            Map.Entry<Value, Element> nearest = elements.get(part.name()).floorEntry(value);
            return nearest != null && nearest.getValue().to().compareTo(value) >= 0;
        }).count();
    }

    private void check(Random random, long seed) {
        for (Prefix net : model) {
            assertEquals(1, found(net.address()), () -> net + ", seed " + seed);
        }
        for (int i = 0; i < 30; i++) {
            IpAddress address = random.nextBoolean() ? IpAddress.v4(0x0a000000 + random.nextInt(4096)) : IpAddress.parse("2001:db8::" + Integer.toHexString(random.nextInt(4096)));
            assertEquals(model.stream().anyMatch(net -> net.contains(address)) ? 1 : 0, found(address), () -> address + ", seed " + seed);
        }
        Set<String> wanted = new TreeSet<>();
        for (AddressFamily family : AddressFamily.values()) {
            sets.parts(ID, family).forEach(part -> wanted.add(part.name()));
        }
        assertEquals(wanted, new TreeSet<>(elements.keySet()), () -> "seed " + seed);
    }

    private static Prefix some(Random random) {
        boolean v4 = random.nextInt(4) > 0;
        int[] lengths = v4 ? new int[] {32, 32, 30, 28, 27, 31} : new int[] {128, 126};
        int length = lengths[random.nextInt(random.nextInt(4) == 0 ? lengths.length : Math.min(3, lengths.length))];
        IpAddress address = v4 ? IpAddress.v4(0x0a000000 + random.nextInt(4096)) : IpAddress.parse("2001:db8::" + Integer.toHexString(random.nextInt(4096)));
        return Prefix.of(address, length);
    }

    @Test
    void everyChangeLeavesEachMemberInExactlyOneSetAndTheShapeDependsOnTheMembersAlone() {
        long seed = Long.getLong("tombolo.seed", System.nanoTime());
        System.out.println("SelectorSetsTest seed " + seed);
        Random random = new Random(seed);
        tell(true, List.of(), List.of());
        for (int i = 0; i < STEPS; i++) {
            int size = model.size();
            List<Prefix> removed = new ArrayList<>();
            List<Prefix> added = new ArrayList<>();
            for (Prefix net : model) {
                if (random.nextInt(size > 25 ? 3 : 12) == 0) {
                    removed.add(net);
                }
            }
            for (int j = random.nextInt(4); j > 0; j--) {
                Prefix net = some(random);
                boolean apart = added.stream().noneMatch(other -> other.covers(net) || net.covers(other));
                if (apart && model.stream().filter(other -> !removed.contains(other)).noneMatch(other -> other.covers(net) || net.covers(other)) && !removed.contains(net)) {
                    added.add(net);
                }
            }
            List<SelectorSets.Part> before = sets.parts(ID, AddressFamily.IPV4);
            List<SelectorSets.Part> beforeSix = sets.parts(ID, AddressFamily.IPV6);
            boolean reshaped = tell(false, added, removed);
            assertEquals(!before.equals(sets.parts(ID, AddressFamily.IPV4)) || !beforeSix.equals(sets.parts(ID, AddressFamily.IPV6)), reshaped, "seed " + seed);
            check(random, seed);
        }
        List<SelectorSets.Part> incremental = sets.parts(ID, AddressFamily.IPV4);
        sets = fresh();
        elements.clear();
        ranges.clear();
        tell(true, List.of(), List.of());
        if (model.stream().anyMatch(net -> net.family() == AddressFamily.IPV4)) { // else it depends on what was there before
            assertEquals(incremental, sets.parts(ID, AddressFamily.IPV4), "seed " + seed);
        }
    }

    @Test
    void addressesAloneAreAHashAFewNetworksAreRangesAndManyOfFewLengthsAreAHashOfEach() {
        Random random = new Random(1);
        Prefix net = Prefix.parse("10.0.1.0/28");
        List<Prefix> hosts = new ArrayList<>();
        for (int i = 0; i < LARGE; i++) {
            hosts.add(Prefix.host(IpAddress.v4(0x0a000000 + i)));
        }
        tell(true, List.of(), List.of());
        assertEquals(List.of(32), lengths());
        assertTrue(tell(false, List.of(net), List.of()));
        assertEquals(List.of(-1), lengths());
        check(random, 1);
        assertTrue(tell(false, hosts, List.of()));
        assertEquals(List.of(28, 32), lengths());
        check(random, 1);
        assertTrue(tell(false, List.of(), List.of(net)));
        assertEquals(List.of(32), lengths());
        check(random, 1);
        assertTrue(tell(false, List.of(net, Prefix.parse("10.0.2.0/29"), Prefix.parse("10.0.2.16/30"), Prefix.parse("10.0.2.32/31")), List.of()));
        assertEquals(List.of(-1), lengths(), "of five lengths");
        check(random, 1);
    }

    @Test
    void aFamilyThatNobodyIsInIsLeftOutBesideManyOfTheOtherAndComesWithItsFirstMember() {
        List<Prefix> few = new ArrayList<>();
        for (int i = 0; i < ONE_FAMILY - 1; i++) {
            few.add(Prefix.host(IpAddress.v4(0x0a000000 + i)));
        }
        Prefix six = Prefix.host(IpAddress.parse("2001:db8::1"));
        tell(true, few, List.of());
        assertEquals(1, sets.parts(ID, AddressFamily.IPV6).size(), "of a few, either may be next");
        List<Prefix> more = new ArrayList<>();
        for (int i = few.size(); i < 2 * ONE_FAMILY - 1; i++) {
            Prefix next = Prefix.host(IpAddress.v4(0x0a000000 + i));
            assertFalse(tell(false, List.of(next), List.of()), "one of a few more");
            more.add(next);
        }
        Prefix last = Prefix.host(IpAddress.v4(0x0a0000ff));
        assertTrue(tell(false, List.of(last), List.of()));
        assertEquals(List.of(), sets.parts(ID, AddressFamily.IPV6));
        for (int i = 0; i < 3; i++) {
            assertFalse(tell(false, List.of(), List.of(last)), "no rule changes with each container");
            assertFalse(tell(false, List.of(last), List.of()));
        }
        assertFalse(tell(false, List.of(), more), "what is left out stays so");
        assertFalse(tell(false, more, List.of()));
        check(new Random(1), 1);
        assertTrue(tell(false, List.of(six), List.of()), "rules must ask again");
        assertEquals(1, sets.parts(ID, AddressFamily.IPV6).size());
        check(new Random(1), 1);
        assertTrue(tell(false, List.of(), List.of(six)));
        check(new Random(1), 1);
        assertTrue(tell(false, List.of(six), few), "the one that is left");
        check(new Random(1), 1);
        tell(false, few, List.of(six));
        sets = fresh();
        elements.clear();
        ranges.clear();
        more.forEach(model::remove);
        tell(true, List.of(), List.of());
        assertEquals(List.of(), sets.parts(ID, AddressFamily.IPV6), "made with " + model.size());
        check(new Random(1), 1);
    }

    private List<Integer> lengths() {
        return sets.parts(ID, AddressFamily.IPV4).stream().map(SelectorSets.Part::length).toList();
    }

    @Test
    void moreMembersThanASetMayHaveAreRefusedInWordsThatNameTheSelector() {
        List<Prefix> many = new ArrayList<>();
        for (int i = 0; i <= MOST; i++) {
            many.add(Prefix.host(IpAddress.v4(0x0a000000 + i)));
        }
        tell(true, many.subList(0, MOST), List.of());
        String refusal = assertThrows(IllegalArgumentException.class, () -> tell(false, many.subList(MOST, MOST + 1), List.of())).getMessage();
        assertTrue(refusal.startsWith("TMB-POL-024") && refusal.contains("blocked") && refusal.contains(Integer.toString(MOST + 1)), refusal);
        assertTrue(NamedSet.MOST_ELEMENTS > MOST);
    }
}
