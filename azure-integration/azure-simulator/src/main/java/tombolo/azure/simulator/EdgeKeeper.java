package tombolo.azure.simulator;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tombolo.azure.simulator.edge.Edge;
import tombolo.azure.simulator.edge.EdgeWish;

/** Keeps the edge as ARM says, a little behind it, as the real one is. One thread of its own, which also brings operations to their end that nobody polls. */
final class EdgeKeeper implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(100);
    /** After a failure: the edge's programs may need a moment. */
    private static final Duration AGAIN = Duration.ofSeconds(2);

    private final World world;
    private final Edge edge;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("simulator-edge").factory());
    private EdgeWish done = EdgeWish.NOTHING;
    private Optional<String> problem = Optional.empty();
    private long notBefore = System.nanoTime();

    EdgeKeeper(World world, Edge edge) {
        this.world = world;
        this.edge = edge;
        thread.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        EdgeWish wish;
        try {
            wish = world.locked(world::edgeWish);
        } catch (RuntimeException fault) {
            note(done, Optional.of("the wish cannot be told: " + fault));
            return;
        }
        if (wish.equals(done) && problem.isEmpty() || System.nanoTime() - notBefore < 0) {
            return;
        }
        try {
            edge.apply(wish);
            note(wish, Optional.empty());
        } catch (RuntimeException fault) {
            notBefore = System.nanoTime() + AGAIN.toNanos();
            note(done, Optional.of(String.valueOf(fault.getMessage())));
        }
    }

    private void note(EdgeWish wish, Optional<String> what) {
        lock.lock();
        try {
            done = wish;
            problem = what;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    Optional<String> problem() {
        lock.lock();
        try {
            return problem;
        } finally {
            lock.unlock();
        }
    }

    void await(Duration limit) {
        EdgeWish wanted = world.locked(world::edgeWish);
        long left = limit.toNanos();
        lock.lock();
        try {
            while (!done.equals(wanted)) {
                if (left <= 0) {
                    throw new IllegalStateException("the edge has not become as ARM says within " + limit + problem.map(text -> ": " + text).orElse(""));
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the edge", interrupted);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(30, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
        edge.close();
    }
}
