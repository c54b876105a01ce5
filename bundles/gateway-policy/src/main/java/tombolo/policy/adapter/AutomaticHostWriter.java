package tombolo.policy.adapter;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.json.Json;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Resources;
import tombolo.api.resource.Resources.WriteOutcome;
import tombolo.policy.core.AutomaticHosts.Plan;

/** Stores the host endpoint that this node has by itself: one write at a time, on a virtual thread, since writes block. Called on the Loop alone. */
final class AutomaticHostWriter {
    private static final Logger LOG = LoggerFactory.getLogger(AutomaticHostWriter.class);
    /** After a write that failed, and after one whose change has not been heard yet. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final BiConsumer<Duration, Runnable> later;
    private final Runnable again;
    private @Nullable Resources resources;
    private boolean busy;
    private String told = "";

    /** @param later runs something on the Loop after a while @param again computes and asks again, on the Loop */
    AutomaticHostWriter(BiConsumer<Duration, Runnable> later, Runnable again) {
        this.later = later;
        this.again = again;
    }

    void resources(@Nullable Resources now) {
        resources = now;
    }

    void write(Plan plan) {
        Resources to = resources;
        if (busy || plan.isEmpty() || to == null) {
            return;
        }
        busy = true;
        Thread.ofVirtual().name("tombolo-policy-automatic-host").start(() -> store(to, plan));
        later.accept(PAUSE, () -> {
            busy = false;
            again.run();
        });
    }

    private void store(Resources to, Plan plan) {
        try {
            for (Json.Obj document : plan.puts()) {
                // REPLACE takes the labels as they are, so that one that the node has no more goes.
                WriteOutcome outcome = to.write(Resources.Verb.REPLACE, document);
                told(outcome instanceof WriteOutcome.Refused ? to.write(Resources.Verb.CREATE, document) : outcome, "written");
            }
            for (ResourceId id : plan.deletes()) {
                told(to.delete(id, Optional.empty()), "removed");
            }
        } catch (DatastoreException e) {
            warn(e.getMessage());
        }
    }

    private void told(WriteOutcome outcome, String done) {
        switch (outcome) {
            case WriteOutcome.Done(var resource, boolean _) -> LOG.info("TMB-POL-007 {} is {}, as KubeControllersConfiguration(default) wants it of each node", resource.id(), done);
            case WriteOutcome.Refused(var problems) -> warn(problems.getFirst().message());
        }
    }

    private synchronized void warn(@Nullable String reason) {
        String text = String.valueOf(reason);
        if (!text.equals(told)) {
            told = text;
            LOG.warn("TMB-POL-008 the host endpoint that this node is to have by itself is not as wanted: {}. Trying again every {} s", text, PAUSE.toSeconds());
        }
    }
}
