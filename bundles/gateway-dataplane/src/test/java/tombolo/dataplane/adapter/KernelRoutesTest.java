package tombolo.dataplane.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;
import tombolo.api.route.RouteChanges;
import tombolo.api.route.RouteFeed;
import tombolo.api.route.RouteFeedListener;
import tombolo.dataplane.adapter.RoutesLoop.RoutePolicy;
import tombolo.linux.adapter.LinuxNetlink;

/** Routes on their way into a real kernel, in a namespace of the test's own. */
class KernelRoutesTest {
    private static final RouteFeedListener DEAF = new RouteFeedListener() {
        @Override
        public void drained() {
        }

        @Override
        public void closed() {
        }
    };

    private final LinuxNetlink netlink = new LinuxNetlink();
    private Namespace space;
    private Dataplane dataplane;
    private RouteFeed bgp;

    @BeforeEach
    void open() {
        space = new Namespace();
        space.veth("a0", "a1", "192.0.2.1/24", "2001:db8::1/64");
        space.veth("b0", "b1", "198.51.100.1/24", "2001:db8:1::1/64");
        start();
    }

    private void start() {
        dataplane = new Dataplane(netlink, new RoutePolicy(254, 20, 10, Optional.of(space.path())));
        bgp = dataplane.routes().open("bgp", 20, DEAF);
    }

    private void restart() {
        dataplane.close();
        start();
    }

    @AfterEach
    void close() {
        dataplane.close();
        netlink.close();
        space.close();
    }

    @Test
    void offeredRoutesAreInTheKernelWithOurProtocolAndMetric() {
        bgp.define(1, List.of(NextHop.via(IpAddress.parse("192.0.2.2"))));
        offer(1, "203.0.113.0/24", "10.0.0.0/8");
        Eventually.equal(List.of("10.0.0.0/8 via 192.0.2.2 dev a0 metric 20", "203.0.113.0/24 via 192.0.2.2 dev a0 metric 20"), space::ours);
        offer(RouteChanges.WITHDRAW, "10.0.0.0/8");
        Eventually.equal(List.of("203.0.113.0/24 via 192.0.2.2 dev a0 metric 20"), space::ours);
    }

    private void offer(int id, String... prefixes) {
        for (AddressFamily family : AddressFamily.values()) {
            List<Prefix> these = new ArrayList<>();
            for (String text : prefixes) {
                Prefix prefix = Prefix.parse(text);
                if (prefix.family() == family) {
                    these.add(prefix);
                }
            }
            if (!these.isEmpty()) {
                RouteChanges changes = new RouteChanges(family, these.size());
                these.forEach(prefix -> changes.add(prefix.address().hi(), prefix.address().lo(), prefix.length(), id));
                assertTrue(bgp.offer(changes));
            }
        }
    }
}
