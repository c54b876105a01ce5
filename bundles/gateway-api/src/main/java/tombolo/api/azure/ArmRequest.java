package tombolo.api.azure;

import java.time.Duration;
import java.util.Optional;
import tombolo.api.json.Json;

/**
 * A request to ARM.
 *
 * @param subscription the operator's name of the subscription
 * @param path from {@code /resourceGroups/...} or {@code /providers/...} on: what follows {@code /subscriptions/ID}; or from {@code /subscriptions/} on,
 *     a resource id as ARM writes it, asked with that subscription's credentials. May carry a query; never {@code api-version}
 * @param apiVersion such as {@code 2024-05-01}
 * @param body empty for none
 * @param etag If-Match; empty for none
 * @param deadline above 0, at most {@link #LONGEST}
 */
public record ArmRequest(String subscription, Method method, String path, String apiVersion, Optional<Json.Obj> body, Optional<String> etag, Duration deadline) {
    public static final Duration USUAL = Duration.ofSeconds(30);
    public static final Duration LONGEST = Duration.ofMinutes(5);

    /** The methods that ARM knows. */
    public enum Method { GET, PUT, PATCH, POST, DELETE }

    public ArmRequest {
        if (!path.startsWith("/") || path.contains("api-version=")) {
            throw new IllegalArgumentException("an ARM path starts with / and carries no api-version, not '" + path + "'");
        }
        if (!deadline.isPositive() || deadline.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("the deadline must be above 0 and at most " + LONGEST.toSeconds() + " s, not " + deadline);
        }
    }

    public static ArmRequest get(String subscription, String path, String apiVersion) {
        return new ArmRequest(subscription, Method.GET, path, apiVersion, Optional.empty(), Optional.empty(), USUAL);
    }

    public static ArmRequest put(String subscription, String path, String apiVersion, Json.Obj body) {
        return new ArmRequest(subscription, Method.PUT, path, apiVersion, Optional.of(body), Optional.empty(), USUAL);
    }

    public static ArmRequest post(String subscription, String path, String apiVersion) {
        return new ArmRequest(subscription, Method.POST, path, apiVersion, Optional.empty(), Optional.empty(), USUAL);
    }

    public static ArmRequest delete(String subscription, String path, String apiVersion) {
        return new ArmRequest(subscription, Method.DELETE, path, apiVersion, Optional.empty(), Optional.empty(), USUAL);
    }

    public ArmRequest withEtag(String ifMatch) {
        return new ArmRequest(subscription, method, path, apiVersion, body, Optional.of(ifMatch), deadline);
    }
}
