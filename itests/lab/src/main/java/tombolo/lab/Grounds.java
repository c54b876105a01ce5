package tombolo.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tombolo.harness.Daemon;
import tombolo.harness.HarnessException;
import tombolo.harness.Namespace;
import tombolo.harness.Packages;
import tombolo.harness.RunFiles;
import tombolo.harness.Turn;

/** What a laboratory stands on: its namespaces' prefix and its turn to use them, its folder, and the processes that it has started. */
final class Grounds {
    private static final Duration TURN = Duration.ofMinutes(15);

    private final String prefix;
    private final Path folder;
    private final Progress progress;
    private final List<Daemon> daemons = new ArrayList<>();

    /** @param folder for its files; removed by {@link #clear} */
    Grounds(String prefix, Path folder, Progress progress) {
        this.prefix = prefix;
        this.folder = folder;
        this.progress = progress;
    }

    Path folder() {
        return folder;
    }

    /** Names what is missing before anything is changed, and installs packages. @param command as an operator types it */
    void preconditions(String command, List<String> packages) {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new HarnessException("needs root, for network namespaces. Nothing was changed. Run: sudo " + command);
        }
        List<String> missing = Packages.missing(packages);
        if (!missing.isEmpty()) {
            Packages.precondition(missing).ifPresent(problem -> {
                throw new HarnessException(problem + " Nothing was changed.");
            });
            progress.step("packages installed, with their services off: " + String.join(" ", missing), () -> Packages.install(missing));
        }
    }

    /** The namespaces have fixed names: a laboratory that another checkout is building is not taken from under it. */
    void inTurn(Runnable work) {
        Turn turn = Turn.take(prefix, TURN, () -> progress.say("another laboratory is being built or removed on this machine; waiting (at most " + TURN.toMinutes() + " minutes)"));
        try {
            work.run();
        } finally {
            turn.close();
        }
    }

    /** Remembers processes in the folder, so that they are found after this JVM's end. */
    void noted(List<Daemon> started) {
        daemons.addAll(started);
        RunFiles.write(folder.resolve("pids"), String.join("\n", daemons.stream().map(Daemon::line).toList()) + "\n");
    }

    /** What an earlier run has noted. */
    List<Daemon> started() {
        Path file = folder.resolve("pids");
        return Files.exists(file) ? RunFiles.read(file).lines().filter(line -> !line.isBlank()).map(Daemon::parse).toList() : List.of();
    }

    /** Ends the processes, and removes namespaces and files; returns what there was. */
    String clear() {
        started().forEach(daemon -> daemon.signal("TERM"));
        started().forEach(Daemon::stop);
        List<String> removed = Namespace.removeAll(prefix);
        RunFiles.removeAll(prefix);
        RunFiles.delete(folder);
        daemons.clear();
        return removed.isEmpty() ? "nothing" : removed.size() + " namespaces";
    }
}
