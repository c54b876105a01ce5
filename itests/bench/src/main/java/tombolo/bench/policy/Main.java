package tombolo.bench.policy;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tombolo.bench.Asked;
import tombolo.bench.Report;
import tombolo.bench.Section;
import tombolo.harness.Command;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;
import tombolo.harness.Turn;

/**
 * {@code gateway bench policy [--quick] [--only load,latency,churn,packets,cni] [--no-results]}. Writes its section of itests/bench/RESULTS.md where all parts were run.
 * Ends with 1 where something was left behind, written without need, or let through.
 */
public final class Main {
    static final String PREFIX = "tmbt-bp-";
    private static final Section SECTION = new Section("## Policy: `./gateway bench policy`");
    private static final List<String> PARTS = List.of("load", "latency", "churn", "packets", "cni");
    private static final String NODES_OPTIONS = "gateway-distribution/src/main/resources/lib/jvm.options";

    private final boolean quick;
    private final List<String> parts;
    private final Path folder = RunFiles.folder(new Namespace(PREFIX + "ours"), "bench");
    private final Report report = new Report();
    private boolean good = true;

    private Main(boolean quick, List<String> parts) {
        this.quick = quick;
        this.parts = parts;
    }

    public static void main(String[] words) throws Exception {
        Asked asked = Asked.of("policy", PARTS, words);
        Main main = new Main(asked.quick(), asked.parts());
        try (Turn turn = Turn.take(PREFIX, Duration.ofHours(1), () -> System.out.println("another checkout runs this benchmark; waiting"))) {
            Namespace.removeAll(PREFIX);
            RunFiles.removeAll(PREFIX);
            try {
                main.run();
            } finally {
                Namespace.removeAll(PREFIX);
                RunFiles.removeAll(PREFIX);
            }
        }
        boolean write = asked.write() && asked.all();
        if (write) {
            main.report.save(Path.of(System.getProperty("tombolo.root", "")).toAbsolutePath(), SECTION);
        }
        if (asked.parts().contains("cni")) {
            List<String> cni = new ArrayList<>(List.of("cni", "--policy"));
            // What churn leaves behind is the other benchmark's to tell.
            cni.addAll(asked.quick() ? List.of("--quick", "--churn", "20") : List.of("--churn", "100"));
            cni.addAll(write ? List.of() : List.of("--no-results"));
            main.good &= tombolo.bench.cni.Main.run(cni.toArray(String[]::new));
        }
        System.exit(main.good ? 0 : 1);
    }

    private void run() throws Exception {
        Files.createDirectories(folder);
        report.head(quick ? "Quick: a tenth of the endpoints and policies." : "");
        report.say("From the document of the datastore's event, which is read, compiled and rendered, to the kernel's acknowledgement. nft: Debian's program, executed with the same change on the same table; the middle of "
                + "three" + nothing() + ".\n");
        report.say("| | p50 | p99 | goal | nft | what it consists of |");
        report.say("|---|---|---|---|---|---|");
        if (parts.stream().anyMatch(List.of("load", "latency", "churn")::contains)) {
            worker();
        }
        if (parts.contains("packets")) {
            new Packets(PREFIX, folder, quick, report::say).run();
        }
    }

    private String nothing() throws IOException {
        if (!Command.available("nft")) {
            return " (not installed here: package nftables)";
        }
        Namespace namespace = Namespace.create(PREFIX + "none");
        double[] millis = new double[3];
        NftProgram program = new NftProgram(namespace, namespace, folder);
        for (int i = 0; i < millis.length; i++) {
            millis[i] = program.nothing();
        }
        java.util.Arrays.sort(millis);
        return String.format(java.util.Locale.ROOT, "; executing it for nothing takes %.0f ms", millis[1]);
    }

    private void worker() throws IOException, InterruptedException {
        Namespace ours = Namespace.create(PREFIX + "ours");
        Namespace its = Namespace.create(PREFIX + "its");
        List<String> words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        // As the node's.
        words.addAll(List.of("@" + Path.of(System.getProperty("tombolo.root", "")).toAbsolutePath().resolve(NODES_OPTIONS), "-Xmx512m", "--enable-native-access=ALL-UNNAMED",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"));
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Worker.class.getName(), ours.name(), its.name(), folder.toString(), quick ? "quick" : "full", String.join(",", parts)));
        Process process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null"))).start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                report.say(line);
            }
        } finally {
            process.destroy();
        }
        int status = process.waitFor();
        if (status != 0) {
            report.say("FAILED: status " + status);
            good = false;
        }
    }
}
