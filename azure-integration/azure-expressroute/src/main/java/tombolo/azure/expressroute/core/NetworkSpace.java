package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;

/**
 * Address space that a virtual network, as ARM shows it, tells of: its own, and in each of its peerings that of the other network, which thus need not be readable
 * here. A peering counts in whatever state: one that is disconnected is mended some day.
 */
public final class NetworkSpace {
    /** {@code remoteAddressSpace} is what the peering was made with or synchronised to, the other what the network has now. */
    private static final List<String> REMOTE = List.of("remoteAddressSpace", "remoteVirtualNetworkAddressSpace");

    private NetworkSpace() { }

    /** @param network the network's name */
    public record Part(String network, Prefix prefix) { }

    /** In the order of the document, each once; what is no prefix is nobody's space. */
    public static List<Part> of(Json.Obj network) {
        Json.Obj properties = ArmCircuits.properties(network);
        List<Part> parts = new ArrayList<>(parts(ArmCircuits.nameOf(ArmCircuits.text(network, "id")), properties, "addressSpace"));
        for (Json.Obj peering : ArmCircuits.objects(properties, "virtualNetworkPeerings")) {
            Json.Obj inner = ArmCircuits.properties(peering);
            String remote = ArmCircuits.nameOf(inner.object("remoteVirtualNetwork").map(one -> ArmCircuits.text(one, "id")).orElse(""));
            REMOTE.forEach(member -> parts.addAll(parts(remote, inner, member)));
        }
        return parts.stream().distinct().toList();
    }

    private static List<Part> parts(String network, Json.Obj from, String member) {
        return from.object(member).map(space -> NetworkSeen.texts(space, "addressPrefixes")).orElse(List.of()).stream().flatMap(text -> {
            try {
                return Stream.of(new Part(network, Prefix.parse(text)));
            } catch (IllegalArgumentException _) {
                return Stream.empty();
            }
        }).toList();
    }
}
