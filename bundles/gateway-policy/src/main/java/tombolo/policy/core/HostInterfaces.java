package tombolo.policy.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.ResourceId;

/**
 * Which host endpoint governs which interface: of several that match one, the first by name alone; one for all interfaces governs those that no other does. Source:
 * {@code resolveHostEndpoints} in felix/dataplane/linux/endpoint_mgr.go.
 *
 * <p>DEVIATION: Felix passes over the interfaces of workloads ({@code onInterfaceAddrs} in the same place). Here an endpoint that names one is asked about what is forwarded there, as one for all
 * interfaces is, and not about what the host itself and the workload say to each other.
 *
 * <p>An interface that an endpoint names is governed also while it is not there, so that it is closed from its first packet on.
 *
 * @param named by the interface's name
 * @param all   the one for all interfaces ({@code *}), the loopback interface excepted
 * @param idle   those that govern nothing, and why
 * @param bridge by whose name come and go the packets of workloads behind it
 */
public record HostInterfaces(SortedMap<String, ResourceId> named, Optional<ResourceId> all, SortedMap<ResourceId, String> idle, Optional<Bridge> bridge) {
    public static final HostInterfaces NONE = new HostInterfaces(Collections.emptySortedMap(), Optional.empty(), Collections.emptySortedMap(), Optional.empty());

    /** @param uplink whether it leads to the outside too */
    public record Bridge(String name, boolean uplink) { }

    /** The interface's name by which an endpoint means all. */
    public static final String ALL = "*";
    /**
     * DEVIATION: Felix polices it under {@code *} too. What a host says to itself leaves it nowhere, and a policy without a rule for it would cut the node's own shell off.
     * An endpoint that names it governs it.
     */
    public static final String LOOPBACK = "lo";

    public HostInterfaces {
        named = Collections.unmodifiableSortedMap(new TreeMap<>(named));
        idle = Collections.unmodifiableSortedMap(new TreeMap<>(idle));
    }

    /**
     * @param endpoints of this node; those of workloads are passed over
     * @param addresses of each interface that is there
     */
    public static HostInterfaces of(Collection<Model.Endpoint> endpoints, Map<String, Set<IpAddress>> addresses) {
        return of(endpoints, addresses, Optional.empty());
    }

    public static HostInterfaces of(Collection<Model.Endpoint> endpoints, Map<String, Set<IpAddress>> addresses, Optional<Bridge> bridge) {
        TreeMap<String, ResourceId> named = new TreeMap<>();
        Optional<ResourceId> all = Optional.empty();
        TreeMap<ResourceId, String> idle = new TreeMap<>();
        List<Model.Endpoint> hosts = endpoints.stream().filter(Model.Endpoint::host).sorted(Comparator.comparing(Model.Endpoint::id)).toList();
        for (Model.Endpoint host : hosts) {
            if (host.interfaceName().filter(ALL::equals).isPresent()) {
                if (all.isPresent()) {
                    idle.put(host.id(), all.get().name() + " governs all interfaces already, and its name comes first");
                } else {
                    all = Optional.of(host.id());
                }
                continue;
            }
            List<String> matching = matching(host, addresses);
            List<String> free = matching.stream().filter(name -> !named.containsKey(name)).toList();
            free.forEach(name -> named.put(name, host.id()));
            if (matching.isEmpty()) {
                idle.put(host.id(), "no interface of this node has one of its addresses " + host.addresses().stream().map(net -> net.address().toString()).toList());
            } else if (free.isEmpty()) {
                idle.put(host.id(), String.join(", ", matching) + " is governed by " + named.get(matching.getFirst()).name() + ", whose name comes first");
            }
        }
        return new HostInterfaces(named, all, idle, bridge);
    }

    private static List<String> matching(Model.Endpoint host, Map<String, Set<IpAddress>> addresses) {
        if (host.interfaceName().isPresent()) {
            return List.of(host.interfaceName().get());
        }
        List<String> matching = new ArrayList<>();
        new TreeMap<>(addresses).forEach((name, held) -> {
            if (host.addresses().stream().map(Prefix::address).anyMatch(held::contains)) {
                matching.add(name);
            }
        });
        return matching;
    }

    /** The endpoint that governs an interface. */
    public Optional<ResourceId> at(String interfaceName) {
        return Optional.ofNullable(named.get(interfaceName)).or(() -> interfaceName.equals(LOOPBACK) ? Optional.empty() : all);
    }

    /**
     * The endpoint that governs the interface by whose name the packets of a workload of this node come and go. Behind the bridge that is the bridge; one with an uplink is one of the wire, and an
     * endpoint that names it is not asked about workloads.
     */
    public Optional<ResourceId> at(Model.Endpoint workload) {
        return workload.bridged().isEmpty() || bridge.isEmpty() ? workload.interfaceName().flatMap(this::at) : bridge.get().uplink() ? all : at(bridge.get().name());
    }

    /** The interfaces that an endpoint governs, in words; empty: none. */
    public Optional<String> governedBy(ResourceId id) {
        if (all.filter(id::equals).isPresent()) {
            return Optional.of(named.isEmpty() ? "all but lo" : "all but lo, " + String.join(", ", named.keySet()));
        }
        List<String> names = named.entrySet().stream().filter(entry -> entry.getValue().equals(id)).map(Map.Entry::getKey).toList();
        return names.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", names));
    }

    public boolean isEmpty() {
        return named.isEmpty() && all.isEmpty();
    }
}
