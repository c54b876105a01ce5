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

/** Resources as a subscription tells them, said by hand. */
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
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Resource> list(String kind, Optional<String> namespace) {
        throw new UnsupportedOperationException();
    }

    @Override
    public WriteOutcome write(Verb verb, Json.Obj document) {
        throw new UnsupportedOperationException();
    }

    @Override
    public WriteOutcome delete(ResourceId id, Optional<Long> revision) {
        throw new UnsupportedOperationException();
    }
}
