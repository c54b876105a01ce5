package tombolo.api.selector;

/**
 * A word of a selector.
 *
 * @param text of a label, a quoted value, or the label inside {@code has()}; empty for the rest
 * @param at   index in the selector, from 0
 */
record Token(Kind kind, String text, int at) {
    enum Kind {
        LABEL("a label name"), STRING("a quoted text"), LEFT_BRACE("'{'"), RIGHT_BRACE("'}'"), COMMA("','"), EQUAL("'=='"), NOT_EQUAL("'!='"), IN("'in'"),
        NOT_IN("'not in'"), CONTAINS("'contains'"), STARTS_WITH("'starts with'"), ENDS_WITH("'ends with'"), NOT("'!'"), ALL("'all()'"), GLOBAL("'global()'"),
        HAS("'has()'"), LEFT_PARENTHESIS("'('"), RIGHT_PARENTHESIS("')'"), AND("'&&'"), OR("'||'"), END("the end of the selector");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }
}
