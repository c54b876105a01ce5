package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;

/** Long-running operations: what is under way, what has ended, and where each is polled. Called with the {@link World}'s lock held. */
final class Operations {
    /** Ended ones are forgotten oldest first beyond this: a laboratory that runs for days must not grow. */
    private static final int KEPT = 2_000;
    /** Pads a polling URL; always the same, so that only the operation's id tells two of them apart. */
    private static final long FILL = 20_260;

    /** How an operation goes. */
    enum Fate { SUCCEEDS, FAILS, CANCELED, NEVER_ENDS }

    /** One operation. */
    static final class Operation {
        private final String id;
        private final String subscription;
        private final String location;
        private final String top;
        private final boolean writes;
        private final Instant due;
        private final Fate fate;
        private final Runnable success;
        private final Runnable failure;
        private final Supplier<Optional<JsonNode>> result;
        private final String query;
        private final ObjectNode error;
        private String status = "InProgress";
        private Optional<JsonNode> answer = Optional.empty();

        private Operation(String id, Plan plan, Instant due, Fates.Wish fate, String query) {
            this.id = id;
            this.subscription = plan.target.subscription();
            this.location = plan.location;
            this.top = plan.target.top().key();
            this.writes = plan.writes;
            this.due = due;
            this.fate = fate.fate();
            this.error = ArmFault.error(fate.code(), fate.message());
            this.success = plan.success;
            this.failure = plan.failure;
            this.result = plan.result;
            this.query = query;
        }

        boolean running() {
            return "InProgress".equals(status);
        }

        String pollingUrl(String base, boolean asLocation) {
            return base + "/subscriptions/" + subscription + "/providers/" + ResourceId.PROVIDER + "/locations/" + location + "/"
                    + (asLocation ? "operationResults" : "operations") + "/" + id + "?" + query;
        }

        String id() {
            return id;
        }
    }

    /**
     * What an operation does.
     *
     * @param writes whether other writes to the same top-level resource are refused meanwhile
     */
    record Plan(ResourceId target, String location, boolean writes, Runnable success, Runnable failure, Supplier<Optional<JsonNode>> result) { }

    private final SimulatorSettings settings;
    private final InstantSource clock;
    private final Map<String, Operation> all = new LinkedHashMap<>();

    Operations(SimulatorSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    Operation start(Plan plan, Duration takes, Fates.Wish fate, String apiVersion) {
        String id = UUID.randomUUID().toString();
        Operation operation = new Operation(id, plan, clock.instant().plus(takes).plus(fate.extra()), fate, query(id, apiVersion));
        all.put(id, operation);
        all.values().stream().filter(each -> !each.running()).limit(Math.max(0, all.size() - KEPT)).map(Operation::id).toList().forEach(all::remove);
        return operation;
    }

    /** Parameters as ARM signs them: time, certificate, signature, hash; percent-encoded so that a client that writes them anew breaks them. */
    private String query(String id, String apiVersion) {
        Random fill = new Random(FILL);
        byte[] certificate = new byte[Math.max(0, settings.answers().pollingUrlBytes() * 3 / 4)];
        fill.nextBytes(certificate);
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return "api-version=" + apiVersion + "&t=" + clock.millis() * 10_000 + "&c=" + encoder.encodeToString(certificate)
                + "&s=" + encoder.encodeToString(UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII)) + "%2b%2F%3d%3d" + "&h=" + id.substring(0, 8);
    }

    /** Brings all that is due to its end, in the order in which it was due; whether there was any. */
    boolean settle() {
        Instant now = clock.instant();
        List<Operation> due = new ArrayList<>(all.values().stream()
                .filter(each -> each.running() && each.fate != Fate.NEVER_ENDS && !each.due.isAfter(now)).sorted(Comparator.comparing(each -> each.due)).toList());
        due.forEach(this::end);
        return !due.isEmpty();
    }

    private void end(Operation operation) {
        if (operation.fate == Fate.SUCCEEDS) {
            operation.status = "Succeeded";
            operation.success.run();
            operation.answer = operation.result.get();
        } else {
            operation.status = operation.fate == Fate.CANCELED ? "Canceled" : "Failed";
            operation.failure.run();
        }
    }

    /** Another write under way on the same top-level resource. */
    Optional<Operation> busy(ResourceId id) {
        String top = id.top().key();
        return all.values().stream().filter(each -> each.running() && each.writes && each.top.equals(top)).findFirst();
    }

    Optional<Operation> find(String id) {
        return Optional.ofNullable(all.get(id));
    }

    List<Operation> running() {
        return all.values().stream().filter(Operation::running).toList();
    }

    /** The answer to a poll. */
    Reply poll(String subscription, String id, boolean asLocation, Call call) {
        Operation operation = find(id).filter(each -> each.subscription.equalsIgnoreCase(subscription))
                .orElseThrow(() -> new ArmFault(404, "OperationNotFound", "The operation '" + id + "' was not found."));
        if (!call.rawQuery().equals(operation.query)) {
            // What is signed must come back as it was sent: this is how a client that normalises URLs is found out.
            throw new ArmFault(403, "InvalidOperationSignature", "The polling address was changed: its query is not the one that was sent.");
        }
        return asLocation ? location(operation, call) : async(operation);
    }

    private Reply async(Operation operation) {
        ObjectNode body = Text.object().put("status", operation.status);
        if (operation.running()) {
            return retryAfter(Reply.json(200, body));
        }
        if (operation.fate != Fate.SUCCEEDS) {
            body.set("error", operation.error);
        }
        return Reply.json(200, body);
    }

    private Reply location(Operation operation, Call call) {
        if (operation.running()) {
            return retryAfter(Reply.empty(202).header("Location", operation.pollingUrl(call.base(), true)));
        }
        if (operation.fate != Fate.SUCCEEDS) {
            ObjectNode body = Text.object();
            body.set("error", operation.error);
            return Reply.json(operation.fate == Fate.CANCELED ? 409 : 500, body);
        }
        return operation.answer.map(body -> Reply.json(200, body)).orElseGet(() -> Reply.empty(204));
    }

    Reply retryAfter(Reply reply) {
        settings.answers().retryAfterSeconds().ifPresent(seconds -> reply.header("Retry-After", Integer.toString(seconds)));
        return reply;
    }
}
