package tombolo.datastore.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.datastore.Change;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;

/**
 * The last revisions: what changed, and the whole tree after each. This is every watcher's buffer at once: a watcher is a revision that moves along, so a slow
 * one costs nothing, and one that the oldest end overtakes is told that its history is compacted.
 *
 * <p>It is bounded by what it alone keeps from being collected, the newest state being there anyway: of each step the keys and values that it superseded, the nodes of
 * the tree before that it replaced by copies, and the objects about them. That is an estimate, within a factor of two of what the heap says.
 */
public final class History {
    private record Step(long revision, List<Change> changes, Tree after, long bytes) { }

    /** What a watcher gets next. */
    public sealed interface Answer {
        /** @param changes each key once, by revision, then key; empty: nothing of the prefix changed up to that revision */
        record Changes(long revision, List<Change> changes) implements Answer { }

        record Compacted(long oldest) implements Answer { }
    }

    /** A step itself, its list, its tree and its place in the ring. */
    private static final int STEP_BYTES = 88;
    /** A change and the objects of the entry that it supersedes: KeyValue, Key, String and Bytes with their arrays' headers, 8 to 48 bytes each. */
    private static final int CHANGE_BYTES = 168;

    private final long maxBytes;
    /** A ring: the step of revision r is at r modulo its length. */
    private final @Nullable Step[] ring;
    private int count;
    private long oldest;
    private Tree oldestTree;
    private long newest;
    private long bytes;

    /**
     * @param maxSteps revisions kept at most
     * @param maxBytes {@link #bytes} at most; the last step is kept whatever it takes
     */
    public History(int maxSteps, long maxBytes, StoreState start) {
        this.ring = new Step[maxSteps];
        this.maxBytes = maxBytes;
        this.oldest = start.revision();
        this.oldestTree = start.tree();
        this.newest = start.revision();
    }

    /** Takes the next revision; forgets what is past the limits. */
    public void append(StoreState.Next next) {
        if (next.changes().isEmpty()) {
            return;
        }
        if (next.state().revision() != newest + 1) {
            throw new IllegalStateException("revision " + next.state().revision() + " after " + newest);
        }
        long size = size(next);
        if (count == ring.length) {
            forgetFirst();
        }
        newest = next.state().revision();
        ring[index(newest)] = new Step(newest, next.changes(), next.state().tree(), size);
        count++;
        bytes += size;
        while (bytes > maxBytes && count > 1) {
            forgetFirst();
        }
    }

    private static long size(StoreState.Next next) {
        int changes = next.changes().size();
        return STEP_BYTES + (long) changes * CHANGE_BYTES + next.superseded() + next.state().tree().copied(changes);
    }

    /** About how many bytes of heap this keeps beside the newest state. */
    public long bytes() {
        return bytes;
    }

    /** Forgets the states before a revision. */
    public void compact(long revision) {
        while (oldest < Math.min(revision, newest)) {
            forgetFirst();
        }
    }

    /** The oldest revision whose state is known; watches may start after it. */
    public long oldest() {
        return oldest;
    }

    public long newest() {
        return newest;
    }

    /** The tree at a revision; empty where that is forgotten. The revision is not above the newest. */
    public Optional<Tree> at(long revision) {
        if (revision < oldest) {
            return Optional.empty();
        }
        return revision == oldest ? Optional.of(oldestTree) : Optional.of(step(revision).after());
    }

    /** What changed below a prefix after a revision, over at most {@code maxRevisions} of them. */
    public Answer after(long revision, KeyPrefix prefix, int maxRevisions) {
        if (revision < oldest) {
            return new Answer.Compacted(oldest);
        }
        long end = Math.min(newest, revision + maxRevisions);
        Map<Key, Change> last = new HashMap<>();
        for (long next = revision + 1; next <= end; next++) {
            for (Change change : step(next).changes()) {
                if (change.key().startsWith(prefix)) {
                    last.put(change.key(), change);
                }
            }
        }
        List<Change> changes = new ArrayList<>(last.values());
        changes.sort(Comparator.comparingLong(Change::modRevision).thenComparing(Change::key));
        return new Answer.Changes(Math.max(end, revision), changes);
    }

    private Step step(long revision) {
        Step step = ring[index(revision)];
        if (step == null || step.revision() != revision) {
            throw new IllegalStateException("revision " + revision + " is not in the history from " + oldest + " to " + newest);
        }
        return step;
    }

    private void forgetFirst() {
        Step first = step(oldest + 1);
        ring[index(first.revision())] = null;
        oldest = first.revision();
        oldestTree = first.after();
        bytes -= first.bytes();
        count--;
    }

    private int index(long revision) {
        return (int) (revision % ring.length);
    }
}
