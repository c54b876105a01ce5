package tombolo.fabric.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.config.Contribution.Kind;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.SecretRef;
import tombolo.api.config.Settings;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.Resource;

class FabricPlanTest {
    private static String peers(FabricPlan plan) {
        return Wanted.text(plan, Kind.PEER);
    }

    private static Wanted three() {
        return new Wanted().node("a", "10.0.0.1").node("b", "10.0.0.2").node("c", "10.0.0.10");
    }

    @Test
    void nodesOfOneClusterAreAFullMeshAndTheSideWithTheLesserTextDials() {
        assertEquals("""
                MESH Mesh_10_0_0_1 [Node(a)] export=export-v4-ibgp; families=ipv4; import=import-v4-ibgp; local-address=10.0.0.2; remote-address=10.0.0.1; remote-as=64512
                MESH Mesh_10_0_0_10 [Node(c)] export=export-v4-ibgp; families=ipv4; import=import-v4-ibgp; local-address=10.0.0.2; remote-address=10.0.0.10; remote-as=64512""",
                peers(three().plan("b")), "'10.0.0.10' < '10.0.0.2' as text: b dials both");
        assertTrue(peers(three().plan("a")).lines().allMatch(line -> line.contains("passive=true")));
        assertEquals("", peers(three().resource("BGPConfiguration", "default", "{'nodeToNodeMeshEnabled':false}").plan("a")));
    }

    @Test
    void theMeshGoesByEachNodesAsPortAndAddressesAndTheCommonPasswordAndRestartTime() {
        Wanted wanted = new Wanted().labelled("Node", "a", "", "{'bgp':{'ipv4Address':'10.0.0.1/24','ipv6Address':'2001:db8::1/64','asNumber':65001}}")
                .labelled("Node", "b", "", "{'bgp':{'ipv4Address':'10.0.0.2/24','ipv6Address':'2001:db8::2/64'}}").labelled("Node", "mute", "", "{}")
                .resource("BGPConfiguration", "default", "{'asNumber':65000,'listenPort':1790,'nodeToNodeMeshEnabled':true,'nodeMeshMaxRestartTime':'200s',"
                        + "'nodeMeshPassword':{'secretKeyRef':{'name':'bgp','key':'mesh'}}}")
                .resource("BGPConfiguration", "node.b", "{'listenPort':1791}");
        assertEquals("""
                MESH Mesh_10_0_0_2_port_1791 [Node(b)] export=export-v4-ebgp; families=ipv4; import=import-v4-ebgp; local-address=10.0.0.1; multihop-ttl=255; passive=true; password-file=secrets/bgp/mesh; remote-address=10.0.0.2; remote-as=65000; remote-port=1791
                MESH Mesh_2001_db8__2_port_1791 [Node(b)] export=export-v6-ebgp; families=ipv6; import=import-v6-ebgp; local-address=2001:db8::1; multihop-ttl=255; passive=true; password-file=secrets/bgp/mesh; remote-address=2001:db8::2; remote-as=65000; remote-port=1791""",
                peers(wanted.plan("a")));
        Settings a = wanted.merged("a").settings();
        assertEquals(Optional.of(new Asn(65001)), a.bgp().as());
        assertEquals(1790, a.bgp().port());
        assertEquals("10.0.0.1", a.bgp().routerId().orElseThrow().toString());
        assertEquals(200, a.bgp().gracefulRestartSeconds());
        assertEquals(16, a.bgp().multipathEbgp());
        assertEquals(Optional.of(new SecretRef.InFile("/etc/tombolo/secrets/bgp/mesh")), a.peers().get("Mesh_10_0_0_2_port_1791").password());
        Settings b = wanted.merged("b").settings();
        assertEquals(1791, b.bgp().port());
        assertEquals(Optional.of(new Asn(65000)), b.bgp().as());
    }

    @Test
    void aRouteReflectorIsNoMemberOfTheMeshAndServesItsClientsBySelectorAlsoWhereOnlyTheirEndIsNamed() {
        Wanted wanted = three().node("rr", "10.0.0.4", ",'routeReflectorClusterID':'244.0.0.1'", "rr").node("rr2", "10.0.0.5", ",'routeReflectorClusterID':'244.0.0.1'", "rr")
                .resource("BGPPeer", "to-rr", "{'nodeSelector':'!has(rr)','peerSelector':'has(rr)'}");
        String a = peers(wanted.plan("a"));
        assertEquals(List.of("SELECTOR Node_10_0_0_4", "SELECTOR Node_10_0_0_5"), a.lines().filter(line -> line.contains("BGPPeer(to-rr)"))
                .map(line -> line.substring(0, line.indexOf(" ["))).toList());
        assertEquals(2, a.lines().filter(line -> line.startsWith("MESH")).count(), "b and c, neither reflector");
        assertFalse(a.contains("route-reflector-client"));
        String rr = peers(wanted.plan("rr"));
        assertEquals(List.of("GLOBAL Node_10_0_0_1", "GLOBAL Node_10_0_0_10", "GLOBAL Node_10_0_0_2"), rr.lines().map(line -> line.substring(0, line.indexOf(" ["))).sorted()
                .toList());
        assertTrue(rr.lines().allMatch(line -> line.contains("[BGPPeer(to-rr), reversed]") && line.contains("route-reflector-client=true")), rr);
        assertEquals("244.0.0.1", wanted.merged("rr").settings().bgp().clusterId().orElseThrow().toString());
        wanted.resource("BGPPeer", "rrs", "{'nodeSelector':'has(rr)','peerSelector':'has(rr)'}");
        String other = peers(wanted.plan("rr")).lines().filter(line -> line.contains("10_0_0_5")).findFirst().orElseThrow();
        assertFalse(other.contains("route-reflector-client"), "a reflector of the same cluster is no client: " + other);
        wanted.resources.removeIf(resource -> resource.id().name().equals("to-rr"));
        wanted.resource("BGPPeer", "to-rr", "{'nodeSelector':'!has(rr)','peerSelector':'has(rr)','reversePeering':'Manual'}");
        assertFalse(peers(wanted.plan("rr")).contains("to-rr"));
    }

    @Test
    void everyFieldOfABgpPeerHasItsKey() {
        Wanted wanted = new Wanted().node("a", "10.0.0.1").resource("BGPPeer", "all", "{'node':'a','peerIP':'192.0.2.1:1179','asNumber':65010,'localASNumber':65020,"
                + "'nextHopMode':'Self','password':{'secretKeyRef':{'name':'n','key':'k'}},'sourceAddress':'None','maxRestartTime':'90s','keepaliveTime':'40s',"
                + "'numAllowedLocalASNumbers':2,'ttlSecurity':3,'reachableBy':'10.0.0.254'}");
        FabricPlan plan = wanted.plan("a");
        assertEquals("NODE Node_192_0_2_1_port_1179 [BGPPeer(all)] allow-own-as=2; export=export-v4-ebgp; families=ipv4; hold-time=120; import=import-v4-ebgp; keepalive-time=40;"
                + " local-as=65020; local-as-no-prepend=true; local-as-replace-as=true; next-hop=self; password-file=secrets/n/k; remote-address=192.0.2.1; remote-as=65010;"
                + " remote-port=1179; ttl-security-hops=3", peers(plan));
        assertEquals("NODE towards-Node_192_0_2_1_port_1179 [BGPPeer(all)] next-hops=10.0.0.254; prefix=192.0.2.1/32", Wanted.text(plan, Kind.STATIC));
        assertEquals(90, wanted.merged("a").settings().bgp().gracefulRestartSeconds());
        assertEquals(List.of(), plan.notes());
        String keep = peers(new Wanted().node("a", "10.0.0.1").resource("BGPPeer", "k", "{'peerIP':'192.0.2.1','asNumber':65010,'keepOriginalNextHop':true}")
                .resource("BGPPeer", "internal", "{'peerIP':'192.0.2.2','asNumber':64512,'keepOriginalNextHop':true}").plan("a"));
        assertEquals(1, keep.lines().filter(line -> line.contains("next-hop=keep")).count(), "keepOriginalNextHop is for eBGP alone: " + keep);
    }

    @Test
    void ofSeveralWishesForOneAddressTheNodesOwnWinsThenTheSelectedThenTheGlobalThenTheMesh() {
        Wanted wanted = three().file("tombolo.node.cfg", "name = a\n");
        List<String> winners = new ArrayList<>();
        winners.add(winner(wanted));
        wanted.resource("BGPPeer", "global", "{'peerIP':'10.0.0.2','asNumber':64512}");
        winners.add(winner(wanted));
        wanted.resource("BGPPeer", "selected", "{'nodeSelector':'all()','peerIP':'10.0.0.2','asNumber':64512}");
        winners.add(winner(wanted));
        wanted.resource("BGPPeer", "own", "{'node':'a','peerIP':'10.0.0.2','asNumber':64512}");
        winners.add(winner(wanted));
        wanted.file("tombolo.bgp.peer-etc.cfg", "remote-address = 10.0.0.2\nremote-as = 64512\n");
        winners.add(winner(wanted));
        assertEquals(List.of("Node(b)", "BGPPeer(global)", "BGPPeer(selected)", "BGPPeer(own)", ""), winners);
    }

    private static String winner(Wanted wanted) {
        return wanted.merged("a").settings().peers().values().stream().filter(peer -> peer.remoteAddress().equals(IpAddress.parse("10.0.0.2")))
                .map(PeerSettings::description).findFirst().orElseThrow();
    }

    @Test
    void aNodeAloneInItsClusterStaysAsEtcHasIt() {
        FabricPlan plan = new Wanted().node("a", "10.0.0.1").resource("IPPool", "p", "{'cidr':'10.65.0.0/16'}").plan("a");
        assertEquals(List.of(), plan.contribution().parts());
        assertFalse(new Wanted().node("a", "10.0.0.1").merged("a").settings().bgp().enabled());
    }

    @Test
    void theAsOfEtcWinsAndDecidesWhatIsInternal() {
        Wanted wanted = three().file("tombolo.bgp.cfg", "as = 65001\nrouter-id = 192.0.2.1\n");
        wanted.pinned = Optional.of(new Asn(65001));
        assertTrue(peers(wanted.plan("a")).lines().allMatch(line -> line.contains("multihop-ttl=255") && line.contains("export-v4-ebgp")));
        Settings settings = wanted.merged("a").settings();
        assertEquals(Optional.of(new Asn(65001)), settings.bgp().as());
        assertEquals("192.0.2.1", settings.bgp().routerId().orElseThrow().toString());
        assertEquals(List.of("0.0.0.0", "::"), settings.bgp().listen().stream().map(IpAddress::toString).toList());
    }

    @Test
    void blocksAndBorrowedAddressesAreOriginatedUnlessTheirPoolSaysNoWithTheCommunitiesOfTheirPrefix() {
        Wanted wanted = new Wanted().node("a", "10.0.0.1").resource("IPPool", "open", "{'cidr':'10.65.0.0/16'}")
                .resource("IPPool", "closed", "{'cidr':'10.66.0.0/16','disableBGPExport':true}").resource("IPPool", "six", "{'cidr':'2001:db8:1::/64'}")
                .resource("BGPConfiguration", "default", "{'communities':[{'name':'gold','value':'65000:1'}],'prefixAdvertisements':[{'cidr':'10.65.0.0/16','communities':"
                        + "['gold','65000:2:3']}],'serviceClusterIPs':[{'cidr':'10.96.0.0/12'}],'serviceExternalIPs':[{'cidr':'203.0.113.0/24'}]}")
                .block("10.65.0.0/26").block("10.66.0.0/26").block("192.0.2.0/26").block("2001:db8:1::40/122").borrowed("10.65.9.7/32").borrowed("10.66.9.7/32");
        assertEquals("""
                NODE address-10.65.9.7-32 [borrowed, of IPPool(open)] communities=65000:1, 65000:2:3; prefix=10.65.9.7/32
                NODE block-10.65.0.0-26 [block of IPPool(open)] communities=65000:1, 65000:2:3; prefix=10.65.0.0/26
                NODE block-2001_db8_1__40-122 [block of IPPool(six)] prefix=2001:db8:1::40/122
                NODE service-10.96.0.0-12 [BGPConfiguration(default)] prefix=10.96.0.0/12
                NODE service-203.0.113.0-24 [BGPConfiguration(default)] prefix=203.0.113.0/24""", Wanted.text(wanted.plan("a"), Kind.NETWORK));
        assertEquals(5, wanted.merged("a").settings().networks().size());
        wanted.labelled("Node", "x", "node.kubernetes.io/exclude-from-external-load-balancers", "{'bgp':{'ipv4Address':'10.0.0.9/24'}}");
        assertFalse(Wanted.text(wanted.plan("x"), Kind.NETWORK).contains("service-"));
    }

    @Test
    void anotherNodeWithThisNodesAddressIsTold() {
        FabricPlan plan = three().node("twin", "10.0.0.1").plan("a");
        assertEquals(1, plan.notes().size(), plan.notes().toString());
        assertTrue(plan.notes().getFirst().startsWith("TMB-FAB-016 Node(twin)"));
        assertEquals(2, peers(plan).lines().count());
    }

    @Test
    void aFilterThatIsNamedButNotThereRejectsEverythingAndIsTold() {
        Wanted wanted = new Wanted().node("a", "10.0.0.1").resource("BGPPeer", "p", "{'peerIP':'192.0.2.1','asNumber':65010,'filters':['gone']}");
        FabricPlan plan = wanted.plan("a");
        assertTrue(plan.notes().getFirst().startsWith("TMB-FAB-010 BGPPeer(p) names BGPFilter(gone)"), plan.notes().toString());
        assertTrue(Wanted.text(plan, Kind.FILTER).contains("GLOBAL import-v4-ebgp-gone [BGPFilter(gone)] default=accept; rule.10.action=reject"));
        wanted.merged("a");
    }

    @Test
    void aSecretWhoseNameCouldLeadOutOfTheFolderKeepsThePeerDown() {
        Wanted wanted = new Wanted().node("a", "10.0.0.1");
        wanted.resource("BGPPeer", "p", "{'peerIP':'192.0.2.1','asNumber':65010,'password':{'secretKeyRef':{'name':'..','key':'passwd'}}}");
        assertEquals("", peers(wanted.plan("a")));
        assertTrue(wanted.plan("a").notes().getFirst().startsWith("TMB-FAB-013"));
    }

    @Test
    void theOrderOfTheResourcesDoesNotMatter() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Wanted wanted = three().node("rr", "10.0.0.4", ",'routeReflectorClusterID':'244.0.0.1'", "rr").block("10.65.0.0/26").block("10.65.1.0/26");
        for (int i = 0; i < 30; i++) {
            String ip = "10.0." + random.nextInt(2) + "." + random.nextInt(1, 6);
            String who = List.of("", "'node':'a',", "'nodeSelector':'has(rr)',", "'nodeSelector':'all()',").get(random.nextInt(4));
            String whom = random.nextBoolean() ? "'peerIP':'" + ip + "','asNumber':" + (64512 + random.nextInt(2)) : "'peerSelector':'" + (random.nextBoolean() ? "all()'" : "has(rr)'");
            wanted.resource("BGPPeer", "p" + i, "{" + who + whom + ",'filters':['f" + random.nextInt(3) + "','f" + (3 + random.nextInt(3)) + "']}");
        }
        for (int i = 0; i < 6; i++) {
            wanted.resource("BGPFilter", "f" + i, "{'exportV4':[{'action':'Reject','matchOperator':'In','cidr':'10." + i + ".0.0/16'}]}");
            wanted.resource("IPPool", "pool" + i, "{'cidr':'10." + (65 + i) + ".0.0/16','disableBGPExport':" + random.nextBoolean() + "}");
        }
        for (String node : Set.of("a", "b", "rr", "unknown")) {
            FabricPlan first = wanted.plan(node);
            Settings settings = wanted.merged(node).settings();
            List<Resource> order = new ArrayList<>(wanted.resources);
            for (int round = 0; round < 10; round++) {
                Collections.shuffle(order, random);
                assertEquals(first, wanted.plan(node, order), "seed " + seed + " node " + node);
            }
            assertEquals(settings, wanted.merged(node).settings());
        }
    }
}
