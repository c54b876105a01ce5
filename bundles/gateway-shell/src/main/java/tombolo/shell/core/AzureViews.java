package tombolo.shell.core;

import static tombolo.shell.core.Text.map;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tombolo.api.azure.AzureAccess;
import tombolo.api.azure.AzureAccess.Budget;
import tombolo.api.azure.AzureAccess.Check;
import tombolo.api.azure.AzureAccess.Operation;
import tombolo.api.azure.AzureAccess.Standing;
import tombolo.api.azure.AzureAccess.Step;
import tombolo.shell.core.Table.Cell;
import tombolo.shell.core.Table.Tone;

/** How the node stands with Azure. */
public final class AzureViews {
    private static final String NONE = "No subscription is configured: write etc/tombolo.azure.subscription-NAME.cfg (etc/examples/ has a sample).\n";

    private AzureViews() { }

    /** {@code azure:subscriptions}. */
    public static Document subscriptions(Services services) {
        List<Standing> standings = services.need(AzureAccess.class).standings();
        List<Map<String, Object>> json = standings.stream().map(one -> map("name", one.subscription().name(), "subscriptionId", one.subscription().id(), "cloud", one.subscription().cloud(),
                "endpoint", one.endpoint(), "credential", one.credential())).toList();
        return new Document(json, screen -> {
            if (standings.isEmpty()) {
                return NONE;
            }
            Table table = new Table("NAME", "SUBSCRIPTION", "CLOUD", "AS", "ENDPOINT");
            standings.forEach(one -> table.row(one.subscription().name(), one.subscription().id(), one.subscription().cloud(), one.credential(), one.endpoint().isEmpty() ? "-" : one.endpoint()));
            return table.render(screen);
        });
    }

    /** {@code azure:status}. @param now milliseconds since the epoch */
    public static Document status(Services services, long now) {
        List<Standing> standings = services.need(AzureAccess.class).standings();
        return new Document(standings.stream().map(AzureViews::json).toList(), screen -> {
            if (standings.isEmpty()) {
                return NONE;
            }
            Table table = new Table("NAME", "TOKEN", "CLOCK", ">READS LEFT", ">WRITES LEFT", ">DELETES LEFT", ">REQUESTS", ">THROTTLED", "STATE");
            standings.forEach(one -> table.row(one.subscription().name(), one.tokenUntil().map(until -> left(until, now)).orElse("-"), clock(one.skew()), left(one, 0), left(one, 1),
                    left(one, 2), one.requests(), one.throttled(), one.trouble().isPresent() ? new Cell("in trouble", Tone.BAD)
                            : one.requests() == 0 ? new Cell("not asked yet", Tone.PLAIN) : new Cell("answers", Tone.GOOD)));
            StringBuilder text = new StringBuilder(table.render(screen));
            standings.forEach(one -> one.trouble().ifPresent(why -> text.append('\n').append(Table.clean(why)).append('\n')));
            operations(standings, now).ifPresent(all -> text.append('\n').append(all.render(screen)));
            return text.toString();
        });
    }

    /** {@code azure:check}. */
    public static Document check(Services services, String name) {
        Check check = services.need(AzureAccess.class).check(name);
        List<Map<String, Object>> steps = check.steps().stream().map(step -> map("step", step.name(), "good", step.good(), "found", step.found(), "tookMillis", step.took().toMillis()))
                .toList();
        Document document = new Document(map("subscription", check.subscription().name(), "good", check.good(), "steps", steps), screen -> {
            Table table = new Table("STEP", "", ">TOOK", "FOUND");
            for (Step step : check.steps()) {
                table.row(step.name(), step.good() ? new Cell("good", Tone.GOOD) : new Cell("NOT GOOD", Tone.BAD), step.took().toMillis() + " ms", step.good() ? step.found() : "see below");
            }
            return table.render(screen);
        });
        return check.steps().stream().filter(step -> !step.good()).findFirst().map(step -> document.failing(Table.clean(step.found()))).orElse(document);
    }

    private static Map<String, Object> json(Standing one) {
        List<Map<String, Object>> budgets = one.budgets().stream().map(budget -> map("kind", budget.kind(), "left", budget.left(), "most", budget.most(),
                "remainingByArm", boxed(budget.told()), "pausedUntil", budget.pausedUntil())).toList();
        List<Map<String, Object>> operations = one.operations().stream().map(operation -> map("what", operation.what(), "started", operation.started(), "status", operation.status(),
                "polled", operation.polled())).toList();
        return map("name", one.subscription().name(), "subscriptionId", one.subscription().id(), "cloud", one.subscription().cloud(), "endpoint", one.endpoint(), "credential",
                one.credential(), "trouble", one.trouble(), "tokenUntil", one.tokenUntil(), "clockSkewSeconds", one.skew().map(Duration::toSeconds), "requests", one.requests(), "throttled",
                one.throttled(), "budgets", budgets, "operations", operations);
    }

    private static Optional<Long> boxed(OptionalLong number) {
        return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
    }

    private static Optional<Table> operations(List<Standing> standings, long now) {
        if (standings.stream().allMatch(one -> one.operations().isEmpty())) {
            return Optional.empty();
        }
        Table table = new Table("SUBSCRIPTION", "OPERATION", "STARTED", "STATUS", "ASKED");
        for (Standing one : standings) {
            for (Operation operation : one.operations()) {
                table.row(one.subscription().name(), operation.what(), operation.started().truncatedTo(ChronoUnit.SECONDS), operation.status(),
                        Text.duration((now - operation.polled().toEpochMilli()) / 1000) + " ago");
            }
        }
        return Optional.of(table);
    }

    private static String left(Standing one, int kind) {
        if (one.budgets().size() <= kind) {
            return "-";
        }
        Budget budget = one.budgets().get(kind);
        return budget.left() + " of " + budget.most() + (budget.pausedUntil().isPresent() ? ", paused" : "");
    }

    private static String left(Instant until, long now) {
        return Text.duration((until.toEpochMilli() - now) / 1000);
    }

    private static String clock(Optional<Duration> skew) {
        return skew.map(found -> found.abs().toSeconds() < 2 ? "right" : found.abs().toSeconds() + " s " + (found.isNegative() ? "ahead" : "behind")).orElse("-");
    }
}
