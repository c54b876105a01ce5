package tombolo.dataplane.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import tombolo.api.kernel.Errno;
import tombolo.api.net.Prefix;

/** What the kernel's tables do with route messages, as far as {@link DesiredRoutes} depends on it: one route for each prefix and metric. */
final class SimulatedKernel {
    record Key(Prefix prefix, long metric) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byPrefix = prefix.compareTo(other.prefix);
            return byPrefix != 0 ? byPrefix : Long.compare(metric, other.metric);
        }
    }

    record Entry(int protocol, RouteContent content) { }

    private static final IntFunction<String> NAMES = index -> "if" + index;

    final Map<Key, Entry> routes = new TreeMap<>();
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
            if (!message.parse(reader)) {
                throw new AssertionError("a message that is none");
            }
            boolean acknowledge = (reader.flags() & Rtnetlink.NLM_F_ACK) != 0;
            int errno = reader.type() == Rtnetlink.RTM_DELROUTE ? delete(message) : add(message, reader.flags());
            if (errno != 0 || acknowledge) {
                last = batch.answer(reader.sequence(), errno, "");
            }
        }
        if (!last) {
            throw new AssertionError("the last message was not acknowledged");
        }
    }

    private int add(RouteMessage message, int flags) {
        Key key = new Key(message.prefix(), message.metric());
        RouteContent content = message.content(NAMES);
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
        routes.put(key, new Entry(message.protocol(), content));
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
