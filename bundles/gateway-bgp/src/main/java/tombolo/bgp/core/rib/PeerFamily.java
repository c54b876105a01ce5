package tombolo.bgp.core.rib;

/**
 * One peer's share of one family's tables. A path is current when it carries the peer's epoch; raising the epoch makes all paths stale at once, without
 * touching them, and a purge removes them in slices.
 */
final class PeerFamily {
    int epoch;
    /** Paths of former epochs still count (graceful restart, refresh); else they are dead and only wait for the purge. */
    boolean keepStale;
    /** Whether a purge walk over the table is under way. */
    boolean purging;
    /** How many epochs were begun since the last complete purge; {@link PathTable#EPOCH_MASK} bounds it. */
    int epochsOpen;
    int received;
    int accepted;
    int best;
    int stale;
    boolean endOfRib;
    /** Counts the limits that were set on how long stale paths are kept: only the latest one holds. */
    int staleLimit;
    /** A warning about the prefix limit was given and the count has not fallen below the mark since. */
    boolean limitWarned;
    /** With action warn: the excess has been told. */
    boolean limitExceeded;
    /** Between BoRR and EoRR (RFC 7313). */
    boolean refreshing;

    /** Paths that the peer announces now: what is left of an earlier session or waits to be told again is not held against it. */
    int current() {
        return received - stale;
    }
}
