package tombolo.bgp.core.rib;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.SessionUp;

/** One peer as reader of its group: either in step with the ring, or behind with a dirty set of its own. */
final class GroupMember {
    /** Prefixes encoded at a time for one member alone. */
    private static final int BATCH = 2048;

    /** And so many in a turn that is not over before, so that one member that comes does not hold up those that are there. */
    private static final int TURN = 4 * BATCH;

    final Peer peer;
    private final UpdateGroup group;
    private final FamilyRib rib;
    private final BgpSession session;
    private final long sessionNumber;
    /** The peer's address where it could be a next hop of the family, else 0. */
    private final long remoteHi;
    private final long remoteLo;
    private final DirtySet dirty = new DirtySet();
    /** Which prefixes the peer has been told, while that is known exactly: during its first dump. Null: it may hold anything. */
    private @Nullable DirtySet told;
    private boolean behind;
    private boolean blocked;
    private boolean gone;
    private boolean waitsForGroup;
    private boolean endOfRibDue = true;
    private boolean endOfRefreshDue;
    private long cursor;
    private int part;
    private @Nullable Chunk own;
    private int ownPart;

    GroupMember(UpdateGroup group, FamilyRib rib, Peer peer) {
        this.group = group;
        this.rib = rib;
        this.peer = peer;
        SessionUp up = peer.up;
        BgpSession to = peer.session;
        if (up == null || to == null) {
            throw new IllegalStateException(peer.name + " is not established");
        }
        this.session = to;
        this.sessionNumber = up.sessionNumber();
        boolean comparable = up.remoteAddress().family() == rib.family;
        this.remoteHi = comparable ? up.remoteAddress().hi() : 0;
        this.remoteLo = comparable ? up.remoteAddress().lo() : 0;
    }

    /** Whether the session's far end is this address. */
    boolean isAt(long hi, long lo) {
        return remoteHi == hi && remoteLo == lo;
    }

    boolean inStep() {
        return !behind && !gone;
    }

    long cursor() {
        return cursor;
    }

    /** Leaves the ring and tells everything that the group was told. @param fresh the peer holds nothing yet */
    void catchUp(boolean fresh) {
        behind = true;
        part = 0;
        told = fresh ? new DirtySet() : null;
        if (fresh) {
            dirty.addRange(1, rib.prefixes.highest() + 1); // what the group was not told is passed over when its turn comes
            return;
        }
        for (int prefix = 1; prefix <= rib.prefixes.highest(); prefix++) {
            if (group.sent(prefix) != 0) {
                dirty.add(prefix);
            }
        }
    }

    /**
     * The peer comes from another group, and holds what that one told it: everything that either group knows is looked at again. Only once this group's own
     * first pass is over, so that nothing is withdrawn that is about to be announced.
     *
     * @param inherited this group counts as told what that one told: then only what the peer had not taken yet is to be looked at
     */
    void takeOver(GroupMember former, UpdateGroup from, boolean inherited) {
        if (!former.behind) {
            former.fallBehind(); // so that what it has not read of the ring is among what it refers to
        }
        behind = true;
        own = former.own;
        ownPart = former.ownPart;
        blocked = former.blocked;
        endOfRibDue = former.endOfRibDue;
        endOfRefreshDue = former.endOfRefreshDue;
        waitsForGroup = former.waitsForGroup || !inherited;
        told = inherited ? former.told : null;
        for (int prefix = former.dirty.next(0); prefix >= 0; prefix = former.dirty.next(prefix + 1)) {
            dirty.add(prefix);
        }
        for (int prefix = 1; !inherited && prefix <= rib.prefixes.highest(); prefix++) {
            if (from.sent(prefix) != 0 || group.sent(prefix) != 0 || former.refersTo(prefix)) {
                dirty.add(prefix);
            }
        }
    }

    /** As {@link #takeOver}, from what a group of the former bundle left. @param resumed whether this group goes on with that one's table */
    void resume(FormerGroup former, int place, boolean resumed) {
        behind = true;
        endOfRibDue = (former.due()[place] & FormerGroup.END_OF_RIB) != 0;
        endOfRefreshDue = (former.due()[place] & FormerGroup.END_OF_REFRESH) != 0;
        DirtySet unsure = former.unsure()[place];
        for (int prefix = unsure.next(0); prefix >= 0; prefix = unsure.next(prefix + 1)) {
            dirty.add(prefix);
        }
        waitsForGroup = !resumed;
        for (int prefix = 1; !resumed && prefix <= rib.prefixes.highest(); prefix++) {
            if (former.sent().get(prefix) != 0 || group.sent(prefix) != 0) {
                dirty.add(prefix);
            }
        }
    }

    /** The prefixes of which the peer may hold something else than the group was told. */
    DirtySet unsure() {
        if (!behind && !gone) {
            fallBehind();
        }
        Chunk chunk = own;
        if (chunk != null) {
            changed(chunk.prefixes(), chunk.prefixes().length);
            endOfRibDue |= chunk.prefixes().length == 0; // a marker that was not handed over
        }
        return dirty;
    }

    int due() {
        return (endOfRibDue ? FormerGroup.END_OF_RIB : 0) | (endOfRefreshDue ? FormerGroup.END_OF_REFRESH : 0);
    }

    /** What the peer was told by a former bundle is not known: everything is told between BoRR and EoRR where the peer knows them, so that it drops the rest. */
    void rebuild() {
        catchUp(false);
        SessionUp up = peer.up;
        if (up != null && up.enhancedRefresh()) {
            queue(ControlMessages.refresh(rib.family, ControlMessages.BEGIN_OF_REFRESH));
            endOfRefreshDue = true;
        }
    }

    /** ROUTE-REFRESH from the peer: everything once more, between BoRR and EoRR where both sides know them (RFC 7313 §4). */
    void refresh() {
        if (!behind) {
            fallBehind();
        }
        catchUp(false);
        SessionUp up = peer.up;
        // RFC 7313 §4: with graceful restart no BoRR before End-of-RIB; the first telling is everything anyway
        boolean tooEarly = endOfRibDue && up != null && up.gracefulRestart().isPresent();
        if (up != null && up.enhancedRefresh() && !endOfRefreshDue && !tooEarly) {
            queue(ControlMessages.refresh(rib.family, ControlMessages.BEGIN_OF_REFRESH));
            endOfRefreshDue = true;
        }
    }

    /** The ring is not kept for this member any longer: what it has not read becomes its own work. */
    void fallBehind() {
        behind = true;
        told = null;
        if (gone) {
            return; // the ring was not kept for it, and nothing is told any more
        }
        for (long number = cursor; number < group.ring().end(); number++) {
            changed(group.ring().chunk(number).prefixes(), group.ring().chunk(number).prefixes().length);
        }
        part = 0;
    }

    /** Prefixes of which the group is told something new; nothing to note for a member in step. */
    void changed(int[] prefixes, int count) {
        if (behind) {
            for (int i = 0; i < count; i++) {
                dirty.add(prefixes[i]);
            }
        }
    }

    /** The outbox has room again. */
    void unblock() {
        blocked = false;
    }

    /** Hands over what the session takes. True: there is more, and the session would take it. */
    boolean work(Turn turn) {
        if (blocked || gone) {
            return false;
        }
        if (own != null && !offerOwn()) {
            return false;
        }
        if (waitsForGroup && !group.isComplete()) {
            return false;
        }
        waitsForGroup = false;
        if (behind) {
            for (int encoded = 0; !dirty.isEmpty(); ) {
                encoded += encodeOwn();
                if (!offerOwn()) {
                    return false;
                }
                if (encoded >= TURN || turn.isOver()) {
                    return true;
                }
            }
            behind = false;
            told = null;
            cursor = group.ring().end();
            part = 0;
        }
        return offerRing() && endMarkers();
    }

    private boolean endMarkers() {
        if (!group.isComplete() || cursor != group.ring().end()) {
            return false;
        }
        if (endOfRefreshDue) {
            endOfRefreshDue = false;
            queue(ControlMessages.refresh(rib.family, ControlMessages.END_OF_REFRESH));
            offerOwn();
        }
        if (endOfRibDue && !blocked && !rib.endOfRibHeld()) {
            endOfRibDue = false;
            queue(ControlMessages.endOfRib(rib.family));
            offerOwn();
        }
        return false;
    }

    private void queue(byte[] message) {
        Chunk before = own;
        if (before == null) {
            own = new Chunk(message, new int[] {message.length}, new int[] {0}, new int[] {0}, new int[0]);
            ownPart = 0;
            return;
        }
        // the marker goes behind what waits already
        int length = before.octets();
        byte[] bytes = Arrays.copyOf(before.bytes(), length + message.length);
        System.arraycopy(message, 0, bytes, length, message.length);
        int parts = before.parts();
        int[] ends = Arrays.copyOf(before.ends(), parts + 1);
        ends[parts] = bytes.length;
        own = new Chunk(bytes, ends, Arrays.copyOf(before.targets(), parts + 1), Arrays.copyOf(before.messages(), parts + 1), before.prefixes());
    }

    /** Returns how many prefixes were looked at. */
    private int encodeOwn() {
        int[] batch = new int[Math.min(BATCH, dirty.size())];
        int count = group.isLimited() ? takeWithdrawn(batch) : 0;
        if (count == 0) {
            count = dirty.take(batch);
        }
        ChunkWriter writer = group.writer();
        writer.begin(count);
        int rows = 0;
        for (int i = 0; i < count; i++) {
            int prefix = batch[i];
            int set = group.holds(peer, prefix) ? group.sent(prefix) : 0;
            DirtySet known = told;
            if (known != null) {
                if (set != 0) {
                    known.add(prefix);
                } else if (!known.remove(prefix)) {
                    continue; // it was never told
                }
            }
            batch[rows] = prefix;
            writer.all(rows, set != 0 && group.isNextHop(peer, set) ? writer.owns(group.policy.withOwnNextHop(set)) : set, 0);
            rows++;
        }
        if (rows > 0) {
            own = writer.write(Arrays.copyOf(batch, rows));
            ownPart = 0;
        }
        return count;
    }

    /** Those that the member is to hold no more, before any that it is to hold: it never holds more than the group's limit. */
    private int takeWithdrawn(int[] into) {
        int count = 0;
        for (int prefix = dirty.next(0); prefix >= 0 && count < into.length; prefix = dirty.next(prefix + 1)) {
            if (!group.holds(peer, prefix)) {
                into[count++] = prefix;
                dirty.remove(prefix);
            }
        }
        return count;
    }

    /** True where nothing of the member's own is left to hand over. */
    private boolean offerOwn() {
        Chunk chunk = own;
        if (chunk == null) {
            return true;
        }
        while (ownPart < chunk.parts()) {
            if (!offer(chunk, ownPart, ownPart + 1)) {
                return false;
            }
            ownPart++;
        }
        own = null;
        return true;
    }

    /** True where the member has read the whole ring. */
    private boolean offerRing() {
        while (cursor < group.ring().end()) {
            Chunk chunk = group.ring().chunk(cursor);
            while (part < chunk.parts()) {
                if (!chunk.isFor(part, peer.index)) {
                    part++;
                    continue;
                }
                int to = part + 1;
                while (to < chunk.parts() && chunk.isFor(to, peer.index)) {
                    to++;
                }
                if (!offer(chunk, part, to)) {
                    return false;
                }
                part = to;
            }
            cursor++;
            part = 0;
        }
        return true;
    }

    private boolean offer(Chunk chunk, int from, int to) {
        int start = chunk.start(from);
        switch (session.offer(sessionNumber, chunk.bytes(), start, chunk.ends()[to - 1] - start)) {
            case ACCEPTED -> {
                for (int i = from; i < to; i++) {
                    peer.updatesOut += chunk.messages()[i];
                }
                return true;
            }
            case FULL -> blocked = true;
            case GONE -> gone = true; // its Down is in the inbox
        }
        return false;
    }

    /** Whether the prefix id must not be given out again: what waits to be handed over would be found again by its ids at a swap. */
    boolean pins(int prefix) {
        return own != null || refersTo(prefix);
    }

    boolean refersTo(int prefix) {
        return behind && dirty.contains(prefix);
    }

    boolean isSynchronized() {
        return !behind && own == null && cursor == group.ring().end() && !endOfRibDue;
    }

    long bytes() {
        Chunk chunk = own;
        DirtySet known = told;
        return dirty.bytes() + (chunk == null ? 0 : chunk.octets()) + (known == null ? 0 : known.bytes());
    }
}
