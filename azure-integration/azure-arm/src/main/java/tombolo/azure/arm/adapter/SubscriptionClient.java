package tombolo.azure.arm.adapter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.azure.ArmError;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmException.Applied;
import tombolo.api.azure.ArmException.Reason;
import tombolo.api.azure.AzureAccess;
import tombolo.api.json.Json;
import tombolo.azure.arm.core.Asked;
import tombolo.azure.arm.core.Budget;
import tombolo.azure.arm.core.Cloud;
import tombolo.azure.arm.core.Outcome;
import tombolo.azure.arm.core.Refusals;
import tombolo.azure.arm.core.Reply;
import tombolo.azure.arm.core.Retries;
import tombolo.azure.arm.core.Times;
import tombolo.azure.arm.core.Token;
import tombolo.runtime.json.JsonText;

/** One subscription: its token, its budget, its retries. Any thread; calls block until their deadline at most. */
final class SubscriptionClient {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionClient.class);
    /** A clock that is wrong is told of once an hour. */
    private static final Duration SKEW_TOLD_AGAIN = Duration.ofHours(1);
    /** Where ARM refuses because of too many requests and does not say until when. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    /** A request, ready to be sent. @param url byte for byte; the cloud's own */
    record Ready(Asked asked, String url, Optional<Json.Obj> body, Optional<String> etag) { }

    private final String name;
    private final Cloud cloud;
    private final Wire wire;
    private final Time time;
    private final TokenKeeper tokens;
    private final Budget budget;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong throttled = new AtomicLong();
    private volatile Optional<Duration> skew = Optional.empty();
    private volatile Optional<Long> skewToldNanos = Optional.empty();
    private volatile Optional<String> trouble = Optional.empty();

    SubscriptionClient(String name, Cloud cloud, Wire wire, TokenKeeper tokens, int budgetPercent, Time time) {
        this.name = name;
        this.cloud = cloud;
        this.wire = wire;
        this.time = time;
        this.tokens = tokens;
        this.budget = new Budget(budgetPercent, time.nanos());
    }

    Cloud cloud() {
        return cloud;
    }

    TokenKeeper tokens() {
        return tokens;
    }

    Optional<Duration> skew() {
        return skew;
    }

    Optional<String> trouble() {
        return trouble;
    }

    long requests() {
        return requests.get();
    }

    long throttled() {
        return throttled.get();
    }

    Map<Budget.Kind, Budget.Standing> budgets() {
        Map<Budget.Kind, Budget.Standing> all = new EnumMap<>(Budget.Kind.class);
        synchronized (budget) {
            for (Budget.Kind kind : Budget.Kind.values()) {
                all.put(kind, budget.standing(kind, time.nanos()));
            }
        }
        return all;
    }

    /**
     * Sends it, again where that is safe, until there is an answer or the time is up.
     *
     * @param wanted of answers that are not good: which are an answer all the same
     * @throws ArmException for any other
     */
    Reply perform(Ready ready, Time.Deadline deadline, Predicate<Reply> wanted) {
        try {
            Reply reply = attempts(ready, deadline, wanted);
            trouble = Optional.empty();
            return reply;
        } catch (ArmException e) {
            if (e.reason() != Reason.NOT_FOUND && e.reason() != Reason.CHANGED) {
                trouble = Optional.of(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private Reply attempts(Ready ready, Time.Deadline deadline, Predicate<Reply> wanted) {
        Asked asked = ready.asked();
        boolean renewed = false;
        boolean lost = false; // whether an earlier attempt may have done it
        for (int attempt = 1;; attempt++) {
            try {
                waitForBudget(asked, deadline);
                Token token = token(asked, deadline);
                Outcome outcome = send(ready, token, deadline);
                if (outcome instanceof Outcome.Answered(Reply reply)) {
                    if (reply.good() && !(reply.body() instanceof Reply.Body.NotJson) || wanted.test(reply)) {
                        return reply;
                    }
                    if (reply.status() == 401 && !renewed) { // the token has ended before its time, or was taken back: nothing was done
                        renewed = true;
                        renew(asked, token, deadline);
                        continue;
                    }
                }
                Optional<Duration> wait = Retries.after(asked.method(), outcome, attempt, ThreadLocalRandom.current().nextDouble(), time.now());
                if (wait.isEmpty() || wait.get().compareTo(deadline.left()) >= 0) {
                    throw switch (outcome) {
                        case Outcome.Answered(Reply reply) -> Refusals.of(asked, reply, skew, time.now());
                        case Outcome.Failed failed -> Refusals.of(asked, failed);
                    };
                }
                lost |= Retries.applied(asked.method(), outcome) == Applied.UNKNOWN;
                LOG.debug("{}: attempt {} came to {}; again in {} ms", asked, attempt, word(outcome), wait.get().toMillis());
                pause(asked, wait.get());
            } catch (ArmException e) {
                throw lost ? Refusals.afterLoss(e) : e;
            }
        }
    }

    /** Without a body: it may hold a key. */
    private static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Answered(Reply reply) -> Integer.toString(reply.status());
            case Outcome.Failed failed -> failed.reason();
        };
    }

    private Outcome send(Ready ready, Token token, Time.Deadline deadline) {
        Instant sent = time.now();
        Outcome outcome = wire.send(ready.asked().method().name(), ready.url(), headers(ready, token), ready.body().map(JsonText::bytes), deadline);
        heard(ready.asked(), outcome, sent);
        return outcome;
    }

    /** Requests beyond the node's part of ARM's account wait; where that would take longer than there is time, they are not made. */
    private void waitForBudget(Asked asked, Time.Deadline deadline) {
        Budget.Kind kind = Budget.Kind.of(asked.method());
        while (true) {
            long wait;
            synchronized (budget) {
                wait = budget.take(kind, time.nanos());
            }
            if (wait == 0) {
                return;
            }
            if (wait >= deadline.left().toNanos()) {
                throw new ArmException(Reason.THROTTLED, Applied.NO, "TMB-ARM-041 " + asked + ": not sent: this node's part of the " + kind.word() + " that ARM allows is used up, or ARM"
                        + " has asked to wait; again in " + Math.ceilDiv(wait, 1_000_000_000L) + " s (budget-percent in etc/tombolo.azure.cfg; azure:status shows what is left). Nothing was done.",
                        Optional.empty(), Optional.of(Duration.ofNanos(wait)));
            }
            pause(asked, Duration.ofNanos(wait));
        }
    }

    private Token token(Asked asked, Time.Deadline deadline) {
        try {
            return tokens.get(deadline);
        } catch (TokenTrouble e) {
            throw refused(asked, e);
        }
    }

    /** Another token than the one that is held, whatever its times say. */
    Token newToken(Time.Deadline deadline) throws TokenTrouble {
        try {
            return tokens.after(tokens.held(), deadline);
        } catch (TokenTrouble e) {
            trouble = Optional.of(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private void renew(Asked asked, Token old, Time.Deadline deadline) {
        try {
            tokens.after(Optional.of(old), deadline);
        } catch (TokenTrouble e) {
            throw refused(asked, e);
        }
    }

    private static ArmException refused(Asked asked, TokenTrouble trouble) {
        return new ArmException(trouble.reason(), Applied.NO, trouble.getMessage() + " So " + asked.what() + " was not asked.", Optional.empty(), Optional.empty());
    }

    private static Map<String, String> headers(Ready ready, Token token) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Authorization", "Bearer " + token.value());
        headers.put("Accept", "application/json");
        headers.put("User-Agent", "tombolo/0.1");
        headers.put("x-ms-client-request-id", ready.asked().ours());
        headers.put("x-ms-return-client-request-id", "true");
        ready.body().ifPresent(_ -> headers.put("Content-Type", "application/json"));
        ready.etag().ifPresent(etag -> headers.put("If-Match", etag));
        return headers;
    }

    /** What every answer says beside what was asked: the clock, the account. */
    private void heard(Asked asked, Outcome outcome, Instant sent) {
        requests.incrementAndGet();
        if (!(outcome instanceof Outcome.Answered(Reply reply))) {
            return;
        }
        Times.skew(reply, sent, time.now()).ifPresent(this::skewed);
        Budget.Kind kind = Budget.Kind.of(asked.method());
        synchronized (budget) {
            budget.heard(kind, reply, time.nanos());
        }
        if (reply.status() == 429) {
            throttled.incrementAndGet();
            ArmError error = reply.json().flatMap(Refusals::error).orElse(new ArmError("", "", "", List.of()));
            if (!Refusals.isOtherOperation(error)) {
                synchronized (budget) {
                    budget.pause(kind, Times.retryAfter(reply, time.now()).orElse(PAUSE), time.nanos());
                }
            }
        }
    }

    private void skewed(Duration found) {
        skew = Optional.of(found);
        if (!Times.isSkewed(found)) {
            skewToldNanos = Optional.empty();
        } else if (skewToldNanos.filter(told -> time.nanos() - told < SKEW_TOLD_AGAIN.toNanos()).isEmpty()) {
            skewToldNanos = Optional.of(time.nanos());
            LOG.warn("TMB-ARM-026 subscription {}: this node's clock is {} ARM's, wanted less than {} s between them: set the clock, or tokens will be refused", name, Times.words(found),
                    Times.SKEW_LIMIT.toSeconds());
        }
    }

    private void pause(Asked asked, Duration length) {
        try {
            if (time.pause(length)) {
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        throw new ArmException(Reason.UNREACHABLE, Applied.NO, "TMB-ARM-003 " + asked + ": not sent again: the node is stopping. Nothing was done.", Optional.empty(), Optional.empty());
    }

    /** As the shell shows them. */
    List<AzureAccess.Budget> told() {
        List<AzureAccess.Budget> all = new ArrayList<>();
        budgets().forEach((kind, standing) -> all.add(new AzureAccess.Budget(kind.word(), standing.left(), standing.most(), standing.told(),
                standing.pausedNanos() > 0 ? Optional.of(time.now().plusNanos(standing.pausedNanos())) : Optional.empty())));
        return all;
    }
}
