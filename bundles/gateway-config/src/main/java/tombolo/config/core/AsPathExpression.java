package tombolo.config.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Checks an AS-path expression: the part of regular expressions that people know from routers, where {@code _} stands for a border of a number.
 *
 * <p>An AS_PATH comes from strangers and can hold a thousand numbers, and a backtracking matcher takes exponential time for {@code (a*)*} and for
 * {@code (a|b)*}. Hence: no repetition of a group that itself holds a repetition or an alternative, and at most {@link #MAX_REPETITIONS} open ones
 * in all, which bounds the work by a small power of the path's length.
 */
final class AsPathExpression {
    /** Enough for any policy; bounds compile time and stack. */
    static final int MAX_LENGTH = 255;
    /** {@code *} and {@code +}: {@code ^.*_65010_.*_65020_.*$} has three. */
    static final int MAX_REPETITIONS = 4;

    private AsPathExpression() { }

    static final ValueType<String> TYPE = ValueType.special("an expression of at most " + MAX_LENGTH + " characters out of digits . * + ? ^ $ _ ( ) | [ ] - and space,"
            + " such as ^65010_ or _(65010|65020)$; no repeated group may hold * + ? or |, and * and + occur at most " + MAX_REPETITIONS + " times", AsPathExpression::check);

    private static String check(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("it has " + text.length() + " characters");
        }
        for (char c : text.toCharArray()) {
            if ("0123456789.*+?^$_()|[]- ".indexOf(c) < 0) {
                throw new IllegalArgumentException("the character '" + c + "' is not part of AS-path expressions");
            }
        }
        checkRepetitions(text);
        try {
            Pattern.compile(text.replace("_", "(?:^|$|[ ,{}()])"));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(e.getDescription(), e);
        }
        return text;
    }

    private static void checkRepetitions(String text) {
        Deque<Boolean> risky = new ArrayDeque<>(); // for each open group: does it hold a repetition or an alternative
        boolean closedRisky = false;               // whether the group that ended right before this character does
        boolean inClass = false;
        int open = 0;
        risky.push(false);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char before = i == 0 ? ' ' : text.charAt(i - 1);
            if (inClass) {
                inClass = c != ']';
                continue;
            }
            switch (c) {
                case '[' -> inClass = true;
                case '(' -> risky.push(false);
                case ')' -> {
                    closedRisky = risky.pop();
                    if (risky.isEmpty()) {
                        throw new IllegalArgumentException("a ) has no (");
                    }
                    risky.push(risky.pop() | closedRisky);
                }
                case '|' -> mark(risky);
                case '*', '+', '?' -> {
                    if (i == 0 || "*+?(|^".indexOf(before) >= 0) {
                        throw new IllegalArgumentException("the " + c + " has nothing to repeat");
                    }
                    if (c != '?' && before == ')' && closedRisky) {
                        throw new IllegalArgumentException("a repeated group holds a repetition or an alternative");
                    }
                    if (c != '?' && ++open > MAX_REPETITIONS) {
                        throw new IllegalArgumentException("more than " + MAX_REPETITIONS + " of * and +");
                    }
                    mark(risky);
                }
                default -> { }
            }
        }
        if (inClass || risky.size() != 1) {
            throw new IllegalArgumentException(inClass ? "a [ has no ]" : "a ( has no )");
        }
    }

    private static void mark(Deque<Boolean> risky) {
        risky.pop();
        risky.push(true);
    }
}
