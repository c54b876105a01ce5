package tombolo.bench.cni;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tombolo.bench.cni.Runner.Call;
import tombolo.harness.Await;
import tombolo.harness.Command;
import tombolo.harness.GatewayNode;
import tombolo.harness.HarnessException;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;

/**
 * Many containers come and go, and the node stays as it was: what it holds after the last round is what it held after the first ones, and nothing of a container is
 * left in the kernel, in the node or in the datastore.
 */
final class Churn {
    /** The node is warm after a quarter of the rounds: what grows from there on grows for ever. */
    private static final int QUARTERS = 4;
    private static final double GROWTH = 1.10;
    private static final long LIVE_SLACK_KIBIBYTES = 4 << 10;
    /** Threads and descriptors of pools come and go. */
    private static final long SLACK = 24;
    private static final Duration SETTLED = Duration.ofSeconds(60);
    private static final Pattern USED = Pattern.compile("(?:DefNew|Tenured) total \\d+K, used (\\d+)K \\[0x([0-9a-f]+), 0x[0-9a-f]+, 0x([0-9a-f]+)\\)");
    private static final Pattern MAPPING = Pattern.compile("^([0-9a-f]+)-([0-9a-f]+) ");

    private final GatewayNode node;
    private final Namespace host;
    private final List<Sample> samples = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    /**
     * What the node holds between two rounds.
     *
     * @param outside resident MiB outside the heap: classes, code, threads, buffers. The heap's own pages say nothing: they stay resident once touched, up to -Xmx
     * @param live kibibytes of the heap after a full collection
     */
    private record Sample(int round, long residentMebibytes, long outside, long live, long threads, long descriptors, long data) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "| %d | %d | %d | %.1f | %d | %d | %.1f |", round, residentMebibytes, outside, live / 1024.0, threads, descriptors, data / 1048576.0);
        }
    }

    Churn(GatewayNode node, Namespace host) {
        this.node = node;
        this.host = host;
    }

    /** One round: all added, all deleted. */
    interface Round {
        List<Call> run(String command);
    }

    /** Answers what is to be reported; {@link #faults} what is wrong. */
    String run(int containers, int rounds, int parallel, Round round) {
        long start = System.nanoTime();
        double cpu = node.daemon().cpuSeconds();
        List<Double> adds = new ArrayList<>();
        List<Double> deletes = new ArrayList<>();
        int every = Math.max(1, rounds / QUARTERS);
        for (int i = 1; i <= rounds; i++) {
            adds.add(Runner.rate(round.run("ADD")));
            if (i == 1 || i == rounds) {
                there(containers);
            }
            deletes.add(Runner.rate(round.run("DEL")));
            if (i % every == 0 || i == rounds) {
                samples.add(sample(i));
                System.out.println("after round " + i + " of " + rounds + ": " + samples.getLast());
            }
        }
        nothingLeft();
        grown("memory of live objects", "KiB", Sample::live, LIVE_SLACK_KIBIBYTES);
        grown("resident memory outside the heap", "MiB", Sample::outside, 0);
        grown("threads", "", Sample::threads, SLACK);
        grown("open files", "", Sample::descriptors, SLACK);
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%d containers added and deleted %d times, %d at once, in %.0f s (%.0f ADD/s and %.0f DEL/s in the middle round; %.1f ms of the "
                + "node's CPU for a pair). Peak of the resident memory: %.0f MiB.%n%n", containers, rounds, parallel, (System.nanoTime() - start) / 1e9, middle(adds), middle(deletes),
                (node.daemon().cpuSeconds() - cpu) * 1_000 / (containers * (double) rounds), node.daemon().peakMemoryMebibytes()));
        text.append("| after round | resident MiB | of it outside the heap | live objects MiB | threads | open files | record and datastore MiB |\n|---|---|---|---|---|---|---|\n");
        samples.forEach(sample -> text.append(sample).append('\n'));
        text.append('\n').append(faults.isEmpty() ? "Memory is flat, and no interface, route, neighbour, endpoint, resource, rule or held address is left." : "WRONG: " + String.join("; ", faults)).append('\n');
        return text.toString();
    }

    List<String> faults() {
        return List.copyOf(faults);
    }

    private void there(int containers) {
        int endpoints = node.json("endpoint:list").size();
        if (endpoints != containers) {
            faults.add(endpoints + " endpoints after " + containers + " ADDs");
        }
    }

    private void nothingLeft() {
        for (Left left : List.of(new Left("interfaces", () -> lines(host.ip("-o", "link"), "cali")), new Left("routes", () -> lines(host.ip("route"), "cali")),
                new Left("neighbours", () -> lines(host.ip("neigh"), "cali")), new Left("endpoints", () -> node.json("endpoint:list").size()),
                new Left("WorkloadEndpoints", () -> node.ask("resource:get workloadendpoints --all-namespaces -o yaml").lines().filter(line -> line.strip().endsWith("kind: WorkloadEndpoint")).count()),
                new Left("elements of the packet filter", () -> elements(Command.attempt("ip", "netns", "exec", host.name(), "nft", "list", "ruleset").output())),
                new Left("held addresses", this::held))) {
            if (!Await.holdsWithin(SETTLED, () -> left.count().count() == 0)) {
                faults.add(left.count().count() + " " + left.what() + " are left");
            }
        }
    }

    private record Left(String what, Counted count) { }

    private interface Counted {
        long count();
    }

    /** Names of containers' interfaces. The rules that keep unknown ones closed name all of them by a pattern, and stay. */
    static long elements(String ruleset) {
        return Pattern.compile("\"cali[^\"*]+\"").matcher(ruleset).results().count();
    }

    private static long lines(String text, String word) {
        return text.lines().filter(line -> line.contains(word)).count();
    }

    private long held() {
        long held = 0;
        for (JsonNode pool : node.json("ipam:show").path("pools")) {
            held += pool.path("inUse").asLong();
        }
        return held;
    }

    private void grown(String what, String unit, ToLongFunction<Sample> measure, long slack) {
        long first = measure.applyAsLong(samples.getFirst());
        long last = measure.applyAsLong(samples.getLast());
        if (last > first * GROWTH + slack) {
            faults.add(what + " grew from " + first + " to " + last + " " + unit);
        }
    }

    private Sample sample(int round) {
        String pid = Long.toString(node.daemon().pid());
        jcmd(pid, "GC.run");
        long live = 0;
        long heap = 0;
        Matcher used = USED.matcher(jcmd(pid, "GC.heap_info").replaceAll("\\s+", " "));
        while (used.find()) {
            live += Long.parseLong(used.group(1));
            heap += resident(pid, Long.parseUnsignedLong(used.group(2), 16), Long.parseUnsignedLong(used.group(3), 16));
        }
        if (live == 0 || heap == 0) {
            throw new HarnessException("the collector does not say what the heap holds: " + jcmd(pid, "GC.heap_info"));
        }
        String status = RunFiles.read(Path.of("/proc", pid, "status"));
        long resident = number(status, "VmRSS:") / 1024;
        return new Sample(round, resident, resident - heap / 1024, live, number(status, "Threads:"), descriptors(pid), size(node.home().resolve("data/cni")) + size(node.home().resolve("data/tombolo")));
    }

    /** Resident kibibytes of the mappings that begin within an address range. */
    private static long resident(String pid, long from, long to) {
        long sum = 0;
        boolean within = false;
        for (String line : RunFiles.read(Path.of("/proc", pid, "smaps")).lines().toList()) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.find()) {
                long begin = Long.parseUnsignedLong(mapping.group(1), 16);
                within = begin >= from && begin < to;
            } else if (within && line.startsWith("Rss:")) {
                sum += Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return sum;
    }

    private static String jcmd(String pid, String command) {
        return Command.run(Path.of(System.getProperty("java.home"), "bin/jcmd").toString(), pid, command);
    }

    private static long number(String status, String name) {
        return status.lines().filter(line -> line.startsWith(name)).mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).findFirst().orElse(0);
    }

    private static long descriptors(String pid) {
        try (Stream<Path> open = Files.list(Path.of("/proc", pid, "fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new HarnessException("the node's open files cannot be counted: " + e.getMessage(), e);
        }
    }

    private static long size(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new HarnessException(folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static double middle(List<Double> rates) {
        return rates.stream().sorted().toList().get(rates.size() / 2);
    }
}
