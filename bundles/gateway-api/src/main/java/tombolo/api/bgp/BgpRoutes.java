package tombolo.api.bgp;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** The routing tables for people, and what people may ask of them: a service of gateway-bgp. Any thread may call; answers are bounded copies. */
public interface BgpRoutes {
    /** Counts of each peer, sorted by name. */
    List<PeerCounts> peers();

    /** Sizes of the tables. */
    Totals totals();

    /** Routes in the order of their prefixes, then best first. */
    List<Route> routes(Query query);

    /** Every path of a prefix with the numbered step at which it lost, where the best one is advertised or why not, and whether it is in the kernel. */
    Explanation explain(Prefix prefix);

    /** Asks the peer for its routes again (ROUTE-REFRESH), or runs the import filters again where that needs no message. False: no such established peer. */
    boolean refreshIn(String peer);

    /** Sends everything again that is advertised to the peer. False: no such established peer. */
    boolean refreshOut(String peer);

    /** Graceful shutdown (RFC 8326): all routes are advertised again with GRACEFUL_SHUTDOWN and LOCAL_PREF 0. */
    void drain();

    /** The latest attribute and message errors of a peer, newest first, at most 16. */
    List<UpdateError> errors(String peer);

    enum Table { LOC_RIB, RECEIVED, ADVERTISED }

    /**
     * @param prefix   with {@code longer}: everything within it; else exactly it
     * @param peer     required for RECEIVED and ADVERTISED; for LOC_RIB restricts to paths of that peer
     * @param bestOnly leave out paths that are not used
     * @param limit    1 to 1,000,000
     */
    record Query(Table table, Optional<String> peer, Optional<AddressFamily> family, Optional<Prefix> prefix, boolean longer, boolean bestOnly, int limit) { }

    /**
     * One path.
     *
     * @param peer   the peer it came from; "local" for a network statement
     * @param flags  of "best", "multipath", "filtered", "stale", "unreachable", "loop", "advertised"
     */
    record Route(Prefix prefix, String peer, IpAddress nextHop, String origin, String asPath, Optional<Long> med, Optional<Long> localPreference,
                 List<String> communities, List<String> flags, List<String> otherAttributes, long ageSeconds) {
        public Route {
            communities = List.copyOf(communities);
            flags = List.copyOf(flags);
            otherAttributes = List.copyOf(otherAttributes);
        }
    }

    /**
     * @param step   0 for the best path, else the number of the decision step at which the path lost
     * @param reason "best", "lost at step 3, AS_PATH length: 4 instead of 2", "rejected by import filter 'from-onprem' rule 20", ...
     */
    record PathVerdict(Route route, int step, String reason) { }

    /** @param reason "advertised", "not advertised: rejected by export filter ...", "not advertised: learned from this peer", ... */
    record AdvertisementVerdict(String peer, boolean advertised, String reason) { }

    /**
     * @param asked   what was asked for; @param matched the prefix that answers (exactly it, or the longest that covers it); empty: none
     * @param kernel  operator text: installed, or why not
     */
    record Explanation(Prefix asked, Optional<Prefix> matched, List<PathVerdict> paths, List<AdvertisementVerdict> advertisements, String kernel) {
        public Explanation {
            paths = List.copyOf(paths);
            advertisements = List.copyOf(advertisements);
        }
    }

    /**
     * Counts of one peer and family.
     *
     * @param received   in Adj-RIB-In; @param accepted by the import filters; @param best used in Loc-RIB; @param advertised in Adj-RIB-Out
     * @param limit      max-prefixes, 0: none
     * @param note       operator text where something withholds routes: "no import filter: nothing accepted (RFC 8212)", "waiting for End-of-RIB", else ""
     * @param endOfRib   the peer has sent its End-of-RIB
     */
    record FamilyCounts(AddressFamily family, long received, long accepted, long best, long advertised, long stale, int limit, boolean endOfRib, String note) { }

    /**
     * @param traits          what of its configuration, other than filters and limits, shapes the peer's routes, where that is not the default: operator text,
     *                        such as "route reflector client, cluster id 10.0.0.1" or "next-hop keep"
     * @param attributeErrors by "attribute/action", such as "ORIGIN/treat-as-withdraw"
     */
    record PeerCounts(String peer, List<String> traits, List<FamilyCounts> families, Map<String, Long> attributeErrors, long updatesIn, long updatesOut,
                      long withdrawalsIn) {
        public PeerCounts {
            traits = List.copyOf(traits);
            families = List.copyOf(families);
            attributeErrors = Map.copyOf(attributeErrors);
        }
    }

    /** @param updateGroups groups of peers that share one Adj-RIB-Out; @param attributeSets interned */
    record Totals(long prefixes4, long prefixes6, long paths, long attributeSets, long updateGroups, long memoryBytes) { }

    /**
     * @param line    the one line of operator text that was logged
     * @param message the whole offending message, hexadecimal
     */
    record UpdateError(long atMillis, String line, String message) { }
}
