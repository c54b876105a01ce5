package tombolo.api.bgp;

/** What a session's inbox holds, in the order in which it happened. */
public sealed interface SessionInput {
    /** The session is established. */
    record Up(SessionUp session) implements SessionInput { }

    /**
     * UPDATE and ROUTE-REFRESH messages (types 2 and 5) with their 19-octet headers, back to back; markers, lengths (against the negotiated maximum) and
     * types have been checked. The array belongs to the reader.
     *
     * @param length how many octets of the array are used
     */
    record Messages(byte[] bytes, int length) implements SessionInput { }

    /**
     * The session is over.
     *
     * @param graceful the peer negotiated graceful restart and the end allows its routes to be kept for the restart time (RFC 4724 §4.2)
     */
    record Down(long sessionNumber, String why, boolean graceful) implements SessionInput { }
}
