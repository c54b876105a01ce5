package tombolo.api.datastore;

import java.util.Optional;

/** What a create, an update or a deletion came to. */
public sealed interface WriteResult {
    /** @param revision the mod revision of what was written, or of the deletion */
    record Written(long revision) implements WriteResult { }

    /** Nothing was written: the key is not as the caller thought. @param current what it is now; empty where it does not exist */
    record Conflict(Optional<KeyValue> current) implements WriteResult { }
}
