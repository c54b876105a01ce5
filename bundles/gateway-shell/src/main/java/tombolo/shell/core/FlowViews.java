package tombolo.shell.core;

import static tombolo.shell.core.Text.map;

import java.util.Map;
import java.util.Optional;
import tombolo.api.policy.Policies;
import tombolo.api.policy.Policies.Flow;
import tombolo.api.policy.Policies.FlowEnd;
import tombolo.api.policy.Policies.FlowQuery;
import tombolo.api.policy.Policies.Flows;
import tombolo.runtime.json.JsonText;
import tombolo.shell.core.Table.Cell;
import tombolo.shell.core.Table.Tone;

/** What was denied or logged: {@code policy:flows}. */
public final class FlowViews {
    private FlowViews() { }

    public static Flows ask(Services services, boolean denied, Optional<String> endpoint, long since) {
        return PolicyViews.ask(services, policies -> policies.flows(new FlowQuery(denied, endpoint, since)));
    }

    public static Document flows(Services services, Flows flows) {
        Policies.Enforcement enforcement = services.need(Policies.class).status().enforcement();
        Map<String, Object> json = map("flows", flows.flows().stream().map(FlowViews::json).toList(), "last", flows.last(), "listening", flows.listening(), "state", flows.state(),
                "logged", flows.logged(), "lost", flows.lost(), "forgotten", flows.forgotten(), "enforced", enforcement.enforced(), "enforcement", enforcement.text());
        return new Document(json, screen -> {
            Table table = new Table("LAST", "VERDICT", "DIRECTION", "FROM", "TO", "PROTOCOL", "PORTS", "AT", "BY", ">RULE", ">PACKETS");
            flows.flows().forEach(flow -> table.row(Text.time(flow.lastMillis()), tone(flow), Text.lower(flow.direction()), words(flow.source()), words(flow.destination()), flow.protocol(),
                    ports(flow), flow.at().orElse("-"), flow.policy(), flow.rule() == 0 ? "-" : Integer.toString(flow.rule()), flow.packets()));
            return (flows.flows().isEmpty() ? "No such packet has been logged.\n" : table.render(screen)) + "\nThe log: " + Table.clean(flows.state()) + ".\n"
                    + PolicyViews.note(enforcement, screen).substring(1);
        });
    }

    /** One line for each flow, as they are followed. */
    public static String lines(Flows flows, boolean json, Screen screen) {
        StringBuilder text = new StringBuilder();
        for (Flow flow : flows.flows()) {
            text.append(json ? JsonText.line(Text.json(json(flow))) : Text.time(flow.lastMillis()) + " " + tone(flow).tone().paint(flow.verdict(), screen) + " " + Text.lower(flow.direction())
                    + " " + Table.clean(words(flow.source()) + " to " + words(flow.destination()) + " " + flow.protocol() + " " + ports(flow) + flow.at().map(at -> " at " + at).orElse("") + " by " + flow.policy()
                    + (flow.rule() == 0 ? "" : " rule " + flow.rule()) + ", " + flow.packets() + (flow.packets() == 1 ? " packet" : " packets"))).append('\n');
        }
        return text.toString();
    }

    private static Cell tone(Flow flow) {
        return new Cell(flow.verdict(), !flow.verdict().equals("log") ? Tone.BAD : Tone.PLAIN);
    }

    private static String words(FlowEnd end) {
        return end.endpoint().map(name -> name + " (" + end.address() + ")").orElse(end.address());
    }

    private static String ports(Flow flow) {
        return flow.icmp().orElseGet(() -> flow.sourcePort() == 0 && flow.destinationPort() == 0 ? "-" : flow.sourcePort() + " > " + flow.destinationPort());
    }

    private static Map<String, Object> json(Flow flow) {
        return map("number", flow.number(), "first", Text.time(flow.firstMillis()), "last", Text.time(flow.lastMillis()), "verdict", flow.verdict(), "direction", Text.lower(flow.direction()),
                "at", flow.at(), "policy", flow.policy(), "rule", flow.rule(), "source", json(flow.source()), "destination", json(flow.destination()), "protocol", flow.protocol(), "sourcePort",
                flow.sourcePort(), "destinationPort", flow.destinationPort(), "icmp", flow.icmp(), "packets", flow.packets(), "bytes", flow.bytes());
    }

    private static Map<String, Object> json(FlowEnd end) {
        return map("address", end.address(), "endpoint", end.endpoint(), "labels", end.labels());
    }
}
