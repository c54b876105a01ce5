package tombolo.bgp.session.adapter;

import io.netty.channel.EventLoop;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A timer that is moved often and expires rarely: moving the deadline costs a write; the scheduled task looks at it when it runs and goes to sleep again.
 * Event loop only.
 */
final class PeerTimer {
    private final EventLoop loop;
    private final Runnable expired;
    private @Nullable ScheduledFuture<?> scheduled;
    private long wakesAt;
    private long deadline;
    private long period;
    private long frozenNanos = -1;
    private boolean running;

    PeerTimer(EventLoop loop, Runnable expired) {
        this.loop = loop;
        this.expired = expired;
    }

    void start(long millis) {
        period = TimeUnit.MILLISECONDS.toNanos(millis);
        running = true;
        if (frozenNanos >= 0) {
            frozenNanos = period;
            return;
        }
        deadline = System.nanoTime() + period;
        arm();
    }

    /** Begins the same period anew, where it runs. */
    void again() {
        if (running) {
            deadline = System.nanoTime() + period;
        }
    }

    void stop() {
        running = false;
        frozenNanos = -1;
        cancel();
    }

    /** Stands still until {@link #thaw}. */
    void freeze() {
        if (frozenNanos < 0) {
            frozenNanos = running ? Math.max(0, deadline - System.nanoTime()) : 0;
            cancel();
        }
    }

    void thaw() {
        if (frozenNanos >= 0) {
            // at least a second, so that what waits in the socket is read before the timer is asked
            deadline = System.nanoTime() + Math.max(frozenNanos, TimeUnit.SECONDS.toNanos(1));
            frozenNanos = -1;
            if (running) {
                arm();
            }
        }
    }

    /** Milliseconds until it expires; -1 where it does not run. */
    long remainingMillis() {
        return running && frozenNanos < 0 ? Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())) : -1;
    }

    private void arm() {
        if (scheduled != null && wakesAt - deadline <= 0) {
            return;
        }
        cancel();
        wakesAt = deadline;
        scheduled = loop.schedule(this::wake, Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void cancel() {
        if (scheduled != null) {
            scheduled.cancel(false);
            scheduled = null;
        }
    }

    private void wake() {
        scheduled = null;
        if (!running || frozenNanos >= 0) {
            return;
        }
        if (deadline - System.nanoTime() > 0) {
            arm();
            return;
        }
        running = false;
        expired.run();
    }
}
