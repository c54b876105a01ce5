package tombolo.resources.adapter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Compare;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.WriteResult;
import tombolo.api.ipam.AffinityOutcome;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.ForbiddenSpace;
import tombolo.api.ipam.Ipam;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;
import tombolo.api.resource.BlockAffinity;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.IpamBlock;
import tombolo.api.resource.Resource;
import tombolo.api.resource.Resources.Problem;
import tombolo.resources.core.Kind;
import tombolo.resources.core.Kinds;

/** What pools may not do to one another, and to the addresses that are held in them. Source: {@code libcalico-go/lib/clientv3/ippool.go}. */
final class PoolRules {
    /** Written with every new pool: of two that are made at once and overlap, the second finds it changed and looks again. */
    static final Key GUARD = Key.of("/tombolo/v1/resources/pools");
    /** As long as Calico waits for allocations that have begun before the pool was disabled. */
    private static final Duration SETTLE = Duration.ofMillis(500);

    private final Supplier<Optional<Ipam>> ipam;
    private final Supplier<List<ForbiddenSpace>> forbidden;

    PoolRules(Supplier<Optional<Ipam>> ipam, Supplier<List<ForbiddenSpace>> forbidden) {
        this.ipam = ipam;
        this.forbidden = forbidden;
    }

    /** @param conditions and {@code steps}: go into the transaction that writes */
    record Checked(List<Problem> problems, List<Compare> conditions, List<Operation> steps) {
        static final Checked NOTHING = new Checked(List.of(), List.of(), List.of());
    }

    Checked check(Datastore store, Resource wanted, Optional<Resource> stored) {
        if (!(wanted.spec() instanceof IpPool pool)) {
            return Checked.NOTHING;
        }
        if (stored.isPresent()) {
            List<Problem> problems = new ArrayList<>(stored.get().spec() instanceof IpPool old ? changed(store, wanted, old, pool) : List.of());
            if (stored.get().spec() instanceof IpPool old && old.disabled()) {
                problems.addAll(forbidden(pool));
            }
            return new Checked(problems, List.of(), List.of());
        }
        long guard = store.get(GUARD).map(KeyValue::modRevision).orElse(0L);
        List<Problem> problems = new ArrayList<>(forbidden(pool));
        Kind kind = Kinds.named("IPPool").orElseThrow();
        for (KeyValue entry : store.list(KeyPrefix.of(kind.prefix())).entries()) {
            Resource other = Stored.read(kind, entry).resource();
            if (other.spec() instanceof IpPool there && overlap(there.cidr(), pool.cidr())) {
                problems.add(new Problem("spec.cidr", "TMB-RES-008 spec.cidr is '" + pool.cidr() + "': overlaps " + other.id() + " with " + there.cidr() + "."));
            }
        }
        for (IpamBlock block : blocks(store)) {
            if (overlap(block.cidr(), pool.cidr()) && block.cidr().length() != pool.blockSize()) {
                problems.add(new Problem("spec.blockSize", "TMB-RES-006 spec.blockSize is '" + pool.blockSize() + "': the block " + block.cidr() + " that exists in this range is of another size."));
                break;
            }
        }
        return new Checked(problems, List.of(Compare.unchanged(GUARD, guard)), List.of(new Operation.Put(GUARD, Bytes.utf8(wanted.id().name()))));
    }

    /** A disabled pool gives no addresses: it may name a range of others, so that what goes there is not translated. */
    private List<Problem> forbidden(IpPool pool) {
        return pool.disabled() ? List.of() : forbidden.get().stream().flatMap(space -> space.refusal(pool.cidr()).stream())
                .map(why -> new Problem("spec.cidr", why)).toList();
    }

    private List<Problem> changed(Datastore store, Resource wanted, IpPool old, IpPool pool) {
        List<Problem> problems = new ArrayList<>();
        if (!old.cidr().equals(pool.cidr())) {
            long held = blocks(store).stream().filter(block -> old.cidr().covers(block.cidr()) && !pool.cidr().covers(block.cidr()))
                    .mapToLong(block -> block.allocations().stream().filter(OptionalInt::isPresent).count()).sum();
            problems.add(held > 0 ? new Problem("spec.cidr", "TMB-RES-016 spec.cidr is '" + pool.cidr() + "', was " + old.cidr() + ": would strand " + held
                    + " addresses that are held outside the new range. The range of a pool does not change: make another pool, move the workloads, then delete this one.")
                    : new Problem("spec.cidr", "TMB-RES-007 spec.cidr is '" + pool.cidr() + "', was " + old.cidr() + ": cannot be changed; delete the pool and make another."));
        }
        if (old.blockSize() != pool.blockSize()) {
            problems.add(new Problem("spec.blockSize", "TMB-RES-007 spec.blockSize is '" + pool.blockSize() + "', was " + old.blockSize() + ": cannot be changed; see ipam:split, or make another pool."));
        }
        if (old.allowedUses().contains(IpPool.Use.LOAD_BALANCER) && !pool.allowedUses().contains(IpPool.Use.LOAD_BALANCER)) {
            problems.add(new Problem("spec.allowedUses", "TMB-RES-007 spec.allowedUses: a pool for LoadBalancer stays one."));
        }
        return problems;
    }

    /** Parts lie in the old range, apart from one another, and have its blocks. */
    static Optional<Problem> split(Resource old, List<Resource> parts) {
        if (!(old.spec() instanceof IpPool pool)) {
            return Optional.of(new Problem("", "TMB-RES-006 " + old.id() + " is not a valid pool: mend it before it is split."));
        }
        List<Prefix> before = new ArrayList<>();
        for (Resource part : parts) {
            boolean fits = part.spec() instanceof IpPool one && pool.cidr().covers(one.cidr()) && one.blockSize() == pool.blockSize() && before.stream().noneMatch(each -> overlap(each, one.cidr()));
            if (!fits) {
                return Optional.of(new Problem("spec.cidr", "TMB-RES-006 " + part.id() + ": a part is a pool inside " + pool.cidr() + " with blocks of /" + pool.blockSize() + ", apart from the others."));
            }
            before.add(((IpPool) part.spec()).cidr());
        }
        return Optional.empty();
    }

    static boolean overlap(Prefix one, Prefix other) {
        return one.family() == other.family() && (one.covers(other) || other.covers(one));
    }

    private static List<IpamBlock> blocks(Datastore store) {
        Kind kind = Kinds.named("IPAMBlock").orElseThrow();
        return store.list(KeyPrefix.of(kind.prefix())).entries().stream().map(entry -> Stored.read(kind, entry).resource().spec())
                .filter(IpamBlock.class::isInstance).map(IpamBlock.class::cast).filter(block -> !block.deleted()).toList();
    }

    // ---------------------------------------------------------------- deleting

    /** Whether a resource is ready to be deleted. */
    sealed interface Emptied {
        /** @param revision that the resource has now */
        record Ready(long revision) implements Emptied { }

        /** It changed meanwhile. */
        record Retry() implements Emptied { }

        record Refused(Problem problem) implements Emptied { }
    }

    /** A pool is disabled first, so that nothing new is taken from it; then its blocks are given back: those in use stay, without an owner. */
    Emptied empty(Datastore store, Kind kind, KeyValue entry, Resource stored) {
        if (!(stored.spec() instanceof IpPool pool)) {
            return new Emptied.Ready(entry.modRevision());
        }
        long revision = entry.modRevision();
        List<BlockAffinity> affinities = affinities(store, pool.cidr());
        if (!affinities.isEmpty() && ipam.get().isEmpty()) {
            return new Emptied.Refused(new Problem("", "TMB-RES-015 " + stored.id() + " has " + affinities.size() + " blocks that nodes own, and gateway-ipam, which would give them back, is not running."
                    + " Start it with bundle:start io.tombolo.gateway-ipam."));
        }
        if (!pool.disabled()) {
            Json.Obj tree = stored.tree();
            Json.Obj disabled = tree.with("spec", tree.object("spec").orElse(Json.Obj.EMPTY).with("disabled", true));
            WriteResult result = store.update(entry.key(), Stored.value(kind, disabled), revision);
            if (!(result instanceof WriteResult.Written written)) {
                return new Emptied.Retry();
            }
            revision = written.revision();
        }
        if (affinities.isEmpty()) {
            return new Emptied.Ready(revision);
        }
        try {
            Thread.sleep(SETTLE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Emptied.Refused(new Problem("", "TMB-RES-015 " + stored.id() + " is disabled, but not deleted: the command was interrupted. Delete it again."));
        }
        for (BlockAffinity affinity : affinities(store, pool.cidr())) {
            BlockOwner owner = new BlockOwner(affinity.type() == BlockAffinity.Type.HOST ? BlockOwner.Kind.HOST : BlockOwner.Kind.VIRTUAL, affinity.node());
            AffinityOutcome outcome = ipam.get().map(each -> each.releaseAffinity(owner, Optional.of(affinity.cidr()), false)).orElse(new AffinityOutcome(List.of(), List.of()));
            if (!outcome.refused().isEmpty()) {
                return new Emptied.Refused(new Problem("", "TMB-RES-015 " + stored.id() + " is disabled, but not deleted: the block " + affinity.cidr() + " of " + owner + " stays: "
                        + outcome.refused().getFirst().message()));
            }
        }
        return new Emptied.Ready(revision);
    }

    private static List<BlockAffinity> affinities(Datastore store, Prefix pool) {
        Kind kind = Kinds.named("BlockAffinity").orElseThrow();
        List<BlockAffinity> found = new ArrayList<>();
        for (String prefix : List.of(kind.prefix(), IpamTrees.VIRTUAL_PREFIX)) {
            for (KeyValue entry : store.list(KeyPrefix.of(prefix)).entries()) {
                if (entry.key().text().contains("/block/") && Stored.read(kind, entry).resource().spec() instanceof BlockAffinity affinity && pool.covers(affinity.cidr())) {
                    found.add(affinity);
                }
            }
        }
        return found;
    }
}
