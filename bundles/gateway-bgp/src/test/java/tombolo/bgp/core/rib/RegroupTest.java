package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tombolo.api.config.PeerSettings.MaxPrefixesAction;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;

/** A changed export policy costs its differences. */
class RegroupTest {
    private final FakePeer a = new FakePeer("a", 65010, "10.0.0.1", FakeSettings.LOCAL_AS);
    private final FakePeer b = new FakePeer("b", 65020, "10.0.0.2", FakeSettings.LOCAL_AS);
    private final FakePeer c = new FakePeer("c", 65030, "10.0.0.3", FakeSettings.LOCAL_AS);
    private final FakeSettings settings = new FakeSettings().peer(a).peer(b).peer(c).reject("not-ten", "10.0.0.0/8");
    private final Node node = new Node(settings.build());

    private void start() {
        a.establish();
        b.establish();
        c.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        for (int i = 1; i <= 5; i++) {
            a.announce("11." + i + ".0.0/16", -1, 65010);
        }
        node.run(a, b, c);
    }

    private void apply() {
        node.engine.settings(settings.build());
        node.settle();
    }

    @Test
    void aFilterChangeOfAWholeGroupSendsEachMemberTheDifferencesOnly() {
        start();
        int told = b.prefixesTold;
        settings.peer(a, "all", "not-ten").peer(b, "all", "not-ten").peer(c, "all", "not-ten");
        apply();
        assertEquals(5, b.holds.size());
        assertEquals(5, c.holds.size());
        assertEquals(told, b.prefixesTold);
        assertEquals(1, b.withdrawals);
        assertEquals(1, c.withdrawals);
        assertEquals(0, a.prefixesTold);
    }

    @Test
    void aPeerThatLeavesItsGroupIsToldTheDifferencesOnlyAndTheOthersNothing() {
        start();
        int told = b.prefixesTold;
        settings.peer(b, "all", "not-ten");
        apply();
        assertEquals(5, b.holds.size());
        assertEquals(told, b.prefixesTold);
        assertEquals(6, c.holds.size());
        assertEquals(0, c.withdrawals);
        assertEquals(told, c.prefixesTold);
        settings.peer(b);
        apply();
        assertEquals(6, b.holds.size());
        assertEquals(1, b.endOfRibs.get(AddressFamily.IPV4));
    }

    @Test
    void aPeerThatHasNotReadItsRoutesYetMovesWithWhatItStillOwes() {
        c.room = 1;
        start();
        c.drain();
        c.room = Integer.MAX_VALUE;
        settings.peer(a, "all", "not-ten").peer(b, "all", "not-ten").peer(c, "all", "not-ten");
        apply();
        node.run(c);
        assertEquals(b.holds.keySet(), c.holds.keySet());
        assertEquals(1, c.endOfRibs.get(AddressFamily.IPV4));
    }

    @Test
    void aDefaultRouteThatIsNotOriginatedAnyLongerIsWithdrawn() {
        settings.peer(b, "all", "all", Map.of(), MaxPrefixesAction.DROP, true, 0);
        node.engine.settings(settings.build());
        start();
        assertEquals(true, b.holds.containsKey(Prefix.parse("0.0.0.0/0")));
        settings.peer(b);
        apply();
        assertEquals(false, b.holds.containsKey(Prefix.parse("0.0.0.0/0")));
        assertEquals(6, b.holds.size());
    }
}
