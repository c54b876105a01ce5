package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tombolo.azure.simulator.edge.Edge;
import tombolo.azure.simulator.edge.EdgeWish;

/** {@code POST /simulator/WORD} with a JSON object: what a test in another process does to the cloud. No token, since only a laboratory reaches it. */
final class Control {
    private final Simulator simulator;

    Control(Simulator simulator) {
        this.simulator = simulator;
    }

    Reply answer(Call call) {
        String word = call.path().substring("/simulator/".length());
        if ("GET".equals(call.method())) {
            return switch (word) {
                case "seen" -> Reply.json(200, seen());
                case "edge" -> Reply.json(200, Text.object().put("problem", simulator.edgeProblem().orElse("")));
                default -> new ArmFault(404, "NotFound", "unknown word " + word).reply();
            };
        }
        try {
            ObjectNode body = Text.parse(call.body()).orElseThrow(() -> new IllegalArgumentException("the body is no JSON object"));
            act(word, body);
            return Reply.json(200, Text.object().put("done", true));
        } catch (ArmFault refused) {
            return refused.reply();
        } catch (IllegalArgumentException | IllegalStateException wrong) {
            return ArmFault.badRequest("Control", String.valueOf(wrong.getMessage())).reply();
        }
    }

    private void act(String word, ObjectNode body) {
        switch (word) {
            case "provision" -> simulator.provider().provision(need(body, "serviceKey"));
            case "deprovision" -> simulator.provider().deprovision(need(body, "serviceKey"));
            case "register" -> simulator.register(Text.integer(body, "asn").orElse(0L), need(body, "prefix"));
            case "maintenance" -> simulator.maintenance(need(body, "serviceKey"), Edge.Device.valueOf(need(body, "device").toUpperCase(Locale.ROOT)),
                    EdgeWish.Maintenance.valueOf(need(body, "state").toUpperCase(Locale.ROOT)));
            case "silence" -> simulator.silence(Edge.Device.valueOf(need(body, "device").toUpperCase(Locale.ROOT)), body.path("silent").asBoolean(true));
            case "edit" -> simulator.edit(need(body, "id"), resource -> Text.merge(resource, body.path("merge")));
            case "vanish" -> simulator.vanish(need(body, "id"));
            case "expire-tokens" -> simulator.directory().expireTokens();
            case "fail" -> simulator.fail(need(body, "match"), times(body), misfortune(body));
            case "operation" -> operation(body);
            case "clear" -> simulator.clearFaults();
            default -> throw new IllegalArgumentException("unknown word " + word);
        }
    }

    private static String need(ObjectNode body, String member) {
        return Text.text(body, member).orElseThrow(() -> new IllegalArgumentException("'" + member + "' is missing"));
    }

    private static int times(ObjectNode body) {
        return Text.integer(body, "times").orElse(1L).intValue();
    }

    private static Misfortune misfortune(ObjectNode body) {
        return switch (need(body, "kind")) {
            case "refused" -> {
                Map<String, String> headers = new LinkedHashMap<>();
                body.path("headers").properties().forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
                yield new Misfortune.Refused(Text.integer(body, "status").orElse(503L).intValue(), Text.text(body, "code").orElse("ServiceUnavailable"), Text.text(body, "message").orElse(""), headers);
            }
            case "garbage" -> new Misfortune.Garbage(Text.integer(body, "status").orElse(200L).intValue(), Text.text(body, "contentType").orElse("text/html"), need(body, "body"));
            case "late" -> new Misfortune.Late(Duration.ofMillis(Text.integer(body, "millis").orElse(1_000L)));
            case "dropped" -> new Misfortune.Dropped();
            case "answer-lost" -> new Misfortune.AnswerLost();
            default -> throw new IllegalArgumentException("kind is refused, garbage, late, dropped or answer-lost");
        };
    }

    private void operation(ObjectNode body) {
        String match = need(body, "match");
        switch (need(body, "fate")) {
            case "fails" -> simulator.failOperation(match, times(body), Text.text(body, "code").orElse("InternalServerError"), Text.text(body, "message").orElse(""));
            case "canceled" -> simulator.cancelOperation(match, times(body));
            case "never-ends" -> simulator.stallOperation(match, times(body));
            case "late" -> simulator.delayOperation(match, times(body), Duration.ofMillis(Text.integer(body, "millis").orElse(1_000L)));
            default -> throw new IllegalArgumentException("fate is fails, canceled, never-ends or late");
        }
    }

    private ArrayNode seen() {
        ArrayNode rows = Text.array();
        simulator.seen().forEach(each -> rows.addObject().put("method", each.method()).put("uri", each.uri().toString()).put("status", each.status())
                .put("requestId", each.requestId()).put("clientRequestId", each.clientRequestId()));
        return rows;
    }
}
