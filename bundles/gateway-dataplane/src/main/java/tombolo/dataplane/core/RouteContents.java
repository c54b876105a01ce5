package tombolo.dataplane.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.route.NextHop;

/**
 * Numbers for contents, so that a row of a million-route table needs three bytes for what the kernel has. A number lives while a row or a definition refers
 * to it. One thread.
 */
public final class RouteContents {
    private static final int LIMIT = RouteTable.CONTENT_MASK;

    private static final class Entry {
        private final int object;
        private final int[] uses; // references of all entries of the object
        private RouteContent content;
        private int references;
        private Optional<RouteRequests.Encoded> encoded4 = Optional.empty();
        private Optional<RouteRequests.Encoded> encoded6 = Optional.empty();

        private Entry(RouteContent content, int object, int[] uses) {
            this.content = content;
            this.object = object;
            this.uses = uses;
        }
    }

    /** @param object the nexthop object that such routes go through, 0 where they name their next hops themselves */
    private record Key(RouteContent content, int object) { }

    /** No interface is called so. */
    private static final String ANY = "/";

    /** The interfaces that contents go through, until a content or an interface comes or goes. */
    private Optional<Set<String>> named = Optional.empty();
    private final Map<Integer, int[]> uses = new HashMap<>();
    private final Map<Key, Integer> numbers = new HashMap<>();
    private final List<Optional<Entry>> entries = new ArrayList<>(List.of(Optional.empty())); // number 0 means "not in the kernel"
    private final ArrayDeque<Integer> free = new ArrayDeque<>();

    /** The number of a content, which the caller must {@link #retain} before anything is released. */
    public int number(RouteContent content) {
        return number(content, 0);
    }

    /** The same for routes that go through a nexthop object, 0 for none. */
    int number(RouteContent content, int object) {
        Key key = new Key(content, object);
        Integer known = numbers.get(key);
        if (known != null) {
            return known;
        }
        int number = free.isEmpty() ? entries.size() : free.poll();
        if (number > LIMIT) {
            throw new IllegalStateException("more than " + LIMIT + " different next-hop sets");
        }
        Optional<Entry> entry = Optional.of(new Entry(content, object, uses.computeIfAbsent(object, any -> new int[1])));
        if (number == entries.size()) {
            entries.add(entry);
        } else {
            entries.set(number, entry);
        }
        numbers.put(key, number);
        named = Optional.empty();
        return number;
    }

    /** The nexthop object of a number, or 0. */
    int object(int number) {
        return entry(number).object;
    }

    /** How many rows and definitions refer to contents that go through the object. */
    int uses(int object) {
        int[] count = uses.get(object);
        return count == null ? 0 : count[0];
    }

    /** An object leads elsewhere now, and with it every route through it: their numbers stay. */
    void moved(int object, List<NextHop> nextHops) {
        named = Optional.empty();
        for (int number = 1; number < entries.size(); number++) {
            Entry entry = entries.get(number).orElse(null);
            if (entry != null && entry.object == object && entry.content.kind() == RouteContent.Kind.UNICAST) {
                numbers.remove(new Key(entry.content, object));
                entry.content = entry.content.through(nextHops);
                numbers.put(new Key(entry.content, object), number);
            }
        }
    }

    public RouteContent content(int number) {
        return entry(number).content;
    }

    public void retain(int number) {
        if (number != 0) {
            Entry entry = entry(number);
            entry.references++;
            entry.uses[0]++;
        }
    }

    public void release(int number) {
        if (number == 0) {
            return;
        }
        Entry entry = entry(number);
        entry.uses[0]--;
        if (--entry.references <= 0) {
            numbers.remove(new Key(entry.content, entry.object));
            entries.set(number, Optional.empty());
            named = Optional.empty();
            free.add(number);
            if (entry.uses[0] <= 0) {
                uses.remove(entry.object);
            }
        }
    }

    /** Whether two contents differ in nothing but the next hops. */
    boolean alike(int actual, int wanted) {
        RouteContent one = content(actual);
        RouteContent other = content(wanted);
        return one.kind() == other.kind() && one.metric() == other.metric() && one.mtu() == other.mtu();
    }

    public boolean satisfies(int actual, int wanted) {
        return actual == wanted || actual != 0 && content(actual).satisfies(content(wanted));
    }

    public RouteRequests.Encoded encoded(int number, boolean v6, long table, Interfaces interfaces) {
        Entry entry = entry(number);
        Optional<RouteRequests.Encoded> known = v6 ? entry.encoded6 : entry.encoded4;
        if (known.isPresent()) {
            return known.get();
        }
        RouteRequests.Encoded encoded = RouteRequests.encode(entry.content, entry.object, v6, table, interfaces);
        if (v6) {
            entry.encoded6 = Optional.of(encoded);
        } else {
            entry.encoded4 = Optional.of(encoded);
        }
        return encoded;
    }

    /** Whether a content goes through an interface, as far as is known: one that names a gateway alone goes by whichever is connected to it, which may be any. */
    boolean mayUse(String name, Interfaces kernel) {
        if (named.isEmpty()) {
            Set<String> all = new HashSet<>();
            entries.forEach(entry -> entry.ifPresent(e -> e.content.nextHops().forEach(hop -> all.add(hop.interfaceName().or(() -> hop.gateway().flatMap(kernel::towards)).orElse(ANY)))));
            named = Optional.of(all);
        }
        return named.get().contains(name) || named.get().contains(ANY);
    }

    /** Interfaces came, went or were renamed: what was encoded with their numbers is encoded anew. */
    public void interfacesChanged() {
        named = Optional.empty();
        for (Optional<Entry> entry : entries) {
            entry.ifPresent(e -> {
                e.encoded4 = Optional.empty();
                e.encoded6 = Optional.empty();
            });
        }
    }

    public int size() {
        return numbers.size();
    }

    private Entry entry(int number) {
        return entries.get(number).orElseThrow(() -> new IllegalStateException("content " + number + " is not in use"));
    }
}
