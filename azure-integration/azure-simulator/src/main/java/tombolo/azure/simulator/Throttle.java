package tombolo.azure.simulator;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** ARM's token buckets: by principal, subscription and kind of request. Called with the {@link World}'s lock held. */
final class Throttle {
    /** The limits of all principals of a tenant together are fifteen times those of one. */
    private static final int GLOBAL = 15;

    private enum Budget { READS, WRITES, DELETES }

    private static final class Bucket {
        private double tokens;
        private Instant filled;

        private Bucket(double tokens, Instant filled) {
            this.tokens = tokens;
            this.filled = filled;
        }
    }

    private final SimulatorSettings settings;
    private final InstantSource clock;
    private final Map<String, Bucket> buckets = new HashMap<>();

    Throttle(SimulatorSettings settings) {
        this.settings = settings;
        this.clock = settings.times().clock();
    }

    /** Takes one and returns the headers that tell what is left; {@link ArmFault} 429 where nothing was. */
    Map<String, String> take(String method, Principal caller, String subscription) {
        Budget budget = switch (method) {
            case "GET", "HEAD" -> Budget.READS;
            case "DELETE" -> Budget.DELETES;
            default -> Budget.WRITES;
        };
        int size = budget == Budget.READS ? settings.buckets().reads() : settings.buckets().writes();
        int rate = budget == Budget.READS ? settings.buckets().readsPerSecond() : settings.buckets().writesPerSecond();
        Instant now = clock.instant();
        Bucket bucket = buckets.computeIfAbsent(caller.name() + " " + subscription + " " + budget, key -> new Bucket(size, now));
        double passed = Math.max(0, java.time.Duration.between(bucket.filled, now).toNanos() / 1e9);
        bucket.tokens = Math.min(size, bucket.tokens + passed * rate);
        bucket.filled = now;
        if (bucket.tokens < 1) {
            int wait = rate == 0 ? 60 : (int) Math.max(1, Math.ceil((1 - bucket.tokens) / rate));
            throw new ArmFault(429, "SubscriptionRequestsThrottled", "Number of " + budget.name().toLowerCase(java.util.Locale.ROOT) + " for subscription '" + subscription
                    + "' actor '" + caller.name() + "' exceeded. Please try again after '" + wait + "' seconds.").header("Retry-After", Integer.toString(wait));
        }
        bucket.tokens--;
        String kind = budget.name().toLowerCase(java.util.Locale.ROOT);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("x-ms-ratelimit-remaining-subscription-" + kind, Integer.toString((int) bucket.tokens));
        headers.put("x-ms-ratelimit-remaining-subscription-global-" + kind, Integer.toString((int) (bucket.tokens + (GLOBAL - 1) * (double) size)));
        return headers;
    }
}
