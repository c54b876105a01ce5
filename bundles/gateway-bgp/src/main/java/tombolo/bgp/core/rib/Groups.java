package tombolo.bgp.core.rib;

import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.PeerSettings;
import tombolo.api.net.AddressFamily;
import tombolo.bgp.core.wire.AttributeTable;

/** Puts each established peer into the update group that is told what it is to be told, by family. */
final class Groups {
    private final Map<AddressFamily, FamilyRib> ribs;
    private final AttributeTable attributes;
    private final RibEvents events;
    private final Policies policies;
    private final Map<FormerGroup, UpdateGroup> claims = new IdentityHashMap<>();
    private boolean draining;
    private int next;

    Groups(Map<AddressFamily, FamilyRib> ribs, AttributeTable attributes, RibEvents events, Policies policies) {
        this.ribs = ribs;
        this.attributes = attributes;
        this.events = events;
        this.policies = policies;
    }

    /** @param resumed the session lasted through a swap and its tables were adopted */
    void join(Peer peer, boolean resumed) {
        SessionUp up = peer.up;
        PeerSettings settings = peer.settings;
        if (up == null || settings == null) {
            return;
        }
        for (FamilyRib rib : ribs.values()) {
            if (up.families().contains(rib.family)) {
                UpdateGroup group = find(rib, ExportPolicy.Key.of(rib.family, peer, up, settings));
                if (!resumed || !rejoin(rib, group, peer)) {
                    group.join(peer); // where a resumed session came too late for its former group, the caller rebuilds it
                }

            }
        }
    }

    private boolean rejoin(FamilyRib rib, UpdateGroup group, Peer peer) {
        for (FormerGroup former : rib.formerGroups) {
            if (former.place(peer.index) >= 0) {
                boolean claimed = claims.get(former) == group;
                if (!claimed && !claims.containsKey(former) && group.resume(former)) {
                    claims.put(former, group);
                    claimed = true;
                }
                group.rejoin(peer, former, claimed);
                return true;
            }
        }
        return false;
    }

    /** Everybody is back: former groups that nobody goes on with are forgotten. */
    void settled() {
        for (FamilyRib rib : ribs.values()) {
            rib.formerGroups.removeAll(claims.keySet()); // their references went to the groups that go on with them
            rib.dropFormerGroups();
        }
        claims.clear();
        for (FamilyRib rib : ribs.values()) {
            for (UpdateGroup group : List.copyOf(rib.groups)) {
                if (group.members.isEmpty()) { // kept until now for what it knows of those who were to come
                    group.close();
                    rib.groups.remove(group);
                }
            }
        }
    }

    void rebuild(Peer peer) {
        for (AddressFamily family : AddressFamily.values()) {
            of(peer, family).ifPresent(group -> group.member(peer).rebuild());
        }
    }

    private UpdateGroup find(FamilyRib rib, ExportPolicy.Key key) {
        for (UpdateGroup group : rib.groups) {
            if (group.policy.key().equals(key)) {
                return group;
            }
        }
        UpdateGroup group = new UpdateGroup(rib, new ExportPolicy(key, policies.exportFilter(key), policies.defaultFilter(key), attributes, events, draining));
        rib.groups.add(group);
        return group;
    }

    void leave(Peer peer) {
        for (FamilyRib rib : ribs.values()) {
            for (Iterator<UpdateGroup> all = rib.groups.iterator(); all.hasNext(); ) {
                UpdateGroup group = all.next();
                if (group.has(peer)) {
                    group.leave(peer);
                    if (group.members.isEmpty() && !claims.containsValue(group)) {
                        group.close();
                        all.remove();
                    }
                }
            }
        }
    }

    /**
     * Settings have changed: members may belong to other groups. A group that is new begins with what the group of its first member has told, and sends the
     * differences, once for all members that come from there. Into a group that is there already, or from a third one, a member comes with its own
     * Adj-RIB-Out: it is told everything, and what it was told beyond that is withdrawn.
     */
    void regroup() {
        for (FamilyRib rib : ribs.values()) {
            Map<UpdateGroup, UpdateGroup> heirs = new IdentityHashMap<>();
            for (UpdateGroup from : List.copyOf(rib.groups)) {
                for (GroupMember member : List.copyOf(from.members)) {
                    regroup(rib, from, member, heirs);
                }
                if (from.members.isEmpty() && !claims.containsValue(from)) {
                    from.close();
                    rib.groups.remove(from);
                }
            }
        }
    }

    /** @param heirs new groups by that whose table they took over */
    private void regroup(FamilyRib rib, UpdateGroup from, GroupMember member, Map<UpdateGroup, UpdateGroup> heirs) {
        SessionUp up = member.peer.up;
        PeerSettings settings = member.peer.settings;
        if (up == null || settings == null) {
            return;
        }
        ExportPolicy.Key key = ExportPolicy.Key.of(rib.family, member.peer, up, settings);
        if (from.policy.key().equals(key)) {
            return;
        }
        int before = rib.groups.size();
        UpdateGroup to = find(rib, key);
        if (rib.groups.size() > before) {
            to.inherit(from);
            heirs.put(to, from);
        }
        to.adopt(member, from, heirs.get(to) == from);
        from.leave(member.peer);
    }

    /** Who is a client has changed: what internal peers are told of each other's routes is decided again. */
    void reflectAnew() {
        for (FamilyRib rib : ribs.values()) {
            rib.groups.stream().filter(group -> group.policy.key().context().ibgp()).forEach(UpdateGroup::reevaluate);
        }
    }

    Optional<UpdateGroup> of(Peer peer, AddressFamily family) {
        FamilyRib rib = ribs.get(family);
        return rib == null ? Optional.empty() : rib.groups.stream().filter(group -> group.has(peer)).findFirst();
    }

    void refresh(Peer peer, AddressFamily family) {
        of(peer, family).ifPresent(group -> group.member(peer).refresh());
    }

    void unblock(Peer peer) {
        for (FamilyRib rib : ribs.values()) {
            for (int i = 0; i < rib.groups.size(); i++) {
                rib.groups.get(i).unblock(peer);
            }
        }
    }

    /** Graceful shutdown: everything is sent again as the least preferred (RFC 8326 §4). */
    void drain() {
        draining = true;
        for (FamilyRib rib : ribs.values()) {
            rib.groups.forEach(group -> {
                group.policy.drain();
                group.reevaluate();
            });
        }
    }

    /** Each group's share of a turn; where the turn is over before all had theirs, the next one begins with those. */
    boolean work(long nowNanos, Turn turn) {
        boolean more = false;
        int count = count();
        for (int i = 0; i < count; i++) {
            if (next >= count) {
                next = 0;
            }
            UpdateGroup group = at(next);
            more |= group.work(nowNanos, turn);
            boolean over = turn.isOver();
            if (!over || !group.isAtWork()) {
                next++;
            }
            if (over) {
                return true;
            }
        }
        return more;
    }

    private UpdateGroup at(int number) {
        int left = number;
        for (FamilyRib rib : ribs.values()) {
            if (left < rib.groups.size()) {
                return rib.groups.get(left);
            }
            left -= rib.groups.size();
        }
        throw new IllegalStateException("there are " + count() + " groups, not " + number);
    }

    long nextNanos() {
        long next = Long.MAX_VALUE;
        for (FamilyRib rib : ribs.values()) {
            for (UpdateGroup group : rib.groups) {
                next = Math.min(next, group.nextNanos());
            }
        }
        return next;
    }

    int count() {
        int sum = 0;
        for (FamilyRib rib : ribs.values()) {
            sum += rib.groups.size();
        }
        return sum;
    }
}
