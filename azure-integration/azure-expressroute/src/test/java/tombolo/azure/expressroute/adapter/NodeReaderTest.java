package tombolo.azure.expressroute.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.bfd.BfdPath;
import tombolo.api.bfd.BfdState;
import tombolo.api.bfd.BfdStatus;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.azure.expressroute.core.NodeView;

class NodeReaderTest {
    @Test
    void theKernelsListOfVlansIsRead() {
        assertEquals(Map.of("er-a.100", 100, "vlan7", 7), NodeReader.vlans(List.of("VLAN Dev name    | VLAN ID", "Name-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD", "er-a.100       | 100  | er-a", "vlan7          | 7  | eth0")));
    }

    private static PeerStatus peer(String address, PeerStatus.Reset... resets) {
        return new PeerStatus("msee", "", IpAddress.parse(address), new Asn(12076), new Asn(65010), PeerStatus.State.ACTIVE, 0, Optional.empty(), Optional.empty(), "", Optional.empty(), Map.of(), Map.of(),
                0, 0, 0, 0, 0, 0, List.of(resets), false, List.of(), List.of());
    }

    private static PeerStatus.Reset ended(boolean sent, Optional<Notification> said) {
        return new PeerStatus.Reset(0, PeerStatus.State.ESTABLISHED, "", said, sent);
    }

    /** RFC 4486 §4, and RFC 8538 §3.1 for the same within a hard reset. */
    @Test
    void aSessionThatTheNeighbourHasEndedForItsPrefixesIsKnownByTheLastThatItSaid() {
        Notification prefixes = new Notification(6, 1);
        assertTrue(NodeReader.limited(peer("172.16.0.2", ended(true, Optional.empty()), ended(false, Optional.of(prefixes)))), "refused connections say nothing");
        assertTrue(NodeReader.limited(peer("172.16.0.2", ended(false, Optional.of(new Notification(6, 9, new byte[] {6, 1}))))));
        assertFalse(NodeReader.limited(peer("172.16.0.2", ended(true, Optional.of(prefixes)))), "we said it");
        assertFalse(NodeReader.limited(peer("172.16.0.2", ended(false, Optional.of(new Notification(6, 10))), ended(false, Optional.of(prefixes)))), "something else came behind it");
        assertFalse(NodeReader.limited(peer("172.16.0.2")));
    }

    private static BfdStatus path(String remote, BfdState state) {
        return new BfdStatus(new BfdPath(IpAddress.parse(remote), Optional.empty(), Optional.empty(), false), List.of(), state, state, 0, "", "", 1, 2, 300_000, 300_000, 900_000, 3, 3, Optional.empty(), 0, 0, 0, 0,
                "", false, false);
    }

    @Test
    void howBfdWatchesANeighbourIsToldByItsAddress() {
        Map<IpAddress, Boolean> watched = NodeReader.watched(List.of(path("172.16.0.2", BfdState.UP), path("172.16.0.6", BfdState.DOWN)));
        assertEquals(List.of(NodeView.Watch.UP, NodeView.Watch.DOWN, NodeView.Watch.OFF), List.of("172.16.0.2", "172.16.0.6", "172.16.0.10").stream().map(each -> NodeReader.watch(watched, peer(each))).toList());
    }

    @Test
    void thePathOfARouteIsItsNumbers() {
        assertEquals(List.of(65010L, 65001L, 65002L), NodeReader.path("65010 {65001,65002}"));
        assertEquals(List.of(), NodeReader.path(""));
    }
}
