package tombolo.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import tombolo.azure.simulator.Main;
import tombolo.harness.Await;
import tombolo.harness.Bird;
import tombolo.harness.Command;
import tombolo.harness.Daemon;
import tombolo.harness.GatewayNode;
import tombolo.harness.HarnessException;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;

/**
 * {@code gateway lab --azure [up|status|down]}: an ExpressRoute circuit from order to packets, in a simulated cloud with real edge routers.
 *
 * <pre>
 *                                                     tmba-arm (Azure Resource Manager, HTTPS)
 *                                                        │            er-a: VLAN 100 private, 200 Microsoft peering
 *                                                        │           ┌──────────────────── tmba-edge-a ──┐
 *   tmba-host ──── tmba-onprem ──────────────────── tmba-gw ─────────┤                    FRR, AS 12076  ├── tmba-vnet
 *   10.1.0.10      BIRD, AS 65010                  the gateway,      └──────────────────── tmba-edge-b ──┘   BIRD, AS 65515
 *   fd00:1::10                                     AS 65020            er-b: the same VLANs                  10.100.0.4, fd00:64::4
 *                                                        │
 *                                                     tmba-isp (BIRD, AS 64500)
 * </pre>
 *
 * The subscription is empty at first. All that the circuit's owner does is typed in the node's shell ({@code er:...}); the provider, the owner of the virtual network and a
 * hand in the portal act in the cloud. Then the usual faults are put in one after the other, and the doctor has to name each; one edge goes through its maintenance, which may
 * cost no packet; and one falls silent, which may cost less than a second. Exit code 0: so it is; 1: not so, the reason is the last line; 2: wrong usage.
 */
public final class AzureLab {
    static final String CIRCUIT_NAME = "er-lab";
    static final String GROUP = "/subscriptions/" + Main.CIRCUIT_SUBSCRIPTION + "/resourceGroups/lab/providers/Microsoft.Network/";
    static final String CIRCUIT = GROUP + "expressRouteCircuits/" + CIRCUIT_NAME;
    static final String NETWORKS = "/subscriptions/" + Main.NETWORK_SUBSCRIPTION + "/resourceGroups/lab/providers/Microsoft.Network/";
    private static final List<String> PACKAGES = List.of("iproute2", "iputils-ping", "bird2", "frr");
    /** Sessions come up within some seconds; a busy machine may need many times that. */
    private static final Duration CONVERGENCE = Duration.ofSeconds(60);
    private static final String BEHIND_EDGES = "edges that the virtual network uses for the host";
    private static final Duration EDGES_TELL = Duration.ofSeconds(20);
    /** What BFD (300 ms, three times) and the switch of routes may take together. */
    private static final int OUTAGE_LIMIT_MILLIS = 1_000;
    private static final int ABOVE_PREMIUM = 10_001;

    private final Path project;
    private final Progress progress = new Progress();
    private final Grounds grounds;

    private AzureLab(Path project) {
        this.project = project;
        this.grounds = new Grounds(AzureTopology.PREFIX, project.resolve("run/lab-azure"), progress);
    }

    public static void main(String[] words) {
        AzureLab lab = new AzureLab(Path.of(System.getProperty("tombolo.root", "")).toAbsolutePath());
        String command = words.length == 0 ? "up" : words[0];
        if (words.length > 1 || !List.of("up", "status", "down").contains(command)) {
            System.err.println("lab: unknown words " + String.join(" ", words) + "; see gateway lab --help");
            System.exit(2);
        }
        try {
            lab.grounds.preconditions("./gateway lab --azure " + command, "up".equals(command) ? PACKAGES : List.of());
            switch (command) {
                case "up" -> lab.grounds.inTurn(lab::up);
                case "status" -> System.exit(lab.status() ? 0 : 1);
                default -> lab.grounds.inTurn(() -> lab.progress.step("laboratory removed", lab.grounds::clear));
            }
        } catch (HarnessException problem) {
            System.out.println("lab: " + problem.getMessage());
            System.exit(1);
        }
    }

    private void up() {
        long start = System.nanoTime();
        progress.step("cleared what an earlier run left", grounds::clear);
        progress.step("eight namespaces and their cables", AzureTopology::create);
        Path folder = grounds.folder();
        try (Cloud cloud = progress.step("the simulated cloud: Azure Resource Manager, an empty subscription, two edge routers (FRR, AS 12076)", () -> Cloud.start(folder.resolve("cloud")))) {
            grounds.noted(List.of(cloud.daemon()));
            GatewayNode node = progress.step("gateway started (AS 65020)", () -> startGateway(cloud));
            Bird onprem = progress.step("on-premises router, virtual network and Internet provider (BIRD)", () -> {
                Bird router = AzureRouters.startOnprem();
                grounds.noted(List.of(router.daemon(), AzureRouters.startVnet().daemon(), AzureRouters.startIsp().daemon()));
                return router;
            });
            progress.step("gateway answers", () -> node.awaitShell("er:list"));
            Doctor doctor = new Doctor(node, progress);
            order(node, cloud, doctor);
            peerings(node, cloud, doctor);
            link(node, cloud);
            traffic(node, cloud, onprem);
            progress.step("the doctor finds nothing wrong", doctor::well);
            progress.say("");
            new AzureFaults(node, cloud, onprem, doctor, progress).all();
            progress.say("");
            declared(node, onprem);
            tags(node, cloud, doctor);
            maintenance(node, cloud);
            silence(node, cloud, doctor);
            pings();
            progress.step("the doctor finds nothing wrong", doctor::well);
        }
        progress.say("");
        progress.say(String.format(java.util.Locale.ROOT, "All of it took %.0f s.", (System.nanoTime() - start) / 1e9));
        progress.say("The laboratory runs. Look around: ./gateway shell --home run/lab-azure/node er:doctor " + CIRCUIT_NAME + ", ip netns exec tmba-edge-a vtysh --vty_socket /run/tombolo/tmba-edge-a/frr.");
        progress.say("Its state: ./gateway lab --azure status. Its end: ./gateway lab --azure down.");
    }

    private GatewayNode startGateway(Cloud cloud) {
        AzureTopology.customerSide();
        Path etc = grounds.folder().resolve("etc");
        try (Stream<Path> samples = Files.list(project.resolve("itests/lab/etc-azure"))) {
            Files.createDirectories(etc.resolve("secrets"));
            for (Path sample : samples.toList()) {
                Files.copy(sample, etc.resolve(sample.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            Files.setPosixFilePermissions(etc.resolve("secrets"), PosixFilePermissions.fromString("rwx------"));
            Files.copy(cloud.authority(), etc.resolve("secrets/cloud.pem"));
            byte[] key = new byte[12];
            new SecureRandom().nextBytes(key);
            for (Map.Entry<String, String> secret : Map.of("circuit", HexFormat.of().formatHex(key), "azure", Main.SECRET).entrySet()) {
                Path file = etc.resolve("secrets").resolve(secret.getKey());
                Files.writeString(file, secret.getValue() + "\n");
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
        } catch (IOException problem) {
            throw new HarnessException("cannot write " + etc + ": " + problem.getMessage(), problem);
        }
        GatewayNode started = GatewayNode.start(project, AzureTopology.GATEWAY, grounds.folder().resolve("node"), etc, Map.of());
        grounds.noted(List.of(started.daemon()));
        return started;
    }

    // ---------------------------------------------------------------- from an empty subscription to a circuit

    /** A command that has to be refused with that code. */
    private static String refused(GatewayNode node, String command, String code) {
        Command.Result result = node.attempt(command);
        if (result.ok() || !result.output().contains(code)) {
            throw new HarnessException(command + " was to be refused with " + code + "; code " + result.code() + ": " + result.output().strip());
        }
        return result.output().lines().filter(line -> line.contains(code)).findFirst().orElse("").strip();
    }

    private void order(GatewayNode node, Cloud cloud, Doctor doctor) {
        progress.say("");
        progress.step("the subscription is empty", () -> refused(node, "er:show " + CIRCUIT_NAME, "TMB-ER-004"));
        progress.step("er:providers asks who offers what", () -> {
            contains(node.ask("er:providers"), "Lab Exchange", "Amsterdam");
        });
        progress.say(node.ask("er:plan " + CIRCUIT_NAME).stripTrailing());
        progress.step("what costs money is not done without consent", () -> refused(node, "er:apply " + CIRCUIT_NAME, "TMB-ER-205"));
        progress.step("er:apply " + CIRCUIT_NAME + " --yes: ordered", () -> {
            node.ask("er:apply " + CIRCUIT_NAME + " --yes");
            return cloud.get("circuits", CIRCUIT).at("/properties/serviceProviderProvisioningState").asText();
        });
        doctor.names("ordered, but not provisioned by the provider", List.of(new Doctor.Wanted(7, "BAD", "provider", "NotProvisioned"), new Doctor.Wanted(15, "WARN", "billing", "billed since")));
        progress.step("the provider is given the service key and provisions", () -> {
            String key = node.json("er:key " + CIRCUIT_NAME + " --show").path("serviceKey").asText();
            cloud.control("provision", "{'serviceKey':'" + key + "'}");
            Await.until(CONVERGENCE, "Provisioned", () -> "Provisioned".equals(cloud.get("circuits", CIRCUIT).at("/properties/serviceProviderProvisioningState").asText()));
        });
    }

    private void peerings(GatewayNode node, Cloud cloud, Doctor doctor) {
        progress.step("er:apply " + CIRCUIT_NAME + " --yes: private and Microsoft peering, route filter", () -> {
            node.ask("er:apply " + CIRCUIT_NAME + " --yes");
        });
        progress.step("private peering: four BGP sessions to both edges", () -> sessions(node, List.of("msee-a-v4", "msee-a-v6", "msee-b-v4", "msee-b-v6")));
        cloud.edit(CIRCUIT + "/peerings/MicrosoftPeering", "{'properties':{'routeFilter':null}}");
        doctor.names("Microsoft does not know whose the public prefix is, and there is no route filter",
            List.of(new Doctor.Wanted(9, "BAD", "validation", "ValidationNeeded"), new Doctor.Wanted(9, "BAD", "route filter", "none")));
        progress.step("registered, and er:apply " + CIRCUIT_NAME + " --yes: Microsoft peering is up on both edges", () -> {
            cloud.control("register", "{'asn':3320,'prefix':'192.0.2.0/24'}");
            node.ask("er:apply " + CIRCUIT_NAME + " --yes");
            return sessions(node, List.of("public-a", "public-b"));
        });
    }

    /** Another subscription's owner has a virtual network with a gateway; the circuit's owner gives out an authorization, which is redeemed. */
    private void link(GatewayNode node, Cloud cloud) {
        progress.step("in another subscription: a virtual network and its gateway", () -> {
            cloud.make("networks", NETWORKS + "virtualNetworks/hub", "{'location':'westeurope','properties':{'addressSpace':{'addressPrefixes':['10.100.0.0/16','fd00:64::/48']},"
                + "'bgpCommunities':{'virtualNetworkCommunity':'12076:20100'},'subnets':[{'name':'GatewaySubnet','properties':{'addressPrefix':'10.100.254.0/27'}},"
                + "{'name':'RouteServerSubnet','properties':{'addressPrefix':'10.100.253.0/27'}},{'name':'machines','properties':{'addressPrefix':'10.100.0.0/24'}}]}}");
            cloud.make("networks", NETWORKS + "virtualNetworkGateways/gw-hub", "{'location':'westeurope','properties':{'gatewayType':'ExpressRoute','sku':{'name':'ErGw1AZ','tier':'ErGw1AZ'},"
                + "'ipConfigurations':[{'name':'default','properties':{'subnet':{'id':'" + NETWORKS + "virtualNetworks/hub/subnets/GatewaySubnet'}}}]}}");
        });
        progress.step("without an authorization it cannot be linked", () -> refused(node, "er:link-create " + CIRCUIT_NAME + " lab/gw-hub --subscription networks", "TMB-"));
        progress.step("er:authorization-create " + CIRCUIT_NAME + " hub, and er:link-create with its key", () -> {
            JsonNode made = node.json("er:authorization-create " + CIRCUIT_NAME + " hub --limit 1");
            Path file = grounds.folder().resolve("etc/secrets/authorization");
            RunFiles.write(file, made.path(0).path("key").asText() + "\n");
            permissions(file);
            node.ask("er:link-create " + CIRCUIT_NAME + " lab/gw-hub --subscription networks --authorization-file " + file);
        });
        progress.step("er:authorization-list: it is in use, and er:link-list shows the link in the other subscription", () -> {
            contains(node.ask("er:authorization-list " + CIRCUIT_NAME), "hub-1", "InUse");
            contains(node.ask("er:link-list " + CIRCUIT_NAME), "gw-hub", "Connected");
            contains(node.ask("er:authorized --subscription networks"), CIRCUIT_NAME, "gw-hub");
        });
    }

    private static void permissions(Path file) {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException problem) {
            throw new HarnessException("cannot protect " + file, problem);
        }
    }

    private static void contains(String text, String... wanted) {
        for (String each : wanted) {
            if (!text.contains(each)) {
                throw new HarnessException("wanted '" + each + "' in: " + text);
            }
        }
    }

    // ---------------------------------------------------------------- packets

    /** Waits until these peers are established. */
    static String sessions(GatewayNode node, List<String> peers) {
        Await.until(CONVERGENCE, () -> "established: " + peers + "; seen: " + node.attempt("bgp:summary").output(), () -> established(node).containsAll(peers));
        return peers.size() + " of " + peers.size();
    }

    static List<String> established(GatewayNode node) {
        List<String> up = new ArrayList<>();
        for (String line : node.attempt("bgp:summary").output().split("\n")) {
            if (line.contains("Established")) {
                up.add(line.strip().split("\\s+")[0]);
            }
        }
        return up;
    }

    /** One thing that must be so: how many there are, and how many are wanted. */
    private record Count(String what, int wanted, java.util.function.IntSupplier seen) { }

    private static List<Count> counts(int networks) {
        return List.of(
            new Count("edges that the gateway uses for the virtual network, IPv4", 2, () -> paths(AzureTopology.GATEWAY, "-4", "10.100.0.0/16")),
            new Count("edges that the gateway uses for the virtual network, IPv6", 2, () -> paths(AzureTopology.GATEWAY, "-6", "fd00:64::/48")),
            new Count("prefixes of the virtual network at the on-premises router", 2,
                () -> AzureTopology.ONPREM.routes("-4", "bird").size() + AzureTopology.ONPREM.routes("-6", "bird").size()),
            new Count("on-premises networks at edge a", networks, () -> onpremAt(AzureTopology.EDGE_A)),
            new Count("on-premises networks at edge b", networks, () -> onpremAt(AzureTopology.EDGE_B)),
            new Count(BEHIND_EDGES + ", IPv4", 2, () -> paths(AzureTopology.VNET, "-4", "10.1.0.0/24")),
            new Count(BEHIND_EDGES + ", IPv6", 2, () -> paths(AzureTopology.VNET, "-6", "fd00:1::/64")));
    }

    private static int onpremAt(Namespace edge) {
        return (int) edge.routes("-4", "bgp").stream().filter(route -> route.matches("10\\.(1|[1-9][0-9])\\..*")).count();
    }

    /** Next hops of a route; 0 where there is no such route. */
    static int paths(Namespace namespace, String family, String prefix) {
        String routes = Command.attempt("ip", "-n", namespace.name(), family, "route", "show", prefix).output();
        return (int) java.util.regex.Pattern.compile("\\bvia ").matcher(routes).results().count();
    }

    /**
     * FRR 8.4.4 with {@code bgp suppress-fib-pending} may tell nobody of routes that went and came again within seconds, though it has them in the kernel. An edge that the gateway has told
     * everything, and that keeps it to itself for long, is therefore asked once to tell all anew.
     */
    static String converge() {
        List<Count> open = new ArrayList<>(counts(AzureRouters.NETWORKS));
        BooleanSupplier all = () -> {
            open.removeIf(count -> count.seen().getAsInt() == count.wanted());
            return open.isEmpty();
        };
        boolean told = Await.holdsWithin(EDGES_TELL, all);
        if (!told && open.stream().allMatch(count -> count.what().contains(BEHIND_EDGES))) {
            for (Namespace edge : List.of(AzureTopology.EDGE_A, AzureTopology.EDGE_B)) {
                Command.run("ip", "netns", "exec", edge.name(), "vtysh", "--vty_socket", "/run/tombolo/" + edge.name() + "/frr", "-c", "clear bgp * soft out");
            }
        }
        Await.until(CONVERGENCE, () -> String.join("; ", open.stream().map(count -> count.what() + ": " + count.seen().getAsInt() + ", wanted " + count.wanted()).toList()), all);
        return AzureRouters.NETWORKS + " on-premises networks at both edges, the virtual network over both" + (told ? "" : "; the edges were asked to tell it anew");
    }

    private void traffic(GatewayNode node, Cloud cloud, Bird onprem) {
        progress.step("routes on both sides", AzureLab::converge);
        progress.step("the virtual network's route carries the gateway's community on-premises", () -> contains(onprem.route("10.100.0.0/16"), "(65020,100)"));
        progress.step("er:routes " + CIRCUIT_NAME + ": both edges know the host's network", () -> {
            int edges = 0;
            for (JsonNode route : node.json("er:routes " + CIRCUIT_NAME)) {
                edges += route.path("network").asText().equals("10.1.0.0/24") ? 1 : 0;
            }
            if (edges != 2) {
                throw new HarnessException("10.1.0.0/24 is at " + edges + " edges by er:routes, wanted 2");
            }
        });
        progress.step("er:gateway-routes lab/gw-hub: the virtual network's gateway has learned it", () -> contains(node.ask("er:gateway-routes lab/gw-hub --subscription networks"), "10.1.0.0/24", "12076-65020"));
        behind(node, cloud);
        pings();
        Traffic traffic = new Traffic(grounds.folder());
        grounds.noted(List.of(traffic.serve(AzureTopology.VNET)));
        progress.step("TCP  host → vnet, IPv4", () -> traffic.send(AzureTopology.HOST, "10.1.0.10", "10.100.0.4"));
        progress.step("TCP  host → vnet, IPv6", () -> traffic.send(AzureTopology.HOST, "fd00:1::10", "fd00:64::4"));
    }

    /** A machine's interface and a route server with a peer, in the virtual network. */
    private void behind(GatewayNode node, Cloud cloud) {
        String network = NETWORKS + "virtualNetworks/hub/subnets/";
        progress.step("er:interface-routes lab/nic-app: a machine's interface sends it to the gateway", () -> {
            cloud.make("networks", NETWORKS + "networkInterfaces/nic-app", "{'location':'westeurope','properties':{'ipConfigurations':[{'name':'one','properties':{'privateIPAddress':'10.100.0.30',"
                + "'subnet':{'id':'" + network + "machines'}}}]}}");
            contains(node.ask("er:interface-routes lab/nic-app --subscription networks"), "10.1.0.0/24", "VirtualNetworkGateway");
        });
        progress.step("er:route-server lab/rs: its peer, and what it is told", () -> {
            cloud.make("networks", NETWORKS + "virtualHubs/rs", "{'location':'westeurope','properties':{'sku':'Standard'}}");
            cloud.make("networks", NETWORKS + "virtualHubs/rs/ipConfigurations/one", "{'properties':{'subnet':{'id':'" + network + "RouteServerSubnet'}}}");
            cloud.make("networks", NETWORKS + "virtualHubs/rs/bgpConnections/appliance", "{'properties':{'peerAsn':65001,'peerIp':'10.100.0.40'}}");
            contains(node.ask("er:route-server lab/rs --subscription networks"), "10.100.0.40", "65001", "10.100.0.0/16");
        });
    }

    private void pings() {
        Traffic traffic = new Traffic(grounds.folder());
        progress.step("ping host → vnet, IPv4", () -> traffic.ping(AzureTopology.HOST, "10.1.0.10", "10.100.0.4"));
        progress.step("ping vnet → host, IPv6", () -> traffic.ping(AzureTopology.VNET, "fd00:64::4", "fd00:1::10"));
    }

    // ---------------------------------------------------------------- this node's side, from the circuit's file

    /** Until here interfaces and peers were made by hand, as whoever has them from before does. From now on the circuit's file says it, and er:apply makes it. */
    private void declared(GatewayNode node, Bird onprem) {
        progress.step("this node's interfaces and peers that were made by hand go", () -> {
            AzureTopology.removeCustomerSide();
            for (String peer : List.of("msee-a-v4", "msee-a-v6", "msee-b-v4", "msee-b-v6", "public-a", "public-b")) {
                RunFiles.delete(node.etc().resolve("tombolo.bgp.peer-" + peer + ".cfg"));
            }
            Await.until(CONVERGENCE, () -> "no peer to Microsoft is left; seen: " + node.attempt("bgp:summary").output(), () -> !node.attempt("bgp:summary").output().contains(" 12076 "));
        });
        Path file = node.etc().resolve("tombolo.expressroute.circuit-" + CIRCUIT_NAME + ".cfg");
        RunFiles.write(file, RunFiles.read(file) + "\n" + Routers.resource("circuit-on-this-node.cfg"));
        progress.step("the circuit's file says them", () -> Await.until(CONVERGENCE, () -> "er:plan wants them made; seen: " + node.attempt("er:plan " + CIRCUIT_NAME).output(),
            () -> node.attempt("er:plan " + CIRCUIT_NAME).output().contains("on this node: make interface")));
        progress.say(node.ask("er:plan " + CIRCUIT_NAME).stripTrailing());
        progress.step("er:apply " + CIRCUIT_NAME + " --yes makes them", () -> {
            node.ask("er:apply " + CIRCUIT_NAME + " --yes");
            return sessions(node, AzureTopology.PEERS);
        });
        progress.step("routes on both sides", AzureLab::converge);
        progress.step(ABOVE_PREMIUM + " prefixes, one more than premium takes: the node holds one back, and the edge keeps the sessions", () -> {
            onprem.reconfigure(AzureRouters.onprem(ABOVE_PREMIUM, false));
            AzureFaults.at(AzureTopology.EDGE_A, ABOVE_PREMIUM - 1);
            AzureFaults.at(AzureTopology.EDGE_B, ABOVE_PREMIUM - 1);
            contains(node.ask("er:show " + CIRCUIT_NAME), "held back");
            return sessions(node, AzureTopology.PEERS) + " sessions stand";
        });
        progress.step("as before", () -> {
            onprem.reconfigure(AzureRouters.onprem(AzureRouters.NETWORKS, false));
            return converge();
        });
    }

    /** Of interfaces that it has made itself the node knows the tag. */
    private void tags(GatewayNode node, Cloud cloud, Doctor doctor) {
        cloud.edit(CIRCUIT + "/peerings/AzurePrivatePeering", "{'properties':{'vlanId':300}}");
        doctor.names("Azure has another VLAN than the node", List.of(new Doctor.Wanted(3, "BAD", "private peering, primary link: VLAN", "300"),
            new Doctor.Wanted(3, "BAD", "private peering, secondary link: VLAN", "300")));
        progress.step("er:apply " + CIRCUIT_NAME + " --yes sets the file's", () -> {
            node.ask("er:apply " + CIRCUIT_NAME + " --yes");
            return sessions(node, AzureTopology.PEERS) + ", " + converge();
        });
    }

    // ---------------------------------------------------------------- an edge in maintenance, and one that fails silently

    private static String maintenance(Cloud cloud, String state) {
        String key = cloud.get("circuits", CIRCUIT).at("/properties/serviceKey").asText();
        cloud.control("maintenance", "{'serviceKey':'" + key + "','device':'primary','state':'" + state + "'}");
        return "";
    }

    private void maintenance(GatewayNode node, Cloud cloud) {
        String primary = AzureTopology.PRIMARY;
        Flows flows = Flows.start(grounds.folder(), AzureTopology.ENDS);
        progress.step("traffic over both edges (16 flows each way, 200 packets/s each)", () -> {
            flows.awaitOn(AzureTopology.GATEWAY, primary);
            flows.awaitOn(AzureTopology.GATEWAY, AzureTopology.SECONDARY);
        });
        progress.step("maintenance of the primary edge: longer paths, and all traffic leaves it", () -> {
            maintenance(cloud, "prepend");
            flows.awaitOff(AzureTopology.GATEWAY, primary);
        });
        progress.step("its sessions shut down, and come back afterwards", () -> {
            maintenance(cloud, "shutdown");
            Await.until(CONVERGENCE, () -> "the sessions to the primary edge are down; seen: " + node.attempt("bgp:summary").output(), () -> AzureTopology.PRIMARY_PEERS.stream().noneMatch(established(node)::contains));
            maintenance(cloud, "none");
            sessions(node, AzureTopology.PRIMARY_PEERS);
            flows.awaitOn(AzureTopology.GATEWAY, primary);
        });
        for (Flows.Direction direction : shown(flows.end())) {
            if (direction.lost() > 0) {
                throw new HarnessException(direction.name() + ": " + direction.lost() + " packets were lost in the maintenance of one edge, wanted 0");
            }
        }
        progress.step("as before", AzureLab::converge);
    }

    private void silence(GatewayNode node, Cloud cloud, Doctor doctor) {
        String primary = AzureTopology.PRIMARY;
        progress.step("BFD is up with both edges", () -> watched(node));
        Flows flows = Flows.start(grounds.folder(), AzureTopology.ENDS);
        progress.step("traffic over both edges again", () -> {
            flows.awaitOn(AzureTopology.GATEWAY, primary);
            flows.awaitOn(AzureTopology.GATEWAY, AzureTopology.SECONDARY);
        });
        List<Flows.Direction> directions = progress.step("the primary edge falls silent, its cable keeps carrier", () -> {
            cloud.control("silence", "{'device':'primary','silent':true}");
            Await.until(CONVERGENCE, () -> "the sessions to the silent edge end; seen: " + node.attempt("bgp:summary").output(), () -> AzureTopology.PRIMARY_PEERS.stream().noneMatch(established(node)::contains));
            flows.awaitOn(AzureTopology.GATEWAY, AzureTopology.SECONDARY);
            return flows.end();
        });
        for (Flows.Direction direction : shown(directions)) {
            if (direction.longestMillis() >= OUTAGE_LIMIT_MILLIS) {
                throw new HarnessException(direction.name() + ": the silent edge cost " + direction.longestMillis() + " ms, wanted less than " + OUTAGE_LIMIT_MILLIS + " ms");
            }
        }
        doctor.names("one of two links does not work", List.of(new Doctor.Wanted(14, "BAD", "private peering, primary link: BGP", "BFD"),
            new Doctor.Wanted(14, "WARN", "private peering: both links", "1 of 2")));
        progress.step("the edge speaks again", () -> {
            cloud.control("silence", "{'device':'primary','silent':false}");
            sessions(node, AzureTopology.PRIMARY_PEERS);
            return converge();
        });
    }

    /** Waits until BFD watches every session of the circuit: what fails before that is not seen by it. */
    static void watched(GatewayNode node) {
        Await.until(CONVERGENCE, () -> "six BFD sessions up; seen: " + node.attempt("bfd:list").output(), () -> bfdUp(node) >= 6);
    }

    private static int bfdUp(GatewayNode node) {
        int up = 0;
        for (JsonNode session : node.json("bfd:list").path("sessions")) {
            up += "up".equalsIgnoreCase(session.path("state").asText()) ? 1 : 0;
        }
        return up;
    }

    /** Prints them; throws when a flow was dead all the time. */
    private List<Flows.Direction> shown(List<Flows.Direction> directions) {
        directions.forEach(direction -> progress.say("  " + direction));
        for (Flows.Direction direction : directions) {
            if (direction.silent() > 0) {
                throw new HarnessException(direction.name() + ": " + direction.silent() + " flows never had a packet through");
            }
        }
        return directions;
    }

    // ---------------------------------------------------------------- status

    private boolean status() {
        List<Daemon> started = grounds.started();
        if (started.isEmpty()) {
            progress.say("no ExpressRoute laboratory is running. Start it: ./gateway lab --azure");
            return false;
        }
        boolean good = true;
        for (Daemon daemon : started) {
            good &= daemon.alive();
            progress.say((daemon.alive() ? "✓ " : "✗ ") + daemon.name() + ", pid " + daemon.pid() + (daemon.alive() ? "" : ", gone"));
        }
        for (Count count : counts(AzureRouters.NETWORKS)) {
            int seen = count.seen().getAsInt();
            good &= seen == count.wanted();
            progress.say(String.format("%s %-62s %5d%s", seen == count.wanted() ? "✓" : "✗", count.what(), seen, seen == count.wanted() ? "" : ", wanted " + count.wanted()));
        }
        Optional<Daemon> gateway = started.stream().filter(daemon -> daemon.name().startsWith("gateway in") && daemon.alive()).findFirst();
        gateway.ifPresent(daemon -> progress.say(GatewayNode.attached(project, AzureTopology.GATEWAY, grounds.folder().resolve("node"), grounds.folder().resolve("etc"), daemon)
            .attempt("er:doctor " + CIRCUIT_NAME).output().stripTrailing()));
        return good && gateway.isPresent();
    }
}
