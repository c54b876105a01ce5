package tombolo.shell.adapter;

import java.nio.file.Path;
import java.util.Optional;
import tombolo.api.config.Configuration;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreEngine;
import tombolo.api.datastore.DatastoreFiles;
import tombolo.shell.core.Failure;
import tombolo.shell.core.Services;

/** The store and its files, or a failure that says what is in the way: no bundle, another engine, a store that refuses to open. */
public final class DatastoreAccess {
    private DatastoreAccess() { }

    public static Datastore store(Services services) {
        return services.find(Datastore.class).orElseThrow(() -> new Failure("TMB-DST-061 there is no datastore: " + why(services)));
    }

    /** What keeps the chosen engine from offering its store. */
    public static String why(Services services) {
        String kind = chosen(services);
        String bundle = kind.equals("etcd") ? "gateway-datastore-etcd" : "gateway-datastore";
        Optional<DatastoreEngine> engine = engine(services, kind);
        return engine.isEmpty() ? bundle + " " + services.trouble(bundle) + "."
                : engine.get().trouble().orElse("the engine " + kind + " (" + engine.get().location() + ") has not opened its store yet: try again, and see log:tail.");
    }

    public static DatastoreFiles files(Services services) {
        return services.find(DatastoreFiles.class).orElseThrow(() -> new Failure(chosen(services).equals("etcd")
                ? "TMB-DST-062 the datastore is on etcd: check, repair, backup and restore are for the embedded store. For etcd, etcdctl snapshot save and restore do that; datastore:export works on both."
                : "TMB-DST-061 the embedded store's files cannot be reached: " + why(services)));
    }

    /** The engine by etc/; embedded where nobody knows. */
    public static String chosen(Services services) {
        return services.find(Configuration.class).map(configuration -> configuration.settings().datastore().engine() == DatastoreSettings.Engine.ETCD ? "etcd" : "embedded")
                .or(() -> services.find(Datastore.class).map(store -> store.status().kind())).orElse("embedded");
    }

    public static Optional<DatastoreEngine> engine(Services services, String kind) {
        return services.all(DatastoreEngine.class).stream().filter(engine -> engine.kind().equals(kind)).findFirst();
    }

    /** A file of the node. Relative ones would be relative to where the node was started, which is not where the caller is. */
    public static Path file(String text) {
        Path file;
        try {
            file = Path.of(text);
        } catch (java.nio.file.InvalidPathException e) {
            throw new Failure("TMB-DST-063 '" + text + "' is no file name: " + e.getReason() + ".");
        }
        if (!file.isAbsolute()) {
            throw new Failure("TMB-DST-063 '" + text + "' is relative: the node would look for it in its own folder. Write the whole path, beginning with a slash.");
        }
        return file.normalize();
    }
}
