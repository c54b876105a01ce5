package tombolo.azure.expressroute.adapter;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.expressroute.Report;
import tombolo.api.expressroute.VirtualNetworks;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.azure.expressroute.core.ArmCircuits;
import tombolo.azure.expressroute.core.CircuitSnapshot.LinkSeen;
import tombolo.azure.expressroute.core.NetworkReports;
import tombolo.azure.expressroute.core.NetworkSeen;

/** Answers for virtual networks. Any thread; a call blocks while Azure is asked. */
public final class NetworkReader implements VirtualNetworks {
    /** Resource groups that are looked into for links: a subscription may have 980 of them, and each costs a request. */
    static final int MOST_GROUPS = 100;
    /** Peerings of one network whose other half is looked at; ARM allows 500. */
    private static final int MOST_PEERINGS = 50;
    private static final String NETWORK = "/providers/Microsoft.Network/";
    /** Resource groups may have letters and digits of any script, what is in them has not. */
    private static final Pattern RESOURCE = Pattern.compile("[\\p{L}\\p{Nd}_.()-]{1,90}/[A-Za-z0-9_.()-]{1,90}");
    private static final Map<String, String> EXAMPLES = Map.of("networkInterfaces", "vm1-nic", "virtualNetworkGateways", "gw-hub", "virtualHubs", "route-server", "virtualNetworks", "vnet-hub");

    private final Slot<Arm> arm = new Slot<>();
    private final InstantSource clock;
    private final Operations.Pause pause;

    public NetworkReader() {
        this(InstantSource.system(), time -> Thread.sleep(time));
    }

    NetworkReader(InstantSource clock, Operations.Pause pause) {
        this.clock = clock;
        this.pause = pause;
    }

    public Slot<Arm> armSlot() {
        return arm;
    }

    private Arm azure() {
        return arm.get().orElseThrow(() -> new ExpressRouteException("TMB-ER-001 azure-arm is not running. gateway:status shows the bundles; start it, then try again."));
    }

    private String subscription(Optional<String> wanted) {
        List<String> names = azure().subscriptions().stream().map(AzureSubscription::name).toList();
        if (wanted.isPresent() && !names.contains(wanted.get())) {
            throw new ExpressRouteException("TMB-ER-002 there is no subscription '" + wanted.get() + "'; those of etc/tombolo.azure.subscription-NAME.cfg: " + (names.isEmpty() ? "none" : String.join(", ", names)) + ".");
        }
        return wanted.or(() -> names.stream().findFirst()).orElseThrow(() -> new ExpressRouteException("TMB-ER-002 no subscription is configured. Make etc/tombolo.azure.subscription-NAME.cfg."));
    }

    /** The path of RESOURCE-GROUP/NAME below its subscription. */
    private static String path(String kind, String asked) {
        String name = decoded(asked);
        int slash = name.indexOf('/');
        if (!RESOURCE.matcher(name).matches()) {
            throw new ExpressRouteException("TMB-ER-270 '" + asked + "' is not RESOURCE-GROUP/NAME; wanted both names as Azure has them, such as rg-hub/" + EXAMPLES.getOrDefault(kind, "hub") + ".");
        }
        return CircuitReader.group(name.substring(0, slash)) + NETWORK + kind + "/" + name.substring(slash + 1);
    }

    /** People copy names out of addresses, where other letters are %XX (RFC 3986 §2.1). */
    private static String decoded(String name) {
        try {
            return name.indexOf('+') < 0 ? URLDecoder.decode(name, StandardCharsets.UTF_8) : name; // + would become a space
        } catch (IllegalArgumentException _) {
            return name; // a % without two digits is in no name
        }
    }

    private Json.Obj table(String subscription, String path, Consumer<String> progress) {
        return new Operations(azure(), clock, pause).read(ArmRequest.post(subscription, path, azure().networkVersion()), progress).orElse(Json.Obj.EMPTY);
    }

    @Override
    public Report interfaceRoutes(Optional<String> subscription, String networkInterface, Consumer<String> progress) {
        return NetworkReports.interfaceRoutes(table(subscription(subscription), path("networkInterfaces", networkInterface) + "/effectiveRouteTable", progress));
    }

    @Override
    public Report gatewayRoutes(Optional<String> subscription, String gateway, Optional<String> peer, Consumer<String> progress) {
        String name = subscription(subscription);
        String path = path("virtualNetworkGateways", gateway);
        if (peer.isPresent()) {
            address(peer.get());
            return NetworkReports.advertised(table(name, path + "/getAdvertisedRoutes?peer=" + peer.get(), progress));
        }
        return NetworkReports.gateway(table(name, path + "/getBgpPeerStatus", progress), table(name, path + "/getLearnedRoutes", progress));
    }

    private static void address(String peer) {
        try {
            IpAddress.parse(peer);
        } catch (IllegalArgumentException _) {
            throw new ExpressRouteException("TMB-ER-271 '" + peer + "' is not the address of a BGP peer; without --advertised-to the peers are shown.");
        }
    }

    @Override
    public Report routeServer(Optional<String> subscription, String hub, Consumer<String> progress) {
        String name = subscription(subscription);
        String path = path("virtualHubs", hub);
        Json.Obj server = need(name, path, "Route Server", hub);
        List<NetworkReports.ServerPeer> peers = new ArrayList<>();
        for (Json.Obj peer : azure().list(ArmRequest.get(name, path + "/bgpConnections", azure().networkVersion()))) {
            String at = path + "/bgpConnections/" + peer.text("name").orElse("");
            peers.add(new NetworkReports.ServerPeer(peer, table(name, at + "/learnedRoutes", progress), table(name, at + "/advertisedRoutes", progress)));
        }
        return NetworkReports.routeServer(server, peers);
    }

    private Json.Obj need(String subscription, String path, String what, String name) {
        return new CircuitReader(azure()).get(subscription, path).orElseThrow(() -> new ExpressRouteException("TMB-ER-272 there is no " + what + " " + name + " in subscription " + subscription
                + ", or this node may not see it. Check both names, or say --subscription; configured: " + String.join(", ", azure().subscriptions().stream().map(AzureSubscription::name).toList()) + "."));
    }

    @Override
    public Report network(Optional<String> subscription, String network) {
        String name = subscription(subscription);
        return NetworkReports.network(halves(azure(), NetworkSeen.read(need(name, path("virtualNetworks", network), "virtual network", network))));
    }

    /** With the other halves of its peerings, of the networks that are in subscriptions which are configured here. */
    static NetworkSeen halves(Arm arm, NetworkSeen network) {
        List<NetworkSeen> others = network.peerings().stream().limit(MOST_PEERINGS).flatMap(peering -> byId(arm, peering.remote()).stream()).map(NetworkSeen::read).toList();
        return network.with(others);
    }

    /** A resource by its id; empty where it is not there, or not ours to read. */
    static Optional<Json.Obj> byId(Arm arm, String id) {
        Optional<String> owner = owner(arm, id);
        try {
            return owner.flatMap(name -> new CircuitReader(arm).get(name, id));
        } catch (ArmException e) {
            if (e.reason() == ArmException.Reason.FORBIDDEN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The name of the subscription that an id is in; empty where it is none of ours. */
    static Optional<String> owner(Arm arm, String id) {
        String lower = id.toLowerCase(Locale.ROOT);
        return arm.subscriptions().stream().filter(each -> lower.startsWith("/subscriptions/" + each.id().toLowerCase(Locale.ROOT) + "/")).map(AzureSubscription::name).findFirst();
    }

    @Override
    public Report authorized(Optional<String> subscription) {
        String name = subscription(subscription);
        Arm azure = azure();
        String own = azure.subscriptions().stream().filter(each -> each.name().equals(name)).findFirst().map(each -> "/subscriptions/" + each.id().toLowerCase(Locale.ROOT) + "/").orElse("");
        List<String> groups = azure.list(ArmRequest.get(name, "/resourcegroups", CircuitReader.GROUPS_API)).stream().flatMap(group -> group.text("name").stream()).sorted().toList();
        List<NetworkReports.Authorized> links = new ArrayList<>();
        for (String group : groups.subList(0, Math.min(MOST_GROUPS, groups.size()))) {
            for (Json.Obj connection : azure.list(ArmRequest.get(name, CircuitReader.group(group) + NETWORK + "connections", azure().networkVersion()))) {
                String circuit = connection.object("properties").flatMap(properties -> properties.object("peer")).flatMap(peer -> peer.text("id")).orElse("");
                if (circuit.toLowerCase(Locale.ROOT).contains("/expressroutecircuits/") && !circuit.toLowerCase(Locale.ROOT).startsWith(own)) {
                    // Lists leave out whether a connection stands; each by itself tells.
                    LinkSeen link = ArmCircuits.link(connection.text("id").flatMap(id -> new CircuitReader(azure).get(name, id)).orElse(connection));
                    links.add(new NetworkReports.Authorized(link.name(), circuit, link.gateway(), link.status(), link.weight()));
                }
            }
        }
        return NetworkReports.authorized(links, groups.size() > MOST_GROUPS ? Optional.of("Only " + MOST_GROUPS + " of " + groups.size() + " resource groups were looked into.") : Optional.empty());
    }
}
