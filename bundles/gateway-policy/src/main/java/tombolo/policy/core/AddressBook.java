package tombolo.policy.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.HostEndpoint;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.WorkloadEndpoint;

/** Whose an address is, of all endpoints of the cluster, and whose an interface of this node is. Where two have the same, the first by name is told. One thread. */
public final class AddressBook {
    private record Entry(String name, List<IpAddress> addresses, Optional<String> interfaceName) { }

    /** @param name what people call it: its pod where it has one */
    public record Holder(ResourceId id, String name) { }

    private final String node;
    private final Map<ResourceId, Entry> entries = new HashMap<>();
    private final Map<IpAddress, List<ResourceId>> byAddress = new HashMap<>();
    private final Map<String, List<ResourceId>> byInterface = new HashMap<>();

    /** @param node whose interfaces are meant */
    public AddressBook(String node) {
        this.node = node;
    }

    /** Resources other than endpoints are passed over. */
    public void put(Resource resource) {
        Optional<Entry> entry = entry(resource);
        if (entry.isPresent() && !entry.equals(Optional.ofNullable(entries.get(resource.id())))) {
            remove(resource.id());
            entries.put(resource.id(), entry.get());
            entry.get().addresses.forEach(address -> add(byAddress, address, resource.id()));
            entry.get().interfaceName.ifPresent(name -> add(byInterface, name, resource.id()));
        }
    }

    private Optional<Entry> entry(Resource resource) {
        ResourceId id = resource.id();
        return switch (resource.spec()) {
            case WorkloadEndpoint endpoint -> Optional.of(new Entry(endpoint.pod().map(pod -> id.namespace().orElse("default") + "/" + pod).orElseGet(() -> Names.of(id)),
                    endpoint.ipNetworks().stream().map(Prefix::address).toList(), endpoint.node().filter(node::equals).flatMap(_ -> endpoint.interfaceName())));
            case HostEndpoint endpoint -> Optional.of(new Entry(id.name(), endpoint.expectedIps(), Optional.empty())); // which interfaces it has, HostInterfaces knows
            default -> Optional.empty();
        };
    }

    public void remove(ResourceId id) {
        Entry entry = entries.remove(id);
        if (entry != null) {
            entry.addresses.forEach(address -> drop(byAddress, address, id));
            entry.interfaceName.ifPresent(name -> drop(byInterface, name, id));
        }
    }

    public Optional<Holder> at(IpAddress address) {
        return first(byAddress.get(address));
    }

    /** The workload of this node. */
    public Optional<Holder> behind(String interfaceName) {
        return first(byInterface.get(interfaceName));
    }

    public Optional<Holder> of(ResourceId id) {
        return first(List.of(id));
    }

    private Optional<Holder> first(@org.jspecify.annotations.Nullable List<ResourceId> ids) {
        return ids == null ? Optional.empty() : Optional.of(ids.getFirst()).flatMap(id -> Optional.ofNullable(entries.get(id)).map(entry -> new Holder(id, entry.name)));
    }

    private static <K> void add(Map<K, List<ResourceId>> map, K key, ResourceId id) {
        map.merge(key, List.of(id), (before, fresh) -> {
            List<ResourceId> all = new ArrayList<>(before);
            all.addAll(fresh);
            Collections.sort(all);
            return List.copyOf(all);
        });
    }

    private static <K> void drop(Map<K, List<ResourceId>> map, K key, ResourceId id) {
        map.computeIfPresent(key, (_, before) -> {
            List<ResourceId> rest = before.stream().filter(other -> !other.equals(id)).toList();
            return rest.isEmpty() ? null : rest;
        });
    }
}
