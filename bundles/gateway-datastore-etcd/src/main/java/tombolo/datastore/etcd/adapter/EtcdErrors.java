package tombolo.datastore.etcd.adapter;

import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;

/** What etcd's answers mean. Its errors carry a gRPC code and a text; where one code covers much, the text decides (etcd, api/v3rpc/rpctypes/error.go). */
final class EtcdErrors {
    private EtcdErrors() { }

    static boolean isCompacted(Throwable cause) {
        return cause instanceof CompactedException || text(cause).contains("revision has been compacted");
    }

    /** A token that etcd has forgotten: nothing was done; jetcd logs in anew with the next call. */
    static boolean isExpiredLogin(Throwable cause) {
        return text(cause).contains("etcdserver: invalid auth token") || text(cause).contains("etcdserver: revision of auth store is old");
    }

    static boolean isRefusedLogin(Throwable cause) {
        return !isExpiredLogin(cause) && !isLost(cause) && (code(cause) == Status.Code.UNAUTHENTICATED || text(cause).contains("authentication failed"));
    }

    static boolean isForbidden(Throwable cause) {
        return code(cause) == Status.Code.PERMISSION_DENIED;
    }

    /** No answer of etcd's own: no connection, no leader, or too late. */
    static boolean isLost(Throwable cause) {
        return switch (code(cause)) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, INTERNAL, ABORTED -> true;
            case UNKNOWN -> !text(cause).contains("etcdserver:");
            case UNAUTHENTICATED -> isLostLogin(cause);
            case OK, INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION, OUT_OF_RANGE, UNIMPLEMENTED, DATA_LOSS -> false;
        };
    }

    static boolean isTooLate(Throwable cause) {
        return code(cause) == Status.Code.DEADLINE_EXCEEDED;
    }

    /** The login before the call found no etcd: jetcd wraps that as a refused one. */
    private static boolean isLostLogin(Throwable cause) {
        return code(cause) == Status.Code.UNAUTHENTICATED && cause.getCause() != null && isLost(cause.getCause());
    }

    /** Nothing of the call can have been done. */
    static boolean certainlyNotDone(Throwable cause) {
        return Causes.neverSent(cause) || isLostLogin(cause) || isExpiredLogin(cause) || isRefusedLogin(cause) || isForbidden(cause)
                || text(cause).contains("etcdserver: too many requests");
    }

    /** An answer that is a refusal. @param where with the endpoints and what was asked */
    static DatastoreException refusal(String where, Throwable cause) {
        String text = text(cause);
        if (text.contains("future revision")) {
            return new DatastoreException(Reason.FUTURE_REVISION, Applied.NO, "TMB-DST-025 " + where + ": etcd has not reached that revision. List again without a revision.", cause);
        }
        if (text.contains("lease not found")) {
            return new DatastoreException(Reason.LEASE_NOT_FOUND, Applied.NO, "TMB-DST-029 " + where + ": the lease ended, or was never granted.", cause);
        }
        if (text.contains("database space exceeded")) {
            return new DatastoreException(Reason.DISK_FULL, Applied.NO, "TMB-DST-052 " + where + ": etcd has reached its space quota. Compact and defragment it, then disarm its alarm.", cause);
        }
        if (text.contains("too many requests")) {
            return new DatastoreException(Reason.BUSY, Applied.NO, "TMB-DST-058 " + where + ": etcd has too much to do already. Try again later.", cause);
        }
        return new DatastoreException(Reason.UNAVAILABLE, Applied.NO, "TMB-DST-053 " + where + ": etcd refuses: " + Causes.text(cause) + ". Check the user, its password and its role.", cause);
    }

    private static Status.Code code(Throwable cause) {
        return cause instanceof EtcdException known ? Status.Code.valueOf(known.getErrorCode().name()) : Status.fromThrowable(cause).getCode();
    }

    private static String text(Throwable cause) {
        return String.valueOf(cause.getMessage());
    }
}
