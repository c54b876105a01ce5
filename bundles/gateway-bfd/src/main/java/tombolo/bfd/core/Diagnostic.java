package tombolo.bfd.core;

/** Why a session went down, in the words of RFC 5880 §4.1. */
public final class Diagnostic {
    public static final int NONE = 0;
    public static final int EXPIRED = 1;
    public static final int NEIGHBOR_DOWN = 3;
    public static final int ADMINISTRATIVE = 7;
    private static final String[] WORDS = {"none", "control detection time expired", "echo function failed", "neighbor signaled session down", "forwarding plane reset", "path down",
        "concatenated path down", "administratively down", "reverse concatenated path down"};

    private Diagnostic() { }

    public static String text(int code) {
        return code + " " + (code < WORDS.length ? WORDS[code] : "reserved");
    }
}
