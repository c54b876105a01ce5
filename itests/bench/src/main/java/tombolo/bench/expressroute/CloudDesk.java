package tombolo.bench.expressroute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tombolo.api.config.Settings;
import tombolo.azure.arm.adapter.ArmClient;
import tombolo.azure.expressroute.adapter.ExpressRouteNode;
import tombolo.azure.simulator.LabClient;
import tombolo.azure.simulator.Main;
import tombolo.azure.simulator.Simulator;
import tombolo.azure.simulator.SimulatorSettings;
import tombolo.azure.simulator.edge.PaperEdge;
import tombolo.config.core.ConfigFiles;
import tombolo.config.core.ConfigFiles.Content;
import tombolo.harness.Await;

/** The simulated cloud with provisioned circuits in it, and a node with a file for each: the real bundle, the real client, HTTPS between them. */
final class CloudDesk implements AutoCloseable {
    private static final String GROUP = "/resourceGroups/lab/providers/Microsoft.Network/";
    /** Azure takes ten circuits of a subscription in a region, and fifty in all. */
    private static final int IN_REGION = 10;
    private static final int IN_SUBSCRIPTION = 50;
    private static final List<String> REGIONS = List.of("westeurope", "northeurope", "eastus", "westus", "uksouth");
    /** So large that nothing here is ever held up by it: what is used of ARM's documented account is counted. */
    private static final SimulatorSettings.Buckets BOTTOMLESS = new SimulatorSettings.Buckets(1_000_000, 10_000, 1_000_000, 10_000);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    final Simulator azure;
    final PaperEdge edge = new PaperEdge();
    final ArmClient client = new ArmClient();
    final ExpressRouteNode node;
    final Settings settings;
    private final Path folder;

    /** @param operation how long Azure takes for an operation; zero: answered at once */
    CloudDesk(Path folder, int circuits, boolean microsoft, Duration operation) throws IOException {
        this.folder = Files.createDirectories(folder);
        SimulatorSettings quick = SimulatorSettings.quick(folder).buckets(BOTTOMLESS);
        SimulatorSettings settings = new SimulatorSettings(quick.place(), new SimulatorSettings.Times(InstantSource.system(), operation, Duration.ofMillis(10), Duration.ofHours(1)), quick.answers(),
                quick.buckets());
        azure = Main.laboratory(settings, edge);
        Files.writeString(folder.resolve("client.secret"), Main.SECRET + "\n");
        azure.register(3320, "192.0.2.0/24");
        node = new ExpressRouteNode(folder.resolve("prices"), folder.resolve("kept"));
        try (LabClient first = new LabClient(azure.endpoint(), azure.trusting(), Main.CIRCUIT_CLIENT); LabClient second = new LabClient(azure.endpoint(), azure.trusting(), Main.NETWORK_CLIENT)) {
            for (int i = 0; i < circuits; i++) {
                make(i < IN_SUBSCRIPTION ? first : second, i, microsoft);
            }
        }
        azure.forgetSeen();
        this.settings = files(circuits, microsoft);
        client.settings(this.settings.azure());
        node.settings("bench", this.settings.bgp().as(), this.settings.circuits());
    }

    static String name(int number) {
        return "er-" + number;
    }

    private static String id(int number) {
        return "/subscriptions/" + (number < IN_SUBSCRIPTION ? Main.CIRCUIT_SUBSCRIPTION : Main.NETWORK_SUBSCRIPTION) + GROUP + "expressRouteCircuits/" + name(number);
    }

    private static String region(int number) {
        return REGIONS.get(number % IN_SUBSCRIPTION / IN_REGION);
    }

    String serviceKey(int number) {
        return azure.resource(id(number)).orElseThrow().path("properties").path("serviceKey").asText();
    }

    private void make(LabClient customer, int number, boolean microsoft) {
        String circuit = id(number);
        customer.make(circuit, "{'location':'" + region(number) + "','sku':{'name':'Standard_MeteredData','tier':'Standard','family':'MeteredData'},'properties':{'serviceProviderProperties':"
                + "{'serviceProviderName':'Lab Exchange','peeringLocation':'Amsterdam','bandwidthInMbps':200}}}");
        String key = serviceKey(number);
        azure.provider().provision(key);
        Await.until(LIMIT, "provisioned", () -> azure.provider().state(key).filter("Provisioned"::equals).isPresent());
        customer.make(circuit + "/peerings/AzurePrivatePeering", "{'properties':{'peeringType':'AzurePrivatePeering','vlanId':" + vlan(number) + ",'peerASN':65010,'primaryPeerAddressPrefix':'"
                + primary(number) + "','secondaryPeerAddressPrefix':'" + secondary(number) + "'}}");
        if (microsoft) {
            customer.make(circuit + "/peerings/MicrosoftPeering", "{'properties':{'peeringType':'MicrosoftPeering','vlanId':200,'peerASN':3320,'primaryPeerAddressPrefix':'203.0.113.0/30',"
                    + "'secondaryPeerAddressPrefix':'203.0.113.4/30','microsoftPeeringConfig':{'advertisedPublicPrefixes':['192.0.2.0/24'],'routingRegistryName':'RIPENCC'}}}");
        }
    }

    private static int vlan(int number) {
        return 1_000 + number;
    }

    private static String primary(int number) {
        return "172.16." + number + ".0/30";
    }

    private static String secondary(int number) {
        return "172.16." + number + ".4/30";
    }

    private Settings files(int circuits, boolean microsoft) {
        Map<String, Content> files = new TreeMap<>();
        files.put("tombolo.node.cfg", new Content.Text("name = bench\n"));
        files.put("tombolo.bgp.cfg", new Content.Text("as = 65010\nrouter-id = 192.0.2.1\n"));
        files.put("tombolo.azure.cfg", new Content.Text("cloud = custom\nresource-manager-url = " + azure.endpoint() + "\nlogin-url = " + azure.endpoint()
                + "\ntoken-audience = https://management.azure.com\nca-file = ca.pem\nbudget-percent = 100\nconnect-timeout = 20000\n"));
        String credential = "\ntenant-id = " + Main.TENANT + "\ncredential = client-secret\nclient-secret-file = client.secret\n";
        files.put("tombolo.azure.subscription-first.cfg", new Content.Text("subscription-id = " + Main.CIRCUIT_SUBSCRIPTION + "\nclient-id = " + Main.CIRCUIT_CLIENT + credential));
        files.put("tombolo.azure.subscription-second.cfg", new Content.Text("subscription-id = " + Main.NETWORK_SUBSCRIPTION + "\nclient-id = " + Main.NETWORK_CLIENT + credential));
        for (int i = 0; i < circuits; i++) {
            files.put("tombolo.expressroute.circuit-" + name(i) + ".cfg", new Content.Text("subscription = " + (i < IN_SUBSCRIPTION ? "first" : "second") + "\nresource-group = lab\nlocation = " + region(i) + "\nprovider = Lab Exchange\n"
                    + "peering-location = Amsterdam\nbandwidth = 200\nprivate-vlan = " + vlan(i) + "\nprivate-primary = " + primary(i) + "\nprivate-secondary = " + secondary(i) + "\nprivate-peer-asn = 65010\n"
                    + "vnet-prefixes = 10." + i + ".0.0/16\nprivate-advertise = 192.168.0.0/16 le 26\nprimary-interface = eth1\nsecondary-interface = eth2\n"
                    + (microsoft ? "microsoft-vlan = 200\nmicrosoft-primary = 203.0.113.0/30\nmicrosoft-secondary = 203.0.113.4/30\nmicrosoft-peer-asn = 3320\nmicrosoft-prefixes = 192.0.2.0/24\n"
                    + "microsoft-registry = RIPENCC\n" : "")));
        }
        if (microsoft) {
            peers(files);
        }
        ConfigFiles.Outcome outcome = ConfigFiles.read(files, Map.of(), "bench", folder.toString());
        if (!outcome.problems().isEmpty()) {
            throw new IllegalStateException("the benchmark's own files: " + outcome.problems());
        }
        return outcome.settings();
    }

    /** Of the first circuit's four sessions, and of the site, whose routes they are told. */
    private static void peers(Map<String, Content> files) {
        files.put("tombolo.bgp.filter-all.cfg", new Content.Text("default = accept\n"));
        files.put("tombolo.bgp.filter-none.cfg", new Content.Text("default = reject\n"));
        files.put("tombolo.bgp.filter-of-site.cfg", new Content.Text("rule.10.match.as-path = ^" + NodeTables.SITE_AS + "\nrule.10.action = accept\ndefault = reject\n"));
        peer(files, "private-primary", "172.16.0.2", 12_076, "export = of-site\n");
        peer(files, "private-secondary", "172.16.0.6", 12_076, "export = of-site\n");
        peer(files, "microsoft-primary", "203.0.113.2", 12_076, "export = none\nlocal-as = 3320\n");
        peer(files, "microsoft-secondary", "203.0.113.6", 12_076, "export = none\nlocal-as = 3320\n");
        peer(files, NodeTables.SITE, "10.99.0.2", NodeTables.SITE_AS, "export = none\n");
    }

    private static void peer(Map<String, Content> files, String name, String remote, int as, String more) {
        files.put("tombolo.bgp.peer-" + name + ".cfg", new Content.Text("remote-address = " + remote + "\nremote-as = " + as + "\nimport = all\n" + more));
    }

    @Override
    public void close() {
        node.close();
        client.close();
        azure.close();
    }
}
