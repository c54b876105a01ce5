package tombolo.config.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.config.ConfigEntry;
import tombolo.api.config.ConfigEntry.Shadowed;

/** Tells of each value where it comes from and what it keeps out of force. */
final class Explained {
    private final List<ConfigEntry> entries = new ArrayList<>();

    private Explained() { }

    static List<ConfigEntry> entries(Merge.Merged merged) {
        Explained explained = new Explained();
        merged.layers().forEach(explained::layered);
        Map<Said, List<Said>> beaten = new HashMap<>();
        merged.losers().forEach((loser, winner) -> beaten.computeIfAbsent(winner, any -> new ArrayList<>()).add(loser));
        merged.winners().forEach(winner -> explained.whole(winner, beaten.getOrDefault(winner, List.of())));
        merged.losers().forEach(explained::beaten);
        explained.entries.sort(Comparator.comparing(ConfigEntry::key).thenComparing(entry -> entry.shadowedBy().isPresent()).thenComparing(ConfigEntry::source));
        return List.copyOf(explained.entries);
    }

    private void layered(FileKind kind, List<Said> layers) {
        for (Key<?> key : kind.keys()) {
            List<Shadowed> found = new ArrayList<>();
            layers.forEach(layer -> layer.value(key.name()).ifPresent(value -> found.add(new Shadowed(shown(key, value), layer.origin(key.name())))));
            key.value().ifPresent(value -> found.add(new Shadowed(value, ConfigEntry.BUILT_IN)));
            if (!found.isEmpty()) {
                Shadowed first = found.removeFirst();
                entries.add(new ConfigEntry(kind.place("") + "." + key.name(), first.value(), first.source(), found, Optional.empty()));
            }
        }
    }

    private void whole(Said winner, List<Said> beaten) {
        Set<String> set = new HashSet<>();
        List<Said> sorted = beaten.stream().sorted(Said.HEAVIEST_FIRST).toList();
        winner.cfg().entries().values().forEach(entry -> {
            set.add(entry.key());
            List<Shadowed> shadows = new ArrayList<>();
            sorted.forEach(loser -> loser.value(entry.key()).ifPresent(value -> shadows.add(new Shadowed(shown(winner.kind(), entry.key(), value), loser.origin(entry.key())))));
            key(winner.kind(), entry.key()).flatMap(Key::value).ifPresent(value -> shadows.add(new Shadowed(value, ConfigEntry.BUILT_IN)));
            entries.add(new ConfigEntry(winner.place() + "." + entry.key(), shown(winner.kind(), entry.key(), entry.value()), winner.origin(entry.key()), shadows,
                    Optional.empty()));
        });
        winner.kind().keys().stream().filter(key -> key.name().indexOf('<') < 0 && !set.contains(key.name())).forEach(key -> key.value().ifPresent(value ->
                entries.add(new ConfigEntry(winner.place() + "." + key.name(), value, ConfigEntry.BUILT_IN, List.of(), Optional.empty()))));
    }

    private void beaten(Said loser, Said winner) {
        loser.cfg().entries().values().forEach(entry -> entries.add(new ConfigEntry(loser.place() + "." + entry.key(), shown(loser.kind(), entry.key(), entry.value()),
                loser.origin(entry.key()), List.of(), Optional.of(winner.place() + " of " + winner.cfg().name()))));
    }

    private static Optional<Key<?>> key(FileKind kind, String name) {
        for (Key<?> key : kind.keys()) {
            if (key.name().equals(name)) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }

    private static String shown(FileKind kind, String name, String value) {
        return key(kind, name).map(key -> shown(key, value)).orElse(value);
    }

    /** Where a secret is kept is none of a listing's business: a password mistakenly written there would be shown. */
    private static String shown(Key<?> key, String value) {
        return key.type().secret() ? "(hidden)" : value;
    }
}
