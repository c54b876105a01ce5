package tombolo.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process that runs on its own: in a session of its own, so that neither the end of this JVM nor a Ctrl-C in the terminal ends it.
 *
 * @param name       for people
 * @param pid        process id
 * @param startTicks field 22 of /proc/pid/stat: with the pid, it names a process for good
 */
public record Daemon(String name, long pid, long startTicks) {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int STAT_START_TIME = 22;
    private static final int STAT_UTIME = 14;
    private static final int STAT_STIME = 15;

    /**
     * Starts a program in a namespace; its output goes to {@code log}.
     *
     * @param environment added to our own
     */
    public static Daemon start(String name, Namespace namespace, Path log, Map<String, String> environment, List<String> words) {
        List<String> all = new ArrayList<>(List.of("setsid"));
        all.addAll(namespace.inside(words.toArray(String[]::new)));
        try {
            ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            builder.environment().putAll(environment);
            long pid = builder.start().pid();
            return running(name, pid).orElseThrow(() -> new HarnessException(name + " ended at once: " + tail(log)));
        } catch (IOException problem) {
            throw new HarnessException("cannot start " + name + ": " + problem.getMessage(), problem);
        }
    }

    /** The process that has this pid now, if there is one that is not a zombie. */
    public static Optional<Daemon> running(String name, long pid) {
        return stat(pid).map(fields -> new Daemon(name, pid, Long.parseLong(fields[STAT_START_TIME - 1])));
    }

    public boolean alive() {
        return running(name, pid).filter(this::equals).isPresent();
    }

    /** SIGTERM, and SIGKILL after ten seconds. Does nothing when the process is gone. */
    public void stop() {
        stop(List.of(this));
    }

    /** SIGTERM to all of them at once, and SIGKILL to those that are there after ten seconds. */
    public static void stop(List<Daemon> daemons) {
        daemons.forEach(daemon -> daemon.signal("TERM"));
        if (!Await.holdsWithin(GRACE, () -> daemons.stream().noneMatch(Daemon::alive))) {
            daemons.forEach(Daemon::kill);
        }
    }

    /** SIGKILL. Returns when the process is gone. */
    public void kill() {
        signal("KILL");
        Await.until(GRACE, name + " (pid " + pid + ") gone after SIGKILL", () -> !alive());
    }

    public void signal(String signal) {
        if (alive()) {
            Command.attempt("kill", "-" + signal, Long.toString(pid));
        }
    }

    /** CPU time used so far, user and system, in seconds. */
    public double cpuSeconds() {
        String[] fields = stat(pid).orElseThrow(() -> new HarnessException(name + " (pid " + pid + ") is gone"));
        long ticks = Long.parseLong(fields[STAT_UTIME - 1]) + Long.parseLong(fields[STAT_STIME - 1]);
        return ticks / 100.0; // USER_HZ, which is 100 on every Linux that Java 25 runs on
    }

    /** The largest resident memory so far, in MiB ({@code VmHWM}). */
    public double peakMemoryMebibytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
                }
            }
            throw new HarnessException("no VmHWM for " + name);
        } catch (IOException gone) {
            throw new HarnessException(name + " (pid " + pid + ") is gone", gone);
        }
    }

    /** One line for a pid file; {@link #parse} reads it. */
    public String line() {
        return pid + " " + startTicks + " " + name;
    }

    public static Daemon parse(String line) {
        String[] parts = line.strip().split(" ", 3);
        return new Daemon(parts[2], Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    }

    /** The last lines of a log, for a message. */
    public static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException problem) {
            return "(" + log + " cannot be read: " + problem.getMessage() + ")";
        }
    }

    private static Optional<String[]> stat(long pid) {
        try {
            String text = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The program's name is in brackets and may hold anything: count from the last bracket. Field 3 comes behind it.
            String[] rest = text.substring(text.lastIndexOf(')') + 2).split(" ");
            String[] fields = new String[rest.length + 2];
            fields[0] = Long.toString(pid);
            fields[1] = "";
            System.arraycopy(rest, 0, fields, 2, rest.length);
            return "Z".equals(fields[2]) || "X".equals(fields[2]) ? Optional.empty() : Optional.of(fields);
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
