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
import tombolo.api.endpoint.EndpointKernel;
import tombolo.api.endpoint.EndpointLimits;
import tombolo.api.kernel.Namespaces;
import tombolo.api.kernel.Netlink;
import tombolo.dataplane.adapter.endpoint.KernelEndpoints;
import tombolo.dataplane.adapter.endpoint.KernelLimits;

/** Publishes {@link EndpointKernel} and {@link EndpointLimits} while gateway-linux is there. Stopping leaves every container's interface as it is. */
@Component(immediate = true, service = {})
public final class EndpointComponent {
    private final BundleContext context;
    private Optional<Netlink> netlink = Optional.empty();
    private Optional<Namespaces> namespaces = Optional.empty();
    private Optional<Published> published = Optional.empty();

    private record Published(KernelEndpoints endpoints, ServiceRegistration<?> limits, ServiceRegistration<?> registration) { }

    @Activate
    public EndpointComponent(BundleContext context) {
        this.context = context;
    }

    @Deactivate
    synchronized void deactivate() {
        withdraw();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    synchronized void bindNetlink(Netlink service) {
        netlink = Optional.of(service);
        publish();
    }

    synchronized void unbindNetlink(Netlink service) {
        if (netlink.filter(current -> current == service).isPresent()) {
            netlink = Optional.empty();
            withdraw();
        }
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    synchronized void bindNamespaces(Namespaces service) {
        namespaces = Optional.of(service);
        publish();
    }

    synchronized void unbindNamespaces(Namespaces service) {
        if (namespaces.filter(current -> current == service).isPresent()) {
            namespaces = Optional.empty();
            withdraw();
        }
    }

    private void publish() {
        withdraw(); // the sockets of the bundle before belong to it
        if (netlink.isPresent() && namespaces.isPresent()) {
            KernelEndpoints endpoints = new KernelEndpoints(netlink.get(), namespaces.get(), Optional.empty());
            ServiceRegistration<?> limits = context.registerService(EndpointLimits.class, new KernelLimits(netlink.get(), Optional.empty()), null);
            published = Optional.of(new Published(endpoints, limits, context.registerService(EndpointKernel.class, endpoints, null)));
        }
    }

    private void withdraw() {
        published.ifPresent(old -> {
            try {
                old.registration.unregister();
                old.limits.unregister();
            } catch (IllegalStateException e) {
                old.endpoints.close(); // the framework took the service away before us
                return;
            }
            old.endpoints.close();
        });
        published = Optional.empty();
    }
}
