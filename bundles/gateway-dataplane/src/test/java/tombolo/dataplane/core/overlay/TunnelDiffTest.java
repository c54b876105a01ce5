package tombolo.dataplane.core.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.overlay.OverlayTunnel;
import tombolo.dataplane.core.LinkDiff;
import tombolo.dataplane.core.LinkDiff.Verdict;
import tombolo.dataplane.core.SeenLink;

class TunnelDiffTest {
    private static final MacAddress MINE = MacAddress.parse("66:00:00:00:00:01");
    private static final MacAddress ITS = MacAddress.parse("66:00:00:00:00:02");
    private static final IpAddress LOCAL = IpAddress.parse("192.0.2.1");
    private static final IpAddress FAR = IpAddress.parse("192.0.2.2");
    private static final IpAddress ADDRESS = IpAddress.parse("10.65.0.0");
    private static final IpAddress GATEWAY = IpAddress.parse("10.65.1.0");
    private static final OverlayTunnel WANTED = new OverlayTunnel(OverlayTunnel.Kind.VXLAN, "vxlan.calico", 4096, 4789, LOCAL, 1450, Optional.of(MINE), Optional.of(ADDRESS),
            Map.of("b", new OverlayTunnel.Peer(FAR, GATEWAY, Optional.of(ITS))));

    private static SeenLink device(String kind, String mark, int vni, int port, boolean learning) {
        return new SeenLink(7, "vxlan.calico", kind, Optional.of(MINE), mark, 0, 1450, true, true, new SeenLink.Segment(vni, port, Optional.of(LOCAL), Optional.empty(), learning));
    }

    private static SeenTunnel complete(SeenLink device) {
        SeenTunnel seen = new SeenTunnel(device);
        seen.addresses().add(new InterfaceAddress(ADDRESS, 32));
        seen.forwarding().put(ITS, new TreeSet<>(List.of(FAR)));
        seen.neighbours().put(GATEWAY, ITS);
        return seen;
    }

    private static LinkDiff diff(SeenLink device) {
        return TunnelDiff.of(WANTED, Optional.of(complete(device)));
    }

    @Test
    void whatIsAsWantedNeedsNothing() {
        assertTrue(diff(device("vxlan", "tombolo", 4096, 4789, false)).isEmpty());
    }

    @Test
    void aDeviceThatIsNotThereIsMade() {
        assertEquals(Verdict.CREATE, TunnelDiff.of(WANTED, Optional.empty()).verdict());
    }

    @Test
    void aStrangerOfThatNameIsLeftAlone() {
        assertEquals(Verdict.FOREIGN, diff(device("dummy", "tombolo", 0, 0, false)).verdict());
        assertEquals(Verdict.FOREIGN, diff(device("vxlan", "", 42, 4789, false)).verdict());
    }

    @Test
    void oursIsReplacedWhereTheKernelCannotChangeIt() {
        assertEquals(List.of("interface vxlan.calico has VNI 42, wanted 4096"), diff(device("vxlan", "tombolo", 42, 4789, false)).differences());
        assertEquals(Verdict.REPLACE, diff(device("vxlan", "tombolo", 42, 4789, false)).verdict());
        assertEquals(Verdict.REPLACE, diff(device("vxlan", "tombolo", 4096, 8472, false)).verdict());
        assertEquals(Verdict.REPLACE, diff(device("vxlan", "tombolo", 4096, 4789, true)).verdict());
    }

    @Test
    void anUnmarkedDeviceThatFitsIsTakenOver() {
        assertEquals(List.of("interface vxlan.calico has no mark that it is this gateway's"), diff(device("vxlan", "", 4096, 4789, false)).differences());
    }

    @Test
    void eachEntryThatDiffersIsNamedAndStrangeOnesGo() {
        SeenTunnel seen = new SeenTunnel(new SeenLink(7, "vxlan.calico", "vxlan", Optional.of(ITS), "tombolo", 0, 1500, false, false,
                new SeenLink.Segment(4096, 4789, Optional.of(LOCAL), Optional.empty(), false)));
        seen.addresses().add(new InterfaceAddress(IpAddress.parse("10.9.9.9"), 24));
        seen.forwarding().put(MINE, new TreeSet<>(List.of(FAR)));
        seen.forwarding().put(ITS, new TreeSet<>(List.of(LOCAL, FAR)));
        seen.neighbours().putAll(new TreeMap<>(Map.of(IpAddress.parse("10.65.7.7"), ITS, GATEWAY, MINE)));
        assertEquals(List.of(
                "interface vxlan.calico has MTU 1500, wanted 1450; hardware address 66:00:00:00:00:02, wanted 66:00:00:00:00:01; state down, wanted up",
                "address 10.9.9.9/24 is on vxlan.calico and not wanted",
                "address 10.65.0.0/32 is not on vxlan.calico",
                "forwarding entry 66:00:00:00:00:01 at 192.0.2.2 is not wanted",
                "forwarding entry 66:00:00:00:00:02 at 192.0.2.1 is not wanted",
                "neighbour 10.65.7.7 at 66:00:00:00:00:02 is not wanted",
                "neighbour 10.65.1.0 at 66:00:00:00:00:02 is there as 66:00:00:00:00:01"), TunnelDiff.of(WANTED, Optional.of(seen)).differences());
    }
}
