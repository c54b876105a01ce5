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
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.RawPackets;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.PacketProbe;
import tombolo.dataplane.adapter.nftables.KernelProbe;

/** Publishes {@link PacketProbe} while all that it needs is there. */
@Component(immediate = true, service = {})
public final class ProbeComponent {
    private static final Logger LOG = LoggerFactory.getLogger(ProbeComponent.class);
    private final BundleContext context;
    private Optional<Netlink> netlink = Optional.empty();
    private Optional<RawPackets> packets = Optional.empty();
    private Optional<Nftables> writer = Optional.empty();
    private Optional<ServiceRegistration<PacketProbe>> registration = Optional.empty();

    @Activate
    public ProbeComponent(BundleContext context) {
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
        if (netlink.filter(current -> current == service).isPresent()) { // where it is replaced, the new one is bound first
            netlink = Optional.empty();
            publish();
        }
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    synchronized void bindPackets(RawPackets service) {
        packets = Optional.of(service);
        publish();
    }

    synchronized void unbindPackets(RawPackets service) {
        if (packets.filter(current -> current == service).isPresent()) {
            packets = Optional.empty();
            publish();
        }
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    synchronized void bindWriter(Nftables service) {
        writer = Optional.of(service);
        publish();
    }

    synchronized void unbindWriter(Nftables service) {
        if (writer.filter(current -> current == service).isPresent()) {
            writer = Optional.empty();
            publish();
        }
    }

    private void publish() {
        withdraw();
        if (netlink.isPresent() && packets.isPresent() && writer.isPresent()) {
            KernelProbe probe = new KernelProbe(netlink.get(), packets.get(), writer.get(), Optional.empty());
            probe.begin();
            registration = Optional.of(context.registerService(PacketProbe.class, probe, null));
        }
    }

    private void withdraw() {
        registration.ifPresent(old -> {
            try {
                old.unregister();
            } catch (IllegalStateException e) {
                LOG.debug("the service went with its bundle before it could be unregistered"); // harmless: it is gone
            }
        });
        registration = Optional.empty();
    }
}
