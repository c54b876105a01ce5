package tombolo.lab;

/**
 * What became of a numbered flow. The time before the first packet that arrived does not count: the other side was not there yet.
 *
 * @param received     how many arrived
 * @param lost         how many did not, between the first and the last that did
 * @param longestNanos the longest time in which packets were lost: from the sending of the last that arrived to the sending of the next that did
 * @param last         the number of the last that arrived; -1: none did
 * @param lastNanos    when that one was sent
 */
record Outage(int received, int lost, long longestNanos, int last, long lastNanos) {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** @param sentNanos when each packet was sent, on the sender's clock, by its number; 0 for one that did not arrive */
    static Outage of(long[] sentNanos) {
        int received = 0;
        int lost = 0;
        long longest = 0;
        int last = -1;
        for (int number = 0; number < sentNanos.length; number++) {
            if (sentNanos[number] == 0) {
                continue;
            }
            received++;
            if (last >= 0 && number - last > 1) {
                lost += number - last - 1;
                longest = Math.max(longest, sentNanos[number] - sentNanos[last]);
            }
            last = number;
        }
        return new Outage(received, lost, longest, last, last < 0 ? 0 : sentNanos[last]);
    }

    /**
     * With the end of the flow, which only its sender knows.
     *
     * @param sent     how many it sent
     * @param endNanos when it sent the last
     */
    Outage until(int sent, long endNanos) {
        int missing = sent - 1 - last;
        return received == 0 || missing <= 0 ? this : new Outage(received, lost + missing, Math.max(longestNanos, endNanos - lastNanos), last, lastNanos);
    }

    static Outage parse(String text) {
        String[] words = text.split(" ");
        return new Outage(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Long.parseLong(words[2]), Integer.parseInt(words[3]), Long.parseLong(words[4]));
    }

    /** Rounded up. */
    int longestMillis() {
        return (int) ((longestNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    }

    @Override
    public String toString() {
        return received + " " + lost + " " + longestNanos + " " + last + " " + lastNanos;
    }
}
