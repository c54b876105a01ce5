package tombolo.datastore.osgi;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreEngine;
import tombolo.api.datastore.DatastoreFiles;
import tombolo.datastore.adapter.EmbeddedEngine;

/** Offers the store and its files where the settings choose this engine; the engine itself always. */
@Component(immediate = true, service = {SettingsListener.class, DatastoreEngine.class})
public final class EmbeddedDatastoreComponent implements SettingsListener, DatastoreEngine, EmbeddedEngine.Offers {
    private final BundleContext context;
    private final EmbeddedEngine engine;
    private @Nullable ServiceRegistration<DatastoreFiles> files;
    private @Nullable ServiceRegistration<Datastore> datastore;

    @Activate
    public EmbeddedDatastoreComponent(BundleContext context) {
        this.context = context;
        String data = context.getProperty("karaf.data"); // what Karaf keeps across restarts
        this.engine = new EmbeddedEngine(Path.of(data == null ? "data" : data), this);
    }

    @Deactivate
    public void stop() {
        engine.close();
    }

    @Override
    public void settingsChanged(Settings settings) {
        engine.settingsChanged(settings.datastore());
    }

    @Override
    public String kind() {
        return engine.kind();
    }

    @Override
    public String location() {
        return engine.location();
    }

    @Override
    public Optional<String> trouble() {
        return engine.trouble();
    }

    @Override
    public Opened open() {
        return engine.open();
    }

    @Override
    public synchronized void files(DatastoreFiles offered) {
        files = context.registerService(DatastoreFiles.class, offered, null);
    }

    @Override
    public synchronized void store(Datastore offered) {
        datastore = context.registerService(Datastore.class, offered, null);
    }

    @Override
    public synchronized void noStore() {
        withdraw(datastore);
        datastore = null;
    }

    @Override
    public synchronized void noFiles() {
        withdraw(files);
        files = null;
    }

    private static void withdraw(@Nullable ServiceRegistration<?> registration) {
        if (registration != null) {
            registration.unregister();
        }
    }
}
