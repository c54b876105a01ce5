package tombolo.api.bfd;

import java.util.List;

/** The node's BFD sessions: a service of gateway-bfd. Any thread may call. */
public interface Bfd {
    /**
     * Holds a session for as long as the answer is open. Who holds a session to the same neighbour on the same path shares it (RFC 5882 §2); the shortest
     * intervals and the smallest multiplier of all holders count.
     *
     * @param listener told at once of the state as it is, and from then on of each change
     * @throws IllegalStateException where the bundle stops, there are too many sessions, or another holder of the same session has other authentication
     */
    Hold hold(BfdRequest request, BfdListener listener);

    /** Sorted by remote address. @throws IllegalStateException where no answer comes within 2 s */
    List<BfdStatus> sessions();

    /** How the thread fares on which all sessions live. */
    Health health();

    /** A wish for a session. */
    interface Hold extends AutoCloseable {
        /** Lets go: the last who does ends the session as administratively down (RFC 5880 §6.8.16). The listener hears nothing more. Idempotent. */
        @Override
        void close();
    }

    /**
     * @param sessions        held or being ended
     * @param urgent          the thread runs before others (a raised scheduling priority)
     * @param longestLateMicros the longest that the thread woke behind the time it wanted to, since start: scheduling and the JVM's pauses; µs
     * @param recentLateMicros  the same of the last minute
     * @param packetsRefused  datagrams that were of no session or wrong, since start
     * @param trouble         what keeps sessions from working at all (a port is taken): operator text; empty: nothing
     */
    record Health(int sessions, boolean urgent, long longestLateMicros, long recentLateMicros, long packetsRefused, String trouble) { }
}
