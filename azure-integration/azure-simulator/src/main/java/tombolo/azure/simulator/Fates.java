package tombolo.azure.simulator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Pattern;

/** What tests want to go wrong. Any thread. */
final class Fates {
    /** Wishes that wait at once; a test that adds more has lost its way. */
    private static final int LIMIT = 1_000;

    /**
     * How an operation is to go.
     *
     * @param extra beyond the usual time
     */
    record Wish(Operations.Fate fate, String code, String message, Duration extra) {
        static final Wish USUAL = new Wish(Operations.Fate.SUCCEEDS, "", "", Duration.ZERO);
    }

    private static final class Entry<T> {
        private final Pattern pattern;
        private final T what;
        private int times;

        private Entry(Pattern pattern, int times, T what) {
            this.pattern = pattern;
            this.times = times;
            this.what = what;
        }
    }

    private final Deque<Entry<Misfortune>> calls = new ArrayDeque<>();
    private final Deque<Entry<Wish>> operations = new ArrayDeque<>();

    synchronized void call(Pattern pattern, int times, Misfortune what) {
        add(calls, new Entry<>(pattern, times, what));
    }

    synchronized void operation(Pattern pattern, int times, Wish what) {
        add(operations, new Entry<>(pattern, times, what));
    }

    synchronized void clear() {
        calls.clear();
        operations.clear();
    }

    synchronized Optional<Misfortune> forCall(String what) {
        return take(calls, what);
    }

    synchronized Wish forOperation(String what) {
        return take(operations, what).orElse(Wish.USUAL);
    }

    private static <T> void add(Deque<Entry<T>> to, Entry<T> entry) {
        if (to.size() >= LIMIT) {
            throw new IllegalStateException("already " + LIMIT + " faults wait to happen");
        }
        to.add(entry);
    }

    private static <T> Optional<T> take(Deque<Entry<T>> from, String what) {
        for (Entry<T> entry : from) {
            if (entry.pattern.matcher(what).find()) {
                if (--entry.times <= 0) {
                    from.remove(entry);
                }
                return Optional.of(entry.what);
            }
        }
        return Optional.empty();
    }
}
