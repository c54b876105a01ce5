package tombolo.datastore.etcd.osgi;

import java.util.List;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import tombolo.api.config.SettingsListener;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreEngine;
import tombolo.datastore.etcd.adapter.EtcdEngine;

/**
 * Offers the store on etcd where the settings choose it; the engine itself always. The services are registered here, and not by SCR, once there is an engine
 * behind them: SCR announces a component's services before it makes the component, and whoever asks for one from another thread in between may get none.
 */
@Component(immediate = true, service = {})
public final class EtcdDatastoreComponent {
    private final EtcdEngine engine;
    private final List<ServiceRegistration<?>> services;

    @Activate
    public EtcdDatastoreComponent(BundleContext context) {
        engine = new EtcdEngine(new EtcdEngine.Offers() {
            private Optional<ServiceRegistration<Datastore>> datastore = Optional.empty();

            @Override
            public void store(Datastore offered) {
                datastore = Optional.of(context.registerService(Datastore.class, offered, null));
            }

            @Override
            public void noStore() {
                datastore.ifPresent(ServiceRegistration::unregister);
                datastore = Optional.empty();
            }
        });
        services = List.of(context.registerService(DatastoreEngine.class, engine, null),
                context.registerService(SettingsListener.class, settings -> engine.settingsChanged(settings.datastore()), null));
    }

    @Deactivate
    public void stop() {
        services.forEach(ServiceRegistration::unregister);
        engine.close();
    }
}
