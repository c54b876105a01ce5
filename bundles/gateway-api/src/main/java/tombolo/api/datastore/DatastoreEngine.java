package tombolo.api.datastore;

import java.util.Optional;

/**
 * One way of keeping the store: a service of each datastore bundle, there whether or not it is the one that {@code etc/tombolo.datastore.cfg} chooses. Only the
 * chosen one offers a {@link Datastore}. Blocking; any thread but a Loop's.
 */
public interface DatastoreEngine {
    /** As after {@code engine =}: {@code embedded} or {@code etcd}. */
    String kind();

    /** Where its store is by the settings: a directory, or endpoints; for messages. */
    String location();

    /** Why the chosen engine offers no store, as operator text; empty where it does, or is not chosen. */
    Optional<String> trouble();

    /**
     * Opens the store that the settings describe, whether or not it is the chosen one: what datastore:migrate copies to. A store that is open already is shared.
     *
     * @throws DatastoreException where it cannot be opened; an etcd that is away shows at the first call only
     */
    Opened open();

    /** A store in use. */
    interface Opened extends AutoCloseable {
        Datastore store();

        /** Closes the store unless somebody else uses it. Idempotent. */
        @Override
        void close();
    }
}
