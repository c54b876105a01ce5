package tombolo.azure.arm.adapter;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import tombolo.api.azure.ArmException.Reason;
import tombolo.api.azure.ArmRequest.Method;
import tombolo.azure.arm.core.Outcome;
import tombolo.azure.arm.core.Reply;
import tombolo.azure.arm.core.Retries;
import tombolo.azure.arm.core.Token;

/** Who issues tokens for one identity. Any thread, one at a time. */
interface TokenSource {
    /** A new token; blocks until the deadline at most. */
    Token fetch(Time.Deadline deadline) throws TokenTrouble;

    /** What every issuer is asked with. */
    final class Desk {
        /** A key's file has some kB. */
        private static final int MOST_BYTES = 64 << 10;
        private static final int MOST_WORDS = 400;

        private final String subscription;
        private final Wire wire;
        final Time time;

        Desk(String subscription, Wire wire, Time time) {
            this.subscription = subscription;
            this.wire = wire;
            this.time = time;
        }

        /** Asking for a token changes nothing, so that any attempt may be followed by another. @param settled whether this answer is not one to ask again after */
        Reply ask(String method, String url, Map<String, String> headers, Optional<byte[]> body, Time.Deadline deadline, Predicate<Reply> settled) throws TokenTrouble {
            for (int attempt = 1;; attempt++) {
                Outcome outcome = wire.send(method, url, headers, body, deadline);
                if (outcome instanceof Outcome.Answered(Reply reply) && settled.test(reply)) {
                    return reply;
                }
                // 404 and 410 are IMDS's while it starts or is updated; to Retries they are what 503 is.
                Outcome judged = outcome instanceof Outcome.Answered(Reply reply) && (reply.status() == 404 || reply.status() == 410)
                        ? new Outcome.Answered(new Reply(503, reply.headers(), reply.body())) : outcome;
                Optional<Duration> wait = Retries.after(Method.GET, judged, attempt, ThreadLocalRandom.current().nextDouble(), time.now());
                if (wait.isEmpty() || wait.get().compareTo(deadline.left()) >= 0) {
                    return last(outcome);
                }
                pause(wait.get());
            }
        }

        private Reply last(Outcome outcome) throws TokenTrouble {
            return switch (outcome) {
                case Outcome.Answered(Reply reply) -> reply;
                case Outcome.Failed failed -> throw new TokenTrouble(Reason.UNREACHABLE, "TMB-ARM-022 subscription " + subscription + ": no token: " + failed.reason() + " [" + failed.code() + "]");
            };
        }

        private void pause(Duration length) throws TokenTrouble {
            try {
                if (time.pause(length)) {
                    return;
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            throw new TokenTrouble(Reason.UNREACHABLE, "TMB-ARM-003 subscription " + subscription + ": no token: the node is stopping");
        }

        /** The token in an answer. The text of what is none is never shown: it may be one, cut short. */
        Token token(Reply reply, String issuer, String hint, Instant asked, long askedNanos) throws TokenTrouble {
            if (reply.good()) {
                return reply.json().flatMap(body -> Token.of(body, asked, askedNanos)).orElseThrow(() -> trouble(Reason.UNREACHABLE, "TMB-ARM-023", issuer
                        + " answered " + reply.status() + " without a token that lasts (access_token, expires_in)"
                        + (reply.body() instanceof Reply.Body.NotJson(String why) ? ": " + why : "")));
            }
            String code = reply.json().flatMap(body -> body.text("error")).orElse("");
            String said = reply.json().flatMap(body -> body.text("error_description")).flatMap(text -> text.lines().findFirst()).orElse("");
            String words = (code + (said.isEmpty() ? "" : ": " + said)).replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]", " ");
            boolean passing = reply.status() == 429 || reply.status() >= 500 || reply.status() == 404 || reply.status() == 410;
            throw trouble(passing ? Reason.UNREACHABLE : Reason.NOT_AUTHENTICATED, "TMB-ARM-021", issuer + " answered " + reply.status() + " "
                    + (words.length() > MOST_WORDS ? words.substring(0, MOST_WORDS) + "…" : words) + ". " + hint);
        }

        TokenTrouble trouble(Reason reason, String code, String text) {
            return new TokenTrouble(reason, code + " subscription " + subscription + ": no token: " + text);
        }

        /** A file's text. @throws TokenTrouble with the key and the path, never with what stands there */
        String read(String key, Path file) throws TokenTrouble {
            try {
                if (Files.size(file) > MOST_BYTES) {
                    throw trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-020", key + " " + file + " is longer than " + MOST_BYTES + " bytes");
                }
                return Files.readString(file, StandardCharsets.UTF_8);
            } catch (MalformedInputException _) {
                throw trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-020", key + " " + file + " is no text");
            } catch (IOException e) {
                throw trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-020", key + " " + file + " cannot be read" + (e instanceof NoSuchFileException ? ": it is not there"
                        : e instanceof java.nio.file.AccessDeniedException ? ": the node's user may not" : ""));
            }
        }
    }
}
