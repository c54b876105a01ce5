package tombolo.azure.arm.core;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The times in headers. */
public final class Times {
    /** Longer than this ARM never asks for; a greater number would be a mistake that stops the node. */
    static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    /** Entra ID refuses assertions, and tokens look expired, from five minutes on; this is the time to say so. */
    public static final Duration SKEW_LIMIT = Duration.ofMinutes(2);

    private Times() { }

    /** Retry-After (RFC 9110 §10.2.3): seconds, or a date; at most ten minutes, never negative. Empty where there is none or it is neither. */
    public static Optional<Duration> retryAfter(Reply reply, Instant now) {
        return reply.header("x-ms-retry-after-ms").flatMap(text -> number(text).map(Duration::ofMillis))
                .or(() -> reply.header("retry-after").flatMap(text -> number(text).map(Duration::ofSeconds).or(() -> date(text).map(at -> Duration.between(now, at)))))
                .map(wait -> wait.isNegative() ? Duration.ZERO : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    }

    /** The other end's clock less ours; the header Date has whole seconds (RFC 9110 §6.6.1), so its middle counts. Empty where there is none. */
    public static Optional<Duration> skew(Reply reply, Instant sent, Instant received) {
        Instant middle = sent.plus(Duration.between(sent, received).dividedBy(2));
        return reply.header("date").flatMap(Times::date).map(date -> Duration.between(middle, date.plusMillis(500)));
    }

    public static boolean isSkewed(Duration skew) {
        return skew.abs().compareTo(SKEW_LIMIT) >= 0;
    }

    /** {@code 412 s behind}: of this node's clock. */
    public static String words(Duration skew) {
        return skew.abs().toSeconds() + " s " + (skew.isNegative() ? "ahead of" : "behind");
    }

    private static Optional<Long> number(String text) {
        String digits = text.strip();
        return !digits.isEmpty() && digits.length() <= 9 && digits.chars().allMatch(c -> c >= '0' && c <= '9') ? Optional.of(Long.parseLong(digits)) : Optional.empty();
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
