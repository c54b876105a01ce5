package tombolo.dataplane.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import tombolo.api.kernel.Errno;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;

/** What the kernel's tables do with route messages, as far as {@link DesiredRoutes} depends on it: one route for each prefix and metric. */
final class SimulatedKernel {
    record Key(Prefix prefix, long metric) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byPrefix = prefix.compareTo(other.prefix);
            return byPrefix != 0 ? byPrefix : Long.compare(metric, other.metric);
        }
    }

    /** @param object the nexthop object that it goes through, or 0; then the content says {@link RouteContent#ELSEWHERE} */
    record Entry(int protocol, RouteContent content, int object) {
        Entry(int protocol, RouteContent content) {
            this(protocol, content, 0);
        }
    }

    private static final IntFunction<String> NAMES = index -> "if" + index;

    final Map<Key, Entry> routes = new TreeMap<>();
    /** Routes of one kind share their entry: of a million with a content each there is no room in the heap of a test. */
    private final Map<Entry, Entry> known = new HashMap<>();
    final Map<Integer, NextHopMessage> nextHops = new TreeMap<>();
    /** IPv6 routes that went with their object: the kernel tells of each, behind the end of the object. Of IPv4 routes it does not. */
    final ArrayDeque<Map.Entry<Key, Entry>> removed = new ArrayDeque<>();
    /** What dumps and the reader show: without objects, as before Linux 5.3. */
    boolean hasNextHops = true;
    private final Set<String> unreachable;
    int messages;

    /** @param unreachable gateways that the kernel refuses */
    SimulatedKernel(Set<String> unreachable) {
        this.unreachable = unreachable;
    }

    static int index(String name) {
        return Integer.parseInt(name.substring(2));
    }

    /** Works off a batch as rtnetlink does: each message by itself, errors and the last acknowledgement by sequence number. */
    void take(Batch batch) {
        batch.seal();
        MessageReader reader = new MessageReader(batch.writer().bytes());
        reader.reset(batch.writer().size());
        RouteMessage message = new RouteMessage();
        boolean last = false;
        while (reader.next()) {
            messages++;
            boolean acknowledge = (reader.flags() & Rtnetlink.NLM_F_ACK) != 0;
            boolean object = reader.type() == Rtnetlink.RTM_NEWNEXTHOP || reader.type() == Rtnetlink.RTM_DELNEXTHOP;
            if (!object && !message.parse(reader)) {
                throw new AssertionError("a message that is none");
            }
            int errno = object ? object(reader) : reader.type() == Rtnetlink.RTM_DELROUTE ? delete(message) : add(message, reader.flags());
            if (errno != 0 || acknowledge) {
                last = batch.answer(reader.sequence(), errno, "");
            }
        }
        if (!last) {
            throw new AssertionError("the last message was not acknowledged");
        }
    }

    private int object(MessageReader reader) {
        NextHopMessage object = NextHopMessage.parse(reader).orElseThrow();
        if (!hasNextHops) {
            return 95;
        }
        if (reader.type() == Rtnetlink.RTM_DELNEXTHOP) {
            if (!nextHops.containsKey(object.id())) {
                return Errno.ENOENT;
            }
            remove(object.id());
            return 0;
        }
        boolean replace = (reader.flags() & Rtnetlink.NLM_F_REPLACE) != 0;
        NextHopMessage before = nextHops.get(object.id());
        if (before != null && !replace) {
            return Errno.EEXIST;
        }
        if (before != null && before.protocol() != Rtnetlink.PROTOCOL) {
            throw new AssertionError("a foreign nexthop object was overwritten: " + before);
        }
        if (before != null && before.group().isEmpty() != object.group().isEmpty() || !object.group().stream().allMatch(nextHops::containsKey)
                || Set.copyOf(object.group()).size() != object.group().size()) {
            return Errno.EINVAL;
        }
        if (object.gateway().isPresent() && unreachable.contains(object.gateway().get().toString())) {
            return Errno.ENETUNREACH;
        }
        nextHops.put(object.id(), object);
        return 0;
    }

    /** What the kernel does on its own when a device fails, and on a request: a member leaves its groups, an empty group goes, and its routes with it. */
    void remove(int id) {
        nextHops.remove(id);
        routes.entrySet().stream().filter(route -> route.getValue().object() == id && !route.getKey().prefix().address().isIpv4())
                .forEach(route -> removed.add(Map.entry(route.getKey(), route.getValue())));
        routes.values().removeIf(route -> route.object() == id);
        for (NextHopMessage group : List.copyOf(nextHops.values())) {
            if (group.group().contains(id)) {
                List<Integer> left = group.group().stream().filter(member -> member != id).toList();
                if (left.isEmpty()) {
                    remove(group.id());
                } else {
                    nextHops.put(group.id(), new NextHopMessage(group.id(), group.protocol(), group.gateway(), group.interfaceIndex(), left, group.plain()));
                }
            }
        }
    }

    /** Where the packets of all routes really go. */
    Set<RouteContent> effective() {
        Set<Entry> kinds = Collections.newSetFromMap(new IdentityHashMap<>());
        kinds.addAll(routes.values());
        return kinds.stream().map(this::effective).collect(Collectors.toSet());
    }

    /** Where packets really go. */
    RouteContent effective(Entry route) {
        return route.object() == 0 ? route.content() : route.content().through(nextHops.get(route.object()).group().stream().map(nextHops::get)
                .map(hop -> new NextHop(hop.gateway(), Optional.of(NAMES.apply(hop.interfaceIndex())))).toList());
    }

    private int add(RouteMessage message, int flags) {
        Key key = new Key(message.prefix(), message.metric());
        RouteContent content = message.content(NAMES);
        if (message.nextHopId() != 0 && !nextHops.containsKey(message.nextHopId())) {
            return Errno.EINVAL;
        }
        if (content.nextHops().stream().anyMatch(hop -> hop.gateway().filter(gateway -> unreachable.contains(gateway.toString())).isPresent())) {
            return Errno.ENETUNREACH;
        }
        if ((flags & Rtnetlink.NLM_F_EXCL) != 0 && routes.containsKey(key)) {
            return Errno.EEXIST;
        }
        Entry before = routes.get(key);
        if (before != null && before.protocol() != Rtnetlink.PROTOCOL) {
            throw new AssertionError("a foreign route was overwritten: " + key);
        }
        routes.put(key, known.computeIfAbsent(new Entry(message.protocol(), content, message.nextHopId()), entry -> entry));
        return 0;
    }

    private int delete(RouteMessage message) {
        Key key = new Key(message.prefix(), message.metric());
        Entry entry = routes.get(key);
        if (entry == null || entry.protocol() != message.protocol()) {
            return Errno.ESRCH;
        }
        routes.remove(key);
        return 0;
    }

    List<Map.Entry<Key, Entry>> ours() {
        List<Map.Entry<Key, Entry>> ours = new ArrayList<>();
        routes.entrySet().stream().filter(route -> route.getValue().protocol() == Rtnetlink.PROTOCOL).forEach(route -> ours.add(Map.entry(route.getKey(), route.getValue())));
        return ours;
    }
}
