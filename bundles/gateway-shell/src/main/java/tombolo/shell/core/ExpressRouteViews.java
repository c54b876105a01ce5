package tombolo.shell.core;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.expressroute.Report;
import tombolo.api.expressroute.Report.Block;
import tombolo.shell.core.Table.Cell;
import tombolo.shell.core.Table.Tone;

/** Shows what azure-expressroute answers, and reads the words of {@code er:} commands. */
public final class ExpressRouteViews {
    private ExpressRouteViews() { }

    public static Document of(Report report) {
        return new Document(report.json(), screen -> {
            StringBuilder text = new StringBuilder();
            report.blocks().forEach(block -> text.append(text(block, screen)));
            return text.toString();
        });
    }

    /** What is left to do, for whoever was shown what there is to do: nothing more for people where it is the same, and in JSON, in which nothing was shown, all of it. */
    public static Document behind(Report shown, Report left) {
        Document document = of(left);
        return left.equals(shown) ? new Document(document.json(), _ -> "") : document;
    }

    private static String text(Block block, Screen screen) {
        return switch (block) {
            case Block.Lines(Report.Tone tone, List<String> lines) -> String.join("", lines.stream().map(line -> tone(tone).paint(Table.clean(line), screen) + "\n").toList());
            case Block.Facts(List<String> namesAndValues) -> Text.facts(namesAndValues.toArray());
            case Block.Table(List<String> headings, List<List<Report.Cell>> rows) -> {
                Table table = new Table(headings.toArray(String[]::new));
                rows.forEach(row -> table.row(row.stream().map(cell -> new Cell(cell.text(), tone(cell.tone()))).toArray()));
                yield table.render(screen);
            }
        };
    }

    private static Tone tone(Report.Tone tone) {
        return switch (tone) {
            case PLAIN -> Tone.PLAIN;
            case GOOD -> Tone.GOOD;
            case WARN -> Tone.WARN;
            case BAD -> Tone.BAD;
        };
    }

    /** A line that comes while a command works. */
    public static String progress(String line) {
        return "… " + Table.clean(line);
    }

    public static boolean isYes(@Nullable String answer) {
        return "yes".equals(answer == null ? "" : answer.strip());
    }

    public static Failure missing(String what) {
        return new Failure("TMB-SHL-090 the command needs " + what + " behind the circuit; see its --help.");
    }

    public static ExpressRoute.Peering peering(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "private" -> ExpressRoute.Peering.PRIVATE;
            case "microsoft" -> ExpressRoute.Peering.MICROSOFT;
            default -> throw new Failure("TMB-SHL-091 '" + word + "' is not a peering; wanted private or microsoft.");
        };
    }

    public static Optional<ExpressRoute.Device> device(@Nullable String word) {
        return word == null ? Optional.empty() : Optional.of(switch (word.toLowerCase(Locale.ROOT)) {
            case "primary" -> ExpressRoute.Device.PRIMARY;
            case "secondary" -> ExpressRoute.Device.SECONDARY;
            default -> throw new Failure("TMB-SHL-092 '" + word + "' is not an edge router; wanted primary or secondary.");
        });
    }

    public static Optional<Long> gigabytes(@Nullable String word) {
        if (word == null) {
            return Optional.empty();
        }
        if (!word.matches("[0-9]{1,12}")) {
            throw new Failure("TMB-SHL-093 --egress-gb '" + word + "' is not a number of GB.");
        }
        return Optional.of(Long.parseLong(word));
    }
}
