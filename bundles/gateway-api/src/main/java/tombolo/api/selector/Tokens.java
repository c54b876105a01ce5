package tombolo.api.selector;

import java.util.ArrayList;
import java.util.List;

/** Splits a selector into its words. */
final class Tokens {
    private final String text;
    private final List<Token> found = new ArrayList<>();
    private int at;

    private Tokens(String text) {
        this.text = text;
    }

    /** The words; the last is {@link Token.Kind#END}. */
    static List<Token> of(String text) {
        Tokens tokens = new Tokens(text);
        tokens.run();
        return tokens.found;
    }

    private void run() {
        while (true) {
            skipSpace();
            if (at == text.length()) {
                add(Token.Kind.END, "", 0);
                return;
            }
            char c = text.charAt(at);
            switch (c) {
                case '(' -> add(Token.Kind.LEFT_PARENTHESIS, "", 1);
                case ')' -> add(Token.Kind.RIGHT_PARENTHESIS, "", 1);
                case '{' -> add(Token.Kind.LEFT_BRACE, "", 1);
                case '}' -> add(Token.Kind.RIGHT_BRACE, "", 1);
                case ',' -> add(Token.Kind.COMMA, "", 1);
                case '"', '\'' -> string(c);
                case '=' -> pair('=', Token.Kind.EQUAL);
                case '&' -> pair('&', Token.Kind.AND);
                case '|' -> pair('|', Token.Kind.OR);
                case '!' -> {
                    if (text.startsWith("!=", at)) {
                        add(Token.Kind.NOT_EQUAL, "", 2);
                    } else {
                        add(Token.Kind.NOT, "", 1);
                    }
                }
                default -> word();
            }
        }
    }

    private void skipSpace() {
        // Space and tab alone: a line end inside a selector is an error, as in Calico.
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private void add(Token.Kind kind, String value, int length) {
        found.add(new Token(kind, value, at));
        at += length;
    }

    private void pair(char c, Token.Kind kind) {
        if (at + 1 == text.length() || text.charAt(at + 1) != c) {
            throw new BadSelector("a single '" + c + "'; wanted " + kind.words(), at);
        }
        add(kind, "", 2);
    }

    private void string(char quote) {
        int end = text.indexOf(quote, at + 1);
        if (end < 0) {
            throw new BadSelector("a text that starts with " + quote + " and has no end; wanted another " + quote, at);
        }
        add(Token.Kind.STRING, text.substring(at + 1, end), end + 1 - at);
    }

    private void word() {
        // Only behind a label is an operator's word an operator: elsewhere 'contains' or 'in' is a label.
        if (!found.isEmpty() && found.getLast().kind() == Token.Kind.LABEL) {
            operator();
        } else if (text.startsWith("has(", at)) {
            has();
        } else if (text.startsWith("all(", at)) {
            empty("all(", Token.Kind.ALL);
        } else if (text.startsWith("global(", at)) {
            empty("global(", Token.Kind.GLOBAL);
        } else {
            int end = labelEnd(at);
            if (end == at) {
                throw new BadSelector("unexpected character '" + Character.toString(text.codePointAt(at)) + "'", at);
            }
            add(Token.Kind.LABEL, text.substring(at, end), end - at);
        }
    }

    private int labelEnd(int start) {
        int end = start;
        while (end < text.length() && Text.isLabelCharacter(text.charAt(end))) {
            end++;
        }
        if (end - start > Text.MAX_LABEL_CHARS) {
            throw new BadSelector("a label name of " + (end - start) + " characters; the most is " + Text.MAX_LABEL_CHARS, start);
        }
        return end;
    }

    private void operator() {
        int start = at;
        Token.Kind kind = take("contains") ? Token.Kind.CONTAINS
                : take("starts") ? second("with", Token.Kind.STARTS_WITH, start)
                : take("ends") ? second("with", Token.Kind.ENDS_WITH, start)
                : take("not") ? second("in", Token.Kind.NOT_IN, start)
                : take("in") ? Token.Kind.IN
                : noOperator(start);
        if (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            noOperator(start);
        }
        found.add(new Token(kind, "", start));
    }

    private boolean take(String word) {
        if (text.startsWith(word, at)) {
            at += word.length();
            return true;
        }
        return false;
    }

    private Token.Kind second(String word, Token.Kind kind, int start) {
        skipSpace();
        return take(word) ? kind : noOperator(start);
    }

    private Token.Kind noOperator(int start) {
        throw new BadSelector("no operator behind the label '" + found.getLast().text() + "'; wanted ==, !=, in, not in, contains, starts with or ends with", start);
    }

    private void has() {
        int start = at;
        at += "has(".length();
        skipSpace();
        int end = labelEnd(at);
        if (end == at) {
            throw new BadSelector("no label name in has(", at);
        }
        String label = text.substring(at, end);
        at = end;
        close("has(");
        found.add(new Token(Token.Kind.HAS, label, start));
    }

    private void empty(String opening, Token.Kind kind) {
        int start = at;
        at += opening.length();
        close(opening);
        found.add(new Token(kind, "", start));
    }

    private void close(String opening) {
        skipSpace();
        if (at == text.length() || text.charAt(at) != ')') {
            throw new BadSelector("no closing ')' behind " + opening, at);
        }
        at++;
    }
}
