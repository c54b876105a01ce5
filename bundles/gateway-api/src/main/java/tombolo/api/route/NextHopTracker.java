package tombolo.api.route;

import java.util.Collection;
import tombolo.api.net.IpAddress;

/**
 * Tells whether and how addresses are reached by the kernel's routes that are not learned by BGP (connected, static, foreign): a service of
 * gateway-dataplane. BGP resolves its next hops with it (RFC 4271 §9.1.2.1).
 */
public interface NextHopTracker {
    /** Watches the addresses of one owner, replacing those watched before; the listener is told the state of each at once and after each change. At most 65,536. */
    void watch(String owner, Collection<IpAddress> addresses, NextHopListener listener);

    void unwatch(String owner);
}
