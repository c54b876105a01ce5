package tombolo.bgp.core.rib;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.bgp.core.wire.AttributeTable;
import tombolo.runtime.StateKeeper.Region;

/**
 * Adj-RIB-In and Loc-RIB of one family, and the groups that hold its Adj-RIB-Out.
 *
 * <pre>
 * announce, withdraw ─► chain of paths of the prefix ─► import policy ─► BestPath ─┬► want: next-hop set for the kernel ─► feedDirty
 *                                                                                 └► dirty set of each update group
 * </pre>
 *
 * Invariants: a path holds one reference on its received and one on its accepted attribute set; {@code best} is what {@link BestPath} answers for the chain
 * after every public call, except for prefixes that a running job has not reached; a prefix id is given back only when no table and no reader refers to it.
 */
final class FamilyRib {
    final AddressFamily family;
    final PrefixTable prefixes;
    final PathTable paths;
    final AttributeTable attributes;
    final Peers peers;
    final Options options;
    final NextHopSets sets;
    final BestPath bestPath;
    final List<UpdateGroup> groups = new ArrayList<>();
    /** Behind a swap: what the former groups told, until their members have joined groups again. */
    final List<FormerGroup> formerGroups = new ArrayList<>();
    /** Prefixes whose kernel route has changed and was not handed to the feed yet. */
    final DirtySet feedDirty = new DirtySet();
    /** Prefixes without a path, whose id may be given back once nobody refers to it. */
    final DirtySet empty = new DirtySet();
    /** Behind our own restart no peer is told End-of-RIB before the others have told theirs and the selection is made (RFC 4724 §4.1). */
    private boolean endOfRibHeld;
    /** Behind our own restart prefixes without a best path get none before the others have told theirs (RFC 4724 §4.1). */
    private boolean selectionHeld;
    private final ImportPolicy importPolicy;
    private final IntColumn first;
    private final IntColumn best;
    private final ShortColumn want = new ShortColumn();
    private int[] together = new int[1];
    private int wanted;
    private int recycleFrom;

    FamilyRib(AddressFamily family, AttributeTable attributes, NextHops nextHops, NextHopSets sets, Peers peers, Options options, ImportPolicy importPolicy, long secret,
              Optional<Region> adopted) {
        this.family = family;
        this.attributes = attributes;
        this.sets = sets;
        this.peers = peers;
        this.options = options;
        this.importPolicy = importPolicy;
        if (adopted.isPresent()) {
            Map<String, Long> scalars = adopted.get().scalars();
            Map<String, Object> tables = adopted.get().tables();
            String name = family + ".";
            this.prefixes = new PrefixTable(family, name + "prefix.", scalars, tables);
            this.paths = new PathTable(name + "path.", scalars, tables);
            this.first = new IntColumn((int[][]) Handover.table(tables, name + "first"));
            this.best = new IntColumn((int[][]) Handover.table(tables, name + "best"));
            this.formerGroups.addAll(FormerGroup.adopt(name, scalars, tables));
            empty.addRange(1, prefixes.highest() + 1);
        } else {
            this.prefixes = new PrefixTable(family, secret);
            this.paths = new PathTable();
            this.first = new IntColumn();
            this.best = new IntColumn();
        }
        this.bestPath = new BestPath(family, paths, attributes, nextHops, peers, options);
    }

    void holdEndOfRib() {
        endOfRibHeld = true;
    }

    /**
     * Defers route selection (RFC 4724 §4.1). Tables of a former bundle are selected already and stay so; on a fresh start only what the node originates
     * itself was decided before this was known, and it is no more selected than the rest.
     */
    void holdSelection() {
        selectionHeld = true;
        if (groups.isEmpty() && formerGroups.isEmpty()) {
            for (int prefix = 1; prefix <= prefixes.highest(); prefix++) {
                int before = best.get(prefix);
                if (before != 0 && paths.peer(before) == Peer.LOCAL) {
                    peers.local().family(family).best--;
                    best.set(prefix, 0);
                }
            }
        }
    }

    boolean selectionHeld() {
        return selectionHeld;
    }

    /** From here on prefixes are decided; the caller sees to it that all are. */
    void releaseSelection() {
        selectionHeld = false;
    }

    boolean endOfRibHeld() {
        return endOfRibHeld;
    }

    /** What was learned up to now is told first. */
    void releaseEndOfRib() {
        endOfRibHeld = false;
        groups.forEach(UpdateGroup::completeAgain);
    }

    int first(int prefix) {
        return first.get(prefix);
    }

    /** The best path, 0 where there is none. */
    int best(int prefix) {
        return best.get(prefix);
    }

    /** The next-hop set that the kernel should use, {@link NextHopSets#NONE} where it should have no route of ours. */
    int want(int prefix) {
        return want.get(prefix);
    }

    /** Routes wanted in the kernel. */
    int wanted() {
        return wanted;
    }

    /** A route of a peer; the caller keeps its reference on the attribute set. */
    void announce(Peer peer, long hi, long lo, int length, int attributeId, int nowSeconds) {
        int prefix = prefixes.intern(hi, lo, length);
        PeerFamily share = peer.family(family);
        int head = first.get(prefix);
        int path = find(head, peer.index);
        if (path == 0) {
            path = paths.allocate(peer.index, head, nowSeconds);
            first.set(prefix, path);
            share.received++;
        } else {
            boolean current = (paths.flags(path) & PathTable.EPOCH_MASK) == share.epoch;
            if (!current) {
                share.stale--;
            }
            if (paths.received(path) == attributeId) {
                if (!current) {
                    paths.flags(path, paths.flags(path) & ~PathTable.EPOCH_MASK | share.epoch);
                    // no longer stale, which is a step of the decision; and the import policy may have changed while the peer was away
                    reevaluate(peer, share, prefix, path, true);
                }
                return;
            }
            paths.learned(path, nowSeconds);
            attributes.release(paths.received(path));
        }
        attributes.retain(attributeId);
        paths.received(path, attributeId);
        paths.flags(path, share.epoch);
        evaluate(peer, share, prefix, path);
        decide(prefix, path);
    }

    void withdraw(Peer peer, long hi, long lo, int length) {
        int prefix = prefixes.find(hi, lo, length);
        if (prefix == 0) {
            return;
        }
        int before = 0;
        for (int path = first.get(prefix); path != 0; before = path, path = paths.next(path)) {
            if (paths.peer(path) == peer.index) {
                remove(peer, prefix, before, path);
                decide(prefix, 0);
                return;
            }
        }
    }

    private void remove(Peer peer, int prefix, int before, int path) {
        PeerFamily share = peer.family(family);
        share.received--;
        if ((paths.flags(path) & PathTable.EPOCH_MASK) != share.epoch) {
            share.stale--;
        }
        if (paths.accepted(path) != 0) {
            share.accepted--;
            attributes.release(paths.accepted(path));
        }
        attributes.release(paths.received(path));
        if (before == 0) {
            first.set(prefix, paths.next(path));
        } else {
            paths.next(before, paths.next(path));
        }
        paths.free(path);
        if (first.get(prefix) == 0) {
            empty.add(prefix);
        }
    }

    /** Runs the import policy over what was received. */
    private void evaluate(Peer peer, PeerFamily share, int prefix, int path) {
        int before = paths.accepted(path);
        int verdict = importPolicy.evaluate(peer, family, prefixes.hi(prefix), prefixes.lo(prefix), prefixes.length(prefix), paths.received(path));
        paths.flags(path, paths.flags(path) & ~(PathTable.LOOP | PathTable.FILTERED) | importPolicy.flags());
        paths.accepted(path, verdict);
        share.accepted += (verdict != 0 ? 1 : 0) - (before != 0 ? 1 : 0);
        if (before != 0) {
            attributes.release(before);
        }
    }

    int find(int head, int peerIndex) {
        int path = head;
        while (path != 0 && paths.peer(path) != peerIndex) {
            path = paths.next(path);
        }
        return path;
    }

    /**
     * Decides a prefix again and marks what follows from it.
     *
     * @param touched the path whose attributes have just changed, 0 for none
     */
    void decide(int prefix, int touched) {
        int head = first.get(prefix);
        int before = best.get(prefix);
        if (selectionHeld && before == 0) {
            if (touched != 0) {
                bestPath.usable(touched); // so that its next hop is looked up meanwhile: when the selection is made the answer is there
            }
            return;
        }
        int now = bestPath.best(head);
        if (now != before) {
            if (before != 0) {
                peers.at(paths.peer(before)).family(family).best--; // a freed path keeps its peer until it is given out again
            }
            if (now != 0) {
                peers.at(paths.peer(now)).family(family).best++;
            }
            best.set(prefix, now);
        }
        if (now != before || now != 0 && now == touched) {
            for (int i = 0; i < groups.size(); i++) {
                groups.get(i).dirty.add(prefix);
            }
        }
        want(prefix, head, now);
    }

    private void want(int prefix, int head, int now) {
        int set = NextHopSets.NONE;
        if (now != 0 && paths.peer(now) != Peer.LOCAL) {
            int limit = Math.max(options.multipathEbgp(), options.multipathIbgp());
            set = limit == 1 || paths.next(head) == 0 ? sets.single(member(now)) : sets.id(members(head, limit));
        }
        int before = want.get(prefix);
        if (set != before) {
            if (before != NextHopSets.NONE) {
                sets.release(before);
                wanted--;
            }
            if (set != NextHopSets.NONE) {
                sets.use(set);
                wanted++;
            }
            want.set(prefix, set);
            feedDirty.add(prefix);
        }
    }

    private List<Long> members(int head, int limit) {
        if (together.length != limit) {
            together = new int[limit];
        }
        int count = bestPath.multipath(head, together);
        List<Long> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long member = member(together[i]);
            if (!members.contains(member)) {
                members.add(member);
            }
        }
        members.sort(null); // one set whichever of its members is best
        return members;
    }

    private long member(int path) {
        int nextHop = attributes.nextHop(paths.accepted(path));
        return NextHopSets.member(nextHop, paths.peer(path), attributes.nextHops().address(nextHop).isLinkLocal());
    }

    /** Whether the path is used in the kernel beside or as the best one. */
    boolean isUsed(int prefix, int path) {
        int limit = Math.max(options.multipathEbgp(), options.multipathIbgp());
        int[] used = new int[Math.max(1, limit)];
        int count = bestPath.multipath(first.get(prefix), used);
        for (int i = 0; i < count; i++) {
            if (used[i] == path) {
                return true;
            }
        }
        return false;
    }

    // ---- jobs: pieces of walks over the table, from one prefix id to another ----

    /** Removes the peer's paths of former epochs. */
    void purge(Peer peer, int from, int to) {
        int epoch = peer.family(family).epoch;
        for (int prefix = from; prefix < to; prefix++) {
            int before = 0;
            for (int path = first.get(prefix); path != 0; before = path, path = paths.next(path)) {
                if (paths.peer(path) == peer.index) {
                    if ((paths.flags(path) & PathTable.EPOCH_MASK) != epoch) {
                        remove(peer, prefix, before, path);
                        decide(prefix, 0);
                    }
                    break; // one path a peer
                }
            }
        }
    }

    /** Runs the peer's import policy again over what it sent. */
    void reimport(Peer peer, int from, int to) {
        importPolicy.begin();
        PeerFamily share = peer.family(family);
        for (int prefix = from; prefix < to; prefix++) {
            int path = find(first.get(prefix), peer.index);
            if (path != 0) {
                reevaluate(peer, share, prefix, path, false);
            }
        }
    }

    /** Runs the import policy again over what was received before. @param decide decide the prefix again even where the answer is the same */
    private void reevaluate(Peer peer, PeerFamily share, int prefix, int path, boolean decide) {
        int before = paths.accepted(path);
        if (before != 0) {
            attributes.retain(before); // so that the same number means the same set
        }
        evaluate(peer, share, prefix, path);
        boolean changed = paths.accepted(path) != before;
        if (changed || decide) {
            decide(prefix, changed ? path : 0);
        }
        if (before != 0) {
            attributes.release(before);
        }
    }

    /** Decides again where a path has one of the next hops. */
    void redecide(java.util.BitSet nextHopNumbers, int from, int to) {
        for (int prefix = from; prefix < to; prefix++) {
            for (int path = first.get(prefix); path != 0; path = paths.next(path)) {
                if (paths.accepted(path) != 0 && nextHopNumbers.get(attributes.nextHop(paths.accepted(path)))) {
                    decide(prefix, 0);
                    break;
                }
            }
        }
    }

    void redecideAll(int from, int to) {
        for (int prefix = from; prefix < to; prefix++) {
            if (first.get(prefix) != 0) {
                decide(prefix, 0);
            }
        }
    }

    /** Marks every kernel route to be handed over again: the feed is new. */
    void refeed() {
        for (int prefix = 1; prefix <= prefixes.highest(); prefix++) {
            if (want.get(prefix) != NextHopSets.NONE) {
                feedDirty.add(prefix);
            }
        }
    }

    /**
     * Gives back ids of prefixes that nothing refers to any more; looks at no more than {@code limit} of them.
     *
     * @return whether a part of this round is left
     */
    boolean recycle(int limit) {
        int prefix = empty.next(recycleFrom);
        for (int seen = 0; prefix >= 0 && seen < limit; seen++, prefix = empty.next(prefix + 1)) {
            if (first.get(prefix) != 0 || !prefixes.isUsed(prefix)) {
                empty.remove(prefix);
            } else if (!feedDirty.contains(prefix) && isDone(prefix)) {
                empty.remove(prefix);
                prefixes.remove(prefix);
            }
        }
        recycleFrom = Math.max(prefix, 0);
        return prefix >= 0;
    }

    /** The number of a prefix without a path comes back as soon as nobody refers to it. */
    void mayBeEmpty(int prefix) {
        if (first.get(prefix) == 0) {
            empty.add(prefix);
        }
    }

    /** Puts the tables into a region; not to be used afterwards. */
    void export(String name, Map<String, Long> scalars, Map<String, Object> tables) {
        prefixes.export(name + "prefix.", scalars, tables);
        paths.export(name + "path.", scalars, tables);
        tables.put(name + "first", first.pages());
        tables.put(name + "best", best.pages());
        FormerGroup.export(name, groups, scalars, tables);
    }

    /** The former groups' references of which nobody took over are given back. */
    void dropFormerGroups() {
        for (FormerGroup former : formerGroups) {
            for (int prefix = 1; prefix <= prefixes.highest(); prefix++) {
                if (former.sent().get(prefix) != 0) {
                    attributes.release(former.sent().get(prefix));
                }
            }
        }
        formerGroups.clear();
    }

    private boolean isDone(int prefix) {
        for (int i = 0; i < groups.size(); i++) {
            if (!groups.get(i).isDone(prefix)) {
                return false;
            }
        }
        return true;
    }

    long bytes() {
        long sum = prefixes.bytes() + paths.bytes() + first.bytes() + best.bytes() + want.bytes() + feedDirty.bytes() + empty.bytes();
        for (UpdateGroup group : groups) {
            sum += group.bytes();
        }
        return sum;
    }
}
