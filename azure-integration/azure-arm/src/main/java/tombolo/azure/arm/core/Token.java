package tombolo.azure.arm.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import tombolo.api.json.Json;

/**
 * A bearer token (RFC 6750) and its times. Its life is counted from when it was asked for, on the monotonic clock: it does not depend on whether the two clocks
 * agree.
 *
 * @param until         for people
 * @param refreshNanos  from when on another is asked for, while this one still serves
 * @param expiresNanos  from when on it serves no more: {@link #MARGIN} before its end
 */
public record Token(String value, Instant until, long refreshNanos, long expiresNanos) {
    /** The longest that a request may be under way with it. */
    static final Duration MARGIN = Duration.ofSeconds(30);
    private static final Duration AHEAD = Duration.ofMinutes(5);
    /** Tokens of managed identities live for a day; their issuer wants them asked for at half of it. */
    private static final Duration LONG_LIFE = Duration.ofHours(2);
    private static final Duration MOST_LIFE = Duration.ofDays(2);
    /** A token with groups and roles has some kB. */
    private static final int MOST_CHARACTERS = 64 << 10;

    public boolean isFresh(long nowNanos) {
        return refreshNanos - nowNanos > 0;
    }

    public boolean serves(long nowNanos) {
        return expiresNanos - nowNanos > 0;
    }

    /**
     * An issuer's answer: {@code access_token} with {@code expires_in}, or {@code expires_on} alone; numbers, or numbers as text. Empty where it is none.
     *
     * @param asked when it was asked for, by the wall clock; @param askedNanos by the monotonic one
     */
    public static Optional<Token> of(Json.Obj body, Instant asked, long askedNanos) {
        Optional<String> value = body.text("access_token").filter(text -> !text.isEmpty() && text.length() <= MOST_CHARACTERS && text.chars().allMatch(c -> c > ' ' && c < 0x7f));
        OptionalLong in = number(body, "expires_in");
        OptionalLong on = number(body, "expires_on");
        if (value.isEmpty() || in.isEmpty() && on.isEmpty()) {
            return Optional.empty();
        }
        Duration life = in.isPresent() ? Duration.ofSeconds(in.getAsLong()) : Duration.between(asked, Instant.ofEpochSecond(on.getAsLong()));
        if (life.compareTo(MARGIN) <= 0) {
            return Optional.empty();
        }
        Duration lives = life.compareTo(MOST_LIFE) > 0 ? MOST_LIFE : life;
        OptionalLong refreshIn = number(body, "refresh_in");
        Duration fresh = refreshIn.isPresent() && refreshIn.getAsLong() < lives.toSeconds() ? Duration.ofSeconds(refreshIn.getAsLong())
                : lives.compareTo(LONG_LIFE) >= 0 || lives.compareTo(AHEAD.multipliedBy(2)) <= 0 ? lives.dividedBy(2) : lives.minus(AHEAD);
        return Optional.of(new Token(value.get(), asked.plus(lives), askedNanos + fresh.toNanos(), askedNanos + lives.minus(MARGIN).toNanos()));
    }

    private static OptionalLong number(Json.Obj body, String name) {
        OptionalLong number = body.integer(name);
        if (number.isPresent()) {
            return number.getAsLong() >= 0 && number.getAsLong() < 1L << 40 ? number : OptionalLong.empty();
        }
        String text = body.text(name).orElse("");
        return !text.isEmpty() && text.length() <= 12 && text.chars().allMatch(c -> c >= '0' && c <= '9') ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    /** Never the token itself. */
    @Override
    public String toString() {
        return "token until " + until;
    }
}
