package tombolo.resources.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses what somebody meant to write. */
final class Spelling {
    /** Shorter words are too close to one another to guess. */
    private static final int SHORTEST = 5;
    private static final int LONG = 9;

    private Spelling() { }

    /** The known word that differs in case only, or by one slip; in a long one by two. */
    static Optional<String> meant(String word, Collection<String> known) {
        return known.stream().filter(each -> each.equalsIgnoreCase(word)).findFirst().or(() -> {
            int most = word.length() < SHORTEST ? 0 : word.length() < LONG ? 1 : 2;
            return known.stream().filter(each -> distance(each, word) <= most).min(Comparator.comparingInt(each -> distance(each, word)));
        });
    }

    /** Letters to insert, delete, change or swap with their neighbour. */
    static int distance(String left, String right) {
        int[][] table = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                if (i == 0 || j == 0) {
                    table[i][j] = i + j;
                    continue;
                }
                int cost = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
                table[i][j] = Math.min(Math.min(table[i - 1][j], table[i][j - 1]) + 1, table[i - 1][j - 1] + cost);
                if (i > 1 && j > 1 && left.charAt(i - 1) == right.charAt(j - 2) && left.charAt(i - 2) == right.charAt(j - 1)) {
                    table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1);
                }
            }
        }
        return table[left.length()][right.length()];
    }
}
