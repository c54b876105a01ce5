package tombolo.azure.arm.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.azure.ArmError;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmException.Applied;
import tombolo.api.azure.ArmException.Reason;
import tombolo.api.json.Json;

/** What is not a good answer, in words: what was asked, what ARM said, its request id and ours, and what to do. */
public final class Refusals {
    /** ARM's details are trees of services; more than these nobody reads. */
    private static final int MOST_DETAILS = 8;
    private static final int MOST_DEPTH = 4;
    private static final int MOST_TEXT = 600;

    private Refusals() { }

    /** ARM's error object, where the body has one: {@code {"error": {...}}}, or the same without the outer object. */
    public static Optional<ArmError> error(Json.Obj body) {
        return body.object("error").or(() -> body.text("code").isPresent() ? Optional.of(body) : Optional.empty()).map(error -> error(error, 0));
    }

    private static ArmError error(Json.Obj error, int depth) {
        List<ArmError> details = new ArrayList<>();
        if (depth < MOST_DEPTH) {
            error.array("details").stream().limit(MOST_DETAILS).forEach(detail -> {
                if (detail instanceof Json.Obj object) {
                    details.add(error(object, depth + 1));
                }
            });
        }
        return new ArmError(clean(error.text("code").orElse("")), clean(error.text("message").orElse("")), clean(error.text("target").orElse("")), details);
    }

    /** Of an answer that is not good; or of one that is, whose body cannot be read. @param skew ARM's clock less ours, where it is known */
    public static ArmException of(Asked asked, Reply reply, Optional<Duration> skew, Instant now) {
        Outcome outcome = new Outcome.Answered(reply);
        Applied applied = Retries.applied(asked.method(), outcome);
        Optional<Duration> retryAfter = Times.retryAfter(reply, now);
        if (reply.body() instanceof Reply.Body.NotJson(String why) && (reply.good() || reply.status() >= 500)) {
            return new ArmException(Reason.BROKEN, applied, "TMB-ARM-050 " + asked + ": ARM answered " + reply.status() + " with what is no JSON object (" + why + ")"
                    + ids(asked, reply) + ". Something between this node and ARM may answer in its place; see azure:check. " + happened(applied), Optional.empty(), retryAfter);
        }
        ArmError error = reply.json().flatMap(Refusals::error).filter(found -> !found.code().isEmpty())
                .orElseGet(() -> new ArmError(Integer.toString(reply.status()), "", "", List.of()));
        String said = asked + ": ARM answered " + reply.status() + " " + error.words() + ids(asked, reply) + ". ";
        return switch (reply.status()) {
            case 401 -> refused(Reason.NOT_AUTHENTICATED, applied, "TMB-ARM-025 " + said + unauthorized(reply, skew), error, retryAfter);
            case 403 -> refused(Reason.FORBIDDEN, applied, "TMB-ARM-030 " + said + "Give the identity a role that allows this (for circuits: Network Contributor on the resource"
                    + " group); a new role counts after some minutes.", error, retryAfter);
            case 404 -> refused(Reason.NOT_FOUND, applied, "TMB-ARM-031 " + said + "It is not there, or the identity may not see it.", error, retryAfter);
            case 409 -> refused(Reason.CONFLICT, applied, "TMB-ARM-032 " + said + (isOtherOperation(error) ? "Another operation works on it; ask again when that has ended."
                    : "It does not allow this in its present state."), error, retryAfter);
            case 412 -> refused(Reason.CHANGED, applied, "TMB-ARM-033 " + said + "Somebody has changed it since it was read; read it again.", error, retryAfter);
            case 429 -> refused(Reason.THROTTLED, applied, "TMB-ARM-040 " + said + retryAfter.map(wait -> "Wait " + wait.toSeconds() + " s.").orElse("Ask less often."), error, retryAfter);
            case 301, 302, 303, 307, 308 -> refused(Reason.BROKEN, applied, "TMB-ARM-036 " + said + "It is a redirect, which is not followed: the token is for ARM's own host alone."
                    + " Check the URLs in etc/tombolo.azure.cfg.", error, retryAfter);
            default -> reply.status() >= 500
                    ? refused(Reason.BROKEN, applied, "TMB-ARM-035 " + said + happened(applied), error, retryAfter)
                    : refused(Reason.REFUSED, applied, "TMB-ARM-034 " + said + (isVersion(error) ? "Set network-api-version in etc/tombolo.azure.cfg to one that this Azure knows." : "Mend the request."), error, retryAfter);
        };
    }

    /** Of a request that was not answered. */
    public static ArmException of(Asked asked, Outcome.Failed failed) {
        Applied applied = Retries.applied(asked.method(), failed);
        return new ArmException(Reason.UNREACHABLE, applied, failed.code() + " " + asked + ": " + failed.reason() + " (our request " + asked.ours() + "). " + happened(applied),
                Optional.empty(), Optional.empty());
    }

    /** The end of several attempts, of which an earlier one may have done what was asked: a conflict with itself, or what it has removed already. */
    public static ArmException afterLoss(ArmException last) {
        return last.applied() == Applied.UNKNOWN ? last : new ArmException(last.reason(), Applied.UNKNOWN, last.getMessage()
                + " An earlier attempt of the same request may have done it: look before asking again.", last.error(), last.retryAfter());
    }

    /** An answer with a good status that is not what it should be. */
    public static ArmException broken(String code, Asked asked, Reply reply, String what) {
        return new ArmException(Reason.BROKEN, Retries.applied(asked.method(), new Outcome.Answered(reply)), code + " " + asked + ": " + what + ids(asked, reply) + ".",
                reply.json().flatMap(Refusals::error), Optional.empty());
    }

    /** 429 and 409 because of one resource's own operation say nothing of the subscription's account. */
    public static boolean isOtherOperation(ArmError error) {
        return error.code().contains("AnotherOperation") || error.details().stream().anyMatch(detail -> detail.code().contains("AnotherOperation"));
    }

    /** A version of an interface that this Azure does not know, which it says by one of these. */
    private static boolean isVersion(ArmError error) {
        return error.code().equals("InvalidApiVersionParameter") || error.code().equals("NoRegisteredProviderFound");
    }

    private static ArmException refused(Reason reason, Applied applied, String text, ArmError error, Optional<Duration> retryAfter) {
        return new ArmException(reason, applied, text, Optional.of(error), retryAfter);
    }

    private static String unauthorized(Reply reply, Optional<Duration> skew) {
        if (skew.filter(Times::isSkewed).isPresent()) {
            return "This node's clock is " + Times.words(skew.get()) + " ARM's: set the clock (a new token was asked for, and is not accepted either).";
        }
        String challenge = reply.header("www-authenticate").map(Refusals::clean).orElse("");
        return "A new token was asked for, and is not accepted either: check tenant-id and the cloud."
                + (challenge.isEmpty() ? "" : " ARM wants: " + (challenge.length() > MOST_TEXT ? challenge.substring(0, MOST_TEXT) + "…" : challenge));
    }

    private static String ids(Asked asked, Reply reply) {
        return " (request " + (reply.requestId().isEmpty() ? "without a number" : clean(reply.requestId())) + ", ours " + asked.ours() + ")";
    }

    private static String happened(Applied applied) {
        return applied == Applied.UNKNOWN ? "It may have been done all the same: look before asking again." : "Nothing was done.";
    }

    /** Another's text must not forge a line of the log, nor move a cursor. */
    static String clean(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]", " ").strip();
    }
}
