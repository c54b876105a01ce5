package tombolo.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A GoBGP daemon in a namespace. It keeps its routes to itself: nothing goes to the kernel. */
public final class GoBgp {
    private final Namespace namespace;
    private final Daemon daemon;

    private GoBgp(Namespace namespace, Daemon daemon) {
        this.namespace = namespace;
        this.daemon = daemon;
    }

    /** Starts gobgpd on {@code configuration} (TOML) and returns when it answers. */
    public static GoBgp start(Namespace namespace, String configuration) {
        Path folder = RunFiles.folder(namespace, "gobgp");
        RunFiles.write(folder.resolve("gobgpd.toml"), configuration);
        Path log = folder.resolve("gobgpd.out");
        Daemon daemon = Daemon.start("gobgpd in " + namespace.name(), namespace, log, Map.of(),
            List.of("gobgpd", "-t", "toml", "-f", folder.resolve("gobgpd.toml").toString(), "--api-hosts", "127.0.0.1:50051", "--pprof-disable"));
        GoBgp gobgp = new GoBgp(namespace, daemon);
        Await.until(Duration.ofSeconds(15), () -> "gobgpd in " + namespace.name() + " answers; its output: " + Daemon.tail(log), () -> {
            if (!daemon.alive()) {
                throw new HarnessException("gobgpd in " + namespace.name() + " ended: " + Daemon.tail(log));
            }
            return gobgp.attempt("global").ok();
        });
        return gobgp;
    }

    public Daemon daemon() {
        return daemon;
    }

    /** {@code gobgp <words>}. */
    public String ask(String... words) {
        Command.Result result = attempt(words);
        if (!result.ok()) {
            throw new HarnessException("gobgp " + String.join(" ", words) + ": " + result.output().strip());
        }
        return result.output();
    }

    private Command.Result attempt(String... words) {
        List<String> all = new ArrayList<>(List.of("gobgp"));
        all.addAll(List.of(words));
        return namespace.attempt(all.toArray(String[]::new));
    }

    public boolean established(String neighbor) {
        return attempt("neighbor", neighbor).output().contains("BGP state = ESTABLISHED");
    }

    public void awaitEstablished(String neighbor, Duration limit) {
        Await.until(limit, () -> "neighbor " + neighbor + " established; seen: " + attempt("neighbor").output(), () -> established(neighbor));
    }

    public void stop() {
        daemon.stop();
    }
}
