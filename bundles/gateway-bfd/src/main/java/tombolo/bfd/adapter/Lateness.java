package tombolo.bfd.adapter;

import java.util.concurrent.TimeUnit;

/** How far behind its time the thread woke: at most, ever and lately. Written by one thread, read by any. */
final class Lateness {
    private static final long HALF = TimeUnit.SECONDS.toNanos(30);

    private volatile long ever;
    private volatile long before;
    private volatile long lately;
    private long since;

    void add(long nanos, long now) {
        if (now - since > HALF) {
            before = now - since > 2 * HALF ? 0 : lately;
            lately = 0;
            since = now;
        }
        if (nanos > lately) {
            lately = nanos;
        }
        if (nanos > ever) {
            ever = nanos;
        }
    }

    long everMicros() {
        return ever / 1_000;
    }

    /** Of the last 30 to 60 s. */
    long latelyMicros() {
        return Math.max(before, lately) / 1_000;
    }
}
