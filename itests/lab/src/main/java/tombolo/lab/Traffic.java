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
    /** Flows run this long; the cut comes after the second. */
    private static final int SECONDS = 7;

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

    /** What a cut did, per direction. @param moved flows that lost packets; @param longestMillis the longest outage of one flow */
    record Direction(String name, int flows, int moved, int lost, int sent, int longestMillis, int silent) {
        @Override
        public String toString() {
            return String.format("%s: %d of %d flows had to move, %d of about %d packets lost (%.2f %%), longest outage %d ms",
                name, moved, flows, lost, sent, 100.0 * lost / Math.max(1, sent), longestMillis);
        }
    }

    /** Runs the flows in both directions, and {@code cut} meanwhile. */
    List<Direction> during(Runnable cut) {
        List<String> pairs = Topology.pairs();
        List<String> back = pairs.stream().map(pair -> pair.substring(pair.indexOf('=') + 1) + "=" + pair.substring(0, pair.indexOf('='))).toList();
        Path atHost = folder.resolve("flows-host.log");
        Path atVnet = folder.resolve("flows-vnet.log");
        Daemon host = start(Topology.HOST, atHost, pairs);
        Daemon vnet = start(Topology.VNET, atVnet, back);
        long start = System.nanoTime();
        // Both JVMs are up and sending before the cut: packets in both directions are the condition, not a time.
        Await.until(Duration.ofSeconds(10), "flows running", () -> System.nanoTime() - start > Duration.ofMillis(2500).toNanos());
        cut.run();
        Await.until(Duration.ofSeconds(SECONDS + 15), "the flows ended", () -> !host.alive() && !vnet.alive());
        return List.of(summary("host1 → vnet", atVnet), summary("vnet → host1", atHost));
    }

    private Daemon start(Namespace namespace, Path log, List<String> pairs) {
        List<String> words = new ArrayList<>(probe("flows", Integer.toString(SECONDS)));
        words.addAll(pairs);
        return Daemon.start("flows in " + namespace.name(), namespace, log, Map.of(), words);
    }

    private static Direction summary(String name, Path log) {
        List<Outage> outages = RunFiles.read(log).lines().filter(line -> line.startsWith("flow ")).map(line -> Outage.parse(line.split(" ", 3)[2])).toList();
        if (outages.size() != Topology.pairs().size()) {
            throw new HarnessException("the flows at the receiver of " + name + " did not run: " + Daemon.tail(log));
        }
        int lost = outages.stream().mapToInt(Outage::lost).sum();
        int received = outages.stream().mapToInt(Outage::received).sum();
        return new Direction(name, outages.size(), (int) outages.stream().filter(outage -> outage.lost() > 0).count(), lost, lost + received,
            outages.stream().mapToInt(Outage::longestMillis).max().orElse(0), (int) outages.stream().filter(outage -> outage.received() == 0).count());
    }

    private static List<String> probe(String... words) {
        List<String> all = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Probe.class.getName()));
        all.addAll(List.of(words));
        return all;
    }
}
