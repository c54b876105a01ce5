package tombolo.azure.simulator.edge;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.azure.simulator.edge.EdgeConfiguration.Applied;
import tombolo.harness.Await;
import tombolo.harness.Command;
import tombolo.harness.Daemon;
import tombolo.harness.Frr;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;

/** One of the two edge routers. Configured by one thread at a time, asked by any. */
final class EdgeRouter {
    private static final Duration START = Duration.ofSeconds(20);
    private static final int MTU = 1_500;
    /** The kernel would hold on to a neighbor's address for up to a minute: the ARP table is to tell within seconds that nobody answers any more. */
    private static final String FORGETFUL = "cd /proc/sys/net/ipv4/neigh/DEV && echo 2000 >base_reachable_time_ms && echo 1 >delay_first_probe_time && echo 500 >retrans_time_ms";
    /** Room for VXLAN's 50 octets around a full packet, 70 over IPv6. */
    private static final int UNDERLAY_MTU = 1_600;

    private final Edge.Device device;
    private final FrrEdge.Place place;
    private final Frr frr;
    private final Daemon bfd;
    private final Map<Integer, Applied> applied = new TreeMap<>();
    private boolean drained;

    private EdgeRouter(Edge.Device device, FrrEdge.Place place, Frr frr, Daemon bfd) {
        this.device = device;
        this.place = place;
        this.frr = frr;
        this.bfd = bfd;
    }

    static EdgeRouter start(Edge.Device device, FrrEdge.Place place) {
        Namespace namespace = place.namespace();
        place.underlay().ifPresent(underlay -> {
            namespace.ip("link", "set", "dev", place.port(), "mtu", Integer.toString(UNDERLAY_MTU));
            if (!namespace.ip("-br", "addr", "show", "dev", place.port()).contains(underlay.local() + "/")) {
                namespace.address(place.port(), underlay.local() + "/24");
            }
        });
        Frr frr = Frr.start(namespace, EdgeConfiguration.base(device, place));
        return new EdgeRouter(device, place, frr, bfd(namespace));
    }

    /** BFD beside bgpd, on the same sockets; 300 ms and three times by FRR's own defaults, which are the cloud's. */
    private static Daemon bfd(Namespace namespace) {
        Path folder = RunFiles.BASE.resolve(namespace.name()).resolve("frr");
        RunFiles.write(folder.resolve("bfdd.conf"), "hostname " + namespace.name() + "\n");
        Command.run("chown", "frr:frr", folder.resolve("bfdd.conf").toString());
        Daemon daemon = Daemon.start("bfdd in " + namespace.name(), namespace, folder.resolve("bfdd.out"), Map.of(), List.of("/usr/lib/frr/bfdd", "-z", folder.resolve("zserv.api").toString(),
                "-i", folder.resolve("bfdd.pid").toString(), "-f", folder.resolve("bfdd.conf").toString(), "--vty_socket", folder.toString(), "--bfdctl", folder.resolve("bfdd.sock").toString()));
        Await.until(START, () -> "bfdd in " + namespace.name() + " answers; its output: " + Daemon.tail(folder.resolve("bfdd.out")),
                () -> Command.attempt("vtysh", "--vty_socket", folder.toString(), "-d", "bfdd", "-c", "show version").ok());
        return daemon;
    }

    List<Daemon> daemons() {
        List<Daemon> all = new ArrayList<>(frr.daemons());
        all.add(bfd);
        return all;
    }

    void apply(EdgeWish wish) {
        Map<Integer, Applied> wanted = new TreeMap<>();
        for (EdgeWish.Circuit circuit : wish.circuits()) {
            for (EdgeWish.Peering peering : circuit.peerings()) {
                if (wanted.put(peering.vlan(), new Applied(peering, circuit.maintenance(device))) != null) {
                    throw new IllegalStateException("two peerings want VLAN " + peering.vlan() + " on the " + device.word() + " device");
                }
            }
        }
        for (Applied old : List.copyOf(applied.values())) {
            Optional<Applied> now = Optional.ofNullable(wanted.get(old.peering().vlan()));
            if (now.map(each -> !each.peering().families().equals(old.peering().families()) || !sameSession(each.peering(), old.peering())).orElse(true)) {
                remove(old);
            }
        }
        boolean drain = wanted.values().stream().anyMatch(each -> each.maintenance() != EdgeWish.Maintenance.NONE);
        if (drain != drained) {
            frr.ask(EdgeConfiguration.drained(drain).toArray(String[]::new));
            drained = drain;
        }
        wanted.values().forEach(this::make);
    }

    /** Whether a change from one to the other can be made without ending the session. */
    private static boolean sameSession(EdgeWish.Peering one, EdgeWish.Peering other) {
        return one.name().equals(other.name()) && one.peerAsn() == other.peerAsn() && one.sharedKey().equals(other.sharedKey());
    }

    private void remove(Applied old) {
        frr.ask(EdgeConfiguration.removed(device, place, old.peering()).toArray(String[]::new));
        Command.attempt("ip", "-n", place.namespace().name(), "link", "delete", link(old.peering().vlan()));
        applied.remove(old.peering().vlan());
    }

    private void make(Applied wanted) {
        Optional<Applied> there = Optional.ofNullable(applied.get(wanted.peering().vlan()));
        if (there.equals(Optional.of(wanted))) {
            return;
        }
        frr.ask(EdgeConfiguration.made(device, place, wanted, there).toArray(String[]::new));
        if (there.isEmpty()) {
            // Behind the configuration, which arrives line by line: a customer that got through before its last line would meet half a neighbor.
            link(wanted.peering());
        }
        applied.put(wanted.peering().vlan(), wanted);
    }

    static String link(int vlan) {
        return "er." + vlan;
    }

    private void link(EdgeWish.Peering peering) {
        Namespace namespace = place.namespace();
        String name = link(peering.vlan());
        String tag = Integer.toString(peering.vlan());
        Command.attempt("ip", "-n", namespace.name(), "link", "delete", name);
        if (place.underlay().isPresent()) {
            FrrEdge.Underlay underlay = place.underlay().get();
            namespace.ip("link", "add", name, "type", "vxlan", "id", tag, "dev", place.port(), "local", underlay.local(), "remote", underlay.remote(), "dstport", Integer.toString(underlay.port()));
            namespace.ip("link", "set", "dev", name, "mtu", Integer.toString(MTU));
        } else {
            namespace.ip("link", "add", "link", place.port(), "name", name, "type", "vlan", "id", tag);
        }
        namespace.up(name);
        namespace.exec("sh", "-c", FORGETFUL.replace("DEV", name));
        peering.families().forEach(family -> namespace.address(name, family.ends().get(device).cloud() + "/" + family.bits()));
    }

    void silence(boolean silent) {
        for (int vlan : applied.keySet()) {
            if (silent) {
                place.namespace().down(link(vlan));
            } else {
                place.namespace().up(link(vlan));
            }
        }
    }

    String neighborMac(EdgeWish.Peering peering, String address) {
        for (JsonNode row : FrrEdge.json(place.namespace().ip("-j", "neigh", "show", "dev", link(peering.vlan())))) {
            if (row.path("dst").asText().equals(address) && row.has("lladdr")) {
                return row.path("lladdr").asText();
            }
        }
        return "Incomplete";
    }

    String ownMac(EdgeWish.Peering peering) {
        return FrrEdge.json(place.namespace().ip("-j", "link", "show", "dev", link(peering.vlan()))).path(0).path("address").asText();
    }

    Edge.Octets octets(EdgeWish.Peering peering) {
        JsonNode counters = FrrEdge.json(place.namespace().ip("-j", "-s", "link", "show", "dev", link(peering.vlan()))).path(0).path("stats64");
        return new Edge.Octets(counters.path("rx").path("bytes").asLong(), counters.path("tx").path("bytes").asLong());
    }

    private static String afi(EdgeWish.Family family) {
        return family.ipv4() ? "ipv4" : "ipv6";
    }

    /** What the customer has announced, as the router took it. */
    List<Edge.Route> received(EdgeWish.Family family) {
        List<Edge.Route> rows = new ArrayList<>();
        JsonNode table = frr.json("show bgp " + afi(family) + " unicast neighbors " + family.ends().get(device).customer() + " routes json").path("routes");
        table.properties().forEach(route -> route.getValue().forEach(path -> rows.add(new Edge.Route(route.getKey(), path.at("/nexthops/0/ip").asText(),
                path.has("locPrf") ? path.path("locPrf").asText() : "", path.path("weight").asInt(), path.path("path").asText()))));
        return rows;
    }

    List<Edge.Neighbor> summary(EdgeWish.Peering peering) {
        List<Edge.Neighbor> rows = new ArrayList<>();
        for (EdgeWish.Family family : peering.families()) {
            String address = family.ends().get(device).customer();
            JsonNode neighbor = frr.json("show bgp " + afi(family) + " unicast summary json").path("peers").path(address);
            boolean up = "Established".equals(neighbor.path("state").asText());
            rows.add(new Edge.Neighbor(address, 4, peering.peerAsn(), neighbor.path("peerUptime").asText("never"), up ? neighbor.path("pfxRcd").asText() : neighbor.path("state").asText("Idle")));
        }
        return rows;
    }

    void close() {
        bfd.stop();
        frr.stop();
    }
}
