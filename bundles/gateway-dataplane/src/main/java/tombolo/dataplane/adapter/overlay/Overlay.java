package tombolo.dataplane.adapter.overlay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.LinkListener;
import tombolo.api.kernel.Links;
import tombolo.api.kernel.Netlink;
import tombolo.api.net.Prefix;
import tombolo.api.overlay.OverlayTunnel;
import tombolo.api.overlay.Overlays;
import tombolo.api.resource.Resources;
import tombolo.api.route.NextHop;
import tombolo.api.route.RouteFeed;
import tombolo.api.route.RouteFeedListener;
import tombolo.api.route.RouteSink;
import tombolo.dataplane.core.overlay.OverlayPlan;
import tombolo.dataplane.core.overlay.OverlayPlan.Way;
import tombolo.runtime.FollowedResources;
import tombolo.runtime.Loop;

/**
 * Keeps the tunnels between nodes, and the routes into them, as the resources of the cluster say. Services come and go; everything happens on one Loop. What was
 * made stays in the kernel while the datastore, gateway-resources or this bundle are away: nothing is removed before the resources have been heard.
 */
public final class Overlay implements Overlays, LinkListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Overlay.class);
    /** As {@link RouteSink} names it. */
    static final String OWNER = "overlay";
    /** Before BGP (20), which hears of the same blocks where it runs too and would send packets to them unwrapped; behind this node's own blocks (15). */
    static final int PREFERENCE = 17;
    /** Steps of resources, settings, services: a few at a time, each merged into what is held. */
    private static final int MAILBOX = 4096;
    /** Resources come in bursts, such as the blocks of a node that starts. */
    private static final Duration SETTLE = Duration.ofMillis(50);
    /** How often the kernel is compared, so that what another program changed is mended within 10 s. */
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration FEED_AGAIN = Duration.ofMillis(50);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    /** How long containers wait for this node's own Node, which gateway-fabric writes within a second of the datastore's first answer, and tries again after 30 s. */
    private static final Duration OWN_NODE = Duration.ofSeconds(40);
    /** Lines of one repair in the log; the others are counted. */
    private static final int MAX_TOLD = 5;

    private final Loop loop = new Loop("tombolo-overlay", MAILBOX);
    private final Optional<String> netns;
    private final Duration interval;
    private final Duration ownNode;
    private final FollowedResources resources = new FollowedResources("tombolo-overlay-resources", OverlayPlan.KINDS, this::submit, step -> plan(), problem ->
            LOG.warn("TMB-OVL-020 the resources of the cluster cannot be followed ({}); the tunnels stay as they are. Restart gateway-resources", problem.toString()));
    private final Map<String, String> refusals = new TreeMap<>();
    private final Map<String, String> complaints = new HashMap<>();
    private final Set<String> told = new TreeSet<>();
    private volatile OverlayPlan plan = OverlayPlan.NOTHING;
    private volatile @Nullable Links links;
    /** Whether {@link #plan} is made of what was heard. */
    private volatile boolean planned;
    /** Whether the plan names all tunnels that are wanted, or nobody waits any more for the own Node, without which there are none. */
    private volatile boolean settled;
    private boolean planning;
    private boolean feeding;
    private boolean stopping;
    private @Nullable String node;
    private @Nullable Netlink netlink;
    private @Nullable KernelTunnels kernel;
    private @Nullable RouteSink sink;
    private @Nullable OverlayRoutes routes;

    /** @param netns path of the namespace to work in; empty for the process's own */
    public Overlay(Optional<String> netns) {
        this(netns, LOOK, OWN_NODE);
    }

    /** @param interval how often the kernel is compared */
    Overlay(Optional<String> netns, Duration interval) {
        this(netns, interval, OWN_NODE);
    }

    /** @param ownNode how long containers wait for the own Node */
    Overlay(Optional<String> netns, Duration interval, Duration ownNode) {
        this.netns = netns;
        this.interval = interval;
        this.ownNode = ownNode;
        loop.schedule(interval, this::look);
    }

    /** Opens the overlay's feed in its stead, so that no other feed's being in sync sweeps what it left before it is there itself. */
    public static void reserve(RouteSink sink) {
        sink.open(OWNER, PREFERENCE, new RouteFeedListener() {
            @Override
            public void drained() { }

            @Override
            public void closed() { }
        });
    }

    // ---- from any thread ----

    /** What this node is called. */
    public void node(String name) {
        submit(() -> {
            if (!name.equals(node)) {
                node = name;
                plan();
            }
        });
    }

    public void netlinkCame(Netlink came) {
        submit(() -> {
            closeKernel(); // its socket belongs to the bundle before
            netlink = came;
            plan();
        });
    }

    public void netlinkWent(Netlink went) {
        submit(() -> {
            if (netlink == went) {
                netlink = null;
                closeKernel();
            }
        });
    }

    public void linksCame(Links came) {
        submit(() -> {
            links = came;
            plan();
        });
    }

    public void linksWent(Links went) {
        submit(() -> links = links == went ? null : links);
    }

    /** A device may have been removed, or the underlay's MTU be another. */
    @Override
    public void linkChanged(Link link, boolean usable, String reason) {
        // Containers' interfaces come and go by the hundred, and have no address by which another node could be reached.
        if (link.isNumbered() || OverlayPlan.DEVICES.contains(link.name())) {
            submit(this::plan);
        }
    }

    /** The feed is opened at once: until it is in sync, nobody sweeps routes that this node made in an earlier life. */
    public void sinkCame(RouteSink came) {
        submit(() -> {
            sink = came;
            OverlayRoutes[] opened = new OverlayRoutes[1];
            RouteFeed feed = came.open(OWNER, PREFERENCE, new RouteFeedListener() {
                @Override
                public void drained() {
                    submit(Overlay.this::feed);
                }

                @Override
                public void closed() {
                    submit(() -> routes = routes == opened[0] ? null : routes);
                }
            });
            opened[0] = new OverlayRoutes(feed);
            routes = opened[0];
            plan();
        });
    }

    public void sinkWent(RouteSink went) {
        submit(() -> {
            if (sink == went) {
                sink = null;
                closeRoutes();
            }
        });
    }

    public void resourcesCame(Resources came) {
        resources.came(came);
    }

    public void resourcesWent(Resources went) {
        resources.went(went);
    }

    /** Before there is a plan, what an earlier life left behind tells. */
    @Override
    public OptionalInt endpointMtu() {
        if (settled) {
            OverlayPlan now = plan;
            return IntStream.concat(now.tunnels().values().stream().mapToInt(OverlayTunnel::mtu), now.owedMtu().stream()).min();
        }
        Links known = links;
        return known == null ? OptionalInt.empty() : known.links().stream().filter(link -> link.up() && OverlayPlan.DEVICES.contains(link.name())).mapToInt(Link::mtu).min();
    }

    @Override
    public boolean isPlanned() {
        return settled;
    }

    @Override
    public Status status() {
        return loop.ask(this::statusNow, ANSWER);
    }

    // ---- on the Loop ----

    private Status statusNow() {
        List<Device> devices = new ArrayList<>();
        for (OverlayTunnel tunnel : plan.tunnels().values()) {
            List<String> differences = new ArrayList<>();
            try {
                differences.addAll(kernel().map(open -> open.differences(tunnel).differences()).orElse(List.of("gateway-linux is not running: the kernel cannot be asked")));
            } catch (KernelException e) {
                differences.add("the kernel cannot be asked: " + e.getMessage());
            }
            devices.add(new Device(tunnel, differences, Optional.ofNullable(refusals.get(tunnel.device()))));
        }
        Map<String, Reach> nodes = new TreeMap<>();
        plan.ways().forEach((block, way) -> {
            Optional<String> device = way.hop().interfaceName();
            nodes.merge(way.node() + " " + device.orElse(""), new Reach(way.node(), device, way.underlay(), List.of(block)), (one, other) -> {
                List<Prefix> blocks = new ArrayList<>(one.blocks());
                blocks.addAll(other.blocks());
                return new Reach(one.node(), one.device(), one.underlay(), blocks);
            });
        });
        return new Status(planned && netlink != null, devices, List.copyOf(nodes.values()), plan.notes());
    }

    private void plan() {
        if (!planning && !stopping) {
            planning = true;
            loop.schedule(SETTLE, () -> {
                planning = false;
                apply();
            });
        }
    }

    private void look() {
        if (!stopping) {
            loop.schedule(interval, this::look);
            apply();
            tell();
        }
    }

    private void apply() {
        String self = node;
        Links known = links;
        if (self == null || known == null || !resources.heard() || stopping) {
            feed();
            return;
        }
        plan = OverlayPlan.of(self, resources.held(), known.links());
        settled |= plan.owedMtu().isEmpty();
        if (!planned && !settled) {
            loop.schedule(ownNode, this::waitNoLonger);
        }
        planned = true;
        try {
            kernel().ifPresent(open -> {
                plan.tunnels().values().forEach(tunnel -> apply(open, tunnel));
                OverlayPlan.DEVICES.stream().filter(device -> !plan.tunnels().containsKey(device)).forEach(device -> remove(open, device));
            });
            complain("kernel", Optional.empty());
        } catch (KernelException e) {
            complain("kernel", Optional.of("TMB-OVL-021 the tunnels to other nodes are not looked after: " + e.getMessage() + ". Trying again every " + interval.toSeconds() + " s"));
            closeKernel(); // an answer that comes too late must not be taken for one to the next question
        }
        feed();
    }

    private void waitNoLonger() {
        if (!settled && !stopping) {
            settled = true;
            LOG.warn("TMB-OVL-024 {} s after the resources of the cluster, the Node resource of {} still has no address, so that it has no tunnels. Containers have the MTU that fits into"
                    + " those it should have. gateway-fabric writes it and says why not (TMB-FAB-004); or set ipv4-address in etc/tombolo.node.cfg", ownNode.toSeconds(), node);
        }
    }

    private void apply(KernelTunnels open, OverlayTunnel tunnel) {
        KernelTunnels.Outcome outcome = open.apply(tunnel);
        if (!outcome.mended().isEmpty()) {
            LOG.info("TMB-OVL-014 {} is put right: {}", tunnel.device(), shortened(outcome.mended()));
        }
        complain(tunnel.device(), outcome.refused().isEmpty() ? Optional.empty() : Optional.of("TMB-OVL-015 the kernel does not take what " + tunnel.device() + " should have: "
                + shortened(outcome.refused()) + ". Trying again every " + interval.toSeconds() + " s"));
        Optional<String> before = Optional.ofNullable(refusals.remove(tunnel.device()));
        outcome.refusal().ifPresent(refusal -> {
            refusals.put(tunnel.device(), refusal);
            if (!before.equals(outcome.refusal())) {
                LOG.error(refusal);
            }
        });
    }

    private void remove(KernelTunnels open, String device) {
        refusals.remove(device);
        if (open.removeOurs(device)) {
            LOG.info("TMB-OVL-016 {} is removed: no pool is encapsulated by it any more", device);
        }
    }

    /** Routes into a tunnel that the kernel does not have would be refused again and again: they are held back. */
    private void feed() {
        OverlayRoutes open = routes;
        Links known = links;
        if (open == null || known == null || stopping) {
            return;
        }
        if (!planned) {
            // No tunnel, so no route of an earlier life of ours either: others need not wait for resources that may never come.
            if (known.links().stream().noneMatch(link -> link.up() && OverlayPlan.DEVICES.contains(link.name()))) {
                open.offer(Map.of());
            }
            return;
        }
        Map<Prefix, NextHop> wanted = new TreeMap<>();
        for (Map.Entry<Prefix, Way> way : plan.ways().entrySet()) {
            NextHop hop = way.getValue().hop();
            if (hop.interfaceName().filter(refusals::containsKey).isEmpty()) {
                wanted.put(way.getKey(), hop);
            }
        }
        if (!open.offer(wanted) && !feeding) {
            feeding = true;
            loop.schedule(FEED_AGAIN, () -> {
                feeding = false;
                feed();
            });
        }
    }

    private Optional<KernelTunnels> kernel() {
        Netlink from = netlink;
        if (kernel == null && from != null) {
            kernel = new KernelTunnels(from, netns);
        }
        return Optional.ofNullable(kernel);
    }

    /** Said only of what stands at a look: a node's address comes moments after the pool that gives it. */
    private void tell() {
        plan.notes().stream().filter(note -> !told.contains(note)).forEach(LOG::warn);
        told.clear();
        told.addAll(plan.notes());
    }

    /** Says what is wrong once, until it is something else. */
    private void complain(String about, Optional<String> text) {
        Optional<String> before = Optional.ofNullable(text.isPresent() ? complaints.put(about, text.get()) : complaints.remove(about));
        text.filter(now -> !before.equals(Optional.of(now))).ifPresent(LOG::warn);
    }

    private static String shortened(List<String> lines) {
        return String.join("; ", lines.subList(0, Math.min(lines.size(), MAX_TOLD))) + (lines.size() > MAX_TOLD ? "; and " + (lines.size() - MAX_TOLD) + " more" : "");
    }

    private void closeKernel() {
        if (kernel != null) {
            kernel.close();
            kernel = null;
        }
    }

    private void closeRoutes() {
        if (routes != null) {
            routes.close();
            routes = null;
        }
    }

    private void submit(Runnable task) {
        if (!loop.offer(task) && !stopping) {
            LOG.warn("TMB-OVL-022 the mailbox of {} tasks is full: a change was not taken in. Report this with gateway:diag.", MAILBOX);
        }
    }

    /** Tunnels and routes stay in the kernel. */
    @Override
    public void close() {
        try {
            loop.ask(() -> {
                stopping = true;
                closeRoutes();
                closeKernel();
                return true;
            }, ANSWER);
        } catch (IllegalStateException e) {
            LOG.warn("TMB-OVL-023 the overlay did not stop in order: {}", e.getMessage());
        }
        resources.close();
        loop.close();
    }
}
