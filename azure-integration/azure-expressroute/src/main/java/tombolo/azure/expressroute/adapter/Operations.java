package tombolo.azure.expressroute.adapter;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmAnswer;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmOperation;
import tombolo.api.azure.ArmProgress;
import tombolo.api.azure.ArmRequest;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Compare;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.json.Json;
import tombolo.runtime.json.JsonText;

/**
 * Requests that change Azure. Each is in the datastore before ARM hears of it, and until its end: whoever comes after a crash, a swap, or on another gateway goes on
 * where it stands and asks for nothing twice. One operation for a circuit at a time, as ARM has it too.
 */
final class Operations {
    private static final String PREFIX = "/tombolo/v1/expressroute/operations/";
    /** A circuit takes minutes, a gateway's link half an hour at worst; whoever waits longer is told that it goes on. */
    static final Duration LONGEST = Duration.ofMinutes(15);
    /** A table takes some seconds. Whoever asks for one can ask again, and the doctor has more to say. */
    static final Duration LONGEST_TABLE = Duration.ofMinutes(2);
    /** So many polls in a row that fail are no accident: a table that Azure cannot make is told so again and again. */
    private static final int MOST_TROUBLES = 3;
    /** Between two looks where ARM names no time. */
    private static final Duration USUAL = Duration.ofSeconds(10);

    /** However soon ARM may be asked again. */
    private static final Duration LEAST = Duration.ofSeconds(1);

    /** Holds for circuits without a file too, which er:apply does not know. */
    private static final String AGAIN = "the next er: command that changes this circuit takes it up again, and so does the node when it starts. er:list shows it.";

    /** Waits. Tests do not. */
    @FunctionalInterface
    interface Pause {
        void of(Duration time) throws InterruptedException;
    }

    /** @param operation empty: ARM may or may not have been asked */
    record Stored(String circuit, String what, String subscription, String resource, String apiVersion, boolean deletes, Instant since, String nonce, Optional<ArmOperation> operation, long modRevision) { }

    private final Arm arm;
    private final InstantSource clock;
    private final Pause pause;

    Operations(Arm arm, InstantSource clock, Pause pause) {
        this.arm = arm;
        this.clock = clock;
        this.pause = pause;
    }

    static Key key(String circuit) {
        return Key.of(PREFIX + circuit);
    }

    /** All that are in flight, of every gateway. */
    static List<Stored> all(Datastore store) {
        List<Stored> all = new ArrayList<>();
        store.list(KeyPrefix.of(PREFIX)).entries().forEach(entry -> read(entry).ifPresent(all::add));
        return all;
    }

    /**
     * Asks ARM and waits for the end.
     *
     * @param what in words, such as {@code create the circuit er-1}
     * @return what ARM answered at the end
     * @throws ExpressRouteException where the operation failed, or goes on past the time that is waited here
     */
    Optional<Json.Obj> perform(CircuitHold hold, String what, ArmRequest request, Consumer<String> progress) {
        hold.keepAlive();
        Stored intent = new Stored(hold.circuit(), what, request.subscription(), request.path(), request.apiVersion(), request.method() == ArmRequest.Method.DELETE, clock.instant(),
                Long.toHexString(java.util.concurrent.ThreadLocalRandom.current().nextLong()), Optional.empty(), 0);
        long revision = remember(hold, intent, Compare.absent(key(hold.circuit())));
        ArmOperation operation;
        try {
            operation = arm.start(request);
        } catch (ArmException e) {
            if (e.applied() == ArmException.Applied.NO) {
                forget(hold.store(), hold.circuit(), revision);
            }
            throw e;
        }
        if (operation.done()) {
            forget(hold.store(), hold.circuit(), revision);
            progress.accept(what + ": done");
            return operation.result();
        }
        Stored running = new Stored(intent.circuit(), what, intent.subscription(), intent.resource(), intent.apiVersion(), intent.deletes(), intent.since(), intent.nonce(), Optional.of(operation), revision);
        long stored = remember(hold, running, Compare.unchanged(key(hold.circuit()), revision));
        progress.accept(what + ": taken by Azure");
        return follow(hold, operation, what, stored, progress);
    }

    /** Takes up what was in flight for the circuit; false where nothing was. */
    boolean resume(CircuitHold hold, Consumer<String> progress) {
        Optional<Stored> stored = hold.store().get(key(hold.circuit())).flatMap(Operations::read);
        if (stored.isEmpty()) {
            return false;
        }
        Stored one = stored.get();
        progress.accept(one.what() + ": in flight since " + one.since() + ", taken up again");
        if (one.operation().isPresent()) {
            follow(hold, one.operation().get(), one.what(), one.modRevision(), progress);
        } else {
            settle(hold, one, progress);
        }
        return true;
    }

    /**
     * Follows an operation that changes nothing, such as a table's: it is not stored.
     *
     * @throws ExpressRouteException where Azure could not make the table, or tells of it no more
     */
    Optional<Json.Obj> read(ArmRequest request, Consumer<String> progress) {
        ArmOperation operation = arm.start(request);
        if (operation.done()) {
            return operation.result();
        }
        try {
            return poll(operation, operation.what(), () -> { }, progress, new Patience(LONGEST_TABLE, MOST_TROUBLES));
        } catch (Endless e) {
            throw new ExpressRouteException("TMB-ER-214 " + operation.what() + ": Azure has not answered " + (e.trouble.isEmpty() ? "within " + LONGEST_TABLE.toMinutes() + " minutes" : "(" + e.trouble + ")")
                    + ". Nothing was changed; ask again.");
        } catch (Failed e) {
            throw new ExpressRouteException("TMB-ER-214 " + operation.what() + ": Azure could not answer: " + e.error + ". Nothing was changed; ask again when what it names is mended.");
        } catch (Forgotten e) {
            throw new ExpressRouteException("TMB-ER-214 " + operation.what() + ": Azure has begun to answer, and knows nothing of it any more. Nothing was changed; ask again.");
        }
    }

    private Optional<Json.Obj> follow(CircuitHold hold, ArmOperation operation, String what, long revision, Consumer<String> progress) {
        try {
            Optional<Json.Obj> result = poll(operation, what, hold::keepAlive, progress, new Patience(LONGEST, Integer.MAX_VALUE));
            forget(hold.store(), hold.circuit(), revision);
            progress.accept(what + ": done");
            return result;
        } catch (Failed e) {
            forget(hold.store(), hold.circuit(), revision);
            throw new ExpressRouteException(e.getMessage());
        } catch (Endless _) {
            throw new ExpressRouteException("TMB-ER-211 " + what + " takes longer than " + LONGEST.toMinutes() + " minutes. It goes on in Azure and is remembered; " + AGAIN);
        } catch (Forgotten e) {
            Optional<Stored> stored = hold.store().get(key(hold.circuit())).flatMap(Operations::read);
            stored.ifPresent(one -> settle(hold, one, progress));
            return Optional.empty();
        }
    }

    /** ARM says how it ended: badly. */
    private static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;

        /** Azure's words, and the request that it knows the operation by. */
        private final String error;

        Failed(String what, String error) {
            super("TMB-ER-210 " + what + " failed: " + error + ". Mend what Azure names, then er:plan shows what is left to do.");
            this.error = error;
        }
    }

    /** Nobody waits any longer. */
    private static final class Endless extends RuntimeException {
        private static final long serialVersionUID = 1;
        /** What the last polls came to; empty text: it runs. */
        private final String trouble;

        Endless(String trouble) {
            this.trouble = trouble;
        }
    }

    /** @param longest that is waited. @param troubles polls in a row that may fail, less one */
    private record Patience(Duration longest, int troubles) { }

    /** ARM does not know the operation any more. */
    private static final class Forgotten extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private Optional<Json.Obj> poll(ArmOperation operation, String what, Runnable alive, Consumer<String> progress, Patience patience) {
        Instant end = clock.instant().plus(patience.longest());
        String status = "";
        int troubles = 0;
        String trouble = "";
        while (true) {
            Duration again = USUAL;
            try {
                switch (arm.poll(operation)) {
                    case ArmProgress.Succeeded(Optional<Json.Obj> result) -> {
                        return result;
                    }
                    case ArmProgress.Failed(var error) -> throw new Failed(what, error.words() + (operation.answer().requestId().isEmpty() ? "" : " (request " + operation.answer().requestId() + ")"));
                    case ArmProgress.Running running -> {
                        again = running.again();
                        troubles = 0;
                        trouble = "";
                        if (!status.equals(running.status())) {
                            status = running.status();
                            progress.accept(what + ": " + status);
                        }
                    }
                }
            } catch (ArmException e) {
                switch (e.reason()) {
                    case NOT_FOUND -> throw new Forgotten();
                    case THROTTLED, BROKEN, UNREACHABLE, NOT_AUTHENTICATED -> {
                        again = e.retryAfter().orElse(USUAL);
                        troubles++;
                        trouble = String.valueOf(e.getMessage());
                        progress.accept(what + ": " + trouble);
                    }
                    default -> throw e;
                }
            }
            again = again.compareTo(LEAST) < 0 ? LEAST : again;
            if (troubles >= patience.troubles() || !clock.instant().plus(again).isBefore(end)) {
                throw new Endless(trouble);
            }
            wait(again, what, alive);
        }
    }

    private void wait(Duration time, String what, Runnable alive) {
        try {
            Duration left = time;
            Duration slice = CircuitHold.TIME.dividedBy(3);
            while (left.isPositive()) {
                pause.of(left.compareTo(slice) < 0 ? left : slice);
                left = left.minus(slice);
                alive.run();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ExpressRouteException("TMB-ER-212 nobody waits for the end of " + what + " any more. It goes on in Azure and is remembered; " + AGAIN);
        }
    }

    /** Whether ARM was asked is not known, or how it ended: what ARM shows now tells, once it works on the resource no more. The next plan starts from there. */
    private void settle(CircuitHold hold, Stored one, Consumer<String> progress) {
        Instant end = clock.instant().plus(LONGEST);
        while (busy(one)) {
            if (!clock.instant().plus(USUAL).isBefore(end)) {
                throw new ExpressRouteException("TMB-ER-211 " + one.what() + ": Azure still works on it. It is remembered; " + AGAIN);
            }
            wait(USUAL, one.what(), hold::keepAlive);
        }
        forget(hold.store(), hold.circuit(), one.modRevision());
        progress.accept(one.what() + ": how it was answered is not known; what Azure shows now counts");
    }

    private boolean busy(Stored one) {
        try {
            ArmAnswer answer = arm.call(ArmRequest.get(one.subscription(), one.resource(), one.apiVersion()));
            String state = answer.body().flatMap(body -> body.object("properties")).flatMap(properties -> properties.text("provisioningState")).orElse("");
            return !List.of("", "Succeeded", "Failed", "Canceled").contains(state);
        } catch (ArmException e) {
            if (e.reason() == ArmException.Reason.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** @return the record's mod revision */
    private long remember(CircuitHold hold, Stored one, Compare condition) {
        Key key = key(hold.circuit());
        Bytes value = Bytes.of(JsonText.bytes(write(one)));
        try {
            var result = hold.store().commit(new Transaction(List.of(hold.unchanged(), condition), List.of(new Operation.Put(key, value)), List.of()));
            if (result.succeeded()) {
                return result.revision();
            }
        } catch (DatastoreException e) {
            if (e.applied() == DatastoreException.Applied.NO) {
                throw e;
            }
            Optional<KeyValue> now = hold.store().get(key);
            if (now.isPresent() && now.get().value().equals(value)) {
                return now.get().modRevision();
            }
            throw e;
        }
        throw new ExpressRouteException("TMB-ER-204 " + one.what() + ": another gateway has taken over, or an operation of " + hold.circuit()
                + " is in flight already. er:list shows it; try again when it has ended.");
    }

    private static void forget(Datastore store, String circuit, long revision) {
        store.delete(key(circuit), revision);
    }

    static Json.Obj write(Stored one) {
        Json.Obj json = Json.Obj.EMPTY.with("circuit", one.circuit()).with("what", one.what()).with("subscription", one.subscription()).with("resource", one.resource())
                .with("apiVersion", one.apiVersion()).with("deletes", one.deletes()).with("since", one.since().toString()).with("nonce", one.nonce());
        if (one.operation().isEmpty()) {
            return json;
        }
        // Of the first answer only what polling needs: its body may hold keys.
        ArmOperation operation = one.operation().get();
        Json.Obj stored = Json.Obj.EMPTY.with("subscription", operation.subscription()).with("what", operation.what()).with("resource", operation.resource()).with("apiVersion", operation.apiVersion())
                .with("url", operation.url()).with("style", operation.style().name()).with("started", operation.started().toString()).with("status", operation.answer().status())
                .with("requestId", operation.answer().requestId());
        return json.with("operation", stored);
    }

    /** Empty where the entry is none of ours: it then stands in the way of nothing but its own circuit, until somebody deletes it. */
    static Optional<Stored> read(KeyValue entry) {
        try {
            if (!(JsonText.parse(entry.value().toByteArray()) instanceof Json.Obj json)) {
                return Optional.empty();
            }
            Optional<ArmOperation> operation = json.object("operation").map(stored -> new ArmOperation(need(stored, "subscription"), need(stored, "what"), need(stored, "resource"),
                    need(stored, "apiVersion"), need(stored, "url"), ArmOperation.Style.valueOf(need(stored, "style")), Instant.parse(need(stored, "started")),
                    new ArmAnswer((int) stored.integer("status").orElse(202), Optional.empty(), Optional.empty(), need(stored, "requestId"))));
            return Optional.of(new Stored(need(json, "circuit"), need(json, "what"), need(json, "subscription"), need(json, "resource"), need(json, "apiVersion"), json.bool("deletes").orElse(false),
                    Instant.parse(need(json, "since")), need(json, "nonce"), operation, entry.modRevision()));
        } catch (JsonText.Malformed | IllegalArgumentException | java.time.DateTimeException _) {
            return Optional.empty();
        }
    }

    private static String need(Json.Obj json, String name) {
        return json.text(name).orElseThrow(() -> new IllegalArgumentException(name));
    }
}
