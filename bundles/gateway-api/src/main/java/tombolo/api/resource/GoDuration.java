package tombolo.api.resource;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go spells them, which Calico's resources hold: {@code 90s}, {@code 1m30s}, {@code 1.5h}, {@code 300ms}, {@code 0}. */
public final class GoDuration {
    private static final Pattern WHOLE = Pattern.compile("[-+]?(?:0|(?:(?:[0-9]{1,18}(?:\\.[0-9]{0,9})?|\\.[0-9]{1,9})(?:ns|us|µs|μs|ms|s|m|h))+)");
    private static final Pattern PART = Pattern.compile("([0-9]*(?:\\.[0-9]*)?)(ns|us|µs|μs|ms|s|m|h)");
    private static final Map<String, Long> NANOS = Map.of("ns", 1L, "us", 1_000L, "µs", 1_000L, "μs", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L, "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    private GoDuration() { }

    /** Empty where the text is no duration or beyond 64 bits of nanoseconds (292 years). */
    public static Optional<Duration> parse(String text) {
        if (!WHOLE.matcher(text).matches()) {
            return Optional.empty();
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            String number = part.group(1).startsWith(".") ? "0" + part.group(1) : part.group(1);
            nanos = nanos.add(new BigDecimal(number.endsWith(".") ? number + "0" : number).multiply(BigDecimal.valueOf(NANOS.get(part.group(2)))));
        }
        nanos = nanos.setScale(0, RoundingMode.DOWN);
        if (text.startsWith("-")) {
            nanos = nanos.negate();
        }
        return nanos.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos.longValueExact()));
    }
}
