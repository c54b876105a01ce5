package tombolo.lab;

import java.util.Locale;
import java.util.function.Supplier;

/** Steps as people see them: a line each, with a tick; on a terminal the running step shows as well. */
final class Progress {
    private final boolean terminal = System.console() != null && System.console().isTerminal();

    /** Runs one step. */
    <T> T step(String what, Supplier<T> work) {
        begin(what);
        long start = System.nanoTime();
        T result;
        try {
            result = work.get();
        } catch (RuntimeException problem) {
            end("✗", what, start);
            throw problem;
        }
        end("✓", what + (result instanceof String detail && !detail.isEmpty() ? ": " + detail : ""), start);
        return result;
    }

    void step(String what, Runnable work) {
        step(what, () -> {
            work.run();
            return "";
        });
    }

    void say(String text) {
        System.out.println(text);
    }

    private void begin(String what) {
        if (terminal) {
            System.out.print("… " + what);
            System.out.flush();
        }
    }

    private void end(String mark, String what, long start) {
        // Carriage return, and clear to the end of the line.
        System.out.println((terminal ? "\r\u001b[K" : "") + mark + " " + what + String.format(Locale.ROOT, "  (%.1f s)", (System.nanoTime() - start) / 1e9));
    }
}
