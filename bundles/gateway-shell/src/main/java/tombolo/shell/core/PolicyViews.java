package tombolo.shell.core;

import static tombolo.shell.core.Text.map;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import tombolo.api.policy.Policies;
import tombolo.api.policy.Policies.Closed;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.policy.Policies.Enforcement;
import tombolo.api.policy.Policies.Explanation;
import tombolo.api.policy.Policies.Pair;
import tombolo.api.policy.Policies.Pairs;
import tombolo.api.policy.Policies.Plan;
import tombolo.api.policy.Policies.PolicyView;
import tombolo.api.policy.Policies.Problem;
import tombolo.api.policy.Policies.SetUse;
import tombolo.api.policy.Policies.Shown;
import tombolo.api.policy.Policies.Status;
import tombolo.api.policy.Policies.Step;
import tombolo.api.policy.Policies.TierView;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.ResourceCommands;
import tombolo.shell.core.Table.Cell;
import tombolo.shell.core.Table.Tone;

/** Policy: {@code policy:status}, {@code policy:show}, {@code policy:explain}, {@code policy:pairs}, {@code policy:sets}, {@code policy:plan}. */
public final class PolicyViews {
    /** Said once in each answer about pairs. */
    private static final String LOCAL = "Only what endpoints of this node say to each other is compared; policy:explain answers for this host, other nodes and addresses outside.\n";
    private static final String COMPARED = "endpoints of this node with each other";

    private PolicyViews() { }

    // ---------------------------------------------------------------- the state

    static Map<String, Object> json(Status status) {
        return map("node", status.node(), "heard", status.heard(), "enforced", status.enforcement().enforced(), "enforcement", status.enforcement().text(), "endpoints", status.endpoints(),
                "policies", status.policies(), "activePolicies", status.activePolicies(), "sets", status.sets(), "setMembers", status.setMembers(),
                "problems", status.problems().stream().map(PolicyViews::json).toList(), "closed", status.closed().stream().map(one ->
                        map("interfaces", one.interfaces(), "closed", one.closed(), "why", one.why(), "unknown", one.unknown(), "unknownCount", one.count())).toList());
    }

    /** The line of {@code gateway:status}. */
    static String line(Optional<Status> status) {
        return status.map(one -> (one.heard() ? one.activePolicies() + " of " + one.policies() + " policies select " + one.endpoints() + " endpoints here, " : "resources not heard yet, ")
                + (one.problems().isEmpty() ? "" : one.problems().size() + " not in force as they stand (policy:status), ") + one.enforcement().text()).orElse("not running");
    }

    public static Document status(Services services) {
        Status status = services.need(Policies.class).status();
        return new Document(json(status), screen -> {
            StringBuilder text = new StringBuilder(Text.facts("Node", status.node().orElse("not known yet"), "Enforcement", status.enforcement().text(), "Resources", status.heard() ? "heard"
                    : "not heard yet", "Endpoints here", status.endpoints(), "Policies", status.policies() + ", of which " + status.activePolicies() + " select an endpoint here",
                    "Sets", status.sets() + " with " + status.setMembers() + " members"));
            closed(status.closed(), screen, text);
            problems(status.problems(), text);
            return text.toString();
        });
    }

    private static void closed(List<Closed> closed, Screen screen, StringBuilder text) {
        if (!closed.isEmpty()) {
            text.append("\nClosed until their endpoint is known:\n");
        }
        for (Closed one : closed) {
            text.append("  ").append(one.interfaces()).append(one.closed() ? "" : " is not").append(": ").append(Table.clean(one.why())).append('\n');
            if (one.count() > 0) {
                text.append("    ").append(Tone.BAD.paint("of no known endpoint, and carrying nothing: " + String.join(", ", one.unknown()) + (one.count() > one.unknown().size()
                        ? " and " + (one.count() - one.unknown().size()) + " more" : ""), screen)).append('\n');
            }
        }
    }

    private static Map<String, Object> json(Problem problem) {
        return map("resource", problem.resource(), "message", problem.message(), "inForce", problem.inForce());
    }

    private static void problems(List<Problem> problems, StringBuilder text) {
        if (!problems.isEmpty()) {
            text.append("\nNot in force as they stand:\n");
            problems.forEach(problem -> text.append("  ").append(Table.clean(problem.message())).append("\n    in force: ").append(problem.inForce()).append('\n'));
        }
    }

    /** Said at the end of every answer that could be taken for what the kernel does. */
    static String note(Enforcement enforcement, Screen screen) {
        return "\nPolicy is " + (enforcement.enforced() ? enforcement.text() : Tone.BAD.paint(enforcement.text(), screen)) + ".\n";
    }

    static <T> T ask(Services services, Function<Policies, T> question) {
        Policies policies = services.need(Policies.class);
        try {
            return question.apply(policies);
        } catch (IllegalArgumentException e) {
            throw new Failure(e.getMessage() + ".");
        }
    }

    // ---------------------------------------------------------------- one endpoint

    public static Document show(Services services, String endpoint) {
        Shown shown = ask(services, policies -> policies.show(endpoint));
        List<Object> tiers = new ArrayList<>();
        shown.tiers().forEach(tier -> tiers.add(map("tier", tier.tier(), "order", number(tier), "defaultAction", tier.defaultAction(), "ingress", views(tier.ingress()), "egress",
                views(tier.egress()))));
        Map<String, Object> json = map("endpoint", shown.endpoint(), "interface", shown.interfaceName(), "addresses", shown.addresses(), "labels", shown.labels(), "tiers", tiers, "profiles",
                shown.profiles(), "enforced", shown.enforcement().enforced(), "enforcement", shown.enforcement().text());
        return new Document(json, screen -> {
            StringBuilder text = new StringBuilder(Text.facts("Endpoint", shown.endpoint(), "Interface", shown.interfaceName().orElse("-"), "Addresses", Text.orDash(shown.addresses()),
                    "Labels", Text.orDash(shown.labels().entrySet().stream().map(label -> label.getKey() + "=" + label.getValue()).toList()), "Profiles",
                    shown.profiles().isEmpty() ? "none: what no policy allows is denied" : String.join(", ", shown.profiles())));
            for (Direction direction : Direction.values()) {
                text.append('\n').append(direction == Direction.INGRESS ? "Ingress" : "Egress").append('\n').append(table(shown, direction, screen));
            }
            return text.append(note(shown.enforcement(), screen)).toString();
        });
    }

    private static Optional<Double> number(TierView tier) {
        return tier.order().isPresent() ? Optional.of(tier.order().getAsDouble()) : Optional.empty();
    }

    private static List<Object> views(List<PolicyView> policies) {
        List<Object> views = new ArrayList<>();
        policies.forEach(policy -> views.add(map("policy", policy.policy(), "order", policy.order().isPresent() ? Optional.of(policy.order().getAsDouble()) : Optional.empty(), "staged",
                policy.staged(), "stage", policy.stage(), "selectedBy", policy.why(), "rules", policy.rules())));
        return views;
    }

    private static String table(Shown shown, Direction direction, Screen screen) {
        Table table = new Table("TIER", ">ORDER", "POLICY", "SELECTED BY", "RULE");
        for (TierView tier : shown.tiers()) {
            List<PolicyView> policies = direction == Direction.INGRESS ? tier.ingress() : tier.egress();
            for (PolicyView policy : policies) {
                table.row(tier.tier(), policy.order().isPresent() ? order(policy.order().getAsDouble()) : "last", new Cell(policy.policy() + (policy.stage().isEmpty() ? "" : " (" + policy.stage() + ")") + (policy.staged() ? " (staged, not enforced)" : ""),
                        policy.staged() ? Tone.WARN : Tone.PLAIN), policy.why(), policy.rules().isEmpty() ? "none" : policy.rules().getFirst());
                policy.rules().stream().skip(1).forEach(rule -> table.row("", "", "", "", rule));
            }
            if (policies.stream().anyMatch(policy -> !policy.staged())) {
                table.row(tier.tier(), "", "end of the tier", "", tier.defaultAction());
            }
        }
        table.row("profiles", "", shown.profiles().isEmpty() ? "-" : String.join(", ", shown.profiles()), "", "then deny");
        return table.render(screen);
    }

    private static String order(double order) {
        return order == Math.rint(order) && Math.abs(order) < 1e15 ? Long.toString((long) order) : Double.toString(order);
    }

    // ---------------------------------------------------------------- one packet

    /** @param port a number, or nothing for protocols without */
    public static Document explain(Services services, String from, String to, String protocol, Optional<String> port) {
        return explanation(ask(services, policies -> policies.explain(question(from, to, protocol, port))));
    }

    /** With a packet that is sent. */
    public static Document probe(Services services, String from, String to, String protocol, Optional<String> port) {
        Policies.Probed probed = ask(services, policies -> policies.probe(question(from, to, protocol, port)));
        Document model = explanation(probed.explanation());
        Map<String, Object> json = map("model", model.json(), "passed", probed.passed(), "agrees", probed.agrees(), "result", probed.result(), "path",
                probed.path().stream().map(step -> map("table", step.table(), "chain", step.chain(), "rule", step.rule(), "verdict", step.verdict())).toList());
        return new Document(json, screen -> {
            Table table = new Table("TABLE", "CHAIN", "RULE", "VERDICT");
            probed.path().forEach(step -> table.row(step.table(), step.chain(), step.rule().isEmpty() ? "-" : step.rule(), step.verdict()));
            return model.text().apply(screen) + "\nA packet that was sent:\n" + (probed.path().isEmpty() ? "" : table.render(screen)) + "Probe: "
                    + (probed.agrees() ? Tone.GOOD : Tone.BAD).paint(Table.clean(probed.result()), screen) + ".\n";
        });
    }

    private static Policies.Question question(String from, String to, String protocol, Optional<String> port) {
        IpProtocol parsed;
        try {
            parsed = IpProtocol.parse(spelled(protocol));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("TMB-POL-014 " + e.getMessage(), e);
        }
        return new Policies.Question(from, to, parsed, number(port));
    }

    private static Document explanation(Explanation answer) {
        List<Object> ends = new ArrayList<>();
        answer.ends().forEach(end -> ends.add(map("endpoint", end.endpoint(), "direction", Text.lower(end.direction()), "verdict", end.verdict(), "steps",
                end.steps().stream().map(step -> map("tier", step.tier(), "policy", step.policy(), "rule", step.rule(), "outcome", step.outcome())).toList())));
        Map<String, Object> json = map("from", answer.source(), "to", answer.destination(), "traffic", answer.traffic(), "allowed", answer.allowed(), "ends", ends, "allowedIfStagedWereEnforced",
                answer.pending(), "enforced", answer.enforcement().enforced(), "enforcement", answer.enforcement().text());
        return new Document(json, screen -> {
            StringBuilder text = new StringBuilder(answer.source() + " to " + answer.destination() + ": " + answer.traffic() + "\n");
            answer.ends().forEach(end -> {
                Table table = new Table("TIER", "POLICY", ">RULE", "OUTCOME");
                for (Step step : end.steps()) {
                    table.row(step.tier(), step.policy().orElse("end of the tier"), step.rule() == 0 ? "-" : step.rule(), step.outcome());
                }
                text.append('\n').append(end.direction() == Direction.EGRESS ? "Egress of " : "Ingress of ").append(end.endpoint()).append(": ").append(end.verdict()).append('\n')
                        .append(table.render(screen));
            });
            text.append("\nVerdict: ").append((answer.allowed() ? Tone.GOOD : Tone.BAD).paint(answer.allowed() ? "allow" : "deny", screen)).append('\n');
            answer.pending().ifPresent(pending -> text.append("With the staged policies enforced it would be: ").append(pending ? "allow" : "deny").append('\n'));
            return text.append(note(answer.enforcement(), screen)).toString();
        });
    }

    /** People write {@code tcp}. */
    private static String spelled(String protocol) {
        String upper = protocol.toUpperCase(Locale.ROOT);
        return upper.equals("ICMPV6") ? "ICMPv6" : upper.equals("UDPLITE") ? "UDPLite" : upper;
    }

    private static OptionalInt number(Optional<String> port) {
        if (port.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!port.get().matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("TMB-POL-014 '" + port.get() + "' is not a number of a port");
        }
        return OptionalInt.of(Integer.parseInt(port.get()));
    }

    // ---------------------------------------------------------------- pairs, sets, a change

    public static Document pairs(Services services, Optional<String> from, Optional<String> to) {
        Pairs pairs = ask(services, policies -> policies.pairs(from, to));
        Map<String, Object> json = map("pairs", pairs.pairs().stream().map(PolicyViews::json).toList(), "leftOut", pairs.left(), "compared", COMPARED, "enforced", pairs.enforcement().enforced(), "enforcement",
                pairs.enforcement().text());
        return new Document(json, screen -> {
            Table table = new Table("FROM", "ADDRESS", "TO", "ADDRESS", "ALLOWED");
            pairs.pairs().forEach(pair -> table.row(pair.from(), pair.fromAddress(), pair.to(), pair.toAddress(), tone(pair)));
            return (pairs.pairs().isEmpty() && pairs.left() == 0 ? "No pairs: fewer than two endpoints are on this node.\n" : table.render(screen))
                    + (pairs.left() == 0 ? "" : pairs.left() + " more pairs are left out; name FROM or TO.\n") + LOCAL + note(pairs.enforcement(), screen);
        });
    }

    private static Cell tone(Pair pair) {
        return new Cell(pair.allowed().equals("-") ? "nothing" : pair.allowed(), pair.allowed().equals("-") ? Tone.BAD : Tone.PLAIN);
    }

    private static Map<String, Object> json(Pair pair) {
        return map("from", pair.from(), "fromAddress", pair.fromAddress(), "to", pair.to(), "toAddress", pair.toAddress(), "allowed", pair.allowed());
    }

    public static Document sets(Services services) {
        List<SetUse> sets = ask(services, Policies::sets);
        Enforcement enforcement = services.need(Policies.class).status().enforcement();
        List<Object> json = new ArrayList<>();
        sets.forEach(set -> json.add(map("name", set.name(), "selector", set.selector(), "kind", set.kind(), "members", set.members(), "first", set.first(), "users", set.users())));
        return new Document(map("sets", json, "enforced", enforcement.enforced(), "enforcement", enforcement.text()), screen -> {
            Table table = new Table("SELECTOR", "KIND", ">MEMBERS", "FIRST", "USED BY");
            sets.forEach(set -> table.row(set.selector(), set.kind(), set.members(), Text.orDash(set.first()), Text.orDash(set.users())));
            return (sets.isEmpty() ? "No sets: no rule in force here names a selector.\n" : table.render(screen)) + note(enforcement, screen);
        });
    }

    /** @param all also rules that no packet has met */
    public static Document counters(Services services, boolean all) {
        List<Policies.Counter> counters = ask(services, Policies::counters).stream().filter(counter -> all || counter.packets() > 0).toList();
        Enforcement enforcement = services.need(Policies.class).status().enforcement();
        Map<String, Object> json = map("counters", counters.stream().map(counter -> map("rule", counter.rule(), "packets", counter.packets(), "bytes", counter.bytes())).toList(), "enforced",
                enforcement.enforced(), "enforcement", enforcement.text());
        return new Document(json, screen -> {
            Table table = new Table("RULE", ">PACKETS", ">BYTES");
            counters.forEach(counter -> table.row(counter.rule(), counter.packets(), counter.bytes()));
            return (counters.isEmpty() ? "No packet has met a rule yet" + (all ? ".\n" : "; --all lists the rules.\n") : table.render(screen))
                    + "Counted is what begins a flow: what belongs to an allowed one passes before all rules.\n" + note(enforcement, screen);
        });
    }

    /** @param words {@code -f FILE} and what goes with it */
    public static Document plan(Services services, List<String> words, InputStream standardInput) {
        ResourceCommands.Documents documents = services.need(ResourceCommands.class).read(words, standardInput);
        if (!documents.problems().isEmpty()) {
            throw new Failure("TMB-POL-016 the documents cannot be planned with:\n" + String.join("\n", documents.problems()));
        }
        Plan plan = ask(services, policies -> policies.plan(documents.resources(), List.of()));
        List<Object> changes = new ArrayList<>();
        for (int i = 0; i < plan.before().size(); i++) {
            changes.add(map("from", plan.before().get(i).from(), "fromAddress", plan.before().get(i).fromAddress(), "to", plan.before().get(i).to(), "toAddress", plan.before().get(i).toAddress(),
                    "before", plan.before().get(i).allowed(), "after", plan.after().get(i).allowed()));
        }
        Map<String, Object> json = map("pairs", changes, "leftOut", plan.left(), "compared", COMPARED, "objects", plan.objects(), "kernel", plan.kernel(), "problems", plan.problems().stream().map(PolicyViews::json).toList(), "enforced",
                plan.enforcement().enforced(), "enforcement", plan.enforcement().text());
        return new Document(json, screen -> {
            StringBuilder text = new StringBuilder();
            if (plan.before().isEmpty()) {
                text.append(plan.left() == 0 ? "No pair of endpoints on this node gains or loses anything.\n" : "Of the pairs that were compared none gains or loses anything.\n");
            } else {
                Table table = new Table("FROM", "TO", "ADDRESS", "NOW", "THEN");
                for (int i = 0; i < plan.before().size(); i++) {
                    Pair now = plan.before().get(i);
                    table.row(now.from(), now.to(), now.toAddress(), tone(now), tone(plan.after().get(i)));
                }
                text.append(table.render(screen));
            }
            if (plan.left() > 0) {
                text.append(plan.left()).append(" more pairs are concerned and were not compared: they may gain or lose something too; policy:explain answers for each.\n");
            }
            text.append(LOCAL).append(plan.objects().isEmpty() ? "\nNothing of the compiled policy changes.\n" : "\nOf the compiled policy would change (+ new, ~ other, - gone):\n");
            plan.objects().forEach(line -> text.append("  ").append(Table.clean(line)).append('\n'));
            text.append(plan.kernel().isEmpty() ? "Nothing in the kernel changes.\n" : "\nIn the kernel's table would change:\n");
            plan.kernel().forEach(line -> text.append("  ").append(Table.clean(line)).append('\n'));
            problems(plan.problems(), text);
            return text.append("Nothing was written.\n").append(note(plan.enforcement(), screen)).toString();
        });
    }
}
