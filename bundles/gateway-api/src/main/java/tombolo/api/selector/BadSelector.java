package tombolo.api.selector;

/** A text that is not a selector. The message says what was found and what was expected. */
public final class BadSelector extends IllegalArgumentException {
    private static final long serialVersionUID = 1;
    private final int position;

    public BadSelector(String message, int position) {
        super(message + " (at character " + (position + 1) + ")");
        this.position = position;
    }

    /** Index in the text, from 0, where reading could not go on. */
    public int position() {
        return position;
    }
}
