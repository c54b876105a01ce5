package tombolo.api.datastore;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A page of the keys below a prefix, in their order.
 *
 * @param after      starts behind this key; empty: at the first
 * @param limit      entries, 1 to {@value #MAX_LIMIT}
 * @param atRevision as the store was then; empty: now
 */
public record ListRequest(KeyPrefix prefix, Optional<Key> after, int limit, OptionalLong atRevision) {
    /** A thousand blocks of IPAM are about 10 MB: larger pages would only delay the first entry. */
    public static final int MAX_LIMIT = 1000;

    public ListRequest {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("a page of " + limit + " entries: 1 to " + MAX_LIMIT);
        }
    }

    /** The first page, as large as may be, as things are now. */
    public static ListRequest of(KeyPrefix prefix) {
        return new ListRequest(prefix, Optional.empty(), MAX_LIMIT, OptionalLong.empty());
    }
}
