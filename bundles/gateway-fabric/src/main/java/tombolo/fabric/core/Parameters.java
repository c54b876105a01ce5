package tombolo.fabric.core;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tombolo.api.config.Contribution.Kind;
import tombolo.api.config.Contribution.Level;
import tombolo.api.config.Contribution.Part;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.BgpConfiguration;

/** The parameters of BGP and of the node that resources set, each at the weight of the resource that sets it. */
final class Parameters {
    /** What BIRD, which Calico's nodes run, takes at most for one destination. */
    private static final String PATHS = "16";
    private static final long MAX_RESTART_SECONDS = 4095; // RFC 4724 §3: 12 bits

    private Parameters() { }

    static List<Part> of(Cluster cluster, List<Peering> peerings, Notes notes) {
        List<Part> parts = new ArrayList<>();
        boolean speaks = !peerings.isEmpty() || cluster.defaults().isPresent() || cluster.configuration(cluster.mine()).isPresent();
        if (!speaks) {
            return parts; // a node alone in its cluster stays as etc/ has it
        }
        add(parts, Kind.BGP, Level.NODE, "Node(" + cluster.self() + ")", node(cluster));
        cluster.configuration(cluster.mine()).ifPresent(mine -> configuration(parts, cluster, Level.NODE, cluster.mine(), mine, notes));
        cluster.defaults().ifPresent(all -> configuration(parts, cluster, Level.GLOBAL, "default", all, notes));
        Map<String, String> rest = new TreeMap<>();
        rest.put("as", BgpConfiguration.DEFAULT_AS_NUMBER.toString());
        rest.put("router-id", hashed(cluster.self()));
        rest.put("listen", "0.0.0.0, ::");
        rest.put("multipath-ebgp", PATHS);
        rest.put("multipath-ibgp", PATHS);
        restartTime(peerings).ifPresent(seconds -> rest.put("graceful-restart-time", Long.toString(seconds)));
        add(parts, Kind.BGP, Level.MESH, "defaults of projectcalico.org/v3", rest);
        return parts;
    }

    private static Map<String, String> node(Cluster cluster) {
        Map<String, String> keys = new TreeMap<>();
        cluster.me().as().ifPresent(as -> keys.put("as", as.toString()));
        cluster.me().ipv4().ifPresent(address -> keys.put("router-id", address.toString()));
        cluster.me().clusterId().ifPresent(id -> keys.put("cluster-id", id.toString()));
        return keys;
    }

    private static void configuration(List<Part> parts, Cluster cluster, Level level, String name, BgpConfiguration configuration, Notes notes) {
        Map<String, String> bgp = new TreeMap<>();
        configuration.asNumber().ifPresent(as -> bgp.put("as", as.toString()));
        if (configuration.listenPort().isPresent()) {
            bgp.put("port", Integer.toString(configuration.listenPort().getAsInt()));
        }
        List<String> own = Stream.of(cluster.me().ipv4(), cluster.me().ipv6()).flatMap(Optional::stream).map(IpAddress::toString).toList();
        if (configuration.bindMode().filter(mode -> mode == BgpConfiguration.BindMode.NODE_IP).isPresent() && !own.isEmpty()) {
            bgp.put("listen", String.join(", ", own));
        }
        String origin = "BGPConfiguration(" + name + ")";
        add(parts, Kind.BGP, level, origin, bgp);
        List<String> fitting = configuration.ignoredInterfaces().stream().filter(pattern -> pattern.indexOf('*') < 0 || pattern.indexOf('*') == pattern.length() - 1).toList();
        if (fitting.size() < configuration.ignoredInterfaces().size()) {
            notes.add("TMB-FAB-015 " + origin + " ignores " + configuration.ignoredInterfaces().stream().filter(pattern -> !fitting.contains(pattern))
                    .collect(Collectors.joining(", ")) + "; here a * stands only at the end, so these are not ignored");
        }
        add(parts, Kind.NODE, level, origin, fitting.isEmpty() ? Map.of() : Map.of("ignore-interfaces", RuleText.list(fitting)));
    }

    private static void add(List<Part> parts, Kind kind, Level level, String origin, Map<String, String> keys) {
        if (!keys.isEmpty()) {
            parts.add(new Part(kind, "", level, origin, keys));
        }
    }

    /** DEVIATION: Calico's is of each session, ours of all: the longest, so that nobody gives up on us before the time that is meant for it. */
    private static Optional<Long> restartTime(List<Peering> peerings) {
        return peerings.stream().map(peering -> peering.terms().maxRestartTime()).flatMap(Optional::stream).max(Duration::compareTo)
                .map(time -> Math.clamp(PeerText.seconds(time), 1, MAX_RESTART_SECONDS));
    }

    /** A router id for a node without an IPv4 address: FNV-1a of its name, in 240.0.0.0/4, where no address is. */
    private static String hashed(String name) {
        int hash = 0x811c9dc5;
        for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ octet & 0xff) * 0x01000193;
        }
        return IpAddress.v4(hash | 0xf000_0000).toString();
    }
}
