package tombolo.bench.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.Resources;

/** Resources as a subscription tells them, said by hand, and nothing else of the store: an engine that reads or writes there on its way would be measured without what that costs. */
final class ToldResources implements Resources {
    private final CompletableFuture<ResourceListener> listener = new CompletableFuture<>();

    void tell(boolean complete, List<Resource> puts, List<ResourceId> deletes) {
        try {
            listener.get(10, TimeUnit.SECONDS).changed(new ResourceListener.Changes(complete, puts, deletes));
        } catch (InterruptedException | java.util.concurrent.ExecutionException | TimeoutException e) {
            throw new IllegalStateException("nobody subscribed", e);
        }
    }

    @Override
    public Subscription subscribe(Set<String> kinds, ResourceListener to) {
        listener.complete(to);
        return () -> { };
    }

    @Override
    public Optional<Resource> get(ResourceId id) {
        throw notASubscription();
    }

    @Override
    public List<Resource> list(String kind, Optional<String> namespace) {
        throw notASubscription();
    }

    @Override
    public WriteOutcome write(Verb verb, Json.Obj document) {
        throw notASubscription();
    }

    @Override
    public WriteOutcome delete(ResourceId id, Optional<Long> revision) {
        throw notASubscription();
    }

    private static IllegalStateException notASubscription() {
        return new IllegalStateException("the policy engine asks the store for more than its subscription; this benchmark has no store, so its figures would not hold. Measure with one");
    }
}
