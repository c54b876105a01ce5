package tombolo.dataplane.osgi;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.kernel.LinkListener;
import tombolo.api.kernel.Links;
import tombolo.api.kernel.Netlink;
import tombolo.api.route.KernelRoutes;
import tombolo.api.route.NextHopTracker;
import tombolo.api.route.RouteSink;
import tombolo.dataplane.adapter.Dataplane;
import tombolo.dataplane.adapter.DataplaneRunner;
import tombolo.dataplane.adapter.Forwarding;
import tombolo.dataplane.adapter.overlay.Overlay;

/** Hands services and settings to the {@link DataplaneRunner}, and registers the running data plane's services: whoever sees a RouteSink can use it. */
@Component(immediate = true, service = SettingsListener.class)
public final class DataplaneComponent implements SettingsListener {
    private static final Logger LOG = LoggerFactory.getLogger(DataplaneComponent.class);

    private final BundleContext context;
    private final DataplaneRunner runner = new DataplaneRunner(Optional.empty(), new Forwarding(Path.of("/proc/sys/net")), this::register);

    @Activate
    public DataplaneComponent(BundleContext context) {
        this.context = context;
    }

    @Deactivate
    void deactivate() {
        runner.close();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindNetlink(Netlink service) {
        runner.netlink(service);
    }

    void unbindNetlink(Netlink service) {
        runner.netlinkGone(service);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindLinkListener(LinkListener listener) {
        runner.add(listener);
    }

    void unbindLinkListener(LinkListener listener) {
        runner.remove(listener);
    }

    @Override
    public void settingsChanged(Settings fresh) {
        runner.settings(fresh);
    }

    private Runnable register(Dataplane dataplane) {
        Overlay.reserve(dataplane.routes());
        List<ServiceRegistration<?>> services = List.of(
                context.registerService(Links.class, dataplane.links(), null),
                context.registerService(NextHopTracker.class, dataplane.nextHops(), null),
                context.registerService(KernelRoutes.class, dataplane.queries(), null),
                context.registerService(RouteSink.class, dataplane.routes(), null));
        return () -> services.forEach(DataplaneComponent::unregister);
    }

    private static void unregister(ServiceRegistration<?> service) {
        try {
            service.unregister();
        } catch (IllegalStateException e) {
            LOG.debug("a service went with its bundle before it could be unregistered"); // harmless: it is gone
        }
    }
}
