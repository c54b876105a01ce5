package tombolo.azure.arm.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tombolo.api.azure.ArmException.Applied;
import tombolo.api.azure.ArmRequest.Method;

/**
 * Which attempt may be followed by another, and when. What may have happened is never asked for twice, unless asking twice is the same as once.
 *
 * <pre>
 *                                   GET   PUT, DELETE   PATCH, POST
 *  never sent                       yes   yes           yes            no connection
 *  429                              yes   yes           yes            refused before anything was done
 *  503                              yes   yes           no             PUT and DELETE are idempotent (RFC 9110 §9.2.2)
 *  408, 500, 502, 504, answer lost  yes   no            no             an operation may be running: whoever asked has to look
 *  anything else                    no    no            no
 * </pre>
 */
public final class Retries {
    /** With waits of 0.5, 1, 2 and 4 s: as long as people wait for a page. */
    public static final int MOST_ATTEMPTS = 5;
    private static final long FIRST_WAIT_MILLIS = 500;

    private Retries() { }

    /**
     * @param attempt from 1: the one that came to this
     * @param jitter  0 to 1: spreads those who were refused at one moment
     * @return how long to wait before the next; empty: there is none
     */
    public static Optional<Duration> after(Method method, Outcome outcome, int attempt, double jitter, Instant now) {
        if (attempt >= MOST_ATTEMPTS || !mayRepeat(method, outcome)) {
            return Optional.empty();
        }
        long backOff = FIRST_WAIT_MILLIS << attempt - 1;
        Duration own = Duration.ofMillis(backOff / 2 + Math.round(backOff * jitter));
        Optional<Duration> asked = outcome instanceof Outcome.Answered(Reply reply) ? Times.retryAfter(reply, now) : Optional.empty();
        // Never before the time that was asked for; a little behind it, so that not all come back at once.
        return Optional.of(asked.map(wait -> wait.plusMillis(Math.round(FIRST_WAIT_MILLIS * jitter))).orElse(own));
    }

    private static boolean mayRepeat(Method method, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed failed -> !failed.last() && (!failed.sent() || method == Method.GET);
            case Outcome.Answered(Reply reply) -> switch (reply.status()) {
                case 429 -> true;
                case 503 -> method == Method.GET || method == Method.PUT || method == Method.DELETE;
                case 408, 500, 502, 504 -> method == Method.GET;
                default -> false;
            };
        };
    }

    /** Whether what was asked for can have happened, where no good answer came. */
    public static Applied applied(Method method, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed failed -> failed.sent() && method != Method.GET ? Applied.UNKNOWN : Applied.NO;
            case Outcome.Answered(Reply reply) -> {
                // The gateway in front of all services says so where it has not passed the request on.
                boolean stopped = reply.header("x-ms-failure-cause").filter("gateway"::equalsIgnoreCase).isPresent();
                boolean lost = reply.good() || reply.status() >= 500 && !stopped || reply.status() == 408;
                yield lost && method != Method.GET ? Applied.UNKNOWN : Applied.NO;
            }
        };
    }
}
