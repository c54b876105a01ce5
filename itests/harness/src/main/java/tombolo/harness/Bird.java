package tombolo.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A BIRD 2 in a namespace. */
public final class Bird {
    private final Namespace namespace;
    private final Path folder;
    private final Daemon daemon;

    private Bird(Namespace namespace, Path folder, Daemon daemon) {
        this.namespace = namespace;
        this.folder = folder;
        this.daemon = daemon;
    }

    /** Starts BIRD on {@code configuration} (the text of a bird.conf) and returns when it answers. */
    public static Bird start(Namespace namespace, String configuration) {
        Path folder = RunFiles.folder(namespace, "bird");
        RunFiles.write(folder.resolve("bird.conf"), configuration);
        Path log = folder.resolve("bird.out");
        Daemon daemon = Daemon.start("bird in " + namespace.name(), namespace, log, Map.of(),
            List.of("bird", "-f", "-c", folder.resolve("bird.conf").toString(), "-s", folder.resolve("bird.ctl").toString()));
        Bird bird = new Bird(namespace, folder, daemon);
        Await.until(Duration.ofSeconds(10), () -> "bird in " + namespace.name() + " answers; its output: " + Daemon.tail(log), () -> {
            if (!daemon.alive()) {
                throw new HarnessException("bird in " + namespace.name() + " ended: " + Daemon.tail(log));
            }
            return bird.attempt("show", "status").ok();
        });
        return bird;
    }

    /** Where the daemon of an earlier JVM is to be asked. */
    public static Bird attached(Namespace namespace, Daemon daemon) {
        return new Bird(namespace, RunFiles.BASE.resolve(namespace.name()).resolve("bird"), daemon);
    }

    public Daemon daemon() {
        return daemon;
    }

    /** {@code birdc <words>}: the answer without its greeting. */
    public String ask(String... words) {
        Command.Result result = attempt(words);
        if (!result.ok()) {
            throw new HarnessException("birdc " + String.join(" ", words) + " in " + namespace.name() + ": " + result.output().strip());
        }
        return result.output();
    }

    private Command.Result attempt(String... words) {
        List<String> all = new java.util.ArrayList<>(List.of("birdc", "-s", folder.resolve("bird.ctl").toString()));
        all.addAll(List.of(words));
        return Command.attempt(all);
    }

    /** What it has written so far: every error of a session has its line, which a later one does not take away. */
    public String log() {
        return RunFiles.read(folder.resolve("bird.out"));
    }

    /** Replaces the configuration; sessions that it does not concern stay up. */
    public void reconfigure(String configuration) {
        RunFiles.write(folder.resolve("bird.conf"), configuration);
        String answer = ask("configure");
        if (!answer.contains("Reconfigur")) {
            throw new HarnessException("bird in " + namespace.name() + " refused its configuration: " + answer);
        }
    }

    public boolean established(String protocol) {
        return attempt("show", "protocols", protocol).output().contains("Established");
    }

    public void awaitEstablished(String protocol, Duration limit) {
        Await.until(limit, () -> "protocol " + protocol + " established in " + namespace.name() + "; seen: " + ask("show", "protocols", "all", protocol),
            () -> established(protocol));
    }

    private static final Pattern COUNT = Pattern.compile("(\\d+) of (\\d+) routes");

    /**
     * How many routes a protocol has brought in.
     *
     * @param table master4 or master6
     */
    public int routesFrom(String table, String protocol) {
        Matcher matcher = COUNT.matcher(ask("show", "route", "table", table, "protocol", protocol, "count"));
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    /** {@code show route for PREFIX all}; empty when there is none. */
    public String route(String prefix) {
        Command.Result result = attempt("show", "route", prefix, "all");
        return result.output().contains("Network not found") ? "" : result.output();
    }

    public void stop() {
        daemon.stop();
    }
}
