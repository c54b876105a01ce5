package tombolo.ipam.adapter;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.NodeBlocks;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.route.RouteChanges;
import tombolo.api.route.RouteFeed;
import tombolo.api.route.RouteFeedListener;
import tombolo.api.route.RouteSink;
import tombolo.runtime.Loop;

/**
 * The blocks of this node as routes: each confirmed one drops what no address of it takes (blackhole), so that packets to unused addresses do not go back to
 * where they came from; and BGP is told of them. Blocks of one address need none: they are in use or nobody's.
 *
 * <p>Everything happens on one Loop. What was said stays in force while the store, the resources or this bundle go: routes are taken back only when it is known
 * that a block is ours no more.
 */
final class BlockRoutes implements AutoCloseable {
    /** As {@link RouteSink} names it. */
    static final String OWNER = "ipam";
    /** Behind static routes (10), before BGP (20): an aggregate that comes back from a peer must not draw the node's own packets away. */
    static final int PREFERENCE = 15;
    private static final int BLACKHOLE = 0;
    private static final Duration RETRY = Duration.ofMillis(50);

    private final Loop loop = new Loop("tombolo-ipam-routes", 1024);
    private @Nullable RouteFeed feed;
    private @Nullable RouteSink sink;
    private @Nullable NodeBlocks advertiser;
    private @Nullable Supplier<NodeBlocks.Holdings> source;
    private NodeBlocks.@Nullable Holdings told;
    private Set<Prefix> installed = Set.of();
    private boolean wanted;

    void sinkCame(RouteSink came) {
        loop.offer(() -> {
            sink = came;
            RouteFeed[] opened = new RouteFeed[1];
            opened[0] = came.open(OWNER, PREFERENCE, new RouteFeedListener() {
                @Override
                public void drained() {
                    changed();
                }

                @Override
                public void closed() {
                    loop.offer(() -> {
                        if (opened[0] == feed) {
                            feed = null;
                        }
                    });
                }
            });
            feed = opened[0];
            installed = Set.of();
            changed();
        });
    }

    void sinkWent(RouteSink went) {
        loop.offer(() -> {
            if (sink == went) {
                sink = null;
                closeFeed();
            }
        });
    }

    void advertiserCame(NodeBlocks came) {
        loop.offer(() -> {
            advertiser = came;
            told = null;
            changed();
        });
    }

    void advertiserWent(NodeBlocks went) {
        loop.offer(() -> {
            if (advertiser == went) {
                advertiser = null;
            }
        });
    }

    /** @param known what this node holds, once that is known; empty: not for now, and what was said stays */
    void source(Optional<Supplier<NodeBlocks.Holdings>> known) {
        loop.offer(() -> {
            source = known.orElse(null);
            changed();
        });
    }

    /** Blocks may have changed. Any thread; many calls are one. */
    void changed() {
        loop.offer(() -> {
            if (!wanted) {
                wanted = true;
                loop.schedule(Duration.ofMillis(1), this::apply);
            }
        });
    }

    private void apply() {
        wanted = false;
        Supplier<NodeBlocks.Holdings> known = source;
        if (known == null) {
            return;
        }
        NodeBlocks.Holdings now = known.get();
        if (advertiser != null && !now.equals(told)) {
            advertiser.holds(now);
            told = now;
        }
        RouteFeed open = feed;
        if (open != null && !install(open, now.blocks().stream().filter(cidr -> cidr.length() < cidr.family().bits()).collect(Collectors.toSet()))) {
            loop.schedule(RETRY, this::changed);
        }
    }

    private boolean install(RouteFeed open, Set<Prefix> blocks) {
        if (!open.define(BLACKHOLE, List.of())) {
            return false;
        }
        for (AddressFamily family : AddressFamily.values()) {
            Set<Prefix> gone = new HashSet<>(installed);
            gone.removeAll(blocks);
            Set<Prefix> fresh = new HashSet<>(blocks);
            fresh.removeAll(installed);
            if (!offer(open, family, gone, RouteChanges.WITHDRAW) || !offer(open, family, fresh, BLACKHOLE)) {
                return false;
            }
        }
        installed = Set.copyOf(blocks);
        for (AddressFamily family : AddressFamily.values()) {
            open.inSync(family);
        }
        return true;
    }

    private static boolean offer(RouteFeed open, AddressFamily family, Set<Prefix> prefixes, int nextHops) {
        List<Prefix> all = prefixes.stream().filter(prefix -> prefix.family() == family).sorted().toList();
        for (int from = 0; from < all.size(); from += RouteChanges.CAPACITY) {
            List<Prefix> some = all.subList(from, Math.min(all.size(), from + RouteChanges.CAPACITY));
            RouteChanges changes = new RouteChanges(family, some.size());
            some.forEach(prefix -> changes.add(prefix.address().hi(), prefix.address().lo(), prefix.length(), nextHops));
            if (!open.offer(changes)) {
                return false;
            }
        }
        return true;
    }

    private void closeFeed() {
        if (feed != null) {
            feed.close();
            feed = null;
        }
    }

    /** Routes stay in the kernel. */
    @Override
    public void close() {
        loop.offer(this::closeFeed);
        loop.close();
    }
}
