package tombolo.azure.expressroute.adapter;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that goes round until this is closed. A turn that fails costs itself: what it asks may be a bundle that goes at that moment. */
final class Rounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
    private static final long END_MILLIS = 2_000;

    private final String name;
    private final Operations.Pause pause;
    private final AtomicReference<Optional<Thread>> running = new AtomicReference<>(Optional.empty());
    private volatile boolean closed;

    /** @param name of the thread */
    Rounds(String name, Operations.Pause pause) {
        this.name = name;
        this.pause = pause;
    }

    /** @param turn answers how long to wait behind it; once */
    void start(Supplier<Duration> turn) {
        Thread thread = Thread.ofVirtual().name(name).unstarted(() -> {
            try {
                while (!closed) {
                    pause.of(go(turn));
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // closing
            }
        });
        running.set(Optional.of(thread));
        thread.start();
    }

    private Duration go(Supplier<Duration> turn) {
        try {
            return turn.get();
        } catch (RuntimeException e) {
            LOG.error("TMB-ER-287 a turn of {} failed; the next one begins anew. Report this with gateway:diag.", name, e);
            return AFTER_FAILURE;
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Waits 2 s at most for the turn that is under way. */
    @Override
    public void close() {
        closed = true;
        running.getAndSet(Optional.empty()).ifPresent(thread -> {
            thread.interrupt();
            try {
                thread.join(END_MILLIS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
