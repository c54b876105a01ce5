package tombolo.bench.policy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Owner;

/** The writer of nftables, with a note of when each change was handed over and when it was in force. */
final class TimedWriter implements Nftables {
    private static final long PATIENCE_SECONDS = 60;
    private final Nftables writer;
    private final LinkedBlockingQueue<Note> notes = new LinkedBlockingQueue<>();

    record Note(Change change, long handedNanos, long endNanos, Outcome outcome) { }

    TimedWriter(Nftables writer) {
        this.writer = writer;
    }

    @Override
    public CompletableFuture<Outcome> change(Owner owner, Change change) {
        long handed = System.nanoTime();
        return writer.change(owner, change).thenApply(outcome -> {
            notes.add(new Note(change, handed, System.nanoTime(), outcome));
            return outcome;
        });
    }

    /** The next change that is over. */
    Note next() throws InterruptedException {
        Note note = notes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (note == null || !(note.outcome instanceof Outcome.InForce)) {
            throw new IllegalStateException(note == null ? "no change came within " + PATIENCE_SECONDS + " s" : note.outcome.toString());
        }
        return note;
    }

    @Override
    public Map<String, List<Counter>> counters(Owner owner) {
        return writer.counters(owner);
    }

    @Override
    public Status status() {
        return writer.status();
    }
}
