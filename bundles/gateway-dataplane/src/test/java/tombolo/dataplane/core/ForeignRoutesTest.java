package tombolo.dataplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    /** What the kernel says nothing of. */
    @Test
    void whatLedThroughAnInterfaceAloneGoesWithItAndWhatHasOtherWaysMustBeAskedFor() {
        ForeignRoutes routes = new ForeignRoutes();
        routes.add(route("10.0.0.0/8", 2), false);
        routes.add(route("10.65.0.1/32", 7), false);
        routes.add(route("10.65.0.2/32", 8), false);
        assertTrue(routes.interfacesGone(Set.of(7, 9)));
        assertEquals(2, routes.size());
        RouteMessage.Hop one = new RouteMessage.Hop(Optional.of(IpAddress.parse("192.0.2.1")), 2, 0, 1);
        RouteMessage.Hop other = new RouteMessage.Hop(Optional.of(IpAddress.parse("198.51.100.1")), 8, 0, 1);
        routes.add(new ForeignRoutes.Route(Prefix.parse("0.0.0.0/0"), 254, 2, Rtnetlink.RTN_UNICAST, 0, List.of(one, other)), false);
        assertFalse(routes.interfacesGone(Set.of(8)));
        assertEquals(2, routes.size());
    }
}
