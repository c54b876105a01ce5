package tombolo.ipam.adapter;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.Refusal;
import tombolo.api.net.Prefix;
import tombolo.ipam.core.Assigner;
import tombolo.ipam.core.Cluster;
import tombolo.ipam.core.Releaser;
import tombolo.ipam.core.Step;
import tombolo.ipam.core.Working;
import tombolo.runtime.Promptness;

/**
 * The one writer of addresses in this process: takes the wishes that wait, plans them as one transaction, commits it, answers them.
 *
 * <pre>
 *  caller ─► queue ─► the turn is free: the caller does one round for all that waits, its own wish with it
 *                 └─► somebody has it, or more waits when that one has its answer: the thread tombolo-ipam goes on
 * </pre>
 *
 * A single caller so pays for no hand-over between threads. An interrupt of a thread that has the turn waits until its round is over ({@link Interrupts}): the
 * wishes of others are not to be left in doubt by it.
 */
final class Batches implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Batches.class);
    /** Callers that may wait: far above what one transaction takes, far below what memory would notice. */
    private static final int QUEUE = 4096;
    /** Wishes of one transaction: what fits it with a handle each. */
    private static final int MAX_BATCH = 128;
    /** Calico's {@code datastoreRetries}. */
    static final int MAX_ATTEMPTS = 100;
    /** Conflicts in a row after which to let others go first. */
    private static final int PATIENCE = 3;
    private static final long LONGEST_PAUSE_NANOS = 50_000_000;
    /** All blocks are not read again for a "no" more often than this. */
    private static final Duration UP_TO_DATE = Duration.ofSeconds(1);
    /** A caller waits no longer: some attempts of the store's own limit. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(90);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final Transactions transactions;
    private final TableFeed feed;
    private final Supplier<Cluster> cluster;
    private final Cluster.Matcher matcher;
    private final Clock clock;
    private final Interrupts interrupts;
    private final ArrayBlockingQueue<Ask<?>> queue = new ArrayBlockingQueue<>(QUEUE);
    private final ReentrantLock turn = new ReentrantLock();
    /** Of whoever has the turn. */
    private final ArrayDeque<Ask<?>> waiting = new ArrayDeque<>();
    private final Thread thread;
    private volatile boolean unfinished;
    private volatile boolean closed;

    Batches(Transactions transactions, TableFeed feed, Supplier<Cluster> cluster, Cluster.Matcher matcher, Clock clock, Interrupts interrupts) {
        this.transactions = transactions;
        this.interrupts = interrupts;
        this.feed = feed;
        this.cluster = cluster;
        this.matcher = matcher;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("tombolo-ipam").daemon(true).start(this::run);
    }

    /** Queues a wish and waits for its answer, or works for it. */
    <T> T ask(Ask<T> ask) {
        if (closed || !queue.offer(ask)) {
            throw closed ? closedException() : new DatastoreException(Reason.BUSY, Applied.NO, "TMB-IPM-001 " + QUEUE + " wishes for addresses wait already. Try again.");
        }
        if (closed && queue.remove(ask)) {
            throw closedException();
        }
        work(ask);
        try {
            return ask.answer.get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DatastoreException problem) {
                // with a stack that says where the caller was
                throw new DatastoreException(problem.reason(), problem.applied(), String.valueOf(problem.getMessage()), problem);
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            boolean withdrawn = queue.remove(ask);
            Thread.currentThread().interrupt();
            throw new DatastoreException(Reason.UNAVAILABLE, withdrawn ? Applied.NO : Applied.UNKNOWN, "TMB-IPM-002 interrupted while a wish for addresses waited."
                    + (withdrawn ? "" : " It may have been met: release by handle."), e);
        } catch (java.util.concurrent.TimeoutException e) {
            boolean withdrawn = queue.remove(ask);
            throw new DatastoreException(Reason.UNAVAILABLE, withdrawn ? Applied.NO : Applied.UNKNOWN, "TMB-IPM-003 no answer to a wish for addresses within " + ANSWER_LIMIT.toSeconds()
                    + " s. Look at datastore:status." + (withdrawn ? "" : " It may have been met: release by handle."), e);
        }
    }

    private static DatastoreException closedException() {
        return new DatastoreException(Reason.CLOSED, Applied.NO, "TMB-IPM-004 address management is stopping.");
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            if (turn.tryLock(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    round();
                } finally {
                    turn.unlock();
                }
            }
            thread.join(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        for (Ask<?> ask = queue.poll(); ask != null; ask = queue.poll()) {
            ask.answer.completeExceptionally(closedException());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A caller's rounds, until its wish is answered; none where somebody else has the turn. */
    private void work(Ask<?> mine) {
        while (!mine.answer.isDone() && !closed && somethingWaits() && turn.tryLock()) {
            try {
                round();
            } finally {
                interrupts.giveBack();
                turn.unlock();
            }
        }
        if (somethingWaits()) {
            LockSupport.unpark(thread);
        }
    }

    private boolean somethingWaits() {
        return unfinished || !queue.isEmpty();
    }

    private void run() {
        Promptness.take();
        while (!closed) {
            if (somethingWaits()) {
                turn.lock();
                try {
                    round();
                } finally {
                    interrupts.giveBack();
                    turn.unlock();
                }
            } else {
                LockSupport.park(this);
            }
        }
    }

    /** One transaction's worth of what waits; a refusal of it all once this is closed. */
    private void round() {
        for (Ask<?> next = waiting.size() < MAX_BATCH ? queue.poll() : null; next != null; next = waiting.size() < MAX_BATCH ? queue.poll() : null) {
            waiting.add(next);
        }
        interrupts.take();
        try {
            if (closed) {
                fail(closedException());
            } else if (!waiting.isEmpty()) {
                batch();
            }
        } catch (RuntimeException | Error e) {
            LOG.error("TMB-IPM-005 a batch of wishes for addresses failed", e);
            fail(e);
        } finally {
            unfinished = !waiting.isEmpty();
        }
    }

    private void fail(Throwable problem) {
        waiting.forEach(ask -> ask.answer.completeExceptionally(problem));
        waiting.clear();
    }

    /** What one round of planning came to. */
    private record Round(Working working, int answered, List<Runnable> answers, Optional<Step.Reclaim<?>> reclaim, boolean stale) { }

    private void batch() {
        Set<Prefix> notReclaimable = new HashSet<>();
        boolean upToDate = false;
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Round round;
            try {
                round = plan(notReclaimable, upToDate || feed.age(clock.instant()).compareTo(UP_TO_DATE) < 0);
                if (round.stale()) {
                    feed.readAll();
                    upToDate = true;
                    continue;
                }
                if (round.reclaim().isPresent()) {
                    Step.Reclaim<?> empty = round.reclaim().get();
                    Optional<Refusal> why = releaseAffinity(empty.owner(), empty.block(), true, OptionalLong.of(empty.sequenceNumber()));
                    if (why.isPresent()) {
                        LOG.debug("block {} is not reclaimed: {}", empty.block(), why.get().message());
                        notReclaimable.add(empty.block());
                    } else {
                        LOG.info("TMB-IPM-006 block {} was empty and is taken from {}", empty.block(), empty.owner());
                    }
                    continue;
                }
                if (transactions.commit(round.working())) {
                    answer(round);
                    return;
                }
            } catch (DatastoreException e) {
                if (e.applied() == Applied.NO && interrupts.take() && !closed) {
                    continue; // nothing came of it because one caller's thread was interrupted
                }
                boolean begun = waiting.stream().anyMatch(Ask::begun);
                fail(begun && e.applied() == Applied.NO ? new DatastoreException(e.reason(), Applied.UNKNOWN, e.getMessage() + " Some of the addresses are held already: release by handle.", e) : e);
                return;
            }
            if (attempt >= PATIENCE) {
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(Math.min(LONGEST_PAUSE_NANOS, (attempt - PATIENCE + 1) * 1_000_000L) + 1));
            }
        }
        fail(new DatastoreException(Reason.BUSY, Applied.NO, "TMB-IPM-007 others changed the same blocks " + MAX_ATTEMPTS + " times in a row: too many allocate at once. Try again."));
    }

    private void answer(Round round) {
        for (int i = 0; i < round.answered(); i++) {
            waiting.removeFirst();
        }
        round.answers().forEach(Runnable::run);
    }

    private Round plan(Set<Prefix> notReclaimable, boolean upToDate) {
        Cluster now = cluster.get();
        Instant time = clock.instant();
        return feed.locked(table -> {
            Working working = new Working(table, feed, time, nanos(time), Duration.ofSeconds(now.coolDownSeconds()));
            Ask.Means means = new Ask.Means(new Assigner(working, now, matcher, notReclaimable, upToDate), new Releaser(working, now));
            List<Runnable> answers = new ArrayList<>();
            int answered = 0;
            for (Ask<?> ask : waiting) {
                switch (step(ask, means, answered == 0, answers)) {
                    case Step.Answer<?> _ -> answered++;
                    case Step.Partly<?> _ -> {
                        return new Round(working, answered, answers, Optional.empty(), false);
                    }
                    case Step.Later<?> _ -> {
                        return new Round(working, answered, answers, Optional.empty(), false);
                    }
                    // what others have planned goes first; then the wish is the first
                    case Step.Reclaim<?> reclaim -> {
                        return new Round(working, answered, answers, answered == 0 ? Optional.of(reclaim) : Optional.empty(), false);
                    }
                    case Step.Stale<?> _ -> {
                        return new Round(working, answered, answers, Optional.empty(), answered == 0);
                    }
                }
            }
            return new Round(working, answered, answers, Optional.empty(), false);
        });
    }

    private static <T> Step<T> step(Ask<T> ask, Ask.Means means, boolean alone, List<Runnable> answers) {
        Step<T> step = ask.plan(means, alone);
        if (step instanceof Step.Answer<T>(T value)) {
            answers.add(() -> ask.answer.complete(value));
        } else if (step instanceof Step.Partly<T>(List<tombolo.api.ipam.HeldAddress> taken)) {
            answers.add(() -> ask.partly(taken));
        } else if (step instanceof Step.Later<T> && alone) {
            throw new IllegalStateException("a wish that does not fit a transaction of its own");
        }
        return step;
    }

    static long nanos(Instant time) {
        return time.getEpochSecond() * 1_000_000_000 + time.getNano();
    }

    // ---- blocks come back in two transactions, between the wishes

    /** Only in turn. */
    private Optional<Refusal> releaseAffinity(BlockOwner owner, Prefix cidr, boolean onlyEmpty, OptionalLong sequenceNumber) {
        Optional<Refusal> why = twoPhases(releaser -> releaser.beginAffinityRelease(owner, cidr, onlyEmpty, sequenceNumber));
        return why.isPresent() ? why : twoPhases(releaser -> releaser.finishAffinityRelease(owner, cidr, onlyEmpty));
    }

    private Optional<Refusal> twoPhases(java.util.function.Function<Releaser, Optional<Refusal>> phase) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Instant time = clock.instant();
            Cluster now = cluster.get();
            Working[] working = new Working[1];
            Optional<Refusal> why = feed.locked(table -> {
                working[0] = new Working(table, feed, time, nanos(time), Duration.ofSeconds(now.coolDownSeconds()));
                return phase.apply(new Releaser(working[0], now));
            });
            if (transactions.commit(working[0])) {
                return why;
            }
        }
        return Optional.of(new Refusal(Refusal.Reason.CONTENTION, "TMB-IPM-007 others changed the same block " + MAX_ATTEMPTS + " times in a row. Try again."));
    }

    /** Takes a block from its owner. */
    Optional<Refusal> askAffinity(BlockOwner owner, Prefix cidr, boolean onlyEmpty, OptionalLong sequenceNumber) {
        Optional<Refusal> begun = ask(Ask.of((means, _) -> new Step.Answer<>(means.releaser().beginAffinityRelease(owner, cidr, onlyEmpty, sequenceNumber))));
        return begun.isPresent() ? begun : ask(Ask.of((means, _) -> new Step.Answer<>(means.releaser().finishAffinityRelease(owner, cidr, onlyEmpty))));
    }

}
