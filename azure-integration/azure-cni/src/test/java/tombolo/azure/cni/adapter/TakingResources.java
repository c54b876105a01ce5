package tombolo.azure.cni.adapter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.resource.Resources;

/** A cluster that takes whatever it is told and remembers nothing: what is done beside a container's network can be done. */
final class TakingResources implements Resources {
    @Override
    public Optional<Resource> get(ResourceId id) {
        return Optional.empty();
    }

    @Override
    public List<Resource> list(String kind, Optional<String> namespace) {
        return List.of();
    }

    @Override
    public WriteOutcome write(Verb verb, Json.Obj document) {
        Json.Obj metadata = document.object("metadata").orElse(Json.Obj.EMPTY);
        ResourceId id = new ResourceId(document.text("kind").orElse(""), metadata.text("namespace"), metadata.text("name").orElse(""));
        return new WriteOutcome.Done(new Resource(id, Map.of(), new ResourceSpec.Unknown(), document, 1), true);
    }

    @Override
    public WriteOutcome delete(ResourceId id, Optional<Long> revision) {
        return new WriteOutcome.Done(new Resource(id, Map.of(), new ResourceSpec.Unknown(), Json.Obj.EMPTY, 1), true);
    }

    @Override
    public Subscription subscribe(Set<String> kinds, ResourceListener listener) {
        listener.changed(new ResourceListener.Changes(true, List.of(), List.of()));
        return () -> { };
    }
}
