package tombolo.ipam.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.Transaction;
import tombolo.api.ipam.AutoAssign.HostReservation;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.net.Prefix;
import tombolo.ipam.core.BlockTable.Versioned;

/**
 * One transaction in the making: what several wishes want to change, laid over what is known. Every key that is changed is written on the condition that it is
 * as it was when it was looked at, so that the whole happens as planned or not at all.
 *
 * <pre>
 *   BlockTable (known) ◄── block(), affinity(), handle() ── wishes ── put(), count(), claim() ──► writes()
 * </pre>
 *
 * A claim has two phases: its affinity is written as pending by itself ({@link #claims}), and confirmed in the same transaction that creates the block.
 */
public final class Working {
    /** Keys of one transaction, below {@link Transaction#MAX_OPERATIONS} by the writer's own key and some room. */
    static final int MAX_KEYS = 120;
    /** Of their content, below {@link Transaction#MAX_BYTES}. */
    static final int MAX_WEIGHT = 1 << 20;

    /** Reads what the table does not hold, or holds but might be behind with, and tells it to the table. */
    public interface Loader {
        Optional<Versioned<Block>> block(Prefix cidr);

        Optional<Versioned<Handle>> handle(String id);
    }

    /** One change. @param value what is stored, as text; empty: the key goes. @param expected mod revision; 0: the key is not there; {@link #CLAIMED}: as phase one wrote it */
    public record Write(Key key, long expected, Optional<String> value) { }

    /** The revision is that of phase one. */
    public static final long CLAIMED = -1;

    private static final class Cell<T> {
        final long revision;
        final boolean fresh;
        @Nullable T value;
        boolean changed;
        boolean claim;
        boolean cooled;

        Cell(@Nullable T value, long revision, boolean fresh) {
            this.value = value;
            this.revision = revision;
            this.fresh = fresh;
        }
    }

    private final BlockTable table;
    private final Loader loader;
    private final Instant now;
    private final long sequenceStart;
    private final Duration coolDown;
    private final Map<Prefix, Cell<Block>> blocks = new LinkedHashMap<>();
    private final Map<String, Cell<Handle>> handles = new LinkedHashMap<>();
    private final Map<Keys.AffinityKey, Cell<Affinity>> affinities = new LinkedHashMap<>();
    private final Set<Keys.AffinityKey> claimedHere = new LinkedHashSet<>();
    private final List<Runnable> undo = new ArrayList<>();
    private int changedKeys;
    private long weight;

    /** @param sequenceStart of blocks that are made: the time in nanoseconds */
    public Working(BlockTable table, Loader loader, Instant now, long sequenceStart, Duration coolDown) {
        this.table = table;
        this.loader = loader;
        this.now = now;
        this.sequenceStart = sequenceStart;
        this.coolDown = coolDown;
    }

    public Instant now() {
        return now;
    }

    public BlockTable table() {
        return table;
    }

    public Optional<Instant> coolFrom() {
        return coolDown.isZero() ? Optional.empty() : Optional.of(now);
    }

    // ---- what is there

    /** The block as it would be after what is planned; empty: there is none, as far as is known. */
    public Optional<Block> block(Prefix cidr) {
        return Optional.ofNullable(blockCell(cidr).value);
    }

    private Cell<Block> blockCell(Prefix cidr) {
        Cell<Block> cell = blocks.get(cidr);
        if (cell == null) {
            Optional<BlockTable.Summary> summary = table.summary(cidr);
            Optional<Block> whole = table.whole(cidr);
            if (summary.isEmpty()) {
                cell = new Cell<>(null, 0, false);
            } else if (whole.isPresent()) {
                cell = cooled(whole.get(), summary.get().revision(), false);
            } else {
                cell = loaded(cidr);
            }
            blocks.put(cidr, cell);
        }
        return cell;
    }

    private Cell<Block> loaded(Prefix cidr) {
        return loader.block(cidr).map(stored -> cooled(stored.value(), stored.revision(), true)).orElseGet(() -> new Cell<>(null, 0, true));
    }

    private Cell<Block> cooled(Block stored, long revision, boolean fresh) {
        Block block = stored.cooled(now, coolDown);
        Cell<Block> cell = new Cell<>(block, revision, fresh);
        cell.cooled = block != stored;
        return cell;
    }

    /** Plans to write a block of which addresses have cooled down. */
    public void settleCooled(Prefix cidr) {
        Cell<Block> cell = blockCell(cidr);
        if (cell.cooled && !cell.changed && cell.value != null) {
            if (cell.value.empty() && cell.value.affinity().isEmpty()) {
                delete(cidr);
            } else {
                put(cell.value);
            }
        }
    }

    /** The same, read from the store now unless a change of it is planned already: before a "no" is said. */
    public Optional<Block> freshBlock(Prefix cidr) {
        Cell<Block> cell = blockCell(cidr);
        if (!cell.fresh && !cell.changed) {
            cell = loaded(cidr);
            blocks.put(cidr, cell);
        }
        return Optional.ofNullable(cell.value);
    }

    /** Whether a block is there, or planned, or stored in a form that cannot be read. */
    public boolean exists(Prefix cidr) {
        Cell<Block> cell = blocks.get(cidr);
        return cell != null ? cell.value != null || table.broken().containsKey(cidr) : table.summary(cidr).isPresent() || table.broken().containsKey(cidr);
    }

    public Optional<Affinity> affinity(BlockOwner owner, Prefix cidr) {
        return Optional.ofNullable(affinityCell(owner, cidr).value);
    }

    private Cell<Affinity> affinityCell(BlockOwner owner, Prefix cidr) {
        return affinities.computeIfAbsent(new Keys.AffinityKey(owner, cidr), _ -> {
            Versioned<Affinity> known = table.affinities(owner).get(cidr);
            return known == null ? new Cell<>(null, 0, false) : new Cell<>(known.value(), known.revision(), false);
        });
    }

    /** Blocks of an owner that are claimed in this very transaction. */
    public List<Prefix> claimedHere(BlockOwner owner) {
        return claimedHere.stream().filter(key -> key.owner().equals(owner)).map(Keys.AffinityKey::cidr).toList();
    }

    /** A handle that is to count more: unknown is as good as none, since the write is conditional. */
    private Cell<Handle> handleCell(String id, boolean mustKnow) {
        Cell<Handle> cell = handles.get(id);
        if (cell == null) {
            Optional<Versioned<Handle>> known = table.handle(id).or(() -> mustKnow ? loader.handle(id) : Optional.empty());
            cell = known.map(stored -> new Cell<>(stored.value(), stored.revision(), false)).orElseGet(() -> new Cell<>(null, 0, false));
            handles.put(id, cell);
        }
        return cell;
    }

    // ---- what is changed

    /** Whether so many more changed keys, with content of such a size, still fit. */
    public boolean room(int keys, int bytes) {
        return changedKeys + keys <= MAX_KEYS && weight + bytes <= MAX_WEIGHT;
    }

    /** The block becomes this. */
    public void put(Block block) {
        Cell<Block> cell = blockCell(block.cidr);
        set(cell, block, block.weight() - (cell.changed && cell.value != null ? cell.value.weight() : 0));
    }

    public void delete(Prefix cidr) {
        set(blockCell(cidr), null, 0);
    }

    public void put(Affinity affinity) {
        set(affinityCell(affinity.owner(), affinity.block()), affinity, 0);
    }

    public void delete(BlockOwner owner, Prefix cidr) {
        set(affinityCell(owner, cidr), null, 0);
    }

    /** Counts addresses of a handle in a block: more or fewer. */
    public void count(String id, Prefix cidr, int more) {
        Cell<Handle> cell = handleCell(id, more < 0);
        Handle before = cell.value;
        if (before == null && more < 0) {
            return;
        }
        Handle after = (before == null ? Handle.none(id) : before).plus(cidr, more);
        set(cell, after.empty() ? null : after, 0);
    }

    /** Plans a new block for an owner. Two more keys. */
    public Block claim(BlockOwner owner, Prefix cidr, Optional<HostReservation> reserved) {
        Cell<Affinity> affinity = affinityCell(owner, cidr);
        boolean pending = affinity.value != null && affinity.value.state() == Affinity.State.PENDING;
        Affinity claim = affinity.value == null ? Affinity.pending(owner, cidr) : affinity.value;
        set(affinity, claim.with(Affinity.State.CONFIRMED), 0);
        if (!pending) {
            affinity.claim = true;
            undo.add(() -> affinity.claim = false);
        }
        Keys.AffinityKey key = new Keys.AffinityKey(owner, cidr);
        claimedHere.add(key);
        undo.add(() -> claimedHere.remove(key));
        Block block = Block.fresh(cidr, owner, now, sequenceStart, reserved);
        put(block);
        return block;
    }

    private <T> void set(Cell<T> cell, @Nullable T value, long more) {
        T before = cell.value;
        boolean changed = cell.changed;
        long heavy = weight;
        cell.value = value;
        cell.changed = true;
        changedKeys += changed ? 0 : 1;
        weight += more;
        undo.add(() -> {
            cell.value = before;
            cell.changed = changed;
            changedKeys -= changed ? 0 : 1;
            weight = heavy;
        });
    }

    /** A point to come back to. */
    public int mark() {
        return undo.size();
    }

    /** Forgets what was planned since. */
    public void undo(int mark) {
        while (undo.size() > mark) {
            undo.removeLast().run();
        }
    }

    // ---- the result

    public boolean changesNothing() {
        return changedKeys == 0;
    }

    /** Affinities that are to be written as pending before anything else, each with the revision that it has now. */
    public Map<Affinity, Long> claims() {
        Map<Affinity, Long> claims = new LinkedHashMap<>();
        affinities.forEach((_, cell) -> {
            if (cell.changed && cell.claim && cell.value != null) {
                claims.put(cell.value.with(Affinity.State.PENDING), cell.revision);
            }
        });
        return claims;
    }

    public List<Write> writes() {
        List<Write> writes = new ArrayList<>(changedKeys);
        // handles first, as Calico counts them before the block is written; here all of it happens at once
        handles.forEach((id, cell) -> {
            if (cell.changed && !(cell.value == null && cell.revision == 0)) {
                writes.add(new Write(Keys.handle(id), cell.revision, Optional.ofNullable(cell.value).map(Handle::text)));
            }
        });
        blocks.forEach((cidr, cell) -> {
            if (cell.changed && !(cell.value == null && cell.revision == 0)) {
                writes.add(new Write(Keys.block(cidr), cell.revision, Optional.ofNullable(cell.value).map(block -> BlockJson.text(block.next()))));
            }
        });
        affinities.forEach((key, cell) -> {
            if (cell.changed && !(cell.value == null && cell.revision == 0)) {
                writes.add(new Write(Keys.affinity(key.owner(), key.cidr()), cell.claim ? CLAIMED : cell.revision, Optional.ofNullable(cell.value).map(Affinity::text)));
            }
        });
        return writes;
    }

    /** Tells the table what was written. */
    public void written(long revision) {
        handles.forEach((id, cell) -> {
            if (cell.changed && cell.value != null) {
                table.put(cell.value, revision);
            } else if (cell.changed) {
                table.dropHandle(id);
            }
        });
        affinities.forEach((key, cell) -> {
            if (cell.changed && cell.value != null) {
                table.put(cell.value, revision);
            } else if (cell.changed) {
                table.dropAffinity(key.owner(), key.cidr(), revision);
            }
        });
        blocks.forEach((cidr, cell) -> {
            if (cell.changed && cell.value != null) {
                table.put(cell.value.next(), revision, true);
            } else if (cell.changed) {
                table.dropBlock(cidr, revision);
            }
        });
    }
}
