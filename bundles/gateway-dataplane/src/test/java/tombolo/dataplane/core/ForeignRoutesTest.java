package tombolo.dataplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** Routes of others, as next hops are looked up in them. */
class ForeignRoutesTest {
    private static ForeignRoutes.Route route(String prefix, int index) {
        return new ForeignRoutes.Route(Prefix.parse(prefix), 254, 2, Rtnetlink.RTN_UNICAST, 256, List.of(new RouteMessage.Hop(Optional.empty(), index, 0, 1)));
    }

    /** Every interface has both: kept, they would be gone through again with each of a thousand containers. */
    @Test
    void whatEveryLinkHasForItselfIsNotKept() {
        ForeignRoutes routes = new ForeignRoutes();
        for (int index = 2; index < 1_000; index++) {
            routes.add(route("fe80::/64", index), false);
            routes.add(route("fe80::" + index + "/128", index), false);
            routes.add(route("ff00::/8", index), false);
        }
        assertEquals(0, routes.size());
        routes.remove(route("ff00::/8", 2));
        routes.add(route("2001:db8::/64", 2), false);
        routes.add(route("::/0", 2), false);
        routes.add(route("169.254.0.0/16", 2), false);
        assertEquals(3, routes.size());
    }

    @Test
    void aNextHopOfSeveralLeavesAndTheOthersStay() {
        ForeignRoutes routes = new ForeignRoutes();
        Prefix prefix = Prefix.parse("2001:db8::/64");
        RouteMessage.Hop first = new RouteMessage.Hop(Optional.of(IpAddress.parse("2001:db8:1::1")), 2, 0, 1);
        RouteMessage.Hop second = new RouteMessage.Hop(Optional.of(IpAddress.parse("2001:db8:2::1")), 3, 0, 7);
        routes.add(new ForeignRoutes.Route(prefix, 254, 2, Rtnetlink.RTN_UNICAST, 256, List.of(first)), false);
        routes.add(new ForeignRoutes.Route(prefix, 254, 2, Rtnetlink.RTN_UNICAST, 256, List.of(first, second)), false);
        assertEquals(1, routes.size());
        routes.remove(new ForeignRoutes.Route(prefix, 254, 2, Rtnetlink.RTN_UNICAST, 256, List.of(first)));
        assertEquals(1, routes.size());
        routes.remove(new ForeignRoutes.Route(prefix, 254, 2, Rtnetlink.RTN_UNICAST, 256, List.of(new RouteMessage.Hop(second.gateway(), 3, 0, 1))));
        assertEquals(0, routes.size());
    }
}
