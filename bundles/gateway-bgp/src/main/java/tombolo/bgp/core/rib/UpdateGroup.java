package tombolo.bgp.core.rib;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tombolo.bgp.core.wire.AttributeTable;

/**
 * Peers that are told the same of one family: one Adj-RIB-Out, encoded once.
 *
 * <pre>
 * dirty ─► export policy ─► differs from sent? ─► Chunk (encoded, shared) ─► ring ─► member cursor ─► session
 *                                       └► dirty set of each member that is behind ─► encoded for it alone, from sent
 * </pre>
 *
 * A member is <em>in step</em> (it reads the ring) or <em>behind</em> (it has a dirty set of its own: it is new, was asked to refresh, or fell off the
 * ring). When its set is empty it is in step again. A slow member therefore costs one bit a prefix and never a queue: what it is told is the state
 * then, not the history. The ring pauses while full, except when some member has read all of it: then those that hold the oldest chunk fall behind.
 *
 * <p>Split horizon: a member is never told a path that came from it. {@link AdjRibOut} remembers whose path was sent, so the chunk is cut into parts for all
 * members, for all but one, and for one. In the same way a member whose own address is the next hop of a set is told that set with our address instead
 * (RFC 4271 §5.1.3): {@code sent} holds the set of all the others, and the one for it is made when it is told.
 */
final class UpdateGroup {
    /** Prefixes encoded together: large enough that those of one attribute set meet. Fits 14 bits. */
    private static final int BATCH = 8192;
    /** Of these so many are looked at, or written, before the turn's time is looked at. */
    private static final int PIECE = 512;
    /** Encoded octets that wait for the slowest member in step; one member alone holds up nobody, so little is kept for it. */
    private static final long RING_SHARED = 8 << 20;
    private static final long RING_ALONE = 512 << 10;

    private static final int[] NO_ROWS = {};

    final ExportPolicy policy;
    final DirtySet dirty = new DirtySet();
    final List<GroupMember> members = new ArrayList<>();
    private final FamilyRib rib;
    private final AttributeTable attributes;
    private final ChunkWriter writer;
    /** For what one member alone is told, which may be while the other one is at work. */
    private final ChunkWriter alone;
    private final AdjRibOut sent;
    private final ChunkRing ring = new ChunkRing();
    private boolean complete;
    private long nextNanos = Long.MIN_VALUE;
    /** The batch at work: taken out of {@link #dirty}, looked at up to {@link #evaluated}; the first {@link #changed} of them are rows of the writer. */
    private final int[] batch = new int[BATCH];
    private int taken;
    private int evaluated;
    private int changed;
    private int[] rows = NO_ROWS;
    private int nextMember;
    private long askedHi;
    private long askedLo;
    private int askedMember;
    /** Of a group with a limit: between what the policy says and what is told. */
    private final @Nullable ExportChoice choice;

    UpdateGroup(FamilyRib rib, ExportPolicy policy) {
        this.rib = rib;
        this.attributes = rib.attributes;
        this.policy = policy;
        this.sent = new AdjRibOut(attributes);
        this.writer = new ChunkWriter(rib, policy, BATCH);
        this.alone = new ChunkWriter(rib, policy, PIECE);
        this.choice = policy.key().limit().map(limit -> new ExportChoice(rib, limit)).orElse(null);
        dirty.addRange(1, rib.prefixes.highest() + 1);
        policy.originatedPrefix().ifPresent(prefix -> dirty.add(rib.prefixes.intern(prefix.address().hi(), prefix.address().lo(), prefix.length())));
    }

    /** What the group was told of a prefix, 0: nothing. */
    int sent(int prefix) {
        return sent.set(prefix);
    }

    /** The index of the peer whose path was sent. */
    int source(int prefix) {
        return sent.source(prefix);
    }

    /** Routes in the member's Adj-RIB-Out. */
    int advertised(Peer member) {
        return sent.count(member);
    }

    boolean holds(Peer member, int prefix) {
        return sent.set(prefix) != 0 && sent.source(prefix) != member.index;
    }

    void join(Peer peer) {
        add(new GroupMember(this, rib, peer)).catchUp(true);
    }

    /**
     * Goes on where a group of the former bundle stopped: what that one told counts as told by this one. Only for a group without members.
     *
     * @return false where this group has told something already
     */
    boolean resume(FormerGroup former) {
        if (!sent.isEmpty() || !members.isEmpty()) {
            return false;
        }
        sent.resume(former, rib.prefixes.highest());
        return true;
    }

    /** A peer whose session lasted through a swap, and that was told what the former group told. */
    void rejoin(Peer peer, FormerGroup former, boolean resumed) {
        add(new GroupMember(this, rib, peer)).resume(former, former.place(peer.index), resumed);
    }

    void export(String name, Map<String, Object> tables) {
        finish();
        int[] indexes = new int[members.size()];
        long[][] unsure = new long[members.size()][];
        int[] due = new int[members.size()];
        for (int i = 0; i < indexes.length; i++) {
            GroupMember member = members.get(i);
            indexes[i] = member.peer.index;
            unsure[i] = member.unsure().words();
            due[i] = member.due();
        }
        if (choice != null) {
            choice.close();
        }
        sent.export(name, tables);
        tables.putAll(Map.of(name + "members", indexes, name + "unsure", unsure, name + "due", due));
        policy.close();
    }

    /** Begins with what another group has told, as if told by this one; for a group that has told nothing yet. */
    void inherit(UpdateGroup from) {
        from.finish();
        sent.inherit(from.sent, rib.prefixes.highest());
    }

    /**
     * Takes a member over from another group.
     *
     * @param inherited this group began with that one's table: the differences are enough. Else the member is told everything, and what it was told beyond that
     *                  is withdrawn
     */
    void adopt(GroupMember former, UpdateGroup from, boolean inherited) {
        from.finish(); // or what is at work there would be in neither its table nor its ring
        add(new GroupMember(this, rib, former.peer)).takeOver(former, from, inherited);
    }

    private GroupMember add(GroupMember member) {
        finish(); // what is at work is for those who were here when it was begun
        members.add(member);
        forgetNextHopMember();
        return member;
    }

    void unblock(Peer peer) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).peer == peer) {
                members.get(i).unblock();
            }
        }
    }

    void leave(Peer peer) {
        members.removeIf(member -> member.peer == peer);
        forgetNextHopMember();
        trim();
    }

    GroupMember member(Peer peer) {
        return members.stream().filter(candidate -> candidate.peer == peer).findFirst().orElseThrow();
    }

    boolean has(Peer peer) {
        return members.stream().anyMatch(member -> member.peer == peer);
    }

    /** Decides again what to send of every prefix. */
    void reevaluate() {
        dirty.addRange(1, rib.prefixes.highest() + 1);
    }

    /** The group is told everything there was when it was made. */
    boolean isComplete() {
        return complete;
    }

    /** From here on it is complete once what waits now has been encoded. */
    void completeAgain() {
        complete = false;
        nextNanos = Long.MIN_VALUE;
    }

    ChunkWriter writer() {
        return alone;
    }

    /** A batch is begun and not handed over. */
    boolean isAtWork() {
        return taken > 0;
    }

    ChunkRing ring() {
        return ring;
    }

    /**
     * Goes on with one batch and hands over what the members take.
     *
     * @return whether there is more that could be done now
     */
    boolean work(long nowNanos, Turn turn) {
        if (choice != null && !isAtWork() && nowNanos >= nextNanos && choose(choice, nowNanos, turn)) {
            return true;
        }
        DirtySet waiting = waiting();
        if (!isAtWork() && !waiting.isEmpty() && nowNanos >= nextNanos) {
            makeRoom();
            if (ring.octets() < ringLimit()) {
                taken = waiting.take(batch);
                writer.begin(taken);
            }
        }
        while (isAtWork()) {
            piece();
            if (!isAtWork() && isIdle() && policy.intervalNanos() > 0 && complete) {
                nextNanos = nowNanos + policy.intervalNanos();
            }
            if (turn.isOver()) {
                return true;
            }
        }
        if (isIdle()) {
            complete = true;
        }
        boolean more = tell(turn);
        trim();
        return more || !waiting().isEmpty() && nowNanos >= nextNanos && ring.octets() < ringLimit();
    }

    /** The prefixes that are to be told next. */
    private DirtySet waiting() {
        return choice == null ? dirty : choice.next();
    }

    private boolean isIdle() {
        return dirty.isEmpty() && (choice == null || choice.isIdle());
    }

    /** Asks the policy about what has changed, and then chooses. @return whether the turn ended before */
    private boolean choose(ExportChoice among, long nowNanos, Turn turn) {
        while (!dirty.isEmpty()) {
            for (int i = 0; i < PIECE && !dirty.isEmpty(); i++) {
                int prefix = dirty.next(0);
                dirty.remove(prefix);
                int set = policy.export(prefix, rib);
                among.want(prefix, set, set == 0 ? 0 : policy.source());
            }
            if (turn.isOver()) {
                return true;
            }
        }
        if (among.isStale() && nowNanos >= among.nextNanos() && !rib.selectionHeld()) {
            among.choose(nowNanos, this);
            String news = among.news();
            if (!news.isEmpty()) {
                policy.log(news + " (" + String.join(", ", members.stream().map(member -> member.peer.name).sorted().toList()) + "). Raise the neighbour's limit, advertise less, or set"
                        + " export-limit-aggregate and export-least-important.");
            }
        }
        return false;
    }

    /** How what is told stands to the group's limit: operator text, or "". */
    String limitNote() {
        return choice == null ? "" : choice.note();
    }

    /** Why the prefix is, or is not, told to the member. */
    String explain(int prefix, Peer member) {
        String held = choice == null ? "" : choice.explain(prefix);
        return held.isEmpty() ? policy.explain(prefix, rib, member) : held;
    }

    /** Whether the members end the session for too much: then they are told what goes before what comes. */
    boolean isLimited() {
        return choice != null;
    }

    /** Where the turn is over before all members had their share, the next one begins with those. */
    private boolean tell(Turn turn) {
        boolean more = false;
        for (int i = 0; i < members.size(); i++) {
            if (nextMember >= members.size()) {
                nextMember = 0;
            }
            more |= members.get(nextMember++).work(turn);
            if (turn.isOver()) {
                return true;
            }
        }
        return more;
    }

    /** When the advertisement interval ends and there is something to send then; Long.MAX_VALUE: nothing waits for a time. */
    long nextNanos() {
        if (choice != null && choice.isStale() && dirty.isEmpty() && choice.nextNanos() != Long.MIN_VALUE) {
            return Math.max(nextNanos, choice.nextNanos());
        }
        return isIdle() || nextNanos == Long.MIN_VALUE ? Long.MAX_VALUE : nextNanos;
    }

    private long ringLimit() {
        return members.size() > 1 ? RING_SHARED : RING_ALONE;
    }

    private void makeRoom() {
        if (ring.octets() < ringLimit() || members.stream().noneMatch(member -> member.inStep() && member.cursor() == ring.end())) {
            return;
        }
        for (GroupMember member : members) {
            if (member.inStep() && member.cursor() == ring.first()) {
                member.fallBehind();
            }
        }
        trim();
    }

    /** A piece of the batch at work: some prefixes looked at, then their rows sorted, then some of them written. */
    private void piece() {
        if (evaluated < taken) {
            evaluate(Math.min(taken, evaluated + PIECE));
            if (evaluated < taken) {
                return;
            }
            rows = Arrays.copyOf(batch, changed);
            for (int i = 0; i < members.size(); i++) {
                members.get(i).changed(rows, changed);
            }
            if (changed > 0 && anyInStep()) {
                return;
            }
            writer.discard(); // nobody reads: those behind are told from what is stored
        } else if (!writer.writeSome(rows, 2 * PIECE)) {
            return;
        } else {
            ring.add(writer.chunk(rows));
        }
        taken = 0;
        evaluated = 0;
        changed = 0;
        rows = NO_ROWS;
    }

    private boolean anyInStep() {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).inStep()) {
                return true;
            }
        }
        return false;
    }

    /** Brings the batch at work to its end. */
    private void finish() {
        while (isAtWork()) {
            piece();
        }
    }

    private void evaluate(int to) {
        for (; evaluated < to; evaluated++) {
            int prefix = batch[evaluated];
            int oldSet = sent.set(prefix);
            int oldSource = sent.source(prefix);
            int newSet = choice == null ? policy.export(prefix, rib) : choice.take(prefix);
            int newSource = newSet == 0 ? 0 : choice == null ? policy.source() : choice.source(prefix);
            if (newSet == oldSet && newSource == oldSource) {
                if (newSet != 0) {
                    attributes.release(newSet);
                }
                continue;
            }
            batch[changed] = prefix;
            add(changed, oldSet, memberIndex(oldSource), newSet, memberIndex(newSource));
            changed++;
            sent.store(prefix, oldSet, oldSource, newSet, newSource);
        }
    }

    private void add(int row, int oldSet, int oldSource, int newSet, int newSource) {
        int named = nextHopMember(newSet);
        if (newSet != oldSet) {
            all(row, newSet, newSet != 0 ? newSource : oldSource, named);
        } else if (oldSource != 0) {
            writer.only(row, oldSource == named ? writer.owns(policy.withOwnNextHop(newSet)) : newSet, oldSource);
        }
        if (newSource != 0 && newSource != oldSource && oldSet != 0) {
            writer.only(row, 0, newSource);
        }
    }

    /** @param except a member that is left out; @param named one that is told the set with our next hop; 0: none */
    private void all(int row, int set, int except, int named) {
        if (named == 0 || named == except) {
            writer.all(row, set, except);
            return;
        }
        if (except == 0) {
            writer.all(row, set, named);
        } else { // a part can leave out one member, not two: the others are told one by one
            for (int i = 0; i < members.size(); i++) {
                int index = members.get(i).peer.index;
                if (index != except && index != named) {
                    writer.only(row, set, index);
                }
            }
        }
        writer.only(row, writer.owns(policy.withOwnNextHop(set)), named);
    }

    /** The index of the member whose own address is the next hop of a set, 0: of none. */
    private int nextHopMember(int set) {
        if (set == 0) {
            return 0;
        }
        int nextHop = attributes.nextHop(set);
        long hi = attributes.nextHops().hi(nextHop);
        long lo = attributes.nextHops().lo(nextHop);
        if (hi != askedHi || lo != askedLo) { // mostly the next hop asked for is the one asked for before
            askedHi = hi;
            askedLo = lo;
            askedMember = 0;
            for (int i = 0; i < members.size() && askedMember == 0; i++) {
                askedMember = members.get(i).isAt(hi, lo) ? members.get(i).peer.index : 0;
            }
        }
        return askedMember;
    }

    /** Members or their addresses have changed. */
    private void forgetNextHopMember() {
        askedHi = 0;
        askedLo = 0; // the unspecified address: never sent
        askedMember = 0;
    }

    /** Whether the member is told the set with our address as next hop. */
    boolean isNextHop(Peer member, int set) {
        return nextHopMember(set) == member.index;
    }

    private int memberIndex(int peerIndex) {
        if (peerIndex <= Peer.LOCAL) {
            return 0;
        }
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).peer.index == peerIndex) {
                return peerIndex;
            }
        }
        return 0;
    }

    private void trim() {
        long needed = ring.end();
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).inStep()) {
                needed = Math.min(needed, members.get(i).cursor());
            }
        }
        ring.trim(needed);
    }

    /** Whether nothing here refers to the prefix id any more. */
    boolean isDone(int prefix) {
        return sent.set(prefix) == 0 && !dirty.contains(prefix) && !isAtWork() && ring.isEmpty() && !policy.originates(prefix, rib) && (choice == null || choice.isDone(prefix))
                && members.stream().noneMatch(member -> member.pins(prefix));
    }

    /** Gives all references back: the last member has left. */
    void close() {
        writer.discard();
        alone.discard();
        sent.close(rib.prefixes.highest());
        if (choice != null) {
            choice.close();
        }
        policy.close();
    }

    long bytes() {
        return (choice == null ? 0 : choice.bytes()) + sent.bytes() + dirty.bytes() + ring.octets() + members.stream().mapToLong(GroupMember::bytes).sum();
    }
}
