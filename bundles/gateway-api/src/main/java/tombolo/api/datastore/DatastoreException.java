package tombolo.api.datastore;

/** A store that cannot do its work. The message is operator text with a stable code {@code TMB-DST-NNN}. */
public final class DatastoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What stands in the way. */
    public enum Reason {
        /** No connection, or no answer in time. */
        UNAVAILABLE,
        /** Too much waits already; try again. */
        BUSY,
        DISK_FULL,
        /** A read or write of a file failed; the store answers reads only until it is opened again. */
        BROKEN,
        /** The files are not what was written. */
        CORRUPT,
        /** Another process holds the store. */
        IN_USE,
        LEASE_NOT_FOUND,
        /** A revision was asked for that the store has not reached. */
        FUTURE_REVISION,
        /** The operator has locked it: see {@link DatastoreLock}. */
        LOCKED,
        CLOSED
    }

    /** Whether a write that ended this way can have happened. */
    public enum Applied {
        NO,
        /** Read back before trying again. */
        UNKNOWN
    }

    private final Reason reason;
    private final Applied applied;

    public DatastoreException(Reason reason, Applied applied, String message) {
        super(message);
        this.reason = reason;
        this.applied = applied;
    }

    public DatastoreException(Reason reason, Applied applied, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.applied = applied;
    }

    public Reason reason() {
        return reason;
    }

    public Applied applied() {
        return applied;
    }
}
