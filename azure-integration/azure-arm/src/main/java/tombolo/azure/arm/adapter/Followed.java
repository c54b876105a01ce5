package tombolo.azure.arm.adapter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.azure.ArmOperation;
import tombolo.api.azure.ArmProgress;
import tombolo.api.azure.AzureAccess;
import tombolo.azure.arm.core.Operations;

/** The operations that were polled last, for people. Whoever started one keeps it; this is memory alone. */
final class Followed {
    private static final Logger LOG = LoggerFactory.getLogger(Followed.class);
    /** Circuits with something under way at once, with room. */
    private static final int MOST = 64;

    private record Seen(AzureAccess.Operation operation, boolean toldOfLength) { }

    private final Map<ArmOperation, Seen> seen = new LinkedHashMap<>();

    /** One that takes longer than any is told of once. */
    synchronized void heard(ArmOperation operation, ArmProgress progress, Instant now) {
        Seen before = seen.remove(operation);
        String status = switch (progress) {
            case ArmProgress.Running(String word, _) -> word;
            case ArmProgress.Succeeded _ -> "Succeeded";
            case ArmProgress.Failed(var error) -> "Failed: " + error.code();
        };
        Duration takes = Duration.between(operation.started(), now);
        boolean told = before != null && before.toldOfLength();
        if (!told && progress instanceof ArmProgress.Running && takes.compareTo(Operations.LONG) > 0) {
            told = true;
            LOG.warn("TMB-ARM-062 subscription {}: {} is {} since {} min, and none takes longer than {} min: it may never end. Look at the resource in the portal, and ask Azure's"
                    + " support with the request {}. It is asked for on.", operation.subscription(), operation.what(), status, takes.toMinutes(), Operations.LONG.toMinutes(),
                    operation.answer().requestId());
        }
        seen.put(operation, new Seen(new AzureAccess.Operation(operation.what(), operation.started(), status, now), told));
        if (seen.size() > MOST) {
            seen.remove(seen.keySet().iterator().next());
        }
    }

    /** Of a subscription, the latest first. */
    synchronized List<AzureAccess.Operation> of(String subscription) {
        List<AzureAccess.Operation> all = new ArrayList<>();
        seen.forEach((operation, one) -> {
            if (operation.subscription().equals(subscription)) {
                all.addFirst(one.operation());
            }
        });
        return all;
    }
}
