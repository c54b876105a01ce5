package tombolo.api.datastore;

/**
 * Which changes to hear of.
 *
 * @param afterRevision those with a higher mod revision: that of the listing that the watcher starts from. One that is not reached yet is waited for
 */
public record WatchRequest(KeyPrefix prefix, long afterRevision) {
    public WatchRequest {
        if (afterRevision < 0) {
            throw new IllegalArgumentException("a watch after revision " + afterRevision);
        }
    }
}
