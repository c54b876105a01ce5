package tombolo.bgp.core.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.bgp.core.wire.Wire.BASE;
import static tombolo.bgp.core.wire.Wire.NEXT_HOP;
import static tombolo.bgp.core.wire.Wire.ORIGIN;
import static tombolo.bgp.core.wire.Wire.attribute;
import static tombolo.bgp.core.wire.Wire.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tombolo.api.net.IpAddress;
import tombolo.runtime.StateKeeper.Region;

class AttributeTableTest {
    private final AttributeTable table = new AttributeTable(42);

    @Test
    void oneSetHasOneNumberHoweverOftenItComes() {
        int id = Wire.set(table, BASE);
        assertEquals(id, Wire.set(table, BASE));
        assertNotEquals(id, Wire.set(table, ORIGIN + path(7) + NEXT_HOP));
        assertEquals(2, table.size());
        table.release(id);
        assertTrue(table.inUse(id));
        table.release(id);
        assertFalse(table.inUse(id));
        assertEquals(1, table.size());
    }

    @Test
    void releasingMoreOftenThanRetainingIsRefused() {
        int id = Wire.set(table, BASE);
        table.release(id);
        assertThrows(IllegalStateException.class, () -> table.release(id));
    }

    @Test
    void columnsSayWhatTheDecisionProcessAsks() {
        int id = Wire.set(table, "40010102" + "400218" + "0202" + "0000FDE9FFFFFFFE" + "0103" + "000000010000000200000003" + NEXT_HOP + "800404FFFFFFFF" + "40050480000000"
                + "8009040A000009" + "800A080A0000080A000007");
        assertEquals(2, table.origin(id));
        assertEquals(3, table.asPathLength(id));
        assertEquals(65001, table.neighborAs(id));
        assertEquals(0, table.originAs(id), "a path that ends in a set has no origin AS (RFC 6811 §2)");
        assertTrue(table.hasMed(id));
        assertEquals(-1, table.med(id));
        assertTrue(table.hasLocalPreference(id));
        assertEquals(Integer.MIN_VALUE, table.localPreference(id));
        assertEquals(IpAddress.parse("10.0.0.2"), table.nextHopAddress(id));
        assertEquals(0x0a000009, table.originatorId(id));
        assertEquals(2, table.clusterListLength(id));
        assertTrue(table.hasCluster(id, 0x0a000007));
        assertFalse(table.hasCluster(id, 0x0a000006));
        assertEquals(1, table.countAs(id, 3));
        assertEquals(1, table.countAs(id, -2));
        assertEquals(0, table.countAs(id, 4));
    }

    @Test
    void columnsOfASetWithLittleInItAreZero() {
        int id = Wire.set(table, ORIGIN + "400200");
        assertEquals(0, table.asPathLength(id) + table.neighborAs(id) + table.originAs(id) + table.med(id) + table.localPreference(id) + table.nextHop(id)
                + table.originatorId(id) + table.clusterListLength(id));
        assertFalse(table.hasMed(id) || table.hasLocalPreference(id) || table.hasOriginatorId(id));
    }

    @Test
    void wellKnownCommunitiesAreFlags() {
        int none = Wire.set(table, BASE + "C00804FDE90000");
        assertFalse(table.noExport(none) || table.noAdvertise(none) || table.noExportSubconfed(none) || table.gracefulShutdown(none) || table.llgrStale(none)
                || table.noLlgr(none) || table.blackhole(none));
        int all = Wire.set(table, BASE + "C0081C" + "FFFFFF01" + "FFFFFF02" + "FFFFFF03" + "FFFF0000" + "FFFF0006" + "FFFF0007" + "FFFF029A");
        assertTrue(table.noExport(all) && table.noAdvertise(all) && table.noExportSubconfed(all) && table.gracefulShutdown(all) && table.llgrStale(all)
                && table.noLlgr(all) && table.blackhole(all));
        assertEquals(List.of("no-export", "no-advertise", "local-as", "graceful-shutdown", "llgr-stale", "no-llgr", "blackhole"), table.view(all).communities());
    }

    @Test
    void theViewIsForPeople() {
        int id = Wire.set(table, ORIGIN + "400218" + "0202" + "0000FDE90000FDEA" + "0103" + "000000010000000200000003" + NEXT_HOP + "80040400000005" + "400504000000C8" + "400600"
                + "C007080000FDE90A000001" + "C00808FDE90064FFFFFF01" + "8009040A000009" + "800A080A0000080A000007" + "C01018" + "0002FDE900000001" + "01030A0000010007" + "4304000000000001"
                + "C0200C0000FDE90000000100000002" + "C023040000FDE9" + "E06302ABCD");
        AttributeView view = table.view(id);
        assertEquals("igp", view.origin());
        assertEquals("65001 65002 {1 2 3}", view.asPath());
        assertEquals(Optional.of(5L), view.med());
        assertEquals(Optional.of(200L), view.localPreference());
        assertEquals(Optional.of(IpAddress.parse("10.0.0.2")), view.nextHop());
        assertEquals(List.of("65001:100", "no-export", "rt:65001:1", "soo:10.0.0.1:7", "0x4304000000000001", "65001:1:2"), view.communities());
        assertEquals(List.of("atomic-aggregate", "aggregator: 65001 10.0.0.1", "originator-id: 10.0.0.9", "cluster-list: 10.0.0.8 10.0.0.7", "only-to-customer: 65001",
                "attribute 99 (partial): 2 octets abcd"), view.others());
    }

    @Test
    void nextHopsAreSharedAndGoWithTheirLastSet() {
        int one = Wire.set(table, BASE);
        int two = Wire.set(table, ORIGIN + path(7) + NEXT_HOP);
        int six = Wire.set(table, ORIGIN + path(7) + "800E20" + "20010DB8000000000000000000000002" + "FE800000000000000000000000000002");
        assertEquals(table.nextHop(one), table.nextHop(two));
        assertEquals(2, table.nextHops().size());
        assertEquals(IpAddress.parse("2001:db8::2"), table.nextHopAddress(six));
        assertEquals(Optional.of(IpAddress.parse("fe80::2")), table.nextHops().linkLocal(table.nextHop(six)));
        assertEquals(Optional.empty(), table.nextHops().linkLocal(table.nextHop(one)));
        int hop = table.nextHop(one);
        table.release(one);
        assertTrue(table.nextHops().inUse(hop));
        table.release(two);
        assertFalse(table.nextHops().inUse(hop));
        assertThrows(IllegalArgumentException.class, () -> table.nextHops().address(hop));
    }

    @Test
    void manyNextHopsComeAndGo() {
        List<Integer> ids = new ArrayList<>();
        for (int i = 1; i <= 5000; i++) {
            ids.add(Wire.set(table, ORIGIN + path(7) + String.format("4003040A%06X", i)));
        }
        assertEquals(5000, table.nextHops().size());
        for (int i = 1; i <= 5000; i++) {
            assertEquals(IpAddress.v4(0x0a000000 + i), table.nextHopAddress(ids.get(i - 1)));
        }
        ids.forEach(table::release);
        assertEquals(0, table.nextHops().size());
    }

    @Test
    void anExportedTableIsAdoptedWithNumbersAndReferences() {
        List<Integer> ids = new ArrayList<>();
        for (int i = 1; i <= 3000; i++) {
            ids.add(Wire.set(table, ORIGIN + path(7, i) + String.format("4003040A%06X", i % 50 + 1)));
        }
        table.retain(ids.get(5));
        for (int i = 1000; i < 2000; i++) {
            table.release(ids.get(i));
        }
        List<byte[]> before = ids.subList(0, 1000).stream().map(table::canonical).toList();
        Region region = table.export();
        AttributeTable adopted = AttributeTable.adopt(region);
        assertEquals(2000, adopted.size());
        for (int i = 0; i < 1000; i++) {
            assertArrayEquals(before.get(i), adopted.canonical(ids.get(i)));
            assertEquals(ids.get(i), adopted.intern(before.get(i), 0, before.get(i).length), "found again by its octets");
            adopted.release(ids.get(i));
        }
        for (int i = 0; i < 3000; i++) {
            if (i < 1000 || i >= 2000) {
                adopted.release(ids.get(i));
            }
        }
        assertEquals(1, adopted.size(), "the one that was retained twice");
        adopted.release(ids.get(5));
        assertEquals(0, adopted.size());
        assertEquals(0, adopted.nextHops().size());
        assertThrows(IllegalArgumentException.class, () -> AttributeTable.adopt(new Region(999, region.scalars(), region.tables())));
    }

    @Test
    void aRandomLifeLeavesNothingBehindAndMemoryStaysBounded() {
        long seed = System.nanoTime();
        System.out.println("AttributeTableTest seed " + seed);
        Random random = new Random(seed);
        List<String> octets = new ArrayList<>();
        List<Integer> ids = new ArrayList<>();
        long peak = 0;
        for (int phase = 0; phase < 6; phase++) {
            int size = new int[] {4, 60, 300, 4000, 1, 900}[phase]; // each phase fills other size classes
            for (int i = 0; i < 1500; i++) {
                String set = ORIGIN + path(random.nextInt(1, 1 << 30)) + NEXT_HOP + attribute(0xE0, 99, String.format("%02X", random.nextInt(256)).repeat(size + random.nextInt(8)));
                octets.add(set);
                ids.add(Wire.set(table, set));
            }
            for (int i = 0; i < ids.size(); i += 97) {
                assertEquals(octets.get(i), Wire.hex(table.canonical(ids.get(i))), "seed " + seed);
            }
            peak = Math.max(peak, table.memoryBytes());
            while (ids.size() > 200) {
                int victim = random.nextInt(ids.size());
                table.release(ids.remove(victim));
                octets.remove(victim);
            }
            for (int i = 0; i < ids.size(); i++) {
                assertEquals(octets.get(i), Wire.hex(table.canonical(ids.get(i))), "after releases, seed " + seed);
            }
        }
        ids.forEach(table::release);
        assertEquals(0, table.size());
        assertEquals(0, table.nextHops().size());
        assertTrue(peak < 16 << 20, peak + " octets for 8 MB of sets");
        assertTrue(table.memoryBytes() < 5 << 20, table.memoryBytes() + " octets for no set");
    }

    @Test
    void theLongestSetIsKeptAndALongerOneRefused() {
        byte[] longest = Wire.hex(BASE + attribute(0xE0, 99, "00".repeat(AttributeTable.MAX_SET_LENGTH - BASE.length() / 2 - 4)));
        int id = table.intern(longest, 0, longest.length);
        assertEquals(65_535, table.length(id));
        assertArrayEquals(longest, table.canonical(id));
        byte[] longer = java.util.Arrays.copyOf(longest, longest.length + 1);
        assertThrows(IllegalArgumentException.class, () -> table.intern(longer, 0, longer.length));
    }
}
