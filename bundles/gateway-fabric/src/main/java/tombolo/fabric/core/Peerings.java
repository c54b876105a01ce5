package tombolo.fabric.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import tombolo.api.config.Contribution.Level;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.BgpConfiguration;
import tombolo.api.resource.BgpPeer;
import tombolo.api.resource.BgpPeer.ReversePeering;
import tombolo.api.resource.PeerAddress;
import tombolo.fabric.core.Cluster.Member;
import tombolo.fabric.core.Peering.Terms;

/**
 * Who this node's neighbours are (confd: {@code updatePeersV1}, {@code processMeshPeers}). Of several wishes for one address all are told; which one wins is
 * decided where all sources meet.
 *
 * <pre>
 * explicit   a BGPPeer whose node, nodeSelector or nothing (all nodes) means this node: its peerIP, or the nodes of its peerSelector
 * reversed   a BGPPeer whose peerIP or peerSelector means this node: the nodes that it is for; not where an explicit one has the address
 * mesh       every node with an address, unless the mesh is off or one of the two is a route reflector
 * </pre>
 */
final class Peerings {
    private final Cluster cluster;
    private final Notes notes;
    private final List<Peering> peerings = new ArrayList<>();

    private Peerings(Cluster cluster, Notes notes) {
        this.cluster = cluster;
        this.notes = notes;
    }

    static List<Peering> of(Cluster cluster, Notes notes) {
        Peerings peerings = new Peerings(cluster, notes);
        cluster.peers().forEach(peerings::explicit);
        Set<IpAddress> explicit = new HashSet<>(peerings.peerings.stream().map(Peering::address).toList());
        cluster.peers().forEach((name, peer) -> peerings.reversed(name, peer, explicit));
        peerings.mesh();
        return peerings.peerings.stream().filter(peering -> !cluster.me().has(peering.address())).distinct()
                .sorted(Comparator.comparing(Peering::level).thenComparing(Peering::origin).thenComparing(Peering::address)).toList();
    }

    private void explicit(String name, BgpPeer peer) {
        if (peer.localWorkloadSelector().isPresent()) {
            notes.add("TMB-FAB-011 BGPPeer(" + name + ") peers with local workloads, which this node does not; it is left out");
            return;
        }
        boolean mine = peer.node().map(cluster.self()::equals).or(() -> peer.nodeSelector().map(cluster::selectsMe)).orElse(true);
        if (!mine) {
            return;
        }
        boolean global = peer.node().isEmpty() && peer.nodeSelector().isEmpty();
        Level level = peer.node().isPresent() ? Level.NODE : global ? Level.GLOBAL : Level.SELECTOR;
        String kind = global ? "Global" : "Node";
        String origin = "BGPPeer(" + name + ")";
        peer.peerSelector().ifPresent(selector -> cluster.matching(selector).forEach(member ->
                peerings.addAll(with(member, kind, level, origin, List.of(AddressFamily.values()), Terms.of(peer)))));
        peer.peerIp().ifPresent(address -> {
            Asn as = peer.asNumber().orElseGet(cluster::as);
            boolean member = cluster.nodes().values().stream().anyMatch(node -> node.has(address.address()));
            peerings.add(new Peering(kind, level, origin, address.address(), port(address, as), as, member, Optional.empty(), Terms.of(peer)));
        });
    }

    /** What the resource says; else the port on which that node listens. */
    private OptionalInt port(PeerAddress address, Asn as) {
        if (address.port().isPresent()) {
            return address.port();
        }
        return withAddress(address, as).findFirst().map(Member::port).orElse(OptionalInt.empty());
    }

    private Stream<Member> withAddress(PeerAddress address, Asn as) {
        return cluster.nodes().values().stream().filter(member -> member.has(address.address()) && cluster.as(member).equals(as)
                && (address.port().isEmpty() || member.port().isEmpty() || member.port().equals(address.port())));
    }

    /** So that both ends of a session know of it where one resource names only one end. */
    private void reversed(String name, BgpPeer peer, Set<IpAddress> explicit) {
        if (peer.reversePeering().filter(mode -> mode == ReversePeering.MANUAL).isPresent() || peer.localWorkloadSelector().isPresent() || !meansMe(peer)) {
            return;
        }
        List<AddressFamily> families = peer.peerIp().map(address -> List.of(address.address().family())).orElse(List.of(AddressFamily.values()));
        Collection<Member> members = peer.node().map(node -> Optional.ofNullable(cluster.nodes().get(node)).stream().toList())
                .or(() -> peer.nodeSelector().map(cluster::matching)).orElseGet(() -> List.copyOf(cluster.nodes().values()));
        members.stream().flatMap(member -> with(member, "Node", Level.GLOBAL, "BGPPeer(" + name + "), reversed", families, Terms.of(peer)).stream())
                .filter(peering -> !explicit.contains(peering.address())).forEach(peerings::add);
    }

    private boolean meansMe(BgpPeer peer) {
        return peer.peerSelector().map(cluster::selectsMe).or(() -> peer.peerIp().map(address ->
                withAddress(address, peer.asNumber().orElseGet(cluster::commonAs)).anyMatch(member -> member.name().equals(cluster.self())))).orElse(false);
    }

    private List<Peering> with(Member member, String kind, Level level, String origin, List<AddressFamily> families, Terms terms) {
        if (member.name().equals(cluster.self())) {
            return List.of();
        }
        return families.stream().flatMap(family -> member.address(family).stream())
                .map(address -> new Peering(kind, level, origin, address, member.port(), cluster.as(member), false, member.clusterId(), terms)).toList();
    }

    private void mesh() {
        boolean on = cluster.fromDefault(BgpConfiguration::nodeToNodeMeshEnabled).orElse(BgpConfiguration.DEFAULT_NODE_TO_NODE_MESH);
        if (!on || cluster.me().clusterId().isPresent()) {
            return;
        }
        Terms terms = Terms.mesh(cluster.fromDefault(BgpConfiguration::nodeMeshPassword), cluster.fromDefault(BgpConfiguration::nodeMeshMaxRestartTime));
        for (Member member : cluster.nodes().values()) {
            if (member.name().equals(cluster.self()) || member.clusterId().isPresent()) {
                continue;
            }
            for (AddressFamily family : AddressFamily.values()) {
                if (cluster.me().address(family).isPresent()) {
                    member.address(family).ifPresent(address -> peerings.add(new Peering("Mesh", Level.MESH, "Node(" + member.name() + ")", address, member.port(),
                            cluster.as(member), true, Optional.empty(), terms)));
                }
            }
        }
    }
}
