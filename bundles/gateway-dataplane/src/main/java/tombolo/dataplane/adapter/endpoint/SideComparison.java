package tombolo.dataplane.adapter.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.endpoint.EndpointPlan.Route;
import tombolo.api.endpoint.EndpointPlan.Side;
import tombolo.api.kernel.Namespaces;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.NeighbourMessage;
import tombolo.dataplane.core.endpoint.EndpointAnswers.SeenLink;
import tombolo.dataplane.core.endpoint.EndpointAnswers.SeenRoute;
import tombolo.dataplane.core.endpoint.EndpointAnswers;
import tombolo.dataplane.core.endpoint.EndpointMessages;

/** One end of a pair as it should be against what the kernel has, in words. Any thread; the socket is the caller's. */
final class SideComparison {
    private final Namespaces namespaces;

    SideComparison(Namespaces namespaces) {
        this.namespaces = namespaces;
    }

    /** @param found where a line goes for each thing that differs */
    void compare(Exchange exchange, Optional<String> netns, Side wanted, String where, List<String> found) {
        String name = wanted.interfaceName();
        Optional<SeenLink> there = KernelEndpoints.link(exchange, name, false);
        if (there.isEmpty()) {
            found.add(where + ": interface " + name + " is not there");
            return;
        }
        SeenLink link = there.get();
        wanted.mac().filter(mac -> !link.mac().equals(Optional.of(mac))).ifPresent(mac ->
                found.add(where + ": " + name + " has hardware address " + link.mac().map(Object::toString).orElse("none") + ", wanted " + mac));
        if (link.mtu() != wanted.mtu()) {
            found.add(where + ": " + name + " has MTU " + link.mtu() + ", wanted " + wanted.mtu());
        }
        if (!link.up()) {
            found.add(where + ": " + name + " is down");
        }
        Map<String, String> settings = namespaces.readSettings(netns, wanted.settings().keySet());
        wanted.settings().forEach((path, value) -> {
            String seen = settings.get(path);
            if (seen != null && !seen.equals(value)) {
                found.add(where + ": " + path + " is " + seen + ", wanted " + value);
            }
        });
        List<Object> addresses = new ArrayList<>();
        LinkMessage.dumpAddresses(exchange.writer(), exchange.next(), link.index());
        exchange.dump(reader -> LinkMessage.parseAddress(reader).ifPresent(seen -> addresses.add(seen.onInterface())));
        wanted.addresses().stream().filter(address -> !addresses.contains(address))
                .forEach(address -> found.add(where + ": " + name + " lacks the address " + address.address() + "/" + address.prefixLength()));
        boolean shared = where.equals("container"); // another interface of the container may have had it first
        wanted.routes().stream().filter(route -> !isThere(exchange, route, link.index(), shared)).forEach(route ->
                found.add(where + ": the route " + KernelEndpoints.text(route) + " over " + name + " is missing"));
        List<EndpointAnswers.SeenNeighbour> neighbours = new ArrayList<>();
        NeighbourMessage.dump(exchange.writer(), exchange.next(), link.index());
        exchange.dump(reader -> EndpointAnswers.neighbour(reader).ifPresent(neighbours::add));
        wanted.neighbours().stream().filter(one -> !neighbours.contains(new EndpointAnswers.SeenNeighbour(one, true))).forEach(one ->
                found.add(where + ": " + name + " does not know for good that " + one.address() + " is at " + one.mac()));
    }

    private static boolean isThere(Exchange exchange, Route route, int index, boolean shared) {
        if (route.destination().length() == route.destination().family().bits()) {
            // The host's table may hold a million routes: one is looked up, not all read.
            return KernelEndpoints.lookUp(exchange, route.destination().address()).filter(seen -> matches(route, seen, index, shared)).isPresent();
        }
        List<SeenRoute> seen = new ArrayList<>();
        EndpointMessages.dumpRoutes(exchange.writer(), exchange.next(), route.destination().family(), shared ? 0 : index);
        exchange.dump(reader -> EndpointAnswers.route(reader).ifPresent(seen::add));
        return seen.stream().anyMatch(one -> matches(route, one, index, shared));
    }

    private static boolean matches(Route wanted, SeenRoute seen, int index, boolean shared) {
        return seen.destination().equals(wanted.destination()) && seen.gateway().equals(wanted.gateway()) && (shared || seen.interfaceIndex() == index);
    }
}
