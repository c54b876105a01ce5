package tombolo.config.core;

import java.util.ArrayList;
import java.util.List;

/**
 * The commented sample of a kind of file, as it stands in etc/ (or etc/examples/ for the kinds with many files): every key with unit, default, range and
 * effect. A test holds the files in etc/ against this text, so that they cannot fall behind.
 */
public final class Sample {
    private static final int WIDTH = 118;

    private Sample() { }

    public static String of(FileKind kind) {
        StringBuilder text = new StringBuilder();
        if (kind.isFactory()) {
            text.append("# Sample. Copy it to etc/").append(kind.fileName("<name>")).append(", remove the # before the keys you need, and set them.\n");
        }
        kind.purpose().lines().forEach(line -> wrapped(text, "# ", line));
        text.append("# A change takes effect within 2 seconds. A file with a mistake is refused whole and its last good version stays in force;\n");
        text.append("# `./gateway check` finds mistakes beforehand. Each key stands here with its effect, unit, default and range.\n");
        for (Key<?> key : kind.keys()) {
            text.append('\n');
            wrapped(text, "# ", key.effect());
            if (key.name().contains("<")) {
                text.append("# Written as: ").append(key.name()).append('\n');
            }
            key.insteadOf().ifPresent(other -> text.append("# Not together with ").append(other).append(".\n"));
            wrapped(text, "#   unit: ", key.type().unit() + " · default: " + key.otherwise() + " · range: " + key.type().range());
            text.append('#').append(line(key)).append('\n');
        }
        return text.toString();
    }

    /** The sample's line of a key without its comment sign. */
    static String line(Key<?> key) {
        return key.name().replace("<n>", "10").replace("<name>", "EXAMPLE") + " = " + key.example();
    }

    private static void wrapped(StringBuilder text, String indent, String sentence) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : sentence.split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        String further = "#" + " ".repeat(indent.length() - 1);
        for (int i = 0; i < lines.size(); i++) {
            text.append(i == 0 ? indent : further).append(lines.get(i)).append('\n');
        }
    }
}
