package tombolo.azure.simulator.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.harness.Daemon;
import tombolo.harness.Namespace;

/**
 * Two FRR routers of AS 12076, each in a namespace with a cable to the customer. A peering's interface, addresses, sessions and filters come and go with the wish;
 * what has not changed is not touched, so that a change of one peering leaves the sessions of the others alone.
 *
 * <p>The namespaces and cables are made and removed by whoever starts this; the daemons are stopped by {@link #close}.
 */
public final class FrrEdge implements Edge {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * The cable's own addresses, where VXLAN stands for VLAN tags: the VNI is the VLAN id, so that a wrong tag still breaks the link. The customer's side is the
     * mirror image.
     *
     * @param port UDP destination; one of its own for each cable of the customer's namespace, where the kernel takes a VNI once for each port
     */
    public record Underlay(String local, String remote, int port) { }

    /**
     * Where one router is.
     *
     * @param port the customer's cable, up
     * @param underlay empty where the kernel has 802.1Q
     * @param networkRouters addresses of the virtual networks' router (AS 65515), which tells their prefixes and is told the customer's; none: the router announces
     *     the prefixes itself, and leads nowhere
     */
    public record Place(Namespace namespace, String port, Optional<Underlay> underlay, List<String> networkRouters) {
        public Place {
            networkRouters = List.copyOf(networkRouters);
        }
    }

    private final Map<Device, EdgeRouter> routers = new EnumMap<>(Device.class);
    private volatile EdgeWish wish = EdgeWish.NOTHING;

    private FrrEdge(Map<Device, Place> places) {
        places.forEach((device, place) -> routers.put(device, EdgeRouter.start(device, place)));
    }

    /** Starts the daemons on both places; returns when they answer. */
    public static FrrEdge start(Map<Device, Place> places) {
        return new FrrEdge(places);
    }

    /** Every daemon, for whoever notes them. */
    public List<Daemon> daemons() {
        return routers.values().stream().flatMap(router -> router.daemons().stream()).toList();
    }

    @Override
    public void silence(Device device, boolean silent) {
        router(device).silence(silent);
    }

    private EdgeRouter router(Device device) {
        return Optional.ofNullable(routers.get(device)).orElseThrow(() -> new IllegalStateException("no router is the " + device.word() + " device"));
    }

    @Override
    public void apply(EdgeWish wanted) {
        for (EdgeRouter router : routers.values()) {
            router.apply(wanted);
        }
        wish = wanted;
    }

    private Optional<EdgeWish.Peering> peering(Port port) {
        return wish.circuits().stream().filter(circuit -> circuit.serviceKey().equals(port.serviceKey())).flatMap(circuit -> circuit.peerings().stream())
                .filter(peering -> peering.name().equals(port.peering())).findFirst();
    }

    @Override
    public List<Arp> arp(Port port) {
        List<Arp> rows = new ArrayList<>();
        peering(port).ifPresent(peering -> peering.families().stream().filter(EdgeWish.Family::ipv4).forEach(family -> {
            EdgeWish.Ends ends = family.ends().get(port.device());
            rows.add(new Arp(0, "On-Prem", ends.customer(), dotted(router(port.device()).neighborMac(peering, ends.customer()))));
            rows.add(new Arp(0, "Microsoft", ends.cloud(), dotted(router(port.device()).ownMac(peering))));
        }));
        return rows;
    }

    /** {@code 0123.4567.89ab}; itself where it is no MAC address. */
    private static String dotted(String mac) {
        return mac.matches("([0-9a-f]{2}:){5}[0-9a-f]{2}") ? mac.replace(":", "").replaceAll("(.{4})(.{4})(.{4})", "$1.$2.$3") : mac;
    }

    @Override
    public List<Route> routes(Port port) {
        List<Route> rows = new ArrayList<>();
        peering(port).ifPresent(peering -> {
            peering.announced().forEach(each -> rows.add(new Route(each.prefix(), "0.0.0.0", "", 32_768, "65515")));
            peering.families().forEach(family -> rows.addAll(router(port.device()).received(family)));
        });
        return rows;
    }

    @Override
    public List<Neighbor> summary(Port port) {
        return peering(port).map(peering -> router(port.device()).summary(peering)).orElse(List.of());
    }

    @Override
    public Octets octets(Port port) {
        return peering(port).map(peering -> router(port.device()).octets(peering)).orElse(new Octets(0, 0));
    }

    /** What {@code ip -j} wrote. */
    static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text.isBlank() ? "[]" : text);
        } catch (IOException broken) {
            throw new UncheckedIOException("not JSON: " + text, broken);
        }
    }

    @Override
    public void close() {
        routers.values().forEach(EdgeRouter::close);
    }
}
