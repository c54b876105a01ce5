package tombolo.datastore.etcd.adapter;

import java.io.Closeable;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.config.DatastoreSettings.Engine;
import tombolo.api.config.DatastoreSettings.Etcd;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreEngine;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;
import tombolo.runtime.LatestWish;

/**
 * The store on etcd as the settings want it: offered where etcd is chosen, whether it can be reached or not; connected only for a while where somebody copies to
 * or from it. A change of a connection's settings is another store for whoever uses it: the old one ends its watches and goes.
 */
public final class EtcdEngine implements DatastoreEngine, Closeable {
    /** Nothing is ever unsettled here: a store that cannot be reached is offered, and says so. */
    private static final Duration AGAIN = Duration.ofMinutes(1);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    /** Who is told of what is offered; called on the engine's thread. */
    public interface Offers {
        void store(Datastore store);

        void noStore();
    }

    private final Offers offers;
    private final LatestWish<DatastoreSettings> wish;

    // of the wish's thread
    private Optional<Etcd> inForce = Optional.empty();
    private @Nullable EtcdDatastore store;

    public EtcdEngine(Offers offers) {
        this.offers = offers;
        this.wish = new LatestWish<>("tombolo-datastore-etcd", AGAIN, CLOSE_LIMIT, new LatestWish.Work<>() {
            @Override
            public void carryOut(DatastoreSettings settings) {
                apply(settings);
            }

            @Override
            public void end() {
                remove();
            }
        });
    }

    /** Returns at once; the change is made on the engine's own thread, the last one counts. */
    public void settingsChanged(DatastoreSettings settings) {
        wish.tell(settings);
    }

    @Override
    public String kind() {
        return "etcd";
    }

    @Override
    public String location() {
        return wish.last().map(settings -> settings.etcd().endpoints()).filter(list -> !list.isEmpty()).map(list -> "endpoints " + String.join(", ", list)).orElse("no etcd-endpoints are set");
    }

    @Override
    public Optional<String> trouble() {
        return Optional.empty(); // a chosen one is offered always, and says in its status what is wrong
    }

    @Override
    public Opened open() {
        Etcd settings = wish.last().map(DatastoreSettings::etcd).filter(known -> !known.endpoints().isEmpty()).orElseThrow(() -> new DatastoreException(Reason.UNAVAILABLE, Applied.NO,
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
        wish.close();
    }

    private void apply(DatastoreSettings settings) {
        boolean chosen = settings.engine() == Engine.ETCD && !settings.etcd().endpoints().isEmpty();
        if (!chosen || !inForce.equals(Optional.of(settings.etcd()))) {
            remove();
        }
        inForce = Optional.of(settings.etcd());
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
