package tombolo.api.datastore;

import java.util.List;

/**
 * What a transaction came to.
 *
 * @param succeeded whether the conditions held
 * @param revision  of the store after it; where steps wrote something, the revision of those writes
 * @param results   one per step of the branch that was taken
 */
public record TransactionResult(boolean succeeded, long revision, List<OperationResult> results) {
    public TransactionResult {
        results = List.copyOf(results);
    }
}
