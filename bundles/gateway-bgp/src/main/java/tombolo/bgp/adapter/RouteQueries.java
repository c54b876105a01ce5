package tombolo.bgp.adapter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.bgp.core.rib.PrefixKeys;
import tombolo.bgp.core.rib.RibEngine;
import tombolo.runtime.Loop;

/** Answers people's questions: walks the tables in slices on the Loop, and sorts outside it, so that a full table being listed holds up no session. */
final class RouteQueries implements BgpRoutes {
    /** Prefix ids looked at in one slice: about a tenth of a millisecond without matches. */
    private static final int SLICE = 8192;
    /** Prefixes rendered in one slice: each makes a few objects. */
    private static final int RENDERED = 64;
    private static final int MAX_LIMIT = 1_000_000;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Loop loop;
    private final RibEngine engine;

    RouteQueries(Loop loop, RibEngine engine) {
        this.loop = loop;
        this.engine = engine;
    }

    private <T> T ask(Supplier<T> question) {
        return loop.ask(question, LIMIT);
    }

    @Override
    public List<PeerCounts> peers() {
        return ask(() -> engine.views().peers());
    }

    @Override
    public Totals totals() {
        return ask(() -> engine.views().totals());
    }

    @Override
    public List<Route> routes(Query query) {
        if (query.limit() < 1 || query.limit() > MAX_LIMIT) {
            throw new IllegalArgumentException("limit " + query.limit() + ": 1 to " + MAX_LIMIT);
        }
        if (query.table() != Table.LOC_RIB && query.peer().isEmpty()) {
            throw new IllegalArgumentException("a peer is needed for what was received or advertised");
        }
        List<Route> rows = new ArrayList<>();
        for (AddressFamily family : AddressFamily.values()) {
            boolean wanted = query.family().map(family::equals).orElse(true) && query.prefix().map(prefix -> prefix.family() == family).orElse(true);
            if (wanted && rows.size() < query.limit()) {
                family(query, family, rows);
            }
        }
        return rows;
    }

    private void family(Query query, AddressFamily family, List<Route> rows) {
        if (query.prefix().isPresent() && !query.longer()) {
            Prefix prefix = query.prefix().get();
            rows.addAll(ask(() -> engine.views().routes(query, family, prefix.address().hi(), prefix.address().lo(), prefix.length())));
            return;
        }
        PrefixKeys keys = new PrefixKeys(family);
        int end = ask(() -> engine.views().highest(family)) + 1;
        for (int from = 1; from < end; from += SLICE) {
            int start = from;
            int to = Math.min(end, from + SLICE);
            ask(() -> {
                engine.views().collect(query, family, start, to, keys);
                return true;
            });
        }
        keys.sort();
        for (int from = 0; from < keys.size() && rows.size() < query.limit(); from += RENDERED) {
            int start = from;
            int to = Math.min(keys.size(), from + RENDERED);
            rows.addAll(ask(() -> {
                List<Route> part = new ArrayList<>();
                for (int i = start; i < to; i++) {
                    part.addAll(engine.views().routes(query, family, keys.hi(i), keys.lo(i), keys.length(i)));
                }
                return part;
            }));
        }
        if (rows.size() > query.limit()) {
            rows.subList(query.limit(), rows.size()).clear();
        }
    }

    @Override
    public Explanation explain(Prefix prefix) {
        return ask(() -> engine.views().explain(prefix));
    }

    @Override
    public boolean refreshIn(String peer) {
        return waking(() -> engine.refreshIn(peer));
    }

    @Override
    public boolean refreshOut(String peer) {
        return waking(() -> engine.refreshOut(peer));
    }

    @Override
    public void drain() {
        waking(() -> {
            engine.drain();
            return true;
        });
    }

    private boolean waking(Supplier<Boolean> change) {
        boolean done = ask(change);
        loop.wake();
        return done;
    }

    @Override
    public List<UpdateError> errors(String peer) {
        return ask(() -> engine.views().errors(peer));
    }
}
