package tombolo.datastore.adapter;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;
import tombolo.api.datastore.Lease;
import tombolo.datastore.core.FileHeader;
import tombolo.datastore.core.Mutation;
import tombolo.datastore.core.StoreState;
import tombolo.runtime.Loop;

/**
 * The one writer. It takes what waits, tries it on the last durable state, writes one frame, syncs, and only then publishes and answers.
 *
 * <pre>
 *  caller ─► queue ─► the turn is free: the caller writes all that waits, its own call with it, and is answered without another thread
 *                 └─► somebody has it: what is left when that one has its answer is written by the Loop's thread
 * </pre>
 *
 * So a single caller pays for no hand-over between threads, which costs as much as the sync itself, and many callers share a sync. Whoever has the turn is as
 * patient as the disk; the others are answered after the caller's own limit.
 */
final class StoreWriter {
    private static final Logger LOG = LoggerFactory.getLogger(StoreWriter.class);
    /** Callers that may wait: far above the 64 that saturate a disk, far below what would be noticed in memory. */
    private static final int QUEUE = 4096;
    /** A frame that is larger than this takes no further record, so that a sync stays short. */
    private static final int FRAME_BYTES = 1 << 21;
    /** How late a lease may be found to be over. */
    private static final Duration LEASE_TICK = Duration.ofMillis(250);
    /** For whoever writes when the store stops. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final Volume volume;
    private final StoreLimits limits;
    private final Published published;
    private final LongSupplier nanoTime;
    private final ArrayBlockingQueue<Request> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Loop loop = Loop.prompt("tombolo-datastore", 64);
    private final ReentrantLock turn = new ReentrantLock();

    // of whoever has the turn
    private final Map<Long, Long> leaseDeadlines = new HashMap<>();
    private final List<Request> batch = new ArrayList<>();
    private LogFile log;
    private StoreState state;
    private List<StoreState.Next> steps = new ArrayList<>();
    private List<Runnable> answers = new ArrayList<>();
    private long retryCheckpointAt;
    private volatile boolean checkpointing;

    private volatile boolean closed;
    private volatile @Nullable DatastoreException broken;
    private volatile @Nullable String full;

    StoreWriter(Volume volume, StoreLimits limits, Published published, LogFile log, LongSupplier nanoTime) {
        this.volume = volume;
        this.limits = limits;
        this.published = published;
        this.log = log;
        this.nanoTime = nanoTime;
        this.state = published.state();
        this.retryCheckpointAt = limits.checkpointBytes();
        long now = nanoTime.getAsLong();
        state.leases().forEach((id, timeToLive) -> leaseDeadlines.put(id, now + timeToLive.toNanos()));
        loop.worker(this::workInTurn);
        loop.schedule(LEASE_TICK, this::tick);
    }

    /** Queues a call, and writes it where nobody else writes. @throws DatastoreException BUSY, BROKEN or CLOSED: nothing was queued */
    void submit(Request request) {
        DatastoreException problem = broken;
        if (problem != null) {
            throw Texts.broken(volume.name(), Applied.NO, problem);
        }
        if (closed) {
            throw Texts.closed(volume.name());
        }
        if (!queue.offer(request)) {
            throw Texts.busy(volume.name(), QUEUE);
        }
        while (!request.answer().isDone() && !queue.isEmpty() && turn.tryLock()) {
            try {
                workUnlessClosed();
            } finally {
                turn.unlock();
            }
        }
        if (!queue.isEmpty()) {
            loop.wake();
        }
        if (closed) {
            // closed between the check and the offer: nobody may come for it any more
            refuseQueued();
        }
    }

    private boolean workInTurn() {
        turn.lock();
        try {
            return workUnlessClosed();
        } finally {
            turn.unlock();
        }
    }

    private boolean workUnlessClosed() {
        if (closed) {
            refuseQueued();
            return false;
        }
        return work();
    }

    /** Why writes are refused, where they are. */
    Optional<String> problem() {
        DatastoreException problem = broken;
        return Optional.ofNullable(problem != null ? problem.getMessage() : full);
    }

    /** Finishes what is queued and closes the log. */
    void close() {
        boolean mine = takeTurn();
        try {
            while (mine && work()) {
                // until the queue is empty
            }
        } finally {
            closed = true;
            if (mine) {
                turn.unlock();
            }
        }
        loop.close();
        refuseQueued();
        if (!mine) {
            LOG.warn("TMB-DST-015 {}: what waited was not written within {} s of the stop", volume.name(), CLOSE_LIMIT.toSeconds());
            return; // the log is left to whoever hangs in it
        }
        try {
            log.close();
        } catch (IOException e) {
            LOG.warn("TMB-DST-016 {}: the log did not close: {}", volume.name(), e.toString());
        }
    }

    private boolean takeTurn() {
        if (turn.tryLock()) {
            return true;
        }
        boolean interrupted = Thread.interrupted(); // a stop that is interrupted still has to end with a log that is closed
        try {
            return turn.tryLock(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            interrupted = true;
            return turn.tryLock();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void refuseQueued() {
        for (Request request = queue.poll(); request != null; request = queue.poll()) {
            request.fail(Texts.closed(volume.name()));
        }
    }

    private void tick() {
        if (!leaseDeadlines.isEmpty()) {
            loop.wake();
        }
        loop.schedule(LEASE_TICK, this::tick);
    }

    /** One frame. Answers whether more waits. */
    private boolean work() {
        DatastoreException problem = broken;
        if (problem != null) {
            // queued before the log broke: it must not be written to again
            for (Request request = queue.poll(); request != null; request = queue.poll()) {
                request.fail(Texts.broken(volume.name(), Applied.NO, problem));
            }
            return false;
        }
        batch.clear();
        StoreState before = state;
        endLeases();
        for (Request request = next(); request != null; request = next()) {
            batch.add(request);
            try {
                take(request);
            } catch (RuntimeException | Error e) {
                // a defect must not leave part of a request behind: nothing of this frame is written
                state = before;
                abandon(e);
                return !queue.isEmpty();
            }
        }
        if (log.frames().isEmpty()) {
            answerAll();
            return !queue.isEmpty();
        }
        write(before);
        return !queue.isEmpty();
    }

    private @Nullable Request next() {
        return log.frames().size() < FRAME_BYTES ? queue.poll() : null;
    }

    private void write(StoreState before) {
        try {
            reserve();
            log.commit();
            full = null;
        } catch (LogFile.BrokenException e) {
            state = before;
            DatastoreException problem = Texts.broken(volume.name(), Applied.UNKNOWN, e);
            broken = problem;
            LOG.error(problem.getMessage());
            abandon(problem);
            return;
        } catch (IOException e) {
            state = before;
            DatastoreException problem = Texts.full(volume.name(), e);
            if (full == null) {
                LOG.error(problem.getMessage());
            }
            full = problem.getMessage();
            abandon(problem);
            return;
        }
        List<StoreState.Next> durable = steps;
        steps = new ArrayList<>();
        published.advance(state, durable);
        answerAll();
        if (log.frames().position() >= retryCheckpointAt && !checkpointing) {
            roll(Optional.empty());
        }
    }

    /** Makes room in the log; on a full disk, first gives up the generation of files that is kept for repairs. */
    private void reserve() throws IOException {
        try {
            log.reserve();
        } catch (IOException e) {
            if (e instanceof LogFile.BrokenException || !Texts.isFull(e) || checkpointing || !StoreFiles.prune(volume, 1)) {
                throw e;
            }
            LOG.warn("TMB-DST-028 {}: the disk is full; the older generation of files was given up for the log", volume.name());
            log.reserve();
        }
    }

    private void abandon(Throwable problem) {
        log.frames().clear();
        steps.clear();
        answers.clear();
        batch.forEach(request -> request.fail(problem));
        leaseDeadlines.keySet().retainAll(state.leases().keySet());
    }

    private void answerAll() {
        List<Runnable> due = answers;
        answers = new ArrayList<>();
        due.forEach(Runnable::run);
    }

    private void take(Request request) {
        switch (request) {
            case Request.Commit commit -> {
                switch (state.evaluate(commit.transaction())) {
                    case StoreState.Evaluation.NoSuchLease missing -> commit.fail(new DatastoreException(Reason.LEASE_NOT_FOUND, Applied.NO,
                            "TMB-DST-029 " + volume.name() + ": " + missing.key() + ": there is no lease " + missing.leaseId() + ": it ended, or was never granted."));
                    case StoreState.Evaluation.Accepted accepted -> {
                        if (accepted.step().isPresent()) {
                            StoreState.Next next = accepted.step().get().next();
                            long bytes = next.state().tree().bytes();
                            if (bytes > limits.maxBytes() && bytes > state.tree().bytes()) {
                                commit.fail(Texts.quota(volume.name(), bytes, limits.maxBytes()));
                                return;
                            }
                            record(accepted.step().get().commit(), next);
                        }
                        answers.add(() -> commit.answer().complete(accepted.result()));
                    }
                }
            }
            case Request.Grant grant -> {
                long id = state.nextLease();
                Mutation mutation = new Mutation.Grant(id, grant.timeToLive());
                record(mutation, state.apply(mutation));
                leaseDeadlines.put(id, nanoTime.getAsLong() + grant.timeToLive().toNanos());
                answers.add(() -> grant.answer().complete(new Lease(id, grant.timeToLive())));
            }
            case Request.KeepAlive keepAlive -> {
                Duration timeToLive = state.leases().get(keepAlive.leaseId());
                if (timeToLive != null) {
                    leaseDeadlines.put(keepAlive.leaseId(), nanoTime.getAsLong() + timeToLive.toNanos());
                }
                answers.add(() -> keepAlive.answer().complete(timeToLive != null));
            }
            case Request.Revoke revoke -> {
                boolean there = endLease(revoke.leaseId());
                answers.add(() -> revoke.answer().complete(there));
            }
            case Request.Checkpoint checkpoint -> answers.add(() -> roll(Optional.of(checkpoint.answer())));
        }
    }

    private void record(Mutation mutation, StoreState.Next next) {
        log.frames().add(mutation);
        state = next.state();
        if (!next.changes().isEmpty()) {
            steps.add(next);
        }
    }

    private boolean endLease(long id) {
        if (!state.leases().containsKey(id)) {
            return false;
        }
        Mutation mutation = new Mutation.LeaseEnd(id);
        record(mutation, state.apply(mutation));
        answers.add(() -> leaseDeadlines.remove(id));
        return true;
    }

    private void endLeases() {
        if (leaseDeadlines.isEmpty()) {
            return;
        }
        long now = nanoTime.getAsLong();
        leaseDeadlines.forEach((id, deadline) -> {
            if (deadline - now <= 0) {
                endLease(id);
            }
        });
    }

    /** Begins the next log, and the checkpoint of everything before it on a thread of its own. The frame is empty and the state durable. */
    private void roll(Optional<CompletableFuture<Boolean>> wanted) {
        if (checkpointing || broken != null) {
            wanted.ifPresent(answer -> answer.complete(false));
            return;
        }
        FileHeader old = log.header();
        FileHeader header = new FileHeader(FileHeader.Kind.LOG, limits.unit(), old.storeHigh(), old.storeLow(), log.frames().sequence() + 1);
        LogFile next;
        try {
            next = LogFile.create(volume, header);
        } catch (IOException e) {
            goOn(e);
            wanted.ifPresent(answer -> answer.complete(false));
            return;
        }
        log.frames().add(new Mutation.Roll(header.sequence()));
        try {
            log.reserve();
            log.commit();
        } catch (IOException e) {
            log.frames().clear();
            closeQuietly(next);
            if (e instanceof LogFile.BrokenException) {
                // this log may or may not name the next one: only opening again can tell
                DatastoreException problem = Texts.broken(volume.name(), Applied.NO, e);
                broken = problem;
                LOG.error(problem.getMessage());
            } else {
                withdraw(next, e);
            }
            wanted.ifPresent(answer -> answer.complete(false));
            return;
        }
        closeQuietly(log);
        log = next;
        retryCheckpointAt = limits.checkpointBytes();
        checkpointing = true;
        StoreState durable = state;
        Thread.ofPlatform().name("tombolo-datastore-checkpoint").daemon(true).start(() -> checkpoint(header.sequence() - 1, header, durable, wanted));
    }

    /** Removes a next log that this one does not name. */
    private void withdraw(LogFile next, IOException why) {
        try {
            volume.delete(next.name());
        } catch (IOException e) {
            why.addSuppressed(e); // empty and not named: opening removes it, and so does the next attempt
        }
        goOn(why);
    }

    private void goOn(IOException why) {
        LOG.warn("TMB-DST-017 {}: the next log could not be begun: {}; the present one goes on", volume.name(), why.toString());
        retryCheckpointAt = log.frames().position() + limits.checkpointBytes() / 4;
    }

    private void checkpoint(long sequence, FileHeader log, StoreState durable, Optional<CompletableFuture<Boolean>> wanted) {
        boolean written = false;
        try {
            FileHeader header = new FileHeader(FileHeader.Kind.CHECKPOINT, log.unit(), log.storeHigh(), log.storeLow(), sequence);
            Checkpoints.write(volume, StoreReader.checkpoint(sequence), header, durable);
            written = true;
            StoreFiles.prune(volume, 2);
        } catch (IOException | RuntimeException | Error e) {
            LOG.warn("TMB-DST-018 {}: the checkpoint of revision {} was not written: {}; the logs are kept, the next one is tried after the next log", volume.name(), durable.revision(), e.toString());
        } finally {
            checkpointing = false;
            boolean result = written;
            wanted.ifPresent(answer -> answer.complete(result));
        }
    }

    private void closeQuietly(LogFile file) {
        try {
            file.close();
        } catch (IOException e) {
            LOG.warn("TMB-DST-016 {}: {} did not close: {}", volume.name(), file.name(), e.toString());
        }
    }
}
