package tombolo.fabric.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.json.Json;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.InterfaceAddress;
import tombolo.api.resource.Resource;
import tombolo.resources.core.Decoder;
import tombolo.runtime.json.JsonText;

class OwnNodeTest {
    private static final Optional<InterfaceAddress> FOUR = Optional.of(InterfaceAddress.parse("10.0.0.1/24"));
    private static final Optional<InterfaceAddress> SIX = Optional.of(InterfaceAddress.parse("2001:db8::1/64"));

    private static Resource stored(String text) throws JsonText.Malformed {
        Decoder.Decoded decoded = Decoder.decode((Json.Obj) JsonText.parse(text.replace('\'', '"')), 42);
        assertTrue(decoded instanceof Decoder.Decoded.Good, decoded.toString());
        return ((Decoder.Decoded.Good) decoded).resource();
    }

    @Test
    void aNodeWithoutAResourceGetsOneThatIsValid() throws JsonText.Malformed {
        Json.Obj document = OwnNode.document("a", Optional.empty(), FOUR, SIX, Optional.of(new Asn(65000))).orElseThrow();
        assertEquals("{'apiVersion':'projectcalico.org/v3','kind':'Node','metadata':{'name':'a'},'spec':{'addresses':[{'address':'10.0.0.1/24','type':'CalicoNodeIP'},"
                + "{'address':'2001:db8::1/64','type':'CalicoNodeIP'}],'bgp':{'ipv4Address':'10.0.0.1/24','ipv6Address':'2001:db8::1/64','asNumber':65000}}}",
                JsonText.line(document).replace('"', '\'').strip());
        Resource read = stored(JsonText.line(document));
        assertEquals(Optional.empty(), OwnNode.document("a", Optional.of(read), FOUR, SIX, Optional.of(new Asn(65000))), "what stands there already is not written again");
    }

    @Test
    void tunnelAddressesComeAndGoWithTheirHardwareAddressAndWhatIsNotKnownStays() throws JsonText.Malformed {
        Json.Obj document = OwnNode.document("node-a", Optional.empty(), FOUR, Optional.empty(), Optional.empty(), Map.of(TunnelKind.VXLAN, Optional.of(IpAddress.parse("10.65.0.0")),
                TunnelKind.VXLAN_V6, Optional.of(IpAddress.parse("fd65::")), TunnelKind.IPIP, Optional.of(IpAddress.parse("10.65.0.1")))).orElseThrow();
        Json.Obj spec = document.object("spec").orElseThrow();
        assertEquals("10.65.0.0", spec.text("ipv4VXLANTunnelAddr").orElseThrow());
        assertEquals("66:07:02:c1:cc:60", spec.text("vxlanTunnelMACAddr").orElseThrow());
        assertEquals("fd65::", spec.text("ipv6VXLANTunnelAddr").orElseThrow());
        assertEquals("66:d4:d5:51:3d:42", spec.text("vxlanTunnelMACAddrV6").orElseThrow());
        assertEquals("10.65.0.1", spec.object("bgp").orElseThrow().text("ipv4IPIPTunnelAddr").orElseThrow());
        Resource read = stored(JsonText.line(document));
        assertEquals(Optional.empty(), OwnNode.document("node-a", Optional.of(read), FOUR, Optional.empty(), Optional.empty(), Map.of()), "nothing is known of tunnels: nothing changes");
        Json.Obj after = OwnNode.document("node-a", Optional.of(read), FOUR, Optional.empty(), Optional.empty(), Map.of(TunnelKind.VXLAN, Optional.empty(), TunnelKind.IPIP, Optional.empty()))
                .orElseThrow().object("spec").orElseThrow();
        assertEquals(Optional.empty(), after.text("ipv4VXLANTunnelAddr").or(() -> after.text("vxlanTunnelMACAddr")));
        assertEquals(Optional.empty(), after.object("bgp").orElseThrow().text("ipv4IPIPTunnelAddr"));
        assertEquals("fd65::", after.text("ipv6VXLANTunnelAddr").orElseThrow());
    }

    @Test
    void aHardwareAddressThatStandsThereIsKept() throws JsonText.Malformed {
        Resource read = stored("{'apiVersion':'projectcalico.org/v3','kind':'Node','metadata':{'name':'a'},'spec':{'vxlanTunnelMACAddr':'02:00:00:00:00:07'}}");
        Json.Obj spec = OwnNode.document("a", Optional.of(read), FOUR, SIX, Optional.empty(), Map.of(TunnelKind.VXLAN, Optional.of(IpAddress.parse("10.65.0.0")))).orElseThrow()
                .object("spec").orElseThrow();
        assertEquals("02:00:00:00:00:07", spec.text("vxlanTunnelMACAddr").orElseThrow());
    }

    @Test
    void onlyEnabledEncapsulatedPoolsThatSelectTheNodeAreForTunnels() {
        Wanted pools = new Wanted().resource("IPPool", "on", "{'cidr':'10.65.0.0/16','vxlanMode':'CrossSubnet'}").resource("IPPool", "ipip", "{'cidr':'10.66.0.0/16','ipipMode':'Always'}")
                .resource("IPPool", "plain", "{'cidr':'10.67.0.0/16'}").resource("IPPool", "off", "{'cidr':'10.68.0.0/16','vxlanMode':'Always','disabled':true}")
                .resource("IPPool", "other", "{'cidr':'10.69.0.0/16','vxlanMode':'Always','nodeSelector':'has(gpu)'}")
                .resource("IPPool", "work", "{'cidr':'10.70.0.0/16','vxlanMode':'Always','allowedUses':['Workload']}")
                .resource("IPPool", "six", "{'cidr':'fd65::/64','vxlanMode':'Always'}");
        assertEquals(Map.of(TunnelKind.VXLAN, List.of(Prefix.parse("10.65.0.0/16")), TunnelKind.IPIP, List.of(Prefix.parse("10.66.0.0/16")),
                TunnelKind.VXLAN_V6, List.of(Prefix.parse("fd65::/64"))), TunnelKind.wanted(Map.of(), pools.resources));
        assertEquals(2, TunnelKind.wanted(Map.of("gpu", ""), pools.resources).get(TunnelKind.VXLAN).size());
    }

    @Test
    void whatOthersWroteStaysAndTheWriteIsBoundToTheRevisionThatWasRead() throws JsonText.Malformed {
        Resource read = stored("{'apiVersion':'projectcalico.org/v3','kind':'Node','metadata':{'name':'a','labels':{'rack':'1'}},'spec':{'bgp':{'ipv4Address':'10.9.9.9/24',"
                + "'asNumber':65001,'routeReflectorClusterID':'1.0.0.1'},'addresses':[{'address':'192.0.2.1','type':'ExternalIP'},{'address':'10.9.9.9/24','type':'CalicoNodeIP'}],"
                + "'unheardOf':7}}");
        Json.Obj document = OwnNode.document("a", Optional.of(read), FOUR, Optional.empty(), Optional.empty()).orElseThrow();
        assertEquals("42", document.object("metadata").orElseThrow().text("resourceVersion").orElseThrow());
        assertEquals("{'bgp':{'ipv4Address':'10.0.0.1/24','asNumber':65001,'routeReflectorClusterID':'1.0.0.1'},'addresses':[{'address':'10.0.0.1/24','type':'CalicoNodeIP'},"
                + "{'address':'192.0.2.1','type':'ExternalIP'}],'unheardOf':7}", JsonText.line(document.object("spec").orElseThrow()).replace('"', '\'').strip());
    }
}
