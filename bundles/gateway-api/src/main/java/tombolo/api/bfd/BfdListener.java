package tombolo.api.bfd;

/** Whoever holds a session. Called on a thread of gateway-bfd that is not the one of the packets: hand over and return. */
public interface BfdListener {
    /** What became of a session, in the sense of RFC 5882 §3.2. */
    enum Change {
        /** Not up, and nothing follows from that: the state at the beginning. */
        PENDING,
        UP,
        /** It was up, and the path or the neighbour has failed. */
        LOST,
        /** One of both sides has taken it down on purpose: nothing follows from that. */
        STOPPED
    }

    void changed(BfdStatus status, Change change);
}
