package tombolo.azure.expressroute.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tombolo.api.bfd.Bfd;
import tombolo.api.bfd.BfdState;
import tombolo.api.bfd.BfdStatus;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.Contribution;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.Links;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.azure.expressroute.core.CircuitReports;
import tombolo.azure.expressroute.core.NodeSide;
import tombolo.azure.expressroute.core.NodeView;

/** What this node sees of its circuits, from the services of the other bundles. */
final class NodeReader {
    /** One more than any circuit takes: enough to see that the limit is exceeded. */
    private static final int MOST_SENT = 10_001;
    /** 802.1Q interfaces of the kernel: name, tag and carrier by lines. */
    static final Path VLANS = Path.of("/proc/net/vlan/config");

    /** Subcodes of Cease: RFC 4486 §4, RFC 8538 §3.1. */
    private static final int MAXIMUM_PREFIXES = 1;
    private static final int HARD_RESET = 9;

    private static final String LIMIT_IPV4 = "export-limit-ipv4";
    private static final String LIMIT_IPV6 = "export-limit-ipv6";

    private NodeReader() { }

    /** @param tags of interfaces that the kernel's list of VLANs need not have, by name */
    static NodeView read(Optional<BgpSessions> sessions, Optional<BgpRoutes> routes, Optional<Links> links, Optional<Bfd> bfd, Map<String, Integer> tags, Path vlanFile) {
        Optional<Map<IpAddress, Boolean>> watched = bfd.flatMap(NodeReader::sessions).map(NodeReader::watched);
        Map<Prefix, String> elsewhere = new HashMap<>();
        Set<String> unknown = new HashSet<>();
        Optional<Map<IpAddress, NodeView.Session>> seen = sessions.map(all -> {
            Map<IpAddress, NodeView.Session> byAddress = new HashMap<>();
            for (PeerStatus peer : all.status()) {
                Optional<List<NodeView.Sent>> sent = peer.state() == PeerStatus.State.ESTABLISHED ? routes.flatMap(tables -> sent(tables, peer.name())) : Optional.of(List.of());
                boolean microsoft = peer.remoteAs().equals(CircuitSettings.MICROSOFT);
                if (!microsoft && !peer.remoteAs().equals(peer.localAs()) && !peer.remoteAs().isPrivate()) { // a neighbour on the Internet's side
                    sent.ifPresentOrElse(prefixes -> prefixes.forEach(each -> elsewhere.putIfAbsent(each.prefix(), peer.name())), () -> unknown.add(peer.name()));
                }
                byAddress.put(peer.remoteAddress(), new NodeView.Session(peer.name(), peer.state() == PeerStatus.State.ESTABLISHED, camel(peer.state()), peer.detail(), peer.localAs(), peer.remoteAs(),
                        peer.md5(), watched.map(by -> watch(by, peer)), peer.session().map(SessionUp::holdTimeSeconds).map(OptionalInt::of).orElse(OptionalInt.empty()), sent,
                        limited(peer)));
            }
            return byAddress;
        });
        return new NodeView(seen, links.map(all -> {
            Map<String, Integer> vlans = new HashMap<>(vlans(vlanFile));
            vlans.putAll(tags);
            return ports(all.links(), vlans);
        }), seen.isPresent() && unknown.isEmpty() ? Optional.of(elsewhere) : Optional.empty());
    }

    /** Whether BFD is up, by the neighbour's address. */
    static Map<IpAddress, Boolean> watched(List<BfdStatus> sessions) {
        Map<IpAddress, Boolean> watched = new HashMap<>();
        sessions.forEach(session -> watched.merge(session.path().remote(), session.state() == BfdState.UP, Boolean::logicalOr));
        return watched;
    }

    private static Optional<List<BfdStatus>> sessions(Bfd bfd) {
        try {
            return Optional.of(bfd.sessions());
        } catch (IllegalStateException _) {
            return Optional.empty(); // it stops, or is too busy to answer
        }
    }

    static NodeView.Watch watch(Map<IpAddress, Boolean> watched, PeerStatus peer) {
        return Optional.ofNullable(watched.get(peer.remoteAddress())).map(up -> up ? NodeView.Watch.UP : NodeView.Watch.DOWN).orElse(NodeView.Watch.OFF);
    }

    /** What the neighbour said when it ended the session last. Ends without a word, such as refused connections, lie between. */
    static boolean limited(PeerStatus peer) {
        return peer.resets().stream().filter(reset -> reset.notification().isPresent()).findFirst()
                .filter(reset -> !reset.sent() && limited(reset.notification().get())).isPresent();
    }

    /** RFC 8538 §3.1: a hard reset has the true code and subcode in its data. */
    private static boolean limited(Notification said) {
        byte[] data = said.data();
        return said.code() == Notification.CEASE && (said.subcode() == MAXIMUM_PREFIXES
                || said.subcode() == HARD_RESET && data.length >= 2 && data[0] == Notification.CEASE && data[1] == MAXIMUM_PREFIXES);
    }

    /** Empty where gateway-bgp stops, or is too busy to answer. */
    private static Optional<List<NodeView.Sent>> sent(BgpRoutes routes, String peer) {
        List<NodeView.Sent> sent = new ArrayList<>();
        try {
            for (BgpRoutes.Route route : routes.routes(new BgpRoutes.Query(BgpRoutes.Table.ADVERTISED, Optional.of(peer), Optional.empty(), Optional.empty(), false, false, MOST_SENT))) {
                sent.add(new NodeView.Sent(route.prefix(), path(route.asPath())));
            }
        } catch (IllegalStateException _) {
            return Optional.empty();
        }
        return Optional.of(sent);
    }

    /** What the circuit's sessions are told, against their limits; empty where there are limits and gateway-bgp does not answer. */
    static Optional<List<CircuitReports.Advertised>> advertised(Optional<BgpRoutes> routes, NodeSide side) {
        if (side.parts().stream().noneMatch(part -> part.kind() == Contribution.Kind.PEER && (part.values().containsKey(LIMIT_IPV4) || part.values().containsKey(LIMIT_IPV6)))) {
            return Optional.of(List.of());
        }
        return routes.flatMap(NodeReader::peers).map(peers -> {
            List<CircuitReports.Advertised> all = new ArrayList<>();
            peers.forEach(peer -> side.part(Contribution.Kind.PEER, peer.peer()).ifPresent(part -> peer.families().forEach(counts -> {
                Optional<String> limit = Optional.ofNullable(part.values().get(counts.family() == AddressFamily.IPV4 ? LIMIT_IPV4 : LIMIT_IPV6));
                limit.ifPresent(most -> all.add(CircuitReports.Advertised.of(peer.peer(), counts.family(), counts.advertised(), most, counts.note())));
            })));
            return all;
        });
    }

    private static Optional<List<BgpRoutes.PeerCounts>> peers(BgpRoutes routes) {
        try {
            return Optional.of(routes.peers());
        } catch (IllegalStateException _) {
            return Optional.empty(); // it stops, or is too busy to answer
        }
    }

    /** The numbers of a path as it is shown; sets and confederations count like the rest. */
    static List<Long> path(String text) {
        List<Long> path = new ArrayList<>();
        for (String word : text.split("[^0-9]+")) {
            if (!word.isEmpty() && word.length() <= 10) {
                path.add(Long.parseLong(word));
            }
        }
        return path;
    }

    private static List<NodeView.Port> ports(List<Link> links, Map<String, Integer> vlans) {
        return links.stream().map(link -> new NodeView.Port(link.name(), vlans.containsKey(link.name()) ? OptionalInt.of(vlans.get(link.name())) : OptionalInt.empty(), link.up(), link.carrier(), link.mtu(),
                link.addresses().stream().map(each -> new NodeView.Address(each.address(), each.prefixLength())).toList())).toList();
    }

    private static Map<String, Integer> vlans(Path file) {
        try {
            return vlans(Files.readAllLines(file));
        } catch (IOException | java.io.UncheckedIOException _) {
            return Map.of(); // no module 8021q, and so no such interface
        }
    }

    /** {@code eth0.100       | 100  | eth0} behind two lines of headings. */
    static Map<String, Integer> vlans(List<String> lines) {
        Map<String, Integer> vlans = new HashMap<>();
        for (String line : lines) {
            String[] columns = line.split("\\|");
            if (columns.length == 3 && columns[1].strip().matches("[0-9]{1,4}")) {
                vlans.put(columns[0].strip(), Integer.parseInt(columns[1].strip()));
            }
        }
        return vlans;
    }

    private static String camel(PeerStatus.State state) {
        return switch (state) {
            case IDLE -> "Idle";
            case CONNECT -> "Connect";
            case ACTIVE -> "Active";
            case OPEN_SENT -> "OpenSent";
            case OPEN_CONFIRM -> "OpenConfirm";
            case ESTABLISHED -> "Established";
        };
    }
}
