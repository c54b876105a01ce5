package tombolo.dataplane.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.kernel.Errno;
import tombolo.api.net.IpAddress;
import tombolo.api.route.NextHop;

/**
 * The kernel's nexthop objects for the sets that many routes share: one group for each set and family, whose members are single next hops.
 *
 * <pre>
 *  RouteFeed.define(id, {A, B})      kernel:   route ─┐
 *        │ one group                           route ─┼─► group 0x74620001 ─┬─► 0x74620002  via A dev a0
 *        ▼                                     route ─┘   (replaced whole)  └─► 0x74620003  via B dev b0
 *  redefined as {B}: one message, however many routes
 * </pre>
 *
 * A set of one next hop is a group too, since the kernel does not let a group take the place of a single next hop. Whatever cannot be a group of gateways (a
 * blackhole, an interface alone), small sets, and all sets where the kernel has no nexthop objects, have routes that name their next hops themselves
 * (<em>inline</em>). Both ways hold side by side: a group that cannot be made leaves its routes inline, and once it is there they move over.
 *
 * <p>What a group leads to is this class's business; a row only has to go through the group of its own set ({@link RouteRows#satisfied}). One thread.
 */
final class NextHopObjects {
    /**
     * Groups at one time. With each one that it replaces or loses the kernel walks all its routes, a million in 0.13 s; to rewrite a million routes takes it
     * 4 s. So 32 groups are never worse than none, and a node whose routes have more sets than that gains nothing from further ones.
     */
    static final int SETS = 32;
    /** Routes that a set must have before it gets a group: rewriting fewer takes less than 20 ms. */
    static final int ROWS = 4096;
    /** Ids of ours, "tb" and 16 bits: iproute2 and FRR count up from small numbers. */
    static final int FIRST_ID = 0x7462_0000;
    static final int LAST_ID = FIRST_ID + 0xffff;
    /** Ids that others took before us are passed over; so many in a row are no accident. */
    private static final int TAKEN = 16;
    private static final int NOBODY = RouteTable.NONE;

    private enum State { ABSENT, ASKED, PRESENT, REFUSED }

    /** A gateway behind an interface: a single next hop. */
    private record Hop(IpAddress gateway, int interfaceIndex) { }

    private static final class Member {
        private final Hop hop;
        private int id;
        private State state;

        private Member(Hop hop, int id, State state) {
            this.hop = hop;
            this.id = id;
            this.state = state;
        }
    }

    private static final class Group {
        private int id;
        private int owner = NOBODY; // as RouteTable.desired
        private boolean v6;
        private List<Integer> members = List.of(); // in the kernel; empty: the group is not there
        private List<NextHop> shown = RouteContent.ELSEWHERE; // where it leads
        private int plain; // content number of the owner's definition that the group stands for, 0 while for none
        private int number; // that of the same through the group
        private boolean review;
        private boolean closing; // its set is no group any more: never adopted again
        private boolean stuck; // the kernel does not delete it

        private Group(int id) {
            this.id = id;
        }

        private boolean isOf(int desired, boolean family6) {
            return owner == desired && v6 == family6;
        }
    }

    /** A set whose routes may now go through its group. */
    record Ready(int desired, boolean v6) { }

    private interface Answer {
        void take(int errno, String text);
    }

    private final Feeds feeds;
    private final RouteContents contents;
    private final Interfaces interfaces;
    private final int rowsNeeded;
    private final List<Group> groups = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final Set<Integer> foreign = new HashSet<>();
    private final List<Answer> asked = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<Ready> ready = new ArrayList<>();
    private boolean available = true;
    private boolean membersMayIdle;
    private boolean doubt;
    private int lastId = LAST_ID;
    private int taken;

    NextHopObjects(Feeds feeds, RouteContents contents, Interfaces interfaces, int rowsNeeded) {
        this.feeds = feeds;
        this.contents = contents;
        this.interfaces = interfaces;
        this.rowsNeeded = rowsNeeded;
    }

    // ---- for rows ----

    /** The kernel has no such objects: all routes are written inline. */
    void unavailable() {
        available = false;
    }

    boolean isAvailable() {
        return available;
    }

    /** Groups that the kernel has. */
    int size() {
        return (int) groups.stream().filter(group -> !group.members.isEmpty()).count();
    }

    /** The content number by which routes of a set are written now: through its group, or 0 where they are written inline. */
    int through(int desired, boolean v6, int wanted) {
        for (int i = 0; i < groups.size(); i++) { // no iterator: asked for every route
            Group group = groups.get(i);
            if (group.isOf(desired, v6)) {
                return group.plain == wanted ? group.number : 0;
            }
        }
        return 0;
    }

    /** Routes of a set are to be written: it gets a group, where it has enough of them. */
    void want(int desired, boolean v6) {
        if (available && feeds.holder(desired).rows(desired & 0xffff) >= rowsNeeded && groups.size() < SETS && groups.stream().noneMatch(group -> group.isOf(desired, v6))) {
            Group group = new Group(freeId());
            group.owner = desired;
            group.v6 = v6;
            group.review = true;
            groups.add(group);
        }
    }

    /**
     * Whether a route of that actual content goes through the group of its set. A group that nobody has claimed since a start goes to the first set of the same
     * next hops.
     */
    boolean serves(int actual, int desired, boolean v6, int wanted) {
        int object = contents.object(actual);
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            if (group.id == object) {
                if (group.owner == NOBODY && !group.closing && contents.satisfies(actual, wanted) && groups.stream().noneMatch(other -> other.isOf(desired, v6))) {
                    group.owner = desired;
                    group.v6 = v6;
                    group.review = true;
                }
                return group.isOf(desired, v6);
            }
        }
        return false;
    }

    /** Where a group leads; empty for one that is not ours. */
    Optional<List<NextHop>> nextHops(int object) {
        return groups.stream().filter(group -> group.id == object).map(group -> group.shown).findFirst();
    }

    // ---- what changes ----

    void redefined(int desired) {
        for (Group group : groups) {
            if (group.owner == desired) {
                group.review = true;
                tryAgain();
            }
        }
    }

    /** A feed has ended: its groups are there for whoever wants the same, such as the feed that takes its place. */
    void release(int feed) {
        for (Group group : groups) {
            if (group.owner != NOBODY && group.owner >>> 16 == feed) {
                disown(group);
            }
        }
    }

    /** Interfaces changed, or time has passed. */
    void reviewAll() {
        tryAgain();
        for (Group group : groups) {
            group.review = group.owner != NOBODY;
            group.stuck = false;
        }
    }

    private void tryAgain() {
        members.removeIf(member -> member.state == State.REFUSED);
        taken = 0;
    }

    private void disown(Group group) {
        group.owner = NOBODY;
        group.review = false;
        standFor(group, 0);
    }

    /** The group stands for that content of its owner's, 0 for none. */
    private void standFor(Group group, int wanted) {
        if (group.plain == wanted) {
            return;
        }
        int number = wanted == 0 ? 0 : contents.number(contents.content(wanted).through(group.shown), group.id);
        contents.retain(wanted);
        contents.retain(number);
        contents.release(group.plain);
        contents.release(group.number);
        if (group.plain == 0) {
            ready.add(new Ready(group.owner, group.v6));
        }
        group.plain = wanted;
        group.number = number;
    }

    List<Ready> takeReady() {
        List<Ready> taken = List.copyOf(ready);
        ready.clear();
        return taken;
    }

    /** What the kernel refused since the last call, for the log. */
    List<String> takeProblems() {
        List<String> taken = List.copyOf(problems);
        problems.clear();
        return taken;
    }

    /** Whether a dump of the objects is needed: something is not as we believed. Reading clears it. */
    boolean takeDoubt() {
        boolean was = doubt;
        doubt = false;
        return was;
    }

    // ---- towards the kernel ----

    boolean hasWork() {
        return groups.stream().anyMatch(group -> group.review || idle(group)) || membersMayIdle;
    }

    /** Adds what must be there before routes are written: members, then groups, in two batches. */
    void collect(Batch batch) {
        asked.clear();
        for (Group group : groups) {
            if (group.review && !batch.isFull()) {
                review(batch, group);
            }
        }
    }

    private void review(Batch batch, Group group) {
        int wanted = feeds.content(group.owner);
        Map<Hop, NextHop> hops = wanted == 0 ? Map.of() : hops(contents.content(wanted), group.v6);
        List<Integer> ids = new ArrayList<>();
        List<NextHop> shown = new ArrayList<>();
        boolean waiting = false;
        for (Map.Entry<Hop, NextHop> hop : hops.entrySet()) {
            Member member = member(hop.getKey());
            if (member.state == State.PRESENT) {
                ids.add(member.id);
                shown.add(hop.getValue());
            } else if (member.state != State.REFUSED) {
                waiting = true;
                if (member.state == State.ABSENT && !batch.isFull()) {
                    member.state = State.ASKED;
                    NextHopMessage.addSingle(batch.writer(), batch.nextSequence(), member.id, member.hop.gateway, member.hop.interfaceIndex);
                    ask(batch, (errno, text) -> added(member, errno, text));
                }
            }
        }
        if (waiting) {
            return; // still under review: the group follows once its members are there
        }
        group.review = false;
        membersMayIdle = true;
        if (ids.isEmpty()) {
            if (!group.members.isEmpty() && group.plain != wanted) { // wanted is no group, or none that the kernel takes now: inline, and say so there
                disown(group);
                group.closing = true;
            }
        } else if (Set.copyOf(ids).equals(Set.copyOf(group.members))) {
            leads(group, wanted, shown);
        } else {
            NextHopMessage.putGroup(batch.writer(), batch.nextSequence(), group.id, ids, !group.members.isEmpty());
            ask(batch, (errno, text) -> put(group, wanted, ids, shown, errno, text));
        }
    }

    private void ask(Batch batch, Answer answer) {
        batch.add(Batch.Operation.NEXT_HOP, false, asked.size(), 0);
        asked.add(answer);
    }

    void settle(int question, int errno, String text) {
        asked.get(question).take(errno, text);
    }

    private void added(Member member, int errno, String text) {
        member.state = errno == 0 ? State.PRESENT : State.REFUSED;
        if (errno == Errno.EEXIST && ++taken < TAKEN) {
            foreign.add(member.id);
            member.id = freeId();
            member.state = State.ABSENT;
        } else if (errno != 0) {
            problem("via " + member.hop.gateway + " dev " + interfaces.name(member.hop.interfaceIndex), errno, text);
        }
    }

    private void put(Group group, int wanted, List<Integer> ids, List<NextHop> shown, int errno, String text) {
        if (errno == 0) {
            group.members = List.copyOf(ids);
            leads(group, wanted, shown);
        } else if (errno == Errno.EEXIST && group.members.isEmpty() && ++taken < TAKEN) {
            foreign.add(group.id);
            group.id = freeId();
            group.review = true;
        } else {
            problem("group of " + shown, errno, text);
            doubt = true;
            if (!group.members.isEmpty() && group.plain != wanted) {
                disown(group);
                group.closing = true;
            }
        }
    }

    private void leads(Group group, int wanted, List<NextHop> shown) {
        group.shown = List.copyOf(shown);
        contents.moved(group.id, group.shown);
        standFor(group, wanted);
    }

    private void problem(String what, int errno, String text) {
        problems.add("nexthop object " + what + ": " + Errno.text(errno) + (text.isEmpty() ? "" : " (" + text + ")"));
    }

    /** Removes what no route needs any more. */
    void collectIdle(Batch batch) {
        for (Group group : List.copyOf(groups)) {
            if (idle(group) && !batch.isFull()) {
                if (group.members.isEmpty()) {
                    drop(group);
                } else {
                    NextHopMessage.delete(batch.writer(), batch.nextSequence(), group.id);
                    ask(batch, (errno, text) -> deleted(group, errno, text));
                }
            }
        }
        if (membersMayIdle && groups.stream().noneMatch(group -> group.review)) {
            membersMayIdle = false;
            Set<Integer> used = new HashSet<>();
            groups.forEach(group -> used.addAll(group.members));
            members.removeIf(member -> member.state == State.ABSENT && !used.contains(member.id));
            for (Member member : members) {
                if (member.state == State.PRESENT && !used.contains(member.id)) {
                    membersMayIdle = true; // go on until all are gone
                    if (!batch.isFull()) {
                        NextHopMessage.delete(batch.writer(), batch.nextSequence(), member.id);
                        ask(batch, (errno, text) -> member.state = State.ABSENT);
                    }
                }
            }
        }
    }

    private boolean idle(Group group) {
        return !group.review && !group.stuck && contents.uses(group.id) <= (group.number == 0 ? 0 : 1)
                && (group.owner == NOBODY || feeds.holder(group.owner).rows(group.owner & 0xffff) == 0);
    }

    private void deleted(Group group, int errno, String text) {
        if (errno == 0 || errno == Errno.ENOENT) {
            drop(group);
        } else {
            group.stuck = true;
            problem(Integer.toString(group.id), errno, text);
        }
    }

    private void drop(Group group) {
        disown(group);
        groups.remove(group);
        membersMayIdle = true;
    }

    // ---- from the kernel ----

    /**
     * All nexthop objects, as a dump shows them with no write of ours meanwhile. Answers the ids of groups that are gone, and every route through them with them;
     * such a group is made again under another id.
     */
    List<Integer> dumped(List<NextHopMessage> seen) {
        foreign.clear();
        members.clear();
        Map<Integer, NextHopMessage> shown = new HashMap<>();
        for (NextHopMessage object : seen) {
            boolean inRange = object.id() >= FIRST_ID && object.id() <= LAST_ID;
            if (inRange && object.protocol() == Rtnetlink.PROTOCOL && !object.group().isEmpty()) {
                shown.put(object.id(), object);
            } else if (inRange && object.protocol() == Rtnetlink.PROTOCOL && object.plain() && object.gateway().isPresent()) {
                members.add(new Member(new Hop(object.gateway().get(), object.interfaceIndex()), object.id(), State.PRESENT));
            } else if (inRange) {
                foreign.add(object.id());
            }
        }
        List<Integer> gone = new ArrayList<>();
        for (Group group : List.copyOf(groups)) {
            NextHopMessage now = shown.remove(group.id);
            if (now != null) {
                seen(group, now);
            } else if (!group.members.isEmpty()) {
                gone.add(group.id);
                group.members = List.of();
                standFor(group, 0);
            }
        }
        for (NextHopMessage left : shown.values()) { // of an earlier life
            Group group = new Group(left.id());
            groups.add(group);
            seen(group, left);
        }
        // what is still to be told of the routes that went is not about those through the next one
        groups.stream().filter(group -> gone.contains(group.id)).forEach(group -> group.id = freeId());
        membersMayIdle = true;
        reviewAll();
        return gone;
    }

    private void seen(Group group, NextHopMessage now) {
        List<NextHop> leads = new ArrayList<>();
        for (int id : now.group()) {
            members.stream().filter(member -> member.id == id).findFirst()
                    .ifPresent(member -> leads.add(new NextHop(Optional.of(member.hop.gateway), Optional.of(interfaces.name(member.hop.interfaceIndex)))));
        }
        boolean known = now.plain() && leads.size() == now.group().size();
        group.members = known ? now.group() : List.of(0); // else to be replaced
        List<NextHop> kernel = known ? leads : RouteContent.ELSEWHERE;
        if (!RouteContent.of(kernel, 0, 0).satisfies(RouteContent.of(group.shown, 0, 0))) {
            group.shown = RouteContent.of(kernel, 0, 0).nextHops();
            contents.moved(group.id, group.shown);
        }
    }

    // ---- words ----

    /** The single next hops of a content, and what the feed calls them; empty where it is not made of gateways behind interfaces that are there, or of tunnels' ends. */
    private Map<Hop, NextHop> hops(RouteContent content, boolean v6) {
        Map<Hop, NextHop> hops = new LinkedHashMap<>();
        if (content.kind() != RouteContent.Kind.UNICAST) {
            return hops;
        }
        for (NextHop hop : content.nextHops()) {
            Optional<String> name = hop.interfaceName().or(() -> hop.gateway().flatMap(interfaces::towards));
            if (hop.gateway().isEmpty() || hop.onLink() || name.isEmpty() || RouteRequests.problem(hop, v6, interfaces).isPresent()) {
                return Map.of();
            }
            hops.putIfAbsent(new Hop(hop.gateway().get(), interfaces.index(name.get())), hop);
        }
        return hops;
    }

    private Member member(Hop hop) {
        for (Member member : members) {
            if (member.hop.equals(hop)) {
                return member;
            }
        }
        Member fresh = new Member(hop, freeId(), State.ABSENT);
        members.add(fresh);
        return fresh;
    }

    private int freeId() {
        do {
            lastId = lastId == LAST_ID ? FIRST_ID : lastId + 1;
        } while (foreign.contains(lastId) || groups.stream().anyMatch(group -> group.id == lastId) || members.stream().anyMatch(member -> member.id == lastId));
        return lastId;
    }
}
