package tombolo.datastore.adapter;

import java.io.Closeable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreEngine;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;
import tombolo.api.datastore.DatastoreFiles;
import tombolo.runtime.LatestWish;

/**
 * The embedded store as the settings want it: open and offered where it is chosen, open only for a while where somebody copies to or from it.
 *
 * <pre>
 *  settings ─► virtual thread tombolo-datastore-embedded: open, offer │ take back, close; again every 5 s while the store cannot be opened
 * </pre>
 *
 * A damaged store is not tried again: the operator repairs or restores it, which opens it.
 */
public final class EmbeddedEngine implements DatastoreEngine, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedEngine.class);
    /** Another node may let go of the directory, a disk may be mounted late. */
    private static final Duration RETRY = Duration.ofSeconds(5);
    /** A store that has not closed by then hangs on its disk; the bundle stops nevertheless. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

    /** Who is told of what is offered. Called on the engine's thread, or on that of a repair or restore. */
    public interface Offers {
        /** The files of the chosen store: offered even where it refuses to open. */
        void files(DatastoreFiles files);

        void store(Datastore store);

        void noStore();

        void noFiles();
    }

    private final Path data;
    private final Offers offers;
    private final LatestWish<DatastoreSettings> wish;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by the lock
    private boolean chosen;
    private @Nullable Path directory;
    private @Nullable EmbeddedStore store;
    private boolean filesOffered;
    private int borrowers;
    private Optional<String> trouble = Optional.empty();

    private final Object offering = new Object();
    // guarded by offering: taken inside a store's own monitor, so never the lock inside it
    private @Nullable Datastore open;
    private boolean offered;
    private boolean offer;

    /** @param data what a relative directory is relative to */
    public EmbeddedEngine(Path data, Offers offers) {
        this.data = data.toAbsolutePath().normalize();
        this.offers = offers;
        this.wish = new LatestWish<>("tombolo-datastore-embedded", RETRY, CLOSE_LIMIT, new LatestWish.Work<>() {
            @Override
            public void carryOut(DatastoreSettings settings) {
                locked(() -> apply(settings));
            }

            @Override
            public boolean unsettled() {
                lock.lock();
                try {
                    return trouble.isPresent() || waitsForOpening();
                } finally {
                    lock.unlock();
                }
            }

            @Override
            public void end() {
                locked(() -> {
                    chosen = false;
                    remove();
                });
            }
        });
    }

    private void locked(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    /** Returns at once; the change is made on the engine's own thread, the last one counts. */
    public void settingsChanged(DatastoreSettings settings) {
        wish.tell(settings);
    }

    @Override
    public String kind() {
        return "embedded";
    }

    @Override
    public String location() {
        return "directory " + wish.last().map(settings -> data.resolve(settings.directory()).toString()).orElse("not known yet");
    }

    @Override
    public Optional<String> trouble() {
        lock.lock();
        try {
            EmbeddedStore current = store;
            return !chosen ? Optional.empty() : trouble.or(() -> current == null ? Optional.empty() : current.refusal().map(Throwable::getMessage));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Opened open() {
        lock.lock();
        try {
            Optional<DatastoreSettings> settings = wish.last();
            if (wish.isClosed() || settings.isEmpty()) {
                throw new DatastoreException(Reason.CLOSED, Applied.NO, "TMB-DST-023 the embedded store is closed: " + (wish.isClosed() ? "its bundle stops" : "there are no settings yet") + ".");
            }
            place(settings.get());
            EmbeddedStore current = store;
            if (current == null) {
                throw new IllegalStateException("a store has been placed");
            }
            Datastore opened = current.openOrThrow();
            borrowers++;
            AtomicBoolean returned = new AtomicBoolean();
            return new Opened() {
                @Override
                public Datastore store() {
                    return opened;
                }

                @Override
                public void close() {
                    if (returned.compareAndSet(false, true)) {
                        giveBack(current);
                    }
                }
            };
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(EmbeddedStore borrowed) {
        lock.lock();
        try {
            if (borrowed == store && --borrowers == 0 && !chosen) {
                remove();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Closes the store. Idempotent. */
    @Override
    public void close() {
        wish.close();
    }

    private boolean waitsForOpening() {
        EmbeddedStore current = store;
        return chosen && current != null && current.refusal().filter(why -> why.reason() != Reason.CORRUPT).isPresent();
    }

    private void apply(DatastoreSettings settings) {
        boolean now = settings.engine() == DatastoreSettings.Engine.EMBEDDED;
        chosen = now;
        if (!now) {
            trouble = Optional.empty();
            takeFilesBack();
            offer(false);
            if (borrowers == 0) {
                remove();
            }
            return;
        }
        try {
            place(settings);
            trouble = Optional.empty();
        } catch (DatastoreException e) {
            if (!trouble.equals(Optional.of(e.getMessage()))) {
                LOG.error(e.getMessage());
            }
            trouble = Optional.of(e.getMessage());
            return;
        }
        EmbeddedStore current = store;
        if (current != null) {
            if (!filesOffered) {
                filesOffered = true;
                offers.files(current);
            }
            offer(true);
            current.open();
        }
    }

    /** Makes {@code store} that of the settings' directory, not opened yet where it is another one. */
    private void place(DatastoreSettings settings) {
        Path wantedDirectory = data.resolve(settings.directory()).normalize();
        if (store != null && wantedDirectory.equals(directory)) {
            return;
        }
        remove();
        store = EmbeddedStore.of(wantedDirectory, this::opened, this::closing);
        directory = wantedDirectory;
    }

    private void remove() {
        EmbeddedStore old = store;
        if (old != null) {
            takeFilesBack();
            old.close();
            store = null;
            borrowers = 0;
        }
    }

    private void takeFilesBack() {
        if (filesOffered) {
            filesOffered = false;
            offers.noFiles();
        }
    }

    private void opened(Datastore now) {
        synchronized (offering) {
            open = now;
            if (offer && !offered) {
                offered = true;
                offers.store(now);
            }
        }
    }

    private void closing() {
        synchronized (offering) {
            if (offered) {
                offered = false;
                offers.noStore();
            }
            open = null;
        }
    }

    private void offer(boolean wantedNow) {
        synchronized (offering) {
            offer = wantedNow;
            Datastore now = open;
            if (wantedNow && !offered && now != null) {
                offered = true;
                offers.store(now);
            } else if (!wantedNow && offered) {
                offered = false;
                offers.noStore();
            }
        }
    }
}
