package tombolo.resources.adapter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.Change;
import tombolo.api.datastore.ChangeBatch;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Listing;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchEnd;
import tombolo.api.datastore.WatchListener;
import tombolo.api.datastore.WatchRequest;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.ResourceListener.Changes;
import tombolo.api.resource.Resources;
import tombolo.resources.core.Kind;

/**
 * One subscription: a virtual thread that lists, watches from there, and lists again when the watch ends, when the store is another one, or after an error.
 *
 * <pre>
 *   list ──► Changes(complete) ──► watch ──► Changes … ──► ended ──► wait 0.1, 0.2, … 10 s where it failed ──► list
 * </pre>
 *
 * What is stored but invalid is told to the log and left out; where a valid version was known, that stays.
 */
final class StoreSubscription implements Resources.Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(StoreSubscription.class);
    private static final Duration FIRST_WAIT = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    /** Steps that wait for the listener; then the watch waits, which merges what comes meanwhile. */
    private static final int MAX_WAITING = 64;

    /** Of which a cluster has a hundred thousand: told of without their documents. */
    private static final Set<String> MANY = Set.of("WorkloadEndpoint");

    private final List<Kind> kinds;
    private final ResourceListener listener;
    private final Supplier<Optional<Datastore>> datastores;
    private final Consumer<StoreSubscription> whenClosed;
    /** Held while the listener runs; reentrant, since the listener may close the subscription. */
    private final ReentrantLock calls = new ReentrantLock();
    private final Map<String, Resource> held = new HashMap<>();
    private final Set<String> reported = new LinkedHashSet<>();
    private final Thread thread;
    private volatile boolean closed;
    private volatile BlockingQueue<Step> steps = new ArrayBlockingQueue<>(MAX_WAITING);

    private sealed interface Step {
        record Changed(ChangeBatch batch) implements Step { }

        record Ended(WatchEnd end) implements Step { }
    }

    StoreSubscription(List<Kind> kinds, ResourceListener listener, Supplier<Optional<Datastore>> datastores, Consumer<StoreSubscription> whenClosed) {
        this.kinds = kinds;
        this.listener = listener;
        this.datastores = datastores;
        this.whenClosed = whenClosed;
        this.thread = Thread.ofVirtual().name("tombolo-resources-watch").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Another store is there. */
    void startOver() {
        BlockingQueue<Step> queue = steps;
        if (!queue.offer(new Step.Ended(new WatchEnd.Closed()))) {
            queue.clear();
            queue.offer(new Step.Ended(new WatchEnd.Closed()));
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        // Waits for a call that runs, unless it is this one.
        calls.lock();
        calls.unlock();
        whenClosed.accept(this);
    }

    private void run() {
        Duration wait = FIRST_WAIT;
        while (!closed) {
            try {
                Optional<Datastore> store = datastores.get();
                if (store.isPresent()) {
                    follow(store.get());
                    wait = FIRST_WAIT;
                } else {
                    pause(LONGEST_WAIT); // startOver ends it
                }
            } catch (DatastoreException e) {
                LOG.warn("{} The resources are listed again in {} ms; what is known stays in force.", e.getMessage(), wait.toMillis());
                pauseQuietly(wait);
                wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
            } catch (InterruptedException _) {
                if (!closed) {
                    LOG.debug("interrupted, and not closed: goes on");
                }
            } catch (RuntimeException e) {
                LOG.error("TMB-RES-021 a listener of resources failed; it is told everything again in {} ms.", wait.toMillis(), e);
                pauseQuietly(wait);
                wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
            }
        }
    }

    /** Waits at most so long, less where a store comes. */
    private void pause(Duration time) throws InterruptedException {
        steps.poll(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void pauseQuietly(Duration time) {
        try {
            steps.clear(); // what the lost watch still had to say
            pause(time);
        } catch (InterruptedException _) {
            LOG.debug("interrupted while waiting: closed is what ends the loop");
        }
    }

    /** Lists, watches, and returns when the watch is over. */
    private void follow(Datastore store) throws InterruptedException {
        BlockingQueue<Step> queue = new ArrayBlockingQueue<>(MAX_WAITING);
        steps = queue;
        Map<String, Listing> listings = new LinkedHashMap<>();
        for (String prefix : prefixes()) {
            listings.put(prefix, store.list(KeyPrefix.of(prefix)));
        }
        List<KeyValue> entries = new ArrayList<>();
        listings.values().forEach(listing -> entries.addAll(listing.entries()));
        tell(complete(entries));
        List<Watch> watches = new ArrayList<>();
        try {
            listings.forEach((prefix, listing) -> watches.add(store.watch(new WatchRequest(KeyPrefix.of(prefix), listing.revision()), new Feed(queue))));
            while (!closed) {
                switch (queue.take()) {
                    case Step.Changed(ChangeBatch batch) -> changes(batch).ifPresent(this::tell);
                    case Step.Ended(WatchEnd end) -> {
                        if (end instanceof WatchEnd.Failed(String reason)) {
                            throw new DatastoreException(DatastoreException.Reason.UNAVAILABLE, DatastoreException.Applied.NO, reason);
                        }
                        return;
                    }
                }
            }
        } finally {
            watches.forEach(Watch::close);
        }
    }

    /** One watch where it can be one, so that what changed together is told together. */
    private Set<String> prefixes() {
        Set<String> prefixes = new LinkedHashSet<>();
        long below = kinds.stream().filter(kind -> kind.home() == Kind.Home.RESOURCES).count();
        for (Kind kind : kinds) {
            prefixes.add(kind.home() == Kind.Home.RESOURCES && below > 1 ? Kind.RESOURCES_PREFIX : kind.prefix());
            if (kind.name().equals("BlockAffinity")) {
                prefixes.add(IpamTrees.VIRTUAL_PREFIX);
            }
        }
        return prefixes;
    }

    private Optional<Kind> kindOf(String key) {
        return kinds.stream().filter(kind -> key.startsWith(kind.prefix()) || kind.name().equals("BlockAffinity") && key.startsWith(IpamTrees.VIRTUAL_PREFIX)).findFirst()
                .filter(kind -> kind.home() != Kind.Home.IPAM || kind.name().equals("IPAMHandle") || key.contains("/block/"));
    }

    private Changes complete(List<KeyValue> entries) {
        Set<String> there = new LinkedHashSet<>();
        for (KeyValue entry : entries) {
            kindOf(entry.key().text()).ifPresent(kind -> {
                there.add(entry.key().text());
                read(kind, entry);
            });
        }
        held.keySet().retainAll(there);
        reported.retainAll(there);
        return new Changes(true, List.copyOf(held.values()), List.of());
    }

    private Optional<Changes> changes(ChangeBatch batch) {
        List<Resource> puts = new ArrayList<>();
        List<ResourceId> deletes = new ArrayList<>();
        for (Change change : batch.changes()) {
            String key = change.key().text();
            kindOf(key).ifPresent(kind -> {
                switch (change) {
                    case Change.Put(KeyValue entry) -> read(kind, entry).ifPresent(puts::add);
                    case Change.Deleted _ -> {
                        Resource gone = held.remove(key);
                        reported.remove(key);
                        if (gone != null) {
                            deletes.add(gone.id());
                        }
                    }
                }
            });
        }
        return puts.isEmpty() && deletes.isEmpty() ? Optional.empty() : Optional.of(new Changes(false, puts, deletes));
    }

    private Optional<Resource> read(Kind kind, KeyValue entry) {
        String key = entry.key().text();
        return switch (Stored.read(kind, entry)) {
            case Stored.Read.Valid(Resource resource) -> {
                Resource told = MANY.contains(kind.name()) ? resource.withoutTree() : resource;
                held.put(key, told);
                reported.remove(key);
                yield Optional.of(told);
            }
            case Stored.Read.Invalid(Resource resource, String why) -> {
                if (reported.add(key)) {
                    LOG.warn("{} is stored, but not valid, and {}: {}", resource.id(), held.containsKey(key) ? "its last valid version stays in force" : "counts as absent", why);
                }
                yield Optional.empty();
            }
        };
    }

    private void tell(Changes changes) {
        calls.lock();
        try {
            if (!closed) {
                listener.changed(changes);
            }
        } finally {
            calls.unlock();
        }
    }

    /** Hands over from the watch's thread, which waits while too much is undelivered. */
    private final class Feed implements WatchListener {
        private final BlockingQueue<Step> queue;

        Feed(BlockingQueue<Step> queue) {
            this.queue = queue;
        }

        @Override
        public void changed(ChangeBatch batch) {
            put(new Step.Changed(batch));
        }

        @Override
        public void ended(WatchEnd end) {
            put(new Step.Ended(end));
        }

        private void put(Step step) {
            try {
                boolean taken = false;
                while (!taken && !closed && steps == queue) {
                    taken = queue.offer(step, LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
