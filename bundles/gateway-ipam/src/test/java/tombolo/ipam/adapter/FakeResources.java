package tombolo.ipam.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;
import tombolo.api.resource.ClusterInformation;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.IpamConfiguration;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.resource.Resources;

/** Resources in memory: as much of a document is understood as the tests write. */
final class FakeResources implements Resources {
    private final Map<ResourceId, Resource> held = new TreeMap<>();
    private final List<ResourceListener> listeners = new ArrayList<>();
    private long revision;

    synchronized void put(ResourceId id, Map<String, String> labels, ResourceSpec spec, Json.Obj tree) {
        held.put(id, new Resource(id, labels, spec, tree, ++revision));
        tell();
    }

    void pool(String name, String cidr, int blockSize) {
        put(ResourceId.of("IPPool", name), Map.of(), Stores.pool(name, cidr, blockSize).spec(), document("IPPool", name).with("spec", Json.Obj.of("cidr", new Json.Text(cidr)).with("blockSize", blockSize)));
    }

    void information(boolean ready, String version) {
        put(ResourceId.of("ClusterInformation", "default"), Map.of(), new ClusterInformation(Optional.of("guid"), Optional.empty(), Optional.of(version).filter(text -> !text.isEmpty()),
                Optional.of(ready), Optional.empty()), document("ClusterInformation", "default"));
    }

    private static Json.Obj document(String kind, String name) {
        return Json.Obj.of("kind", new Json.Text(kind)).with("metadata", Json.Obj.of("name", new Json.Text(name)));
    }

    private void tell() {
        listeners.forEach(listener -> listener.changed(new ResourceListener.Changes(true, List.copyOf(held.values()), List.of())));
    }

    @Override
    public synchronized Optional<Resource> get(ResourceId id) {
        return Optional.ofNullable(held.get(id));
    }

    @Override
    public synchronized List<Resource> list(String kind, Optional<String> namespace) {
        return held.values().stream().filter(resource -> resource.id().kind().equals(kind)).toList();
    }

    @Override
    public synchronized WriteOutcome write(Verb verb, Json.Obj document) {
        ResourceId id = ResourceId.of(document.text("kind").orElseThrow(), document.object("metadata").orElseThrow().text("name").orElseThrow());
        Json.Obj spec = document.object("spec").orElseThrow();
        ResourceSpec typed = id.kind().equals("IPPool") ? Stores.pool(id.name(), Prefix.parse(spec.text("cidr").orElseThrow()).toString(), (int) spec.integer("blockSize").orElseThrow()).spec()
                : new IpamConfiguration(spec.bool("strictAffinity").orElseThrow(), spec.bool("autoAllocateBlocks").orElseThrow(), (int) spec.integer("maxBlocksPerHost").orElseThrow(),
                        Optional.empty(), (int) spec.integer("ipCooldownSeconds").orElseThrow());
        if (typed instanceof IpPool pool && held.values().stream().anyMatch(other -> other.spec() instanceof IpPool there && !other.id().equals(id)
                && (there.cidr().covers(pool.cidr()) || pool.cidr().covers(there.cidr())))) {
            return new WriteOutcome.Refused(List.of(new Problem("spec.cidr", "overlaps")));
        }
        put(id, Map.of(), typed, document);
        return new WriteOutcome.Done(held.get(id), true);
    }

    @Override
    public synchronized WriteOutcome delete(ResourceId id, Optional<Long> expected) {
        Resource gone = held.get(id);
        if (gone == null || expected.filter(wanted -> wanted != gone.revision()).isPresent()) {
            return new WriteOutcome.Refused(List.of(new Problem("", "changed")));
        }
        held.remove(id);
        tell();
        return new WriteOutcome.Done(gone, true);
    }

    @Override
    public synchronized Subscription subscribe(Set<String> kinds, ResourceListener listener) {
        listeners.add(listener);
        listener.changed(new ResourceListener.Changes(true, List.copyOf(held.values()), List.of()));
        return () -> listeners.remove(listener);
    }
}
