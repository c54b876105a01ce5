package tombolo.api.datastore;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * If every condition holds, all steps of {@code then}, else all of {@code otherwise}: at once, at one revision, durable or not at all.
 *
 * @param conditions at most {@value #MAX_OPERATIONS}; none: {@code then} always
 * @param then       at most {@value #MAX_OPERATIONS} steps, no key written twice
 * @param otherwise  the same limits
 */
public record Transaction(List<Compare> conditions, List<Operation> then, List<Operation> otherwise) {
    /** etcd's own default ({@code --max-txn-ops}). */
    public static final int MAX_OPERATIONS = 128;
    /** Keys and values of all steps together: below etcd's default limit of 1.5 MiB a request ({@code --max-request-bytes}). */
    public static final int MAX_BYTES = (1 << 20) + (1 << 18);

    public Transaction {
        conditions = List.copyOf(conditions);
        then = List.copyOf(then);
        otherwise = List.copyOf(otherwise);
        if (conditions.size() > MAX_OPERATIONS) {
            throw new IllegalArgumentException("a transaction with " + conditions.size() + " conditions; the most is " + MAX_OPERATIONS);
        }
        long bytes = check(then) + check(otherwise);
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("a transaction with " + bytes + " bytes of keys and values; the most is " + MAX_BYTES);
        }
    }

    /** Steps without a condition. */
    public static Transaction of(Operation... steps) {
        return new Transaction(List.of(), List.of(steps), List.of());
    }

    private static long check(List<Operation> steps) {
        if (steps.size() > MAX_OPERATIONS) {
            throw new IllegalArgumentException("a transaction with " + steps.size() + " steps; the most is " + MAX_OPERATIONS);
        }
        Set<Key> written = new HashSet<>();
        long bytes = 0;
        for (Operation step : steps) {
            if (!(step instanceof Operation.Get) && !written.add(step.key())) {
                throw new IllegalArgumentException("a transaction that writes " + step.key() + " twice");
            }
            bytes += step.key().text().length() + (step instanceof Operation.Put put ? put.value().size() : 0);
        }
        return bytes;
    }
}
