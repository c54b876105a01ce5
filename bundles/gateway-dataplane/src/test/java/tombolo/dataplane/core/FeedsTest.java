package tombolo.dataplane.core;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FeedsTest {
    private static final long STATIC_METRIC = 10;
    private static final long BGP_METRIC = 20;
    private final Feeds feeds = new Feeds(STATIC_METRIC);

    private void synced(String owner, int preference) {
        feeds.get(feeds.add(owner, preference)).orElseThrow().inSync(false, true);
    }

    /** A start: the node's own feeds know at once what they want, BGP not before its sessions are up. */
    @Test
    void whatBgpLeftStaysUntilBgpItselfIsInSync() {
        synced(DesiredRoutes.STATIC, 10);
        synced("ipam", 15);
        synced("overlay", 17);
        assertTrue(feeds.sweepable(false, STATIC_METRIC));
        assertFalse(feeds.sweepable(false, BGP_METRIC), "BGP has not opened its feed yet");
        int bgp = feeds.add("bgp", 20);
        assertFalse(feeds.sweepable(false, BGP_METRIC), "BGP has not said yet what it wants");
        feeds.get(bgp).orElseThrow().inSync(false, true);
        assertTrue(feeds.sweepable(false, BGP_METRIC));
    }
}
