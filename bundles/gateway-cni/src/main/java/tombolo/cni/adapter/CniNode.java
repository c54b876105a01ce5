package tombolo.cni.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.CniSettings;
import tombolo.api.endpoint.ContainerAddresses;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointExport;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointKernel;
import tombolo.api.endpoint.EndpointLimits;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.endpoint.EndpointPlan.Side;
import tombolo.api.endpoint.EndpointPolicy;
import tombolo.api.endpoint.Endpoints;
import tombolo.api.ipam.ForbiddenSpace;
import tombolo.api.ipam.Ipam;
import tombolo.api.json.Json;
import tombolo.api.nat.Nat;
import tombolo.api.net.Prefix;
import tombolo.api.overlay.Overlays;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Resources;
import tombolo.cni.core.AddressSource;
import tombolo.cni.core.RoutedMode;
import tombolo.runtime.BootId;
import tombolo.runtime.FollowedResources;
import tombolo.runtime.Loop;

/**
 * Serves container runtimes while the configuration says so, with whatever services there are. All methods are for any thread; starting, stopping and
 * cleaning up happen on a Loop of their own.
 */
public final class CniNode implements Endpoints, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CniNode.class);
    private static final Duration START_AGAIN = Duration.ofSeconds(10);
    private static final Duration RELEASE_AGAIN = Duration.ofSeconds(10);
    /** Before a full mailbox is tried again. */
    private static final Duration PAUSE = Duration.ofMillis(5);
    /** Services that come and go, and changes of settings: a handful at a time. */
    private static final int MAILBOX = 256;
    /** Says whether the datastore is locked. */
    private static final ResourceId LOCK = ResourceId.of("ClusterInformation", "default");
    private static final String POOL = "IPPool";

    private final Loop loop = new Loop("tombolo-cni-node", MAILBOX);
    /** What DELs left: a source may wait for another machine's answer with each, and nothing else waits for that. */
    private final Loop releases = new Loop("tombolo-cni-releases", MAILBOX);
    /** Looks for what the cluster knows and no record does, one behind another: of two under different names the older would delete what the younger leaves. */
    private final Loop looks = new Loop("tombolo-cni-unrecorded", MAILBOX);
    private final EndpointLog log;
    private final Publisher publisher = new Publisher();
    private final Attachments attachments;
    private final HostParts parts;
    private final Plugin plugin;
    private final Map<String, EndpointMode> otherModes = new ConcurrentHashMap<>();
    private volatile Optional<EndpointKernel> kernel = Optional.empty();
    private final List<EndpointExport> exports = new CopyOnWriteArrayList<>();
    private final List<ForbiddenSpace> forbidden = new CopyOnWriteArrayList<>();
    private volatile Optional<AddressSource> addresses = Optional.empty();
    private volatile Optional<EndpointPolicy> policy = Optional.empty();
    private volatile boolean locked;
    private volatile SortedMap<String, Prefix> pools = new TreeMap<>(); // that give addresses, by name; never changed
    /** What was said of pools that must not give any. */
    private final Map<String, String> saidOfPools = new ConcurrentHashMap<>();
    private volatile List<ContainerAddresses> others = List.of();
    private volatile Set<String> foreignTypes = Set.of();
    private volatile Optional<Overlays> overlays = Optional.empty();
    private volatile CniSettings settings = CniSettings.OFF;
    private volatile RoutedMode routed = new RoutedMode(CniSettings.OFF.interfacePrefix());
    private volatile String node = "";
    private volatile Optional<CniServer> server = Optional.empty();
    private volatile boolean stopping;
    private final FollowedResources followed = new FollowedResources("tombolo-cni-resources", Set.of(LOCK.kind(), POOL), this::insist, step -> resourcesChanged(), problem ->
            LOG.warn("TMB-CNI-045 whether the datastore is locked, and which pools there are, is not known: the resources of the cluster cannot be followed ({}). Restart gateway-resources", problem.toString()));
    /** Whether that is wished and not begun. */
    private final AtomicBoolean replaying = new AtomicBoolean();
    private boolean recovered;
    /** Whether what no record knows was looked for in the cluster, or is being looked for: once in a life is enough. */
    private boolean forgotten;

    /** @param folder where the record of endpoints lives */
    public CniNode(Path folder) throws IOException {
        this(folder, NetworkLists.USUAL, BootId.now());
    }

    /** @param networks where runtimes have their networks' configurations; @param boot as {@link BootId#now} */
    CniNode(Path folder, Path networks, String boot) throws IOException {
        log = new EndpointLog(folder, boot);
        Addressing addressing = new Addressing(new ForeignIpam(folder.resolve("foreign")));
        attachments = new Attachments(log, publisher, addressing, this::means, System::currentTimeMillis);
        parts = new HostParts(log);
        plugin = new Plugin(attachments, new IpamPlugin(attachments, log, addressing, this::means, System::currentTimeMillis), parts, new NetworkLists(networks), this::means);
        loop.schedule(RELEASE_AGAIN, this::releaseAgain);
    }

    public void settings(String nodeName, CniSettings fresh) {
        settings(nodeName, fresh, Set.of());
    }

    /**
     * @param nodeName under which endpoints are known to the cluster
     * @param foreign  the values of {@code ipam.type} that the cluster's pools do not serve
     */
    public void settings(String nodeName, CniSettings fresh, Set<String> foreign) {
        loop.offer(() -> {
            boolean renamed = !node.equals(nodeName);
            node = nodeName;
            if (renamed) {
                log.node(nodeName);
                forgotten = false; // what the cluster knows under the name before is looked at again
                attachments.publish();
                replayReleases();
            }
            foreignTypes = foreign;
            CniSettings before = settings;
            settings = fresh;
            routed = new RoutedMode(settings.interfacePrefix());
            if (before.enabled() != settings.enabled() || !before.socket().equals(settings.socket())) {
                stopServer();
            }
            reconcile();
        });
    }

    public void kernel(EndpointKernel service) {
        loop.offer(() -> {
            kernel = Optional.of(service);
            recovered = false; // what the kernel looks like after whatever happened to gateway-dataplane is not known
            reconcile();
        });
    }

    public void kernelGone(EndpointKernel service) {
        loop.offer(() -> {
            if (kernel.filter(current -> current == service).isPresent()) {
                kernel = Optional.empty();
            }
        });
    }

    public void ipam(Ipam service) {
        addresses(new IpamAddresses(service));
    }

    void addresses(AddressSource source) {
        loop.offer(() -> {
            addresses = Optional.of(source);
            reconcile();
            replayReleases();
        });
    }

    public void addressesGone() {
        loop.offer(() -> addresses = Optional.empty());
    }

    /** It is told of the endpoints that there are before it is asked for the first address. */
    public void addresses(ContainerAddresses source) {
        loop.offer(() -> {
            source.adopt(log.list());
            List<ContainerAddresses> fresh = new ArrayList<>(others);
            fresh.add(source);
            others = List.copyOf(fresh);
            reconcile();
            replayReleases();
        });
    }

    public void addressesGone(ContainerAddresses source) {
        loop.offer(() -> others = others.stream().filter(one -> one != source).toList());
    }

    public void add(EndpointExport export) {
        exports.add(export);
    }

    public void remove(EndpointExport export) {
        exports.remove(export);
    }

    public void add(ForbiddenSpace space) {
        forbidden.add(space);
        loop.offer(this::tellOfPools);
    }

    public void remove(ForbiddenSpace space) {
        forbidden.remove(space);
    }

    public void resources(Resources service) {
        loop.offer(() -> {
            publisher.workloads(Optional.of(new Workloads(service)));
            attachments.publish();
        });
        followed.came(service); // what it tells is heard behind that, so that what waits for a store finds it
    }

    public void resourcesGone(Resources service) {
        followed.went(service);
        loop.offer(() -> {
            if (followed.service().isEmpty()) { // else another has taken its place already
                publisher.workloads(Optional.empty());
                // Not known without resources; IPAM looks by itself. No unlock: what DELs left waits for a store that can be asked.
                locked = false;
                publisher.locked(false);
            }
        });
    }

    private void resourcesChanged() {
        SortedMap<String, Prefix> now = new TreeMap<>();
        for (Resource resource : followed.held(Set.of(POOL))) {
            if (resource.spec() instanceof IpPool pool && !pool.disabled()) {
                now.put(resource.id().name(), pool.cidr());
            }
        }
        pools = now;
        tellOfPools();
        lockChanged();
    }

    /** Which pools are older than the word that keeps addresses of theirs from containers, and that word. */
    private SortedMap<String, String> forbiddenPools() {
        SortedMap<String, String> all = new TreeMap<>();
        pools.forEach((name, range) -> forbidden.stream().flatMap(space -> space.refusal(range).stream()).findFirst().ifPresent(why -> all.put(name, why)));
        return all;
    }

    /** Once, until it is something else: whoever says it says it of new pools by refusing them, and of those that are there to nobody. */
    private void tellOfPools() {
        SortedMap<String, String> now = forbiddenPools();
        now.forEach((name, why) -> {
            if (!why.equals(saidOfPools.put(name, why))) {
                LOG.error("TMB-CNI-051 IPPool({}) is there already, and containers are given none of its addresses that overlap; those that have one keep it, and are not reached from there. {}"
                        + " Or disable the pool", name, why);
            }
        });
        saidOfPools.keySet().removeIf(name -> {
            boolean over = !now.containsKey(name);
            if (over) {
                LOG.info("TMB-CNI-052 IPPool({}) gives addresses to containers again, or is gone", name);
            }
            return over;
        });
    }

    /** What was said last of pools, by name. */
    Map<String, String> toldOfPools() {
        return Map.copyOf(saidOfPools);
    }

    /** DEVIATION, as in {@link tombolo.api.datastore.DatastoreLock}: where the resource does not exist, the store is not locked. */
    private void lockChanged() {
        locked = followed.held(LOCK).filter(resource -> !resource.tree().object("spec").flatMap(spec -> spec.bool("datastoreReady")).orElse(false)).isPresent();
        publisher.locked(locked);
        if (!locked) {
            replayReleases(); // what DELs left while it was locked, or while there were no resources
        }
        forgetUnrecorded();
    }

    public void policy(EndpointPolicy service) {
        policy = Optional.of(service);
    }

    public void policyGone(EndpointPolicy service) {
        if (policy.filter(current -> current == service).isPresent()) {
            policy = Optional.empty();
        }
    }

    /** It is told all that it has to do. */
    public void nat(Nat service) {
        parts.nat(service);
        loop.offer(parts::restore);
    }

    public void natGone(Nat service) {
        parts.natGone(service);
    }

    public void limits(EndpointLimits service) {
        parts.limits(service);
        loop.offer(parts::restore);
    }

    public void limitsGone(EndpointLimits service) {
        parts.limitsGone(service);
    }

    public void overlays(Overlays service) {
        overlays = Optional.of(service);
    }

    public void overlaysGone(Overlays service) {
        overlays = overlays.filter(current -> current != service);
    }

    public void add(EndpointMode mode) {
        otherModes.put(mode.name(), mode);
        loop.offer(() -> {
            recovered = false;
            reconcile();
        });
    }

    public void remove(EndpointMode mode) {
        otherModes.remove(mode.name(), mode);
    }

    /** The node whose containers are known here; "" while that is nobody's, so that nothing is concluded from there being none. */
    public String node() {
        return settings.enabled() ? node : "";
    }

    public Set<String> handlesInUse() {
        return attachments.handlesInUse();
    }

    @Override
    public List<Endpoint> list() {
        return log.list();
    }

    @Override
    public Optional<Endpoint> get(EndpointId id) {
        return log.get(id);
    }

    @Override
    public Optional<Explanation> explain(EndpointId id) {
        return log.get(id).map(endpoint -> {
            Optional<EndpointPlan> plan = endpoint.hostInterface().isEmpty() || endpoint.mode().equals(Attachments.POLICY_ONLY) ? Optional.empty() : attachments.plan(endpoint);
            Optional<EndpointKernel> asked = kernel;
            List<String> differences = new ArrayList<>(plan.isEmpty() ? List.of()
                    : asked.map(one -> one.differences(plan.get())).orElse(List.of("gateway-dataplane is not running: the kernel cannot be asked")));
            differences.addAll(parts.differences(id));
            return new Explanation(endpoint, plan.map(CniNode::lines).orElse(List.of()), differences,
                    endpoint.hostInterface().isEmpty() ? Optional.empty() : asked.flatMap(one -> one.counters(endpoint.hostInterface())));
        });
    }

    @Override
    public Optional<Json.Obj> export(String plugin) {
        return exports.stream().filter(one -> one.plugin().equals(plugin)).findFirst()
                .map(one -> one.export(log.list(), kernel.flatMap(EndpointKernel::uplink).orElse(""), System.currentTimeMillis()));
    }

    @Override
    public Map<String, List<ContainerAddresses.Holding>> holdings() {
        Map<String, List<ContainerAddresses.Holding>> all = new TreeMap<>();
        others.forEach(source -> all.put(source.name(), source.holdings()));
        return all;
    }

    @Override
    public Status status() {
        List<Endpoint> all = log.list();
        int releasing = (int) all.stream().filter(endpoint -> endpoint.state() == Endpoint.State.RELEASING).count();
        Means now = means();
        List<String> missing = new ArrayList<>(now.missing(true));
        now.missingForMtu().ifPresent(missing::add);
        return new Status(server.map(one -> one.path().toString()), missing, all.size() - releasing, releasing, server.map(CniServer::connections).orElse(0), plugin.answered(),
                forbiddenPools().entrySet().stream().map(one -> "IPPool(" + one.getKey() + "): " + one.getValue()).toList());
    }

    /** Stops serving; containers keep their network. */
    @Override
    public void close() {
        stopping = true;
        loop.offer(this::stopServer);
        followed.close();
        loop.close();
        releases.close();
        attachments.close();
        publisher.close();
        looks.close(); // which may wait for what the publisher writes
        try {
            log.close();
        } catch (IOException e) {
            LOG.warn("TMB-CNI-020 closing the record of endpoints: {}", e.getMessage());
        }
    }

    private Means means() {
        Map<String, EndpointMode> modes = new TreeMap<>(otherModes);
        modes.put(RoutedMode.NAME, routed);
        Optional<Overlays> tunnels = overlays;
        boolean planned = tunnels.map(Overlays::isPlanned).orElse(false); // asked first: a plan that comes in between costs an ADD a second try, never its MTU
        OptionalInt overlayMtu = tunnels.map(Overlays::endpointMtu).orElse(OptionalInt.empty());
        boolean unplanned = !planned && overlayMtu.isEmpty() && followed.service().isPresent(); // without resources nobody ever plans, and no pool has a tunnel; while gateway-dataplane comes up its other services may be there first
        return new Means(node, settings, kernel, new Origins(addresses, others, foreignTypes, forbidden), policy, overlayMtu, unplanned, modes, locked, exports);
    }

    /** Half-done work of an earlier life is cleaned up before the first call is taken on. */
    private void reconcile() {
        if (!recovered && kernel.isPresent() && !node.isEmpty()) { // what goes is taken back from the cluster under that name
            attachments.recover();
            recovered = true;
            replayReleases();
        }
        forgetUnrecorded();
        if (!settings.enabled() || server.isPresent()) {
            return;
        }
        try {
            CniServer started = new CniServer(Path.of(settings.socket()), plugin::answer, plugin::busy);
            server = Optional.of(started);
            LOG.info("TMB-CNI-001 container runtimes are served on {}", started.path());
        } catch (IOException | UnsupportedOperationException e) {
            LOG.error("TMB-CNI-002 {} cannot be listened on: {}. Set socket in etc/tombolo.cni.cfg or stop the other node. Trying again in {} s", settings.socket(), e.getMessage(),
                    START_AGAIN.toSeconds());
            loop.schedule(START_AGAIN, this::reconcile);
        }
    }

    /** Only where containers are served: else there being no record says nothing. */
    private void forgetUnrecorded() {
        if (forgotten || !recovered || node().isEmpty() || locked || !followed.heard() || followed.service().isEmpty()) {
            return;
        }
        forgotten = looks.offer(() -> {
            if (!attachments.forgetUnrecorded()) {
                loop.offer(() -> forgotten = false);
            }
        });
    }

    /** From the feed's own thread, which can wait: a lock that were lost would be missed until the next listing. */
    private void insist(Runnable task) {
        while (!loop.offer(task) && !stopping) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private void stopServer() {
        server.ifPresent(CniServer::close);
        server = Optional.empty();
    }

    /** All of them, however often it was wished before it is their turn. */
    private void replayReleases() {
        if (!replaying.getAndSet(true)) {
            releases.offer(() -> {
                replaying.set(false);
                attachments.replayReleases();
            });
        }
    }

    private void releaseAgain() {
        replayReleases();
        forgetUnrecorded();
        tellOfPools(); // what is forbidden changes without a word to us
        loop.schedule(RELEASE_AGAIN, this::releaseAgain);
    }

    private static List<String> lines(EndpointPlan plan) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, Side> side : List.of(Map.entry("host", plan.host()), Map.entry("container", plan.container()))) {
            Side one = side.getValue();
            String start = side.getKey() + ": ";
            lines.add(start + "interface " + one.interfaceName() + one.mac().map(mac -> " " + mac).orElse("") + " mtu " + one.mtu());
            one.addresses().forEach(address -> lines.add(start + "address " + address.address() + "/" + address.prefixLength()));
            one.routes().forEach(route -> lines.add(start + "route " + route.destination() + route.gateway().map(gateway -> " via " + gateway).orElse("")));
            one.neighbours().forEach(neighbour -> lines.add(start + "neighbour " + neighbour.address() + " at " + neighbour.mac()));
            one.settings().forEach((name, value) -> lines.add(start + name + " = " + value));
        }
        plan.bridge().ifPresent(bridge -> {
            lines.add("bridge: interface " + bridge.interfaceName() + bridge.mac().map(mac -> " " + mac).orElse("") + bridge.uplink().map(port -> " with " + port).orElse(""));
            bridge.addresses().forEach(address -> lines.add("bridge: address " + address.address() + "/" + address.prefixLength()));
            bridge.routes().forEach(route -> lines.add("bridge: route " + route.destination()));
            bridge.neighbours().forEach(neighbour -> lines.add("bridge: neighbour " + neighbour.address() + " at " + neighbour.mac()));
            bridge.settings().forEach((name, value) -> lines.add("bridge: " + name + " = " + value));
        });
        return lines;
    }
}
