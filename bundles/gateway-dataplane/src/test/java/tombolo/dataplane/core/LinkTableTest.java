package tombolo.dataplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Link;
import tombolo.api.net.IpAddress;

/** Interfaces as notifications tell of them, one by one. */
class LinkTableTest {
    private static LinkMessage.Seen link(int index, int lower, boolean up) {
        return new LinkMessage.Seen(index, "if" + index, lower == 0 ? "veth" : "vlan", lower, Optional.empty(), up, up, 1_500);
    }

    private static LinkMessage.SeenAddress address(int index, int last) {
        return new LinkMessage.SeenAddress(index, IpAddress.parse("192.0.2." + last), 24);
    }

    private static boolean isWorse(LinkTable.Snapshot before, LinkTable.Snapshot now) {
        return !now.usable().containsAll(before.usable()) || before.byIndex().values().stream().anyMatch(link -> {
            Link after = now.byIndex().get(link.index());
            return after == null || link.up() && !after.up() || !after.addresses().containsAll(link.addresses());
        });
    }

    @Test
    void goingDownIsWorseAlsoWhereThereWasNoCarrierAndWhatCameAndGoesUnseenIsUntold() {
        LinkTable table = new LinkTable();
        table.link(new LinkMessage.Seen(5, "eth1", "", 0, Optional.empty(), true, false, 1_500));
        assertTrue(table.isUntold(5));
        table.refresh();
        assertFalse(table.isUntold(5));
        assertFalse(table.anyWorse());
        table.link(new LinkMessage.Seen(5, "eth1", "", 0, Optional.empty(), false, false, 1_500));
        assertTrue(table.anyWorse(), "unusable before and after, yet the kernel has dropped its routes");
        table.refresh();
        table.address(address(5, 1));
        assertTrue(table.isUntold(5));
        table.refresh();
        assertFalse(table.isUntold(5));
    }

    @Test
    void notificationsOneByOneEndWhereADumpOfTheEndDoes() {
        long seed = Long.getLong("tombolo.seed", System.nanoTime());
        System.out.println("seed " + seed + " (repeat with -Dtombolo.seed=)");
        Random random = new Random(seed);
        LinkTable table = new LinkTable();
        Map<Integer, LinkMessage.Seen> links = new HashMap<>();
        Set<LinkMessage.SeenAddress> addresses = new LinkedHashSet<>();
        LinkTable.Snapshot earlier = LinkTable.Snapshot.EMPTY;
        for (int step = 0; step < 3_000; step++) {
            int index = 2 + random.nextInt(12);
            switch (random.nextInt(6)) {
                case 0 -> {
                    table.linkRemoved(index);
                    links.remove(index);
                    addresses.removeIf(address -> address.index() == index);
                }
                case 1 -> {
                    LinkMessage.SeenAddress address = address(index, random.nextInt(3));
                    if (links.containsKey(index)) {
                        table.address(address);
                        addresses.add(address);
                    }
                }
                case 2 -> {
                    LinkMessage.SeenAddress address = address(index, random.nextInt(3));
                    table.addressRemoved(address);
                    addresses.remove(address);
                }
                default -> {
                    LinkMessage.Seen seen = link(index, random.nextInt(3) == 0 ? 2 + random.nextInt(12) : 0, random.nextInt(3) > 0);
                    table.link(seen);
                    links.put(index, seen);
                }
            }
            if (random.nextInt(3) > 0) {
                continue;
            }
            LinkTable.Snapshot before = table.snapshot();
            Map<Integer, Boolean> usable = new HashMap<>();
            before.usable().forEach(was -> usable.put(was, true));
            boolean worse = table.anyWorse();
            table.refresh().forEach(change -> usable.put(change.link().index(), change.usable()));
            assertEquals(isWorse(before, table.snapshot()), worse, "whether it got worse, after step " + step);
            LinkTable dumped = new LinkTable();
            dumped.replace(links.values(), addresses);
            dumped.refresh();
            assertEquals(bare(dumped.snapshot()), bare(table.snapshot()), "after step " + step);
            assertEquals(table.snapshot().byIndex().values().stream().map(Link::name).sorted().toList(), table.snapshot().byName().keySet().stream().sorted().toList());
            Set<Integer> told = new LinkedHashSet<>();
            usable.forEach((which, is) -> {
                if (is) {
                    told.add(which);
                }
            });
            assertEquals(table.snapshot().usable(), told, "what was told adds up, after step " + step);
            differencesAddUp(before, table.snapshot(), step);
            if (step > 1_000 && earlier == LinkTable.Snapshot.EMPTY) {
                earlier = before;
            }
            differencesAddUp(earlier, table.snapshot(), step);
        }
    }

    /** Whether the snapshot is the next one or a later one, and whatever was looked at to find it out. */
    private static void differencesAddUp(LinkTable.Snapshot before, LinkTable.Snapshot now, int step) {
        LinkTable.Difference difference = now.since(before);
        Set<String> gone = new LinkedHashSet<>(before.byName().keySet());
        gone.removeAll(now.byName().keySet());
        assertEquals(gone, difference.gone().stream().map(Link::name).collect(Collectors.toSet()), "gone, after step " + step);
        Set<Link> other = new LinkedHashSet<>(now.byIndex().values());
        other.removeAll(before.byIndex().values());
        assertEquals(other, Set.copyOf(difference.changed()), "changed, after step " + step);
        Set<String> weaker = before.byIndex().values().stream().filter(old -> now.byIndex().containsKey(old.index())).filter(old -> old.up() && !now.byIndex().get(old.index()).up()
                || !now.byIndex().get(old.index()).addresses().containsAll(old.addresses())).map(Link::name).collect(Collectors.toSet());
        assertEquals(weaker, difference.weaker().stream().map(Link::name).collect(Collectors.toSet()), "weaker, after step " + step);
    }

    /** Without the order of the addresses, which is that of their coming. */
    private static List<Object> bare(LinkTable.Snapshot snapshot) {
        List<Object> all = new ArrayList<>();
        snapshot.byIndex().values().forEach(link -> all.add(List.of(link.index(), link.name(), link.lower(), link.up(), link.carrier(), Set.copyOf(link.addresses()))));
        all.add(snapshot.usable());
        return all;
    }

    @Test
    void anEndOfAPairIsToldAsOneUntilItIsGone() {
        LinkTable table = new LinkTable();
        table.link(link(2, 0, true));
        table.link(new LinkMessage.Seen(3, "eth0", "", 0, Optional.empty(), true, true, 1_500));
        assertEquals(List.of(true, false), table.refresh().stream().map(LinkTable.Change::pair).toList());
        table.linkRemoved(2);
        assertEquals(List.of(true), table.refresh().stream().map(LinkTable.Change::pair).toList());
    }

    @Test
    void whatIsSaidTwiceIsNoNews() {
        LinkTable table = new LinkTable();
        table.link(link(2, 0, true));
        table.refresh();
        LinkTable.Snapshot before = table.snapshot();
        table.link(link(2, 0, true));
        assertEquals(List.of(), table.refresh());
        assertSame(before, table.snapshot());
    }

    @Test
    void whatWentWhatIsWeakerAndWhatCameAreToldApart() {
        LinkTable table = new LinkTable();
        for (int index = 2; index < 6; index++) {
            table.link(link(index, 0, true));
        }
        table.address(address(4, 1));
        table.refresh();
        LinkTable.Snapshot before = table.snapshot();
        table.linkRemoved(2);
        table.link(link(3, 0, false));
        table.addressRemoved(address(4, 1));
        table.link(link(9, 0, true));
        table.refresh();
        LinkTable.Difference difference = table.snapshot().since(before);
        assertEquals(List.of("if2"), difference.gone().stream().map(Link::name).toList());
        assertEquals(List.of("if3", "if4"), difference.weaker().stream().map(Link::name).toList());
        assertEquals(List.of("if3", "if4", "if9"), difference.changed().stream().map(Link::name).toList());
    }
}
