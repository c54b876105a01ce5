package tombolo.azure.expressroute.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tombolo.api.config.CircuitSettings;
import tombolo.api.json.Json;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;
import tombolo.azure.expressroute.core.Doctor.Link;
import tombolo.azure.expressroute.core.Doctor.Patient;
import tombolo.azure.expressroute.core.EdgeTables.Arp;
import tombolo.azure.expressroute.core.EdgeTables.Route;
import tombolo.azure.expressroute.core.Finding.Verdict;
import tombolo.azure.expressroute.core.NodeView.Address;
import tombolo.azure.expressroute.core.NodeView.Port;
import tombolo.azure.expressroute.core.NodeView.Sent;
import tombolo.azure.expressroute.core.NodeView.Session;
import tombolo.azure.expressroute.core.NodeView.Watch;

/** A circuit that is well, and each of the usual troubles put into it, on the side where it arises. */
class DoctorTest {
    /** Everything that can be made ill. */
    private static final class Ward {
        CircuitSettings wanted = Circuits.with(Circuits.wanted("er-1"), Optional.of(Circuits.privatePeering()), Optional.of(Circuits.microsoft("12076:51004")), List.of());
        String providerState = "Provisioned";
        final Map<String, Json.Obj> peerings = new HashMap<>();
        String tier = "Standard";
        String family = "MeteredData";
        final Map<Kind, Map<Link, EdgeTables>> tables = new HashMap<>();
        final Map<IpAddress, Session> sessions = new HashMap<>();
        final Map<String, Port> ports = new HashMap<>();
        final Map<Prefix, String> elsewhere = new HashMap<>();
        boolean elsewhereKnown = true;
        final List<NetworkSeen> networks = new ArrayList<>();
        boolean exists = true;

        Ward() {
            peerings.put("private", Circuits.armPrivate());
            Json.Obj microsoft = Circuits.armPeering("MicrosoftPeering", 200, 3320, "203.0.113.0/30", "203.0.113.4/30");
            peerings.put("microsoft", microsoft.with("properties", ArmCircuits.properties(microsoft).with("microsoftPeeringConfig", Json.Obj.EMPTY
                    .with("advertisedPublicPrefixes", Json.Arr.texts(List.of("198.51.100.0/24"))).with("advertisedPublicPrefixesState", "Configured").with("routingRegistryName", "RIPENCC"))
                    .with("routeFilter", Json.Obj.of("id", new Json.Text("/f/er-1-filter")))));
            link(Kind.PRIVATE, Link.PRIMARY, "er-a.100", 100, "172.16.0.0/30", 65010, sent("10.1.0.0/16", 65010));
            link(Kind.PRIVATE, Link.SECONDARY, "er-b.100", 100, "172.16.0.4/30", 65010, sent("10.1.0.0/16", 65010));
            link(Kind.MICROSOFT, Link.PRIMARY, "er-a.200", 200, "203.0.113.0/30", 3320, sent("198.51.100.0/24", 3320));
            link(Kind.MICROSOFT, Link.SECONDARY, "er-b.200", 200, "203.0.113.4/30", 3320, sent("198.51.100.0/24", 3320));
        }

        static List<Sent> sent(String prefix, long... path) {
            return List.of(new Sent(Prefix.parse(prefix), java.util.Arrays.stream(path).boxed().toList()));
        }

        private void link(Kind kind, Link link, String port, int vlan, String subnet, long as, List<Sent> sent) {
            Prefix prefix = Prefix.parse(subnet);
            String ours = PeeringRules.ours(prefix).toString();
            ports.put(port, new Port(port, OptionalInt.of(vlan), true, true, 1_500, List.of(new Address(PeeringRules.ours(prefix), 30))));
            sessions.put(PeeringRules.microsofts(prefix), new Session("msee-" + port, true, "Established", "", new Asn(as), CircuitSettings.MICROSOFT, false, Optional.of(Watch.UP), OptionalInt.of(180),
                    Optional.of(sent), false));
            tables.computeIfAbsent(kind, _ -> new HashMap<>()).put(link, new EdgeTables(Optional.of(List.of(new Arp(1, "On-Prem", ours, "0200.0000.0001"),
                    new Arp(0, "Microsoft", PeeringRules.microsofts(prefix).toString(), "0200.0000.0002"))), Optional.of(List.of(new Route("10.1.0.0/16", ours, "", "0", "65010")))));
        }

        void peering(String name, UnaryOperator<Json.Obj> change) {
            peerings.computeIfPresent(name, (_, peering) -> peering.with("properties", change.apply(ArmCircuits.properties(peering))));
        }

        void session(String address, UnaryOperator<Session> change) {
            sessions.computeIfPresent(IpAddress.parse(address), (_, session) -> change.apply(session));
        }

        List<Finding> examined() {
            CircuitSnapshot.RouteFilterSeen filter = new CircuitSnapshot.RouteFilterSeen("/f/er-1-filter", true, List.of("12076:51004"), Optional.empty(), Json.Obj.EMPTY);
            Optional<CircuitSnapshot> seen = exists ? Optional.of(ArmCircuits.read(Circuits.arm("er-1", tier, family, 1_000, providerState, peerings.values().toArray(Json.Obj[]::new)), Optional.empty(),
                    List.of(), Map.of(), Optional.of(filter))) : Optional.empty();
            return Doctor.examine(new Patient(wanted, seen, tables, networks, new NodeView(Optional.of(sessions), Optional.of(new ArrayList<>(ports.values())), Optional.of(elsewhere).filter(_ -> elsewhereKnown))));
        }
    }

    private static Session up(Session s, boolean established) {
        return new Session(s.peer(), established, established ? "Established" : "Active", established ? "" : "no answer", s.localAs(), s.remoteAs(), s.md5(), s.bfd(), s.holdSeconds(), s.advertised(), s.limited());
    }

    private static Session as(Session s, long local, long remote) {
        return new Session(s.peer(), s.established(), s.state(), s.detail(), new Asn(local), new Asn(remote), s.md5(), s.bfd(), s.holdSeconds(), s.advertised(), s.limited());
    }

    private static Session md5(Session s, boolean md5) {
        return new Session(s.peer(), s.established(), s.state(), s.detail(), s.localAs(), s.remoteAs(), md5, s.bfd(), s.holdSeconds(), s.advertised(), s.limited());
    }

    private static Session bfd(Session s, Optional<Watch> bfd) {
        return new Session(s.peer(), s.established(), s.state(), s.detail(), s.localAs(), s.remoteAs(), s.md5(), bfd, s.holdSeconds(), s.advertised(), s.limited());
    }

    private static Session limited(Session s) {
        return new Session(s.peer(), s.established(), s.state(), s.detail(), s.localAs(), s.remoteAs(), s.md5(), s.bfd(), s.holdSeconds(), s.advertised(), true);
    }

    private static Session sends(Session s, List<Sent> sent) {
        return new Session(s.peer(), s.established(), s.state(), s.detail(), s.localAs(), s.remoteAs(), s.md5(), s.bfd(), s.holdSeconds(), Optional.of(sent), s.limited());
    }

    /** Exactly these are found, each as often as it is named; all else is well. */
    private static void found(Consumer<Ward> illness, String... pains) {
        Ward ward = new Ward();
        illness.accept(ward);
        List<Finding> bad = ward.examined().stream().filter(each -> each.verdict() != Verdict.GOOD).toList();
        assertEquals(List.of(pains).stream().sorted().toList(), bad.stream().map(each -> each.pain() + " " + each.verdict()).sorted().toList(), bad.toString());
        bad.stream().filter(each -> each.verdict() != Verdict.UNKNOWN).forEach(each -> assertTrue(!each.todo().isEmpty() && !each.azure().isEmpty() && !each.node().isEmpty(), each.toString()));
    }

    @Test
    void aCircuitThatIsWellHasNoFinding() {
        found(_ -> { });
    }

    @Test
    void pain1WhatOnlyOneLinkAdvertisesAndWhatOnlyOneEdgeHas() {
        found(ward -> ward.session("172.16.0.6", s -> sends(s, List.of())), "1 WARN");
        found(ward -> ward.tables.get(Kind.PRIVATE).put(Link.SECONDARY, new EdgeTables(ward.tables.get(Kind.PRIVATE).get(Link.SECONDARY).arp(), Optional.of(List.of()))), "1 WARN");
    }

    @Test
    void pain2NearAndBeyondThePrefixLimitOfTheTier() {
        List<Sent> many = IntStream.range(0, 4_001).mapToObj(i -> new Sent(Prefix.host(IpAddress.v4(0x0a000000 + i)), List.of(65010L))).toList();
        found(ward -> List.of("172.16.0.2", "172.16.0.6").forEach(at -> ward.session(at, s -> sends(s, many))), "2 BAD", "2 BAD");
        found(ward -> List.of("172.16.0.2", "172.16.0.6").forEach(at -> ward.session(at, s -> sends(s, many.subList(0, 3_200)))), "2 WARN", "2 WARN");
        found(ward -> {
            ward.tier = "Premium";
            ward.wanted = Circuits.with(ward.wanted, CircuitSettings.Tier.PREMIUM, CircuitSettings.Plan.METERED, 1_000);
            List.of("172.16.0.2", "172.16.0.6").forEach(at -> ward.session(at, s -> sends(s, many)));
        });
    }

    /** RFC 4486 §4: the neighbour says Cease, maximum number of prefixes reached. */
    @Test
    void pain2ASessionThatMicrosoftHasEndedForItsPrefixes() {
        found(ward -> ward.session("172.16.0.2", s -> limited(up(s, false))), "14 BAD", "14 WARN", "2 BAD");
        found(ward -> ward.session("172.16.0.2", DoctorTest::limited));
    }

    @Test
    void pain3ThatVlansDiffer() {
        found(ward -> ward.ports.computeIfPresent("er-a.100", (name, port) -> new Port(name, OptionalInt.of(101), true, true, 1_500, port.addresses())), "3 BAD");
        found(ward -> ward.ports.computeIfPresent("er-a.100", (name, port) -> new Port(name, OptionalInt.empty(), true, true, 1_500, port.addresses())), "3 UNKNOWN");
    }

    @Test
    void pain4ThatNoFrameReachesTheEdge() {
        found(ward -> ward.tables.get(Kind.PRIVATE).put(Link.PRIMARY, new EdgeTables(Optional.of(List.of(new Arp(0, "On-Prem", "172.16.0.1", "Incomplete"))), ward.tables.get(Kind.PRIVATE).get(Link.PRIMARY).routes())),
                "4 BAD");
        found(ward -> ward.tables.get(Kind.PRIVATE).put(Link.PRIMARY, new EdgeTables(Optional.of(List.of()), ward.tables.get(Kind.PRIVATE).get(Link.PRIMARY).routes())), "4 BAD");
    }

    @Test
    void pain5NumbersOfAsesAndAMissingKey() {
        found(ward -> ward.session("172.16.0.2", s -> as(s, 65011, 12076)), "5 BAD");
        found(ward -> ward.session("172.16.0.2", s -> as(s, 65010, 12077)), "5 BAD");
        found(ward -> ward.peering("private", properties -> properties.with("sharedKey", "abc")), "5 BAD", "5 BAD");
        found(ward -> ward.session("172.16.0.2", s -> md5(up(s, false), true)), "14 BAD", "14 WARN", "5 WARN");
    }

    @Test
    void pain6SwappedEndsOfASubnet() {
        found(ward -> ward.ports.computeIfPresent("er-a.100", (name, port) -> new Port(name, port.vlan(), true, true, 1_500, List.of(new Address(IpAddress.parse("172.16.0.2"), 30)))), "6 BAD");
        found(ward -> ward.sessions.put(IpAddress.parse("172.16.0.1"), ward.sessions.remove(IpAddress.parse("172.16.0.2"))), "14 WARN", "6 BAD");
    }

    @Test
    void pain7AndPain15AProviderThatHasNotProvisionedWhileTheBillRuns() {
        found(ward -> ward.providerState = "NotProvisioned", "15 WARN", "7 BAD");
        found(ward -> ward.exists = false, "7 BAD");
        found(ward -> ward.family = "UnlimitedData", "15 WARN");
    }

    @Test
    void pain8APeeringThatSomebodyElseHasChangedOrDisabled() {
        found(ward -> ward.peering("private", properties -> properties.with("lastModifiedBy", "Provider").with("vlanId", 300)), "3 BAD", "3 BAD", "8 BAD");
        found(ward -> ward.peering("private", properties -> properties.with("state", "Disabled")), "8 BAD");
        found(ward -> ward.peerings.remove("private"), "8 BAD");
    }

    @Test
    void pain9NoRouteFilterOrPrefixesThatAreNotValidated() {
        found(ward -> ward.peering("microsoft", properties -> properties.without("routeFilter")), "9 BAD");
        found(ward -> ward.peering("microsoft", properties -> properties.with("microsoftPeeringConfig", properties.object("microsoftPeeringConfig").orElseThrow()
                .with("advertisedPublicPrefixesState", "ValidationNeeded"))), "9 BAD");
        found(ward -> ward.peering("microsoft", properties -> properties.with("microsoftPeeringConfig", properties.object("microsoftPeeringConfig").orElseThrow()
                .with("advertisedPublicPrefixInfo", Json.Arr.of(Json.Obj.EMPTY.with("prefix", "198.51.100.0/24").with("validationState", "AsnValidationFailed").with("validationId", "has the service key"))))), "9 WARN");
        found(ward -> ward.peering("microsoft", properties -> properties.with("ipv6PeeringConfig", Json.Obj.of("microsoftPeeringConfig", Json.Obj.EMPTY.with("advertisedPublicPrefixesState", "ValidationNeeded")))), "9 BAD");
    }

    /** A ticket is needed for the one, and for the other nothing but time. */
    @Test
    void pain9TheFamilyThatIsFurtherFromValidatedIsTheOneThatCounts() {
        Consumer<Ward> configuring = ward -> ward.peering("microsoft", properties -> properties.with("microsoftPeeringConfig", properties.object("microsoftPeeringConfig").orElseThrow()
                .with("advertisedPublicPrefixesState", "Configuring")));
        found(configuring, "9 WARN");
        found(configuring.andThen(ward -> ward.peering("microsoft", properties -> properties.with("ipv6PeeringConfig",
                Json.Obj.of("microsoftPeeringConfig", Json.Obj.EMPTY.with("advertisedPublicPrefixesState", "ValidationNeeded"))))), "9 BAD");
        found(ward -> ward.peering("microsoft", properties -> properties.with("ipv6PeeringConfig",
                Json.Obj.of("microsoftPeeringConfig", Json.Obj.EMPTY.with("advertisedPublicPrefixes", Json.Arr.texts(List.of("2001:db8::/48")))))), "9 WARN");
    }

    @Test
    void pain10APrivateAsPrependedOnMicrosoftPeering() {
        found(ward -> ward.session("203.0.113.2", s -> sends(s, Ward.sent("198.51.100.0/24", 3320, 65001, 65001))), "10 WARN");
        found(ward -> List.of("172.16.0.2", "172.16.0.6").forEach(at -> ward.session(at, s -> sends(s, Ward.sent("10.1.0.0/16", 65010, 65001)))));
    }

    @Test
    void pain11APrefixThatTheInternetHearsToo() {
        found(ward -> ward.elsewhere.put(Prefix.parse("198.51.100.0/24"), "isp"), "11 WARN", "11 WARN");
        found(ward -> ward.elsewhereKnown = false, "11 UNKNOWN", "11 UNKNOWN");
    }

    @Test
    void pain12ADefaultRouteThatForcesAllTrafficHere() {
        found(ward -> List.of("172.16.0.2", "172.16.0.6").forEach(at -> ward.session(at, s -> sends(s, Ward.sent("0.0.0.0/0", 65010)))), "12 WARN", "12 WARN");
        found(ward -> List.of("203.0.113.2", "203.0.113.6").forEach(at -> ward.session(at, s -> sends(s, Ward.sent("0.0.0.0/0", 3320)))), "12 BAD", "12 BAD");
    }

    @Test
    void pain13ASessionWithoutBfd() {
        found(ward -> ward.session("172.16.0.2", s -> bfd(s, Optional.of(Watch.OFF))), "13 WARN");
        found(ward -> ward.session("172.16.0.2", s -> bfd(s, Optional.empty())), "13 UNKNOWN");
        found(ward -> ward.session("172.16.0.2", s -> bfd(s, Optional.of(Watch.DOWN))), "13 WARN");
        found(ward -> ward.session("172.16.0.2", s -> bfd(up(s, false), Optional.of(Watch.DOWN))), "14 BAD", "14 WARN");
    }

    @Test
    void pain14OnlyOneOfTwoLinks() {
        found(ward -> ward.session("172.16.0.6", s -> up(s, false)), "14 BAD", "14 WARN");
        found(ward -> {
            ward.ports.remove("er-b.100");
            ward.sessions.remove(IpAddress.parse("172.16.0.6"));
        }, "14 BAD", "14 BAD", "14 WARN");
        found(ward -> ward.ports.computeIfPresent("er-a.100", (name, port) -> new Port(name, port.vlan(), true, false, 1_500, port.addresses())), "14 BAD");
    }

    @Test
    void pain14AnIpv6SessionThatIsNotThere() {
        Consumer<Ward> ipv6 = ward -> ward.peering("private", properties -> properties.with("ipv6PeeringConfig", Json.Obj.EMPTY.with("primaryPeerAddressPrefix", "fd00::/126")
                .with("secondaryPeerAddressPrefix", "fd00::4/126")));
        found(ipv6, "14 BAD", "14 BAD");
        found(ipv6.andThen(ward -> List.of("fd00::2", "fd00::6").forEach(at -> ward.sessions.put(IpAddress.parse(at), ward.sessions.get(IpAddress.parse("172.16.0.2"))))));
    }

    @Test
    void painOfMtuALinkWithLessThanTheEdges() {
        found(ward -> ward.ports.computeIfPresent("er-a.100", (name, port) -> new Port(name, port.vlan(), true, true, 1_400, port.addresses())), "16 WARN");
    }

    private static void peered(Ward ward, String state, boolean allows, Optional<NetworkSeen.Half> spoke) {
        ward.networks.add(new NetworkSeen("/x/virtualNetworks/hub", List.of("10.100.0.0/16"), List.of(new NetworkSeen.Peering("to-spoke", "/x/virtualNetworks/spoke", state, allows, false, spoke))));
    }

    @Test
    void painOfAGatewayThatOneHalfOfAPeeringSharesAlone() {
        found(ward -> peered(ward, "Connected", true, Optional.of(new NetworkSeen.Half(false, true))));
        found(ward -> peered(ward, "Connected", false, Optional.of(new NetworkSeen.Half(false, false))));
        found(ward -> peered(ward, "Connected", false, Optional.of(new NetworkSeen.Half(false, true))), "17 BAD");
        found(ward -> peered(ward, "Connected", true, Optional.of(new NetworkSeen.Half(false, false))), "17 WARN");
        found(ward -> peered(ward, "Initiated", true, Optional.empty()), "17 WARN");
        found(ward -> peered(ward, "Connected", true, Optional.empty()), "17 UNKNOWN");
    }

    @Test
    void whatCannotBeAskedIsUnknownAndNotGood() {
        Ward ward = new Ward();
        ward.tables.clear();
        CircuitSnapshot seen = ArmCircuits.read(Circuits.arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", Circuits.armPrivate()), Optional.empty(), List.of(), Map.of(), Optional.empty());
        List<Finding> findings = Doctor.examine(new Patient(Circuits.wanted("er-1"), Optional.of(seen), Map.of(), List.of(), new NodeView(Optional.empty(), Optional.empty(), Optional.empty())));
        assertEquals(6, findings.stream().filter(each -> each.verdict() == Verdict.UNKNOWN).count(), findings.toString());
    }
}
