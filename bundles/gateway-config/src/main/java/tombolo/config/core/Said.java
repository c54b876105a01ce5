package tombolo.config.core;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tombolo.api.config.Contribution;
import tombolo.api.config.Contribution.Level;

/**
 * What one file or one part of a contribution says, on its way into the settings.
 *
 * @param kind   of file
 * @param name   as in the file's name
 * @param rank   the lower the heavier
 * @param source of a contribution; "file" for a file
 * @param cfg    named by the file's name or the part's origin
 */
record Said(FileKind kind, String name, int rank, String source, CfgFile cfg) {
    private static final String FILE = "file";
    /** etc/ stands behind circuits and before all else. */
    private static final int FILE_RANK = 1;

    /** The heaviest first; between equals the order of names, so that the order of arrival does not matter. */
    static final Comparator<Said> HEAVIEST_FIRST = Comparator.comparingInt(Said::rank).thenComparing(Said::source).thenComparing(said -> said.cfg.name())
            .thenComparing(Said::name);

    static Said file(FileKind.Named named, CfgFile cfg) {
        return new Said(named.kind(), named.name(), FILE_RANK, FILE, cfg);
    }

    static Said part(String source, Contribution.Part part) {
        Map<String, CfgFile.Entry> entries = new LinkedHashMap<>();
        part.values().forEach((key, value) -> entries.put(key, new CfgFile.Entry(key, value, 0)));
        int rank = part.level() == Level.CIRCUIT ? 0 : FILE_RANK + part.level().ordinal();
        return new Said(FileKind.valueOf(part.kind().name()), part.name(), rank, source, new CfgFile(part.origin(), entries));
    }

    boolean ofFile() {
        return source.equals(FILE);
    }

    /** What a filter's name, as it is used in this place, is called in the settings. */
    String filter(String reference) {
        return reference.startsWith(ValueType.OF_FILES) ? reference.substring(ValueType.OF_FILES.length()) : ofFile() ? reference : source + "/" + reference;
    }

    /** What it is called in the settings. */
    String settingsName() {
        return kind == FileKind.FILTER && !ofFile() ? source + "/" + name : name;
    }

    String place() {
        return kind.place(settingsName());
    }

    String origin(String key) {
        CfgFile.Entry entry = cfg.entries().get(key);
        return cfg.name() + (entry != null && entry.line() > 0 ? ":" + entry.line() : "");
    }

    Optional<String> value(String key) {
        return Optional.ofNullable(cfg.entries().get(key)).map(CfgFile.Entry::value);
    }
}
