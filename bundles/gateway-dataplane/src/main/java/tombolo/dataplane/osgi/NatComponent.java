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
import tombolo.api.nat.Exposed;
import tombolo.api.nat.Nat;
import tombolo.api.nftables.Nftables;
import tombolo.api.resource.Resources;
import tombolo.dataplane.adapter.nat.KernelNat;

/** Publishes {@link Nat}, and tells it of the writer of nftables and of the cluster's pools as they come and go. */
@Component(immediate = true, service = Nat.class)
public final class NatComponent implements Nat {
    private final KernelNat nat = new KernelNat();
    private Optional<Followed> followed = Optional.empty();

    private record Followed(Resources resources, Resources.Subscription subscription) { }

    @Deactivate
    synchronized void deactivate() {
        unfollow();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindNftables(Nftables service) {
        nat.writer(service);
    }

    void unbindNftables(Nftables service) {
        nat.writerGone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    synchronized void bindResources(Resources service) {
        unfollow();
        followed = Optional.of(new Followed(service, service.subscribe(Set.of("IPPool"), nat)));
    }

    synchronized void unbindResources(Resources service) {
        if (followed.filter(current -> current.resources == service).isPresent()) {
            unfollow();
        }
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
    public View view() {
        return nat.view();
    }

    private void unfollow() {
        followed.ifPresent(one -> one.subscription.close());
        followed = Optional.empty();
    }
}
