package tombolo.api.datastore;

import java.util.Optional;

/** What a step of a transaction did; in the order of the steps. */
public sealed interface OperationResult {
    record Written() implements OperationResult { }

    record Deleted(boolean existed) implements OperationResult { }

    record Read(Optional<KeyValue> entry) implements OperationResult { }
}
