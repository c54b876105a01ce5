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
    /** Flows run this long; the cut comes once the primary link carries them, after a second or two. */
    private static final int SECONDS = 7;
    /** About a second of the half of the flows that takes the primary link. */
    private static final long ENOUGH = 1_000;
    private static final java.util.regex.Pattern TRANSMITTED = java.util.regex.Pattern.compile("TX:[^\\n]*\\n\\s*\\d+\\s+(\\d+)");

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

    /**
     * What a cut did to one direction.
     *
     * @param flows         how many there were
     * @param silent        flows of which nothing ever arrived
     * @param hit           flows that lost packets
     * @param primary       packets that left over the primary link before the cut
     * @param longestMillis the longest outage of one flow; a multiple of the sending interval, so 0 is "less than that"
     */
    record Direction(String name, int flows, int silent, int hit, long primary, int lost, int sent, int longestMillis) {
        @Override
        public String toString() {
            return String.format("%s: %d packets over the primary link before the cut; then %d of about %d lost (%.2f %%) on %d of %d flows, longest outage %s",
                name, primary, lost, sent, 100.0 * lost / Math.max(1, sent), hit, flows, longestMillis == 0 ? "under " + Probe.INTERVAL_MILLIS + " ms" : longestMillis + " ms");
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
        // Before the cut, the primary link carries packets of both directions: otherwise nothing would be shown.
        long out = sent(Topology.GATEWAY);
        long in = sent(Topology.MSEE_A);
        long[] primary = new long[2];
        Await.until(Duration.ofSeconds(SECONDS), () -> "at least " + ENOUGH + " packets of each direction over the primary link; seen: " + primary[0] + " and " + primary[1], () -> {
            primary[0] = sent(Topology.GATEWAY) - out;
            primary[1] = sent(Topology.MSEE_A) - in;
            return primary[0] >= ENOUGH && primary[1] >= ENOUGH;
        });
        cut.run();
        Await.until(Duration.ofSeconds(SECONDS + 15), "the flows ended", () -> !host.alive() && !vnet.alive());
        return List.of(summary("host1 → vnet", atVnet, primary[0]), summary("vnet → host1", atHost, primary[1]));
    }

    /** Packets that this end of the primary link has sent so far. */
    private static long sent(Namespace end) {
        String text = end.ip("-s", "link", "show", "dev", Topology.tagged("a", 100));
        java.util.regex.Matcher matcher = TRANSMITTED.matcher(text);
        if (!matcher.find()) {
            throw new HarnessException("no counters of the primary link in " + end.name() + ": " + text);
        }
        return Long.parseLong(matcher.group(1));
    }

    private Daemon start(Namespace namespace, Path log, List<String> pairs) {
        List<String> words = new ArrayList<>(probe("flows", Integer.toString(SECONDS)));
        words.addAll(pairs);
        return Daemon.start("flows in " + namespace.name(), namespace, log, Map.of(), words);
    }

    private static Direction summary(String name, Path log, long primary) {
        List<Outage> outages = RunFiles.read(log).lines().filter(line -> line.startsWith("flow ")).map(line -> Outage.parse(line.split(" ", 3)[2])).toList();
        if (outages.size() != Topology.pairs().size()) {
            throw new HarnessException("the flows at the receiver of " + name + " did not run: " + Daemon.tail(log));
        }
        int lost = outages.stream().mapToInt(Outage::lost).sum();
        int received = outages.stream().mapToInt(Outage::received).sum();
        return new Direction(name, outages.size(), (int) outages.stream().filter(outage -> outage.received() == 0).count(),
            (int) outages.stream().filter(outage -> outage.lost() > 0).count(), primary, lost, lost + received,
            outages.stream().mapToInt(Outage::longestMillis).max().orElse(0));
    }

    private static List<String> probe(String... words) {
        List<String> all = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Probe.class.getName()));
        all.addAll(List.of(words));
        return all;
    }
}
