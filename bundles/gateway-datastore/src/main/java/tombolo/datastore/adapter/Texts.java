package tombolo.datastore.adapter;

import java.io.IOException;
import java.util.Locale;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;

/** What the operator reads when the embedded store cannot do its work. */
final class Texts {
    private Texts() { }

    static DatastoreException corrupt(String where, String file, String what) {
        return new DatastoreException(Reason.CORRUPT, Applied.NO, "TMB-DST-010 " + where + ": " + file + " is damaged: " + what
                + ". The store stays closed, nothing was changed. datastore:check shows all that is wrong; datastore:repair goes back to the last good record and keeps"
                + " the damaged files aside; or restore a backup.");
    }

    static DatastoreException inUse(String where) {
        return new DatastoreException(Reason.IN_USE, Applied.NO, "TMB-DST-011 " + where + ": another process has this store open. Stop it, or give this node a directory of its own.");
    }

    static DatastoreException unreadable(String where, IOException cause) {
        return new DatastoreException(Reason.BROKEN, Applied.NO, "TMB-DST-012 " + where + ": the store cannot be opened: " + cause
                + ". Check the directory's owner and the disk; the store stays closed, nothing was changed.", cause);
    }

    static DatastoreException full(String where, IOException cause) {
        return new DatastoreException(Reason.DISK_FULL, Applied.NO, "TMB-DST-020 " + where + ": the write is refused, the log cannot grow: " + cause.getMessage()
                + ". Reads go on; writes go on by themselves when the disk has room.", cause);
    }

    static DatastoreException quota(String where, long bytes, long most) {
        return new DatastoreException(Reason.DISK_FULL, Applied.NO, "TMB-DST-022 " + where + ": the write is refused: the store would hold " + bytes + " bytes, the most is " + most
                + ". Delete what is not needed, or move to etcd.");
    }

    static DatastoreException broken(String where, Applied applied, Throwable cause) {
        return new DatastoreException(Reason.BROKEN, applied, "TMB-DST-021 " + where + ": a write to the log failed: " + cause + ". The store answers reads only until it is opened again."
                + " Check the disk, then restart the bundle.", cause);
    }

    static DatastoreException closed(String where) {
        return new DatastoreException(Reason.CLOSED, Applied.NO, "TMB-DST-023 " + where + ": the store is closed.");
    }

    static DatastoreException busy(String where, int waiting) {
        return new DatastoreException(Reason.BUSY, Applied.NO, "TMB-DST-024 " + where + ": " + waiting + " calls wait already: try again later.");
    }

    static boolean isFull(IOException problem) {
        String message = String.valueOf(problem.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left") || message.contains("quota exceeded");
    }
}
