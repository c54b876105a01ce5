package tombolo.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import tombolo.harness.Await;
import tombolo.harness.GatewayNode;
import tombolo.harness.HarnessException;

/** Asks the node's {@code er:doctor} and holds it to what is known to be wrong. */
final class Doctor {
    /** What has to show at the edge first: ARP entries that fail, sessions that end. */
    private static final Duration SETTLE = Duration.ofSeconds(30);

    private final GatewayNode node;
    private final Progress progress;

    Doctor(GatewayNode node, Progress progress) {
        this.node = node;
        this.progress = progress;
    }

    /**
     * A finding that has to be there.
     *
     * @param pain    1 to 16, see the doctor's list
     * @param check   part of the check's name
     * @param says    part of what it says of Azure, of the node or of what to do
     */
    record Wanted(int pain, String verdict, String check, String says) {
        boolean is(JsonNode finding) {
            String text = finding.path("azure").asText() + " | " + finding.path("node").asText() + " | " + finding.path("todo").asText();
            return finding.path("pain").asInt() == pain && finding.path("verdict").asText().equals(verdict) && finding.path("check").asText().contains(check) && text.contains(says);
        }
    }

    private List<JsonNode> findings() {
        List<JsonNode> findings = new ArrayList<>();
        node.json("er:doctor " + AzureLab.CIRCUIT_NAME).path("findings").forEach(findings::add);
        if (findings.isEmpty()) {
            throw new HarnessException("er:doctor " + AzureLab.CIRCUIT_NAME + " says nothing at all");
        }
        return findings;
    }

    /** The doctor names all of it, as soon as it has shown. */
    void names(String fault, List<Wanted> all) {
        List<JsonNode> named = new ArrayList<>();
        progress.step("fault: " + fault, () -> {
            List<Wanted> open = new ArrayList<>(all);
            List<JsonNode> last = new ArrayList<>();
            Await.until(SETTLE, () -> "the doctor names " + open + "; he says: " + String.join("\n  ", last.stream().filter(each -> !"GOOD".equals(each.path("verdict").asText())).map(JsonNode::toString).toList()), () -> {
                last.clear();
                last.addAll(findings());
                open.clear();
                named.clear();
                for (Wanted wanted : all) {
                    last.stream().filter(wanted::is).findFirst().ifPresentOrElse(named::add, () -> open.add(wanted));
                }
                return open.isEmpty();
            });
        });
        for (JsonNode each : new LinkedHashSet<>(named)) {
            progress.say(String.format("    %2d %-4s %s. Azure: %s; here: %s%n            do: %s", each.path("pain").asInt(), each.path("verdict").asText(), each.path("check").asText(), each.path("azure").asText(),
                each.path("node").asText(), each.path("todo").asText()));
        }
    }

    /** Nothing is bad, and nothing is to be looked at. */
    String well() {
        List<JsonNode> last = new ArrayList<>();
        Await.until(SETTLE, () -> "the doctor finds nothing; he says: " + String.join("\n  ", last.stream().map(JsonNode::toString).toList()), () -> {
            last.clear();
            last.addAll(findings());
            return last.stream().noneMatch(each -> List.of("BAD", "WARN").contains(each.path("verdict").asText()));
        });
        long unknown = last.stream().filter(each -> "UNKNOWN".equals(each.path("verdict").asText())).count();
        return last.size() - unknown + " checks are good" + (unknown == 0 ? "" : ", " + unknown + " cannot be told here");
    }
}
