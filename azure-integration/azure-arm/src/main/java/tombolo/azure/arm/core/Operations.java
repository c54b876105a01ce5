package tombolo.azure.arm.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tombolo.api.azure.ArmAnswer;
import tombolo.api.azure.ArmError;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmOperation;
import tombolo.api.azure.ArmOperation.Style;
import tombolo.api.azure.ArmProgress;
import tombolo.api.azure.ArmRequest.Method;
import tombolo.api.json.Json;

/**
 * Operations that take time (ARM's asynchronous operations).
 *
 * <pre>
 *  first answer                                            style             its end
 *  POST  with Location (and the other header or not)       LOCATION          the result stands at Location alone
 *  any   with Azure-AsyncOperation                         ASYNC_OPERATION   status in the body; then the resource is read, or the body's own output is the result
 *  202   with Location                                     LOCATION          202 while it runs
 *  202   with neither, not POST                            RESOURCE          provisioningState; 404 is the end of a DELETE
 *  200, 201 with a provisioningState that is not the last  RESOURCE
 *  anything else of 200, 201, 204                          NONE
 * </pre>
 */
public final class Operations {
    /** ARM's answers have said about 10 s where they named nothing. */
    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration LAST = Duration.ofMinutes(2);
    private static final Duration LEAST = Duration.ofSeconds(1);
    /** A virtual network gateway takes up to 45 minutes; what takes longer than this does not end by itself. */
    public static final Duration LONG = Duration.ofHours(2);

    private Operations() { }

    /** What one poll came to. */
    public sealed interface Polled {
        record Known(ArmProgress progress) implements Polled { }

        /** The operation has succeeded, and its result is the resource as it is now. */
        record ReadResource() implements Polled { }

        /** ARM does not know the operation any more: the resource has to say how it went. */
        record AskResource() implements Polled { }
    }

    /** Whether a first answer is that of an operation and not of a request that is done. */
    public static boolean starts(Method method, Reply reply) {
        return reply.status() == 202 || method != Method.GET && reply.header("azure-asyncoperation").isPresent();
    }

    /**
     * @param resource the path of the request without its query
     * @throws ArmException where the operation runs and cannot be followed
     */
    public static ArmOperation first(Asked asked, String resource, String apiVersion, Cloud cloud, Reply reply, Instant now) {
        ArmAnswer answer = answer(reply);
        Optional<String> status = reply.header("azure-asyncoperation");
        Optional<String> location = reply.header("location").filter(_ -> reply.status() == 202);
        Style style;
        String url = "";
        if (asked.method() == Method.POST && location.isPresent()) {
            style = Style.LOCATION;
            url = location.get();
        } else if (status.isPresent()) {
            style = Style.ASYNC_OPERATION;
            url = status.get();
        } else if (location.isPresent()) {
            style = Style.LOCATION;
            url = location.get();
        } else if (reply.status() == 202 && asked.method() == Method.POST) {
            throw Refusals.broken("TMB-ARM-060", asked, reply, "ARM has taken it (202) and does not say where to ask how it goes; look at the resource");
        } else {
            boolean runs = reply.status() == 202 || asked.method() != Method.GET && state(answer.body()).filter(word -> !isGood(word)).isPresent();
            style = runs ? Style.RESOURCE : Style.NONE;
        }
        if (!url.isEmpty()) {
            checked(asked, cloud, url);
        }
        return new ArmOperation(asked.subscription(), asked.what(), resource, apiVersion, url, style, now, answer);
    }

    /** The URL byte for byte, where it is the cloud's own. @throws ArmException where it is not: the operation runs, and is followed by nobody */
    public static String checked(Asked asked, Cloud cloud, String url) {
        String trouble = switch (cloud.own(url)) {
            case Cloud.Url.Own _ -> "";
            case Cloud.Url.Foreign(String host) -> "TMB-ARM-061 " + asked + ": ARM names " + Refusals.clean(host) + " as the host to ask how it goes, which is not "
                    + cloud.resourceManager() + "; it gets no token. Look at the resource itself.";
            case Cloud.Url.NotOne(String why) -> "TMB-ARM-063 " + asked + ": the URL that says how it goes cannot be asked: " + why + ". Look at the resource itself.";
        };
        if (!trouble.isEmpty()) {
            throw new ArmException(ArmException.Reason.BROKEN, ArmException.Applied.UNKNOWN, trouble, Optional.empty(), Optional.empty());
        }
        return url;
    }

    /** Whether an answer to a poll says how the operation stands, and not that asking went wrong. */
    public static boolean tells(Style style, Reply reply) {
        return switch (style) {
            case NONE -> true;
            case ASYNC_OPERATION -> reply.good() || reply.status() == 404;
            // The end of a failed operation is the status that the request itself would have had.
            case LOCATION -> reply.good() || reply.status() >= 400 && reply.status() < 500 && !List.of(401, 403, 408, 429).contains(reply.status());
            case RESOURCE -> reply.good() || reply.status() == 404;
        };
    }

    /**
     * @param reply for which {@link #tells}
     * @throws ArmException where a good answer says nothing
     */
    public static Polled progress(ArmOperation operation, Asked asked, Reply reply, Instant now) {
        Method method = operation.method().orElse(Method.PUT);
        Duration again = again(operation, reply, now);
        if (reply.status() == 404) {
            return gone(operation, method, reply);
        }
        return switch (operation.style()) {
            case NONE -> new Polled.Known(new ArmProgress.Succeeded(operation.answer().body()));
            case ASYNC_OPERATION -> async(method, asked, reply, again);
            case LOCATION -> location(method, asked, reply, again);
            case RESOURCE -> new Polled.Known(resource(method, reply, again));
        };
    }

    /** Behind an operation that ARM has forgotten: what the resource itself says. */
    public static ArmProgress byResource(ArmOperation operation, Asked asked, Reply reply, Instant now) {
        Method method = operation.method().orElse(Method.PUT);
        if (method == Method.POST) {
            throw Refusals.broken("TMB-ARM-064", asked, reply, "ARM does not know the operation any more, and its result stood only there; ask anew");
        }
        return reply.status() == 404 ? missing(method, reply) : resource(method, reply, again(operation, reply, now));
    }

    private static Polled gone(ArmOperation operation, Method method, Reply reply) {
        return operation.style() == Style.RESOURCE ? new Polled.Known(missing(method, reply)) : new Polled.AskResource();
    }

    private static ArmProgress missing(Method method, Reply reply) {
        return method == Method.DELETE ? new ArmProgress.Succeeded(Optional.empty())
                : new ArmProgress.Failed(reply.json().flatMap(Refusals::error).orElse(new ArmError("NotFound", "the resource is not there any more", "", List.of())));
    }

    private static Polled async(Method method, Asked asked, Reply reply, Duration again) {
        Json.Obj body = body(asked, reply);
        Optional<String> word = body.text("status").or(() -> state(Optional.of(body)));
        if (word.isEmpty()) {
            if (reply.status() == 202) {
                return new Polled.Known(new ArmProgress.Running("Accepted", again));
            }
            throw Refusals.broken("TMB-ARM-065", asked, reply, "the answer of " + reply.status() + " has no status, by which alone one can tell how it goes");
        }
        String status = Refusals.clean(word.get());
        if (isBad(status)) {
            return new Polled.Known(new ArmProgress.Failed(failure(status, Refusals.error(body))));
        }
        if (!isGood(status)) {
            return new Polled.Known(new ArmProgress.Running(status, again));
        }
        return switch (method) {
            case PUT, PATCH, GET -> new Polled.ReadResource();
            case DELETE -> new Polled.Known(new ArmProgress.Succeeded(Optional.empty()));
            case POST -> new Polled.Known(new ArmProgress.Succeeded(body.object("properties").map(all -> all.object("output").orElse(all)).or(() -> body.object("output"))));
        };
    }

    private static Polled location(Method method, Asked asked, Reply reply, Duration again) {
        if (reply.status() == 202) {
            return new Polled.Known(new ArmProgress.Running(state(reply.json()).map(Refusals::clean).orElse("Accepted"), again));
        }
        if (!reply.good()) {
            ArmError bare = new ArmError(Integer.toString(reply.status()), "", "", List.of());
            return new Polled.Known(new ArmProgress.Failed(reply.json().flatMap(Refusals::error).orElse(bare)));
        }
        if (reply.body() instanceof Reply.Body.NotJson(String why)) {
            throw Refusals.broken("TMB-ARM-050", asked, reply, "the result is no JSON object (" + why + ")");
        }
        return method == Method.DELETE ? new Polled.Known(new ArmProgress.Succeeded(Optional.empty()))
                : method == Method.POST ? new Polled.Known(new ArmProgress.Succeeded(reply.json())) : new Polled.Known(resource(method, reply, again));
    }

    private static ArmProgress resource(Method method, Reply reply, Duration again) {
        Optional<String> state = state(reply.json()).map(Refusals::clean);
        if (state.filter(Operations::isBad).isPresent()) {
            Optional<ArmError> error = reply.json().flatMap(Refusals::error).or(() -> reply.json().flatMap(body -> body.object("properties")).flatMap(Refusals::error));
            return new ArmProgress.Failed(failure(state.get(), error));
        }
        if (method == Method.DELETE) {
            return new ArmProgress.Running(state.orElse("Deleting"), again);
        }
        return state.filter(word -> !isGood(word)).<ArmProgress>map(word -> new ArmProgress.Running(word, again)).orElseGet(() -> new ArmProgress.Succeeded(reply.json()));
    }

    private static Json.Obj body(Asked asked, Reply reply) {
        return switch (reply.body()) {
            case Reply.Body.Value(Json.Obj json) -> json;
            case Reply.Body.None _ when reply.status() == 202 -> Json.Obj.EMPTY;
            case Reply.Body.None _ -> throw Refusals.broken("TMB-ARM-065", asked, reply, "the answer of " + reply.status() + " is empty; wanted a status");
            case Reply.Body.NotJson(String why) -> throw Refusals.broken("TMB-ARM-050", asked, reply, "how it goes is no JSON object (" + why + ")");
        };
    }

    public static ArmAnswer answer(Reply reply) {
        return new ArmAnswer(reply.status(), reply.json(), reply.header("etag").or(() -> reply.json().flatMap(body -> body.text("etag"))), reply.requestId());
    }

    private static Optional<String> state(Optional<Json.Obj> body) {
        return body.flatMap(all -> all.object("properties")).flatMap(properties -> properties.text("provisioningState"));
    }

    private static ArmError failure(String status, Optional<ArmError> error) {
        String code = status.toLowerCase(Locale.ROOT).startsWith("cancel") ? "Canceled" : status;
        return error.map(found -> code.equals("Canceled") || found.code().isEmpty() ? new ArmError(code, found.message(), found.target(), found.details()) : found)
                .orElseGet(() -> new ArmError(code, "", "", List.of()));
    }

    private static boolean isGood(String status) {
        return status.equalsIgnoreCase("Succeeded");
    }

    private static boolean isBad(String status) {
        return status.equalsIgnoreCase("Failed") || status.equalsIgnoreCase("Canceled") || status.equalsIgnoreCase("Cancelled");
    }

    /** ARM's wish, else a tenth of the time that it has taken so far: 10 s to 2 min. */
    private static Duration again(ArmOperation operation, Reply reply, Instant now) {
        Duration wished = Times.retryAfter(reply, now).orElseGet(() -> {
            Duration tenth = Duration.between(operation.started(), now).dividedBy(10);
            return tenth.compareTo(FIRST) < 0 ? FIRST : tenth.compareTo(LAST) > 0 ? LAST : tenth;
        });
        return wished.compareTo(LEAST) < 0 ? LEAST : wished;
    }
}
