package tombolo.api.datastore;

import java.time.Duration;

/**
 * A promise to be heard of again. Keys written with it are deleted, in one transaction, once it has not been kept alive for its time to live. A restart of the
 * store gives every lease its full time again: a lease ends late, never early.
 *
 * @param id         non-zero, never given twice by one store
 * @param timeToLive as granted: at least what was asked for
 */
public record Lease(long id, Duration timeToLive) {
    public Lease {
        if (id == 0 || timeToLive.isNegative() || timeToLive.isZero()) {
            throw new IllegalArgumentException("lease " + id + " for " + timeToLive);
        }
    }
}
