package tombolo.cni.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.resource.Resources;

/** Documents in memory, as they were given. */
final class FakeResources implements Resources {
    private final Map<ResourceId, Resource> stored = new TreeMap<>();
    private final List<ResourceListener> listeners = new ArrayList<>();
    private long revision;
    /** How often one was read. */
    final AtomicInteger reads = new AtomicInteger();
    volatile boolean unreachable;
    /** Whether it says what a document would be. */
    volatile boolean previews;
    volatile Runnable onWrite = () -> { };
    volatile Consumer<Json.Obj> onDocument = _ -> { };
    volatile Consumer<ResourceId> onDelete = _ -> { };

    @Override
    public synchronized Optional<Resource> get(ResourceId id) {
        reads.incrementAndGet();
        return Optional.ofNullable(stored.get(id));
    }

    @Override
    public synchronized List<Resource> list(String kind, Optional<String> namespace) {
        return stored.values().stream().filter(each -> each.id().kind().equals(kind)).toList();
    }

    @Override
    public Optional<Resource> preview(Json.Obj document) {
        return previews ? Optional.of(resource(document, 0)) : Optional.empty();
    }

    private static Resource resource(Json.Obj document, long revision) {
        Json.Obj metadata = document.object("metadata").orElse(Json.Obj.EMPTY);
        ResourceId id = new ResourceId(document.text("kind").orElse(""), metadata.text("namespace"), metadata.text("name").orElse(""));
        return new Resource(id, Map.of(), new ResourceSpec.Unknown(), document, revision);
    }

    @Override
    public WriteOutcome write(Verb verb, Json.Obj document) {
        onWrite.run();
        onDocument.accept(document);
        refuseIfAway();
        Resource resource;
        List<ResourceListener> told;
        synchronized (this) {
            resource = resource(document, ++revision);
            stored.put(resource.id(), resource);
            told = List.copyOf(listeners);
        }
        told.forEach(listener -> listener.changed(new ResourceListener.Changes(false, List.of(resource), List.of())));
        return new WriteOutcome.Done(resource, true);
    }

    /** As by another program. */
    void put(Resource resource) {
        List<ResourceListener> told;
        synchronized (this) {
            stored.put(resource.id(), resource);
            told = List.copyOf(listeners);
        }
        told.forEach(listener -> listener.changed(new ResourceListener.Changes(false, List.of(resource), List.of())));
    }

    @Override
    public WriteOutcome delete(ResourceId id, Optional<Long> revision) {
        onDelete.accept(id);
        refuseIfAway();
        return deleted(id, revision);
    }

    private synchronized WriteOutcome deleted(ResourceId id, Optional<Long> revision) {
        Resource there = stored.get(id);
        if (there == null || revision.isPresent() && revision.get() != there.revision()) {
            return new WriteOutcome.Refused(List.of(new Problem("", "TMB-RES-014 it is not there, or another one")));
        }
        stored.remove(id);
        return new WriteOutcome.Done(there, true);
    }

    @Override
    public synchronized Subscription subscribe(Set<String> kinds, ResourceListener listener) {
        listeners.add(listener);
        listener.changed(new ResourceListener.Changes(true, List.copyOf(stored.values()), List.of()));
        return () -> listeners.remove(listener);
    }

    synchronized List<String> names() {
        return stored.keySet().stream().filter(id -> id.kind().equals("WorkloadEndpoint")).map(ResourceId::name).toList();
    }

    private void refuseIfAway() {
        if (unreachable) {
            throw new DatastoreException(DatastoreException.Reason.UNAVAILABLE, DatastoreException.Applied.NO, "the datastore cannot be reached");
        }
    }
}
