package tombolo.dataplane.osgi;

import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.LinkListener;
import tombolo.api.kernel.Netlink;
import tombolo.api.nftables.Nftables;
import tombolo.api.subinterface.Subinterface;
import tombolo.api.subinterface.Subinterfaces;
import tombolo.dataplane.adapter.subinterface.SubinterfaceKeeper;

/** Publishes {@link Subinterfaces}, and ties it to whatever of the other bundles is there. */
@Component(immediate = true, service = {Subinterfaces.class, LinkListener.class})
public final class SubinterfaceComponent implements Subinterfaces, LinkListener {
    private final SubinterfaceKeeper keeper;

    @Activate
    public SubinterfaceComponent() {
        keeper = new SubinterfaceKeeper(Optional.empty());
    }

    @Deactivate
    void deactivate() {
        keeper.close();
    }

    @Override
    public void offer(String owner, List<Subinterface> wanted) {
        keeper.offer(owner, wanted);
    }

    @Override
    public List<State> states(String owner) {
        return keeper.states(owner);
    }

    @Override
    public void linkChanged(Link link, boolean usable, String reason) {
        keeper.linkChanged(link, usable, reason);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindNetlink(Netlink service) {
        keeper.netlinkCame(service);
    }

    void unbindNetlink(Netlink service) {
        keeper.netlinkWent(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindNftables(Nftables service) {
        keeper.nftablesCame(service);
    }

    void unbindNftables(Nftables service) {
        keeper.nftablesWent(service);
    }
}
