package tombolo.shell.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Columns as wide as their content, two spaces apart. A heading that begins with {@code >} makes a column right-aligned. */
public final class Table {
    /** What a cell's colour says. */
    public enum Tone {
        PLAIN(""), GOOD("\u001b[32m"), WARN("\u001b[33m"), BAD("\u001b[31m"), HEADING("\u001b[1m");

        private final String start;

        Tone(String start) {
            this.start = start;
        }

        String paint(String text, Screen screen) {
            return !screen.color() || this == PLAIN ? text : start + text + "\u001b[0m";
        }
    }

    /** A text with a colour. */
    public record Cell(String text, Tone tone) { }

    private static final String GAP = "  ";
    private final List<Boolean> right = new ArrayList<>();
    private final List<List<Cell>> rows = new ArrayList<>();

    public Table(String... headings) {
        List<Cell> heading = new ArrayList<>();
        for (String text : headings) {
            right.add(text.startsWith(">"));
            heading.add(new Cell(text.startsWith(">") ? text.substring(1) : text, Tone.HEADING));
        }
        rows.add(heading);
    }

    /** One cell for each heading: a {@link Cell}, an Optional ("-" where empty), or anything with a text. */
    public Table row(Object... cells) {
        if (cells.length != right.size()) {
            throw new IllegalArgumentException(cells.length + " cells under " + right.size() + " headings");
        }
        List<Cell> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(switch (cell) {
                case Cell ready -> new Cell(clean(ready.text()), ready.tone());
                case Optional<?> optional -> new Cell(clean(optional.map(Object::toString).orElse("-")), Tone.PLAIN);
                default -> new Cell(clean(cell.toString()), Tone.PLAIN);
            });
        }
        rows.add(row);
        return this;
    }

    /** Control characters in a neighbour's text would move the cursor of whoever looks at it. */
    static String clean(String text) {
        return text.codePoints().anyMatch(Character::isISOControl) ? text.replaceAll("[\\x{00}-\\x{1f}\\x{7f}-\\x{9f}]", "?") : text;
    }

    public String render(Screen screen) {
        int[] widths = new int[right.size()];
        for (List<Cell> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).text().length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<Cell> row : rows) {
            int room = screen.width() > 0 ? screen.width() : Integer.MAX_VALUE;
            for (int i = 0; i < widths.length && room > 0; i++) {
                Cell cell = row.get(i);
                String gap = i == 0 ? "" : GAP;
                String padding = " ".repeat(widths[i] - cell.text().length());
                boolean last = i == widths.length - 1;
                String shown = gap + (right.get(i) ? padding + cell.text() : last ? cell.text() : cell.text() + padding);
                String fitted = shown.length() <= room ? shown : shown.substring(0, room - 1) + "…";
                room -= fitted.length();
                text.append(cell.tone().paint(fitted, screen));
            }
            while (!screen.color() && !text.isEmpty() && text.charAt(text.length() - 1) == ' ') {
                text.setLength(text.length() - 1);
            }
            text.append('\n');
        }
        return text.toString();
    }
}
