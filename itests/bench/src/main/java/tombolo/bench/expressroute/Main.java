package tombolo.bench.expressroute;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tombolo.bench.Asked;
import tombolo.bench.Report;
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
    private final Report report = new Report();
    private boolean headed;

    private Main(boolean quick, List<String> parts) {
        this.quick = quick;
        this.parts = parts;
    }

    public static void main(String[] words) throws Exception {
        Asked asked = Asked.of("expressroute", PARTS, words);
        Main main = new Main(asked.quick(), asked.parts());
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
        if (asked.write() && asked.all()) {
            main.report.save(main.project, SECTION);
        }
        System.exit(0);
    }

    private void clear() {
        Namespace.removeAll(PREFIX);
        RunFiles.removeAll(PREFIX);
        RunFiles.delete(home);
    }

    private void run() throws Exception {
        Path folder = Files.createDirectories(home.resolve("work"));
        report.head(quick ? "Quick: smaller and shorter." : "");
        report.say("");
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
        if (parts.contains("failover") && !new Failover(project, home.resolve("failover"), folder, quick, report::say).run()) {
            report.say("\nMISSED: a gap of the gateway's was a second or more.");
        }
    }

    private void row(Row row) {
        if (!headed) {
            report.say("| | measured | goal | how |");
            report.say("|---|---|---|---|");
            headed = true;
        }
        report.say(row.line());
        if (!row.met()) {
            System.out.println("MISSED: " + row.what() + ": " + row.measured() + ", goal " + row.goal());
        }
    }
}
