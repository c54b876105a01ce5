package tombolo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.harness.Command;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;
import tombolo.harness.Turn;

/**
 * {@code gateway bench jmh [PATTERN] [JMH OPTIONS]}: single steps. {@code gateway bench bgp [--quick] [--only SCENARIO,...] [--subjects gateway,bird,frr] [--seed N] [--no-results]}.
 * Prints a table and writes itests/bench/RESULTS.md. Ends with 1 when a subject did not finish or delivered wrong content.
 */
public final class Bench {
    private static final List<String> SCENARIOS = List.of("transit", "peers", "loss", "fan-out", "kernel-200k", "kernel", "latency");
    private static final long DEFAULT_SEED = 20261121;
    /** Two at once would measure each other. */
    private static final Duration TURN = Duration.ofHours(1);
    private static final String REMARKS = "## What limits them";
    private static final List<Subject> GATEWAY_AND_BIRD = List.of(Subject.GATEWAY, Subject.BIRD);

    private final Options options;
    private final Map<String, List<Result>> results = new LinkedHashMap<>();
    private double alone;

    private Bench(Options options) {
        this.options = options;
    }

    /** @param project the folder of the gateway script */
    private record Options(Path project, boolean quick, List<String> only, List<Subject> subjects, long seed, boolean write, boolean inside) {
        static Options parse(String[] words) {
            Path project = Path.of(System.getProperty("tombolo.root", "")).toAbsolutePath();
            boolean quick = false;
            boolean write = true;
            boolean inside = false;
            List<String> only = List.of();
            List<Subject> subjects = List.of(Subject.values());
            long seed = DEFAULT_SEED;
            for (int i = 0; i < words.length; i++) {
                switch (words[i]) {
                    case "bgp" -> { } // the only side-by-side benchmark so far
                    case "--quick" -> quick = true;
                    case "--no-results" -> write = false;
                    case "--inside" -> inside = true;
                    case "--project" -> project = Path.of(words[++i]).toAbsolutePath();
                    case "--only" -> only = List.of(words[++i].split(","));
                    case "--seed" -> seed = Long.parseLong(words[++i]);
                    case "--subjects" -> subjects = Arrays.stream(words[++i].split(",")).map(Options::subject).toList();
                    default -> throw new IllegalArgumentException("unknown option " + words[i]);
                }
            }
            for (String name : only) {
                if (!SCENARIOS.contains(name)) {
                    throw new IllegalArgumentException("there is no scenario '" + name + "'; there are " + String.join(", ", SCENARIOS));
                }
            }
            return new Options(project, quick, only, subjects, seed, write, inside);
        }

        private static Subject subject(String name) {
            return Arrays.stream(Subject.values()).filter(each -> each.label().equals(name)).findFirst().orElseThrow(() ->
                    new IllegalArgumentException("there is no speaker '" + name + "'; there are " + String.join(", ", Arrays.stream(Subject.values()).map(Subject::label).toList())));
        }

        int scale(int full, int small) {
            return quick ? small : full;
        }

        String command() {
            return "./gateway bench bgp" + (quick ? " --quick" : "") + (only.isEmpty() ? "" : " --only " + String.join(",", only))
                + (subjects.size() == Subject.values().length ? "" : " --subjects " + String.join(",", subjects.stream().map(Subject::label).toList()))
                + (seed == DEFAULT_SEED ? "" : " --seed " + seed);
        }
    }

    /** Runs one scenario for one subject. */
    private interface Run {
        Result on(Subject subject) throws Exception;
    }

    public static void main(String[] words) throws Exception {
        if (words.length > 0 && "jmh".equals(words[0])) {
            org.openjdk.jmh.Main.main(Arrays.copyOfRange(words, 1, words.length));
            return;
        }
        Options options;
        try {
            options = Options.parse(words);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException problem) {
            System.err.println("bench bgp: " + (problem instanceof IllegalArgumentException ? problem.getMessage() : words[words.length - 1] + " needs a value") + "; see gateway bench --help");
            System.exit(2);
            return;
        }
        if (!"root".equals(System.getProperty("user.name"))) {
            System.err.println("bench bgp: needs root, for network namespaces");
            System.exit(1);
        }
        System.exit(options.inside() ? new Bench(options).run() : outside(options, words));
    }

    /** Starts this class again inside the generator's namespace. Only the network is changed, so that namespaces can still be made from there. */
    private static int outside(Options options, String[] words) throws IOException, InterruptedException {
        Turn turn = Turn.take(Stage.PREFIX, TURN, () -> System.out.println("another benchmark runs on this machine; waiting"));
        Namespace.removeAll(Stage.PREFIX);
        Namespace.create(Stage.GENERATOR.name());
        RunFiles.delete(Subject.home(options.project()));
        try {
            List<String> command = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + Stage.GENERATOR.name(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx2g", "-XX:+UseParallelGC",
                "-cp", System.getProperty("java.class.path"), Bench.class.getName(), "--inside"));
            command.addAll(List.of(words));
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } finally {
            Namespace.removeAll(Stage.PREFIX);
            RunFiles.removeAll(Stage.PREFIX);
            RunFiles.delete(Subject.home(options.project()));
            turn.close();
        }
    }

    private int run() throws Exception {
        Scenarios scenarios = new Scenarios(options.project(), options.seed());
        int million = options.scale(1_000_000, 10_000);
        int many = options.scale(200_000, 10_000);
        int fan = options.scale(50, 5);
        int peers = options.scale(10, 3);
        System.out.println("machine: " + machine() + "; seed " + options.seed());
        Table table = new Table(options.seed(), million);
        scenarios.generatorAlone(table); // the JIT's turn
        alone = scenarios.generatorAlone(table);
        System.out.printf("generator against its own receiver: %,d prefixes in %,d attribute sets in %.2f s%n", table.size(), table.sets(), alone);
        measure("transit", String.format("%,d prefixes, one peer to another", million), GATEWAY_AND_BIRD, subject -> scenarios.transit(subject, million));
        measure("peers", String.format("%d peers x %,d prefixes, different paths", peers, many), GATEWAY_AND_BIRD, subject -> scenarios.manyPeers(subject, peers, many));
        measure("loss", String.format("loss of a peer with %,d prefixes", million), GATEWAY_AND_BIRD, subject -> scenarios.peerLoss(subject, million));
        measure("fan-out", String.format("%,d prefixes to %d peers", many, fan), List.of(Subject.values()), subject -> scenarios.fanOut(subject, fan, many));
        if (!options.quick()) {
            measure("kernel-200k", "200,000 prefixes into the kernel", GATEWAY_AND_BIRD, subject -> scenarios.kernel(subject, 200_000));
        }
        measure("kernel", String.format("%,d prefixes into the kernel", million), GATEWAY_AND_BIRD, subject -> scenarios.kernel(subject, million));
        measure("latency", String.format("p99 at %,d changes/s with %,d prefixes held", options.scale(10_000, 1_000), million), GATEWAY_AND_BIRD,
            subject -> scenarios.latency(subject, million, options.scale(10_000, 1_000), options.scale(10, 2)));
        String report = report();
        System.out.println();
        System.out.print(report);
        if (options.write()) {
            Path file = options.project().resolve("itests/bench/RESULTS.md");
            Files.writeString(file, document(report) + remarks(file));
            System.out.println("written to itests/bench/RESULTS.md");
        }
        return results.values().stream().flatMap(List::stream).allMatch(Result::good) && !results.isEmpty() ? 0 : 1;
    }

    private void measure(String key, String title, List<Subject> subjects, Run run) {
        if (!options.only().isEmpty() && !options.only().contains(key)) {
            return;
        }
        for (Subject subject : subjects) {
            if (!options.subjects().contains(subject)) {
                continue;
            }
            if (!subject.installed(options.project())) {
                System.out.printf("%-52s %-8s skipped: not installed%n", title, subject.label());
                continue;
            }
            Result result = attempt(key, subject, run);
            results.computeIfAbsent(title, unused -> new ArrayList<>()).add(result);
            System.out.printf("%-52s %-8s %9.3f s  cpu %6.2f s  peak %5.0f MiB  others %2d %%  %s %s%n", title, subject.label(), result.seconds(), result.cpuSeconds(),
                result.memory(), result.foreign(), result.content() ? "content ok  " : "CONTENT WRONG", result.note());
        }
    }

    private static Result attempt(String key, Subject subject, Run run) {
        try {
            return run.on(subject);
        } catch (Exception failure) {
            return new Result(key, subject, Double.NaN, Double.NaN, Double.NaN, 0, "failed: " + failure.getMessage(), false);
        }
    }

    private String report() {
        StringBuilder text = new StringBuilder("| scenario | daemon | wall s | CPU s | peak RSS MiB | wall, times BIRD's | content | others' CPU | |\n|---|---|---|---|---|---|---|---|---|\n");
        results.forEach((title, lines) -> {
            Optional<Result> bird = lines.stream().filter(line -> line.subject() == Subject.BIRD && line.good()).findFirst();
            for (Result line : lines) {
                text.append(String.format("| %s | %s | %s | %.2f | %.0f | %s | %s | %d %% | %s |%n", title, line.subject().label(),
                    Double.isNaN(line.seconds()) ? "-" : String.format("%.3f", line.seconds()), line.cpuSeconds(), line.memory(),
                    bird.isPresent() && line.good() ? String.format("%.2f", line.seconds() / bird.get().seconds()) : "-",
                    line.content() ? "same" : "DIFFERENT", line.foreign(), line.note().lines().findFirst().orElse("")));
            }
        });
        return text.toString();
    }

    private String document(String report) {
        return "# Benchmark results\n\nMachine: " + machine() + ". Date: " + LocalDate.now() + ". Command: `" + options.command() + "` (seed " + options.seed() + ").\n\n"
            + "Fresh process for each line; wall time from the first octet of the first UPDATE after Established to the last prefix at the receiver (or in the kernel);\n"
            + "CPU seconds of the daemon in that span; peak RSS (VmHWM) of the daemon.\n"
            + "Others' CPU: what processes other than the daemon and the generator took of all cores meanwhile; lines with more than a few percent say little. For the latency line, \"wall s\" is the p99.\n"
            + "Where no routes go into the kernel, BIRD runs without its kernel protocol and the gateway with gateway-dataplane stopped.\n"
            + "The generator against its own receiver: " + String.format("%.2f", alone) + " s.\n\n" + report;
    }

    /** What people wrote below the figures (what limits them) outlives a new run. */
    private static String remarks(Path file) throws IOException {
        String before = Files.exists(file) ? Files.readString(file) : "";
        int start = before.indexOf(REMARKS);
        return start < 0 ? "" : "\n" + before.substring(start);
    }

    /** What the figures depend on, without the machine's name. */
    private static String machine() {
        String cpu = "unknown CPU";
        String memory = "";
        try {
            cpu = Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.startsWith("model name")).findFirst().map(line -> line.substring(line.indexOf(':') + 2)).orElse(cpu);
            long kib = Files.readAllLines(Path.of("/proc/meminfo")).stream().filter(line -> line.startsWith("MemTotal")).mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).findFirst().orElse(0);
            memory = ", " + Math.round(kib / 1048576.0) + " GiB";
        } catch (IOException unreadable) {
            memory = "";
        }
        return Runtime.getRuntime().availableProcessors() + " cores of " + cpu + memory + ", Linux " + System.getProperty("os.version")
            + ", Java " + Runtime.version().feature() + version("BIRD", "bird", "--version") + version("FRR", "/usr/lib/frr/bgpd", "--version");
    }

    private static String version(String name, String program, String option) {
        if (!Command.available(program.substring(program.lastIndexOf('/') + 1))) {
            return "";
        }
        java.util.regex.Matcher matcher = java.util.regex.Pattern.compile("\\d+\\.\\d+(\\.\\d+)?").matcher(Command.attempt(program, option).output());
        return matcher.find() ? ", " + name + " " + matcher.group() : "";
    }
}
