package tombolo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import tombolo.harness.RunFiles;

/** What a benchmark has to say: printed line by line, and kept for its {@link Section} of itests/bench/RESULTS.md. One thread. */
public final class Report {
    private final StringBuilder text = new StringBuilder();

    public void say(String line) {
        System.out.println(line);
        text.append(line).append('\n');
    }

    /** On which machine and when. @param remark a sentence behind the date; "" for none */
    public void head(String remark) throws IOException {
        say("Machine: " + machine() + ", " + Runtime.getRuntime().availableProcessors() + " processors. Date: " + LocalDate.now(ZoneOffset.UTC) + ". " + (remark.isEmpty() ? "" : remark + " ")
                + "Load at the start: " + Files.readString(Path.of("/proc/loadavg")).strip() + ".");
    }

    private static String machine() {
        String model = RunFiles.read(Path.of("/proc/cpuinfo")).lines().filter(line -> line.startsWith("model name")).map(line -> line.replaceAll(".*: *", "")).findFirst().orElse("unknown");
        return model + ", Linux " + System.getProperty("os.version") + ", Java " + Runtime.version().feature();
    }

    /** Puts all that was said into the section. @param project the folder of the checkout */
    public void save(Path project, Section section) throws IOException {
        section.save(project.resolve("itests/bench/RESULTS.md"), text.toString());
        System.out.println("written to itests/bench/RESULTS.md");
    }

    /** All that was said. */
    @Override
    public String toString() {
        return text.toString();
    }
}
