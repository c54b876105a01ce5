package tombolo.shell.core;

import java.util.List;

/** A table with borders, as {@code calicoctl ipam show} draws it: scripts written for that read this as well. */
final class CalicoTable {
    private CalicoTable() { }

    /** @param rightFrom columns from this one on are right-aligned */
    static String render(List<String> headings, List<List<String>> rows, int rightFrom) {
        int[] widths = new int[headings.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = headings.get(column).length();
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], Table.clean(row.get(column)).length());
            }
        }
        StringBuilder text = new StringBuilder();
        border(text, widths);
        line(text, widths, headings, rightFrom);
        border(text, widths);
        rows.forEach(row -> line(text, widths, row, rightFrom));
        border(text, widths);
        return text.toString();
    }

    private static void border(StringBuilder text, int[] widths) {
        for (int width : widths) {
            text.append('+').append("-".repeat(width + 2));
        }
        text.append("+\n");
    }

    private static void line(StringBuilder text, int[] widths, List<String> cells, int rightFrom) {
        for (int column = 0; column < widths.length; column++) {
            String cell = Table.clean(cells.get(column));
            String room = " ".repeat(widths[column] - cell.length());
            text.append("| ").append(column >= rightFrom ? room + cell : cell + room).append(' ');
        }
        text.append("|\n");
    }
}
