package tombolo.ipam.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Refusal;
import tombolo.api.ipam.Refusal.Reason;
import tombolo.api.ipam.Release;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** How addresses and blocks come back ({@code ReleaseIPs}, {@code releaseBlockAffinity} of libcalico-go/lib/ipam). */
public final class Releaser {
    /** Addresses of one call: with a handle each they fit one transaction beside their block. */
    public static final int MAX_ADDRESSES = 100;

    private final Working working;
    private final Cluster cluster;

    public Releaser(Working working, Cluster cluster) {
        this.working = working;
        this.cluster = cluster;
    }

    /** @param releases of one block, at most {@link #MAX_ADDRESSES}: all of them or none */
    public Step<ReleaseOutcome> release(Prefix cidr, List<Release> releases) {
        if (!working.room(releases.size() + 1, 1 << 12)) {
            return new Step.Later<>();
        }
        Optional<Block> block = working.block(cidr);
        Plan plan = plan(cidr, block, releases);
        if (plan.refusal().isPresent() || !plan.notHeld().isEmpty()) {
            block = working.freshBlock(cidr);
            plan = plan(cidr, block, releases);
        }
        if (plan.refusal().isPresent()) {
            return new Step.Answer<>(new ReleaseOutcome.Refused(plan.refusal().get(), List.of()));
        }
        if (block.isPresent() && !plan.ordinals().isEmpty()) {
            apply(block.get(), plan.ordinals());
        }
        List<IpAddress> released = plan.ordinals().stream().map(ordinal -> Ordinals.address(cidr, ordinal)).toList();
        return new Step.Answer<>(new ReleaseOutcome.Released(released, plan.notHeld()));
    }

    private record Plan(List<Integer> ordinals, List<IpAddress> notHeld, Optional<Refusal> refusal) { }

    private static Plan plan(Prefix cidr, Optional<Block> block, List<Release> releases) {
        Set<Integer> ordinals = new LinkedHashSet<>();
        List<IpAddress> notHeld = new ArrayList<>();
        for (Release release : releases) {
            Optional<HeldAddress> held = block.flatMap(known -> known.holder(Ordinals.of(cidr, release.address())));
            if (held.isEmpty()) {
                // a number that does not match a free address is out of date all the same; the address is as the caller wants it
                notHeld.add(release.address());
                continue;
            }
            OptionalLong number = release.sequenceNumber();
            if (number.isPresent() && number.getAsLong() != held.get().sequenceNumber()) {
                return new Plan(List.of(), List.of(), Optional.of(new Refusal(Reason.CHANGED, "TMB-IPM-030 " + release.address() + " was given out again: its sequence number is "
                        + Long.toUnsignedString(held.get().sequenceNumber()) + ", the release says " + Long.toUnsignedString(number.getAsLong()) + ". Nothing was released.")));
            }
            if (release.handle().isPresent() && !release.handle().equals(held.get().handle())) {
                return new Plan(List.of(), List.of(), Optional.of(new Refusal(Reason.CHANGED, "TMB-IPM-031 " + release.address() + " is held under handle "
                        + held.get().handle().orElse("(none)") + ", the release says " + release.handle().get() + ". Nothing was released.")));
            }
            ordinals.add(Ordinals.of(cidr, release.address()));
        }
        return new Plan(List.copyOf(ordinals), notHeld, Optional.empty());
    }

    /** @param cidr of a block that the handle counts addresses in */
    public Step<ReleaseOutcome> releaseHandle(String handle, Prefix cidr, OptionalLong sequenceNumber) {
        if (!working.room(2, 1 << 12)) {
            return new Step.Later<>();
        }
        // What is known will do where something of it is released: the transaction happens only where the block is still so. A "nothing" must not rest on memory.
        Optional<Block> block = working.block(cidr);
        List<Integer> ordinals = block.map(known -> known.ordinals(handle, sequenceNumber)).orElse(List.of());
        if (ordinals.isEmpty()) {
            block = working.freshBlock(cidr);
            ordinals = block.map(known -> known.ordinals(handle, sequenceNumber)).orElse(List.of());
        }
        if (block.isPresent() && !ordinals.isEmpty()) {
            apply(block.get(), ordinals);
        }
        return new Step.Answer<>(new ReleaseOutcome.Released(ordinals.stream().map(ordinal -> Ordinals.address(cidr, ordinal)).toList(), List.of()));
    }

    /** Frees what has cooled down in a block. */
    public Step<Boolean> settleCooled(Prefix cidr) {
        if (!working.room(1, 1 << 12)) {
            return new Step.Later<>();
        }
        working.settleCooled(cidr);
        return new Step.Answer<>(true);
    }

    private void apply(Block block, List<Integer> ordinals) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (int ordinal : ordinals) {
            block.holder(ordinal).flatMap(HeldAddress::handle).ifPresent(id -> counts.merge(id, 1, Integer::sum));
        }
        Block left = block.release(ordinals, cluster.coolDownSeconds() > 0 ? working.coolFrom() : Optional.empty());
        if (left.empty() && left.affinity().isEmpty()) {
            // nobody's, and nothing in it
            working.delete(block.cidr);
        } else {
            working.put(left);
        }
        counts.forEach((id, count) -> working.count(id, block.cidr, -count));
    }

    // ---- affinity, in two transactions


    /** The first: the affinity becomes pendingDeletion, and gives no right to the block any more. Empty: planned. */
    public Optional<Refusal> beginAffinityRelease(BlockOwner owner, Prefix cidr, boolean onlyEmpty, OptionalLong sequenceNumber) {
        Optional<Block> block = working.freshBlock(cidr);
        Optional<Affinity> affinity = working.affinity(owner, cidr);
        if (block.isPresent() && sequenceNumber.isPresent() && block.get().sequenceNumber() != sequenceNumber.getAsLong()) {
            return Optional.of(new Refusal(Reason.CHANGED, "TMB-IPM-032 block " + cidr + " was written since it was looked at."));
        }
        if (block.isPresent() && !block.get().belongsTo(owner) || block.isEmpty() && affinity.isEmpty()) {
            if (affinity.isPresent()) {
                // the block is another's: the claim is stale
                working.delete(owner, cidr);
            }
            return Optional.of(new Refusal(Reason.NOT_FOUND, "TMB-IPM-033 block " + cidr + " does not belong to " + owner + block.flatMap(Block::affinity).map(other -> " but to " + other).orElse("") + "."));
        }
        if (onlyEmpty && block.isPresent() && !block.get().empty()) {
            return Optional.of(new Refusal(Reason.NOT_EMPTY, "TMB-IPM-034 block " + cidr + " of " + owner + " holds " + block.get().inUse() + " addresses."));
        }
        working.put(affinity.orElseGet(() -> Affinity.pending(owner, cidr)).with(Affinity.State.PENDING_DELETION));
        return Optional.empty();
    }

    /** The second: the block goes, or loses its owner; the affinity goes. */
    public Optional<Refusal> finishAffinityRelease(BlockOwner owner, Prefix cidr, boolean onlyEmpty) {
        Optional<Block> block = working.block(cidr);
        Optional<Affinity> affinity = working.affinity(owner, cidr);
        if (affinity.isEmpty() || affinity.get().state() != Affinity.State.PENDING_DELETION) {
            return Optional.of(new Refusal(Reason.CHANGED, "TMB-IPM-035 the affinity of " + owner + " to block " + cidr + " was changed by another one meanwhile."));
        }
        if (block.isPresent() && onlyEmpty && !block.get().empty()) {
            // somebody took an address in between, and will find the affinity to be confirmed again
            return Optional.of(new Refusal(Reason.NOT_EMPTY, "TMB-IPM-034 block " + cidr + " of " + owner + " holds " + block.get().inUse() + " addresses."));
        }
        if (block.isPresent() && block.get().belongsTo(owner)) {
            if (block.get().empty()) {
                working.delete(cidr);
            } else {
                working.put(block.get().orphaned());
            }
        }
        working.delete(owner, cidr);
        return Optional.empty();
    }
}
