package tombolo.api.route;

import java.util.Optional;
import tombolo.api.net.IpAddress;

/**
 * How an address is reached now.
 *
 * @param address   the address asked for
 * @param reachable whether a route leads there over an interface that has carrier
 * @param connected whether it lies in a subnet of an interface of ours (no gateway needed)
 * @param via       the immediate next hop with its interface; empty where not reachable
 * @param metric    the kernel metric of the route used: the interior cost of RFC 4271 §9.1.2.2 (e); 0 where connected
 */
public record NextHopState(IpAddress address, boolean reachable, boolean connected, Optional<NextHop> via, long metric) { }
