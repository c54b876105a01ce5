package tombolo.azure.arm.adapter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A monotonic clock that moves where somebody waits and nowhere else, and a wall clock that a test can set wrong. */
final class FakeTime implements Time {
    final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
    private long jumped;
    private Duration skew = Duration.ZERO;

    @Override
    public synchronized long nanos() {
        return 1_000_000_000_000L + jumped;
    }

    @Override
    public synchronized Instant now() {
        return Instant.now().plusNanos(jumped).plus(skew);
    }

    @Override
    public boolean pause(Duration length) {
        pauses.add(length);
        jump(length);
        return true;
    }

    synchronized void jump(Duration length) {
        jumped += length.toNanos();
    }

    /** The wall clock is wrong by this. */
    synchronized void skew(Duration wrong) {
        skew = wrong;
    }
}
