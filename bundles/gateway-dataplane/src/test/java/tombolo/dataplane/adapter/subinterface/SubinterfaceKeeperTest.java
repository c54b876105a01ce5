package tombolo.dataplane.adapter.subinterface;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.dataplane.adapter.nftables.Space.eventually;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.net.IpAddress;
import tombolo.api.subinterface.Subinterface;
import tombolo.api.subinterface.Subinterface.Encapsulation;
import tombolo.api.subinterface.Subinterfaces.State;
import tombolo.dataplane.adapter.Dataplane;
import tombolo.dataplane.adapter.RoutesLoop.RoutePolicy;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.dataplane.adapter.nftables.Space;
import tombolo.linux.adapter.LinuxNetlink;

/** In a real kernel: this node has a cable eth1 to a namespace that plays the edge. */
class SubinterfaceKeeperTest {
    private static final String OWNER = "er-1";
    private final LinuxNetlink netlink = new LinuxNetlink();
    private Space here;
    private Namespace edge;
    private Dataplane dataplane;
    private NftablesWriter writer;
    private SubinterfaceKeeper keeper;

    @BeforeEach
    void start() {
        here = new Space();
        edge = new Namespace();
        here.ip("link add eth1 type veth peer name eth1 netns " + edge.name());
        here.ip("addr add 192.0.2.1/24 dev eth1");
        here.ip("link set eth1 up");
        edge.ip("addr add 192.0.2.2/24 dev eth1");
        edge.ip("link set eth1 up");
        edge.ip("link add name er.100 type vxlan id 100 dev eth1 local 192.0.2.2 remote 192.0.2.1 dstport 4790");
        edge.ip("addr add 172.16.0.2/30 dev er.100");
        edge.ip("-6 addr add fd00:1::2/126 dev er.100 nodad");
        edge.ip("link set er.100 up");
        dataplane = new Dataplane(netlink, new RoutePolicy(254, 20, 10, Optional.of(here.path())));
        writer = new NftablesWriter(netlink, Optional.of(here.path()));
        keep();
    }

    private void keep() {
        keeper = new SubinterfaceKeeper(Optional.of(here.path()));
        keeper.netlinkCame(netlink);
        keeper.nftablesCame(writer);
        dataplane.links().add(keeper);
    }

    @AfterEach
    void stop() {
        if (keeper != null) {
            keeper.close();
            writer.close();
            dataplane.close();
        }
        if (edge != null) {
            edge.close();
        }
        if (here != null) {
            here.close();
        }
    }

    private static Subinterface link(String name, String parent, int vni, int mtu, OptionalInt mss, String... addresses) {
        return new Subinterface(name, new Encapsulation.Vxlan(parent, vni, Optional.empty(), IpAddress.parse("192.0.2.2"), 4790), mtu, Arrays.stream(addresses).map(text -> text.split("/"))
                .map(halves -> new InterfaceAddress(IpAddress.parse(halves[0]), Integer.parseInt(halves[1]))).toList(), mss);
    }

    private static Subinterface link(String... addresses) {
        return link("er-1-p100", "eth1", 100, 1_450, OptionalInt.empty(), addresses);
    }

    private void asWanted() {
        eventually("all as wanted", () -> {
            List<State> states = keeper.states(OWNER);
            return !states.isEmpty() && states.stream().allMatch(state -> state.differences().isEmpty() && state.refusal().isEmpty());
        });
    }

    private String seen(String name) {
        try {
            return here.ip("-d link show " + name) + here.ip("addr show " + name);
        } catch (IllegalStateException _) {
            return ""; // there is none at this moment
        }
    }

    private boolean there(String name) {
        return here.ip("-o link show").contains(name + ":") || here.ip("-o link show").contains(name + "@");
    }

    private void ping(String address) {
        Namespace.run(List.of("ip", "netns", "exec", here.name(), "ping", "-c", "1", "-w", "10", address));
    }

    @Test
    void anInterfaceIsMadeMarkedAndCarriesPacketsOfBothFamilies() {
        keeper.offer(OWNER, List.of(link("172.16.0.1/30", "fd00:1::1/126")));
        asWanted();
        String text = seen("er-1-p100");
        for (String part : List.of("vxlan id 100", "mtu 1450", "alias tombolo er-1", "172.16.0.1/30", "fd00:1::1/126", "dstport 4790")) {
            assertTrue(text.contains(part), part + " in " + text);
        }
        ping("172.16.0.2");
        ping("fd00:1::2");
    }

    @Test
    void whatAnotherProgramChangesIsMendedAndTold() {
        keeper.offer(OWNER, List.of(link("172.16.0.1/30")));
        asWanted();
        here.ip("addr del 172.16.0.1/30 dev er-1-p100");
        here.ip("addr add 10.9.9.9/24 dev er-1-p100");
        here.ip("link set er-1-p100 down");
        eventually("mended", () -> seen("er-1-p100").contains("172.16.0.1/30") && !seen("er-1-p100").contains("10.9.9.9") && seen("er-1-p100").contains(",UP"));
        here.ip("link delete er-1-p100");
        eventually("made again", () -> there("er-1-p100"));
        asWanted();
        ping("172.16.0.2");
    }

    @Test
    void whatIsNotWantedAnyMoreGoesAndAForeignInterfaceStays() {
        here.ip("link add name er-1-p300 type vxlan id 300 dev eth1 remote 192.0.2.2 dstport 4790");
        keeper.offer(OWNER, List.of(link("172.16.0.1/30"), link("er-1-p200", "eth1", 200, 1_450, OptionalInt.empty(), "172.16.1.1/30")));
        asWanted();
        keeper.offer("er-2", List.of(link("er-2-p400", "eth1", 400, 1_450, OptionalInt.empty(), "172.16.2.1/30")));
        keeper.offer(OWNER, List.of(link("172.16.0.1/30")));
        eventually("removed", () -> !there("er-1-p200") && there("er-2-p400"));
        assertTrue(there("er-1-p300") && there("er-1-p100"));
        keeper.offer(OWNER, List.of());
        eventually("all of the owner's are removed", () -> !there("er-1-p100"));
        assertTrue(there("er-1-p300") && there("er-2-p400"), here.ip("-o link show"));
    }

    @Test
    void anInterfaceOfThatNameThatSomebodyElseMadeIsLeftAloneAndSaid() {
        here.ip("link add er-1-p100 type bridge");
        here.ip("addr add 10.1.1.1/24 dev er-1-p100");
        keeper.offer(OWNER, List.of(link("172.16.0.1/30")));
        eventually("refused", () -> keeper.states(OWNER).getFirst().refusal().filter(text -> text.startsWith("TMB-LNK-011")).isPresent());
        assertTrue(seen("er-1-p100").contains("10.1.1.1/24") && !seen("er-1-p100").contains("172.16.0.1"));
        here.ip("link delete er-1-p100");
        asWanted();
    }

    @Test
    void anotherTagReplacesTheInterfaceAndAnotherAddressOrMtuDoesNot() {
        keeper.offer(OWNER, List.of(link("172.16.0.1/30")));
        asWanted();
        String index = here.ip("-o link show er-1-p100").split(":")[0];
        keeper.offer(OWNER, List.of(link("er-1-p100", "eth1", 100, 1_400, OptionalInt.empty(), "172.16.0.5/30")));
        eventually("changed", () -> seen("er-1-p100").contains("mtu 1400") && seen("er-1-p100").contains("172.16.0.5/30") && !seen("er-1-p100").contains("172.16.0.1/30"));
        assertEquals(index, here.ip("-o link show er-1-p100").split(":")[0]);
        keeper.offer(OWNER, List.of(link("er-1-p100", "eth1", 101, 1_400, OptionalInt.empty(), "172.16.0.5/30")));
        eventually("replaced", () -> there("er-1-p100") && seen("er-1-p100").contains("vxlan id 101"));
        asWanted();
    }

    @Test
    void aSuccessorFindsTheInterfaceAndDisturbsNothing() {
        keeper.offer(OWNER, List.of(link("172.16.0.1/30")));
        asWanted();
        String index = here.ip("-o link show er-1-p100").split(":")[0];
        keeper.close();
        assertTrue(there("er-1-p100"));
        keep();
        assertEquals(List.of(), keeper.states(OWNER), "nobody has spoken");
        ping("172.16.0.2");
        keeper.offer(OWNER, List.of(link("172.16.0.1/30")));
        asWanted();
        assertEquals(index, here.ip("-o link show er-1-p100").split(":")[0]);
    }

    @Test
    void aPortThatIsNotThereIsSaidAndTheInterfaceIsMadeWhenItComes() {
        keeper.offer(OWNER, List.of(link("er-1-p100", "eth9", 100, 1_450, OptionalInt.empty(), "172.16.0.1/30")));
        eventually("refused", () -> keeper.states(OWNER).getFirst().refusal().filter(text -> text.startsWith("TMB-LNK-010") && text.contains("eth9")).isPresent());
        here.ip("link add eth9 type bridge");
        eventually("waits for the port", () -> keeper.states(OWNER).getFirst().differences().isEmpty() || keeper.states(OWNER).getFirst().refusal().filter(text -> text.contains("eth9")).isPresent());
        here.ip("link set eth9 up");
        asWanted();
    }

    /** This kernel may or may not have 802.1Q: either there is an interface with two tags, or it is said what is missing. */
    @Test
    void twoTagsAreTwoInterfacesWhereTheKernelHasThem() {
        Subinterface outer = new Subinterface("er-1-po30", new Encapsulation.Vlan("eth1", Subinterface.Protocol.DOT1AD, 30), 1_500, List.of(), OptionalInt.empty());
        Subinterface inner = new Subinterface("er-1-p100", new Encapsulation.Vlan("er-1-po30", Subinterface.Protocol.DOT1Q, 100), 1_500,
                List.of(new InterfaceAddress(IpAddress.parse("172.16.0.1"), 30)), OptionalInt.empty());
        keeper.offer(OWNER, List.of(outer, inner));
        eventually("made, or refused", () -> keeper.states(OWNER).stream().allMatch(state -> state.differences().isEmpty())
                || keeper.states(OWNER).getFirst().refusal().filter(text -> text.startsWith("TMB-LNK-013 this kernel has no 802.1Q")).isPresent()
                && keeper.states(OWNER).getLast().refusal().filter(text -> text.startsWith("TMB-LNK-010")).isPresent());
        if (there("er-1-po30")) {
            String text = here.ip("-d link show er-1-po30") + seen("er-1-p100");
            assertTrue(text.contains("protocol 802.1ad id 30") && text.contains("protocol 802.1Q id 100") && text.contains("172.16.0.1/30"), text);
        }
    }

    @Test
    void segmentsOfTcpAreLoweredByRulesThatGoWithTheWish() {
        keeper.offer(OWNER, List.of(link("er-1-p100", "eth1", 100, 1_450, OptionalInt.of(1_350), "172.16.0.1/30", "fd00:1::1/126")));
        asWanted();
        eventually("rules", () -> rules().contains("iifname \"er-1-p100\"") && rules().contains("oifname \"er-1-p100\""));
        assertTrue(rules().contains("tcp option maxseg size set 1350") && rules().contains("tcp option maxseg size set 1330"), rules());
        keeper.offer(OWNER, List.of(link("er-1-p100", "eth1", 100, 1_450, OptionalInt.empty(), "172.16.0.1/30", "fd00:1::1/126")));
        eventually("no rules", () -> !rules().contains("maxseg"));
    }

    private String rules() {
        try {
            return here.list();
        } catch (IllegalStateException _) {
            return ""; // there is no table
        }
    }

    @Test
    void whoeverIsNoOwnerOrWantsTooMuchIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> keeper.offer("a b", List.of()));
        assertThrows(IllegalArgumentException.class, () -> keeper.offer(OWNER, java.util.stream.IntStream.range(0, 65).mapToObj(i -> link("x" + i, "eth1", 1 + i, 1_450, OptionalInt.empty())).toList()));
        assertThrows(IllegalArgumentException.class, () -> link("sixteen-letters-", "eth1", 1, 1_450, OptionalInt.empty()));
        assertThrows(IllegalArgumentException.class, () -> link("x", "eth1", 1 << 24, 1_450, OptionalInt.empty()));
        assertFalse(there("x"));
    }
}
