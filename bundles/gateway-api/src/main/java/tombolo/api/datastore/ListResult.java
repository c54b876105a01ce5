package tombolo.api.datastore;

import java.util.List;
import java.util.Optional;

/** What asking for a page came to. */
public sealed interface ListResult {
    /**
     * @param revision the state that the page shows, which later pages must ask for too; a watch from here misses nothing
     * @param next     the request for the next page of the same state; empty: this was the last
     */
    record Page(long revision, List<KeyValue> entries, Optional<ListRequest> next) implements ListResult {
        public Page {
            entries = List.copyOf(entries);
        }
    }

    /** That revision is forgotten; start again. @param oldest the oldest revision that can still be read */
    record Compacted(long oldest) implements ListResult { }
}
