package tombolo.api.datastore;

/** A running watch. */
public interface Watch extends AutoCloseable {
    /** No call of the listener begins after this returns; does not wait for one that runs. Any thread, the listener's included; idempotent. */
    @Override
    void close();
}
