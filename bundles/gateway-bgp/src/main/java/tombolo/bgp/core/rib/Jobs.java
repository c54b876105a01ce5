package tombolo.bgp.core.rib;

import java.util.ArrayDeque;

/** Walks over a table, one after the other in slices, so that a filter change or the loss of a peer never holds up the sessions. */
final class Jobs {
    /** Prefixes a slice: a tenth of a millisecond where little changes, half of one where everything does. */
    private static final int SLICE = 512;
    /** Slices of one turn that is not over before. */
    private static final int MOST_SLICES = 8;

    /** A piece of a walk over the ids from {@code from} to before {@code to}. */
    @FunctionalInterface
    interface Slice {
        void run(int from, int to);
    }

    private static final class Job {
        private final FamilyRib rib;
        private final Slice slice;
        private final Runnable then;
        private int next = 1;

        private Job(FamilyRib rib, Slice slice, Runnable then) {
            this.rib = rib;
            this.slice = slice;
            this.then = then;
        }
    }

    private final ArrayDeque<Job> queue = new ArrayDeque<>();

    void walk(FamilyRib rib, Slice slice, Runnable then) {
        queue.add(new Job(rib, slice, then));
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Runs some slices. True: there is more. */
    boolean work(Turn turn) {
        boolean more = true;
        for (int i = 0; more && i < MOST_SLICES; i++) {
            more = slice();
            if (turn.isOver()) {
                break;
            }
        }
        return more;
    }

    private boolean slice() {
        Job job = queue.peek();
        if (job == null) {
            return false;
        }
        int end = job.rib.prefixes.highest() + 1; // ids given out meanwhile are walked too: harmless
        int to = Math.min(end, job.next + SLICE);
        int from = job.next;
        job.next = to; // before the slice runs: one that fails must not be tried for ever
        try {
            job.slice.run(from, to);
        } finally {
            if (to == end) {
                queue.remove(job);
                job.then.run();
            }
        }
        return !queue.isEmpty();
    }

    void finish() {
        while (slice()) {
            // until nothing is left
        }
    }
}
