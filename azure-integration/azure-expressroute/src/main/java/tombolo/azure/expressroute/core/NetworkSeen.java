package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.json.Json;

/**
 * A virtual network as Azure shows it.
 *
 * @param prefixes its address space, as ARM writes it
 * @param peerings with other virtual networks
 */
public record NetworkSeen(String id, List<String> prefixes, List<Peering> peerings) {
    public NetworkSeen {
        prefixes = List.copyOf(prefixes);
        peerings = List.copyOf(peerings);
    }

    public String name() {
        return ArmCircuits.nameOf(id);
    }

    /**
     * One peering, as this network has it.
     *
     * @param remote        the other network's id
     * @param state         Initiated, Connected or Disconnected
     * @param allowsTransit whether the other may use the gateway here
     * @param usesRemote    whether this one uses the other's gateway
     * @param other         the other network's half of it; empty where it could not be read, or is not there
     */
    public record Peering(String name, String remote, String state, boolean allowsTransit, boolean usesRemote, Optional<Half> other) { }

    /** The other half. */
    public record Half(boolean allowsTransit, boolean usesRemote) { }

    public static NetworkSeen read(Json.Obj network) {
        Json.Obj properties = ArmCircuits.properties(network);
        List<Peering> peerings = new ArrayList<>();
        for (Json.Obj peering : ArmCircuits.objects(properties, "virtualNetworkPeerings")) {
            Json.Obj inner = ArmCircuits.properties(peering);
            peerings.add(new Peering(ArmCircuits.text(peering, "name"), inner.object("remoteVirtualNetwork").map(remote -> ArmCircuits.text(remote, "id")).orElse(""), ArmCircuits.text(inner, "peeringState"),
                    inner.bool("allowGatewayTransit").orElse(false), inner.bool("useRemoteGateways").orElse(false), Optional.empty()));
        }
        List<String> prefixes = properties.object("addressSpace").map(space -> texts(space, "addressPrefixes")).orElse(List.of());
        return new NetworkSeen(ArmCircuits.text(network, "id"), prefixes, peerings);
    }

    static List<String> texts(Json.Obj object, String name) {
        return object.array(name).stream().filter(Json.Text.class::isInstance).map(each -> ((Json.Text) each).value()).toList();
    }

    /** With the other halves of the peerings, as far as the other networks could be read. */
    public NetworkSeen with(List<NetworkSeen> others) {
        return new NetworkSeen(id, prefixes, peerings.stream().map(peering -> new Peering(peering.name, peering.remote, peering.state, peering.allowsTransit, peering.usesRemote,
                others.stream().filter(other -> ArmCircuits.same(other.id, peering.remote)).flatMap(other -> other.peerings.stream()).filter(half -> ArmCircuits.same(half.remote, id)).findFirst()
                        .map(half -> new Half(half.allowsTransit, half.usesRemote)))).toList());
    }

    /** The subnet of a gateway, which lies in the network of that gateway: {@code .../virtualNetworks/hub/subnets/GatewaySubnet}. */
    public static Optional<String> networkOf(Json.Obj gateway) {
        return ArmCircuits.objects(ArmCircuits.properties(gateway), "ipConfigurations").stream().flatMap(each -> ArmCircuits.properties(each).object("subnet").stream())
                .map(subnet -> ArmCircuits.text(subnet, "id")).filter(id -> id.toLowerCase(java.util.Locale.ROOT).contains("/subnets/")).findFirst()
                .map(id -> id.substring(0, id.toLowerCase(java.util.Locale.ROOT).lastIndexOf("/subnets/")));
    }
}
