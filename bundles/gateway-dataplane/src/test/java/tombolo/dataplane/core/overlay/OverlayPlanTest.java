package tombolo.dataplane.core.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.dataplane.core.overlay.Cluster.block;
import static tombolo.dataplane.core.overlay.Cluster.felix;
import static tombolo.dataplane.core.overlay.Cluster.node;
import static tombolo.dataplane.core.overlay.Cluster.pool;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.overlay.OverlayTunnel;
import tombolo.api.overlay.TunnelMac;
import tombolo.api.resource.BlockAffinity;
import tombolo.api.resource.IpPool.Encapsulation;
import tombolo.api.resource.Resource;

class OverlayPlanTest {
    private static final Encapsulation NEVER = Encapsulation.NEVER;
    private static final Encapsulation ALWAYS = Encapsulation.ALWAYS;
    private static final Encapsulation CROSS = Encapsulation.CROSS_SUBNET;
    private static final List<Link> LINKS = List.of(link(1, "lo", 65536, "127.0.0.1/8"), link(2, "eth0", 1500, "192.0.2.1/24", "2001:db8:1::1/64"),
            link(3, "eth1", 9000, "198.18.0.1/24"));

    private static Link link(int index, String name, int mtu, String... addresses) {
        return new Link(index, name, Optional.empty(), true, true, mtu, java.util.Arrays.stream(addresses).map(text -> {
            String[] parts = text.split("/");
            return new Link.InterfaceAddress(IpAddress.parse(parts[0]), Integer.parseInt(parts[1]));
        }).toList());
    }

    /** Three nodes: near (same subnets as this one), far (others), and this one. */
    private static Cluster three() {
        return new Cluster().with(
                node("me", "192.0.2.1/24", "10.65.0.0", "2001:db8:1::1/64", "fd65::"),
                node("near", "192.0.2.2/24", "10.65.1.0", "2001:db8:1::2/64", "fd65::100"),
                node("far", "198.51.100.3/24", "10.65.2.0", "2001:db8:2::3/64", "fd65::200"),
                block("me", "10.65.0.0/26"), block("near", "10.65.1.0/26"), block("far", "10.65.2.0/26"), block("near", "fd65::100/122"), block("far", "fd65::200/122"));
    }

    private static OverlayPlan plan(Cluster cluster) {
        return OverlayPlan.of("me", cluster.resources, LINKS);
    }

    private static Map<String, String> ways(OverlayPlan plan) {
        Map<String, String> text = new TreeMap<>();
        plan.ways().forEach((block, way) -> text.put(block.toString(), way.hop().toString()));
        return text;
    }

    @Test
    void alwaysGoesThroughTheTunnelToEveryoneElse() {
        OverlayPlan plan = plan(three().with(pool("10.65.0.0/16", ALWAYS, NEVER)));
        assertEquals(Map.of("10.65.1.0/26", "10.65.1.0@vxlan.calico onlink", "10.65.2.0/26", "10.65.2.0@vxlan.calico onlink"), ways(plan));
        OverlayTunnel tunnel = plan.tunnels().get("vxlan.calico");
        assertEquals(List.of(4096, 4789, 1450), List.of(tunnel.vni(), tunnel.port(), tunnel.mtu()));
        assertEquals(IpAddress.parse("192.0.2.1"), tunnel.local());
        assertEquals(Optional.of(IpAddress.parse("10.65.0.0")), tunnel.address());
        assertEquals(java.util.Set.of("near", "far"), tunnel.peers().keySet());
        assertEquals(List.of(), plan.notes());
    }

    @Test
    void crossSubnetGoesPlainlyToWhoIsNear() {
        OverlayPlan plan = plan(three().with(pool("10.65.0.0/16", CROSS, NEVER)));
        assertEquals(Map.of("10.65.1.0/26", "192.0.2.2", "10.65.2.0/26", "10.65.2.0@vxlan.calico onlink"), ways(plan));
    }

    @Test
    void neverIsLeftToBgpAndNeedsNoDevice() {
        assertEquals(OverlayPlan.NOTHING, plan(three().with(pool("10.65.0.0/16", NEVER, NEVER), pool("fd65::/64", NEVER, NEVER))));
    }

    @Test
    void ipv6GoesOverADeviceOfItsOwn() {
        OverlayPlan plan = plan(three().with(pool("fd65::/64", CROSS, NEVER)));
        assertEquals(Map.of("fd65::100/122", "2001:db8:1::2", "fd65::200/122", "fd65::200@vxlan-v6.calico onlink"), ways(plan));
        OverlayTunnel tunnel = plan.tunnels().get("vxlan-v6.calico");
        assertEquals(1430, tunnel.mtu());
        assertEquals(IpAddress.parse("2001:db8:1::1"), tunnel.local());
    }

    @Test
    void ipInIpGoesToTheNodesOwnAddress() {
        OverlayPlan plan = plan(three().with(pool("10.65.0.0/16", NEVER, CROSS)));
        assertEquals(Map.of("10.65.1.0/26", "192.0.2.2", "10.65.2.0/26", "198.51.100.3@tunl0 onlink"), ways(plan));
        assertEquals(1480, plan.tunnels().get("tunl0").mtu());
    }

    @Test
    void felixConfigurationSaysNumbersAndTheNodesOwnWins() {
        Cluster cluster = three().with(pool("10.65.0.0/16", ALWAYS, NEVER),
                felix("default", Optional.empty(), Json.Obj.EMPTY.with("vxlanVNI", 4097).with("vxlanPort", 8472).with("vxlanMTU", 1400)),
                felix("racks", Optional.of("all()"), Json.Obj.EMPTY.with("vxlanPort", 4790)),
                felix("node.me", Optional.empty(), Json.Obj.EMPTY.with("vxlanMTU", 1380)), felix("node.far", Optional.empty(), Json.Obj.EMPTY.with("vxlanMTU", 1000)));
        OverlayTunnel tunnel = plan(cluster).tunnels().get("vxlan.calico");
        assertEquals(List.of(4097, 4790, 1380), List.of(tunnel.vni(), tunnel.port(), tunnel.mtu()));
    }

    @Test
    void anMtuOfZeroInFelixConfigurationMeansThatOfTheUnderlay() {
        Cluster cluster = three().with(pool("10.65.0.0/16", ALWAYS, NEVER), felix("default", Optional.empty(), Json.Obj.EMPTY.with("vxlanMTU", 0)));
        assertEquals(1450, plan(cluster).tunnels().get("vxlan.calico").mtu());
        cluster.resources.removeIf(resource -> resource.id().name().equals("me") && resource.id().kind().equals("Node"));
        cluster.with(node("me", "198.18.0.1/24", "10.65.0.0", "", ""));
        assertEquals(8950, plan(cluster).tunnels().get("vxlan.calico").mtu());
    }

    @Test
    void beforeTheOwnNodeHasAnAddressTheMtuThatItsTunnelsCanComeToHaveIsKnown() {
        Cluster cluster = new Cluster().with(pool("10.65.0.0/16", ALWAYS, NEVER), pool("fd65::/64", CROSS, NEVER), node("far", "198.51.100.3/24", "10.65.2.0", "", ""));
        assertEquals(OptionalInt.of(1430), plan(cluster).owedMtu());
        assertEquals(OptionalInt.of(1430), plan(cluster.with(node("me", "", "", "", ""))).owedMtu());
        cluster.resources.removeLast();
        assertEquals(OptionalInt.empty(), plan(cluster.with(node("me", "192.0.2.1/24", "", "", ""))).owedMtu());
        assertEquals(OptionalInt.empty(), plan(new Cluster().with(pool("10.65.0.0/16", NEVER, NEVER))).owedMtu());
    }

    @Test
    void vxlanThatIsSwitchedOffIsNotMade() {
        Cluster cluster = three().with(pool("10.65.0.0/16", ALWAYS, NEVER), felix("default", Optional.empty(), Json.Obj.EMPTY.with("vxlanEnabled", false)));
        assertEquals(OverlayPlan.NOTHING, plan(cluster));
    }

    @Test
    void aNodeWithoutTunnelAddressIsNamedAndTheOthersAreReached() {
        OverlayPlan plan = plan(three().with(pool("10.65.0.0/16", ALWAYS, NEVER), node("late", "192.0.2.9/24", "", "", ""), block("late", "10.65.9.0/26"),
                block("ghost", "10.65.8.0/26")));
        assertEquals(2, plan.ways().size());
        assertEquals(2, plan.notes().size(), plan.notes().toString());
        assertTrue(plan.notes().get(0).startsWith("TMB-OVL-004 node ghost"), plan.notes().toString());
        assertTrue(plan.notes().get(1).startsWith("TMB-OVL-005 node late"), plan.notes().toString());
    }

    @Test
    void aBlockThatIsOnlyClaimedOrOfNoPoolIsNobodys() {
        OverlayPlan plan = plan(new Cluster().with(node("me", "192.0.2.1/24", "10.65.0.0", "", ""), node("near", "192.0.2.2/24", "10.65.1.0", "", ""),
                pool("10.65.0.0/16", ALWAYS, NEVER), block("near", "10.65.1.0/26", BlockAffinity.State.PENDING), block("near", "10.66.1.0/26")));
        assertEquals(Map.of(), plan.ways());
    }

    @Test
    void aNodeWithoutAddressMakesNoTunnelAndSaysWhatToDo() {
        OverlayPlan plan = OverlayPlan.of("other", three().with(pool("10.65.0.0/16", ALWAYS, NEVER)).resources, LINKS);
        assertEquals(Map.of(), plan.tunnels());
        assertEquals(Map.of(), plan.ways());
        assertTrue(plan.notes().getFirst().startsWith("TMB-OVL-001"), plan.notes().toString());
    }

    /** Calico: 0x66 and the SHA-1 of the name; the vectors were computed by another program. */
    @Test
    void theHardwareAddressOfADeviceFollowsFromTheNodesName() {
        assertEquals(MacAddress.parse("66:07:02:c1:cc:60"), TunnelMac.of("node-a", AddressFamily.IPV4));
        assertEquals(MacAddress.parse("66:d4:d5:51:3d:42"), TunnelMac.of("node-a", AddressFamily.IPV6));
    }

    @Test
    void thePlanDoesNotDependOnTheOrder() {
        List<Resource> all = three().with(pool("10.65.0.0/16", CROSS, NEVER), pool("fd65::/64", ALWAYS, NEVER), pool("10.70.0.0/16", NEVER, ALWAYS),
                block("far", "10.70.1.0/26"), block("near", "10.65.2.0/26"), felix("b", Optional.of("all()"), Json.Obj.EMPTY.with("vxlanPort", 1)),
                felix("a", Optional.of("all()"), Json.Obj.EMPTY.with("vxlanPort", 2))).resources;
        OverlayPlan expected = OverlayPlan.of("me", all, LINKS);
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            List<Resource> shuffled = new ArrayList<>(all);
            List<Link> links = new ArrayList<>(LINKS);
            Collections.shuffle(shuffled, random);
            Collections.shuffle(links, random);
            assertEquals(expected, OverlayPlan.of("me", shuffled, links));
        }
    }
}
