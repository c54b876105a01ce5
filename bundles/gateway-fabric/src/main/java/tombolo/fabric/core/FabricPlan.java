package tombolo.fabric.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tombolo.api.bgp.NodeBlocks.Holdings;
import tombolo.api.config.Contribution;
import tombolo.api.config.Contribution.Kind;
import tombolo.api.config.Contribution.Level;
import tombolo.api.config.Contribution.Part;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.Resource;
import tombolo.api.route.NextHop;

/**
 * All that the resources mean for this node.
 *
 * @param contribution what is offered to the configuration
 * @param as           the node's AS by the resources and etc/
 * @param notes        what cannot be done as it is written: operator text
 */
public record FabricPlan(Contribution contribution, Asn as, List<String> notes) {
    /** The name of the source. */
    public static final String SOURCE = "resources";
    /** The kinds that matter here. */
    public static final Set<String> KINDS = Set.of("BGPConfiguration", "BGPPeer", "BGPFilter", "Node", "IPPool");

    public FabricPlan {
        notes = List.copyOf(notes);
    }

    /**
     * @param node      this node's name
     * @param pinnedAs  the AS that etc/ says
     * @param resources of {@link #KINDS}, in any order; others are of no concern
     * @param holdings  this node's blocks
     */
    public static FabricPlan of(String node, Optional<Asn> pinnedAs, Collection<Resource> resources, Holdings holdings) {
        Cluster cluster = Cluster.of(node, pinnedAs, resources);
        Notes notes = new Notes();
        List<Peering> peerings = Peerings.of(cluster, notes);
        twins(cluster, notes);
        Set<Prefix> services = Originations.services(cluster);
        Filters filters = new Filters(cluster, holdings.blocks(), services, notes);
        List<Part> parts = new ArrayList<>(Parameters.of(cluster, peerings, notes));
        for (Peering peering : peerings) {
            PeerText.of(peering, cluster, filters.importOf(peering), filters.exportOf(peering), notes).ifPresent(parts::add);
            peering.terms().reachableBy().ifPresent(gateway -> parts.add(towards(peering, gateway)));
        }
        parts.addAll(filters.parts());
        parts.addAll(Originations.of(cluster, holdings, services));
        return new FabricPlan(new Contribution(SOURCE, parts), cluster.as(), notes.all());
    }

    private static void twins(Cluster cluster, Notes notes) {
        Cluster.Member me = cluster.me();
        cluster.nodes().values().stream().filter(member -> !member.name().equals(me.name())).forEach(member -> Stream.of(me.ipv4(), me.ipv6()).flatMap(Optional::stream)
                .filter(member::has).forEach(address -> notes.add("TMB-FAB-016 Node(" + member.name() + ") has this node's address " + address
                        + " too; one of the two is wrong, and no session is made to it. Set ipv4-address or ipv6-address in tombolo.node.cfg there or here, or delete that Node")));
    }

    /** The neighbour is reached through that gateway (confd: a static /32). */
    private static Part towards(Peering peering, IpAddress gateway) {
        Prefix host = Prefix.host(peering.address());
        return new Part(Kind.STATIC, "towards-" + peering.name(), peering.level(), peering.origin(),
                java.util.Map.of("prefix", host.toString(), "next-hops", NextHop.via(gateway).toString()));
    }
}
