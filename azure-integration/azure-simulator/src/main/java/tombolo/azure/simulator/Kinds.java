package tombolo.azure.simulator;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The types of Microsoft.Network that are covered. */
final class Kinds {
    private static final List<Kind> ALL = List.of(new CircuitKind(), new PeeringKind(), new AuthorizationKind(), new ConnectionKind(), new GatewayKind(),
            new NetworkKind(), new SubnetKind(), new NetworkPeeringKind(), new RouteFilterKind(), new RouteFilterRuleKind(), new HubKind(), new HubAddressKind(),
            new HubPeerKind(), new InterfaceKind(), new PlainKind("publicIPAddresses"), new PlainKind("routeTables"), new PlainKind("routeTables/routes"),
            new PlainKind("expressRoutePorts"), new PlainKind("expressRouteCircuits/peerings/connections"));
    private static final Map<String, Kind> BY_TYPE = new TreeMap<>();
    private static final Map<String, String> CANONICAL = new TreeMap<>();

    static {
        for (Kind kind : ALL) {
            BY_TYPE.put(kind.type(), kind);
            for (String word : kind.type().split("/")) {
                CANONICAL.put(word.toLowerCase(Locale.ROOT), word);
            }
        }
    }

    private Kinds() { }

    /** The word as ARM spells it; itself where ARM has no such type. */
    static String canonical(String word) {
        return CANONICAL.getOrDefault(word.toLowerCase(Locale.ROOT), word);
    }

    static Optional<Kind> of(String type) {
        return Optional.ofNullable(BY_TYPE.get(type));
    }

    /** Whether some type has children or members of that name: tells a collection from an action. */
    static boolean isCollection(String type) {
        return BY_TYPE.containsKey(type);
    }
}
