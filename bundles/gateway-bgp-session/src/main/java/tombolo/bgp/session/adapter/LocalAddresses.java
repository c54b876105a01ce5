package tombolo.bgp.session.adapter;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.Links;
import tombolo.api.net.IpAddress;

/** Our own addresses on the interface towards a peer: for next hops of the other family and for the link-local next hop (RFC 2545 §3). */
record LocalAddresses(Optional<IpAddress> linkLocal, Optional<IpAddress> global, Optional<IpAddress> ipv4) {
    /**
     * @param device  the interface, where known; else the one that has the local address
     * @param known   the node's interfaces; without them the JDK is asked
     */
    static LocalAddresses on(Optional<String> device, IpAddress local, @Nullable Links known) {
        List<IpAddress> addresses = known == null ? fromJdk(device, local) : known.links().stream()
                .filter(link -> device.map(link.name()::equals).orElseGet(() -> link.addresses().stream().anyMatch(each -> each.address().equals(local))))
                .flatMap(link -> link.addresses().stream()).map(Link.InterfaceAddress::address).toList();
        return new LocalAddresses(
                device.isEmpty() ? Optional.empty() : addresses.stream().filter(each -> !each.isIpv4() && each.isLinkLocal()).findFirst(),
                addresses.stream().filter(each -> !each.isIpv4() && !each.isLinkLocal() && !each.isLoopback()).findFirst(),
                addresses.stream().filter(each -> each.isIpv4() && !each.isLoopback()).findFirst());
    }

    private static List<IpAddress> fromJdk(Optional<String> device, IpAddress local) {
        try {
            NetworkInterface found = device.isPresent() ? NetworkInterface.getByName(device.get()) : NetworkInterface.getByInetAddress(local.toInetAddress());
            List<IpAddress> addresses = new ArrayList<>();
            if (found != null) {
                Collections.list(found.getInetAddresses()).forEach(each -> addresses.add(IpAddress.of(each)));
            }
            return addresses;
        } catch (SocketException e) {
            return List.of(); // without an interface there is nothing to say
        }
    }
}
