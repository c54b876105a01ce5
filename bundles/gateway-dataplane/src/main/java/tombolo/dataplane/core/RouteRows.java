package tombolo.dataplane.core;

import java.util.function.IntConsumer;

/** The rows of both families: what each one is wanted to be, what it is, and whether the two differ. One thread. */
final class RouteRows {
    private final RouteTable[] tables = {RouteTable.of(false), RouteTable.of(true)};
    private final RouteContents contents;
    private final Feeds feeds;
    private final NextHopObjects objects;

    RouteRows(RouteContents contents, Feeds feeds, NextHopObjects objects) {
        this.contents = contents;
        this.feeds = feeds;
        this.objects = objects;
    }

    RouteTable table(boolean v6) {
        return tables[v6 ? 1 : 0];
    }

    RouteTable[] both() {
        return tables;
    }

    static void each(RouteTable rows, IntConsumer action) {
        for (int slot = 0; slot < rows.capacity(); slot++) {
            if (rows.used(slot)) {
                action.accept(slot);
            }
        }
    }

    int wantedContent(RouteTable rows, int slot) {
        return feeds.content(rows.desired(slot));
    }

    /** The metric of the route that the row stands for, or -1 where the kernel has none. */
    long actualMetric(RouteTable rows, int slot) {
        return rows.content(slot) == 0 ? -1 : contents.content(rows.content(slot)).metric();
    }

    void want(RouteTable rows, int slot, int wanted) {
        int before = rows.desired(slot);
        if (before != RouteTable.NONE) {
            feeds.holder(before).addRows(before & 0xffff, -1);
        }
        if (wanted != RouteTable.NONE) {
            feeds.holder(wanted).addRows(wanted & 0xffff, 1);
        }
        rows.desired(slot, wanted);
    }

    /** Marks a row for writing where the kernel does not have what is wanted. A row with an id not defined yet waits for the definition. */
    void touch(RouteTable rows, int slot) {
        rows.flag(slot, RouteTable.FAILED | RouteTable.CONFLICT, false);
        int wanted = wantedContent(rows, slot);
        rows.dirty(slot, wanted != 0 && !satisfied(rows, slot, wanted));
    }

    /**
     * A route through a nexthop object must go through that of its own set, which is then brought to lead where the set does: through another set's it would go
     * astray with that one's next change. Where a set has an object, its routes should use it.
     */
    private boolean satisfied(RouteTable rows, int slot, int wanted) {
        int actual = rows.content(slot);
        if (actual == 0) {
            return false;
        }
        boolean v6 = rows.isV6();
        int desired = rows.desired(slot);
        if (contents.object(actual) == 0) {
            return objects.through(desired, v6, wanted) == 0 && contents.satisfies(actual, wanted);
        }
        return objects.serves(actual, desired, v6, wanted) && contents.alike(actual, wanted);
    }

    /** Looks again at all routes of a set. */
    void touchAll(int desired, boolean v6) {
        RouteTable rows = table(v6);
        each(rows, slot -> {
            if (rows.desired(slot) == desired) {
                touch(rows, slot);
            }
        });
    }

    void vanish(RouteTable rows, int slot) {
        actual(rows, slot, 0);
        if (rows.desired(slot) == RouteTable.NONE) {
            rows.remove(slot);
        } else if (wantedContent(rows, slot) != 0) {
            rows.dirty(slot, true);
        }
    }

    /** A nexthop object is gone, and the kernel has removed the routes through it. */
    void vanishThrough(int object) {
        for (RouteTable rows : tables) {
            each(rows, slot -> {
                if (rows.content(slot) != 0 && contents.object(rows.content(slot)) == object) {
                    rows.flag(slot, RouteTable.SEEN, true); // newer than a dump that may be running
                    vanish(rows, slot);
                }
            });
        }
    }

    void actual(RouteTable rows, int slot, int content) {
        int before = rows.content(slot);
        contents.retain(content);
        contents.release(before);
        rows.content(slot, content);
    }
}
