package tombolo.ipam.core;

/** What is stored is not what it should be: said, and left alone. */
public final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    public Malformed(String message) {
        super(message, null, false, false);
    }
}
