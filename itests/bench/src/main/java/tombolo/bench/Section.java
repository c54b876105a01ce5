package tombolo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A section of itests/bench/RESULTS.md: from its heading to the next one of the same level. What a benchmark prints takes the place of the last run's; the remarks
 * behind it, a list that people write, stay.
 *
 * @param heading with its marks: {@code ## What: `./gateway bench what`}
 */
public record Section(String heading) {
    public Section {
        if (!heading.startsWith("## ")) {
            throw new IllegalArgumentException("a section begins with ##, not '" + heading + "'");
        }
    }

    /** @param file made where it is not there */
    public void save(Path file, String report) throws IOException {
        Files.writeString(file, in(Files.exists(file) ? Files.readString(file) : "# Benchmark results\n", report));
    }

    /** The document with this section's report in it: where the section was, or at the end. */
    public String in(String document, String report) {
        int start = document.startsWith(heading + "\n") ? 0 : document.indexOf("\n" + heading + "\n") + 1;
        if (start == 0 && !document.startsWith(heading + "\n")) {
            return document.stripTrailing() + "\n\n" + heading + "\n\n" + report.stripTrailing() + "\n";
        }
        int next = document.indexOf("\n## ", start + 1);
        int end = next < 0 ? document.length() : next;
        int remarks = document.indexOf("\n- ", start);
        String kept = remarks >= 0 && remarks < end ? "\n" + document.substring(remarks, end).strip() + "\n" : "";
        String behind = document.substring(end).strip();
        return document.substring(0, start) + heading + "\n\n" + report.stripTrailing() + "\n" + kept + (behind.isEmpty() ? "" : "\n" + behind + "\n");
    }
}
