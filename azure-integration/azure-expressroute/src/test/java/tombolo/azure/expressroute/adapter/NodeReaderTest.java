package tombolo.azure.expressroute.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.bfd.BfdPath;
import tombolo.api.bfd.BfdState;
import tombolo.api.bfd.BfdStatus;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.config.Contribution;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.azure.expressroute.core.NodeSide;
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

    private static PeerStatus standing(String name, String address, long remoteAs) {
        return new PeerStatus(name, "", IpAddress.parse(address), new Asn(remoteAs), new Asn(65010), PeerStatus.State.ESTABLISHED, 0, Optional.empty(), Optional.empty(), "", Optional.empty(), Map.of(), Map.of(),
                0, 0, 0, 0, 0, 0, List.of(), false, List.of(), List.of());
    }

    /** A neighbour on the Internet's side that could not be asked for may hear the prefix all the same. */
    @Test
    void whatTheInternetHearsIsKnownOnlyWhereEachOfItsNeighboursIsTold() {
        Prefix told = Prefix.parse("198.51.100.0/24");
        Optional<BgpSessions> sessions = Optional.of(new StandingSessions(List.of(standing("msee", "172.16.0.2", 12076), standing("isp", "192.0.2.2", 3320), standing("isp-2", "192.0.2.6", 3356))));
        assertEquals(Optional.of(Map.of(told, "isp")), elsewhere(sessions, new BusyRoutes(told, Set.of())));
        assertEquals(Optional.empty(), elsewhere(sessions, new BusyRoutes(told, Set.of("isp-2"))));
        assertEquals(Optional.of(Map.of(told, "isp")), elsewhere(sessions, new BusyRoutes(told, Set.of("msee"))), "Microsoft's own table is another check's");
        assertEquals(Optional.empty(), elsewhere(Optional.empty(), new BusyRoutes(told, Set.of())));
    }

    private static Optional<Map<Prefix, String>> elsewhere(Optional<BgpSessions> sessions, BgpRoutes routes) {
        return NodeReader.read(sessions, Optional.of(routes), Optional.empty(), Optional.empty(), Map.of(), Path.of("/nonexistent")).elsewhere();
    }

    @Test
    void aBudgetThatCannotBeAskedForIsNotNone() {
        NodeSide side = new NodeSide(List.of(), List.of(new Contribution.Part(Contribution.Kind.PEER, "msee", Contribution.Level.CIRCUIT, "er-1", Map.of("export-limit-ipv4", "4000"))));
        Prefix told = Prefix.parse("198.51.100.0/24");
        assertEquals(Optional.empty(), NodeReader.advertised(Optional.of(new BusyRoutes(told, Set.of("msee"))), side));
        assertEquals(Optional.empty(), NodeReader.advertised(Optional.empty(), side));
        assertEquals(Optional.of(List.of()), NodeReader.advertised(Optional.of(new BusyRoutes(told, Set.of())), side), "it answers, and has no such peer");
        assertEquals(Optional.of(List.of()), NodeReader.advertised(Optional.empty(), NodeSide.EMPTY), "there is no limit");
    }

    @Test
    void thePathOfARouteIsItsNumbers() {
        assertEquals(List.of(65010L, 65001L, 65002L), NodeReader.path("65010 {65001,65002}"));
        assertEquals(List.of(), NodeReader.path(""));
    }
}
