package tombolo.azure.expressroute.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.azure.ArmException;
import tombolo.api.config.Contribution;
import tombolo.api.config.PeerSettings;
import tombolo.api.expressroute.ExpressRoute.Asked;
import tombolo.api.expressroute.ExpressRoute.Consent;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.expressroute.Report;
import tombolo.api.json.Json;
import tombolo.azure.arm.adapter.ArmClient;
import tombolo.azure.simulator.LabClient;
import tombolo.azure.simulator.Main;
import tombolo.azure.simulator.Misfortune;
import tombolo.azure.simulator.Simulator;
import tombolo.azure.simulator.SimulatorSettings;
import tombolo.azure.simulator.edge.PaperEdge;
import tombolo.config.core.ConfigFiles;
import tombolo.config.core.ConfigFiles.Content;
import tombolo.config.core.Merge;
import tombolo.harness.Await;
import tombolo.runtime.json.JsonText;

/** The node with the real client, by the real files, against the simulated cloud: from an empty subscription to a working circuit and back. */
class SimulatedCloudTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Consent NONE = new Consent(false, "");
    private static final Consent ALL = new Consent(true, "");
    private static final String GROUP = "/subscriptions/" + Main.CIRCUIT_SUBSCRIPTION + "/resourceGroups/lab/providers/Microsoft.Network/";
    private static final String OTHER = "/subscriptions/" + Main.NETWORK_SUBSCRIPTION + "/resourceGroups/lab/providers/Microsoft.Network/";
    private static final String CIRCUIT = GROUP + "expressRouteCircuits/er-1";
    private static final String FILE = """
            subscription = circuits
            resource-group = lab
            location = westeurope
            provider = Lab Exchange
            peering-location = Amsterdam
            bandwidth = 200
            private-vlan = 100
            private-primary = 172.16.0.0/30
            private-secondary = 172.16.0.4/30
            private-primary-ipv6 = fd00:1::/126
            private-secondary-ipv6 = fd00:1::4/126
            private-peer-asn = 65010
            private-key-file = er.key
            private-advertise = 10.64.0.0/12 le 26
            vnet-prefixes = 10.100.0.0/16
            primary-interface = eth1
            secondary-interface = eth2
            """;

    private final FakeStore store = new FakeStore();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private final AtomicReference<Contribution> contributed = new AtomicReference<>(new Contribution("expressroute", List.of()));
    private final CircuitWatchTest.Links links = new CircuitWatchTest.Links();
    private Path etc;
    private Simulator azure;
    private LabClient neighbour;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        etc = folder;
        azure = Main.laboratory(SimulatorSettings.quick(folder), new PaperEdge());
        neighbour = new LabClient(azure.endpoint(), azure.trusting(), Main.NETWORK_CLIENT);
        Files.writeString(folder.resolve("er.key"), "s3cret\n");
        Files.writeString(folder.resolve("client.secret"), Main.SECRET + "\n");
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        neighbour.close();
        azure.close();
    }

    private ConfigFiles.Outcome files(String more) {
        return files(more, FILE);
    }

    private ConfigFiles.Outcome files(String more, String circuit) {
        Map<String, Content> files = new TreeMap<>();
        files.put("tombolo.node.cfg", new Content.Text("name = gw-a\n"));
        files.put("tombolo.bgp.cfg", new Content.Text("as = 65010\nrouter-id = 192.0.2.1\n"));
        files.put("tombolo.azure.cfg", new Content.Text("cloud = custom\nresource-manager-url = " + azure.endpoint() + "\nlogin-url = " + azure.endpoint()
                + "\ntoken-audience = https://management.azure.com\nca-file = ca.pem\nbudget-percent = 100\nconnect-timeout = 20000\nprices-url = " + azure.endpoint() + "/api/retail/prices\nnetwork-api-version = 2025-05-01\n"));
        String credential = "tenant-id = " + Main.TENANT + "\ncredential = client-secret\nclient-secret-file = client.secret\n";
        files.put("tombolo.azure.subscription-circuits.cfg", new Content.Text("subscription-id = " + Main.CIRCUIT_SUBSCRIPTION + "\nclient-id = " + Main.CIRCUIT_CLIENT + "\n" + credential));
        files.put("tombolo.azure.subscription-networks.cfg", new Content.Text("subscription-id = " + Main.NETWORK_SUBSCRIPTION + "\nclient-id = " + Main.NETWORK_CLIENT + "\n" + credential));
        files.put("tombolo.expressroute.circuit-er-1.cfg", new Content.Text(circuit + more));
        ConfigFiles.Outcome outcome = ConfigFiles.read(files, Map.of(), "host", etc.toString());
        assertEquals(List.of(), outcome.problems());
        return outcome;
    }

    /** A node as after a start: a client and all else of its own; only the datastore is there already. */
    private ExpressRouteNode node(Operations.Pause pause, String more) {
        ExpressRouteNode node = new ExpressRouteNode(etc.resolve("prices.json"), Optional.of(etc.resolve("kept")), InstantSource.system(), pause, Runnable::run);
        ArmClient client = new ArmClient();
        open.add(client);
        open.add(node);
        client.settings(files(more).settings().azure());
        settings(node, more);
        node.armSlot().set(client);
        node.retailSlot().set(client);
        node.storeSlot().set(store);
        node.subinterfacesCame(links);
        node.contributionsCame(contributed::set);
        return node;
    }

    private ExpressRouteNode node() {
        return node(SimulatedCloudTest::moment, "");
    }

    private void settings(ExpressRouteNode node, String more) {
        var settings = files(more).settings();
        node.settings(settings.node().name(), settings.bgp().as(), settings.circuits());
    }

    /** Operations of the quick cloud take 200 ms; what ARM would take is not waited for. */
    private static void moment(Duration time) throws InterruptedException {
        boolean never = new CountDownLatch(1).await(Math.min(time.toMillis(), 100), TimeUnit.MILLISECONDS);
        assertFalse(never);
    }

    private long times(String method, String path) {
        return azure.seen().stream().filter(call -> call.method().equals(method) && call.uri().getPath().equalsIgnoreCase(path)).count();
    }

    private static Json.Obj first(Report report) {
        return (Json.Obj) ((Json.Arr) report.json()).items().getFirst();
    }

    private static String code(Exception e) {
        return e.getMessage().substring(0, 10);
    }

    /** Ordered, provisioned, with its peering, and with its part on this node. @return the service key */
    private String working(ExpressRouteNode node) {
        node.apply("er-1", ALL, said::add);
        String key = ((Json.Obj) node.key("er-1", true).json()).text("serviceKey").orElseThrow();
        azure.provider().provision(key);
        Await.until(LIMIT, "provisioned", () -> azure.provider().state(key).equals(Optional.of("Provisioned")));
        Json.Obj left = first(node.apply("er-1", NONE, said::add));
        assertEquals(Json.Bool.TRUE, left.get("inSync").orElseThrow(), JsonText.line(left));
        return key;
    }

    private void network(String name, String prefix, String gatewayPrefix) {
        network(neighbour, OTHER, name, prefix, gatewayPrefix);
    }

    private static void network(LabClient owner, String group, String name, String prefix, String gatewayPrefix) {
        owner.make(group + "virtualNetworks/" + name, "{'location':'westeurope','properties':{'addressSpace':{'addressPrefixes':['" + prefix
                + "']},'subnets':[{'name':'GatewaySubnet','properties':{'addressPrefix':'" + gatewayPrefix + "'}}]}}");
        owner.make(group + "virtualNetworkGateways/gw-" + name, "{'location':'westeurope','properties':{'gatewayType':'ExpressRoute','sku':{'name':'ErGw1AZ','tier':'ErGw1AZ'},"
                + "'ipConfigurations':[{'name':'default','properties':{'subnet':{'id':'" + group + "virtualNetworks/" + name + "/subnets/GatewaySubnet'}}}]}}");
    }

    /** A provisioned circuit with private peering that no file describes. @return its service key */
    private String undescribed(LabClient owner, String group, String name) {
        owner.make(group + "expressRouteCircuits/" + name, "{'location':'westeurope','sku':{'name':'Standard_MeteredData','tier':'Standard','family':'MeteredData'},'properties':"
                + "{'serviceProviderProperties':{'serviceProviderName':'Lab Exchange','peeringLocation':'Amsterdam','bandwidthInMbps':200}}}");
        String key = azure.resource(group + "expressRouteCircuits/" + name).orElseThrow().path("properties").path("serviceKey").asText();
        azure.provider().provision(key);
        Await.until(LIMIT, "provisioned", () -> azure.provider().state(key).equals(Optional.of("Provisioned")));
        owner.make(group + "expressRouteCircuits/" + name + "/peerings/AzurePrivatePeering", "{'properties':{'peeringType':'AzurePrivatePeering','vlanId':300,'peerASN':65010,"
                + "'primaryPeerAddressPrefix':'172.18.0.0/30','secondaryPeerAddressPrefix':'172.18.0.4/30'}}");
        return key;
    }

    @Test
    void aCircuitThatNoFileDescribesIsListedAndLinkedByItsServiceKeyAndTheNetworksName() {
        ExpressRouteNode node = node();
        try (LabClient owner = new LabClient(azure.endpoint(), azure.trusting(), Main.CIRCUIT_CLIENT)) {
            String key = undescribed(owner, GROUP, "er-9");
            network(owner, GROUP, "v9", "10.109.0.0/16", "10.109.255.0/27");
            Json.Obj list = (Json.Obj) node.list().json();
            assertTrue(JsonText.line(list.get("others").orElseThrow()).contains("\"er-9\""), JsonText.line(list));
            assertFalse(JsonText.line(list).contains(key), "a service key is not shown by itself");
            node.createLink(key.toUpperCase(java.util.Locale.ROOT), "lab/v9", Optional.empty(), Optional.empty(), OptionalInt.empty(), false, said::add);
        }
        assertEquals("Connected", azure.resource(GROUP + "connections/er-9-gw-v9").orElseThrow().path("properties").path("connectionStatus").asText());
        assertEquals("TMB-ER-005", code(assertThrows(ExpressRouteException.class, () ->
                node.createLink("11111111-89ab-cdef-0123-456789abcdef", "lab/v9", Optional.empty(), Optional.empty(), OptionalInt.empty(), false, said::add))));
        assertTrue(store.entries.isEmpty(), "neither an operation nor a hold is left");
    }

    @Test
    void aCircuitOfAnotherCustomerIsLinkedByItsIdAndAnAuthorization() {
        ExpressRouteNode node = node();
        undescribed(neighbour, OTHER, "theirs");
        neighbour.make(OTHER + "expressRouteCircuits/theirs/authorizations/for-us", "{'properties':{}}");
        String key = neighbour.get(OTHER + "expressRouteCircuits/theirs/authorizations/for-us").path("properties").path("authorizationKey").asText();
        try (LabClient owner = new LabClient(azure.endpoint(), azure.trusting(), Main.CIRCUIT_CLIENT)) {
            network(owner, GROUP, "v8", "10.108.0.0/16", "10.108.255.0/27");
        }
        String id = OTHER + "expressRouteCircuits/theirs";
        assertEquals("TMB-ER-244", code(assertThrows(ExpressRouteException.class, () -> node.createLink(id, "lab/gw-v8", Optional.of("circuits"), Optional.empty(), OptionalInt.empty(), false, said::add))));
        node.createLink(id, "lab/gw-v8", Optional.of("circuits"), Optional.of(key), OptionalInt.of(5), false, said::add);
        assertEquals("Connected", azure.resource(GROUP + "connections/theirs-gw-v8").orElseThrow().path("properties").path("connectionStatus").asText());
        assertFalse(said.toString().contains(key), "no secret is told");
    }

    @Test
    void whatLiesBehindTheCircuitIsAskedOfAzure() {
        ExpressRouteNode node = node();
        working(node);
        network("v1", "10.100.0.0/16", "10.100.255.0/27");
        neighbour.make(OTHER + "virtualNetworks/v1/subnets/machines", "{'properties':{'addressPrefix':'10.100.0.0/24'}}");
        neighbour.make(OTHER + "virtualNetworks/v1/subnets/RouteServerSubnet", "{'properties':{'addressPrefix':'10.100.253.0/27'}}");
        neighbour.make(OTHER + "networkInterfaces/nic", "{'location':'westeurope','properties':{'ipConfigurations':[{'name':'one','properties':{'privateIPAddress':'10.100.0.30','subnet':{'id':'" + OTHER
                + "virtualNetworks/v1/subnets/machines'}}}]}}");
        neighbour.make(OTHER + "virtualHubs/rs", "{'location':'westeurope','properties':{'sku':'Standard'}}");
        neighbour.make(OTHER + "virtualHubs/rs/ipConfigurations/one", "{'properties':{'subnet':{'id':'" + OTHER + "virtualNetworks/v1/subnets/RouteServerSubnet'}}}");
        neighbour.make(OTHER + "virtualHubs/rs/bgpConnections/appliance", "{'properties':{'peerAsn':65001,'peerIp':'10.100.0.40'}}");
        NetworkReader reader = new NetworkReader(InstantSource.system(), SimulatedCloudTest::moment);
        ArmClient client = new ArmClient();
        open.add(client);
        client.settings(files("").settings().azure());
        reader.armSlot().set(client);
        String routes = reader.interfaceRoutes(Optional.of("networks"), "lab/nic", said::add).blocks().toString();
        assertTrue(routes.contains("10.100.0.0/16") && routes.contains("VnetLocal") && routes.contains("Internet"), routes);
        String server = reader.routeServer(Optional.of("networks"), "lab/rs", said::add).blocks().toString();
        assertTrue(server.contains("10.100.0.40") && server.contains("65001") && server.contains("10.100.0.0/16") && server.contains("10.100.253.4"), server);
    }

    @Test
    void theCostIsOfThePricesThatWereFetchedLast() throws IOException {
        ExpressRouteNode node = node();
        assertEquals("TMB-ER-250", code(assertThrows(ExpressRouteException.class, () -> node.cost(Optional.empty(), Optional.of("Zone 1"), Optional.of(100L)))));
        node.refreshPrices(said::add);
        Json.Obj cost = first(node.cost(Optional.of("er-1"), Optional.of("Zone 1"), Optional.of(100L)));
        // The simulated prices: 100 cents a Mbit/s in zone 1, and two cents a GB.
        assertEquals(0, new java.math.BigDecimal("202").compareTo(new java.math.BigDecimal(((Json.Num) cost.get("known").orElseThrow()).literal())), JsonText.line(cost));
        assertEquals(Json.Arr.texts(List.of("provider")), cost.get("unknown").orElseThrow(), "the provider's own price is in no list");
        assertEquals(java.time.LocalDate.now(java.time.ZoneOffset.UTC).toString(), cost.text("date").orElseThrow());
        String before = Files.readString(etc.resolve("prices.json"));
        azure.fail("GET /api/retail/prices", 1, new Misfortune.Garbage(200, "text/html", "<html>proxy</html>"));
        assertThrows(RuntimeException.class, () -> node.refreshPrices(said::add));
        assertEquals(before, Files.readString(etc.resolve("prices.json")), "what was there stays");
    }

    @Test
    void fromAnEmptySubscriptionToALinkedCircuitAndBack() {
        ExpressRouteNode node = node();
        assertTrue(JsonText.line(node.providers(Optional.empty()).json()).contains("Lab Exchange"));
        assertEquals("TMB-ER-205", code(assertThrows(ExpressRouteException.class, () -> node.apply("er-1", NONE, said::add))));
        assertEquals(Optional.empty(), azure.resource(CIRCUIT), "nothing is ordered without consent");

        Asked asked = node.ask("er-1");
        node.apply("er-1", new Consent(false, asked.token()), said::add);
        assertEquals(1, times("PUT", CIRCUIT));
        String waits = JsonText.line(node.plan(Optional.of("er-1")).json());
        assertTrue(waits.contains("NotProvisioned") && waits.contains("on this node: interfaces and sessions of private peering follow"), waits);
        assertEquals(List.of(), links.wanted);

        String key = ((Json.Obj) node.key("er-1", true).json()).text("serviceKey").orElseThrow();
        azure.provider().provision(key);
        Await.until(LIMIT, "provisioned", () -> azure.provider().state(key).equals(Optional.of("Provisioned")));
        assertEquals(Json.Bool.TRUE, first(node.apply("er-1", NONE, said::add)).get("inSync").orElseThrow());
        assertEquals("s3cret", peeringPut().object("properties").orElseThrow().text("sharedKey").orElseThrow(), "the key goes to Azure");
        onThisNode();

        // Authorized for a link of a network in another subscription.
        String key1 = ((Json.Obj) ((Json.Arr) node.createAuthorizations("er-1", "Team Blue", 1, said::add).json()).items().getFirst()).text("key").orElseThrow();
        network("v1", "10.100.0.0/16", "10.100.255.0/27");
        node.createLink("er-1", "lab/gw-v1", Optional.of("networks"), Optional.of(key1), OptionalInt.of(10), false, said::add);
        assertEquals("Connected", azure.resource(OTHER + "connections/er-1-gw-v1").orElseThrow().path("properties").path("connectionStatus").asText());
        assertTrue(JsonText.line(node.authorizations("er-1").json()).contains("InUse"));
        assertTrue(node.links("er-1").blocks().toString().contains("by team-blue-1"), "though the link itself does not tell its key");

        // And back: what is in use is named, and nothing goes that somebody still needs.
        settings(node, "state = absent\n");
        String refused = JsonText.line(node.plan(Optional.of("er-1")).json());
        assertTrue(refused.contains("TMB-ER-102"), refused);
        settings(node, "");
        assertEquals("TMB-ER-233", code(assertThrows(ExpressRouteException.class, () -> node.deleteAuthorizations("er-1", "Team Blue", false, said::add))));
        node.deleteAuthorizations("er-1", "Team Blue", true, said::add);
        settings(node, "state = absent\n");
        Json.Obj waiting = first(node.apply("er-1", ALL, said::add));
        assertTrue(JsonText.line(waiting).contains("must deprovision"), JsonText.line(waiting));
        assertEquals(List.of(), links.wanted, "the node lets go first");
        assertEquals(List.of(), contributed.get().parts());
        azure.provider().deprovision(key);
        Await.until(LIMIT, "deprovisioned", () -> azure.provider().state(key).equals(Optional.of("NotProvisioned")));
        node.apply("er-1", ALL, said::add);
        assertEquals(Optional.empty(), azure.resource(CIRCUIT));
        assertTrue(store.entries.isEmpty(), "neither an operation nor a hold is left");
        assertFalse(said.toString().contains("s3cret") || said.toString().contains(key1), "no secret is told");
    }

    private Json.Obj peeringPut() {
        String body = azure.seen().stream().filter(call -> call.method().equals("PUT") && call.uri().getPath().endsWith("/peerings/AzurePrivatePeering")).reduce((_, last) -> last).orElseThrow().body();
        try {
            return (Json.Obj) JsonText.parse(body);
        } catch (JsonText.Malformed e) {
            throw new AssertionError(body, e);
        }
    }

    /** The contribution passes gateway-config's schema, and its peers are in the settings. */
    private void onThisNode() {
        assertEquals(List.of("er-1-p100", "er-1-s100"), links.wanted.stream().map(each -> each.name()).toList());
        Merge.Merged merged = Merge.of(files(""), List.of(contributed.get()), "host", etc.toString());
        assertEquals(List.of(), merged.problems());
        assertEquals(List.of("er-1-private-primary", "er-1-private-primary-v6", "er-1-private-secondary", "er-1-private-secondary-v6"), List.copyOf(merged.settings().peers().keySet()));
        PeerSettings peer = merged.settings().peers().get("er-1-private-secondary");
        assertEquals("172.16.0.6", peer.remoteAddress().toString());
        assertEquals(List.of("expressroute/er-1-private-out"), peer.exportFilters());
        assertTrue(peer.bfd().isPresent() && peer.password().isPresent() && peer.localAs().isEmpty());
        assertFalse(contributed.get().toString().contains("s3cret"), "a secret is named and never held");
    }

    @Test
    void whatIsInFlightOutlivesTheNodeAndIsFollowedByItsUrl() {
        azure.delayOperation("PUT .*/expressRouteCircuits/er-1$", 1, Duration.ofSeconds(2));
        ExpressRouteNode dying = node(_ -> {
            throw new InterruptedException(); // the process ends while it waits
        }, "");
        assertEquals("TMB-ER-212", code(assertThrows(ExpressRouteException.class, () -> dying.apply("er-1", ALL, said::add))));
        assertTrue(Thread.interrupted());
        assertEquals(1, Operations.all(store).size());
        List<String> before = polls();
        assertTrue(before.getFirst().length() > 4_000, "a polling URL of several kB");

        ExpressRouteNode next = node();
        next.resume();
        assertEquals(1, times("PUT", CIRCUIT), "asked for once");
        assertTrue(polls().size() > before.size() && polls().stream().allMatch(before.getFirst()::equals), "the URL is followed byte for byte");
        assertTrue(store.entries.isEmpty());
        assertEquals("Succeeded", azure.resource(CIRCUIT).orElseThrow().path("properties").path("provisioningState").asText());
        next.apply("er-1", ALL, said::add);
        assertEquals(1, times("PUT", CIRCUIT));
    }

    /** {@code network-api-version} of etc/tombolo.azure.cfg: in what is asked, changed, and followed. */
    @Test
    void everyRequestToAzuresNetworkSpeaksTheVersionThatTheFileSays() {
        ExpressRouteNode node = node();
        working(node);
        node.stats("er-1");
        node.doctor("er-1", said::add);
        node.createAuthorizations("er-1", "blue", 1, said::add);
        node.deleteAuthorizations("er-1", "blue", false, said::add);
        List<String> network = azure.seen().stream().map(call -> call.uri().toString()).filter(uri -> uri.contains("/providers/Microsoft.Network")).toList();
        assertEquals(List.of(), network.stream().filter(uri -> !uri.contains("api-version=2025-05-01")).toList());
        assertTrue(network.size() > 20, network.toString());
    }

    @Test
    void whatNobodyOffersIsNotOrdered() {
        for (String wrong : List.of("provider = Lab Exchagne", "peering-location = Amsterdm")) {
            ExpressRouteNode node = node();
            node.settings("gw-a", files("", FILE.replaceAll("(?m)^" + wrong.substring(0, wrong.indexOf(' ')) + " = .*$", wrong)).settings().circuits());
            String told = assertThrows(ExpressRouteException.class, () -> node.apply("er-1", ALL, said::add)).getMessage();
            assertTrue(told.startsWith("TMB-ER-114") && told.contains(wrong.substring(wrong.indexOf('=') + 2)) && told.contains("er:providers"), told);
        }
        assertEquals(0, times("PUT", CIRCUIT));
        assertTrue(store.entries.isEmpty());
    }

    /** What Azure cannot answer, or has forgotten, is said of that table; the doctor says all else. */
    @Test
    void aTableThatAzureCannotMakeIsSaidAndTheDoctorGoesOn() {
        ExpressRouteNode node = node();
        working(node);
        azure.cancelOperation("POST .*/arpTables/primary", 2);
        said.clear();
        String report = JsonText.line(node.doctor("er-1", said::add).json());
        assertTrue(said.stream().anyMatch(line -> line.startsWith("tables of the primary edge: TMB-ER-214") && line.contains("Operation was canceled")), said.toString());
        assertTrue(report.contains("private peering, secondary link: ARP") && report.contains("the table could not be had"), report);
        String told = assertThrows(ExpressRouteException.class, () -> node.arp("er-1", tombolo.api.expressroute.ExpressRoute.Peering.PRIVATE,
                Optional.of(tombolo.api.expressroute.ExpressRoute.Device.PRIMARY), said::add)).getMessage();
        assertTrue(told.startsWith("TMB-ER-214 POST") && told.contains("Operation was canceled"), told);
    }

    /** {@code er:interface-routes}, {@code er:gateway-routes}, {@code er:route-server}, {@code er:network}, {@code er:authorized} with what is wrong: seen, wanted, what to do. */
    @Test
    void whatIsTypedWronglyOfNetworksIsNamedWithWhatToDo() {
        NetworkReader reader = new NetworkReader(InstantSource.system(), SimulatedCloudTest::moment);
        ArmClient client = new ArmClient();
        open.add(client);
        client.settings(files("").settings().azure());
        reader.armSlot().set(client);
        network("v1", "10.100.0.0/16", "10.100.255.0/27");
        Optional<String> there = Optional.of("networks");
        for (String wrong : List.of("hub", "/hub", "lab/", "lab/a/b", "lab/a?x=1", "lab/..\u0020a", "")) {
            for (Executable each : List.<Executable>of(() -> reader.interfaceRoutes(there, wrong, said::add), () -> reader.gatewayRoutes(there, wrong, Optional.empty(), said::add),
                    () -> reader.routeServer(there, wrong, said::add), () -> reader.network(there, wrong))) {
                String told = assertThrows(ExpressRouteException.class, each).getMessage();
                assertTrue(told.startsWith("TMB-ER-270 '" + wrong + "'") && told.contains("such as rg-hub/"), told);
            }
        }
        for (Executable each : List.<Executable>of(() -> reader.interfaceRoutes(there, "lab/nosuch", said::add), () -> reader.gatewayRoutes(there, "lab/nosuch", Optional.empty(), said::add))) {
            String told = assertThrows(ArmException.class, each).getMessage();
            assertTrue(told.startsWith("TMB-ARM-031") && told.contains("nosuch") && told.contains("It is not there"), told);
        }
        for (Executable each : List.<Executable>of(() -> reader.routeServer(there, "lab/nosuch", said::add), () -> reader.network(there, "lab/nosuch"))) {
            String told = assertThrows(ExpressRouteException.class, each).getMessage();
            assertTrue(told.startsWith("TMB-ER-272") && told.contains("lab/nosuch") && told.contains("networks"), told);
        }
        String peer = assertThrows(ExpressRouteException.class, () -> reader.gatewayRoutes(there, "lab/gw-v1", Optional.of("10.0.0.999"), said::add)).getMessage();
        assertTrue(peer.startsWith("TMB-ER-271 '10.0.0.999'"), peer);
        for (Executable each : List.<Executable>of(() -> reader.authorized(Optional.of("nosuch")), () -> reader.network(Optional.of("nosuch"), "lab/v1"))) {
            String told = assertThrows(ExpressRouteException.class, each).getMessage();
            assertTrue(told.startsWith("TMB-ER-002") && told.contains("circuits, networks"), told);
        }
        assertTrue(reader.authorized(there).blocks().toString().contains("No gateway of this subscription is linked"));
    }

    private List<String> polls() {
        return azure.seen().stream().filter(call -> call.method().equals("GET") && call.uri().getPath().contains("/operations/")).map(call -> call.uri().toString()).toList();
    }

    @Test
    void whereTheAnswerIsLostTheCircuitIsLookedForAndNotOrderedAgain() {
        azure.fail("PUT .*/expressRouteCircuits/er-1$", 1, new Misfortune.AnswerLost());
        ExpressRouteNode node = node();
        assertThrows(RuntimeException.class, () -> node.apply("er-1", ALL, said::add));
        node.apply("er-1", ALL, said::add);
        assertEquals(1, times("PUT", CIRCUIT));
        assertTrue(store.entries.isEmpty());
    }

    @Test
    void throttlingIsWaitedOutAndTheWorkIsDoneOnce() {
        ExpressRouteNode node = node();
        azure.fail("(GET|PUT) .*/expressRouteCircuits/er-1$", 2, new Misfortune.Refused(429, "TooManyRequests", "slow down", Map.of("Retry-After", "1")));
        azure.fail("GET .*/operations/", 1, new Misfortune.Refused(429, "TooManyRequests", "slow down", Map.of("Retry-After", "1")));
        node.apply("er-1", ALL, said::add);
        assertTrue(azure.resource(CIRCUIT).isPresent());
        assertEquals(1, azure.seen().stream().filter(call -> call.method().equals("PUT") && call.uri().getPath().equalsIgnoreCase(CIRCUIT) && call.status() < 300).count());
        assertEquals(3, azure.seen().stream().filter(call -> call.status() == 429).count());
        assertTrue(store.entries.isEmpty());
    }

    @Test
    void aHandEditedPeeringIsSeenAndPlannedBackAndACircuitThatSomebodyDeletedIsTold() {
        ExpressRouteNode node = node();
        working(node);
        node.tick();
        assertTrue(node.said("er-1").orElseThrow().startsWith("TMB-ER-281"), node.said("er-1").toString());
        azure.edit(CIRCUIT + "/peerings/AzurePrivatePeering", body -> ((com.fasterxml.jackson.databind.node.ObjectNode) body.get("properties")).put("vlanId", 101));
        Json.Obj plan = first(node.plan(Optional.of("er-1")));
        assertTrue(JsonText.line(plan).contains("vlan 101 to 100"), JsonText.line(plan));
        assertEquals("TMB-ER-205", code(assertThrows(ExpressRouteException.class, () -> node.apply("er-1", NONE, said::add))), "another tag cuts");
        node.apply("er-1", ALL, said::add);
        assertEquals(100, azure.resource(CIRCUIT + "/peerings/AzurePrivatePeering").orElseThrow().path("properties").path("vlanId").asInt());
        assertEquals(2, links.wanted.size(), "nothing changed here meanwhile");

        azure.vanish(CIRCUIT);
        Json.Obj gone = first(node.plan(Optional.of("er-1")));
        assertTrue(JsonText.line(gone).contains("create the circuit er-1") && JsonText.line(gone).contains("billing"), JsonText.line(gone));
        assertEquals(2, links.wanted.size());
        assertEquals("TMB-ER-004", code(assertThrows(ExpressRouteException.class, () -> node.show("er-1"))));
    }
}
