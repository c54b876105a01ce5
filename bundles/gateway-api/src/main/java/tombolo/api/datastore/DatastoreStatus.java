package tombolo.api.datastore;

import java.util.List;

/**
 * How a store is.
 *
 * @param kind              {@code embedded} or {@code etcd}
 * @param revision          the newest that this node knows
 * @param compactedRevision the oldest that can be read and watched from
 * @param details           lines for the operator, such as the directory, the file sizes, or the endpoints
 */
public record DatastoreStatus(String kind, State state, long revision, long compactedRevision, List<String> details) {
    public DatastoreStatus {
        details = List.copyOf(details);
    }

    public enum State {
        READY,
        /** Reads are answered, writes are refused; the details say why. */
        DEGRADED,
        CLOSED
    }
}
