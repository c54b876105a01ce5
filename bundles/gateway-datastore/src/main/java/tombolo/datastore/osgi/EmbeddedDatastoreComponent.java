package tombolo.datastore.osgi;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreFiles;
import tombolo.datastore.adapter.EmbeddedStore;

/** Opens the store. The files' service is there always, the datastore's only while the store is open: a damaged one can be repaired without a restart. */
@Component(immediate = true, service = {})
public final class EmbeddedDatastoreComponent {
    private final BundleContext context;
    private final EmbeddedStore store;
    private final ServiceRegistration<DatastoreFiles> files;
    private @Nullable ServiceRegistration<Datastore> datastore;

    @Activate
    public EmbeddedDatastoreComponent(BundleContext context) {
        this.context = context;
        this.store = EmbeddedStore.of(directory(context), this::opened, this::closing);
        this.files = context.registerService(DatastoreFiles.class, store, null);
        store.open();
    }

    @Deactivate
    public void stop() {
        files.unregister();
        store.close();
    }

    /** {@code tombolo.datastore.directory}, else in the data folder that Karaf keeps across restarts. */
    private static Path directory(BundleContext context) {
        String chosen = context.getProperty("tombolo.datastore.directory");
        if (chosen != null) {
            return Path.of(chosen);
        }
        String data = context.getProperty("karaf.data");
        return Path.of(data == null ? "data" : data, "tombolo", "datastore");
    }

    private synchronized void opened(Datastore opened) {
        datastore = context.registerService(Datastore.class, opened, null);
    }

    private synchronized void closing() {
        ServiceRegistration<Datastore> registration = datastore;
        datastore = null;
        if (registration != null) {
            registration.unregister();
        }
    }
}
