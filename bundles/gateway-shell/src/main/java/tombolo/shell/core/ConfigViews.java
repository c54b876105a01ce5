package tombolo.shell.core;

import static tombolo.shell.core.Text.map;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.config.ConfigEntry;
import tombolo.api.config.Configuration;
import tombolo.shell.core.Table.Cell;
import tombolo.shell.core.Table.Tone;

/** Where each value of the configuration comes from: {@code config:explain}. */
public final class ConfigViews {
    private ConfigViews() { }

    /**
     * @param key   a key, or the part before a dot ({@code bgp.peer-rack-1}); empty: everything that somebody has set
     * @param all   the built-in values too; a key that is asked for by its whole name is shown in any case
     */
    public static Document explain(Services services, Optional<String> key, boolean all) {
        List<ConfigEntry> entries = services.need(Configuration.class).entries();
        List<ConfigEntry> shown = entries.stream().filter(entry -> key.map(wanted -> entry.key().equals(wanted) || entry.key().startsWith(wanted + ".")).orElse(true))
                .filter(entry -> all || !entry.builtIn() || key.filter(entry.key()::equals).isPresent()).toList();
        if (shown.isEmpty() && key.isPresent() && entries.stream().noneMatch(entry -> entry.key().startsWith(key.get() + "."))) {
            throw new Failure("TMB-SHL-010 nothing is set under '" + key.get() + "' and it has no built-in value; config:explain lists what is set, with --all also what"
                    + " is built in.");
        }
        return new Document(shown.stream().map(ConfigViews::json).toList(), screen -> {
            if (shown.isEmpty()) {
                return "Nothing is set: all values are built in; --all shows them.\n";
            }
            Table table = new Table("KEY", "VALUE", "SOURCE", "SHADOWS");
            shown.forEach(entry -> table.row(entry.key(), new Cell(entry.value(), entry.shadowedBy().isPresent() ? Tone.WARN : Tone.PLAIN), entry.source(),
                    entry.shadowedBy().map(winner -> "shadowed by " + winner).orElseGet(() -> shadows(entry, key))));
            return table.render(screen);
        });
    }

    /** A value that only keeps a built-in one out of force is not worth a word unless it was asked for. */
    private static String shadows(ConfigEntry entry, Optional<String> key) {
        boolean asked = key.filter(entry.key()::equals).isPresent();
        return Text.orDash(entry.shadows().stream().filter(shadow -> asked || !shadow.source().equals(ConfigEntry.BUILT_IN))
                .map(shadow -> shadow.value() + " (" + shadow.source() + ")").toList());
    }

    private static Map<String, Object> json(ConfigEntry entry) {
        return map("key", entry.key(), "value", entry.value(), "source", entry.source(), "inForce", entry.shadowedBy().isEmpty(),
                "shadows", entry.shadows().stream().map(shadow -> map("value", shadow.value(), "source", shadow.source())).toList(), "shadowedBy", entry.shadowedBy());
    }
}
