package tombolo.api.ipam;

/**
 * Why nothing was done.
 *
 * @param message operator text with a stable code {@code TMB-IPM-NNN}
 */
public record Refusal(Reason reason, String message) {
    /** For whoever decides what to do next. */
    public enum Reason {
        /** The datastore is locked ({@code ClusterInformation.datastoreReady} is false): try again once it is unlocked. */
        LOCKED,
        /** No enabled pool selects the node and the namespace and allows the use. */
        NO_POOL,
        /** A pool that was asked for does not exist or is disabled. */
        UNKNOWN_POOL,
        /** No pool holds the address. */
        NOT_IN_POOL,
        ALREADY_ASSIGNED,
        /** The block belongs to another node and affinity is strict. */
        STRICT_AFFINITY,
        /** The node has as many blocks as it may have, and all are full. */
        BLOCK_LIMIT,
        /** Every address that could be given out is. */
        EXHAUSTED,
        /** The address has been given to another handle, or again, since. */
        CHANGED,
        NOT_FOUND,
        NOT_EMPTY,
        INVALID,
        /** Others changed the same block again and again; try again. */
        CONTENTION
    }
}
