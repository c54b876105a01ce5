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
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.nftables.Nftables;
import tombolo.dataplane.adapter.nftables.NftablesWriter;

/** Publishes {@link Nftables} while gateway-linux is there. Stopping leaves every rule in force. */
@Component(immediate = true, service = {})
public final class NftablesComponent {
    private static final Logger LOG = LoggerFactory.getLogger(NftablesComponent.class);
    private final BundleContext context;
    private Optional<Published> published = Optional.empty();

    private record Published(Netlink netlink, NftablesWriter writer, ServiceRegistration<Nftables> registration) { }

    @Activate
    public NftablesComponent(BundleContext context) {
        this.context = context;
    }

    @Deactivate
    synchronized void deactivate() {
        withdraw();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    synchronized void bindNetlink(Netlink service) {
        withdraw(); // the sockets of the bundle before belong to it
        try {
            NftablesWriter writer = new NftablesWriter(service, Optional.empty());
            published = Optional.of(new Published(service, writer, context.registerService(Nftables.class, writer, null)));
        } catch (KernelException e) {
            LOG.error("TMB-NFT-007 nftables cannot be written: {}. It needs root or CAP_NET_ADMIN, and a kernel with nf_tables; ports are not mapped and nothing is masqueraded", e.getMessage());
        }
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
            old.writer.close();
        });
        published = Optional.empty();
    }
}
