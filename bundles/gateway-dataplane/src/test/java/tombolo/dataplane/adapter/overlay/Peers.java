package tombolo.dataplane.adapter.overlay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.Resources;

/** The cluster's resources in memory, told to every node as the service tells them. */
final class Peers implements Resources {
    private final Map<ResourceId, Resource> resources = new TreeMap<>();
    private final List<ResourceListener> listeners = new ArrayList<>();

    synchronized void put(Resource... changed) {
        List.of(changed).forEach(resource -> resources.put(resource.id(), resource));
        listeners.forEach(listener -> listener.changed(new ResourceListener.Changes(false, List.of(changed), List.of())));
    }

    synchronized void remove(Resource gone) {
        resources.remove(gone.id());
        listeners.forEach(listener -> listener.changed(new ResourceListener.Changes(false, List.of(), List.of(gone.id()))));
    }

    @Override
    public synchronized Subscription subscribe(Set<String> kinds, ResourceListener listener) {
        listener.changed(new ResourceListener.Changes(true, List.copyOf(resources.values()), List.of()));
        listeners.add(listener);
        return () -> {
            synchronized (this) {
                listeners.remove(listener);
            }
        };
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
