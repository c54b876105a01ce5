package tombolo.azure.cni.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.azure.cni.core.VnetInterfaces.Address;
import tombolo.azure.cni.core.VnetInterfaces.Interface;
import tombolo.azure.cni.core.VnetInterfaces.Subnet;
import tombolo.azure.cni.core.VnetPool.Choice;

/** Who has which of the VNET's addresses. */
class VnetPoolTest {
    private final VnetPool pool = new VnetPool();

    private static VnetInterfaces document(int... secondaries) {
        List<Address> addresses = new ArrayList<>(List.of(new Address(IpAddress.parse("10.240.0.4"), true)));
        IntStream.of(secondaries).forEach(last -> addresses.add(new Address(IpAddress.parse("10.240.0." + last), false)));
        return new VnetInterfaces(List.of(new Interface("002248263dbd", true, List.of(new Subnet(Prefix.parse("10.240.0.0/16"), addresses)))));
    }

    private String give(String handle) {
        Choice choice = pool.choose(handle, true, false, List.of());
        if (!(choice instanceof Choice.Chosen(List<InterfaceAddress> addresses, boolean fresh))) {
            return choice.toString();
        }
        if (fresh) {
            pool.hold(handle, addresses, "b1");
        }
        return addresses.getFirst().address().toString();
    }

    @Test
    void theMachinesOwnAddressIsNeverGivenAndTheLengthIsTheSubnets() {
        pool.seen(document(5));
        assertEquals(new Choice.Chosen(List.of(new InterfaceAddress(IpAddress.parse("10.240.0.5"), 16)), true), pool.choose("a", true, false, List.of()));
        give("a");
        assertInstanceOf(Choice.None.class, pool.choose("b", true, false, List.of()));
        assertInstanceOf(Choice.None.class, pool.choose("b", true, false, List.of(IpAddress.parse("10.240.0.4"))));
        assertInstanceOf(Choice.None.class, pool.choose("b", true, false, List.of(IpAddress.parse("10.240.0.5"))), "somebody else's");
        assertInstanceOf(Choice.None.class, pool.choose("b", false, true, List.of()), "no IPv6 there");
    }

    @Test
    void askedAgainAHandleHasTheSame() {
        pool.seen(document(5, 6));
        assertEquals("10.240.0.5", give("a"));
        assertEquals("10.240.0.5", give("a"));
        assertEquals(List.of("host", "held", "free"), pool.holdings().stream().map(one -> one.state()).toList());
    }

    @Test
    void whatWasReleasedLongestAgoIsGivenFirst() {
        pool.seen(document(5, 6, 7));
        List.of("a", "b", "c").forEach(this::give);
        List.of("b", "a", "c").forEach(pool::forget);
        assertEquals(List.of("10.240.0.6", "10.240.0.5", "10.240.0.7"), List.of(give("x"), give("y"), give("z")));
    }

    @Test
    void addressesOfFurtherInterfacesGoBeforeThoseOfThePrimaryOne() {
        pool.seen(new VnetInterfaces(List.of(document(5).interfaces().getFirst(), new Interface("002248263dbe", false, List.of(new Subnet(Prefix.parse("10.240.0.0/16"),
                List.of(new Address(IpAddress.parse("10.240.9.9"), false))))))));
        assertEquals(List.of("10.240.9.9", "10.240.0.5"), List.of(give("a"), give("b")));
    }

    @Test
    void aHeldAddressThatVanishesIsToldOnceStaysWithItsContainerAndIsDroppedOnRelease() {
        pool.seen(document(5, 6));
        give("a");
        assertEquals(Map.of(IpAddress.parse("10.240.0.5"), "a"), pool.seen(document(6)).vanished());
        assertEquals(Map.of(), pool.seen(document(6)).vanished());
        assertEquals("vanished", pool.holdings().get(1).state());
        pool.forget("a");
        assertEquals("10.240.0.6", give("b"));
        assertTrue(give("c").contains("all 1 secondary addresses"));
        assertEquals(1, pool.seen(document(5, 6)).appeared());
        assertEquals("10.240.0.5", give("c"));
    }

    @Test
    void anAddressIsNeverHeldTwice() {
        pool.hold("a", List.of(new InterfaceAddress(IpAddress.parse("10.240.0.5"), 16)), "b1");
        assertThrows(IllegalStateException.class, () -> pool.hold("b", List.of(new InterfaceAddress(IpAddress.parse("10.240.0.5"), 16)), "b1"));
        assertEquals(List.of("a"), pool.strays(Set.of("b"), "b2"));
        assertEquals(List.of(), pool.strays(Set.of("a"), "b2"), "an endpoint has it");
        assertEquals(List.of(), pool.strays(Set.of(), "b1"), "the machine did not start anew: somebody may have it");
    }

    /** A random life against a plain model. */
    @Test
    void whateverComesEveryAddressHasOneOwnerAndOnlyWhatTheVnetGivesIsGiven() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, String> model = new HashMap<>();
        Set<String> there = new HashSet<>();
        for (int step = 0; step < 20_000; step++) {
            String handle = "c" + random.nextInt(12);
            switch (random.nextInt(8)) {
                case 0 -> {
                    int[] now = random.ints(5, 20).distinct().limit(random.nextInt(8)).toArray();
                    there.clear();
                    IntStream.of(now).forEach(last -> there.add("10.240.0." + last));
                    pool.seen(document(now));
                }
                case 1, 2, 3 -> {
                    pool.forget(handle);
                    model.remove(handle);
                }
                default -> {
                    String given = give(handle);
                    if (model.containsKey(handle)) {
                        assertEquals(model.get(handle), given, "seed " + seed);
                    } else if (given.startsWith("10.")) {
                        assertTrue(there.contains(given) && !model.containsValue(given), "seed " + seed + " step " + step + ": " + given);
                        model.put(handle, given);
                    } else {
                        assertTrue(model.values().containsAll(there), "seed " + seed + " step " + step + ": refused while there is a free one");
                    }
                }
            }
        }
    }
}
