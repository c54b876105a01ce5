package tombolo.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tombolo.harness.Await;
import tombolo.harness.Daemon;
import tombolo.harness.HarnessException;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;

/** Numbered datagrams between the two hosts, 16 flows in each direction, 200 packets a second on each, from {@link #start} to {@link #end}. */
final class Flows {
    /** About a second of one flow in three of a direction. */
    private static final long ENOUGH = 1_000;
    /** Two processes that start, or that the machine gives no time: seconds at most. */
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Between two looks at a link that is to be quiet. */
    private static final Duration WINDOW = Duration.ofMillis(400);
    /** Packets a second that are no flows': BGP and BFD of two families, both ways, with room. One flow of one direction has 200. */
    private static final double KEEPALIVES = 60;
    private static final Pattern PACKETS = Pattern.compile("[RT]X:[^\\n]*\\n\\s*\\d+\\s+(\\d+)");

    /** Where the two ends are. @param pairs {@code host=vnet} of addresses */
    record Ends(Namespace host, Namespace vnet, List<String> pairs) { }

    private final Path folder;
    private final Path end;
    private final Ends ends;
    private final Daemon host;
    private final Daemon vnet;

    private Flows(Path folder, Path end, Ends ends, Daemon host, Daemon vnet) {
        this.folder = folder;
        this.end = end;
        this.ends = ends;
        this.host = host;
        this.vnet = vnet;
    }

    /** @param folder for the probes' output */
    static Flows start(Path folder, Ends ends) {
        Path end = folder.resolve("flows-end");
        RunFiles.delete(end);
        List<String> back = ends.pairs().stream().map(pair -> pair.substring(pair.indexOf('=') + 1) + "=" + pair.substring(0, pair.indexOf('='))).toList();
        return new Flows(folder, end, ends, probe(ends.host(), folder, end, ends.pairs()), probe(ends.vnet(), folder, end, back));
    }

    private static Daemon probe(Namespace namespace, Path folder, Path end, List<String> pairs) {
        List<String> words = new ArrayList<>(Traffic.probe("flows", end.toString()));
        words.addAll(pairs);
        return Daemon.start("flows in " + namespace.name(), namespace, log(folder, namespace), Map.of(), words);
    }

    private static Path log(Path folder, Namespace namespace) {
        return folder.resolve("flows-" + namespace.name() + ".log");
    }

    /** Packets that a link has carried so far. */
    record Carried(long in, long out) {
        static Carried by(Namespace namespace, String link) {
            String text = namespace.ip("-s", "link", "show", "dev", link);
            List<Long> counts = PACKETS.matcher(text).results().map(found -> Long.parseLong(found.group(1))).toList();
            if (counts.size() != 2) {
                throw new HarnessException("no counters of " + link + " in " + namespace.name() + ": " + text);
            }
            return new Carried(counts.get(0), counts.get(1));
        }
    }

    /** Returns once this link has carried about a second of flows in each direction. */
    Carried awaitOn(Namespace namespace, String link) {
        Carried before = Carried.by(namespace, link);
        Carried[] now = {new Carried(0, 0)};
        Await.until(LIMIT, () -> ENOUGH + " packets of each direction over " + link + " in " + namespace.name() + "; seen: " + now[0] + trouble(), () -> {
            Carried seen = Carried.by(namespace, link);
            now[0] = new Carried(seen.in() - before.in(), seen.out() - before.out());
            return now[0].in() >= ENOUGH && now[0].out() >= ENOUGH || !host.alive() || !vnet.alive();
        });
        if (!host.alive() || !vnet.alive()) {
            throw new HarnessException("the flows ended early:" + trouble());
        }
        return now[0];
    }

    private String trouble() {
        return "\n" + Daemon.tail(log(folder, ends.host())) + "\n" + Daemon.tail(log(folder, ends.vnet()));
    }

    /**
     * What became of one direction.
     *
     * @param flows         how many there were
     * @param silent        flows of which nothing ever arrived
     * @param hit           flows that lost packets
     * @param longestMillis the longest outage of one flow
     */
    record Direction(String name, int flows, int silent, int hit, int lost, int sent, int longestMillis) {
        @Override
        public String toString() {
            return String.format("%s: %d of %d packets lost (%.2f %%) on %d of %d flows%s", name, lost, sent, 100.0 * lost / Math.max(1, sent), hit, flows,
                lost == 0 ? "" : ", longest outage " + longestMillis + " ms");
        }
    }

    /** Returns once this link carries none of the flows any more, for two looks running: keepalives alone are far fewer. */
    void awaitOff(Namespace namespace, String link) {
        long[] before = {Long.MIN_VALUE, System.nanoTime(), 0};
        Await.until(LIMIT, () -> "no packets of the flows over " + link + " in " + namespace.name() + trouble(), () -> {
            long now = System.nanoTime();
            if (now - before[1] < WINDOW.toNanos()) {
                return false;
            }
            Carried seen = Carried.by(namespace, link);
            double perSecond = before[0] == Long.MIN_VALUE ? Double.MAX_VALUE : (seen.in() + seen.out() - before[0]) * 1e9 / (now - before[1]);
            before[0] = seen.in() + seen.out();
            before[1] = now;
            before[2] = perSecond < KEEPALIVES ? before[2] + 1 : 0;
            return before[2] >= 2;
        });
    }

    /** Ends the flows on both sides. */
    List<Direction> end() {
        RunFiles.write(end, "");
        Await.until(LIMIT, "the flows ended", () -> !host.alive() && !vnet.alive());
        return List.of(summary("host → vnet", ends.host(), ends.vnet()), summary("vnet → host", ends.vnet(), ends.host()));
    }

    /** What one side received, to the end of what the other sent. */
    private Direction summary(String name, Namespace sender, Namespace receiver) {
        Matcher sent = Pattern.compile("(?m)^sent (\\d+) (-?\\d+)$").matcher(RunFiles.read(log(folder, sender)));
        if (!sent.find()) {
            throw new HarnessException("the flows from " + sender.name() + " did not run: " + Daemon.tail(log(folder, sender)));
        }
        int packets = Integer.parseInt(sent.group(1));
        List<Outage> outages = RunFiles.read(log(folder, receiver)).lines().filter(line -> line.startsWith("flow "))
            .map(line -> Outage.parse(line.split(" ", 3)[2]).until(packets, Long.parseLong(sent.group(2)))).toList();
        if (outages.size() != ends.pairs().size()) {
            throw new HarnessException("the flows to " + receiver.name() + " did not run: " + Daemon.tail(log(folder, receiver)));
        }
        int lost = outages.stream().mapToInt(Outage::lost).sum();
        return new Direction(name, outages.size(), (int) outages.stream().filter(outage -> outage.received() == 0).count(),
            (int) outages.stream().filter(outage -> outage.lost() > 0).count(), lost, lost + outages.stream().mapToInt(Outage::received).sum(),
            outages.stream().mapToInt(Outage::longestMillis).max().orElse(0));
    }
}
