package tombolo.api.datastore;

/** Why a watch is over. */
public sealed interface WatchEnd {
    /** The history that it needed is forgotten: list, compare, and watch from there. @param oldest the oldest revision that can still be read */
    record Compacted(long oldest) implements WatchEnd { }

    /** The store is closing. */
    record Closed() implements WatchEnd { }

    /** Operator text with a stable code. */
    record Failed(String reason) implements WatchEnd { }
}
