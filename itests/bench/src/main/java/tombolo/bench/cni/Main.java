package tombolo.bench.cni;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tombolo.bench.Asked;
import tombolo.bench.Report;
import tombolo.bench.Section;
import tombolo.bench.cni.Runner.Call;
import tombolo.bench.cni.Runner.Subject;
import tombolo.harness.Await;
import tombolo.harness.CniPlugin;
import tombolo.harness.Command;
import tombolo.harness.GatewayNode;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;
import tombolo.harness.Turn;

/**
 * {@code gateway bench cni [--quick] [--only PART,...] [--policy] [--containers N] [--rounds N] [--churn N] [--no-results]}: containers added and removed by executing
 * plugins. The part {@code latency} compares ours and Debian's, round by round in turn; {@code churn} shows that memory is flat and nothing is left behind. Both
 * together write their section of itests/bench/RESULTS.md. Ends with 1 where a call failed, memory grew or something was left.
 */
public final class Main {
    private static final String PREFIX = "tmbt-bc-";
    private static final Namespace HOST = new Namespace(PREFIX + "host");
    private static final int PARALLEL = 10;
    private static final Path REFERENCE = Path.of("/usr/lib/cni");
    private static final Section SECTION = new Section("## Containers: `./gateway bench cni`");
    private static final Section POLICY_SECTION = new Section("## Containers with `policy = required`: `./gateway bench policy`");
    private static final int SYNCS = 200;
    private static final String LATENCY = "latency";
    private static final String CHURN = "churn";
    private static final String POLICY = "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: bench}\n"
            + "spec: {selector: all(), order: 10, types: [Ingress], ingress: [{action: Allow, protocol: TCP, source: {selector: all()}, destination: {ports: [80, 443]}}]}\n";

    private final Options options;
    private final Path project = Path.of(System.getProperty("tombolo.root", "")).toAbsolutePath();
    private final Path folder = RunFiles.folder(HOST, "bench");
    /** For what is to be durable: {@link #folder} may be in memory. */
    private final Path disk;
    private final Report report = new Report();
    private boolean good = true;

    /** @param warm rounds before those that count; @param churned containers of the memory test, @param churns its rounds; @param policy whether an ADD waits for its rules */
    private record Options(int containers, int rounds, int warm, int churned, int churns, boolean write, boolean policy, List<String> parts) { }

    /** What one subject's calls took, over all rounds. */
    private static final class Figures {
        private final List<Call> adds = new ArrayList<>();
        private final List<Call> deletes = new ArrayList<>();
        private final List<Double> rates = new ArrayList<>();
    }

    private Main(Options options) throws IOException {
        this.options = options;
        disk = Files.createTempDirectory(project, ".bench-cni-");
    }

    public static void main(String[] words) throws Exception {
        System.exit(run(words) ? 0 : 1);
    }

    /** Whether all calls succeeded and nothing was left behind. */
    public static boolean run(String[] words) throws Exception {
        try (Turn turn = Turn.take(PREFIX, Duration.ofHours(1), () -> System.out.println("another checkout runs this benchmark; waiting"))) {
            Namespace.removeAll(PREFIX);
            RunFiles.removeAll(PREFIX);
            Main main = new Main(options(words));
            try {
                main.run();
            } finally {
                Namespace.removeAll(PREFIX);
                RunFiles.removeAll(PREFIX);
                RunFiles.delete(main.disk);
            }
            return main.good;
        }
    }

    private static Options options(String[] words) {
        boolean quick = List.of(words).contains("--quick");
        Map<String, Integer> numbers = new TreeMap<>(Map.of("--containers", 100, "--rounds", quick ? 3 : 10, "--churn", quick ? 100 : 1_000));
        boolean write = true;
        List<String> parts = List.of(LATENCY, CHURN);
        boolean policy = false;
        for (int i = 0; i < words.length; i++) {
            switch (words[i]) {
                case "cni", "--quick" -> { }
                case "--no-results" -> write = false;
                case "--only" -> {
                    parts = i + 1 == words.length ? List.of() : List.of(words[++i].split(","));
                    if (parts.isEmpty() || !List.of(LATENCY, CHURN).containsAll(parts)) {
                        throw Asked.wrong("cni", "--only needs latency or churn");
                    }
                }
                case "--policy" -> policy = true;
                case "--containers", "--rounds", "--churn" -> {
                    if (i + 1 == words.length || !words[i + 1].matches("[0-9]{1,5}")) {
                        throw Asked.wrong("cni", words[i] + " needs a number");
                    }
                    numbers.put(words[i], Integer.parseInt(words[++i]));
                }
                default -> throw Asked.wrong("cni", "unknown option " + words[i]);
            }
        }
        return new Options(numbers.get("--containers"), numbers.get("--rounds"), quick ? 5 : 10, numbers.get("--churn"), quick ? 4 : 20, write && parts.size() == 2, policy, parts);
    }

    private void run() throws Exception {
        Namespace.create(HOST.name());
        HOST.ip("link", "add", "up0", "type", "veth", "peer", "name", "up1");
        HOST.ip("addr", "add", "192.0.2.1/24", "dev", "up0");
        HOST.ip("link", "set", "dev", "up0", "up");
        HOST.ip("link", "set", "dev", "up1", "up");
        HOST.ip("route", "add", "default", "via", "192.0.2.254");
        int namespaces = Math.max(options.containers(), options.churned());
        StringBuilder batch = new StringBuilder();
        for (int i = 0; i < namespaces; i++) {
            batch.append("netns add ").append(PREFIX).append(i).append('\n');
        }
        Command.run("ip", "-batch", write("namespaces", batch.toString()).toString());
        Runner runner = new Runner(folder, HOST, PREFIX, folder.resolve("cni.sock"));
        GatewayNode node = node();
        try {
            Subject ours = new Subject("gateway, routed", folder.resolve("bin/tombolo"), write("gateway.json", CniPlugin.ROUTED), folder.resolve("bin"));
            report.head("");
            if (options.parts().contains(LATENCY)) {
                measure(runner, node, ours);
            }
            if (options.parts().contains(CHURN)) {
                churn(runner, node, ours);
            }
        } finally {
            node.daemon().kill();
        }
        System.out.println();
        System.out.print(report);
        if (options.write()) {
            report.save(project, options.policy() ? POLICY_SECTION : SECTION);
        }
    }

    private void measure(Runner runner, GatewayNode node, Subject ours) throws Exception {
        List<Subject> subjects = new ArrayList<>(List.of(ours));
        if (options.policy()) {
            report.say("With `policy = required`: an ADD is answered once the rules of the endpoint are in the kernel; goal p50 8 ms, p99 15 ms, 400 ADD/s. Every container's namespace has a policy.\n");
        } else if (Files.isExecutable(REFERENCE.resolve("ptp"))) {
            subjects.add(new Subject("ptp + host-local", REFERENCE.resolve("ptp"), write("ptp.json", reference("ptp", "10.66.0.0/16", "")), REFERENCE));
            subjects.add(new Subject("bridge + host-local", REFERENCE.resolve("bridge"), write("bridge.json", reference("bridge", "10.67.0.0/16", ",\"bridge\":\"tmbtbr0\",\"isGateway\":true")), REFERENCE));
        } else {
            report.say("No reference plugins in " + REFERENCE + " (package containernetworking-plugins): measured alone.");
        }
        long[] syncs = syncs();
        Map<String, Figures> figures = new TreeMap<>();
        subjects.forEach(subject -> figures.put(subject.name(), new Figures()));
        for (int i = 0; i < options.warm(); i++) {
            round(runner, ours, new Figures());
        }
        report.say(String.format(Locale.ROOT, "%d containers, %d rounds, subjects in turn in each round, after %d rounds of ours to warm up.", options.containers(), options.rounds(), options.warm()));
        double before = node.daemon().cpuSeconds();
        int ourPairs = 0; // one after another and at once
        for (int i = 0; i < options.rounds(); i++) {
            for (Subject subject : subjects) {
                round(runner, subject, figures.get(subject.name()));
                ourPairs += subject == ours ? 2 * options.containers() : 0;
            }
        }
        double cpu = node.daemon().cpuSeconds() - before;
        List<Call> nothing = runner.calls(new Subject("", Path.of("/bin/true"), write("none.json", "{}"), folder), "ADD", 0, options.containers());
        List<Call> version = runner.calls(ours, "VERSION", 0, options.containers());
        report.say("Milliseconds from before the fork to the exit of the plugin; ADD/s with " + PARALLEL + " at once, the best and the middle of the rounds.\n");
        report.say("| | ADD p50 | p90 | p99 | DEL p50 | p99 | ADD/s best | middle |");
        report.say("|---|---|---|---|---|---|---|---|");
        for (Subject subject : subjects) {
            Figures one = figures.get(subject.name());
            double[] rates = one.rates.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            report.say(String.format(Locale.ROOT, "| %s | %.2f | %.2f | %.2f | %.2f | %.2f | %.0f | %.0f |", subject.name(), Runner.millis(one.adds, 0.5), Runner.millis(one.adds, 0.9),
                    Runner.millis(one.adds, 0.99), Runner.millis(one.deletes, 0.5), Runner.millis(one.deletes, 0.99), rates[rates.length - 1], rates[rates.length / 2]));
        }
        report.say(String.format(Locale.ROOT, "%nThe disk's own fdatasync of 512 octets: p50 %.2f, p99 %.2f ms. exec of /bin/true: p50 %.2f ms. The shim with a VERSION, answered by the node: p50 %.2f, p99 %.2f ms; "
                + "its size: %d octets. CPU of the node for a pair of ADD and DEL: %.2f ms.", Runner.millis(syncs, 0.5), Runner.millis(syncs, 0.99), Runner.millis(nothing, 0.5),
                Runner.millis(version, 0.5), Runner.millis(version, 0.99), Files.size(ours.program()), cpu * 1_000 / Math.max(1, ourPairs)));
    }

    /** One after another, then at once. */
    private void round(Runner runner, Subject subject, Figures figures) {
        figures.adds.addAll(checked(subject, "ADD", runner.calls(subject, "ADD", 0, options.containers()), options.containers()));
        figures.deletes.addAll(checked(subject, "DEL", runner.calls(subject, "DEL", 0, options.containers()), options.containers()));
        figures.rates.add(Runner.rate(checked(subject, "ADD", runner.parallel(subject, "ADD", options.containers(), PARALLEL), options.containers())));
        checked(subject, "DEL", runner.parallel(subject, "DEL", options.containers(), PARALLEL), options.containers());
    }

    private List<Call> checked(Subject subject, String command, List<Call> calls, int count) {
        long failed = calls.stream().filter(call -> call.status() != 0).count();
        if (failed > 0 || calls.size() != count) {
            report.say("FAILED: " + subject.name() + ": " + failed + " of " + count + " calls " + command + " failed, " + (count - calls.size()) + " were not made");
            good = false;
        }
        return calls;
    }

    private void churn(Runner runner, GatewayNode node, Subject ours) {
        Churn churn = new Churn(node, HOST);
        report.say("\n" + churn.run(options.churned(), options.churns(), PARALLEL,
                command -> checked(ours, command, runner.parallel(ours, command, options.churned(), PARALLEL), options.churned())).stripTrailing());
        good &= churn.faults().isEmpty();
        // A node runs for weeks: what it does once the JVM has settled, beside what it does in its first minutes.
        Figures settled = new Figures();
        for (int i = 0; i < options.rounds(); i++) {
            round(runner, ours, settled);
        }
        report.say(String.format(Locale.ROOT, "%nThe same node behind these, %d containers, %d rounds: ADD p50 %.2f, p90 %.2f, p99 %.2f ms; DEL p50 %.2f, p99 %.2f ms.", options.containers(), options.rounds(),
                Runner.millis(settled.adds, 0.5), Runner.millis(settled.adds, 0.9), Runner.millis(settled.adds, 0.99), Runner.millis(settled.deletes, 0.5), Runner.millis(settled.deletes, 0.99)));
    }

    /** What the disk under the node takes to make a small write durable: nobody's durable ADD is faster. */
    private long[] syncs() throws IOException {
        long[] nanos = new long[SYNCS];
        Path file = disk.resolve("sync");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(SYNCS * 512), 0); // room, as a log has it
            channel.force(true);
            for (int i = 0; i < SYNCS; i++) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(512), i * 512L);
                channel.force(false);
                nanos[i] = System.nanoTime() - start;
            }
        }
        return nanos;
    }

    private GatewayNode node() throws IOException {
        Path etc = folder.resolve("etc");
        RunFiles.write(etc.resolve("tombolo.node.cfg"), "name = bench\n");
        RunFiles.write(etc.resolve("tombolo.cni.cfg"), CniPlugin.settings(folder.resolve("cni.sock")) + (options.policy() ? "policy = required\n" : ""));
        CniPlugin.install(project, folder, folder.resolve("cni.sock"));
        GatewayNode node = GatewayNode.start(project, HOST, disk.resolve("home"), etc, Map.of());
        try {
            node.awaitShell("cni:status");
            Path pool = write("pool.yaml", "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: bench}\nspec: {cidr: 10.65.0.0/16}\n");
            Await.until(GatewayNode.START, () -> "the pool is taken; last answer: " + node.attempt("resource:apply -f " + pool).output(), () -> node.attempt("resource:apply -f " + pool).ok());
            if (options.policy()) {
                node.ask("resource:apply -f " + write("policy.yaml", POLICY));
                Await.until(GatewayNode.START, () -> "policy is enforced; last answer: " + node.attempt("policy:status").output(), () -> node.attempt("policy:status").output().contains("enforced for"));
            }
            Await.until(GatewayNode.START, () -> "the node is ready; last answer: " + node.attempt("cni:status --json").output(), () -> node.attempt("cni:status --json").output().contains("\"missing\": []"));
            return node;
        } catch (RuntimeException e) {
            node.daemon().kill();
            throw e;
        }
    }

    private String reference(String type, String subnet, String more) {
        return "{\"cniVersion\":\"1.0.0\",\"name\":\"bench-" + type + "\",\"type\":\"" + type + "\"" + more + ",\"ipam\":{\"type\":\"host-local\",\"subnet\":\"" + subnet + "\",\"dataDir\":\""
                + disk.resolve("host-local-" + type) + "\"}}";
    }

    private Path write(String name, String text) {
        Path file = folder.resolve(name);
        RunFiles.write(file, text);
        return file;
    }
}
