package tombolo.azure.expressroute.osgi;

import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import tombolo.api.azure.Arm;
import tombolo.api.expressroute.Report;
import tombolo.api.expressroute.VirtualNetworks;
import tombolo.azure.expressroute.adapter.NetworkReader;

/** Publishes {@link VirtualNetworks}. */
@Component(immediate = true, service = VirtualNetworks.class)
public final class NetworksComponent implements VirtualNetworks {
    private final NetworkReader reader = new NetworkReader();

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindArm(Arm service) {
        reader.armSlot().set(service);
    }

    void unbindArm(Arm service) {
        reader.armSlot().gone(service);
    }

    @Override
    public Report interfaceRoutes(Optional<String> subscription, String networkInterface, Consumer<String> progress) {
        return reader.interfaceRoutes(subscription, networkInterface, progress);
    }

    @Override
    public Report gatewayRoutes(Optional<String> subscription, String gateway, Optional<String> peer, Consumer<String> progress) {
        return reader.gatewayRoutes(subscription, gateway, peer, progress);
    }

    @Override
    public Report routeServer(Optional<String> subscription, String hub, Consumer<String> progress) {
        return reader.routeServer(subscription, hub, progress);
    }

    @Override
    public Report network(Optional<String> subscription, String network) {
        return reader.network(subscription, network);
    }

    @Override
    public Report authorized(Optional<String> subscription) {
        return reader.authorized(subscription);
    }
}
