package tombolo.bench.expressroute;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import tombolo.bench.Section;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;
import tombolo.harness.Turn;

/**
 * {@code gateway bench expressroute [--quick] [--only plan,doctor,polling,failover,load] [--no-results]}. Writes its section of itests/bench/RESULTS.md where all parts
 * were run. Ends with 1 where something could not be measured; a goal that was missed is told, and is no failure of the run: machines differ.
 */
public final class Main {
    static final String PREFIX = "tmbt-be-";
    private static final Section SECTION = new Section("## ExpressRoute: `./gateway bench expressroute`");
    private static final List<String> PARTS = List.of("plan", "doctor", "polling", "failover", "load");

    private final boolean quick;
    private final List<String> parts;
    private final Path project = Path.of(System.getProperty("tombolo.root", "")).toAbsolutePath();
    private final Path home = project.resolve("run/bench-er");
    private final StringBuilder report = new StringBuilder();
    private boolean headed;

    private Main(boolean quick, List<String> parts) {
        this.quick = quick;
        this.parts = parts;
    }

    public static void main(String[] words) throws Exception {
        boolean quick = false;
        boolean write = true;
        List<String> parts = PARTS;
        for (int i = 0; i < words.length; i++) {
            switch (words[i]) {
                case "expressroute" -> { }
                case "--quick" -> quick = true;
                case "--no-results" -> write = false;
                case "--only" -> parts = i + 1 < words.length ? List.of(words[++i].split(",")) : List.of();
                default -> wrong("unknown word " + words[i]);
            }
        }
        if (parts.isEmpty() || !PARTS.containsAll(parts)) {
            wrong("--only takes of " + String.join(", ", PARTS));
        }
        Main main = new Main(quick, parts);
        try (Turn turn = Turn.take(PREFIX, Duration.ofHours(1), () -> System.out.println("another checkout runs this benchmark; waiting"))) {
            main.clear();
            try {
                main.run();
            } finally {
                main.clear();
            }
        } catch (Exception problem) {
            problem.printStackTrace();
            // The simulated cloud's HTTP servers have threads of their own: an exception alone would not end this.
            System.exit(1);
        }
        if (write && parts.equals(PARTS)) {
            SECTION.save(main.project.resolve("itests/bench/RESULTS.md"), main.report.toString());
            System.out.println("written to itests/bench/RESULTS.md");
        }
        System.exit(0);
    }

    private static void wrong(String what) {
        System.err.println("bench expressroute: " + what + "; see gateway bench --help");
        System.exit(2);
    }

    private void clear() {
        Namespace.removeAll(PREFIX);
        RunFiles.removeAll(PREFIX);
        RunFiles.delete(home);
    }

    private void run() throws Exception {
        Path folder = Files.createDirectories(home.resolve("work"));
        say("Machine: " + machine() + ", " + Runtime.getRuntime().availableProcessors() + " processors. Date: " + LocalDate.now(ZoneOffset.UTC) + (quick ? ". Quick: smaller and shorter" : "")
                + ". Load at the start: " + Files.readString(Path.of("/proc/loadavg")).strip() + ".\n");
        AzureSide azure = new AzureSide(folder, quick, this::row);
        if (parts.contains("plan")) {
            azure.plan();
        }
        if (parts.contains("doctor")) {
            azure.doctor();
        }
        if (parts.contains("polling")) {
            azure.polling();
        }
        if (parts.contains("load")) {
            new UnderLoad(project, home.resolve("load"), folder, quick, this::row).run();
        }
        if (parts.contains("failover") && !new Failover(project, home.resolve("failover"), folder, quick, this::say).run()) {
            say("\nMISSED: a gap of the gateway's was a second or more.");
        }
    }

    private void row(Row row) {
        if (!headed) {
            say("| | measured | goal | how |");
            say("|---|---|---|---|");
            headed = true;
        }
        say(row.line());
        if (!row.met()) {
            System.out.println("MISSED: " + row.what() + ": " + row.measured() + ", goal " + row.goal());
        }
    }

    private static String machine() {
        String model = RunFiles.read(Path.of("/proc/cpuinfo")).lines().filter(line -> line.startsWith("model name")).map(line -> line.replaceAll(".*: *", "")).findFirst().orElse("unknown");
        return model + ", Linux " + System.getProperty("os.version") + ", Java " + Runtime.version().feature();
    }

    private void say(String line) {
        System.out.println(line);
        report.append(line).append('\n');
    }
}
