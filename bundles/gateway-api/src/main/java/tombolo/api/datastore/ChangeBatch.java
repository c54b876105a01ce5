package tombolo.api.datastore;

import java.util.List;

/**
 * A step of a watch: with it, what the watcher holds becomes what the store held at {@code revision}. A transaction is in one batch whole; states between
 * two batches may be left out.
 *
 * @param changes by mod revision, each key once; not empty
 */
public record ChangeBatch(long revision, List<Change> changes) {
    public ChangeBatch {
        changes = List.copyOf(changes);
        if (changes.isEmpty()) {
            throw new IllegalArgumentException("a batch without a change");
        }
    }
}
