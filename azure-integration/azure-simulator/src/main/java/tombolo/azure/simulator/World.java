package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import tombolo.azure.simulator.edge.Edge;
import tombolo.azure.simulator.edge.EdgeWish;

/** All that the simulated cloud knows. Everything here is called with {@link #locked}. */
final class World {
    /** @param tenant that its principals belong to */
    record Subscription(String id, String name, String tenant) { }

    private final ReentrantLock lock = new ReentrantLock();
    private final SimulatorSettings settings;
    private final Edge edge;
    private final Fates fates = new Fates();
    private final Operations operations;
    private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
    /** Location by {@code subscription/group}, lower case. */
    private final Map<String, ObjectNode> groups = new TreeMap<>();
    private final Map<String, Resource> resources = new TreeMap<>();
    /** {@code ASN prefix} of public prefixes whose owner a registry confirms. */
    private final Set<String> registered = new TreeSet<>();
    private final Map<String, Map<Edge.Device, EdgeWish.Maintenance>> maintenance = new HashMap<>();

    World(SimulatorSettings settings, Edge edge) {
        this.settings = settings;
        this.edge = edge;
        this.operations = new Operations(settings, settings.times().clock());
    }

    <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            operations.settle();
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    SimulatorSettings settings() {
        return settings;
    }

    InstantSource clock() {
        return settings.times().clock();
    }

    Edge edge() {
        return edge;
    }

    Fates fates() {
        return fates;
    }

    Operations operations() {
        return operations;
    }

    Map<String, Subscription> subscriptions() {
        return subscriptions;
    }

    Set<String> registered() {
        return registered;
    }

    Map<String, ObjectNode> groups() {
        return groups;
    }

    static String groupKey(String subscription, String group) {
        return (subscription + "/" + group).toLowerCase(Locale.ROOT);
    }

    Optional<Resource> find(ResourceId id) {
        return Optional.ofNullable(resources.get(id.key()));
    }

    /** The resource that an id in a body names; 400 where it is not there. */
    Resource linked(String text, String kind) {
        ResourceId id = ResourceId.parse(text);
        if (!id.kind().equals(kind)) {
            throw ArmFault.badRequest("InvalidResourceReference", "Resource " + text + " is not a " + ResourceId.PROVIDER + "/" + kind + ".");
        }
        return find(id).orElseThrow(() -> ArmFault.badRequest("InvalidResourceReference", "Resource " + text
                + " referenced by the request was not found. Please make sure that the referenced resource exists, and that both resources are in the same region."));
    }

    void store(Resource resource) {
        resources.put(resource.id().key(), resource);
    }

    void remove(ResourceId id) {
        children(id).forEach(child -> remove(child.id()));
        resources.remove(id.key());
    }

    List<Resource> ofKind(String kind) {
        return resources.values().stream().filter(each -> each.id().kind().equals(kind)).toList();
    }

    /** Direct children of every type. */
    List<Resource> children(ResourceId parent) {
        String prefix = parent.key() + "/";
        return resources.values().stream().filter(each -> each.id().key().startsWith(prefix) && each.id().types().size() == parent.types().size() + 1).toList();
    }

    List<Resource> children(ResourceId parent, String type) {
        return children(parent).stream().filter(each -> each.id().types().getLast().equals(type)).toList();
    }

    /** The resource as a GET shows it. */
    ObjectNode render(Resource resource) {
        ResourceId id = resource.id();
        ObjectNode shown = Text.object().put("name", id.name()).put("id", id.text()).put("etag", resource.etag()).put("type", id.type());
        resource.body().properties().forEach(member -> shown.set(member.getKey(), member.getValue().deepCopy()));
        Kinds.of(id.kind()).ifPresent(kind -> {
            ObjectNode properties = (ObjectNode) shown.get("properties");
            kind.inline().forEach((type, member) -> {
                ArrayNode inner = properties.putArray(member);
                children(id, type).forEach(child -> inner.add(render(child)));
            });
            kind.render(this, resource, shown);
        });
        return shown;
    }

    /** Links of virtual networks to a circuit. */
    List<Resource> connections(ResourceId circuit) {
        return ofKind("connections").stream().filter(each -> each.text("properties.peer.id").map(peer -> ResourceId.parse(peer).key().equals(circuit.key())).orElse(false)).toList();
    }

    Optional<Resource> circuit(String serviceKey) {
        return ofKind("expressRouteCircuits").stream().filter(each -> each.text("properties.serviceKey").equals(Optional.of(serviceKey))).findFirst();
    }

    void maintenance(String serviceKey, Edge.Device device, EdgeWish.Maintenance what) {
        maintenance.computeIfAbsent(serviceKey, key -> new EnumMap<>(Edge.Device.class)).put(device, what);
    }

    /** What the edge is to do now. */
    EdgeWish edgeWish() {
        List<EdgeWish.Circuit> circuits = new ArrayList<>();
        for (Resource circuit : ofKind("expressRouteCircuits")) {
            String key = circuit.text("properties.serviceKey").orElse("");
            if (circuit.text("properties.serviceProviderProvisioningState").equals(Optional.of("Provisioned"))) {
                List<EdgeWish.Peering> peerings = children(circuit.id(), "peerings").stream().flatMap(each -> EdgeWords.peering(this, circuit, each).stream()).toList();
                circuits.add(new EdgeWish.Circuit(key, circuit.id().name(), peerings, maintenance.getOrDefault(key, Map.of())));
            }
        }
        circuits.sort(Comparator.comparing(EdgeWish.Circuit::serviceKey));
        return new EdgeWish(circuits);
    }
}
