package tombolo.api.azure;

import java.time.Instant;
import java.util.Optional;

/**
 * An operation that ARM has taken: everything that is needed to ask for it again, also after a restart.
 *
 * @param subscription the operator's name of the subscription whose credentials poll it
 * @param what the request in words for people, such as {@code PUT circuit er-1}; its first word is the method, which says what the end of the operation means
 * @param resource the path of the resource it works on: what {@link ArmProgress.Succeeded} reads at its end
 * @param apiVersion that of the request
 * @param url where to poll, byte for byte as ARM sent it, several kB at times; empty where the request was answered at once
 * @param style how to poll
 * @param started when ARM took it
 * @param answer the first answer
 */
public record ArmOperation(String subscription, String what, String resource, String apiVersion, String url, Style style, Instant started, ArmAnswer answer) {
    /** What the polling URL answers. */
    public enum Style {
        /** Nothing to poll. */
        NONE,
        /** Azure-AsyncOperation: 200 with a status in its body. */
        ASYNC_OPERATION,
        /** Location: 202 while it runs, the result at the end. */
        LOCATION,
        /** Neither header: the resource's own provisioningState. */
        RESOURCE
    }

    /** The method that {@code what} begins with; empty where it begins with none. */
    public Optional<ArmRequest.Method> method() {
        for (ArmRequest.Method method : ArmRequest.Method.values()) {
            if (what.startsWith(method.name() + " ")) {
                return Optional.of(method);
            }
        }
        return Optional.empty();
    }

    public boolean done() {
        return style == Style.NONE;
    }

    /** The result of an operation that was answered at once. */
    public Optional<tombolo.api.json.Json.Obj> result() {
        return answer.body();
    }
}
