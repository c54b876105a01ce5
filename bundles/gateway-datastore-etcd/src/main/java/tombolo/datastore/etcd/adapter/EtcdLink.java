package tombolo.datastore.etcd.adapter;

import io.etcd.jetcd.Client;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.DatastoreSettings.Etcd;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;

/**
 * The connection to etcd, and whether it is there.
 *
 * <pre>
 *  THERE ── silent for 5 s, or a call or stream broke: a probe ── not answered ──► LOST since, why
 *    ▲                                                                               │ probe: the connection there is, then a new one each time,
 *    └───────────────────────────────── answered ────────────────────────────────────┘ after 0.25 s, 0.5 s, … 5 s
 * </pre>
 *
 * A probe is a linearizable read: it is answered only where a majority of the members is. New connections are made rather than waited for, since gRPC's own
 * back-off grows to two minutes, and new certificates and passwords count then.
 */
final class EtcdLink implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdLink.class);
    /** A key that nobody writes. */
    private static final String PROBED = "/tombolo/v1/probe";
    /** An etcd that goes away while nobody asks is noticed about so late. */
    static final Duration SILENCE = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** A probe waits no longer than this, even where calls may. */
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);
    /** A call that was just made through a client that is being replaced still gets its answer. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    /** @param why operator text without a code */
    record Loss(Instant since, String why) { }

    private final Etcd settings;
    private final String endpoints;
    private final Duration silence;
    private final Runnable replaced;
    private final Runnable back;
    private final Thread thread;
    private final Random jitter = new Random();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private volatile @Nullable Client client;
    private volatile Optional<Loss> loss = Optional.empty();
    private volatile long answeredAt = System.nanoTime();
    private volatile boolean closed;
    private Optional<String> suspicion = Optional.empty(); // guarded by the lock

    /**
     * @param silence  without an answer, before a probe
     * @param replaced told that {@link #client} is another one: streams of the old one are over
     * @param back     told that etcd answers again
     */
    EtcdLink(Etcd settings, Duration silence, Runnable replaced, Runnable back) {
        this.settings = settings;
        this.endpoints = String.join(", ", settings.endpoints());
        this.silence = silence;
        this.replaced = replaced;
        this.back = back;
        try {
            client = EtcdClients.open(settings);
        } catch (IOException e) {
            lost(String.valueOf(e.getMessage()));
        }
        this.thread = Thread.ofVirtual().name("tombolo-etcd-link").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** @throws DatastoreException UNAVAILABLE where none could be made yet, CLOSED */
    Client client() {
        Client now = client;
        if (closed || now == null) {
            throw closed ? new DatastoreException(Reason.CLOSED, Applied.NO, "TMB-DST-023 etcd " + endpoints + ": the store is closed.")
                    : new DatastoreException(Reason.UNAVAILABLE, Applied.NO, "TMB-DST-056 etcd " + endpoints + ": " + loss.map(Loss::why).orElse("no connection yet"));
        }
        return now;
    }

    /** Empty while etcd answers. */
    Optional<Loss> loss() {
        return loss;
    }

    /** A call was answered, well or not. */
    void answered() {
        answeredAt = System.nanoTime();
    }

    /** A call got no answer, or a stream broke: a probe shall tell. */
    void suspect(String why) {
        lock.lock();
        try {
            if (suspicion.isEmpty()) {
                suspicion = Optional.of(why);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is sent until a probe is answered. */
    private void lost(String why) {
        lock.lock();
        try {
            if (loss.isEmpty() && !closed) {
                loss = Optional.of(new Loss(Instant.now(), why));
                LOG.warn("TMB-DST-055 etcd {}: lost: {}. Reads are answered from what is watched, writes are refused; it is tried again until it is back", endpoints, why);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Client last = client;
        if (last != null) {
            last.close();
        }
    }

    private void run() {
        try {
            while (awaitWork()) {
                if (loss.isEmpty()) {
                    checkOnce();
                } else {
                    recover();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until etcd was silent for some time, or is lost; false when closed. */
    private boolean awaitWork() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = silence.toNanos() - (System.nanoTime() - answeredAt);
            while (!closed && loss.isEmpty() && suspicion.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void checkOnce() throws InterruptedException {
        Client now = client;
        Optional<String> failure = now == null ? Optional.of("no connection yet") : probe(now);
        lock.lock();
        try {
            suspicion = Optional.empty();
        } finally {
            lock.unlock();
        }
        failure.ifPresentOrElse(this::lost, this::answered);
    }

    private void recover() throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        Client now = client;
        boolean there = now != null && probe(now).isEmpty();
        while (!there && !closed) {
            pause(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            there = !closed && reconnect();
        }
        lock.lock();
        try {
            if (closed) {
                return;
            }
            loss.ifPresent(over -> LOG.info("TMB-DST-057 etcd {}: back after {} s", endpoints, Duration.between(over.since(), Instant.now()).toSeconds()));
            loss = Optional.empty();
            suspicion = Optional.empty();
            answered();
        } finally {
            lock.unlock();
        }
        back.run();
    }

    /** Probes through a new connection and keeps it where it is answered. */
    private boolean reconnect() throws InterruptedException {
        Client fresh;
        try {
            fresh = EtcdClients.open(settings);
        } catch (IOException e) {
            why(String.valueOf(e.getMessage()));
            return false;
        }
        Optional<String> failure = probe(fresh);
        if (failure.isPresent() || closed) {
            failure.ifPresent(this::why);
            fresh.close();
            return false;
        }
        Client old = client;
        client = fresh;
        if (closed) {
            fresh.close(); // close() may have seen the old one only
        }
        replaced.run();
        if (old != null) {
            Thread.ofVirtual().name("tombolo-etcd-old-client").start(() -> closeLater(old));
        }
        return true;
    }

    private static void closeLater(Client old) {
        try {
            new java.util.concurrent.CountDownLatch(1).await(LINGER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        old.close();
    }

    /** The present reason; the first one may have been the time limit of a call. */
    private void why(String text) {
        loss = loss.map(before -> new Loss(before.since(), text));
    }

    /** Empty where etcd answered, be it with a refusal of that key; else why not. */
    private Optional<String> probe(Client asked) throws InterruptedException {
        long limit = Math.min(PROBE_LIMIT.toMillis(), settings.requestTimeout().toMillis());
        try {
            asked.getKVClient().get(Wire.bytes(PROBED)).get(limit, TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (EtcdErrors.isForbidden(cause) || EtcdErrors.isExpiredLogin(cause)) {
                return Optional.empty();
            }
            return Optional.of(EtcdErrors.isRefusedLogin(cause) ? "etcd refuses this user: " + Causes.text(cause) + ". Check the user and its password" : EtcdErrors.isTooLate(cause) ? tooLate(limit) : Causes.text(cause));
        } catch (TimeoutException e) {
            return Optional.of(tooLate(limit));
        } catch (RuntimeException e) {
            return Optional.of(Causes.text(e)); // a client that was closed meanwhile
        }
    }

    private static String tooLate(long millis) {
        return "no answer for " + millis + " ms";
    }

    private void pause(Duration about) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            // not all nodes of a cluster at the same moment
            long left = about.toNanos() / 2 + jitter.nextLong(about.toNanos());
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
