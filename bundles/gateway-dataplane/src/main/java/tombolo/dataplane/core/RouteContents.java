package tombolo.dataplane.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Numbers for contents, so that a row of a million-route table needs three bytes for what the kernel has. A number lives while a row or a definition refers
 * to it. One thread.
 */
public final class RouteContents {
    private static final int LIMIT = RouteTable.CONTENT_MASK;

    private static final class Entry {
        private final RouteContent content;
        private int references;
        private Optional<RouteRequests.Encoded> encoded4 = Optional.empty();
        private Optional<RouteRequests.Encoded> encoded6 = Optional.empty();

        private Entry(RouteContent content) {
            this.content = content;
        }
    }

    private final Map<RouteContent, Integer> numbers = new HashMap<>();
    private final List<Optional<Entry>> entries = new ArrayList<>(List.of(Optional.empty())); // number 0 means "not in the kernel"
    private final ArrayDeque<Integer> free = new ArrayDeque<>();

    /** The number of a content, which the caller must {@link #retain} before anything is released. */
    public int number(RouteContent content) {
        Integer known = numbers.get(content);
        if (known != null) {
            return known;
        }
        int number = free.isEmpty() ? entries.size() : free.poll();
        if (number > LIMIT) {
            throw new IllegalStateException("more than " + LIMIT + " different next-hop sets");
        }
        Optional<Entry> entry = Optional.of(new Entry(content));
        if (number == entries.size()) {
            entries.add(entry);
        } else {
            entries.set(number, entry);
        }
        numbers.put(content, number);
        return number;
    }

    public RouteContent content(int number) {
        return entry(number).content;
    }

    public void retain(int number) {
        if (number != 0) {
            entry(number).references++;
        }
    }

    public void release(int number) {
        if (number == 0) {
            return;
        }
        Entry entry = entry(number);
        if (--entry.references <= 0) {
            numbers.remove(entry.content);
            entries.set(number, Optional.empty());
            free.add(number);
        }
    }

    public boolean satisfies(int actual, int wanted) {
        return actual == wanted || actual != 0 && content(actual).satisfies(content(wanted));
    }

    public RouteRequests.Encoded encoded(int number, boolean v6, long table, ToIntFunction<String> interfaceIndex) {
        Entry entry = entry(number);
        Optional<RouteRequests.Encoded> known = v6 ? entry.encoded6 : entry.encoded4;
        if (known.isPresent()) {
            return known.get();
        }
        RouteRequests.Encoded encoded = RouteRequests.encode(entry.content, v6, table, interfaceIndex);
        if (v6) {
            entry.encoded6 = Optional.of(encoded);
        } else {
            entry.encoded4 = Optional.of(encoded);
        }
        return encoded;
    }

    /** Interfaces came, went or were renamed: what was encoded with their numbers is encoded anew. */
    public void interfacesChanged() {
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
