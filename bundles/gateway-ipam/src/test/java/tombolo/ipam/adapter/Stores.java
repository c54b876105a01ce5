package tombolo.ipam.adapter;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.datastore.Datastore;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.IpamConfiguration;
import tombolo.datastore.adapter.EmbeddedStore;
import tombolo.ipam.core.Cluster;
import tombolo.ipam.core.Reservations;

/** A real embedded store, a cluster made of words, and a clock that stands still until it is moved. */
final class Stores implements AutoCloseable {
    /** Selectors that the tests need: {@code all()}, or a label that has to be there. */
    static final Cluster.Matcher MATCHER = (selector, labels) -> selector.equals("all()") || labels.containsKey(selector);

    private final EmbeddedStore files;
    private final List<Datastore> opened = new ArrayList<>();
    volatile Cluster cluster = Cluster.EMPTY;
    volatile Instant now = Instant.parse("2026-01-02T03:04:05.678901234Z");

    Stores(Path directory) {
        files = EmbeddedStore.of(directory, opened::add, opened::clear);
        files.open();
    }

    Datastore store() {
        return opened.getFirst();
    }

    Allocator allocator() {
        return Allocator.open(store(), () -> cluster, MATCHER, clock());
    }

    Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }

    static Cluster.Pool pool(String name, String cidr, int blockSize) {
        return pool(name, cidr, blockSize, "all()", IpPool.Use.WORKLOAD, IpPool.Use.TUNNEL);
    }

    static Cluster.Pool pool(String name, String cidr, int blockSize, String nodes, IpPool.Use... uses) {
        return new Cluster.Pool(name, new IpPool(Prefix.parse(cidr), IpPool.Encapsulation.NEVER, IpPool.Encapsulation.NEVER, false, false, false, blockSize, nodes, Optional.empty(),
                Set.of(uses), IpPool.AssignmentMode.AUTOMATIC));
    }

    void pools(Cluster.Pool... pools) {
        cluster = new Cluster(Arrays.asList(pools), cluster.reservations(), cluster.configuration(), cluster.nodes(), cluster.namespaces(), cluster.locked(), cluster.coolDown());
    }

    void configuration(IpamConfiguration configuration) {
        cluster = new Cluster(cluster.pools(), cluster.reservations(), configuration, cluster.nodes(), cluster.namespaces(), cluster.locked(), cluster.coolDown());
    }

    void reserve(String... cidrs) {
        cluster = new Cluster(cluster.pools(), new Reservations(Arrays.stream(cidrs).map(Prefix::parse).toList()), cluster.configuration(), cluster.nodes(), cluster.namespaces(),
                cluster.locked(), cluster.coolDown());
    }

    void nodes(Map<String, Map<String, String>> nodes) {
        cluster = new Cluster(cluster.pools(), cluster.reservations(), cluster.configuration(), nodes, cluster.namespaces(), cluster.locked(), cluster.coolDown());
    }

    void locked(boolean locked) {
        cluster = new Cluster(cluster.pools(), cluster.reservations(), cluster.configuration(), cluster.nodes(), cluster.namespaces(), locked, cluster.coolDown());
    }

    @Override
    public void close() {
        files.close();
    }
}
