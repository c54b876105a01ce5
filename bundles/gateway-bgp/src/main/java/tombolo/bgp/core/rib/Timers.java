package tombolo.bgp.core.rib;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** What is to be done later, by the time that the caller passes in: the core has no clock. */
final class Timers {
    private record Timer(long dueNanos, Runnable task) { }

    private final PriorityQueue<Timer> pending = new PriorityQueue<>(Comparator.comparingLong(Timer::dueNanos));
    private long nowNanos;

    long nowNanos() {
        return nowNanos;
    }

    void after(long nanos, Runnable task) {
        pending.add(new Timer(nowNanos + nanos, task));
    }

    /** Moves the time on and runs what is due. */
    void advance(long nanos) {
        nowNanos = nanos;
        List<Runnable> due = new ArrayList<>();
        while (!pending.isEmpty() && pending.peek().dueNanos <= nanos) {
            due.add(pending.poll().task);
        }
        due.forEach(Runnable::run);
    }

    /** When the next one is due; Long.MAX_VALUE: none. */
    long nextNanos() {
        Timer next = pending.peek();
        return next == null ? Long.MAX_VALUE : next.dueNanos;
    }
}
