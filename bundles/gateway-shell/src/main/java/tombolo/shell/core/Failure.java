package tombolo.shell.core;

/** A command that cannot be answered: operator text that begins with its code. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Failure(String text) {
        super(text, null, false, false); // no stack: it is for people, not for developers
    }

    /** {@code TMB-SHL-001}. */
    public String code() {
        String text = String.valueOf(getMessage());
        int end = text.indexOf(' ');
        return end < 0 ? text : text.substring(0, end);
    }
}
