package tombolo.azure.simulator.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An edge without routers: it answers as two healthy sessions would, with the customer's routes as a test has put them. For tests of ARM without namespaces.
 */
public final class PaperEdge implements Edge {
    private final Map<String, List<Route>> learned = new ConcurrentHashMap<>();
    private final Map<String, String> customerMacs = new ConcurrentHashMap<>();
    private final Set<Device> silent = ConcurrentHashMap.newKeySet();
    private volatile EdgeWish wish = EdgeWish.NOTHING;

    /** What the customer announces on a peering, to both devices. */
    public void customerAnnounces(String serviceKey, String peering, List<Route> routes) {
        learned.put(serviceKey + "/" + peering, List.copyOf(routes));
    }

    /** What ARP finds at the customer's end of a link: a MAC address, or {@code Incomplete}. */
    public void customerMac(Port port, String mac) {
        customerMacs.put(port.toString(), mac);
    }

    public EdgeWish wish() {
        return wish;
    }

    @Override
    public void apply(EdgeWish wanted) {
        wish = wanted;
    }

    private Optional<EdgeWish.Peering> peering(Port port) {
        return silent.contains(port.device()) ? Optional.empty() : wish.circuits().stream().filter(circuit -> circuit.serviceKey().equals(port.serviceKey()) && circuit.maintenance(port.device()) != EdgeWish.Maintenance.SHUTDOWN)
                .flatMap(circuit -> circuit.peerings().stream()).filter(peering -> peering.name().equals(port.peering())).findFirst();
    }

    @Override
    public List<Arp> arp(Port port) {
        List<Arp> rows = new ArrayList<>();
        peering(port).ifPresent(peering -> peering.families().stream().filter(EdgeWish.Family::ipv4).map(family -> family.ends().get(port.device())).forEach(ends -> {
            rows.add(new Arp(10, "On-Prem", ends.customer(), customerMacs.getOrDefault(port.toString(), "0200.5e10.0001")));
            rows.add(new Arp(0, "Microsoft", ends.cloud(), "0200.5e10.00fe"));
        }));
        return rows;
    }

    @Override
    public List<Route> routes(Port port) {
        List<Route> rows = new ArrayList<>();
        peering(port).ifPresent(peering -> {
            peering.announced().forEach(each -> rows.add(new Route(each.prefix(), "10.3.129.8", "", 0, "65515")));
            rows.addAll(learned.getOrDefault(port.serviceKey() + "/" + port.peering(), List.of()));
        });
        return rows;
    }

    @Override
    public List<Neighbor> summary(Port port) {
        List<Neighbor> rows = new ArrayList<>();
        int received = learned.getOrDefault(port.serviceKey() + "/" + port.peering(), List.of()).size();
        peering(port).ifPresent(peering -> peering.families().forEach(family ->
                rows.add(new Neighbor(family.ends().get(port.device()).customer(), 4, peering.peerAsn(), "1d02h", Integer.toString(received)))));
        return rows;
    }

    @Override
    public Octets octets(Port port) {
        return peering(port).isPresent() ? new Octets(1_000, 2_000) : new Octets(0, 0);
    }

    @Override
    public void silence(Device device, boolean now) {
        if (now) {
            silent.add(device);
        } else {
            silent.remove(device);
        }
    }

    @Override
    public void close() { }
}
