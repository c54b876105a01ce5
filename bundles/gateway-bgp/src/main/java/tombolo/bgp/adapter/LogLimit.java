package tombolo.bgp.adapter;

import org.slf4j.Logger;

/** Writes at most so many lines a second, and then how many were left out: a peer that sends nothing but errors must not fill the disk. One thread. */
final class LogLimit {
    private static final int LINES_A_SECOND = 20;
    private static final long SECOND = 1_000_000_000L;

    private final Logger log;
    private long second;
    private int written;
    private long leftOut;

    LogLimit(Logger log) {
        this.log = log;
    }

    void line(String line) {
        roll();
        if (written < LINES_A_SECOND) {
            written++;
            log.warn("{}", line);
        } else {
            leftOut++;
        }
    }

    void flush() {
        roll();
    }

    private void roll() {
        long now = System.nanoTime() / SECOND;
        if (now != second) {
            if (leftOut > 0) {
                log.warn("TMB-BGP-352 {} more lines like these were left out. bgp:peer NAME shows the counters and the latest errors.", leftOut);
            }
            second = now;
            written = 0;
            leftOut = 0;
        }
    }
}
