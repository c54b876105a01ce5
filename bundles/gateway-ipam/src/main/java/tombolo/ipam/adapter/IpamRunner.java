package tombolo.ipam.adapter;

import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.bgp.NodeBlocks;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.ipam.AddressUse;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.Ipam;
import tombolo.api.net.Prefix;
import tombolo.api.resource.Resources;
import tombolo.api.route.RouteSink;
import tombolo.ipam.core.LeakWatch;
import tombolo.runtime.Loop;

/**
 * Runs address management while there are a store and resources in it. Store and resources come and go; each pair gets a service of its own, opened on a virtual
 * thread because opening reads all blocks.
 */
public final class IpamRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IpamRunner.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);
    private static final Duration LOOKS = LeakWatch.GRACE.dividedBy(2);

    private final Loop loop = new Loop("tombolo-ipam-node", 256);
    private final BlockRoutes routes = new BlockRoutes();
    private final List<AddressUse> uses = new CopyOnWriteArrayList<>();
    private final Clock clock = Clock.systemUTC();
    private final Function<Ipam, Runnable> register;

    // of the Loop alone
    private @Nullable Datastore store;
    private @Nullable Resources resources;
    private @Nullable String node;
    private @Nullable Running running;
    private @Nullable Thread opening;
    private int generation;

    /** @param collector empty until the node's name is known */
    private record Running(IpamService service, Runnable unregister, Optional<Loop.Timer> looks) { }

    /** @param register offers the service to others; answers how to take it back */
    public IpamRunner(Function<Ipam, Runnable> register) {
        this.register = register;
    }

    public void storeCame(Datastore came) {
        loop.offer(() -> {
            store = came;
            restart();
        });
    }

    public void storeWent(Datastore went) {
        loop.offer(() -> {
            if (store == went) {
                store = null;
                restart();
            }
        });
    }

    public void resourcesCame(Resources came) {
        loop.offer(() -> {
            resources = came;
            restart();
        });
    }

    public void resourcesWent(Resources went) {
        loop.offer(() -> {
            if (resources == went) {
                resources = null;
                restart();
            }
        });
    }

    /** What this node is called. */
    public void node(String name) {
        loop.offer(() -> {
            if (!name.equals(node)) {
                node = name;
                restart();
            }
        });
    }

    public void sinkCame(RouteSink sink) {
        routes.sinkCame(sink);
    }

    public void sinkWent(RouteSink sink) {
        routes.sinkWent(sink);
    }

    public void advertiserCame(NodeBlocks advertiser) {
        routes.advertiserCame(advertiser);
    }

    public void advertiserWent(NodeBlocks advertiser) {
        routes.advertiserWent(advertiser);
    }

    public void useCame(AddressUse use) {
        uses.add(use);
    }

    public void useWent(AddressUse use) {
        uses.remove(use);
    }

    /** Ends what runs, and opens what can be opened. */
    private void restart() {
        generation++;
        stop();
        if (store != null && resources != null && node != null) {
            open(generation, store, resources, node, FIRST_RETRY);
        }
    }

    private void stop() {
        if (opening != null) {
            opening.interrupt(); // it may wait long for the first word of resources that are gone, and would hold this bundle's classes meanwhile
            opening = null;
        }
        Running ending = running;
        running = null;
        if (ending != null) {
            routes.source(Optional.empty());
            ending.looks().ifPresent(Loop.Timer::cancel);
            ending.unregister().run();
            // waits for what is under way: not here
            Thread.ofVirtual().name("tombolo-ipam-close").start(ending.service()::close);
        }
    }

    private void open(int mine, Datastore from, Resources described, String name, Duration retry) {
        opening = Thread.ofVirtual().name("tombolo-ipam-open").start(() -> {
            try {
                IpamService service = open(from, described);
                if (!loop.offer(() -> opened(mine, service, from, name))) {
                    service.close();
                }
            } catch (DatastoreException | IllegalStateException e) {
                LOG.warn("TMB-IPM-090 addresses cannot be given out yet: {} Trying again in {} s", e.getMessage(), retry.toSeconds());
                Duration next = retry.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : retry.multipliedBy(2);
                loop.offer(() -> loop.schedule(retry, () -> {
                    if (mine == generation) {
                        open(mine, from, described, name, next);
                    }
                }));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private IpamService open(Datastore from, Resources described) throws InterruptedException {
        ClusterView view = new ClusterView(described, from.status().kind().equals("etcd"));
        try {
            if (!view.ready()) {
                throw new IllegalStateException("the resources have not said what pools there are.");
            }
            return new IpamService(from, described, view, Allocator.open(from, view::cluster, view::matches, clock));
        } catch (RuntimeException | InterruptedException e) {
            view.close();
            throw e;
        }
    }

    private void opened(int mine, IpamService service, Datastore from, String name) {
        if (mine != generation) {
            Thread.ofVirtual().start(service::close);
            return;
        }
        BlockOwner owner = BlockOwner.host(name);
        Supplier<NodeBlocks.Holdings> holdings = () -> holdings(service.allocator(), owner);
        service.allocator().feed().listen(routes::changed);
        routes.source(Optional.of(holdings));
        Collector collector = new Collector(from, service.allocator(), service.view()::cluster, service.view()::matches, name, () -> List.copyOf(uses), service::workloads, clock,
                LeakWatch.GRACE);
        running = new Running(service, register.apply(service), Optional.of(loop.schedule(LOOKS, () -> look(mine, collector))));
        Thread.ofVirtual().name("tombolo-ipam-borrowed").start(() -> {
            try {
                service.allocator().findBorrowed(owner);
                routes.changed();
            } catch (DatastoreException e) {
                LOG.info("TMB-IPM-093 addresses that this node borrows were not looked for: {}", e.getMessage());
            }
        });
        LOG.info("TMB-IPM-091 addresses are given out: {} blocks are known, {} belong to this node ({})", service.allocator().feed().locked(table -> table.blocks().size()),
                service.allocator().blocksOf(owner).size(), name);
    }

    private static NodeBlocks.Holdings holdings(Allocator allocator, BlockOwner owner) {
        Set<Prefix> blocks = new HashSet<>(allocator.blocksOf(owner));
        return new NodeBlocks.Holdings(blocks, allocator.borrowed(owner));
    }

    private void look(int mine, Collector collector) {
        if (mine != generation || running == null) {
            return;
        }
        Thread.ofVirtual().name("tombolo-ipam-collect").start(() -> {
            try {
                collector.collect();
            } catch (DatastoreException e) {
                LOG.info("TMB-IPM-092 leaked addresses were not looked for: {}", e.getMessage());
            } finally {
                loop.offer(() -> {
                    if (mine == generation && running != null) {
                        running = new Running(running.service(), running.unregister(), Optional.of(loop.schedule(LOOKS, () -> look(mine, collector))));
                    }
                });
            }
        });
    }

    /** Takes the service back; routes stay in the kernel. */
    @Override
    public void close() {
        loop.offer(() -> {
            generation++;
            stop();
        });
        loop.close();
        routes.close();
    }
}
