package tombolo.bfd.core;

/** Why a datagram is passed over. */
public enum Fault {
    NONE("nothing"),
    TOO_SHORT("it is shorter than a control packet (RFC 5880 §6.8.6)"),
    TOO_LONG("it says that it is longer than what came (RFC 5880 §6.8.6)"),
    VERSION("its version is not 1 (RFC 5880 §6.8.6)"),
    MULTIPLIER("its multiplier is 0 (RFC 5880 §6.8.6)"),
    MULTIPOINT("it has the multipoint bit (RFC 5880 §6.8.6)"),
    POLL_AND_FINAL("it has the poll and the final bit (RFC 5880 §6.5)"),
    NO_DISCRIMINATOR("it lacks a discriminator (RFC 5880 §6.8.6)"),
    UNKNOWN("it is of no session here"),
    TTL("its TTL is not 255: it came from more than one hop away (RFC 5881 §5)"),
    WRONG_PATH("it came from another address, to another address or on another interface than its session's"),
    NOT_AUTHENTICATED("it has no authentication, and the session asks for it (RFC 5880 §6.8.6)"),
    AUTHENTICATED("it has authentication, and the session has none (RFC 5880 §6.8.6)"),
    WRONG_KEY("its authentication is not what the session's kind, key id, key and sequence make of it (RFC 5880 §6.7)");

    private final String text;

    Fault(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
