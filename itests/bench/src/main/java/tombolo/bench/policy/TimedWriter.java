package tombolo.bench.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** @param failure where the writer gave up instead of answering */
    record Note(Change change, long handedNanos, long endNanos, Optional<Outcome> outcome, Optional<Throwable> failure) { }

    TimedWriter(Nftables writer) {
        this.writer = writer;
    }

    @Override
    public CompletableFuture<Outcome> change(Owner owner, Change change) {
        long handed = System.nanoTime();
        return writer.change(owner, change).whenComplete((outcome, failure) ->
                notes.add(new Note(change, handed, System.nanoTime(), failure == null ? Optional.of(outcome) : Optional.empty(), Optional.ofNullable(failure))));
    }

    /** The next change that is over. */
    Note next() throws InterruptedException {
        Note note = notes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (note == null || note.outcome.filter(Outcome.InForce.class::isInstance).isEmpty()) {
            throw new IllegalStateException(note == null ? "no change came within " + PATIENCE_SECONDS + " s" : "not in force: " + note.outcome, note == null ? null : note.failure.orElse(null));
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
