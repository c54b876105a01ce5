package tombolo.interop;

import java.util.List;

/** A daemon in {@link Net#PEER}, AS 4200000001, with one session for IPv4 (peer v4) and one for IPv6 (peer v6), both with MD5. */
interface Neighbour {
    long AS = 4_200_000_001L;

    /**
     * What it announces.
     *
     * @param communities with 65010:100, the extended community rt 65010:7 and the large community 65010:1:2
     */
    record Route(String prefix, boolean communities) { }

    /** Starts the daemon, announcing these. */
    void start(List<Route> routes);

    /** Announces these and nothing else from now on. */
    void announce(List<Route> before, List<Route> now);

    /** What the daemon has of a prefix, as it prints it; empty where it has none. */
    String received(String prefix);

    /**
     * Asks the gateway for its routes again by ROUTE-REFRESH (RFC 2918), on the IPv4 session.
     *
     * @return false where the daemon has no command that sends one
     */
    boolean softClear();

    /** SIGKILL. */
    void kill();

    /** How this daemon prints the three kinds of communities that the observer attaches. */
    List<String> communitiesOfObserver();
}
