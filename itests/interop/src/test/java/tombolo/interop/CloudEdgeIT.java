package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tombolo.azure.simulator.LabClient;
import tombolo.azure.simulator.Main;
import tombolo.azure.simulator.Simulator;
import tombolo.azure.simulator.SimulatorSettings;
import tombolo.azure.simulator.edge.Edge.Device;
import tombolo.azure.simulator.edge.EdgeWish.Maintenance;
import tombolo.azure.simulator.edge.FrrEdge;
import tombolo.harness.Await;
import tombolo.harness.Bird;
import tombolo.harness.Link;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;
import tombolo.harness.Turn;

/**
 * The simulated cloud with real edge routers: what is written in ARM is what a customer's router (BIRD) meets on the wire, right or wrong.
 *
 * <pre>
 *  customer (BIRD, AS 65020) ── a: er.100 in VXLAN ── edge-a (FRR, AS 12076)
 *                            └─ b: er.100 in VXLAN ── edge-b (FRR, AS 12076)
 * </pre>
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CloudEdgeIT {
    private static final String PREFIX = "tmbt-e-";
    private static final Namespace CUSTOMER = new Namespace(PREFIX + "customer");
    private static final Namespace EDGE_A = new Namespace(PREFIX + "edge-a");
    private static final Namespace EDGE_B = new Namespace(PREFIX + "edge-b");
    /** Plus the cable's number: the kernel takes a VNI once for each UDP port of a namespace, and both cables carry VLAN 100. */
    private static final int VXLAN_PORT = 14_780;
    private static final int PREFIXES = 4_001;
    /** Generous: the machine may be busy, and BGP's second attempt comes five seconds after the first. */
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String GROUP = "/subscriptions/" + Main.CIRCUIT_SUBSCRIPTION + "/resourceGroups/lab/providers/Microsoft.Network/";
    private static final String CIRCUIT = GROUP + "expressRouteCircuits/er-1";
    private static final String CIRCUIT_BODY = "{'location':'westeurope','sku':{'name':'Standard_MeteredData','tier':'Standard','family':'MeteredData'},'properties':{'serviceProviderProperties':"
        + "{'serviceProviderName':'Lab Exchange','peeringLocation':'Amsterdam','bandwidthInMbps':200}}}";
    private static final String PEERING = CIRCUIT + "/peerings/AzurePrivatePeering";

    @TempDir
    private static Path folder;
    private static Optional<Turn> turn = Optional.empty();
    private static Optional<Simulator> simulator = Optional.empty();
    private static Optional<LabClient> client = Optional.empty();
    private static Optional<Bird> bird = Optional.empty();

    @BeforeAll
    static void build() {
        Net.require("ip", "bgpd", "bfdd", "bird");
        turn = Optional.of(Turn.take(PREFIX, Duration.ofMinutes(10), () -> System.out.println("another checkout runs this test on this machine; waiting")));
        Namespace.removeAll(PREFIX);
        RunFiles.removeAll(PREFIX);
        List.of(CUSTOMER, EDGE_A, EDGE_B).forEach(namespace -> Namespace.create(namespace.name()));
        FrrEdge edge = FrrEdge.start(Map.of(Device.PRIMARY, cable("a", EDGE_A, 10), Device.SECONDARY, cable("b", EDGE_B, 11)));
        Simulator azure = Main.laboratory(SimulatorSettings.quick(folder), edge);
        simulator = Optional.of(azure);
        client = Optional.of(new LabClient(azure.endpoint(), azure.trusting(), Main.CIRCUIT_CLIENT));
        bird = Optional.of(Bird.start(CUSTOMER, customer("Abc123", 10)));
    }

    /** A cable, the customer's end of the link in VLAN 100 over it, and the place of the router at the other end. */
    private static FrrEdge.Place cable(String letter, Namespace edge, int number) {
        Link.veth(new Link.End(CUSTOMER, letter), new Link.End(edge, "port"));
        String underlay = "169.254." + number;
        CUSTOMER.address(letter, underlay + ".2/24");
        CUSTOMER.ip("link", "set", "dev", letter, "mtu", "1600");
        CUSTOMER.ip("link", "add", "er-" + letter, "type", "vxlan", "id", "100", "dev", letter, "local", underlay + ".2", "remote", underlay + ".1", "dstport", Integer.toString(VXLAN_PORT + number));
        CUSTOMER.up("er-" + letter);
        CUSTOMER.address("er-" + letter, "192.168." + (90 + number) + ".1/30");
        CUSTOMER.address("er-" + letter, "fd00:" + (90 + number) + "::1/126");
        return new FrrEdge.Place(edge, "port", Optional.of(new FrrEdge.Underlay(underlay + ".1", underlay + ".2", VXLAN_PORT + number)), List.of());
    }

    private static String customer(String key, int prefixes) {
        StringBuilder text = new StringBuilder("router id 192.168.100.1;\nprotocol device { }\nprotocol bfd { interface \"er-*\" { min rx interval 300 ms; min tx interval 300 ms; }; }\n"
                + "protocol static onprem { ipv4;\n");
        for (int i = 0; i < prefixes; i++) {
            text.append("  route 10.").append(i / 256).append('.').append(i % 256).append(".0/24 blackhole;\n");
        }
        text.append("}\nprotocol static onprem6 { ipv6; route fd00:1::/48 blackhole; }\n");
        for (String letter : List.of("a", "b")) {
            int number = "a".equals(letter) ? 100 : 101;
            for (String family : List.of("4", "6")) {
                String address = "4".equals(family) ? "192.168." + number + ".2" : "fd00:" + number + "::2";
                text.append("protocol bgp ").append(letter).append(family).append(" { local as 65020; neighbor ").append(address).append(" as 12076; direct; bfd on; connect delay time 1; connect retry time 2;")
                    .append(" error wait time 1, 2; password \"").append(key).append("\"; ipv").append(family).append(" { import all; export where source = RTS_STATIC; }; }\n");
            }
        }
        return text.toString();
    }

    @AfterAll
    static void remove() {
        client.ifPresent(LabClient::close);
        simulator.ifPresent(Simulator::close);
        if (turn.isPresent()) {
            if (System.getProperty("tombolo.keep", "").isEmpty()) {
                Namespace.removeAll(PREFIX);
                RunFiles.removeAll(PREFIX);
            }
            turn.get().close();
        }
    }

    private static Simulator azure() {
        return simulator.orElseThrow();
    }

    private static LabClient arm() {
        return client.orElseThrow();
    }

    private static String ask(String command) {
        return bird.orElseThrow().ask(command);
    }

    /** What the customer has of a prefix, with attributes; empty where it has none. */
    private static String routes(String prefix, String session) {
        return Arrays.stream(bird.orElseThrow().route(prefix).split("\n(?=\\S|\\s+unicast)")).filter(path -> path.contains("[" + session)).collect(Collectors.joining("\n"));
    }

    private static boolean up(String session) {
        return ask("show protocols " + session).contains("Established");
    }

    private static void awaitUp(String... sessions) {
        for (String session : sessions) {
            Await.until(SOON, () -> session + " established; seen: " + ask("show protocols all " + session) + azure().edgeProblem().orElse(""), () -> up(session));
        }
    }

    private static String peering(String key, int vlan) {
        return "{'properties':{'peeringType':'AzurePrivatePeering','peerASN':65020,'vlanId':" + vlan + ",'sharedKey':'" + key + "','primaryPeerAddressPrefix':'192.168.100.0/30',"
            + "'secondaryPeerAddressPrefix':'192.168.101.0/30','ipv6PeeringConfig':{'primaryPeerAddressPrefix':'fd00:100::/126','secondaryPeerAddressPrefix':'fd00:101::/126'}}}";
    }

    @Test
    @Order(1)
    void aPeeringInArmBringsUpTheSessionsOfBothEdges() {
        String key = arm().make(CIRCUIT, CIRCUIT_BODY).at("/properties/serviceKey").asText();
        azure().provider().provision(key);
        Await.until(SOON, "the provider has provisioned", () -> azure().provider().state(key).equals(Optional.of("Provisioned")));
        arm().make(PEERING, peering("Abc123", 100));
        awaitUp("a4", "b4", "a6", "b6");
        Await.until(SOON, "prefixes arrived", () -> arm().result(PEERING + "/routeTables/primary").toString().contains("10.0.9.0/24"));
        String arp = arm().result(PEERING + "/arpTables/secondary").toString();
        assertTrue(arp.contains("192.168.101.1") && !arp.contains("Incomplete"), arp);
        Await.until(SOON, "the summary counts them", () -> "10".equals(arm().result(PEERING + "/routeTablesSummary/primary").at("/value/0/statePfxRcd").asText()));
        assertTrue(arm().get(CIRCUIT + "/stats").path("primarybytesIn").asLong() > 0);
        Await.until(SOON, () -> "BFD sessions up; seen: " + ask("show bfd sessions"), () -> bfdUp() >= 4);
    }

    @Test
    @Order(2)
    void aLinkedNetworkIsAnnouncedAndMaintenanceAndSilenceOfOneEdgeShow() {
        arm().make(GROUP + "virtualNetworks/v", "{'location':'westeurope','properties':{'addressSpace':{'addressPrefixes':['10.100.0.0/16','fd00:64::/48']},'bgpCommunities':{'virtualNetworkCommunity':'12076:20100'},"
            + "'subnets':[{'name':'GatewaySubnet','properties':{'addressPrefix':'10.100.255.0/27'}}]}}");
        arm().make(GROUP + "virtualNetworkGateways/gw", "{'location':'westeurope','properties':{'gatewayType':'ExpressRoute','ipConfigurations':[{'name':'d','properties':{'subnet':{'id':'" + GROUP
            + "virtualNetworks/v/subnets/GatewaySubnet'}}}]}}");
        arm().make(GROUP + "connections/c", "{'location':'westeurope','properties':{'connectionType':'ExpressRoute','virtualNetworkGateway1':{'id':'" + GROUP + "virtualNetworkGateways/gw'},'peer':{'id':'" + CIRCUIT + "'}}}");
        Await.until(SOON, () -> "the network's prefix with its communities from both; seen: " + routes("10.100.0.0/16", ""),
            () -> count(routes("10.100.0.0/16", ""), "(12076,20100)") == 2 && routes("10.100.0.0/16", "").contains("(12076,50002)"));
        assertTrue(routes("fd00:64::/48", "").contains("BGP.as_path: 12076"));
        assertTrue(up("a4") && up("b4"), "a new network ends no session");

        String key = arm().get(CIRCUIT).at("/properties/serviceKey").asText();
        azure().maintenance(key, Device.PRIMARY, Maintenance.PREPEND);
        Await.until(SOON, () -> "a longer path on a; seen: " + routes("10.100.0.0/16", ""), () -> routes("10.100.0.0/16", "a4").contains("12076 12076 12076"));
        assertFalse(routes("10.100.0.0/16", "b4").contains("12076 12076"));
        azure().maintenance(key, Device.PRIMARY, Maintenance.SHUTDOWN);
        Await.until(SOON, "a shut down", () -> !up("a4") && up("b4"));
        azure().maintenance(key, Device.PRIMARY, Maintenance.NONE);
        awaitUp("a4", "a6");
        Await.until(SOON, () -> "BFD up again; seen: " + ask("show bfd sessions"), () -> bfdUp() >= 4);
        azure().silence(Device.PRIMARY, true);
        // The hold time of 180 s cannot have passed by then: it is BFD that ends them.
        Await.until(SOON, "the silent edge is found", () -> !up("a4") && !up("a6") && up("b4"));
        azure().silence(Device.PRIMARY, false);
        awaitUp("a4", "a6");
    }

    private static long bfdUp() {
        return ask("show bfd sessions").lines().filter(line -> line.contains(" Up ")).count();
    }

    @Test
    @Order(3)
    void aWrongKeyAndAWrongTagInArmBreakTheSessions() {
        arm().make(PEERING, peering("Wrong123", 100));
        azure().awaitEdge(SOON);
        Await.until(SOON, "the sessions are gone", () -> !up("a4") && !up("b4"));
        arm().make(PEERING, peering("Abc123", 100));
        awaitUp("a4", "b4");
        arm().make(PEERING, peering("Abc123", 101));
        azure().awaitEdge(SOON);
        Await.until(SOON, "the sessions are gone", () -> !up("a4") && !up("b4"));
        Await.until(SOON, "nobody answers ARP in the wrong VLAN", () -> "Incomplete".equals(arm().result(PEERING + "/arpTables/primary").at("/value/0/macAddress").asText()));
        arm().make(PEERING, peering("Abc123", 100));
        awaitUp("a4", "b4", "a6", "b6");
    }

    @Test
    @Order(4)
    void oneMorePrefixThanTheSkuTakesDropsTheSession() {
        bird.orElseThrow().reconfigure(customer("Abc123", PREFIXES - 1));
        Await.until(SOON, "all 4,000 taken", () -> received(PREFIXES - 1));
        assertTrue(up("a4") && up("b4"), "the limit itself is allowed");
        bird.orElseThrow().reconfigure(customer("Abc123", PREFIXES));
        Await.until(SOON, () -> "sessions dropped; seen: " + ask("show protocols") + arm().result(PEERING + "/routeTablesSummary/primary") + arm().result(PEERING + "/routeTablesSummary/secondary"), () -> !up("a4") && !up("b4"));
        assertTrue(up("a6") && up("b6"), "IPv6 has a limit of its own");
        arm().make(CIRCUIT, CIRCUIT_BODY.replace("Standard", "Premium"));
        awaitUp("a4", "b4");
        Await.until(SOON, "Premium takes them", () -> received(PREFIXES));
    }

    private static boolean received(int prefixes) {
        return Integer.toString(prefixes).equals(arm().result(PEERING + "/routeTablesSummary/primary").at("/value/0/statePfxRcd").asText());
    }

    private static int count(String text, String word) {
        return (text.length() - text.replace(word, "").length()) / word.length();
    }
}
