package tombolo.api.azure;

import java.io.Serial;
import java.time.Duration;
import java.util.Optional;

/** A request that ARM refused or did not answer. The message is operator text with a stable code {@code TMB-ARM-NNN} and ARM's request id. */
public final class ArmException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /** What stands in the way. */
    public enum Reason {
        /** No such subscription, or its settings are not usable. */
        NOT_CONFIGURED,
        /** No token, or ARM does not accept it (401). */
        NOT_AUTHENTICATED,
        /** 403: the identity lacks a role. */
        FORBIDDEN,
        NOT_FOUND,
        /** 409, another operation among them. */
        CONFLICT,
        /** 412: the resource has changed since it was read. */
        CHANGED,
        /** 429, or the client's own budget is used up. */
        THROTTLED,
        /** Any other refusal. */
        REFUSED,
        /** 5xx, or an answer that is no JSON of ARM's. */
        BROKEN,
        /** No connection, or no answer before the deadline. */
        UNREACHABLE
    }

    /** Whether what was asked for can have happened. */
    public enum Applied { NO, UNKNOWN }

    private final Reason reason;
    private final Applied applied;
    private final transient Optional<ArmError> error;
    private final transient Optional<Duration> retryAfter;

    public ArmException(Reason reason, Applied applied, String message, Optional<ArmError> error, Optional<Duration> retryAfter) {
        super(message);
        this.reason = reason;
        this.applied = applied;
        this.error = error;
        this.retryAfter = retryAfter;
    }

    public Reason reason() {
        return reason;
    }

    public Applied applied() {
        return applied;
    }

    /** What ARM said, where it said anything. */
    public Optional<ArmError> error() {
        return error;
    }

    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
