package tombolo.azure.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.contract.Namespace;
import tombolo.azure.cni.adapter.AzureRig.Ended;
import tombolo.azure.cni.core.BridgeMode;
import tombolo.runtime.json.JsonText;

/** Azure's configurations as they are in the field, through the program that a runtime executes, in namespaces. */
class AzureConflistTest {
    /** The first plugin of azure.conflist, as libcni hands it on. */
    private static final String VNET = """
            {"cniVersion":"0.3.0","name":"azure","type":"azure-vnet","mode":"transparent","ipsToRouteViaHost":["169.254.20.10"],"ipam":{"type":"azure-vnet-ipam"}}""";
    private static final String CNS = """
            {"cniVersion":"0.3.0","name":"azure","type":"azure-vnet","mode":"transparent","ipsToRouteViaHost":["169.254.20.10"],"executionMode":"v4swift","ipam":{"type":"azure-cns"}}""";
    private static final String BRIDGE = """
            {"cniVersion":"0.3.0","name":"azure","type":"azure-vnet","mode":"bridge","bridge":"azure0","ipam":{"type":"azure-vnet-ipam"}}""";
    private static final String PORTMAP = """
            {"cniVersion":"0.3.0","name":"azure","type":"portmap","capabilities":{"portMappings":true},"snat":true,"prevResult":PREVIOUS}""";

    @TempDir
    Path folder;
    private AzureRig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new AzureRig(folder, Optional.empty());
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Ended add(String id, String namespace, String configuration) {
        return rig.call("azure-vnet", "ADD", id, namespace, id, configuration);
    }

    private void ping(String from, String address) {
        AzureRig.run("ip netns exec " + from + " ping -c1 -W5 " + address);
    }

    @Test
    void aPodOfTheFieldsConflistHasASecondaryAddressOfTheVnetAndReachesItsNeighbours() {
        String a = rig.container();
        String b = rig.container();
        Ended first = add("a", a, VNET);
        assertEquals(0, first.status(), first.toString());
        assertEquals("10.240.0.5/16", first.address());
        assertEquals(Json.Arr.texts(List.of("168.63.129.16")), new Json.Arr(first.result().object("dns").orElseThrow().array("nameservers")));
        Ended second = add("b", b, VNET.replaceAll("}$", ",\"dns\":{\"nameservers\":[],\"search\":[\"example.test\"]}}"));
        assertEquals("10.240.0.6/16", second.address());
        assertEquals("{\"nameservers\":[\"168.63.129.16\"],\"search\":[\"example.test\"]}", JsonText.line(second.result().object("dns").orElseThrow()), "an empty list names none");
        assertEquals(0, rig.call("portmap", "ADD", "a", a, "a", PORTMAP.replace("PREVIOUS", JsonText.line(first.result()))).status());
        ping(a, "10.240.0.6");
        ping(a, "10.240.0.4");
        ping(a, "10.240.0.1");
        ping(rig.vnet, "10.240.0.5");
        String check = VNET.replace("0.3.0", "0.4.0").replaceAll("}$", ",\"prevResult\":" + JsonText.line(first.result().with("cniVersion", "0.4.0")) + "}");
        assertEquals(0, rig.call("azure-vnet", "CHECK", "a", a, "a", check).status());
        AzureRig.run("ip -n " + a + " route del default");
        assertEquals(102, rig.call("azure-vnet", "CHECK", "a", a, "a", check).code());
        for (int i = 0; i < 2; i++) {
            assertEquals(new Ended(0, Json.Obj.EMPTY), rig.call("azure-vnet", "DEL", "a", a, "a", VNET));
        }
        assertEquals(List.of("free", "held"), states("10.240.0.5", "10.240.0.6"));
        assertFalse(AzureRig.run("ip -n " + rig.host + " route").contains("10.240.0.5 "));
    }

    @Test
    void anEmptyVnetIsToldAndAnAddressThatCameSinceIsGiven() {
        rig.azure.interfaces = FakeAzure.document("10.240.0.4", List.of("10.240.0.5"));
        rig.stop();
        restart();
        assertEquals(0, add("a", rig.container(), VNET).status());
        Ended refused = add("b", rig.container(), VNET);
        assertEquals(11, refused.code(), refused.toString());
        assertTrue(refused.result().text("msg").orElse("").contains("TMB-AZC-011 all 1 secondary addresses"), refused.toString());
        assertEquals(1, rig.node.list().size(), "nothing is left of the refused one");
    }

    @Test
    void whatWasGivenSurvivesARestartAndWhatWasHalfDoneIsGivenBack() {
        String a = rig.container();
        assertEquals("10.240.0.5/16", add("a", a, VNET).address());
        rig.stop();
        restart();
        assertEquals("10.240.0.6/16", add("b", rig.container(), VNET).address());
        AzureRig.run("ip -n " + rig.host + " route del 10.240.0.5");
        rig.stop();
        restart();
        AzureRig.eventually(() -> rig.node.explain(new EndpointId("a", "eth0")).orElseThrow().differences().isEmpty());
        ping(rig.vnet, "10.240.0.5");
    }

    @Test
    void aLostJournalTakesNothingFromAContainerThatIsThere() throws IOException {
        assertEquals("10.240.0.5/16", add("a", rig.container(), VNET).address());
        rig.stop();
        java.nio.file.Files.delete(folder.resolve("azure/vnet.log"));
        restart();
        assertEquals("10.240.0.6/16", add("b", rig.container(), VNET).address());
        assertEquals(List.of("held", "held"), states("10.240.0.5", "10.240.0.6"));
    }

    @Test
    void aPodOfAzureCnsHasWhatCnsGivesAndGivesItBack() {
        String a = rig.container();
        Ended added = add("abcdefghijkl", a, CNS);
        assertEquals(0, added.status(), added.toString());
        assertEquals("10.241.0.5/16", added.address());
        assertEquals(Map.of("10.241.0.5", "abcdefgh-eth0"), rig.azure.given());
        ping(a, "10.240.0.1");
        ping(rig.vnet, "10.241.0.5");
        assertEquals(new Ended(0, Json.Obj.EMPTY), rig.call("azure-vnet", "DEL", "abcdefghijkl", a, "abcdefghijkl", CNS));
        assertEquals(Map.of(), rig.azure.given());
    }

    /**
     * The name service of a VNET answers to the network container's own address, and the instance metadata service to the machine's, and to no other (the Azure CNI's chain
     * SWIFT). It outlives a kill of the process, and goes with the last container.
     */
    @Test
    void podsOfAzureCnsReachTheMachinesServicesByTheAddressesThatTheseAnswerTo() throws IOException {
        AzureRig.run("ip -n " + rig.vnet + " addr add 168.63.129.16/32 dev lo");
        AzureRig.run("ip -n " + rig.vnet + " link set lo up");
        AzureRig.run("ip -n " + rig.vnet + " route add 10.241.0.4 via 10.240.0.4"); // the network container's own address, by its fabric
        String a = rig.container();
        assertEquals(0, add("a", a, CNS).status());
        assertEquals("10.241.0.4", seen(a, "168.63.129.16", 53));
        assertEquals("10.241.0.5", seen(a, "168.63.129.16", 54), "whatever else it asks there");
        rig.stop();
        rig.start();
        assertEquals("10.241.0.4", seen(a, "168.63.129.16", 53));
        assertEquals(0, rig.call("azure-vnet", "DEL", "a", a, "a", CNS).status());
        String b = rig.container();
        assertEquals(0, add("b", b, CNS.replace("\"azure-cns\"", "\"azure-cns\",\"mode\":\"dualStackOverlay\"")).status());
        assertEquals("10.241.0.5", seen(b, "168.63.129.16", 53), "an overlay's fabric translates by itself");
    }

    /** Who seems to ask, to a server in the VNET. */
    private String seen(String from, String server, int port) throws IOException {
        Process listening = new ProcessBuilder("ip", "netns", "exec", rig.vnet, "perl", "-e", "use IO::Socket::INET; $s=IO::Socket::INET->new(LocalAddr=>$ARGV[0],LocalPort=>$ARGV[1],Listen=>5,"
                + "ReuseAddr=>1) or die $@; $|=1; print qq(up\\n); $c=$s->accept; print $c $c->peerhost; close $c", server, Integer.toString(port)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            assertEquals('u', listening.getInputStream().read());
            return Namespace.run(List.of("ip", "netns", "exec", from, "perl", "-e", "use IO::Socket::INET; $c=IO::Socket::INET->new(PeerAddr=>$ARGV[0],PeerPort=>$ARGV[1],Timeout=>5) or "
                    + "do {print qq(refused); exit}; $l=<$c>; print $l", server, Integer.toString(port)));
        } finally {
            listening.destroyForcibly();
        }
    }

    @Test
    void aCnsThatIsAwayAtADelHasTheAddressBackWhenItReturns() {
        String a = rig.container();
        assertEquals(0, add("a", a, CNS).status());
        rig.azure.instead.put("/network/release", exchange -> FakeAzure.answer(exchange, 500, "no"));
        assertEquals(new Ended(0, Json.Obj.EMPTY), rig.call("azure-vnet", "DEL", "a", "", "a", CNS));
        assertEquals(1, rig.node.status().releasing());
        rig.azure.instead.clear();
        rig.stop();
        restart();
        AzureRig.eventually(() -> rig.azure.given().isEmpty() && rig.node.status().releasing() == 0);
    }

    @Test
    void aWireServerThatNeverAnswersCostsTheLimitAndIsTriedAgainLater() {
        rig.azure.instead.put("/machine/", rig.azure::silence);
        rig.stop();
        rig.limit = Duration.ofMillis(300);
        restart();
        Ended refused = add("a", rig.container(), VNET);
        assertEquals(11, refused.code(), refused.toString());
        rig.azure.instead.clear();
        assertEquals(0, add("a", rig.container(), VNET).status());
    }

    @Test
    void multiTenancyAndTheTunnelAreRefusedAndNotLeftOut() {
        String a = rig.container();
        assertEquals(2, add("a", a, VNET.replace("\"ipam\"", "\"multiTenancy\":true,\"ipam\"")).code());
        assertEquals(2, add("a", a, VNET.replace("\"transparent\"", "\"transparent-vlan\"")).code());
        Ended tunnel = add("a", a, VNET.replace("\"mode\":\"transparent\",", ""));
        assertEquals(2, tunnel.code(), "the Azure CNI's own default is tunnel");
        assertTrue(tunnel.result().text("details").orElse("").contains("bridge or transparent"), tunnel.toString());
        assertEquals(List.of(), rig.node.list());
    }

    @Test
    void atASiteTheTunnelIsTheBridgeAndIsRememberedAsThat() {
        rig.node.add(new BridgeMode("azure0", Optional.empty(), false, false));
        String a = rig.container();
        Ended added = add("a", a, VNET.replace("\"mode\":\"transparent\",", ""));
        assertEquals(0, added.status(), added.toString());
        assertEquals("bridge", rig.node.list().getFirst().mode());
        ping(a, "10.240.0.1");
        assertEquals(new Ended(0, Json.Obj.EMPTY), rig.call("azure-vnet", "DEL", "a", a, "a", VNET));
    }

    @Test
    void theTransparentModeTouchesNothingElseOfTheHost() {
        String before = hostState();
        String a = rig.container();
        assertEquals(0, add("a", a, VNET).status());
        assertEquals(before, hostState(), "reverse path filters, rules, forwarding, the uplink and packet filters");
        assertEquals(0, rig.call("azure-vnet", "DEL", "a", a, "a", VNET).status());
        assertEquals(before, hostState());
    }

    private String hostState() {
        return AzureRig.run("ip -n " + rig.host + " rule") + AzureRig.run("ip -n " + rig.host + " addr show up0") + AzureRig.run("ip -n " + rig.host + " route show dev up0")
                + AzureRig.run("ip netns exec " + rig.host + " sysctl net.ipv4.ip_forward net.ipv4.conf.all.rp_filter net.ipv4.conf.default.rp_filter net.ipv4.conf.up0.rp_filter "
                + "net.ipv4.conf.up0.proxy_arp net.ipv6.conf.all.forwarding");
    }

    /** What CNS asks for when it starts, and what azure-vnet.json has. */
    @Test
    void getEndpointStateTellsEveryPodInAzuresForm() {
        String a = rig.container();
        assertEquals(0, add("0123456789ab", a, VNET).status());
        Ended told = rig.call("azure-vnet", "GET_ENDPOINT_STATE", "", "", "", "");
        assertEquals(0, told.status(), told.toString());
        Json.Obj pod = told.result().object("ContainerInterfaces").orElseThrow().object("01234567-eth0").orElseThrow();
        assertEquals(Optional.of("0123456789ab"), pod.text("ContainerID"));
        assertEquals("[Obj[members={IP=Text[value=10.240.0.5], Mask=Text[value=//8AAA==]}]]", pod.array("IPAddresses").toString());
        Json.Obj network = told.result().object("Network").orElseThrow().object("ExternalInterfaces").orElseThrow().object("up0").orElseThrow().object("Networks").orElseThrow()
                .object("azure").orElseThrow();
        assertEquals(Optional.of("transparent"), network.text("Mode"));
        Json.Obj endpoint = network.object("Endpoints").orElseThrow().object("01234567-eth0").orElseThrow();
        assertEquals(Optional.of("web"), endpoint.text("PODNameSpace"));
        assertEquals(Json.Arr.texts(List.of("169.254.1.1")), new Json.Arr(endpoint.array("Gateways")));
        assertTrue(AzureRig.run("ip -n " + rig.host + " link").contains(endpoint.text("HostIfName").orElseThrow()));
        assertEquals(4, rig.call("calico", "GET_ENDPOINT_STATE", "", "", "", "").code(), "a name of another plugin has no such command");
    }

    @Test
    void inBridgeModePodsShareTheBridgeAndItsArpAnswers() {
        String a = rig.container();
        String b = rig.container();
        Ended first = add("a", a, BRIDGE);
        assertEquals(0, first.status(), first.toString());
        assertEquals(Optional.of("10.240.0.1"), ((Json.Obj) first.result().array("ips").getFirst()).text("gateway"));
        assertEquals(0, add("b", b, BRIDGE).status());
        assertTrue(AzureRig.run("ip -n " + a + " route").contains("10.240.0.0/16 dev eth0"));
        assertTrue(AzureRig.run("ip -n " + a + " neigh").contains("10.240.0.1 dev eth0 lladdr 12:34:56:78:9a:bc PERMANENT"));
        ping(a, "10.240.0.6");
        ping(a, "10.240.0.1");
        ping(a, "10.240.0.4");
        ping(rig.vnet, "10.240.0.5");
        String mac = AzureRig.run("ip -n " + b + " link show eth0").replaceAll("(?s).*link/ether (\\S+).*", "$1");
        assertTrue(AzureRig.run("ip -n " + a + " neigh").contains("10.240.0.6 dev eth0 lladdr 12:34:56:78:9a:bc"), "the host answered for its neighbour: what they say to each other it routes");
        // Who knows the other's hardware address reaches it no sooner: frames do not get from port to port, where the host's rules would not see them.
        AzureRig.run("ip -n " + a + " neigh replace 10.240.0.6 lladdr " + mac + " dev eth0 nud permanent");
        assertFalse(AzureRig.run("ip netns exec " + a + " sh -c ping${IFS}-c1${IFS}-W1${IFS}10.240.0.6;true").contains(" 0% packet loss"));
        AzureRig.run("ip -n " + a + " neigh del 10.240.0.6 dev eth0");
        ping(a, "10.240.0.6");
        assertEquals(List.of(), rig.node.explain(new EndpointId("a", "eth0")).orElseThrow().differences());
        AzureRig.run("ip -n " + rig.host + " neigh del 10.240.0.5 dev azure0");
        AzureRig.run("ip -n " + rig.host + " route del 10.240.0.5 dev azure0");
        String port = rig.node.list().getFirst().hostInterface();
        AzureRig.run("ip -n " + rig.host + " link set " + port + " nomaster");
        List<String> differences = rig.node.explain(new EndpointId("a", "eth0")).orElseThrow().differences();
        for (String word : List.of("is no port of azure0", "10.240.0.5 is at", "route 10.240.0.5/32", "hairpin", "isolated of the port", "locked of the port")) {
            assertTrue(differences.stream().anyMatch(line -> line.contains(word)), word + " in " + differences);
        }
        rig.stop();
        restart();
        AzureRig.eventually(() -> rig.node.explain(new EndpointId("a", "eth0")).orElseThrow().differences().isEmpty());
        ping(rig.vnet, "10.240.0.5");
        assertEquals(0, rig.call("azure-vnet", "DEL", "a", a, "a", BRIDGE).status());
        AzureRig.run("ip netns exec " + b + " ip link del eth0"); // as where the namespace went before its DEL
        assertEquals(0, rig.call("azure-vnet", "DEL", "b", "", "b", BRIDGE).status());
        String left = AzureRig.run("ip -n " + rig.host + " route") + AzureRig.run("ip -n " + rig.host + " neigh") + AzureRig.run("ip -n " + rig.host + " link");
        assertFalse(left.contains("10.240.0.5") || left.contains("10.240.0.6") || left.contains("azv"), left);
        assertTrue(left.contains("azure0"), "the bridge stays");
    }

    /** What a runtime gets that asks for both families: the kernel's part of it is BridgeKernelTest's. */
    @Test
    void inBridgeModeAPodHasIpv6BesideItsAddressOfTheVnet() {
        String both = BRIDGE.substring(0, BRIDGE.length() - 1) + ",\"feature_control\":{\"ip_addrs_no_ipam\":true},\"runtimeConfig\":{\"io.kubernetes.cri.pod-annotations\":"
                + "{\"cni.projectcalico.org/ipAddrsNoIpam\":\"[\\\"10.240.0.%d\\\",\\\"2001:db8::%d\\\"]\"}}}";
        String a = rig.container();
        String b = rig.container();
        Ended first = add("a", a, both.formatted(5, 5));
        assertEquals(0, first.status(), first.toString());
        assertEquals(List.of("10.240.0.5/32", "2001:db8::5/128"), first.result().array("ips").stream().map(ip -> ((Json.Obj) ip).text("address").orElse("")).toList());
        assertEquals(Optional.of("fe80::1034:56ff:fe78:9abc"), ((Json.Obj) first.result().array("ips").getLast()).text("gateway"));
        assertEquals(0, add("b", b, both.formatted(6, 6)).status());
        ping(a, "2001:db8::6");
        ping(b, "2001:db8::5");
        ping(a, "10.240.0.6");
        assertEquals(List.of(), rig.node.explain(new EndpointId("a", "eth0")).orElseThrow().differences());
        assertEquals(0, rig.call("azure-vnet", "DEL", "a", a, "a", BRIDGE).status());
        assertEquals(0, rig.call("azure-vnet", "DEL", "b", b, "b", BRIDGE).status());
        String left = AzureRig.run("ip -n " + rig.host + " -6 route") + AzureRig.run("ip -n " + rig.host + " -6 neigh") + AzureRig.run("ip -n " + rig.host + " link");
        assertFalse(left.contains("2001:db8::") || left.contains("azv"), left);
    }

    /** Only the mode knows of the route and the neighbour on the bridge; until it is back nobody else may have the address. */
    @Test
    void aDelWithoutTheBridgeModeSucceedsAndTheModesReturnCleansTheBridge() {
        String a = rig.container();
        assertEquals(0, add("a", a, BRIDGE).status());
        rig.node.remove(rig.bridge);
        assertEquals(0, rig.call("azure-vnet", "DEL", "a", a, "a", BRIDGE).status());
        assertFalse(AzureRig.run("ip -n " + rig.host + " link").contains("azv"));
        assertEquals(1, rig.node.status().releasing());
        assertEquals(0, rig.call("azure-vnet", "DEL", "a", a, "a", BRIDGE).status());
        assertEquals(1, rig.node.status().releasing(), "asked again there is still nobody who knows");
        rig.node.add(rig.bridge);
        AzureRig.eventually(() -> rig.node.status().releasing() == 0);
        String left = AzureRig.run("ip -n " + rig.host + " route") + AzureRig.run("ip -n " + rig.host + " neigh");
        assertFalse(left.contains("10.240.0.5"), left);
        assertEquals(List.of("free"), states("10.240.0.5"));
    }

    private List<String> states(String... addresses) {
        return List.of(addresses).stream().map(address -> rig.azureNode.vnet().holdings().stream().filter(one -> one.address().toString().equals(address)).findFirst().orElseThrow()
                .state()).toList();
    }

    private void restart() {
        try {
            rig.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
