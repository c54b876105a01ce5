package tombolo.ipam.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tombolo.api.ipam.Assign;
import tombolo.api.ipam.AssignOutcome;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssign.HostReservation;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Refusal;
import tombolo.api.ipam.Refusal.Reason;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.ipam.core.Cluster.Pool;

/**
 * Where an address comes from. The steps have numbers; the tests use the same ones.
 *
 * <ol>
 *   <li>the pools: {@link PoolChoice}
 *   <li>blocks of the owner with a free address, in order; claims that somebody left unfinished are finished or taken back on the way
 *   <li>at the limit of blocks: no more
 *   <li>a new block: the first one of the {@link BlockWalk} that nobody has
 *   <li>an empty block of another owner, claimed more than a minute ago
 *   <li>unless affinity is strict: an address of any block of the pools, in the order of the walk
 * </ol>
 *
 * Source: projectcalico/calico, libcalico-go/lib/ipam/ipam.go, {@code autoAssign} and {@code AssignIP}.
 */
public final class Assigner {
    /** Calico's {@code EmptyBlockMinReclaimAge}: two nodes must not take a block from each other before either has used it. */
    static final Duration RECLAIM_AGE = Duration.ofMinutes(1);
    /** What an address may add to a transaction: handle, block, affinity. */
    private static final int KEYS = 3;

    private final Working working;
    private final Cluster cluster;
    private final PoolChoice choice;
    private final Set<Prefix> notReclaimable;
    private final boolean upToDate;

    /**
     * @param notReclaimable empty blocks that another one got hold of in the meantime
     * @param upToDate       all blocks have been read just now
     */
    public Assigner(Working working, Cluster cluster, Cluster.Matcher matcher, Set<Prefix> notReclaimable, boolean upToDate) {
        this.working = working;
        this.cluster = cluster;
        this.choice = new PoolChoice(cluster, matcher);
        this.notReclaimable = notReclaimable;
        this.upToDate = upToDate;
    }

    /** How a family came out. */
    private sealed interface Family {
        record Got(List<HeldAddress> taken) implements Family { }

        record Short(List<HeldAddress> taken, Refusal why) implements Family { }

        record Full(List<HeldAddress> taken) implements Family { }

        record Empty(BlockOwner owner, Prefix block, long sequenceNumber) implements Family { }
    }

    /** @param held what earlier transactions brought for this wish already; @param alone nothing else is in this transaction */
    public Step<AutoAssignOutcome> autoAssign(AutoAssign wish, List<HeldAddress> held, boolean alone) {
        if (cluster.locked()) {
            return new Step.Answer<>(outcome(wish, held, List.of(locked())));
        }
        int mark = working.mark();
        List<HeldAddress> all = new ArrayList<>(held);
        List<Refusal> why = new ArrayList<>();
        for (AddressFamily family : AddressFamily.values()) {
            int wanted = (family == AddressFamily.IPV4 ? wish.ipv4() : wish.ipv6()) - (int) held.stream().filter(each -> each.address().family() == family).count();
            if (wanted <= 0) {
                continue;
            }
            switch (choice.choose(wish, family)) {
                case PoolChoice.Choice.None(Refusal none) -> {
                    // a family without a pool would never be met: nothing is held for the other either
                    working.undo(mark);
                    return new Step.Answer<>(outcome(wish, held, List.of(none)));
                }
                case PoolChoice.Choice.Pools(List<Pool> pools) -> {
                    switch (family(wish, family, wanted, pools)) {
                        case Family.Got(List<HeldAddress> taken) -> all.addAll(taken);
                        case Family.Short(List<HeldAddress> taken, Refusal reason) -> {
                            all.addAll(taken);
                            why.add(reason);
                        }
                        case Family.Full(List<HeldAddress> taken) -> {
                            all.addAll(taken);
                            return full(mark, all.subList(held.size(), all.size()), held, wish, alone);
                        }
                        case Family.Empty(BlockOwner owner, Prefix block, long number) -> {
                            working.undo(mark);
                            return new Step.Reclaim<>(owner, block, number);
                        }
                    }
                }
            }
        }
        if (!why.isEmpty() && !upToDate) {
            working.undo(mark);
            return new Step.Stale<>();
        }
        return new Step.Answer<>(outcome(wish, all, why));
    }

    private Step<AutoAssignOutcome> full(int mark, List<HeldAddress> taken, List<HeldAddress> held, AutoAssign wish, boolean alone) {
        if (!alone) {
            working.undo(mark);
            return new Step.Later<>();
        }
        if (taken.isEmpty()) {
            return new Step.Answer<>(outcome(wish, held, List.of(new Refusal(Reason.INVALID, "TMB-IPM-012 a block with these attributes would be larger than the store takes at once ("
                    + Working.MAX_WEIGHT + " bytes). Use a pool with smaller blocks, or fewer attributes."))));
        }
        return new Step.Partly<>(List.copyOf(taken));
    }

    private static AutoAssignOutcome outcome(AutoAssign wish, List<HeldAddress> all, List<Refusal> why) {
        List<HeldAddress> ipv4 = all.stream().filter(each -> each.address().isIpv4()).toList();
        List<HeldAddress> ipv6 = all.stream().filter(each -> !each.address().isIpv4()).toList();
        if (why.isEmpty()) {
            return new AutoAssignOutcome.Assigned(ipv4, ipv6);
        }
        return all.isEmpty() ? new AutoAssignOutcome.Refused(why.getFirst()) : new AutoAssignOutcome.Fewer(ipv4, ipv6, why);
    }

    private static Refusal locked() {
        return new Refusal(Reason.LOCKED, "TMB-IPM-013 the datastore is locked: no address is given out. Unlock it (datastore:unlock) and try again.");
    }

    private Family family(AutoAssign wish, AddressFamily family, int wanted, List<Pool> pools) {
        BlockOwner owner = wish.owner();
        List<HeldAddress> taken = new ArrayList<>();
        // step 2
        Prefix at = new Prefix(IpAddress.any(family), 0);
        for (Optional<Prefix> next = working.table().candidate(owner, family, at); next.isPresent() && taken.size() < wanted; next = working.table().candidate(owner, family, at)) {
            at = next.get();
            if (usable(at, pools) && !ownBlock(wish, owner, at, wanted, taken)) {
                return new Family.Full(taken);
            }
        }
        for (Prefix cidr : working.claimedHere(owner)) {
            if (taken.size() < wanted && cidr.family() == family && usable(cidr, pools) && !ownBlock(wish, owner, cidr, wanted, taken)) {
                return new Family.Full(taken);
            }
        }
        int limit = limit(wish);
        while (taken.size() < wanted) {
            // step 3
            if (atLimit(owner, pools, limit)) {
                return new Family.Short(taken, new Refusal(Reason.BLOCK_LIMIT, "TMB-IPM-014 need to allocate an IPAM block but could not - limit of " + limit
                        + " blocks reached for " + owner + ". Raise maxBlocksPerHost (ipam:configure --max-blocks-per-host), or release addresses."));
            }
            if (!cluster.configuration().autoAllocateBlocks()) {
                return new Family.Short(taken, new Refusal(Reason.EXHAUSTED, "TMB-IPM-015 the blocks of " + owner + " are full, and autoAllocateBlocks is off."));
            }
            // step 4
            Optional<Prefix> unclaimed = unclaimed(owner, pools);
            if (unclaimed.isEmpty()) {
                break;
            }
            if (!working.room(KEYS, 1 << 12)) {
                return new Family.Full(taken);
            }
            working.claim(owner, unclaimed.get(), wish.reserved());
            if (!ownBlock(wish, owner, unclaimed.get(), wanted, taken)) {
                return new Family.Full(taken);
            }
        }
        if (taken.size() == wanted) {
            return new Family.Got(taken);
        }
        // step 5
        Optional<Family.Empty> empty = reclaimable(owner, pools);
        if (empty.isPresent()) {
            return empty.get();
        }
        // step 6
        if (!cluster.configuration().strictAffinity() && !borrow(wish, owner, wanted, taken, pools)) {
            return new Family.Full(taken);
        }
        return taken.size() == wanted ? new Family.Got(taken) : new Family.Short(taken, new Refusal(Reason.EXHAUSTED, "TMB-IPM-016 no IPs available in pools "
                + pools.stream().map(Pool::cidr).toList() + (cluster.configuration().strictAffinity() ? ": no more free affine blocks, and strict affinity is on" : "")
                + ". Add a pool, or look for leaked addresses with ipam:check."));
    }

    private boolean usable(Prefix cidr, List<Pool> pools) {
        return within(pools, cidr) && !cluster.reservations().coversWhole(cidr);
    }

    /** Takes what an own block has. False: the transaction is full. */
    private boolean ownBlock(AutoAssign wish, BlockOwner owner, Prefix cidr, int wanted, List<HeldAddress> taken) {
        if (!working.room(KEYS, 1 << 12)) {
            return false;
        }
        Optional<Block> block = settled(owner, cidr, wish.reserved());
        return block.isEmpty() || take(block.get(), wish, wanted, taken);
    }

    private boolean take(Block block, AutoAssign wish, int wanted, List<HeldAddress> taken) {
        Block.Taken more = block.take(wanted - taken.size(), wish.handle(), wish.attributes(), cluster.reservations());
        if (more.addresses().isEmpty()) {
            return true;
        }
        if (!working.room(KEYS, more.block().weight())) {
            return false;
        }
        working.put(more.block());
        wish.handle().ifPresent(id -> working.count(id, block.cidr, more.addresses().size()));
        taken.addAll(more.addresses());
        return true;
    }

    /**
     * The block of a claim, with the claim confirmed: made where it is missing, confirmed where it was left half done. Empty: the claim was stale, and goes.
     * ({@code getBlockFromAffinity})
     */
    private Optional<Block> settled(BlockOwner owner, Prefix cidr, Optional<HostReservation> reserved) {
        Optional<Affinity> affinity = working.affinity(owner, cidr);
        Optional<Block> block = working.block(cidr);
        if (block.isEmpty()) {
            return affinity.isEmpty() || working.exists(cidr) ? Optional.empty() : Optional.of(working.claim(owner, cidr, reserved));
        }
        if (!block.get().belongsTo(owner)) {
            block = working.freshBlock(cidr);
            if (block.isPresent() && !block.get().belongsTo(owner)) {
                if (affinity.isPresent()) {
                    working.delete(owner, cidr);
                }
                return Optional.empty();
            }
            if (block.isEmpty()) {
                return Optional.empty();
            }
        }
        if (affinity.isEmpty() || affinity.get().state() != Affinity.State.CONFIRMED) {
            working.put(affinity.orElseGet(() -> Affinity.pending(owner, cidr)).with(Affinity.State.CONFIRMED));
            // written too, so that whoever was about to delete the block fails
            working.put(block.get());
        }
        return block;
    }

    private int limit(AutoAssign wish) {
        int configured = cluster.configuration().maxBlocksPerHost();
        int asked = wish.maxBlocksPerHost().orElse(0);
        int limit = configured > 0 && asked > 0 ? Math.min(configured, asked) : Math.max(configured, asked);
        return limit == 0 ? Cluster.DEFAULT_MAX_BLOCKS : limit;
    }

    private boolean atLimit(BlockOwner owner, List<Pool> pools, int limit) {
        List<Prefix> fresh = working.claimedHere(owner);
        if (working.table().affinities(owner).size() + fresh.size() < limit) {
            // not even with those of other pools and of the other family
            return false;
        }
        long owned = working.table().affinities(owner).keySet().stream().filter(cidr -> within(pools, cidr)).count();
        return owned + fresh.stream().filter(cidr -> !working.table().affinities(owner).containsKey(cidr) && within(pools, cidr)).count() >= limit;
    }

    private static boolean within(List<Pool> pools, Prefix cidr) {
        for (Pool pool : pools) {
            if (pool.cidr().covers(cidr)) {
                return true;
            }
        }
        return false;
    }

    private Optional<Prefix> unclaimed(BlockOwner owner, List<Pool> pools) {
        for (Pool pool : pools) {
            boolean seeded = pool.spec().blockSize() < pool.cidr().family().bits();
            BlockWalk walk = BlockWalk.of(pool, owner.name(), working.now().getNano());
            // a node with a thousand blocks need not pass them all each time
            long passed = seeded ? working.table().passed(pool.cidr(), owner) : 0;
            walk.skip(passed);
            boolean unbroken = seeded;
            while (walk.hasNext()) {
                Prefix cidr = walk.next();
                if (!working.exists(cidr) && !cluster.reservations().coversWhole(cidr)) {
                    return Optional.of(cidr);
                }
                unbroken &= working.table().summary(cidr).isPresent();
                if (unbroken) {
                    working.table().passed(pool.cidr(), owner, ++passed);
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Family.Empty> reclaimable(BlockOwner owner, List<Pool> pools) {
        Instant youngest = working.now().minus(RECLAIM_AGE);
        for (Pool pool : pools) {
            BlockWalk walk = BlockWalk.of(pool, owner.name(), working.now().getNano());
            Optional<Prefix> found = working.table().within(pool.cidr()).entrySet().stream()
                    .filter(entry -> entry.getValue().empty() && entry.getValue().free() > 0 && entry.getValue().owner().filter(other -> !other.equals(owner)).isPresent())
                    .filter(entry -> entry.getValue().claimed().map(when -> when.isBefore(youngest)).orElse(true))
                    .map(java.util.Map.Entry::getKey)
                    .filter(cidr -> !notReclaimable.contains(cidr) && cidr.length() == pool.spec().blockSize() && !cluster.reservations().coversWhole(cidr))
                    .min(Comparator.comparing(walk::distance));
            if (found.isPresent()) {
                BlockTable.Summary block = working.table().blocks().get(found.get());
                return Optional.of(new Family.Empty(block.owner().orElseThrow(), found.get(), block.sequenceNumber()));
            }
        }
        return Optional.empty();
    }

    /** False: the transaction is full. */
    private boolean borrow(AutoAssign wish, BlockOwner owner, int wanted, List<HeldAddress> taken, List<Pool> pools) {
        for (Pool pool : pools) {
            BlockWalk walk = BlockWalk.of(pool, owner.name(), working.now().getNano());
            List<Prefix> others = working.table().within(pool.cidr()).entrySet().stream().filter(entry -> entry.getValue().free() > 0 || entry.getValue().cooling() > 0)
                    .map(java.util.Map.Entry::getKey).sorted(Comparator.comparing(walk::distance)).toList();
            for (Prefix cidr : others) {
                if (taken.size() == wanted) {
                    return true;
                }
                Optional<Block> block = cluster.reservations().coversWhole(cidr) ? Optional.empty() : working.block(cidr);
                if (block.isPresent() && (!working.room(KEYS, 1 << 12) || !take(block.get(), wish, wanted, taken))) {
                    return false;
                }
            }
        }
        return true;
    }

    // ---- one given address

    public Step<AssignOutcome> assign(Assign wish, boolean alone) {
        if (cluster.locked()) {
            return no(locked());
        }
        IpAddress address = wish.address();
        Optional<Pool> pool = cluster.poolOf(address).filter(each -> !each.spec().disabled());
        if (pool.isEmpty()) {
            return no(new Refusal(Reason.NOT_IN_POOL, "TMB-IPM-017 the provided IP address " + address + " is not in a configured pool, or its pool is disabled."));
        }
        if (!pool.get().spec().allowedUses().contains(wish.use())) {
            return no(new Refusal(Reason.NO_POOL, "TMB-IPM-018 the pool " + pool.get().name() + " of " + address + " does not allow the use " + wish.use() + ". Add it to allowedUses."));
        }
        if (!working.room(KEYS, 1 << 12)) {
            return new Step.Later<>();
        }
        Prefix cidr = pool.get().block(address);
        Optional<Block> block = working.block(cidr);
        if (block.isPresent() && refusal(block.get(), wish).isPresent()) {
            block = working.freshBlock(cidr);
        }
        Optional<Refusal> why = block.flatMap(known -> refusal(known, wish));
        if (why.isPresent()) {
            return no(why.get());
        }
        if (block.isEmpty() && working.exists(cidr)) {
            return no(new Refusal(Reason.INVALID, "TMB-IPM-019 what is stored of block " + cidr + " cannot be read: " + working.table().broken().get(cidr) + ". See ipam:check."));
        }
        int mark = working.mark();
        Block base = block.orElseGet(() -> working.claim(wish.owner(), cidr, wish.reserved()));
        if (!base.isFree(Ordinals.of(cidr, address))) {
            working.undo(mark);
            return no(taken(address, "the node keeps it for itself"));
        }
        Block.Taken taken = base.takeOne(Ordinals.of(cidr, address), wish.handle(), wish.attributes());
        if (!working.room(KEYS, taken.block().weight())) {
            working.undo(mark);
            return alone ? no(new Refusal(Reason.INVALID, "TMB-IPM-012 block " + cidr + " would be larger than the store takes at once (" + Working.MAX_WEIGHT + " bytes).")) : new Step.Later<>();
        }
        working.put(taken.block());
        wish.handle().ifPresent(id -> working.count(id, cidr, 1));
        return new Step.Answer<>(new AssignOutcome.Assigned(taken.addresses().getFirst()));
    }

    private Optional<Refusal> refusal(Block block, Assign wish) {
        int ordinal = Ordinals.of(block.cidr, wish.address());
        if (!block.isFree(ordinal)) {
            return Optional.of(taken(wish.address(), block.holder(ordinal).map(held -> "held" + held.handle().map(id -> " under handle " + id).orElse("")).orElse("released, and cooling down")));
        }
        if (cluster.configuration().strictAffinity() && !block.belongsTo(wish.owner())) {
            return Optional.of(new Refusal(Reason.STRICT_AFFINITY, "TMB-IPM-020 " + wish.address() + " is in block " + block.cidr + " of " + block.affinity.orElse("nobody") + ", not of "
                    + wish.owner() + ", and strict affinity is on."));
        }
        return Optional.empty();
    }

    private static Refusal taken(IpAddress address, String how) {
        return new Refusal(Reason.ALREADY_ASSIGNED, "TMB-IPM-021 " + address + " is already assigned: " + how + ".");
    }

    private static Step<AssignOutcome> no(Refusal why) {
        return new Step.Answer<>(new AssignOutcome.Refused(why));
    }
}
