package tombolo.bgp.adapter;

import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.SessionConsumer;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.route.NextHopTracker;
import tombolo.api.route.RouteFeed;
import tombolo.api.route.RouteFeedListener;
import tombolo.api.route.RouteSink;
import tombolo.bgp.core.rib.RibEngine;
import tombolo.runtime.Loop;
import tombolo.runtime.StateKeeper;

/**
 * The route engine on its Loop {@code tombolo-bgp}: hands over what other threads bring, keeps the time, and calls the engine while it has work. The other
 * services may come and go at any moment.
 */
public final class BgpRouting implements SessionConsumer, SettingsListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("tombolo.bgp");
    /** Settings, services coming and going, questions: a few at a time. Sessions that are ready wait in a set of their own. */
    private static final int MAILBOX = 4096;
    private static final String OWNER = "bgp";
    private static final String REGION = "bgp";
    /** Between static routes (10) and what might come later. */
    private static final int PREFERENCE = 20;
    /** The engine stops at the first look at the clock behind this: turns of less than a millisecond, so that a question or a session never waits longer. */
    private static final long TURN_NANOS = 400_000;
    private static final Duration SYNC_CHECK = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Loop loop = new Loop("tombolo-bgp", MAILBOX);
    private final LogLimit logLimit = new LogLimit(LOG);
    private final StateKeeper keeper;
    private final RibEngine engine;
    private final RouteQueries queries;
    private final Queue<BgpSession> ready = new ConcurrentLinkedQueue<>();
    private final Set<BgpSession> marked = ConcurrentHashMap.newKeySet();
    private @Nullable BgpSessions sessions;
    private @Nullable RouteSink sink;
    private @Nullable NextHopTracker tracker;
    private Loop.@Nullable Timer timer;
    private long timerNanos = Long.MAX_VALUE;
    private boolean configured;
    private boolean stopping;
    private boolean restartAsked;

    /** @param keeper where the tables outlive this bundle */
    public BgpRouting(StateKeeper keeper) {
        this.keeper = keeper;
        this.engine = keeper.take(REGION, RibEngine.LAYOUT_VERSION).flatMap(this::adopt)
                .orElseGet(() -> new RibEngine(new java.security.SecureRandom().nextLong(), logLimit::line));
        this.queries = new RouteQueries(loop, engine);
        loop.worker(this::work);
        loop.offer(this::checkSync);
    }

    /** The tables for people; any thread. */
    public BgpRoutes routes() {
        return queries;
    }

    private Optional<RibEngine> adopt(StateKeeper.Region region) {
        try {
            RibEngine adopted = RibEngine.adopt(region, logLimit::line);
            LOG.info("TMB-BGP-353 the route engine goes on with the tables of the one before it");
            return Optional.of(adopted);
        } catch (RuntimeException e) {
            LOG.warn("TMB-BGP-354 the tables of the route engine before this one cannot be read ({}); they are asked for again from every peer", e.toString());
            return Optional.empty();
        }
    }

    // ---- from any thread ----

    @Override
    public void ready(BgpSession session) {
        if (marked.add(session)) {
            ready.add(session);
        }
        loop.wake();
    }

    @Override
    public void removed(BgpSession session) {
        submit(() -> engine.removed(session));
    }

    @Override
    public void settingsChanged(Settings settings) {
        submit(() -> {
            engine.settings(settings);
            if (!configured) {
                configured = true; // sessions are read only once it is known what their routes are worth
                attach();
            }
        });
    }

    public void sessionsCame(BgpSessions came) {
        submit(() -> {
            sessions = came;
            if (configured) {
                attach();
            }
        });
    }

    public void sessionsWent(BgpSessions went) {
        submit(() -> {
            if (sessions == went) {
                sessions = null;
                went.detach(this);
                engine.sessionsGone();
            }
        });
    }

    public void sinkCame(RouteSink came) {
        submit(() -> {
            sink = came;
            openFeed(came);
        });
    }

    public void sinkWent(RouteSink went) {
        submit(() -> {
            if (sink == went) {
                sink = null;
                engine.feedClosed();
            }
        });
    }

    public void trackerCame(NextHopTracker came) {
        submit(() -> {
            tracker = came;
            engine.tracked(true);
        });
    }

    public void trackerWent(NextHopTracker went) {
        submit(() -> {
            if (tracker == went) {
                tracker = null;
                engine.tracked(false);
            }
        });
    }

    // ---- on the Loop ----

    private void attach() {
        BgpSessions current = sessions;
        if (current != null) {
            engine.attached();
            current.attach(this);
        }
    }

    private void openFeed(RouteSink into) {
        RouteFeed feed = into.open(OWNER, PREFERENCE, new RouteFeedListener() {
            @Override
            public void drained() {
                submit(engine::feedDrained);
            }

            @Override
            public void closed() {
                submit(() -> {
                    if (sink == into) {
                        engine.feedClosed();
                    }
                });
            }
        });
        engine.feedOpened(feed);
    }

    private void submit(Runnable task) {
        boolean taken = loop.offer(() -> {
            time();
            task.run();
            loop.wake();
        });
        if (!taken && !stopping) {
            LOG.warn("TMB-BGP-350 the route engine's mailbox of {} tasks is full: a change was not taken in. Report this with gateway:diag.", MAILBOX);
        }
    }

    private void time() {
        engine.now(System.nanoTime(), System.currentTimeMillis());
    }

    private boolean work() {
        time();
        if (stopping) {
            return false;
        }
        askWhetherRestarted();
        for (BgpSession session = ready.poll(); session != null; session = ready.poll()) {
            marked.remove(session); // before it is read: what comes meanwhile marks it again
            engine.ready(session);
        }
        long began = System.nanoTime();
        boolean more = engine.work(() -> System.nanoTime() - began >= TURN_NANOS);
        NextHopTracker watching = tracker;
        if (watching != null) {
            engine.takeNextHopsToWatch().ifPresent(addresses ->
                    watching.watch(OWNER, addresses, states -> submit(() -> engine.nextHopsChanged(states))));
            engine.takeRoutesToWatch().ifPresent(prefixes ->
                    watching.watchRoutes(OWNER, prefixes, present -> submit(() -> engine.kernelHas(present))));
        }
        if (!more) {
            logLimit.flush();
            schedule();
        }
        return more;
    }

    /** Asked once a session has something to read: only then is it sure that the session bundle knows. */
    private void askWhetherRestarted() {
        BgpSessions current = sessions;
        if (!restartAsked && current != null && !ready.isEmpty()) {
            restartAsked = true;
            if (current.restarting()) {
                engine.restarted();
            }
        }
    }

    private void schedule() {
        long next = engine.nextNanos();
        if (next == timerNanos) {
            return;
        }
        Loop.Timer before = timer;
        if (before != null) {
            before.cancel();
        }
        timerNanos = next;
        timer = next == Long.MAX_VALUE ? null : loop.schedule(Duration.ofNanos(Math.max(0, next - System.nanoTime())), () -> {
            timerNanos = Long.MAX_VALUE;
            loop.wake();
        });
    }

    private void checkSync() {
        if (!stopping) {
            time();
            engine.checkSync();
            logLimit.flush();
            loop.wake();
            loop.schedule(SYNC_CHECK, this::checkSync);
        }
    }

    /** Stops reading at the end of a message, leaves sessions up and kernel routes where they are, and the tables with the keeper. */
    @Override
    public void close() {
        try {
            loop.ask(() -> {
                stopping = true;
                BgpSessions current = sessions;
                if (current != null) {
                    current.detach(this);
                }
                NextHopTracker watching = tracker;
                if (watching != null) {
                    watching.unwatch(OWNER);
                }
                engine.closeFeed();
                engine.export().ifPresent(region -> keeper.put(REGION, region));
                return true;
            }, LIMIT);
        } catch (IllegalStateException e) {
            LOG.warn("TMB-BGP-351 the route engine did not stop in order: {}", e.getMessage());
        }
        loop.close();
    }
}
