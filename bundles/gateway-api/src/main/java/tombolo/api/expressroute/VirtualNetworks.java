package tombolo.api.expressroute;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * What Azure's virtual networks know of the routes behind a circuit: a service of azure-expressroute. Nothing here changes anything. Any thread may call but a
 * Loop's: a call asks Azure and blocks, for some seconds where Azure makes a table.
 *
 * <p>Resources are named {@code RESOURCE-GROUP/NAME} in a subscription; a subscription by the name in {@code etc/tombolo.azure.subscription-<name>.cfg}, the first one
 * where none is named. Every method throws {@link ExpressRouteException} or {@link tombolo.api.azure.ArmException} where it has no answer; the message is operator text.
 */
public interface VirtualNetworks {
    /** The routes that hold for a virtual machine's network interface, of every source. */
    Report interfaceRoutes(Optional<String> subscription, String networkInterface, Consumer<String> progress);

    /**
     * What a virtual network's gateway has learned, with its BGP peers.
     *
     * @param peer address of a BGP peer of the gateway: what it advertises to that one instead
     */
    Report gatewayRoutes(Optional<String> subscription, String gateway, Optional<String> peer, Consumer<String> progress);

    /** A Route Server with its BGP peers; what each has told it and is told. */
    Report routeServer(Optional<String> subscription, String hub, Consumer<String> progress);

    /** A virtual network with its peerings, and whether gateways are shared over them. */
    Report network(Optional<String> subscription, String network);

    /** The circuits of other subscriptions that gateways of this one are linked to, by authorization. */
    Report authorized(Optional<String> subscription);
}
