package tombolo.ipam.core;

import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * What is stored, as far as it is known: fed by our own writes and by a watch, in any order, and never older than it was. Being behind is harmless, since every
 * write compares revisions. All blocks are here as summaries of some ten words (40,000 for 10,000 nodes); whole blocks and handles only as many as are in use here.
 *
 * <p>One writer at a time; the adapter holds a lock around it.
 */
public final class BlockTable {
    /** Whole blocks kept: 4,096 of 64 addresses are about 60 MB at the very most, and twice the blocks of a node that holds 100,000 addresses. */
    private static final int MAX_WHOLE = 4096;
    /** Handles kept, about 200 bytes each; others are read when they are released. */
    private static final int MAX_HANDLES = 1 << 16;

    /** What there is and at which revision it was written. */
    public record Versioned<T>(T value, long revision) { }

    /**
     * A block in a few words.
     *
     * @param owner    as far as its affinity can be read
     * @param free     addresses in its list of free ones
     * @param cooling  addresses that may be free later without anybody's doing
     * @param revision of its last write
     */
    public record Summary(Optional<BlockOwner> owner, int free, int cooling, boolean empty, Optional<Instant> claimed, long sequenceNumber, long revision) { }

    private static final class Owned {
        final NavigableMap<Prefix, Versioned<Affinity>> affinities = new TreeMap<>();
        /** Blocks that belong to the owner by their own word and have, or may soon have, a free address. */
        final NavigableSet<Prefix> roomy = new TreeSet<>();
        /** Claims that are not confirmed, or whose block is missing or another's: somebody has to finish them or take them back. */
        final NavigableSet<Prefix> unsettled = new TreeSet<>();
    }

    private final NavigableMap<Prefix, Summary> blocks = new TreeMap<>();
    private final Map<Prefix, Block> whole = lru(MAX_WHOLE);
    private final Map<String, Versioned<Handle>> handles = lru(MAX_HANDLES);
    private final Map<BlockOwner, Owned> owners = new HashMap<>();
    /** Revisions of deletions that a late message from before could contradict. */
    private final Map<Prefix, Long> goneBlocks = new HashMap<>();
    private final Map<Keys.AffinityKey, Long> goneAffinities = new HashMap<>();
    /** Blocks whose stored form cannot be read: not ours to use, and not free either. */
    private final Map<Prefix, String> broken = new TreeMap<>();
    /** How many blocks from the start of an owner's walk through a pool exist, all of them: until one is deleted. */
    private final Map<Walk, Long> passed = new HashMap<>();
    private long reached;

    private record Walk(Prefix pool, BlockOwner owner) { }

    private static <K, V> Map<K, V> lru(int size) {
        return new LinkedHashMap<>(256, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > size;
            }
        };
    }

    // ---- what is told

    /** A block as of a revision. @param keep whether it is likely to be needed whole */
    public void put(Block block, long revision, boolean keep) {
        Summary known = blocks.get(block.cidr);
        if (keep && known != null && known.revision() == revision) {
            // the watch was faster than the answer to the write
            whole.put(block.cidr, block);
        }
        Optional<BlockOwner> owner = block.affinity.flatMap(BlockOwner::parse);
        Summary summary = new Summary(owner, block.unallocated.length, block.cooling(), block.empty(), block.claimed, block.sequenceNumber, revision);
        if (put(block.cidr, summary) && keep) {
            whole.put(block.cidr, block);
        }
    }

    /** A block in a few words. False: something newer is known. */
    public boolean put(Prefix cidr, Summary summary) {
        Summary known = blocks.get(cidr);
        if (known != null && known.revision() >= summary.revision() || goneBlocks.getOrDefault(cidr, 0L) >= summary.revision()) {
            return false;
        }
        goneBlocks.remove(cidr);
        broken.remove(cidr);
        forget(cidr, known);
        blocks.put(cidr, summary);
        summary.owner().ifPresent(owner -> {
            Owned owned = owners.computeIfAbsent(owner, _ -> new Owned());
            if (summary.free() > 0 || summary.cooling() > 0) {
                owned.roomy.add(cidr);
            }
            settle(owner, cidr);
        });
        if (known != null && !known.owner().equals(summary.owner())) {
            known.owner().ifPresent(owner -> settle(owner, cidr));
        }
        return true;
    }

    public void dropBlock(Prefix cidr, long revision) {
        Summary known = blocks.get(cidr);
        if (known != null && known.revision() >= revision) {
            return;
        }
        forget(cidr, known);
        blocks.remove(cidr);
        broken.remove(cidr);
        passed.clear();
        gone(goneBlocks, cidr, revision);
        if (known != null) {
            known.owner().ifPresent(owner -> settle(owner, cidr));
        }
    }

    /** A block that is stored, but not as a block. */
    public void breaks(Prefix cidr, String why) {
        Summary known = blocks.remove(cidr);
        forget(cidr, known);
        passed.clear();
        broken.put(cidr, why);
        if (known != null) {
            known.owner().ifPresent(owner -> settle(owner, cidr));
        }
    }

    private void forget(Prefix cidr, @Nullable Summary known) {
        whole.remove(cidr);
        Owned owned = known == null ? null : known.owner().map(owners::get).orElse(null);
        if (owned != null) {
            owned.roomy.remove(cidr);
        }
    }

    private void settle(BlockOwner owner, Prefix cidr) {
        Owned owned = owners.get(owner);
        if (owned == null) {
            return;
        }
        Versioned<Affinity> affinity = owned.affinities.get(cidr);
        Summary block = blocks.get(cidr);
        if (affinity != null && (affinity.value().state() != Affinity.State.CONFIRMED || block == null || !block.owner().equals(Optional.of(owner)))) {
            owned.unsettled.add(cidr);
        } else {
            owned.unsettled.remove(cidr);
        }
    }

    public void put(Affinity affinity, long revision) {
        Keys.AffinityKey key = new Keys.AffinityKey(affinity.owner(), affinity.block());
        Owned owned = owners.computeIfAbsent(affinity.owner(), _ -> new Owned());
        Versioned<Affinity> known = owned.affinities.get(affinity.block());
        if (known != null && known.revision() >= revision || goneAffinities.getOrDefault(key, 0L) >= revision) {
            return;
        }
        goneAffinities.remove(key);
        owned.affinities.put(affinity.block(), new Versioned<>(affinity, revision));
        settle(affinity.owner(), affinity.block());
    }

    public void dropAffinity(BlockOwner owner, Prefix cidr, long revision) {
        Owned owned = owners.get(owner);
        Versioned<Affinity> known = owned == null ? null : owned.affinities.get(cidr);
        if (known != null && known.revision() >= revision) {
            return;
        }
        if (owned != null) {
            owned.affinities.remove(cidr);
            owned.unsettled.remove(cidr);
        }
        gone(goneAffinities, new Keys.AffinityKey(owner, cidr), revision);
    }

    public void put(Handle handle, long revision) {
        Versioned<Handle> known = handles.get(handle.id());
        if (known == null || known.revision() < revision) {
            handles.put(handle.id(), new Versioned<>(handle, revision));
        }
    }

    public void dropHandle(String id) {
        handles.remove(id);
    }

    /** The watch has told everything up to that revision: no message from before comes any more. */
    public void reached(long revision) {
        reached = Math.max(reached, revision);
        goneBlocks.values().removeIf(gone -> gone <= reached);
        goneAffinities.values().removeIf(gone -> gone <= reached);
    }

    private <K> void gone(Map<K, Long> map, K key, long revision) {
        if (revision > reached) {
            map.merge(key, revision, Math::max);
        }
    }

    // ---- what is asked

    public Optional<Summary> summary(Prefix cidr) {
        return Optional.ofNullable(blocks.get(cidr));
    }

    /** The whole block where it is at hand. */
    public Optional<Block> whole(Prefix cidr) {
        return Optional.ofNullable(whole.get(cidr));
    }

    public Optional<Versioned<Handle>> handle(String id) {
        return Optional.ofNullable(handles.get(id));
    }

    /** Affinities of an owner, by block; a view that must not outlive the lock. */
    public NavigableMap<Prefix, Versioned<Affinity>> affinities(BlockOwner owner) {
        Owned owned = owners.get(owner);
        return owned == null ? Collections.emptyNavigableMap() : Collections.unmodifiableNavigableMap(owned.affinities);
    }

    /** The next block, in order, of which the owner may take an address: one that may have room, or a claim to be settled first. */
    public Optional<Prefix> candidate(BlockOwner owner, AddressFamily family, Prefix after) {
        Owned owned = owners.get(owner);
        if (owned == null) {
            return Optional.empty();
        }
        Prefix roomy = owned.roomy.higher(after);
        Prefix unsettled = owned.unsettled.higher(after);
        Prefix next = roomy == null || unsettled != null && unsettled.compareTo(roomy) < 0 ? unsettled : roomy;
        return Optional.ofNullable(next).filter(cidr -> cidr.family() == family);
    }

    /** Where the walk of an owner through a pool need not look any more. */
    public long passed(Prefix pool, BlockOwner owner) {
        return passed.getOrDefault(new Walk(pool, owner), 0L);
    }

    public void passed(Prefix pool, BlockOwner owner, long blocks) {
        passed.put(new Walk(pool, owner), blocks);
    }

    /** Why a stored block cannot be read, by block. */
    public Map<Prefix, String> broken() {
        return Collections.unmodifiableMap(broken);
    }

    /** Blocks of one size within a pool and their summaries, in order. */
    public NavigableMap<Prefix, Summary> within(Prefix pool) {
        Prefix last = new Prefix(last(pool), pool.family().bits());
        return Collections.unmodifiableNavigableMap(blocks.subMap(pool, true, last, true));
    }

    /** The block that an address is in; empty: none that exists. */
    public Optional<Prefix> blockOf(IpAddress address) {
        Prefix at = blocks.floorKey(Prefix.host(address));
        return at != null && at.contains(address) ? Optional.of(at) : Optional.empty();
    }

    /**
     * Single addresses whose attributes name the node in blocks of others. Only of blocks that are here whole: those that this process took an address from, or
     * released one to. A node that starts anew looks for the rest itself.
     */
    public Set<Prefix> borrowed(BlockOwner owner) {
        Set<Prefix> borrowed = new TreeSet<>();
        if (owner.kind() == BlockOwner.Kind.HOST) {
            for (Block block : whole.values()) {
                if (!block.belongsTo(owner)) {
                    block.held().stream().filter(held -> owner.name().equals(held.attributes().get("node"))).forEach(held -> borrowed.add(Prefix.host(held.address())));
                }
            }
        }
        return borrowed;
    }

    public NavigableMap<Prefix, Summary> blocks() {
        return Collections.unmodifiableNavigableMap(blocks);
    }

    public List<BlockOwner> owners() {
        return List.copyOf(owners.keySet());
    }

    public long reached() {
        return reached;
    }

    private static IpAddress last(Prefix pool) {
        int host = pool.family().bits() - pool.length();
        long lo = pool.address().lo() | (host >= 64 ? -1 : (1L << host) - 1);
        long hi = pool.address().hi() | (host <= 64 ? 0 : host == 128 ? -1 : (1L << host - 64) - 1);
        return new IpAddress(pool.family(), hi, lo);
    }
}
