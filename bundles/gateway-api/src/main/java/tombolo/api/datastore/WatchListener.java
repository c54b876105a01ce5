package tombolo.api.datastore;

/**
 * Hears of changes: one call at a time, on a thread of this watch. It may block: the store does not wait for it, keeps what it can within its limits, merges
 * what waits by key, and ends the watch as compacted where a watcher falls further behind than the history reaches. A listener that throws ends its watch.
 */
public interface WatchListener {
    void changed(ChangeBatch batch);

    /** There is nothing for this watch up to that revision: a later watch may start after it. Comes now and then; needs no answer. */
    default void bookmark(long revision) { }

    /** The last call, unless the watcher closed the watch itself. */
    void ended(WatchEnd end);
}
