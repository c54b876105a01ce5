package tombolo.dataplane.core;

import java.util.List;
import java.util.function.IntPredicate;
import tombolo.api.route.NextHop;

/** What dumps and notifications tell of our routes in the kernel, compared with what is wanted. One thread. */
final class ObservedRoutes {
    private final RouteRows all;
    private final RouteContents contents;
    private final Feeds feeds;
    private final ExtraRoutes extras;
    private final NextHopObjects objects;

    ObservedRoutes(RouteRows all, RouteContents contents, Feeds feeds, ExtraRoutes extras, NextHopObjects objects) {
        this.all = all;
        this.contents = contents;
        this.feeds = feeds;
        this.extras = extras;
        this.objects = objects;
    }

    void beginDump(boolean v6) {
        RouteTable rows = all.table(v6);
        for (int slot = 0; slot < rows.capacity(); slot++) {
            rows.flag(slot, RouteTable.SEEN, false);
        }
    }

    /** A route of ours, as a dump shows it. What was written since the dump began is newer than the dump. */
    void dumped(boolean v6, long hi, long lo, int length, RouteContent content, int object) {
        RouteTable rows = all.table(v6);
        int slot = rows.findOrAdd(hi, lo, length);
        if (rows.flagged(slot, RouteTable.SEEN)) {
            if (rows.content(slot) != 0 && all.actualMetric(rows, slot) != content.metric()) {
                second(rows, slot, content, object);
            }
            return;
        }
        rows.flag(slot, RouteTable.SEEN, true);
        appear(rows, slot, content, object);
    }

    /** Of two of our routes for one prefix, keeps as the row's that of the wanted metric; the other goes once nobody can want it. */
    private void second(RouteTable rows, int slot, RouteContent content, int object) {
        int wanted = all.wantedContent(rows, slot);
        long leave = content.metric();
        if (wanted != 0 && contents.content(wanted).metric() == content.metric()) {
            leave = all.actualMetric(rows, slot);
            all.actual(rows, slot, number(content, object));
            all.touch(rows, slot);
        }
        extras.add(rows, slot, leave, wanted != 0);
    }

    /** The dump is complete: routes that it did not show are not there. Answers how many rows differ from what is wanted. */
    int endDump(boolean v6) {
        RouteTable rows = all.table(v6);
        RouteRows.each(rows, slot -> {
            if (rows.content(slot) != 0 && !rows.flagged(slot, RouteTable.SEEN)) {
                all.vanish(rows, slot);
            }
        });
        sweep(v6);
        return rows.dirtyCount();
    }

    void sweep(boolean v6) {
        RouteTable rows = all.table(v6);
        RouteRows.each(rows, slot -> {
            if (rows.desired(slot) == RouteTable.NONE && rows.content(slot) != 0 && feeds.sweepable(v6, all.actualMetric(rows, slot))) {
                rows.dirty(slot, true);
            }
        });
    }

    void deleted(boolean v6, long hi, long lo, int length, long metric, int object) {
        gone(v6, hi, lo, length, metric, content -> wentThrough(content, object));
    }

    void displaced(boolean v6, long hi, long lo, int length, long metric) {
        gone(v6, hi, lo, length, metric, content -> true);
    }

    private void gone(boolean v6, long hi, long lo, int length, long metric, IntPredicate meant) {
        RouteTable rows = all.table(v6);
        extras.remove(new ExtraRoutes.Extra(v6, hi, lo, length, metric));
        int slot = rows.find(hi, lo, length);
        if (slot >= 0 && all.actualMetric(rows, slot) == metric && meant.test(rows.content(slot))) {
            rows.flag(slot, RouteTable.SEEN, true);
            all.vanish(rows, slot);
        }
    }

    /** Else the news is of the route before the one that is there now. What an unknown form goes through is not kept. */
    private boolean wentThrough(int content, int object) {
        return contents.object(content) == object || contents.content(content).kind() == RouteContent.Kind.FOREIGN_SHAPE;
    }

    void appeared(boolean v6, long hi, long lo, int length, RouteContent content, int object) {
        RouteTable rows = all.table(v6);
        int slot = rows.findOrAdd(hi, lo, length);
        rows.flag(slot, RouteTable.SEEN, true);
        if (rows.content(slot) != 0 && all.actualMetric(rows, slot) != content.metric()) {
            second(rows, slot, content, object);
        } else {
            appear(rows, slot, content, object);
        }
    }

    void foreignDeleted(boolean v6, long hi, long lo, int length) {
        RouteTable rows = all.table(v6);
        int slot = rows.find(hi, lo, length);
        if (slot >= 0 && rows.flagged(slot, RouteTable.CONFLICT)) {
            rows.dirty(slot, true);
        }
    }

    private void appear(RouteTable rows, int slot, RouteContent content, int object) {
        all.actual(rows, slot, number(content, object));
        if (rows.desired(slot) != RouteTable.NONE) {
            all.touch(rows, slot);
        } else if (feeds.sweepable(rows.isV6(), content.metric())) {
            rows.dirty(slot, true);
        }
    }

    private int number(RouteContent content, int object) {
        if (object == 0) {
            return contents.number(content);
        }
        List<NextHop> leads = objects.nextHops(object).orElse(List.of());
        return leads.isEmpty() || content.kind() != RouteContent.Kind.UNICAST
                ? contents.number(new RouteContent(RouteContent.Kind.FOREIGN_SHAPE, List.of(), content.metric(), 0)) : contents.number(content.through(leads), object);
    }
}
