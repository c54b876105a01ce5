package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.runtime.StateKeeper.Region;

class HandoverTest {
    private final FakePeer a = new FakePeer("a", 65010, "10.0.0.1", FakeSettings.LOCAL_AS);
    private final FakePeer b = new FakePeer("b", 65020, "10.0.0.2", FakeSettings.LOCAL_AS);
    private final FakePeer c = new FakePeer("c", 65030, "10.0.0.3", FakeSettings.LOCAL_AS);
    private final FakeSettings settings = new FakeSettings().peer(a).peer(b).peer(c).network("192.0.2.0/24");

    private Node before() {
        Node node = new Node(settings.build());
        for (FakePeer peer : List.of(a, b, c)) {
            peer.establish();
        }
        for (int i = 0; i < 100; i++) {
            a.announce("10." + i + ".0.0/16", i % 5, 65010, 64500 + i % 7);
            b.announce("10." + i + ".0.0/16", -1, 65020, 64000, 64001);
        }
        a.announce("2001:db8:1::/48", -1, 65010);
        node.run(a, b, c);
        for (FakePeer peer : List.of(a, b, c)) {
            peer.endOfRib(AddressFamily.IPV4);
            peer.endOfRib(AddressFamily.IPV6);
        }
        node.run(a, b, c);
        return node;
    }

    private Node swap(Node former) {
        Region region = former.engine.export().orElseThrow();
        return new Node(settings.build(), region, former.nanos + 1_000_000_000L);
    }

    private Node back(Node node) {
        node.engine.attached();
        a.resume();
        b.resume();
        c.resume();
        node.run(a, b, c);
        node.seconds(3);
        node.seconds(11);
        return node;
    }

    @Test
    void aSwapWithoutAChangeTellsNobodyAnything() {
        Node former = before();
        int messages = a.messages + b.messages + c.messages;
        var held = Set.copyOf(c.holds.entrySet());
        var kernel = former.feed.ids.keySet();
        Node node = back(swap(former));
        assertEquals(messages, a.messages + b.messages + c.messages);
        assertEquals(held, Set.copyOf(c.holds.entrySet()));
        assertEquals(kernel, node.feed.ids.keySet());
        assertTrue(node.feed.inSync.contains(AddressFamily.IPV4));
        assertEquals(List.of(), a.refreshes);
        assertEquals(103, node.engine.views().totals().prefixes4() + node.engine.views().totals().prefixes6() + node.engine.views().totals().updateGroups() - 1);
    }

    @Test
    void changesAcrossASwapAreSentAsDifferencesOnly() {
        Node former = before();
        int told = c.prefixesTold;
        int withdrawn = c.withdrawals;
        a.withdraw("10.1.0.0/16");
        settings.reject("not-two", "10.2.0.0/16").peer(c, "all", "all").peer(a, "not-two", "all");
        settings.networks.clear();
        back(swap(former));
        assertEquals(2, c.prefixesTold - told, "b's path of 10.1.0.0/16, and of 10.2.0.0/16");
        assertEquals(1, c.withdrawals - withdrawn, "the network statement that is gone");
        assertEquals("[65001 65020 64000 64001] via 10.255.0.1", c.holds.get(Prefix.parse("10.1.0.0/16")));
        assertEquals("[65001 65020 64000 64001] via 10.255.0.1", c.holds.get(Prefix.parse("10.2.0.0/16")));
    }

    @Test
    void aPeerThatWasBehindIsToldTheRestAfterTheSwap() {
        Node former = before();
        c.room = 1;
        c.drain();
        former.engine.ready(c);
        for (int i = 0; i < 100; i++) {
            a.announce("10." + i + ".0.0/16", -1, 65010, 63000);
        }
        former.run(a);
        Node node = swap(former);
        c.room = Integer.MAX_VALUE;
        c.drain();
        back(node);
        assertEquals("[65001 65010 63000] via 10.255.0.1", c.holds.get(Prefix.parse("10.7.0.0/16")));
        assertEquals("[65001 65010 63000] via 10.255.0.1", c.holds.get(Prefix.parse("10.99.0.0/16")));
        assertEquals(102, c.holds.size());
    }

    @Test
    void aSessionThatDidNotLastThroughTheSwapLosesItsRoutes() {
        Node former = before();
        Node node = swap(former);
        a.up = null;
        node.engine.attached();
        b.resume();
        c.resume();
        node.run(b, c);
        node.seconds(3);
        node.seconds(11);
        assertEquals("[65001 65020 64000 64001] via 10.255.0.1", c.holds.get(Prefix.parse("10.7.0.0/16")));
        assertFalse(c.holds.containsKey(Prefix.parse("2001:db8:1::/48")));
    }

    /** The region is lost: every peer is asked for its routes, and nothing is told or swept until they are here again. */
    @Test
    void withoutTheRegionTablesAreRebuiltByRouteRefresh() {
        for (FakePeer peer : List.of(a, b, c)) {
            peer.enhancedRefresh = true;
        }
        Node former = before();
        int held = c.holds.size();
        Node node = new Node(settings.build());
        node.nanos = former.nanos;
        node.engine.now(node.nanos, 0);
        a.resume();
        b.resume();
        c.resume();
        node.run(a, b, c);
        assertEquals(List.of("1/0", "2/0"), a.refreshes.stream().sorted().toList());
        for (int i = 10; i < 100; i++) {
            a.announce("10." + i + ".0.0/16", i % 5, 65010, 64500 + i % 7);
        }
        node.run(a);
        assertEquals(held, c.holds.size(), "nothing is told yet");
        assertTrue(node.feed.ids.isEmpty());
        node.seconds(6);
        node.seconds(1);
        assertEquals(90, node.feed.ids.size());
        assertEquals(List.of("1/0", "1/1", "1/2", "2/0", "2/1", "2/2"), c.refreshes.stream().sorted().toList(), "all is told between BoRR and EoRR: c drops the rest");
    }

    @Test
    void referencesToAttributeSetsSurviveTheSwap() {
        Node node = back(swap(before()));
        settings.networks.clear();
        node.engine.settings(settings.build());
        for (FakePeer peer : List.of(a, b, c)) {
            peer.fall(false);
        }
        node.run(a, b, c);
        node.settle();
        assertEquals(0, node.engine.attributes.size());
        assertEquals(0, node.engine.rib(AddressFamily.IPV4).prefixes.size());
    }
}
