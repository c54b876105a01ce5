package tombolo.fabric.adapter;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.bgp.NodeBlocks;
import tombolo.api.config.Configuration;
import tombolo.api.config.Contribution;
import tombolo.api.config.Contributions;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.ipam.Ipam;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.LinkListener;
import tombolo.api.kernel.Links;
import tombolo.api.net.Asn;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Resources;
import tombolo.api.route.KernelRoutes;
import tombolo.fabric.core.FabricPlan;
import tombolo.fabric.core.TunnelKind;
import tombolo.runtime.FollowedResources;
import tombolo.runtime.Loop;

/** Holds what was heard, plans anew when something changed, and offers the plan. The other services may come and go at any moment. */
public final class Fabric implements SettingsListener, NodeBlocks, LinkListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Fabric.class);
    /** Steps of resources, settings, services: a few at a time, each merged into what is held. */
    private static final int MAILBOX = 4096;
    /** Resources come in bursts, such as a file with many documents. */
    private static final Duration SETTLE = Duration.ofMillis(50);
    /** How often the node's addresses are looked at, and a Node that could not be written is tried again. */
    private static final Duration NODE_CHECK = Duration.ofSeconds(30);

    private final Loop loop = new Loop("tombolo-fabric", MAILBOX);
    private final KeptHoldings kept;
    private final FollowedResources resources = new FollowedResources("tombolo-fabric-resources", FabricPlan.KINDS, this::submit, step -> resourcesChanged(), problem ->
            LOG.warn("TMB-FAB-005 the resources of the cluster cannot be followed ({}); what they said last stays in force. Restart gateway-resources", problem.toString()));
    private final Set<String> told = new HashSet<>();
    private Holdings holdings;
    private boolean planning;
    private boolean writing;
    private boolean writeAgain;
    private boolean stopping;
    private @Nullable Settings settings;
    private @Nullable Configuration configuration;
    private @Nullable Contributions contributions;
    private @Nullable Contribution offered;
    private @Nullable Links links;
    private @Nullable KernelRoutes routes;
    private @Nullable TunnelAddresses tunnels;

    /** @param data the folder in which the node's blocks are kept */
    public Fabric(Path data) {
        this.kept = new KeptHoldings(data.resolve("holdings.json"));
        this.holdings = kept.read();
        loop.schedule(NODE_CHECK, this::checkNode);
    }

    // ---- from any thread ----

    @Override
    public void settingsChanged(Settings changed) {
        submit(() -> {
            settings = changed;
            plan();
            writeNode();
        });
    }

    @Override
    public void holds(Holdings now) {
        submit(() -> {
            if (!now.equals(holdings)) {
                holdings = now;
                kept.keep(now);
                plan();
            }
        });
    }

    @Override
    public void linkChanged(Link link, boolean usable, String reason) {
        // Containers' interfaces come and go by the hundred and have no address by which another node could know this one.
        if (link.addresses().stream().anyMatch(own -> !own.address().isLinkLocal())) {
            submit(this::writeNode);
        }
    }

    public void configurationCame(Configuration came) {
        submit(() -> {
            configuration = came;
            plan();
        });
    }

    public void configurationWent(Configuration went) {
        submit(() -> configuration = configuration == went ? null : configuration);
    }

    public void contributionsCame(Contributions came) {
        submit(() -> {
            contributions = came;
            offered = null;
            plan();
        });
    }

    public void contributionsWent(Contributions went) {
        submit(() -> contributions = contributions == went ? null : contributions);
    }

    public void linksCame(Links came) {
        submit(() -> {
            links = came;
            writeNode();
        });
    }

    public void linksWent(Links went) {
        submit(() -> links = links == went ? null : links);
    }

    public void routesCame(KernelRoutes came) {
        submit(() -> {
            routes = came;
            writeNode();
        });
    }

    public void routesWent(KernelRoutes went) {
        submit(() -> routes = routes == went ? null : routes);
    }

    /** Each service is asked anew what it holds. */
    public void ipamCame(Ipam came) {
        submit(() -> {
            tunnels = new TunnelAddresses(came);
            writeNode();
        });
    }

    public void ipamWent(Ipam went) {
        submit(() -> tunnels = tunnels != null && tunnels.asks(went) ? null : tunnels);
    }

    public void resourcesCame(Resources came) {
        resources.came(came);
    }

    public void resourcesWent(Resources went) {
        resources.went(went);
    }

    // ---- on the Loop ----

    private void resourcesChanged() {
        plan();
        writeNode();
    }

    private void plan() {
        if (!planning) {
            planning = true;
            loop.schedule(SETTLE, () -> {
                planning = false;
                offer();
            });
        }
    }

    private void offer() {
        Settings now = settings;
        Contributions to = contributions;
        if (now == null || to == null || !resources.heard() || stopping) {
            return;
        }
        FabricPlan plan = FabricPlan.of(now.node().name(), pinnedAs(), resources.held(), holdings);
        plan.notes().stream().filter(note -> !told.contains(note)).forEach(LOG::warn);
        told.clear();
        told.addAll(plan.notes());
        if (!plan.contribution().equals(offered)) {
            LOG.info("TMB-FAB-006 the cluster's resources make {} parts of this node's configuration; config:explain shows them", plan.contribution().parts().size());
            offered = plan.contribution();
            to.offer(plan.contribution());
        }
    }

    private Optional<Asn> pinnedAs() {
        Configuration files = configuration;
        return files == null ? Optional.empty() : files.ofFiles().bgp().as();
    }

    private void checkNode() {
        if (!stopping) {
            writeNode();
            loop.schedule(NODE_CHECK, this::checkNode);
        }
    }

    /** One write at a time; what changes meanwhile is looked at behind it. */
    private void writeNode() {
        Settings now = settings;
        Resources to = resources.service().orElse(null);
        if (now == null || to == null || !resources.heard() || stopping) {
            return;
        }
        if (writing) {
            writeAgain = true;
            return;
        }
        writing = true;
        Links known = links;
        Optional<Resource> stored = resources.held(ResourceId.of("Node", now.node().name()));
        NodeWriter writer = new NodeWriter(to, now.node(), pinnedAs(), stored, Optional.ofNullable(known).map(Links::links), Optional.ofNullable(routes),
                Optional.ofNullable(tunnels), TunnelKind.wanted(stored.map(Resource::labels).orElse(Map.of()), resources.held()));
        Thread.ofVirtual().name("tombolo-fabric-node").start(() -> {
            try {
                writer.write();
            } catch (RuntimeException e) {
                LOG.warn("TMB-FAB-004 this node's Node resource is not written: {}. Trying again", e.toString());
            } finally {
                submit(this::written);
            }
        });
    }

    private void written() {
        writing = false;
        if (writeAgain) {
            writeAgain = false;
            writeNode();
        }
    }

    private void submit(Runnable task) {
        if (!loop.offer(task) && !stopping) {
            LOG.warn("TMB-FAB-007 the mailbox of {} tasks is full: a change was not taken in. Report this with gateway:diag.", MAILBOX);
        }
    }

    /** What was offered stays in force. */
    @Override
    public void close() {
        try {
            loop.ask(() -> stopping = true, Duration.ofSeconds(5));
        } catch (IllegalStateException e) {
            LOG.warn("TMB-FAB-008 gateway-fabric did not stop in order: {}", e.getMessage());
        }
        resources.close();
        loop.close();
    }
}
