package tombolo.dataplane.osgi;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.kernel.Netlink;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.Nat;
import tombolo.api.nat.SourceTranslation;
import tombolo.api.nftables.Nftables;
import tombolo.api.resource.Resources;
import tombolo.dataplane.adapter.nat.Connections;
import tombolo.dataplane.adapter.nat.KernelNat;

/** Publishes {@link Nat}, and tells it of the writer of nftables and of the cluster's pools as they come and go. */
@Component(immediate = true, service = Nat.class)
public final class NatComponent implements Nat {
    private final KernelNat nat = new KernelNat();
    private Optional<Netlink> netlink = Optional.empty();

    @Deactivate
    void deactivate() {
        nat.close();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    synchronized void bindNetlink(Netlink service) {
        netlink = Optional.of(service);
        nat.connections(Optional.of(new Connections(service, Optional.empty())));
    }

    synchronized void unbindNetlink(Netlink service) {
        if (netlink.filter(current -> current == service).isPresent()) { // where it is replaced, the new one is bound first
            netlink = Optional.empty();
            nat.connections(Optional.empty());
        }
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindNftables(Nftables service) {
        nat.writer(service);
    }

    void unbindNftables(Nftables service) {
        nat.writerGone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindResources(Resources service) {
        nat.pools().came(service);
    }

    void unbindResources(Resources service) {
        nat.pools().went(service);
    }

    @Override
    public Outcome all(Map<EndpointId, Exposed> all) {
        return nat.all(all);
    }

    @Override
    public Outcome map(EndpointId id, Exposed exposed) {
        return nat.map(id, exposed);
    }

    @Override
    public Outcome unmap(EndpointId id) {
        return nat.unmap(id);
    }

    @Override
    public Outcome sources(Set<SourceTranslation> all) {
        return nat.sources(all);
    }

    @Override
    public View view() {
        return nat.view();
    }
}
