package tombolo.dataplane.osgi;

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
import tombolo.api.kernel.Connections;
import tombolo.api.kernel.Netlink;
import tombolo.dataplane.adapter.nat.KernelConnections;

/** Publishes {@link Connections} while gateway-linux is there. */
@Component(immediate = true, service = {})
public final class ConnectionsComponent {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionsComponent.class);
    private final BundleContext context;
    private Optional<Published> published = Optional.empty();

    private record Published(Netlink netlink, ServiceRegistration<Connections> registration) { }

    @Activate
    public ConnectionsComponent(BundleContext context) {
        this.context = context;
    }

    @Deactivate
    synchronized void deactivate() {
        withdraw();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    synchronized void bindNetlink(Netlink service) {
        withdraw();
        published = Optional.of(new Published(service, context.registerService(Connections.class, new KernelConnections(service, Optional.empty()), null)));
    }

    synchronized void unbindNetlink(Netlink service) {
        if (published.filter(current -> current.netlink == service).isPresent()) {
            withdraw();
        }
    }

    private void withdraw() {
        published.ifPresent(old -> {
            try {
                old.registration.unregister();
            } catch (IllegalStateException e) {
                LOG.debug("the service went with its bundle before it could be unregistered"); // harmless: it is gone
            }
        });
        published = Optional.empty();
    }
}
