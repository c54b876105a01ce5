package tombolo.dataplane.core;

import java.util.Arrays;
import java.util.Optional;

/** What one owner has told: its next-hop sets by id, and the routes of it that another feed outdoes. */
final class Feed {
    private final int number;
    private final String owner;
    private final int preference;
    private final boolean[] inSync = new boolean[2];
    private int[] contents = new int[64];
    private int[] rows = new int[64];
    private Optional<RouteTable> shadowed4 = Optional.empty();
    private Optional<RouteTable> shadowed6 = Optional.empty();

    Feed(int number, String owner, int preference) {
        this.number = number;
        this.owner = owner;
        this.preference = preference;
    }

    int number() {
        return number;
    }

    String owner() {
        return owner;
    }

    /** Whether this feed's route is taken rather than the other's; the owner's name breaks a tie, so that the order of arrival does not matter. */
    boolean outdoes(Feed other) {
        return preference != other.preference ? preference < other.preference : owner.compareTo(other.owner) < 0;
    }

    boolean inSync(boolean v6) {
        return inSync[v6 ? 1 : 0];
    }

    void inSync(boolean v6, boolean value) {
        inSync[v6 ? 1 : 0] = value;
    }

    /** The content number of an id, 0 while undefined. */
    int content(int id) {
        return id < contents.length ? contents[id] : 0;
    }

    void content(int id, int number) {
        grow(id);
        contents[id] = number;
    }

    int ids() {
        return contents.length;
    }

    int rows(int id) {
        return id < rows.length ? rows[id] : 0;
    }

    void addRows(int id, int difference) {
        grow(id);
        rows[id] += difference;
    }

    Optional<RouteTable> shadowed(boolean v6) {
        return v6 ? shadowed6 : shadowed4;
    }

    /** Remembers a route that another feed outdoes. Tables are made at need: most feeds never overlap. */
    void shadow(boolean v6, long hi, long lo, int length, int id) {
        if (shadowed(v6).isEmpty()) {
            if (v6) {
                shadowed6 = Optional.of(RouteTable.of(true));
            } else {
                shadowed4 = Optional.of(RouteTable.of(false));
            }
        }
        RouteTable table = shadowed(v6).get();
        table.desired(table.findOrAdd(hi, lo, length), id);
    }

    /** Forgets a shadowed route; answers its id, or {@link RouteTable#NONE}. */
    int unshadow(boolean v6, long hi, long lo, int length) {
        RouteTable table = shadowed(v6).orElse(null);
        int slot = table == null ? -1 : table.find(hi, lo, length);
        if (slot < 0) {
            return RouteTable.NONE;
        }
        int id = table.desired(slot);
        table.remove(slot);
        return id;
    }

    void forgetShadowed() {
        shadowed4 = Optional.empty();
        shadowed6 = Optional.empty();
    }

    private void grow(int id) {
        if (id >= contents.length) {
            int size = Math.max(id + 1, contents.length * 2);
            contents = Arrays.copyOf(contents, size);
            rows = Arrays.copyOf(rows, size);
        }
    }
}
