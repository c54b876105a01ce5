package tombolo.policy.adapter.nft;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.CniSettings;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.AzureSettings;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.PolicySettings;
import tombolo.api.config.Settings;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.Resources;
import tombolo.dataplane.adapter.nat.KernelConnections;
import tombolo.dataplane.adapter.nflog.KernelPacketLog;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.policy.adapter.PolicyNode;
import tombolo.policy.core.Cluster;

/** The whole of gateway-policy between resources that a test says and the kernel of its namespaces. */
final class RunningPolicy implements Resources, AutoCloseable {
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final BgpSettings NO_BGP = new BgpSettings(Optional.empty(), Optional.empty(), List.of(), 179, 1, 1, false, false, true, 100, 120, 120, Optional.empty(), 1000);

    final Pods pods;
    final LinuxNetlink netlink = new LinuxNetlink();
    final PolicyNode node;
    final KernelPacketLog log;
    final NftablesWriter writer;
    private final Map<ResourceId, Resource> held = new LinkedHashMap<>();
    private final List<ResourceListener> listeners = new ArrayList<>();
    private final boolean ownsPods;
    private long revision;

    /** Pods of the namespace {@code x} with the label {@code pod} p0, p1, ... */
    RunningPolicy(int count, List<Integer> ports) {
        this(count, 0, ports);
    }

    /** Behind the pods, by number, so many machines outside, behind interfaces {@code upN}; where there are any, the host takes part. */
    RunningPolicy(int count, int machines, List<Integer> ports) {
        this(new Pods(count + machines, ports, pod -> (pod < count ? "cali" : "up") + pod, machines > 0 && !ports.isEmpty()), count, Optional.empty(), true);
    }

    /** Pods of which nothing is known yet and which outlive this node. @param data the folder that does, too */
    static RunningPolicy ofUnknown(Pods pods, Path data) {
        return new RunningPolicy(pods, 0, Optional.of(data), false);
    }

    private RunningPolicy(Pods pods, int count, Optional<Path> data, boolean ownsPods) {
        this.pods = pods;
        this.ownsPods = ownsPods;
        node = new PolicyNode(data);
        Optional<String> netns = Optional.of("/run/netns/" + pods.router());
        writer = new NftablesWriter(netlink, netns);
        log = new KernelPacketLog(netlink, netns);
        for (int pod = 0; pod < count; pod++) {
            put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod" + pod + "-eth0','labels':{'pod':'p" + pod + "'}",
                    "'orchestrator':'k8s','node':'here','pod':'pod" + pod + "','endpoint':'eth0','containerID':'c" + pod + "','interfaceName':'cali" + pod + "','ipNetworks':['"
                            + Pods.address(pod, true) + "/32','" + Pods.address(pod, false) + "/128'],'profiles':['kns.x']");
        }
        settings(PolicySettings.DEFAULT);
        node.packetLogCame(log);
        node.connectionsCame(new KernelConnections(netlink, netns));
        node.writerCame(writer);
        node.resourcesCame(this);
        inForce();
        eventually("the log is heard: " + flows(false), () -> flows(false).listening());
    }

    void settings(PolicySettings policy) {
        node.settingsChanged(new Settings(new NodeSettings("here", 254, 20, 10, false, List.of()), NO_BGP, Map.of(), Map.of(), Map.of(), Map.of(), DatastoreSettings.DEFAULT, CniSettings.OFF,
                AzureCniSettings.DEFAULT, AzureSettings.DEFAULT, Map.of(), policy));
    }

    tombolo.api.policy.Policies.Flows flows(boolean denied) {
        return node.flows(new tombolo.api.policy.Policies.FlowQuery(denied, Optional.empty(), 0));
    }

    /** With ' for " and ` for '. Back once it is in force. */
    void put(String kind, String metadata, String spec) {
        change(List.of(Cluster.read(kind, metadata, spec, ++revision)), List.of());
    }

    void put(Resource resource) {
        change(List.of(resource), List.of());
    }

    void policy(String name, String spec) {
        put("NetworkPolicy", "'namespace':'x','name':'" + name + "'", spec);
    }

    void remove(ResourceId id) {
        change(List.of(), List.of(id));
    }

    private void change(List<Resource> puts, List<ResourceId> deletes) {
        synchronized (this) {
            deletes.forEach(held::remove);
            puts.forEach(resource -> held.put(resource.id(), resource));
            listeners.forEach(listener -> listener.changed(new ResourceListener.Changes(false, puts, deletes)));
        }
        if (!listeners.isEmpty()) {
            inForce();
        }
    }

    void inForce() {
        eventually("in force: " + node.status(), () -> {
            tombolo.api.policy.Policies.Status status = node.status();
            return status.heard() && status.enforcement().enforced() && !status.enforcement().text().contains("on its way");
        });
    }

    static void eventually(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within 20 s: " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() {
        node.close();
        log.close();
        writer.close();
        netlink.close();
        if (ownsPods) {
            pods.close();
        }
    }

    // ---------------------------------------------------------------- what gateway-resources would be

    @Override
    public synchronized Subscription subscribe(Set<String> kinds, ResourceListener listener) {
        listener.changed(new ResourceListener.Changes(true, List.copyOf(held.values()), List.of()));
        listeners.add(listener);
        return () -> {
            synchronized (this) {
                listeners.remove(listener);
            }
        };
    }

    @Override
    public synchronized Optional<Resource> get(ResourceId id) {
        return Optional.ofNullable(held.get(id));
    }

    @Override
    public List<Resource> list(String kind, Optional<String> namespace) {
        return List.of();
    }

    @Override
    public WriteOutcome write(Verb verb, Json.Obj document) {
        throw new UnsupportedOperationException("policy writes nothing");
    }

    @Override
    public WriteOutcome delete(ResourceId id, Optional<Long> revision) {
        throw new UnsupportedOperationException("policy deletes nothing");
    }
}
