package tombolo.cni.adapter;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.resource.Resource;

/**
 * Makes endpoints known to the cluster behind the back of the ADD that made them: nobody's container waits for a second write of the disk.
 *
 * <pre>
 *  put ─► waiting, by endpoint ─► writing (those of 20 ms in one transaction) ─► known
 *              ▲                      │ the store cannot: again after 10 s, or when it comes back
 *              └──────────────────────┘
 *  withdraw    waiting and never written: forgotten.  Else: waits for the write on its way, then deletes, durable on return; without a store it is refused
 * </pre>
 *
 * What is not written when the process ends is written at the next start, which puts every endpoint of the record again. Any thread.
 */
final class Publisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
    /** Long against one sync of a disk, so that an ADD rarely meets one of these; short against anybody who looks. */
    private static final long LINGER_NANOS = 20_000_000;
    private static final long AGAIN_NANOS = 10_000_000_000L;
    /** Written at once: as many as one sync of the store takes without growing long. */
    private static final int TOGETHER = 32;
    /** A store ends a call by itself before this. */
    private static final long WITHDRAW_NANOS = 60_000_000_000L;
    private static final String ABSENT = "gateway-resources is not running";

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<EndpointId, Entry> waiting = new LinkedHashMap<>();
    private final Map<EndpointId, Entry> writing = new LinkedHashMap<>();
    private final Thread thread;
    private Optional<Workloads> workloads = Optional.empty();
    private boolean hadStore;
    private boolean locked;
    private boolean hurry;
    private boolean closed;
    private long notBefore = System.nanoTime();

    /** @param fresh whether nothing of it can be in the store */
    private record Entry(String node, Endpoint endpoint, boolean fresh) { }

    Publisher() {
        thread = Thread.ofPlatform().name("tombolo-cni-publish").daemon(true).start(this::run);
    }

    /** Where to write from now on; empty: nowhere, what comes waits. */
    void workloads(Optional<Workloads> now) {
        change(() -> {
            workloads = now;
            hadStore |= now.isPresent();
            notBefore = System.nanoTime();
        });
    }

    /** Whether there was anywhere to write to in this life: then there will be again, and what has to wait for that does not wait for ever. */
    boolean hadStore() {
        lock.lock();
        try {
            return hadStore;
        } finally {
            lock.unlock();
        }
    }

    /** While the datastore is locked nothing is written. */
    void locked(boolean now) {
        change(() -> locked = now);
    }

    /** @param fresh whether it was made just now; @param soon whether somebody waits for what others make of it */
    void put(String node, Endpoint endpoint, boolean fresh, boolean soon) {
        change(() -> {
            Entry before = waiting.get(endpoint.id());
            waiting.put(endpoint.id(), new Entry(node, endpoint, fresh && (before == null || before.fresh) && !writing.containsKey(endpoint.id())));
            hurry |= soon;
        });
    }

    /** What is about to be stored of an endpoint; empty where nobody can say. Does not block. */
    Optional<Resource> preview(String node, Endpoint endpoint) {
        return current().flatMap(store -> store.preview(node, endpoint));
    }

    /**
     * Takes it back. What only may have been written, in an earlier life, counts as written; an ADD that was never finished (ADDING) was not.
     *
     * @throws DatastoreException where it was written and the store is not there, cannot do its work, or is locked
     */
    void withdraw(String node, Endpoint endpoint) {
        Workloads now;
        lock.lock();
        try {
            Entry before = waiting.remove(endpoint.id());
            boolean written = before == null ? workloads.isPresent() || endpoint.state() != Endpoint.State.ADDING : !before.fresh;
            long left = WITHDRAW_NANOS;
            while (writing.containsKey(endpoint.id())) {
                written = true;
                if (left <= 0) {
                    throw new DatastoreException(Reason.UNAVAILABLE, Applied.UNKNOWN, "TMB-CNI-023 the write of " + endpoint.id() + "'s WorkloadEndpoint does not end");
                }
                left = changed.awaitNanos(left);
            }
            waiting.remove(endpoint.id()); // put back by a write that failed
            if (!written) {
                return;
            }
            now = writable("removing the WorkloadEndpoint of " + endpoint.id());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatastoreException(Reason.UNAVAILABLE, Applied.UNKNOWN, "TMB-CNI-024 interrupted while the WorkloadEndpoint of " + endpoint.id() + " was being written");
        } finally {
            lock.unlock();
        }
        now.delete(node, endpoint);
    }

    /**
     * Takes back what an endpoint was made known as under a name that the node had before; what waits under the present one is written first.
     *
     * @throws DatastoreException where the store is not there, cannot do its work, or is locked
     */
    void withdrawFormer(String formerNode, Endpoint endpoint) {
        Workloads now;
        lock.lock();
        try {
            long left = WITHDRAW_NANOS;
            while (waiting.containsKey(endpoint.id()) || writing.containsKey(endpoint.id())) {
                if (closed || left <= 0) {
                    throw new DatastoreException(Reason.UNAVAILABLE, Applied.NO, "TMB-CNI-029 the WorkloadEndpoint of " + endpoint.id() + " is not written under the node's present name");
                }
                left = changed.awaitNanos(left);
            }
            now = writable("removing the WorkloadEndpoint of " + endpoint.id() + " on node " + formerNode);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatastoreException(Reason.UNAVAILABLE, Applied.NO, "TMB-CNI-024 interrupted while the WorkloadEndpoint of " + endpoint.id() + " was being written");
        } finally {
            lock.unlock();
        }
        now.delete(formerNode, endpoint);
    }

    /** As {@link Workloads#deleteUnrecorded}. @throws DatastoreException where the store is not there, cannot do its work, or is locked */
    int deleteUnrecorded(String node, Supplier<List<Endpoint>> record, BiPredicate<String, String> isLedTo) {
        Workloads now;
        lock.lock();
        try {
            now = writable("removing WorkloadEndpoints of containers that are in no record");
        } finally {
            lock.unlock();
        }
        return now.deleteUnrecorded(node, record, isLedTo);
    }

    private Workloads writable(String forWhat) {
        Workloads now = workloads.orElseThrow(() -> new DatastoreException(Reason.UNAVAILABLE, Applied.NO, ABSENT));
        if (locked) {
            throw tombolo.api.datastore.DatastoreLock.locked(forWhat);
        }
        return now;
    }

    /** What waits or is on its way. */
    int pending() {
        lock.lock();
        try {
            return waiting.size() + writing.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        change(() -> closed = true);
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (List<Entry> batch = take(); !batch.isEmpty(); batch = take()) {
                Optional<Workloads> store = current();
                try {
                    write(store, batch);
                } catch (RuntimeException e) { // a defect of one document or the resources: the others are written without it
                    batch.forEach(entry -> writeAlone(store, entry));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Workloads> current() {
        lock.lock();
        try {
            return workloads;
        } finally {
            lock.unlock();
        }
    }

    /** What is to be written now; empty: closed. */
    private List<Entry> take() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                while (!closed && !ready()) {
                    changed.await(AGAIN_NANOS, TimeUnit.NANOSECONDS);
                }
                long linger = LINGER_NANOS;
                while (!closed && !hurry && linger > 0) {
                    linger = changed.awaitNanos(linger);
                }
                if (closed) {
                    return List.of();
                }
                List<Entry> batch = new ArrayList<>();
                for (Iterator<Entry> entries = waiting.values().iterator(); workloads.isPresent() && !locked && entries.hasNext() && batch.size() < TOGETHER;) {
                    Entry entry = entries.next();
                    entries.remove();
                    writing.put(entry.endpoint().id(), entry);
                    batch.add(entry);
                }
                hurry &= !waiting.isEmpty();
                if (!batch.isEmpty()) {
                    return batch;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean ready() {
        return !waiting.isEmpty() && workloads.isPresent() && !locked && System.nanoTime() - notBefore >= 0;
    }

    /** Behind a batch of which nobody knows what was written. */
    private void writeAlone(Optional<Workloads> store, Entry entry) {
        try {
            write(store, List.of(new Entry(entry.node(), entry.endpoint(), false)));
        } catch (RuntimeException e) { // tried again it would come out the same
            LOG.error("TMB-CNI-026 {} is not made known to the cluster", entry.endpoint().id(), e);
            written(List.of(entry), Optional.empty());
        }
    }

    private void write(Optional<Workloads> store, List<Entry> batch) {
        Optional<DatastoreException> failure = Optional.empty();
        try {
            store.orElseThrow(() -> new DatastoreException(Reason.UNAVAILABLE, Applied.NO, ABSENT))
                    .put(batch.stream().map(entry -> new Workloads.Known(entry.node(), entry.endpoint())).toList());
        } catch (DatastoreException e) {
            failure = Optional.of(e);
        }
        written(batch, failure);
    }

    private void written(List<Entry> batch, Optional<DatastoreException> failure) {
        lock.lock();
        try {
            for (Entry entry : batch) {
                writing.remove(entry.endpoint().id());
                if (failure.isPresent()) {
                    boolean untouched = entry.fresh() && failure.get().applied() == Applied.NO;
                    waiting.putIfAbsent(entry.endpoint().id(), new Entry(entry.node(), entry.endpoint(), untouched));
                }
            }
            if (failure.isPresent()) {
                LOG.warn("TMB-CNI-022 endpoints are not made known to the cluster: {}. Trying again in {} s", failure.get().getMessage(), TimeUnit.NANOSECONDS.toSeconds(AGAIN_NANOS));
                notBefore = System.nanoTime() + AGAIN_NANOS;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
