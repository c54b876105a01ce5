package tombolo.shell.osgi;

import java.util.Optional;
import tombolo.api.datastore.DatastoreLock;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreEngine;
import tombolo.api.datastore.DatastoreException;
import tombolo.runtime.json.JsonText;
import tombolo.shell.adapter.DatastoreAccess;
import tombolo.shell.core.DatastoreViews;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** What {@code datastore:status} and {@code gateway:diag} both show. */
final class DatastoreCommands {
    private DatastoreCommands() { }

    /** Never fails: what is in the way is part of the answer. */
    static Document status(Services services) {
        Optional<Datastore> store = services.find(Datastore.class);
        return DatastoreViews.status(new DatastoreViews.Overview(DatastoreAccess.chosen(services), store.map(Datastore::status), store.flatMap(DatastoreCommands::lock),
                store.isPresent() ? Optional.empty() : Optional.of(DatastoreAccess.why(services)),
                services.all(DatastoreEngine.class).stream().sorted(java.util.Comparator.comparing(DatastoreEngine::kind))
                        .map(engine -> new DatastoreViews.Engine(engine.kind(), engine.location())).toList()));
    }

    private static Optional<DatastoreViews.Lock> lock(Datastore store) {
        try {
            DatastoreLock cluster = DatastoreLock.read(store, JsonText::parse);
            return Optional.of(new DatastoreViews.Lock(!cluster.ready(), cluster.clusterGuid()));
        } catch (DatastoreException e) {
            return Optional.empty();
        }
    }
}
