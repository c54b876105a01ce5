package tombolo.ipam.adapter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.KeyValue;
import tombolo.api.ipam.CheckReport;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.Node;
import tombolo.api.resource.Resource;
import tombolo.api.resource.Resources;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.ipam.core.Cluster;
import tombolo.ipam.core.Keys;
import tombolo.ipam.core.check.StoredState;

/** What {@code ipam:check} says: calicoctl's words, and behind them what contradicts itself in the store. */
final class Report {
    /** Of the document: a report of another version is refused by {@code ipam:release --from-report}. */
    static final String VERSION = "tombolo/1";
    private static final int TOP_NODES = 20;

    private final Datastore store;
    private final Resources resources;
    private final ClusterView view;
    private final List<String> lines = new ArrayList<>();
    private final List<String> perAddress = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    Report(Datastore store, Resources resources, ClusterView view) {
        this.store = store;
        this.resources = resources;
        this.view = view;
    }

    CheckReport make() {
        StoredState state = StateReader.read(store);
        Map<IpAddress, List<StoredState.Held>> held = state.held().stream().collect(Collectors.groupingBy(StoredState.Held::address, TreeMap::new, Collectors.toList()));
        say("Checking IPAM for inconsistencies...", "", "Loading all IPAM blocks...", "Found " + state.blocks().size() + " IPAM blocks.");
        state.blocks().forEach((cidr, affinity) -> say(" IPAM block " + cidr + " affinity=" + affinity.orElse("<none>") + ":"));
        say("IPAM blocks record " + held.size() + " allocations.", "", "Loading all IPAM pools...");
        List<Cluster.Pool> active = view.cluster().pools().stream().filter(pool -> !pool.spec().disabled()).toList();
        active.forEach(pool -> say("  " + pool.cidr()));
        say("Found " + active.size() + " active IP pools.", "");
        Map<IpAddress, Set<String>> used = used(held);
        topNodes(state);
        int count = leaks(held, used) + strangers(held, used, active);
        List<String> idle = handles(state);
        count += idle.size();
        List<String> findings = state.findings(false);
        findings.forEach(finding -> problems.add("  " + finding));
        say("Found " + findings.size() + " contradictions in what is stored.");
        count += findings.size();
        say("Check complete; found " + count + " problems.");
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("blocks", (long) state.blocks().size());
        counts.put("allocations", (long) held.size());
        counts.put("inUse", (long) used.size());
        counts.put("leaked", held.keySet().stream().filter(address -> !used.containsKey(address)).count());
        counts.put("idleHandles", (long) idle.size());
        counts.put("contradictions", (long) findings.size());
        return new CheckReport(lines, perAddress, problems, count, document(held, used, idle), counts);
    }

    private void say(String... texts) {
        lines.addAll(List.of(texts));
    }

    private Map<IpAddress, Set<String>> used(Map<IpAddress, List<StoredState.Held>> held) {
        Map<IpAddress, Set<String>> used = new TreeMap<>();
        held.values().forEach(list -> list.stream().filter(each -> each.cooling() || each.handle().filter("windows-reserved-ipam-handle"::equalsIgnoreCase).isPresent())
                .forEach(each -> owner(used, each.address(), each.cooling() ? "cooling down" : "Reserved for Windows")));
        say("Loading all nodes.");
        int tunnels = 0;
        for (Resource resource : resources.list("Node", Optional.empty())) {
            if (resource.spec() instanceof Node node) {
                List<IpAddress> addresses = Stream.of(node.ipv4VxlanTunnelAddr(), node.ipv6VxlanTunnelAddr(), node.wireguardInterfaceIpv4Address(), node.wireguardInterfaceIpv6Address(),
                        node.bgp().flatMap(Node.Bgp::ipv4IpipTunnelAddr)).flatMap(Optional::stream).toList();
                addresses.forEach(address -> owner(used, address, "Node(" + resource.id().name() + ")"));
                tunnels += addresses.size();
            }
        }
        say("Found " + tunnels + " node tunnel IPs.", "", "Loading all workload endpoints.");
        int workloads = 0;
        for (Resource resource : resources.list("WorkloadEndpoint", Optional.empty())) {
            if (resource.spec() instanceof WorkloadEndpoint endpoint) {
                endpoint.ipNetworks().forEach(cidr -> owner(used, cidr.address(), "Workload(" + resource.id().namespace().orElse("") + "/" + resource.id().name() + ")"));
                workloads += endpoint.ipNetworks().size();
            }
        }
        say("Found " + workloads + " workload IPs.", "Workloads and nodes are using " + used.size() + " IPs.", "");
        return used;
    }

    private void owner(Map<IpAddress, Set<String>> used, IpAddress address, String name) {
        used.computeIfAbsent(address, _ -> new LinkedHashSet<>()).add(name);
        perAddress.add("  " + address + " belongs to " + name);
    }

    private void topNodes(StoredState state) {
        say("Looking for top (up to " + TOP_NODES + ") nodes by allocations...");
        Map<String, Long> byNode = state.held().stream().collect(Collectors.groupingBy(Report::node, TreeMap::new, Collectors.counting()));
        List<Map.Entry<String, Long>> top = byNode.entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())).toList();
        top.stream().limit(TOP_NODES).forEach(entry -> say("  " + entry.getKey() + " has " + entry.getValue() + " allocations"));
        if (!top.isEmpty()) {
            say("Node with most allocations has " + top.getFirst().getValue() + "; median is " + top.get(top.size() / 2).getValue());
        }
        say("");
    }

    static String node(StoredState.Held held) {
        return held.attributes().getOrDefault("node", held.affinity().filter(text -> text.startsWith("host:")).map(text -> text.substring(5)).orElse(""));
    }

    private int leaks(Map<IpAddress, List<StoredState.Held>> held, Map<IpAddress, Set<String>> used) {
        say("Scanning for IPs that are allocated but not actually in use...");
        int leaked = 0;
        for (Map.Entry<IpAddress, List<StoredState.Held>> entry : held.entrySet()) {
            for (StoredState.Held each : entry.getValue()) {
                perAddress.add("  " + each.address() + " allocated; attrs " + attributes(each));
            }
            if (!used.containsKey(entry.getKey())) {
                entry.getValue().forEach(each -> problems.add("  " + each.address() + " leaked; attrs " + attributes(each)));
                leaked++;
            }
        }
        say("Found " + leaked + " IPs that are allocated in IPAM but not actually in use.");
        return leaked;
    }

    private static String attributes(StoredState.Held held) {
        return "Main:" + held.handle().orElse("<none>") + " Extra:" + held.attributes().entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).collect(Collectors.joining(","));
    }

    private int strangers(Map<IpAddress, List<StoredState.Held>> held, Map<IpAddress, Set<String>> used, List<Cluster.Pool> active) {
        say("Scanning for IPs that are in use by a workload or node but not allocated in IPAM...");
        int outside = 0;
        int unallocated = 0;
        for (Map.Entry<IpAddress, Set<String>> entry : used.entrySet()) {
            IpAddress address = entry.getKey();
            if (entry.getValue().size() > 1) {
                problems.add("  " + address + " has multiple owners.");
            }
            if (held.containsKey(address)) {
                continue;
            }
            boolean inPool = active.stream().anyMatch(pool -> pool.cidr().contains(address));
            for (String owner : entry.getValue()) {
                problems.add("  " + address + " in use by " + owner + (inPool ? " and in active IPAM pool but has no IPAM allocation." : " is not in any active IP pool."));
            }
            unallocated += inPool ? 1 : 0;
            outside += inPool ? 0 : 1;
        }
        say("Found " + outside + " in-use IPs that are not in active IP pools.", "Found " + unallocated + " in-use IPs that are in active IP pools but have no corresponding IPAM allocation.", "");
        return outside + unallocated;
    }

    /** Handles that hold nothing. */
    private List<String> handles(StoredState state) {
        Set<String> mentioned = state.held().stream().filter(each -> !each.cooling()).flatMap(each -> each.handle().stream()).filter(id -> !id.equalsIgnoreCase("windows-reserved-ipam-handle"))
                .collect(Collectors.toCollection(java.util.TreeSet::new));
        say("Scanning for IPAM handles with no matching IPs...");
        List<String> idle = state.handles().keySet().stream().filter(id -> !mentioned.contains(id)).toList();
        idle.forEach(id -> problems.add("  " + id + " doesn't have any active IPs."));
        say("Found " + idle.size() + " handles with no matching IPs (and " + (state.handles().size() - idle.size()) + " handles with matches).", "Scanning for IPs with missing handle...");
        List<String> missing = mentioned.stream().filter(id -> !state.handles().containsKey(id)).toList();
        missing.forEach(id -> problems.add("  " + id + " is in use in a block but doesn't exist."));
        say("Found " + missing.size() + " handles mentioned in blocks with no matching handle resource.");
        return idle;
    }

    private Json.Obj document(Map<IpAddress, List<StoredState.Held>> held, Map<IpAddress, Set<String>> used, List<String> idle) {
        Map<String, Json> allocations = new LinkedHashMap<>();
        held.forEach((address, list) -> allocations.put(address.toString(), new Json.Arr(list.stream().<Json>map(each -> allocation(each, used.getOrDefault(address, Set.of()))).toList())));
        List<Json> handles = new ArrayList<>();
        for (String id : idle) {
            Optional<KeyValue> entry = store.get(Keys.handle(id));
            entry.ifPresent(stored -> handles.add(Json.Obj.of("ID", new Json.Text(id)).with("UID", Json.Null.NULL).with("Revision", Long.toString(stored.modRevision()))));
        }
        return Json.Obj.of("version", new Json.Text(VERSION)).with("clusterGUID", view.information().clusterGuid().orElse("")).with("datastoreLocked", view.cluster().locked())
                .with("clusterInformationRevision", Long.toString(view.informationRevision())).with("clusterType", view.information().clusterType().orElse(""))
                .with("allocations", new Json.Obj(allocations)).with("leakedHandles", new Json.Arr(handles));
    }

    private static Json.Obj allocation(StoredState.Held held, Set<String> owners) {
        Json.Obj allocation = Json.Obj.of("ip", new Json.Text(held.address().toString()));
        if (held.handle().isPresent()) {
            allocation = allocation.with("handle", held.handle().get());
        }
        allocation = allocation.with("sequenceNumber", new Json.Num(held.sequence().orElse("0")));
        for (String name : List.of("pod", "namespace", "type")) {
            if (held.attributes().containsKey(name)) {
                allocation = allocation.with(name, held.attributes().get(name));
            }
        }
        String node = node(held);
        if (!node.isEmpty()) {
            allocation = allocation.with("node", node);
        }
        if (held.attributes().containsKey("timestamp")) {
            allocation = allocation.with("creationTimestamp", held.attributes().get("timestamp"));
        }
        allocation = allocation.with("inUse", !owners.isEmpty());
        if (!held.affinity().equals(Optional.of("host:" + node))) {
            allocation = allocation.with("borrowed", true);
        }
        return allocation.with("owners", owners.isEmpty() ? Json.Null.NULL : Json.Arr.texts(owners));
    }
}
