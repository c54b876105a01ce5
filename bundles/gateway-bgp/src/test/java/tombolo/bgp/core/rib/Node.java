package tombolo.bgp.core.rib;

import java.util.ArrayList;
import java.util.List;
import tombolo.api.config.Settings;
import tombolo.runtime.StateKeeper.Region;

/** An engine with a clock that tests move. */
final class Node {
    final List<String> log = new ArrayList<>();
    final RibEngine engine;
    final FakeFeed feed = new FakeFeed();
    long nanos = 1;

    Node(Settings settings, Region region, long nanos) {
        this.engine = RibEngine.adopt(region, log::add);
        this.nanos = nanos;
        engine.now(nanos, 0);
        engine.settings(settings);
        engine.feedOpened(feed);
    }

    Node(Settings settings) {
        engine = new RibEngine(42, log::add);
        engine.now(nanos, 0);
        engine.settings(settings);
        engine.feedOpened(feed);
    }

    void run(FakePeer... peers) {
        for (FakePeer peer : peers) {
            engine.ready(peer);
        }
        settle();
    }

    void settle() {
        engine.now(nanos, nanos / 1_000_000);
        int turns = 0;
        while (engine.work()) {
            if (++turns > 5_000_000) {
                throw new AssertionError("the engine does not come to rest");
            }
        }
        engine.checkSync();
        while (engine.work()) {
            turns++;
        }
    }

    void seconds(long seconds) {
        nanos += seconds * 1_000_000_000L;
        settle();
    }
}
