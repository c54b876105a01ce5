package tombolo.dataplane.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.Settings;
import tombolo.api.config.StaticRouteSettings;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;
import tombolo.linux.adapter.LinuxNetlink;

/** The data plane as its bundle runs it: services and settings come, change and go. */
class DataplaneRunnerTest {
    private static final BgpSettings BGP = new BgpSettings(Optional.empty(), Optional.empty(), List.of(), 179, 1, 1, false, false, true, 100, 120, 120,
            Optional.empty(), 8_000_000);
    private final LinuxNetlink netlink = new LinuxNetlink();
    private final List<String> published = new CopyOnWriteArrayList<>();
    private Namespace space;
    private DataplaneRunner runner;

    @BeforeEach
    void open(@TempDir Path sysctls) {
        space = new Namespace();
        space.veth("a0", "a1", "192.0.2.1/24");
        space.veth("b0", "b1");
        runner = new DataplaneRunner(Optional.of(space.path()), new Forwarding(sysctls), dataplane -> {
            published.add("up");
            return () -> published.add("down");
        });
    }

    @AfterEach
    void close() {
        runner.close();
        netlink.close();
        space.close();
    }

    @Test
    void staticRoutesFollowTheSettingsWhateverComesFirst() {
        runner.settings(settings(254, 10, Map.of("one", "10.1.0.0/16", "two", "10.2.0.0/16")));
        runner.netlink(netlink);
        Eventually.equal(List.of("10.1.0.0/16 via 192.0.2.9 dev a0 metric 10", "10.2.0.0/16 via 192.0.2.9 dev a0 metric 10"), space::ours);
        runner.settings(settings(254, 10, Map.of("two", "10.22.0.0/16")));
        Eventually.equal(List.of("10.22.0.0/16 via 192.0.2.9 dev a0 metric 10"), space::ours);
        assertEquals(List.of("up"), published);
    }

    @Test
    void anotherMetricOrTableMovesTheRoutes() {
        runner.netlink(netlink);
        runner.settings(settings(254, 10, Map.of("one", "10.1.0.0/16")));
        Eventually.equal(List.of("10.1.0.0/16 via 192.0.2.9 dev a0 metric 10"), space::ours);
        runner.settings(settings(254, 11, Map.of("one", "10.1.0.0/16")));
        Eventually.equal(List.of("10.1.0.0/16 via 192.0.2.9 dev a0 metric 11"), space::ours);
        runner.settings(settings(500, 11, Map.of("one", "10.1.0.0/16")));
        Eventually.equal(List.of(), space::ours);
        Eventually.equal("10.1.0.0/16 via 192.0.2.9 dev a0 proto 201 metric 11", () -> space.ip("route show table all").lines().filter(line -> line.contains("table 500"))
                .map(line -> line.replace(" table 500", "").strip()).findFirst().orElse("")); // a table that does not exist yet cannot be asked for by itself
        assertEquals(List.of("up", "down", "up", "down", "up"), published);
    }

    @Test
    void routesStayWhenNetlinkOrTheBundleGoesAndTheNextStartAdoptsThem() {
        runner.netlink(netlink);
        runner.settings(settings(254, 10, Map.of("one", "10.1.0.0/16")));
        Eventually.equal(1, () -> space.ours().size());
        runner.netlinkGone(netlink);
        Eventually.equal(List.of("up", "down"), () -> List.copyOf(published));
        assertEquals(1, space.ours().size());
        runner.netlink(netlink);
        Eventually.equal(List.of("up", "down", "up"), () -> List.copyOf(published));
        runner.close();
        assertEquals(1, space.ours().size());
        assertEquals(List.of("up", "down", "up", "down"), published);
    }

    @Test
    void aGatewayWhoseSubnetMovesToAnotherInterfaceTakesTheRouteAlong() {
        runner.netlink(netlink);
        runner.settings(settings(254, 10, Map.of("one", "10.1.0.0/16")));
        Eventually.equal(List.of("10.1.0.0/16 via 192.0.2.9 dev a0 metric 10"), space::ours);
        space.ip("addr del 192.0.2.1/24 dev a0");
        space.ip("addr add 192.0.2.1/24 dev b0");
        Eventually.equal(List.of("10.1.0.0/16 via 192.0.2.9 dev b0 metric 10"), space::ours);
    }

    @Test
    void aNetlinkThatRefusesIsNoEnd() {
        Netlink refusing = options -> {
            throw new tombolo.api.kernel.KernelException("opening a netlink socket", 1);
        };
        runner.netlink(refusing);
        runner.settings(settings(254, 10, Map.of("one", "10.1.0.0/16")));
        runner.netlinkGone(refusing);
        runner.netlink(netlink);
        Eventually.equal(1, () -> space.ours().size());
        assertEquals(List.of("up"), published);
    }

    private static Settings settings(long table, long staticMetric, Map<String, String> statics) {
        Map<String, StaticRouteSettings> routes = new TreeMap<>();
        statics.forEach((name, prefix) -> routes.put(name, new StaticRouteSettings(name, Prefix.parse(prefix), List.of(NextHop.via(IpAddress.parse("192.0.2.9"))), false,
                Optional.empty(), Optional.empty())));
        return new Settings(new NodeSettings("test", table, 20, staticMetric, true, List.of()), BGP, Map.of(), Map.of(), Map.of(), routes);
    }
}
