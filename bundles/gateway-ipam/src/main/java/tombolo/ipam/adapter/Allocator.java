package tombolo.ipam.adapter;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import tombolo.api.datastore.Datastore;
import tombolo.api.ipam.AffinityOutcome;
import tombolo.api.ipam.Assign;
import tombolo.api.ipam.AssignOutcome;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Refusal;
import tombolo.api.ipam.Release;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.ipam.core.Affinity;
import tombolo.ipam.core.Block;
import tombolo.ipam.core.BlockTable.Versioned;
import tombolo.ipam.core.Cluster;
import tombolo.ipam.core.Handle;
import tombolo.ipam.core.Ordinals;
import tombolo.ipam.core.PoolChoice;
import tombolo.ipam.core.Releaser;

/** Gives out and takes back, on one store. Any thread but a Loop's. */
public final class Allocator implements AutoCloseable {
    private static final int MAX_RELEASES = 100_000;

    private final Datastore store;
    private final TableFeed feed;
    private final Transactions transactions;
    private final Batches batches;
    private final Supplier<Cluster> cluster;
    private volatile boolean closed;

    private Allocator(Datastore store, Supplier<Cluster> cluster, Cluster.Matcher matcher, Clock clock) {
        this.store = store;
        this.cluster = cluster;
        this.feed = new TableFeed(store, clock);
        Interrupts interrupts = new Interrupts();
        this.transactions = new Transactions(store, feed, () -> closed, clock, interrupts);
        this.batches = new Batches(transactions, feed, cluster, matcher, clock, interrupts);
    }

    /**
     * Reads all blocks and is ready. Blocks.
     *
     * @throws tombolo.api.datastore.DatastoreException where the store cannot be read
     */
    public static Allocator open(Datastore store, Supplier<Cluster> cluster, Cluster.Matcher matcher, Clock clock) {
        Allocator allocator = new Allocator(store, cluster, matcher, clock);
        try {
            allocator.transactions.forgetOldWriters();
            allocator.feed.start();
            return allocator;
        } catch (RuntimeException e) {
            allocator.closed = true;
            allocator.batches.close();
            allocator.feed.close();
            throw e;
        }
    }

    TableFeed feed() {
        return feed;
    }

    public AutoAssignOutcome autoAssign(AutoAssign wish) {
        return batches.ask(new Ask.Auto(wish));
    }

    public AssignOutcome assign(Assign wish) {
        return batches.ask(Ask.of((means, alone) -> means.assigner().assign(wish, alone)));
    }

    public ReleaseOutcome release(List<Release> releases) {
        if (releases.isEmpty() || releases.size() > MAX_RELEASES) {
            throw new IllegalArgumentException(releases.size() + " releases: 1 to " + MAX_RELEASES);
        }
        List<IpAddress> released = new ArrayList<>();
        List<IpAddress> notHeld = new ArrayList<>();
        Optional<Refusal> refusal = Optional.empty();
        for (Map.Entry<Prefix, List<Release>> ofBlock : byBlock(releases, notHeld).entrySet()) {
            for (int from = 0; from < ofBlock.getValue().size(); from += Releaser.MAX_ADDRESSES) {
                List<Release> some = ofBlock.getValue().subList(from, Math.min(ofBlock.getValue().size(), from + Releaser.MAX_ADDRESSES));
                switch (batches.ask(Ask.<ReleaseOutcome>of((means, _) -> means.releaser().release(ofBlock.getKey(), some)))) {
                    case ReleaseOutcome.Released done -> {
                        released.addAll(done.released());
                        notHeld.addAll(done.notHeld());
                    }
                    case ReleaseOutcome.Refused refused -> refusal = refusal.or(() -> Optional.of(refused.refusal()));
                }
            }
        }
        return refusal.<ReleaseOutcome>map(why -> new ReleaseOutcome.Refused(why, released)).orElseGet(() -> new ReleaseOutcome.Released(released, notHeld));
    }

    /** By the block that exists, else by the one that the pool would have: another process may have made it a moment ago. */
    private Map<Prefix, List<Release>> byBlock(List<Release> releases, List<IpAddress> notHeld) {
        Map<Prefix, List<Release>> byBlock = new LinkedHashMap<>();
        for (Release release : releases) {
            Optional<Prefix> cidr = blockOf(release.address());
            if (cidr.isPresent()) {
                byBlock.computeIfAbsent(cidr.get(), _ -> new ArrayList<>()).add(release);
            } else {
                notHeld.add(release.address());
            }
        }
        return byBlock;
    }

    private Optional<Prefix> blockOf(IpAddress address) {
        return feed.locked(table -> table.blockOf(address)).or(() -> cluster.get().poolOf(address).map(pool -> pool.block(address)));
    }

    public ReleaseOutcome releaseByHandle(String handle, OptionalLong sequenceNumber) {
        List<IpAddress> released = new ArrayList<>();
        for (Prefix cidr : handle(handle).map(known -> List.copyOf(known.counts().keySet())).orElse(List.of())) {
            if (batches.ask(Ask.<ReleaseOutcome>of((means, _) -> means.releaser().releaseHandle(handle, cidr, sequenceNumber))) instanceof ReleaseOutcome.Released done) {
                released.addAll(done.released());
            }
        }
        return new ReleaseOutcome.Released(released, List.of());
    }

    public List<HeldAddress> addressesOf(String handle) {
        List<HeldAddress> held = new ArrayList<>();
        for (Prefix cidr : handle(handle).map(known -> List.copyOf(known.counts().keySet())).orElse(List.of())) {
            Optional<Block> block = feed.block(cidr).map(Versioned::value);
            block.ifPresent(known -> known.ordinals(handle, OptionalLong.empty()).forEach(ordinal -> known.holder(ordinal).ifPresent(held::add)));
        }
        held.sort(java.util.Comparator.comparing(HeldAddress::address));
        return held;
    }

    private Optional<Handle> handle(String id) {
        return feed.handle(id).map(Versioned::value);
    }

    public Optional<HeldAddress> holder(IpAddress address) {
        return blockOf(address).flatMap(cidr -> feed.block(cidr).map(Versioned::value).flatMap(block -> block.holder(Ordinals.of(cidr, address))));
    }

    public AffinityOutcome releaseAffinity(BlockOwner owner, Optional<Prefix> block, boolean onlyEmpty) {
        List<Prefix> released = new ArrayList<>();
        List<Refusal> refused = new ArrayList<>();
        List<Prefix> all = block.map(List::of).orElseGet(() -> feed.locked(table -> List.copyOf(table.affinities(owner).keySet())));
        for (Prefix cidr : all) {
            Optional<Refusal> why = batches.askAffinity(owner, cidr, onlyEmpty, OptionalLong.empty());
            why.ifPresentOrElse(refused::add, () -> released.add(cidr));
        }
        return new AffinityOutcome(released, refused);
    }

    /** Frees what has cooled down in the blocks of an owner, where no wish came by to do it. */
    void settleCooled(BlockOwner owner) {
        List<Prefix> cooling = feed.locked(table -> table.affinities(owner).keySet().stream().filter(cidr -> table.summary(cidr).filter(block -> block.cooling() > 0).isPresent()).toList());
        cooling.forEach(cidr -> batches.ask(Ask.of((means, _) -> means.releaser().settleCooled(cidr))));
    }

    Optional<Refusal> giveBack(BlockOwner owner, Prefix cidr, OptionalLong sequenceNumber) {
        return batches.askAffinity(owner, cidr, true, sequenceNumber);
    }

    /** Looks through all blocks for addresses that a node holds in others' blocks, and keeps those blocks at hand. */
    void findBorrowed(BlockOwner owner) {
        StateReader.read(store).held().stream().filter(held -> owner.name().equals(held.attributes().get("node")) && !held.affinity().equals(Optional.of(owner.toString())))
                .map(held -> held.block()).distinct().forEach(feed::block);
    }

    /** Addresses that a node holds in blocks that are not its own, as far as this process has seen those blocks whole. */
    java.util.Set<Prefix> borrowed(BlockOwner owner) {
        return feed.locked(table -> table.borrowed(owner));
    }

    /** Gives back the empty blocks of pools that no longer select their owner. */
    void releaseUnselected(Cluster now, Cluster.Matcher matcher) {
        record Block(BlockOwner owner, Prefix cidr) { }
        List<Block> unselected = feed.locked(table -> {
            List<Block> found = new ArrayList<>();
            for (BlockOwner owner : table.owners()) {
                for (Prefix cidr : table.affinities(owner).keySet()) {
                    boolean empty = table.summary(cidr).map(summary -> summary.empty()).orElse(true);
                    if (empty && now.poolOf(cidr.address()).filter(pool -> !PoolChoice.selects(pool, now, matcher, owner)).isPresent()) {
                        found.add(new Block(owner, cidr));
                    }
                }
            }
            return found;
        });
        unselected.forEach(block -> batches.askAffinity(block.owner(), block.cidr(), true, OptionalLong.empty()));
    }

    /** Confirmed claims on blocks that are the owner's. */
    public List<Prefix> blocksOf(BlockOwner owner) {
        return feed.locked(table -> table.affinities(owner).entrySet().stream().filter(entry -> entry.getValue().value().state() == Affinity.State.CONFIRMED)
                .map(Map.Entry::getKey).filter(cidr -> table.summary(cidr).flatMap(summary -> summary.owner()).filter(owner::equals).isPresent()).toList());
    }

    @Override
    public void close() {
        closed = true;
        batches.close();
        feed.close();
        try {
            transactions.close();
        } catch (tombolo.api.datastore.DatastoreException _) {
            // the store went first: the key is forgotten by whoever starts a day from now
        }
    }
}
