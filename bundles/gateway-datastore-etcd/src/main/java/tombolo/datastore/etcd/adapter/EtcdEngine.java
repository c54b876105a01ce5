package tombolo.datastore.etcd.adapter;

import java.io.Closeable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.config.DatastoreSettings.Engine;
import tombolo.api.config.DatastoreSettings.Etcd;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreEngine;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;

/**
 * The store on etcd as the settings want it: offered where etcd is chosen, whether it can be reached or not; connected only for a while where somebody copies to
 * or from it. A change of a connection's settings is another store for whoever uses it: the old one ends its watches and goes.
 */
public final class EtcdEngine implements DatastoreEngine, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdEngine.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    /** Who is told of what is offered; called on the engine's thread. */
    public interface Offers {
        void store(Datastore store);

        void noStore();
    }

    private final Offers offers;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // guarded by the lock
    private @Nullable DatastoreSettings wanted;
    private boolean closed;

    // of the thread
    private @Nullable DatastoreSettings inForce;
    private @Nullable EtcdDatastore store;

    public EtcdEngine(Offers offers) {
        this.offers = offers;
        this.thread = Thread.ofVirtual().name("tombolo-datastore-engine").start(this::run);
    }

    /** Returns at once; the change is made on the engine's own thread, the last one counts. */
    public void settingsChanged(DatastoreSettings settings) {
        lock.lock();
        try {
            wanted = settings;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String kind() {
        return "etcd";
    }

    @Override
    public String location() {
        return wanted().map(settings -> settings.etcd().endpoints()).filter(list -> !list.isEmpty()).map(list -> "endpoints " + String.join(", ", list)).orElse("no etcd-endpoints are set");
    }

    @Override
    public Optional<String> trouble() {
        return Optional.empty(); // a chosen one is offered always, and says in its status what is wrong
    }

    @Override
    public Opened open() {
        Etcd settings = wanted().map(DatastoreSettings::etcd).filter(known -> !known.endpoints().isEmpty()).orElseThrow(() -> new DatastoreException(Reason.UNAVAILABLE, Applied.NO,
                "TMB-DST-036 etcd cannot be used: there are no etcd-endpoints in etc/tombolo.datastore.cfg. Name the members of the cluster there; engine need not be changed yet."));
        EtcdDatastore opened = EtcdDatastore.connect(settings);
        return new Opened() {
            @Override
            public Datastore store() {
                return opened;
            }

            @Override
            public void close() {
                opened.close();
            }
        };
    }

    /** Ends the store. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (!thread.join(CLOSE_LIMIT)) {
                LOG.error("TMB-DST-033 etcd: the connection did not close within {} s", CLOSE_LIMIT.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<DatastoreSettings> wanted() {
        lock.lock();
        try {
            return Optional.ofNullable(wanted);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (Optional<DatastoreSettings> next = next(); next.isPresent(); next = next()) {
                apply(next.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            remove();
        }
    }

    /** Settings that are not in force yet; empty when closed. */
    private Optional<DatastoreSettings> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed && (wanted == null || wanted.equals(inForce))) {
                changed.await();
            }
            return closed ? Optional.empty() : Optional.ofNullable(wanted);
        } finally {
            lock.unlock();
        }
    }

    private void apply(DatastoreSettings settings) {
        DatastoreSettings before = inForce;
        inForce = settings;
        boolean chosen = settings.engine() == Engine.ETCD && !settings.etcd().endpoints().isEmpty();
        if (before == null || !chosen || !before.etcd().equals(settings.etcd())) {
            remove();
        }
        if (chosen && store == null) {
            EtcdDatastore opened = EtcdDatastore.connect(settings.etcd());
            store = opened;
            offers.store(opened);
        }
    }

    private void remove() {
        EtcdDatastore old = store;
        if (old != null) {
            store = null;
            offers.noStore();
            old.close();
        }
    }
}
