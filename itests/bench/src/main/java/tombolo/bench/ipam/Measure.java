package tombolo.bench.ipam;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Calls by several callers for a while.
 *
 * @param perSecond   calls that were answered
 * @param sortedNanos how long each took
 * @param cpuNanos    of this process, for all of them
 */
record Measure(String what, int callers, double perSecond, long[] sortedNanos, long cpuNanos) {
    /** One call. */
    interface Call {
        void run(int caller, long number) throws Exception;
    }

    /** @param most calls of all callers together; 0: no end but the time's */
    static Measure of(String what, int callers, double seconds, long most, Call call) throws InterruptedException {
        long[][] times = new long[callers][];
        List<Thread> threads = new ArrayList<>();
        List<Throwable> problems = new ArrayList<>();
        long cpu = cpu();
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        for (int c = 0; c < callers; c++) {
            int caller = c;
            threads.add(Thread.ofVirtual().start(() -> {
                long[] mine = new long[1 << 10];
                int count = 0;
                try {
                    for (long now = System.nanoTime(); now < end && (most == 0 || count < most / callers);) {
                        call.run(caller, count);
                        long then = System.nanoTime();
                        mine = count == mine.length ? Arrays.copyOf(mine, count * 2) : mine;
                        mine[count++] = then - now;
                        now = then;
                    }
                } catch (Throwable problem) {
                    synchronized (problems) {
                        problems.add(problem);
                    }
                }
                times[caller] = Arrays.copyOf(mine, count);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!problems.isEmpty()) {
            throw new IllegalStateException(what, problems.getFirst());
        }
        double took = (System.nanoTime() - start) / 1e9;
        long[] all = Arrays.stream(times).flatMapToLong(Arrays::stream).sorted().toArray();
        return new Measure(what, callers, all.length / took, all, cpu() - cpu);
    }

    /** On a busy machine this says more than the rate. */
    private static long cpu() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system ? system.getProcessCpuTime() : 0;
    }

    double micros(double quantile) {
        return sortedNanos.length == 0 ? Double.NaN : sortedNanos[(int) Math.min(sortedNanos.length - 1L, (long) (sortedNanos.length * quantile))] / 1000.0;
    }

    /** @param beside what it is compared with */
    String line(Optional<Measure> beside) {
        return String.format("%-58s %9.0f/s  p50 %7.0f us  p99 %8.0f us  cpu %5.0f us%s", what, perSecond, micros(0.5), micros(0.99),
                cpuNanos / 1000.0 / Math.max(1, sortedNanos.length), beside.map(other -> String.format("  rate %.2f, p50 %.2f, p99 %.2f of %s",
                perSecond / other.perSecond, micros(0.5) / other.micros(0.5), micros(0.99) / other.micros(0.99), other.what)).orElse(""));
    }
}
