package tombolo.policy.adapter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.net.Prefix;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener.Changes;
import tombolo.api.resource.WorkloadEndpoint;

/**
 * Endpoints that were told of by whoever made them, and by the store not yet: until it tells of the same container, they are what counts.
 *
 * <pre>
 *  await(endpoint, resource) ─► foretold ─┬─ the store tells of this container ─► what it says counts, forgotten here
 *                                         ├─ the store tells of another one of that name, or of its end ─► kept back
 *                                         └─ gone(endpoint) ─► forgotten; what the store has of that name counts
 * </pre>
 *
 * On the Loop alone.
 */
final class Foretold {
    /** More than a node adds containers within the 20 ms until they are stored; beyond it the store is waited for. */
    private static final int MOST = 4096;

    private final Map<ResourceId, Resource> resources = new HashMap<>();
    private final Map<EndpointId, ResourceId> endpoints = new HashMap<>();

    /** @param held what the store has told of that name @return what counts from now on; empty: what is held already */
    Optional<Resource> tell(EndpointId endpoint, Resource resource, Optional<Resource> held) {
        if (held.filter(stored -> container(stored).equals(container(resource)) && stored.spec().equals(resource.spec())).isPresent() || resources.size() >= MOST) {
            return Optional.empty();
        }
        Map<String, String> labels = new TreeMap<>(held.map(Resource::labels).orElse(Map.of())); // the write adds to them, too
        labels.putAll(resource.labels());
        Resource version = new Resource(resource.id(), labels, resource.spec(), resource.tree(), 0); // its annotations say its mode
        resources.put(resource.id(), version);
        endpoints.values().remove(resource.id());
        endpoints.put(endpoint, resource.id());
        return Optional.of(version);
    }

    /** Those of which the store has not told. */
    List<Resource> all(Function<ResourceId, Optional<Resource>> held) {
        return resources.values().stream().filter(resource -> held.apply(resource.id()).filter(stored -> isOf(resource, stored)).isEmpty()).toList();
    }

    /** What of the store's news counts. */
    Changes heard(Changes changes) {
        if (resources.isEmpty()) {
            return changes;
        }
        List<Resource> puts = new ArrayList<>();
        for (Resource put : changes.puts()) {
            Resource early = resources.get(put.id());
            if (early != null && isOf(early, put)) {
                forget(put.id());
                early = null;
            }
            if (early == null) {
                puts.add(put);
            }
        }
        return new Changes(changes.complete(), puts, changes.deletes().stream().filter(id -> !resources.containsKey(id)).toList());
    }

    private void forget(ResourceId id) {
        resources.remove(id);
        endpoints.values().remove(id);
    }

    /** @return under which name it was told of, where the store has not told of it since */
    Optional<ResourceId> gone(EndpointId endpoint) {
        Optional<ResourceId> id = Optional.ofNullable(endpoints.remove(endpoint));
        id.ifPresent(resources::remove);
        return id;
    }

    /** Whether the store tells of this very container. It may be added again with other addresses before the news of its first life are heard. */
    private static boolean isOf(Resource early, Resource stored) {
        return container(early).equals(container(stored)) && networks(early).equals(networks(stored));
    }

    private static List<Prefix> networks(Resource resource) {
        return resource.spec() instanceof WorkloadEndpoint endpoint ? endpoint.ipNetworks() : List.of();
    }

    private static Optional<String> container(Resource resource) {
        return resource.spec() instanceof WorkloadEndpoint endpoint ? endpoint.containerId() : Optional.empty();
    }
}
