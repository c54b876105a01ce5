package tombolo.api.ipam;

import java.util.List;
import java.util.Map;
import tombolo.api.json.Json;

/**
 * What a look at all that is stored found.
 *
 * @param lines       as {@code calicoctl ipam check} prints them, without the lines about single addresses
 * @param perAddress  lines about every address, in the order of the addresses
 * @param problems    lines about what is wrong; none: all is well
 * @param problemCount as calicoctl counts
 * @param document    the report for {@code ipam:release --from-report}
 * @param counts      by name, for scripts
 */
public record CheckReport(List<String> lines, List<String> perAddress, List<String> problems, int problemCount, Json.Obj document, Map<String, Long> counts) {
    public CheckReport {
        lines = List.copyOf(lines);
        perAddress = List.copyOf(perAddress);
        problems = List.copyOf(problems);
        counts = Map.copyOf(counts);
    }
}
