package tombolo.datastore.etcd.osgi;

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
import tombolo.datastore.etcd.adapter.EtcdEngine;

/** Offers the store on etcd where the settings choose it; the engine itself always. */
@Component(immediate = true, service = {SettingsListener.class, DatastoreEngine.class})
public final class EtcdDatastoreComponent implements SettingsListener, DatastoreEngine, EtcdEngine.Offers {
    private final BundleContext context;
    private final EtcdEngine engine;
    private @Nullable ServiceRegistration<Datastore> datastore;

    @Activate
    public EtcdDatastoreComponent(BundleContext context) {
        this.context = context;
        this.engine = new EtcdEngine(this);
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
    public synchronized void store(Datastore offered) {
        datastore = context.registerService(Datastore.class, offered, null);
    }

    @Override
    public synchronized void noStore() {
        ServiceRegistration<Datastore> registration = datastore;
        datastore = null;
        if (registration != null) {
            registration.unregister();
        }
    }
}
