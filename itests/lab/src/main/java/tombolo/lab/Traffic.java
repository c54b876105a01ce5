package tombolo.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tombolo.harness.Await;
import tombolo.harness.Command;
import tombolo.harness.Daemon;
import tombolo.harness.HarnessException;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;

/** Packets between the two hosts. */
final class Traffic {
    private final Path folder;

    /** @param folder for the probes' output */
    Traffic(Path folder) {
        this.folder = folder;
    }

    /** Ten pings from one address to another; returns the summary line of {@code ping}, or throws when one is lost. */
    String ping(Namespace from, String source, String target) {
        Command.Result result = from.attempt("ping", "-n", "-q", "-c", "10", "-i", "0.1", "-W", "2", "-I", source, target);
        if (!result.ok() || !result.output().contains(" 0% packet loss")) {
            throw new HarnessException("ping from " + from.name() + " (" + source + ") to " + target + ": " + result.output().strip());
        }
        String times = result.output().lines().filter(line -> line.startsWith("rtt")).findFirst().orElse("").replaceAll(".*= [^/]*/([^/]*)/.*", "$1");
        return "10 of 10, " + times + " ms";
    }

    /** Starts a TCP server that answers on every address of the namespace. */
    Daemon serve(Namespace namespace) {
        Path log = folder.resolve("serve-" + namespace.name() + ".log");
        Daemon server = Daemon.start("probe in " + namespace.name(), namespace, log, Map.of(), probe("serve"));
        Await.until(Duration.ofSeconds(10), () -> "TCP server in " + namespace.name() + ": " + Daemon.tail(log), () -> RunFiles.read(log).contains("listening"));
        return server;
    }

    /** Sends 4 MiB by TCP from one address to another's server; returns what the probe says. */
    String send(Namespace from, String source, String target) {
        Command.Result result = from.attempt(probe("send", source, target).toArray(String[]::new));
        if (!result.ok()) {
            throw new HarnessException("TCP from " + from.name() + " (" + source + ") to " + target + ": " + result.output().strip());
        }
        return result.output().strip();
    }

    static List<String> probe(String... words) {
        List<String> all = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Probe.class.getName()));
        all.addAll(List.of(words));
        return all;
    }
}
