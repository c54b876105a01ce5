package tombolo.bench.expressroute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tombolo.harness.Await;
import tombolo.harness.HarnessException;
import tombolo.harness.RunFiles;

/** One of two edges falls silent under traffic, with few and with many routes through it. */
final class Failover {
    private static final int GOAL_MILLIS = 1_000;
    /** From this many routes on a set goes through a nexthop group; fewer are rewritten. */
    private static final int GROUPED = 4_096;
    /** Nothing takes so long but what hangs: hold times are 90 s. */
    private static final Duration REROUTED = Duration.ofSeconds(20);
    private static final Duration STEADY = Duration.ofSeconds(1);
    private static final Pattern STAMP = Pattern.compile("(\\d{4}-\\d\\d-\\d\\d)[T ](\\d\\d:\\d\\d:\\d\\d)[.,](\\d{3,6})");

    private final Path project;
    private final Path home;
    private final Path folder;
    private final boolean quick;
    private final Consumer<String> lines;
    private boolean met = true;

    /**
     * One silence.
     *
     * @param gapMillis    the longest gap in a flow's packets
     * @param beyondMillis what of it lies behind the end of BFD's detection time, which runs from the last packet that came
     * @param switchMillis from the loss that BFD told to the kernel's nexthop group without the edge, or to the last of its routes where there is no group; the gateway's alone
     */
    private record Silence(double gapMillis, double beyondMillis, OptionalDouble switchMillis) { }

    Failover(Path project, Path home, Path folder, boolean quick, Consumer<String> lines) {
        this.project = project;
        this.home = home;
        this.folder = folder;
        this.quick = quick;
        this.lines = lines;
    }

    /** @return whether the gateway was under the goal with every number of routes */
    boolean run() throws Exception {
        List<Integer> sizes = quick ? List.of(100, 10_000) : List.of(100, 10_000, 100_000);
        int rounds = quick ? 1 : 5;
        Map<Integer, List<Silence>> ours = new TreeMap<>();
        List<String> table = new ArrayList<>();
        for (Router router : quick ? List.of(Router.GATEWAY, Router.BIRD) : List.of(Router.values())) {
            if (!router.installed()) {
                table.add("| | " + router.label() + " | not installed | | | | |");
                continue;
            }
            Ground ground = Ground.create(sizes.getFirst());
            Router.Running running = router.start(project, home);
            try {
                silence(ground, running, sizes.getFirst()); // not counted: classes are loaded, code is compiled
                for (int size : sizes) {
                    ground.announce(size);
                    List<Silence> all = new ArrayList<>();
                    for (int i = 0; i < rounds; i++) {
                        all.add(silence(ground, running, size));
                    }
                    if (router == Router.GATEWAY) {
                        ours.put(size, all);
                    }
                    table.add(line(router, size, all, ours.getOrDefault(size, all)));
                    System.out.println(table.getLast());
                }
            } finally {
                running.stop().run();
            }
        }
        for (Map.Entry<Integer, List<Silence>> each : ours.entrySet()) {
            met &= each.getValue().stream().allMatch(silence -> silence.gapMillis() < GOAL_MILLIS);
        }
        lines.accept(String.format(Locale.ROOT, "%nOne of two edges falls silent (its links keep carrier); BFD with 300 ms, three times, finds it. %d flows of a packet every 5 ms; the middle and the worst of %d silences for each number of"
                + " routes, after one that is not counted; milliseconds. Detection ends 900 ms behind the last BFD packet that came, so that a gap of 600 to 900 is BFD's; what lies beyond is the switch. Goal: %,d with"
                + " 10,000 routes, and no growth with their number.%n", Flows.COUNT, rounds, GOAL_MILLIS));
        lines.accept("| routes | | gap, middle | worst | beyond detection, middle | worst | from BFD's word to the group without it, or to the last route | beyond detection, times ours |");
        lines.accept("|---|---|---|---|---|---|---|---|");
        table.stream().sorted(java.util.Comparator.comparingInt(Failover::routes)).forEach(lines);
        return met;
    }

    private static int routes(String line) {
        String digits = line.split("\\|")[1].replaceAll("[^0-9]", "");
        return digits.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }

    private static String line(Router router, int size, List<Silence> all, List<Silence> ours) {
        double beyond = middle(all.stream().map(Silence::beyondMillis).toList());
        List<Double> switches = all.stream().flatMap(each -> each.switchMillis().stream().boxed()).toList();
        return String.format(Locale.ROOT, "| %,d | %s | %.0f | %.0f | %.0f | %.0f | %s | %.1f |", size, router.label(), middle(all.stream().map(Silence::gapMillis).toList()), worst(all.stream().map(Silence::gapMillis).toList()),
                beyond, worst(all.stream().map(Silence::beyondMillis).toList()),
                switches.isEmpty() ? "" : String.format(Locale.ROOT, "%.0f, at most %.0f (%s)", middle(switches), worst(switches), size >= GROUPED ? "nexthop group" : "routes"),
                beyond / Math.max(1, middle(ours.stream().map(Silence::beyondMillis).toList())));
    }

    private static double middle(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(Double.NaN);
    }

    private static double worst(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }

    private Silence silence(Ground ground, Router.Running router, int size) throws IOException, InterruptedException {
        ground.converge(size);
        Path monitored = folder.resolve("monitor");
        boolean ours = router.node().isPresent();
        long before = ours ? Files.size(log(router)) : 0;
        Process monitor = new ProcessBuilder(List.of("ip", "-n", Ground.ROUTER.name(), "-ts", "monitor", size >= GROUPED ? "nexthop" : "route")).redirectErrorStream(true).redirectOutput(monitored.toFile()).start();
        BfdCapture capture = BfdCapture.start(Ground.ROUTER, "edge-a", folder.resolve("bfd.pcap"));
        Flows flows = Flows.start(size);
        long resumed;
        Flows.Loss loss;
        long silent;
        try {
            Await.until(REROUTED, "all flows arrive", () -> flows.allArrive(200));
            Await.staysFor(STEADY, () -> true);
            silent = System.nanoTime();
            ground.silence();
            Await.until(REROUTED, "some flow goes over the silent edge", () -> !flows.allArrive(100));
            Await.until(REROUTED, "all flows arrive by the other edge", () -> flows.allArrive(100));
            Await.staysFor(STEADY, () -> true); // whatever of the routes still changes
        } finally {
            flows.close();
            capture.close();
            monitor.destroy();
            monitor.waitFor(5, TimeUnit.SECONDS);
            ground.speak();
        }
        loss = flows.loss();
        if (loss.hit() == 0) {
            throw new HarnessException("no flow went over the edge that fell silent");
        }
        resumed = BfdCapture.epochMicros(loss.resumedNanos());
        BfdCapture.Packet last = lastUp(capture.packets(), Ground.AT_A, BfdCapture.epochMicros(silent) + 100_000);
        BfdCapture.Packet own = lastUp(capture.packets(), Ground.ROUTER_A, BfdCapture.epochMicros(silent) + 100_000);
        // RFC 5880 §6.8.4: the neighbour's multiplier times the greater of what we take and what it sends.
        long detection = last.multiplier() * Math.max(own.requiredRxMicros(), last.desiredTxMicros());
        double beyond = (resumed - last.epochMicros() - detection) / 1e3;
        return new Silence(loss.gapNanos() / 1e6, beyond, ours ? switched(log(router), before, monitored, BfdCapture.epochMicros(silent), size >= GROUPED) : OptionalDouble.empty());
    }

    /** The last packet before {@code until} that said Up. */
    private static BfdCapture.Packet lastUp(List<BfdCapture.Packet> packets, String from, long until) {
        return packets.stream().filter(each -> each.from().equals(from) && each.state() == BfdCapture.UP && each.epochMicros() < until).reduce((_, later) -> later)
                .orElseThrow(() -> new HarnessException("no BFD packet from " + from + " was seen before the silence; " + packets.size() + " packets"));
    }

    private static Path log(Router.Running router) {
        return router.node().orElseThrow().home().resolve("data/log/karaf.log");
    }

    /** From the node's own line about the loss to what the kernel told: a group's first change moves all of its routes, and later ones tidy up; routes move one by one. */
    private static OptionalDouble switched(Path log, long from, Path monitored, long silent, boolean group) throws IOException {
        byte[] all = Files.readAllBytes(log);
        String news = new String(all, (int) from, (int) (all.length - from), java.nio.charset.StandardCharsets.UTF_8);
        OptionalDouble lost = news.lines().filter(line -> line.contains("TMB-BFD-002")).mapToDouble(Failover::epochMicros).findFirst();
        // Until the sessions come back: the monitor ends before the edge speaks again.
        OptionalDouble changed = RunFiles.read(monitored).lines().filter(line -> line.startsWith("[") && STAMP.matcher(line).find() && (!group || line.contains(" group ")))
                .mapToDouble(Failover::epochMicros).filter(at -> at > silent).reduce((first, later) -> group ? first : later);
        if (lost.isEmpty() || changed.isEmpty()) {
            throw new HarnessException("the gateway's log has " + (lost.isEmpty() ? "no" : "a") + " TMB-BFD-002, the kernel told of " + (changed.isEmpty() ? "no" : "a") + " change");
        }
        return OptionalDouble.of((changed.getAsDouble() - lost.getAsDouble()) / 1e3);
    }

    private static double epochMicros(String line) {
        Matcher matcher = STAMP.matcher(line);
        if (!matcher.find()) {
            throw new HarnessException("no time in: " + line);
        }
        LocalDateTime time = LocalDateTime.parse(matcher.group(1) + "T" + matcher.group(2));
        double fraction = Double.parseDouble("0." + matcher.group(3));
        return (time.atZone(ZoneId.systemDefault()).toEpochSecond() + fraction) * 1e6;
    }
}
