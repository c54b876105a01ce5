package tombolo.api.route;

import java.util.Collection;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * Tells whether and how addresses are reached by the kernel's routes that are not learned by BGP (connected, static, foreign): a service of
 * gateway-dataplane. BGP resolves its next hops with it (RFC 4271 §9.1.2.1).
 */
public interface NextHopTracker {
    /** Watches the addresses of one owner, replacing those watched before; the listener is told the state of each at once and after each change. At most 65,536. */
    void watch(String owner, Collection<IpAddress> addresses, NextHopListener listener);

    /**
     * Watches for one owner whether there is a route for exactly each prefix, over an interface that has carrier or one that drops packets; the listener is
     * told once the routes are known and after each change. Replaces what the owner watched before. At most 65,536.
     */
    void watchRoutes(String owner, Collection<Prefix> prefixes, RoutePresenceListener listener);

    /** Ends both kinds of watching. */
    void unwatch(String owner);
}
