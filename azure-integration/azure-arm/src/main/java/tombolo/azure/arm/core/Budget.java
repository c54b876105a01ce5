package tombolo.azure.arm.core;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import tombolo.api.azure.ArmRequest.Method;

/**
 * The requests that may be made in a subscription: ARM's documented token buckets, of each this node's part. Not for several threads at once.
 *
 * <pre>
 *  reads    250, and 25 more each second; 10,000 in 5 minutes (Microsoft.Network)
 *  writes   200, and 10 more each second;  1,000 in 5 minutes (Microsoft.Network)
 *  deletes  200, and 10 more each second
 * </pre>
 *
 * Source: Microsoft's "request limits and throttling" of Azure Resource Manager, and the limits of the network resource provider. What ARM says is left
 * (x-ms-ratelimit-remaining-*) lowers ours: others spend from the same account.
 */
public final class Budget {
    private static final double NANOS = 1e9;
    /** Of a request: what sums of fractions lack. */
    private static final double ALMOST = 1e-6;

    /** What ARM counts separately. */
    public enum Kind {
        READS, WRITES, DELETES;

        public static Kind of(Method method) {
            return switch (method) {
                case GET -> READS;
                case PUT, PATCH, POST -> WRITES;
                case DELETE -> DELETES;
            };
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** As it stands. @param told what ARM said was left */
    public record Standing(long left, long most, OptionalLong told, long pausedNanos) { }

    /** A token bucket. */
    private static final class Bucket {
        private final double most;
        private final double perNano;
        private double left;
        private long at;

        Bucket(double most, double perSecond, long now) {
            this.most = most;
            this.perNano = perSecond / NANOS;
            this.left = most;
            this.at = now;
        }

        double left(long now) {
            left = Math.min(most, left + Math.max(0, now - at) * perNano);
            at = now;
            return left;
        }

        long waitNanos(long now) {
            return left(now) >= 1 - ALMOST ? 0 : (long) Math.ceil((1 - left) / perNano);
        }
    }

    private final Map<Kind, List<Bucket>> buckets = new EnumMap<>(Kind.class);
    private final Map<Kind, Long> told = new EnumMap<>(Kind.class);
    private final Map<Kind, Long> pausedUntil = new EnumMap<>(Kind.class);

    /** @param percent this node's part, 1 to 100 */
    public Budget(int percent, long nowNanos) {
        double part = percent / 100.0;
        buckets.put(Kind.READS, List.of(new Bucket(250 * part, 25 * part, nowNanos), new Bucket(10_000 * part, 10_000 / 300.0 * part, nowNanos)));
        buckets.put(Kind.WRITES, List.of(new Bucket(200 * part, 10 * part, nowNanos), new Bucket(1_000 * part, 1_000 / 300.0 * part, nowNanos)));
        buckets.put(Kind.DELETES, List.of(new Bucket(200 * part, 10 * part, nowNanos)));
    }

    /** Takes one request out. @return 0 where it is taken; else after how many nanoseconds to ask again */
    public long take(Kind kind, long nowNanos) {
        long wait = Math.max(0, pausedUntil.getOrDefault(kind, nowNanos) - nowNanos);
        for (Bucket bucket : of(kind)) {
            wait = Math.max(wait, bucket.waitNanos(nowNanos));
        }
        if (wait == 0) {
            of(kind).forEach(bucket -> bucket.left -= 1);
        }
        return wait;
    }

    /** What ARM says is left, of this subscription or of all: the least of its headers. */
    public void heard(Kind kind, Reply reply, long nowNanos) {
        OptionalLong least = OptionalLong.empty();
        for (String scope : List.of("subscription-", "subscription-global-", "tenant-")) {
            OptionalLong one = number(reply.header("x-ms-ratelimit-remaining-" + scope + kind.word()).orElse(""));
            if (one.isPresent() && (least.isEmpty() || one.getAsLong() < least.getAsLong())) {
                least = one;
            }
        }
        least.ifPresent(left -> {
            told.put(kind, left);
            Bucket bucket = of(kind).getFirst();
            bucket.left = Math.min(bucket.left(nowNanos), left);
        });
    }

    /** After 429: nobody asks for this kind until then. */
    public void pause(Kind kind, Duration wait, long nowNanos) {
        pausedUntil.merge(kind, nowNanos + wait.toNanos(), Math::max);
    }

    public Standing standing(Kind kind, long nowNanos) {
        double left = of(kind).stream().mapToDouble(bucket -> bucket.left(nowNanos)).min().orElse(0);
        Long heard = told.get(kind);
        return new Standing((long) left, (long) of(kind).getFirst().most, heard == null ? OptionalLong.empty() : OptionalLong.of(heard),
                Math.max(0, pausedUntil.getOrDefault(kind, nowNanos) - nowNanos));
    }

    private List<Bucket> of(Kind kind) {
        return buckets.getOrDefault(kind, List.of());
    }

    private static OptionalLong number(String text) {
        return !text.isEmpty() && text.length() <= 12 && text.chars().allMatch(c -> c >= '0' && c <= '9') ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }
}
