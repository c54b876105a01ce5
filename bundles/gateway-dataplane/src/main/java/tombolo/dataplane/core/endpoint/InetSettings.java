package tombolo.dataplane.core.endpoint;

import java.util.Map;

/** The numbers of IPv4's interface settings (enum IPV4_DEVCONF_* of linux/ip.h), by the names of their files. Only those that take 0, 1 or 2. */
final class InetSettings {
    static final Map<String, Integer> NUMBERS = Map.of("forwarding", 1, "proxy_arp", 3, "accept_redirects", 4, "send_redirects", 6, "rp_filter", 8,
            "accept_source_route", 9, "proxy_arp_pvlan", 25, "route_localnet", 26);

    private InetSettings() { }
}
