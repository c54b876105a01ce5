package tombolo.datastore.osgi;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import tombolo.api.config.SettingsListener;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreEngine;
import tombolo.api.datastore.DatastoreFiles;
import tombolo.datastore.adapter.EmbeddedEngine;

/** Offers the store and its files where the settings choose this engine; the engine itself always. Registers them by itself, as the component of etcd does and for its reason. */
@Component(immediate = true, service = {})
public final class EmbeddedDatastoreComponent implements EmbeddedEngine.Offers {
    private final BundleContext context;
    private final Map<Class<?>, ServiceRegistration<?>> offered = new ConcurrentHashMap<>();
    private final EmbeddedEngine engine;
    private final List<ServiceRegistration<?>> services;

    @Activate
    public EmbeddedDatastoreComponent(BundleContext context) {
        this.context = context;
        String data = context.getProperty("karaf.data"); // what Karaf keeps across restarts
        engine = new EmbeddedEngine(Path.of(data == null ? "data" : data), this);
        services = List.of(context.registerService(DatastoreEngine.class, engine, null),
                context.registerService(SettingsListener.class, settings -> engine.settingsChanged(settings.datastore()), null));
    }

    @Deactivate
    public void stop() {
        services.forEach(ServiceRegistration::unregister);
        engine.close();
    }

    @Override
    public void files(DatastoreFiles files) {
        offered.put(DatastoreFiles.class, context.registerService(DatastoreFiles.class, files, null));
    }

    @Override
    public void store(Datastore store) {
        offered.put(Datastore.class, context.registerService(Datastore.class, store, null));
    }

    @Override
    public void noStore() {
        withdraw(Datastore.class);
    }

    @Override
    public void noFiles() {
        withdraw(DatastoreFiles.class);
    }

    private void withdraw(Class<?> service) {
        ServiceRegistration<?> registration = offered.remove(service);
        if (registration != null) {
            registration.unregister();
        }
    }
}
