package tombolo.api.expressroute;

import java.util.List;
import tombolo.api.json.Json;

/**
 * One answer in both forms.
 *
 * @param json   for scripts: the names of members keep their meaning
 * @param blocks for people, from the top down
 */
public record Report(Json json, List<Block> blocks) {
    public Report {
        blocks = List.copyOf(blocks);
    }

    /** What a cell or a line says by its colour. */
    public enum Tone { PLAIN, GOOD, WARN, BAD }

    public record Cell(String text, Tone tone) {
        public static Cell of(Object text) {
            return new Cell(String.valueOf(text), Tone.PLAIN);
        }
    }

    /** A piece of text. */
    public sealed interface Block {
        /** Lines as they are. */
        record Lines(Tone tone, List<String> lines) implements Block {
            public Lines {
                lines = List.copyOf(lines);
            }
        }

        /** Names and values, two by two. */
        record Facts(List<String> namesAndValues) implements Block {
            public Facts {
                namesAndValues = List.copyOf(namesAndValues);
            }
        }

        /** @param headings one that begins with {@code >} makes a column right-aligned. @param rows one cell for each heading */
        record Table(List<String> headings, List<List<Cell>> rows) implements Block {
            public Table {
                headings = List.copyOf(headings);
                rows = rows.stream().map(List::copyOf).toList();
            }
        }
    }
}
