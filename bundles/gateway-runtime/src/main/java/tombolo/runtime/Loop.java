package tombolo.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One writer: a named platform thread that owns a piece of state and works off a bounded mailbox, timers, and one background worker.
 *
 * <pre>
 * any thread ── offer(task): false when full ──► [ mailbox ≤ capacity ] ──► the Loop's thread ──► state
 *                                                [ timers ]              ──►
 *                                                [ worker: more work? ]  ──► runs while it answers true and nothing else waits
 * </pre>
 *
 * Tasks run in the order of their offers. A task that throws is logged with the Loop's name and the Loop goes on: bad input never stops a subsystem. Timers
 * are for the Loop's own thread or any other. {@link #close} runs what is queued up to a time limit and joins the thread.
 */
public final class Loop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    /** A piece of background work that is called again for as long as it answers true; one call should take at most a millisecond. */
    @FunctionalInterface
    public interface Worker {
        boolean work();
    }

    /** A timer that has been set; cancelling an expired one does nothing. */
    public interface Timer {
        void cancel();
    }

    private final String name;
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wakeup = lock.newCondition();
    private final ArrayDeque<Runnable> mailbox = new ArrayDeque<>();
    private final PriorityQueue<PendingTimer> timers = new PriorityQueue<>(Comparator.comparingLong(timer -> timer.dueNanos));
    private final Thread thread;
    private @Nullable Worker worker;
    private boolean workerWanted;
    private boolean closing;

    /**
     * Starts the Loop.
     *
     * @param name     the thread's name, such as {@code tombolo-bgp}
     * @param capacity the most tasks that wait; an offer past it is refused
     */
    public Loop(String name, int capacity) {
        this(name, capacity, () -> { });
    }

    /** Starts a Loop whose thread is {@linkplain Promptness prompt}: for one that a program waits for. */
    public static Loop prompt(String name, int capacity) {
        return new Loop(name, capacity, Promptness::take);
    }

    private Loop(String name, int capacity, Runnable first) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity " + capacity);
        }
        this.name = name;
        this.capacity = capacity;
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(() -> {
            guarded(first);
            run();
        });
        this.thread.start();
    }

    /** Queues a task; false where the mailbox is full or the Loop is closing (nothing was queued). Any thread. */
    public boolean offer(Runnable task) {
        lock.lock();
        try {
            if (closing || mailbox.size() >= capacity) {
                return false;
            }
            mailbox.add(task);
            wakeup.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs a question on the Loop and answers with its result; for shell commands and tests, never from another Loop. Any other thread.
     *
     * @throws IllegalStateException where the mailbox is full, the Loop is closed, or no answer comes within the limit
     */
    public <T> T ask(Supplier<T> question, Duration limit) {
        if (isCurrent()) {
            return question.get();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        boolean taken = offer(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        if (!taken) {
            throw new IllegalStateException(name + " is busy or stopping: try again");
        }
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(name + " did not answer within " + limit.toMillis() + " ms: try again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + name, e);
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Runs a task on the Loop once the delay is over; the task does not count against the mailbox. Any thread. */
    public Timer schedule(Duration delay, Runnable task) {
        PendingTimer timer = new PendingTimer(System.nanoTime() + delay.toNanos(), task);
        lock.lock();
        try {
            timers.add(timer);
            wakeup.signal();
        } finally {
            lock.unlock();
        }
        return () -> {
            lock.lock();
            try {
                timers.remove(timer);
            } finally {
                lock.unlock();
            }
        };
    }

    /** Sets the background worker; {@link #wake} starts it. Once, before the first wake. */
    public void worker(Worker worker) {
        lock.lock();
        try {
            this.worker = worker;
        } finally {
            lock.unlock();
        }
    }

    /** Says that the worker has something to do. Cheap; any thread; calls while it is already wanted cost nothing. */
    public void wake() {
        lock.lock();
        try {
            if (!workerWanted) {
                workerWanted = true;
                wakeup.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    public String name() {
        return name;
    }

    /** Tasks that wait now. */
    public int queued() {
        lock.lock();
        try {
            return mailbox.size();
        } finally {
            lock.unlock();
        }
    }

    /** Runs what is queued, drops timers, and joins the thread; waits at most 2 s, then interrupts it. Idempotent; not from the Loop itself. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            wakeup.signal();
        } finally {
            lock.unlock();
        }
        try {
            if (!thread.join(Duration.ofSeconds(2))) {
                LOG.warn("TMB-RUN-001 {}: did not stop within 2 s; interrupting it", name);
                thread.interrupt();
                thread.join(Duration.ofSeconds(2));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Runnable> batch = new ArrayList<>();
        while (true) {
            boolean work;
            lock.lock();
            try {
                collect(batch);
                while (batch.isEmpty() && !workerWanted && !closing) {
                    await();
                    collect(batch);
                }
                if (closing && batch.isEmpty()) {
                    return;
                }
                work = workerWanted && !closing;
            } finally {
                lock.unlock();
            }
            for (Runnable task : batch) {
                guarded(task);
            }
            batch.clear();
            if (work) {
                runWorker();
            }
        }
    }

    private void runWorker() {
        lock.lock();
        workerWanted = false; // before the call: a wake during it must not be lost
        Worker current = worker;
        lock.unlock();
        boolean more = false;
        if (current != null) {
            try {
                more = current.work();
            } catch (RuntimeException | Error e) {
                LOG.error("TMB-RUN-002 {}: background work failed; it goes on with the next piece", name, e);
                more = !(e instanceof OutOfMemoryError);
            }
        }
        if (more) {
            wake();
        }
    }

    private void collect(List<Runnable> batch) {
        long now = System.nanoTime();
        for (PendingTimer timer = timers.peek(); timer != null && timer.dueNanos - now <= 0; timer = timers.peek()) {
            timers.poll();
            batch.add(timer.task);
        }
        for (Runnable task = mailbox.poll(); task != null; task = mailbox.poll()) {
            batch.add(task);
        }
    }

    private void await() {
        try {
            PendingTimer next = timers.peek();
            if (next == null) {
                wakeup.await();
            } else {
                wakeup.awaitNanos(next.dueNanos - System.nanoTime());
            }
        } catch (InterruptedException e) {
            closing = true; // only close() interrupts
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("TMB-RUN-003 {}: a task failed; the loop goes on", name, e);
        }
    }

    private static final class PendingTimer {
        private final long dueNanos;
        private final Runnable task;

        private PendingTimer(long dueNanos, Runnable task) {
            this.dueNanos = dueNanos;
            this.task = task;
        }
    }
}
