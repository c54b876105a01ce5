package tombolo.dataplane.adapter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import tombolo.api.net.AddressFamily;
import tombolo.api.route.NextHop;
import tombolo.api.route.RouteChanges;
import tombolo.api.route.RouteFeed;
import tombolo.api.route.RouteFeedListener;
import tombolo.dataplane.core.DesiredRoutes;
import tombolo.dataplane.core.RouteContent;
import tombolo.runtime.Loop;

/** A feed as its owner holds it; also what the static routes use, whose sets have a metric and an MTU of their own. */
public final class OwnedFeed implements RouteFeed {
    /** Blocks of one feed that wait: 32 x 4096 rows are 3 MB and a tenth of a second of table work. */
    private static final int BLOCKS = 32;
    private static final Duration ORDER_AGAIN = Duration.ofMillis(5);

    private final Loop loop;
    private final DesiredRoutes routes;
    private final long metric;
    private final Consumer<OwnedFeed> closed;
    private final String owner;
    private final RouteFeedListener listener;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean refused = new AtomicBoolean();
    private volatile int number;
    private volatile boolean dead;

    /**
     * @param routes belongs to the Loop, and is touched there only
     * @param metric of sets that do not say their own
     * @param closed told once the feed has ended itself
     */
    OwnedFeed(String owner, RouteFeedListener listener, Loop loop, DesiredRoutes routes, long metric, Consumer<OwnedFeed> closed) {
        this.loop = loop;
        this.routes = routes;
        this.metric = metric;
        this.closed = closed;
        this.owner = owner;
        this.listener = listener;
    }

    String owner() {
        return owner;
    }

    void number(int given) {
        number = given;
    }

    /** Another feed of the same owner has taken its place, or the data plane ends: it takes everything and does nothing. */
    void die() {
        dead = true;
    }

    boolean isDead() {
        return dead;
    }

    void tellClosed() {
        listener.closed();
    }

    @Override
    public boolean define(int id, List<NextHop> nextHops) {
        return define(id, nextHops, metric, 0);
    }

    public boolean define(int id, List<NextHop> nextHops, long metric, int mtu) {
        if (id < 0 || id > 0xffff || nextHops.size() > 64) {
            throw new IllegalArgumentException("next-hop set " + id + " of " + nextHops.size() + ": id 0 to 65535, at most 64 next hops");
        }
        RouteContent content = RouteContent.of(nextHops, metric, mtu);
        return take(() -> routes.define(number, id, content));
    }

    @Override
    public boolean offer(RouteChanges changes) {
        return take(() -> routes.apply(number, changes));
    }

    @Override
    public void inSync(AddressFamily family) {
        order(() -> routes.inSync(number, family == AddressFamily.IPV6));
    }

    @Override
    public void close() {
        order(() -> {
            dead = true;
            routes.close(number);
        });
        closed.accept(this);
    }

    @Override
    public void removeAll() {
        order(() -> routes.removeAll(number));
    }

    private boolean take(Runnable change) {
        if (dead) {
            return true; // replaced or closed: nobody wants to hear of it any more
        }
        if (waiting.incrementAndGet() > BLOCKS || !loop.offer(() -> taken(change))) {
            refused.set(true);
            waiting.decrementAndGet();
            if (waiting.get() == 0 && refused.compareAndSet(true, false)) {
                loop.schedule(Duration.ZERO, listener::drained); // the mailbox was full of others' tasks: come back when those are done
            }
            return false;
        }
        return true;
    }

    private void taken(Runnable change) {
        if (!dead) {
            change.run();
            loop.wake();
        }
        if (waiting.decrementAndGet() <= BLOCKS / 4 && refused.compareAndSet(true, false)) {
            listener.drained();
        }
    }

    /** For what cannot be refused: it goes in behind what was offered before (a sweep must not overtake the routes that it would spare). */
    private void order(Runnable change) {
        boolean taken = loop.offer(() -> {
            if (!dead) {
                change.run();
                loop.wake();
            }
        });
        if (!taken) {
            loop.schedule(ORDER_AGAIN, () -> order(change));
        }
    }
}
