package tombolo.ipam.adapter;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.Datastore;
import tombolo.api.ipam.AddressUse;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Release;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.ipam.core.BlockTable;
import tombolo.ipam.core.Cluster;
import tombolo.ipam.core.LeakWatch;
import tombolo.ipam.core.check.StoredState;

/** Releases what leaked, and gives back blocks that stay empty. One thread at a time. */
public final class Collector {
    private static final Logger LOG = LoggerFactory.getLogger(Collector.class);

    private final Datastore store;
    private final Allocator allocator;
    private final Supplier<Cluster> cluster;
    private final Cluster.Matcher matcher;
    private final String node;
    private final Supplier<List<AddressUse>> uses;
    private final Supplier<List<WorkloadEndpoint>> workloads;
    private final Clock clock;
    private final LeakWatch watch;

    /**
     * @param node      whose blocks are looked after; addresses of nodes that are gone are released whoever's they were
     * @param workloads all that the cluster knows, asked where a node is gone
     */
    public Collector(Datastore store, Allocator allocator, Supplier<Cluster> cluster, Cluster.Matcher matcher, String node, Supplier<List<AddressUse>> uses,
                     Supplier<List<WorkloadEndpoint>> workloads, Clock clock, Duration grace) {
        this.store = store;
        this.allocator = allocator;
        this.cluster = cluster;
        this.matcher = matcher;
        this.node = node;
        this.uses = uses;
        this.workloads = workloads;
        this.clock = clock;
        this.watch = new LeakWatch(grace);
    }

    /** One look; answers how many addresses were released. */
    public int collect() {
        int released = 0;
        for (Map.Entry<String, List<HeldAddress>> leaked : watch.leaked(look(held())).entrySet()) {
            if (stillLeaked(leaked.getKey())) {
                released += release(leaked.getKey(), leaked.getValue());
            }
        }
        allocator.settleCooled(BlockOwner.host(node));
        if (!cluster.get().locked()) {
            giveBack();
            allocator.releaseUnselected(cluster.get(), matcher);
        }
        return released;
    }

    private List<HeldAddress> held() {
        return StateReader.read(store).held().stream().filter(held -> !held.cooling()).map(Collector::held).toList();
    }

    private static HeldAddress held(StoredState.Held held) {
        return new HeldAddress(held.address(), held.block(), held.handle(), held.attributes(), held.sequence().map(Long::parseUnsignedLong).orElse(0L));
    }

    private LeakWatch.Look look(List<HeldAddress> held) {
        Set<String> nodes = new HashSet<>(cluster.get().nodeNames());
        Optional<Set<String>> known = nodes.isEmpty() ? Optional.empty() : Optional.of(nodes);
        nodes.add(node);
        boolean anyGone = held.stream().map(one -> one.attributes().get("node")).anyMatch(name -> name != null && !nodes.contains(name));
        return new LeakWatch.Look(clock.instant(), held, known, alive(), anyGone ? told(nodes) : Set.of());
    }

    private Set<IpAddress> told(Set<String> nodes) {
        return workloads.get().stream().filter(endpoint -> endpoint.node().filter(nodes::contains).isPresent()).flatMap(endpoint -> endpoint.ipNetworks().stream()).map(Prefix::address)
                .collect(Collectors.toSet());
    }

    /** A service that cannot tell is as if it were not there: its node's addresses stay. */
    private Map<String, Set<String>> alive() {
        Map<String, Set<String>> alive = new HashMap<>();
        Set<String> silent = new HashSet<>();
        for (AddressUse use : uses.get()) {
            try {
                alive.computeIfAbsent(use.node(), _ -> new HashSet<>()).addAll(use.handlesInUse());
            } catch (RuntimeException e) {
                LOG.warn("TMB-IPM-080 what is in use on node {} cannot be told ({}): nothing of it is released", use.node(), e.toString());
                silent.add(use.node());
            }
        }
        alive.keySet().removeAll(silent);
        return alive;
    }

    /** Asked again right before: a container may have come up while the store was read. */
    private boolean stillLeaked(String handle) {
        return alive().values().stream().noneMatch(handles -> handles.contains(handle));
    }

    private int release(String handle, List<HeldAddress> addresses) {
        // by sequence number: an address that was given out again in between stays
        return switch (allocator.release(addresses.stream().map(Release::of).toList())) {
            case ReleaseOutcome.Released done -> {
                LOG.info("TMB-IPM-081 handle {} is in use no more: released {}", handle, done.released());
                yield done.released().size();
            }
            case ReleaseOutcome.Refused refused -> {
                LOG.info("TMB-IPM-082 handle {} changed while it was looked at; it stays: {}", handle, refused.refusal().message());
                yield refused.released().size();
            }
        };
    }

    private void giveBack() {
        BlockOwner owner = BlockOwner.host(node);
        List<Prefix> blocks = allocator.blocksOf(owner);
        Set<Prefix> empty = allocator.feed().locked(table -> blocks.stream().filter(cidr -> table.summary(cidr).filter(BlockTable.Summary::empty).isPresent()).collect(Collectors.toSet()));
        for (Prefix cidr : watch.idle(blocks, empty)) {
            allocator.giveBack(owner, cidr, OptionalLong.empty()).ifPresentOrElse(why -> LOG.debug("block {} stays: {}", cidr, why.message()),
                    () -> LOG.info("TMB-IPM-083 block {} was empty for long and is given back", cidr));
        }
    }
}
