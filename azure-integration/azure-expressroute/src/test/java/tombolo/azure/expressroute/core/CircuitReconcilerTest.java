package tombolo.azure.expressroute.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.azure.expressroute.core.Circuits.arm;
import static tombolo.azure.expressroute.core.Circuits.armLink;
import static tombolo.azure.expressroute.core.Circuits.armPeering;
import static tombolo.azure.expressroute.core.Circuits.armPrivate;
import static tombolo.azure.expressroute.core.Circuits.plan;
import static tombolo.azure.expressroute.core.Circuits.seen;
import static tombolo.azure.expressroute.core.Circuits.wanted;
import static tombolo.azure.expressroute.core.Circuits.with;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Gateway;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.config.CircuitSettings.Plan;
import tombolo.api.config.CircuitSettings.State;
import tombolo.api.config.CircuitSettings.Subnets;
import tombolo.api.config.CircuitSettings.Tier;
import tombolo.api.config.SecretRef;
import tombolo.api.json.Json;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;
import tombolo.azure.expressroute.core.CircuitPlan.Action;
import tombolo.azure.expressroute.core.CircuitSnapshot.GatewaySeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;

class CircuitReconcilerTest {
    @Test
    void aCircuitThatIsNotThereIsOrderedWithConsentToTheBill() {
        CircuitPlan plan = plan(wanted("er-1"), Optional.empty());
        assertEquals(List.of(new Action.CreateCircuit()), plan.steps().stream().map(CircuitPlan.Step::action).toList());
        assertTrue(plan.needsConsent());
        assertTrue(plan.steps().getFirst().costs().orElseThrow().contains("as soon as the service key is issued"));
    }

    @Test
    void whatIsAsWantedNeedsNothing() {
        CircuitPlan plan = plan(wanted("er-1"), Optional.of(seen(arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", armPrivate()))));
        assertTrue(plan.inSync(), plan.toString());
    }

    @Test
    void aPeeringWaitsForTheProviderAndIsThenConfiguredWithoutConsent() {
        CircuitPlan before = plan(wanted("er-1"), Optional.of(seen(arm("er-1", "Standard", "MeteredData", 1_000, "NotProvisioned"))));
        assertTrue(before.steps().isEmpty() && before.waits().getFirst().contains("er:key er-1 --show"), before.toString());
        CircuitPlan behind = plan(wanted("er-1"), Optional.of(seen(arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned"))));
        assertEquals(List.of(new Action.PutPeering(Kind.PRIVATE)), behind.steps().stream().map(CircuitPlan.Step::action).toList());
        assertFalse(behind.needsConsent());
    }

    @Test
    void aPeeringOfOtherValuesIsChangedWithConsentToTheCutAndEachDifferenceIsNamed() {
        Json.Obj other = armPeering("AzurePrivatePeering", 101, 65011, "172.16.0.0/30", "172.16.0.8/30");
        Json.Obj byProvider = other.with("properties", ArmCircuits.properties(other).with("lastModifiedBy", "Provider"));
        CircuitPlan plan = plan(wanted("er-1"), Optional.of(seen(arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", byProvider))));
        CircuitPlan.Step step = plan.steps().getFirst();
        assertEquals("vlan 101 to 100, peer-asn 65011 to 65010, secondary 172.16.0.8/30 to 172.16.0.4/30", step.reason());
        assertTrue(step.cuts().orElseThrow().contains("restart") && step.cuts().orElseThrow().contains("by the provider"), step.toString());
    }

    /** Whoever attached it by hand lets something else through. */
    @Test
    void aRouteFilterThatIsReplacedIsACutThatNamesBothAndOneWhereThereWasNoneIsNot() {
        Peering ipv4 = Circuits.microsoft("12076:51004");
        Peering both = new Peering(ipv4.vlan(), ipv4.ipv4(), Optional.of(new Subnets(Prefix.parse("2001:db8:1::/126"), Prefix.parse("2001:db8:1::4/126"))), ipv4.peerAsn(), Optional.of(new SecretRef.InFile("/key")), ipv4.advertised(),
                ipv4.registry(), ipv4.communities());
        CircuitSettings wanted = with(wanted("er-1"), Optional.of(Circuits.privatePeering()), Optional.of(both), List.of());
        CircuitSnapshot.RouteFilterSeen ours = new CircuitSnapshot.RouteFilterSeen("/rg/ours", true, List.of("12076:51004"), Optional.empty(), Json.Obj.EMPTY);
        Json.Obj made = ArmBodies.peering(Kind.MICROSOFT, both, Optional.empty(), Optional.empty(), Optional.of(ours.id()));
        Map<String, String> cuts = new LinkedHashMap<>();
        for (String attached : List.of("", "/rg/theirs", "/other-rg/ours", "/RG/Ours")) {
            Json.Obj ipv6 = ArmCircuits.properties(made).object("ipv6PeeringConfig").orElseThrow();
            Json.Obj changed = attached.isEmpty() ? ipv6.without("routeFilter") : ipv6.with("routeFilter", Json.Obj.of("id", new Json.Text(attached)));
            Json.Obj circuit = arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", armPrivate(), made.with("properties", ArmCircuits.properties(made).with("ipv6PeeringConfig", changed)));
            CircuitPlan plan = plan(wanted, Optional.of(ArmCircuits.read(circuit, Optional.empty(), List.of(), Map.of(), Optional.of(ours))));
            cuts.put(attached, plan.inSync() ? "as wanted" : plan.steps().getFirst().cuts().orElse("no cut"));
        }
        assertEquals(List.of("no cut", "as wanted"), List.of(cuts.get(""), cuts.get("/RG/Ours")), cuts.toString());
        assertTrue(cuts.get("/rg/theirs").contains("route filter of IPv6 theirs to ours"), cuts.toString());
        assertTrue(cuts.get("/other-rg/ours").contains("route filter of IPv6 /other-rg/ours to /rg/ours"), cuts.toString());
    }

    /** Set by hand or taken out of the file: what Microsoft sends there stops. */
    @Test
    void aPrefixThatIsTakenOffAPeeringIsACutAndOneThatComesIsNot() {
        Peering plain = Circuits.microsoft("12076:51004");
        Peering one = new Peering(plain.vlan(), plain.ipv4(), plain.ipv6(), plain.peerAsn(), Optional.of(new SecretRef.InFile("/key")), plain.advertised(), plain.registry(), plain.communities());
        List<Prefix> more = new java.util.ArrayList<>(one.advertised());
        more.add(Prefix.parse("192.0.2.0/24"));
        Peering two = new Peering(one.vlan(), one.ipv4(), one.ipv6(), one.peerAsn(), one.sharedKey(), more, one.registry(), one.communities());
        CircuitSnapshot.RouteFilterSeen ours = new CircuitSnapshot.RouteFilterSeen("/rg/ours", true, List.of("12076:51004"), Optional.empty(), Json.Obj.EMPTY);
        List<String> cuts = new java.util.ArrayList<>();
        for (Peering seen : List.of(two, one)) {
            Json.Obj made = ArmBodies.peering(Kind.MICROSOFT, seen, Optional.empty(), Optional.empty(), Optional.of(ours.id()));
            Json.Obj circuit = arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", armPrivate(), made);
            CircuitSettings wanted = with(wanted("er-1"), Optional.of(Circuits.privatePeering()), Optional.of(seen == two ? one : two), List.of());
            cuts.add(plan(wanted, Optional.of(ArmCircuits.read(circuit, Optional.empty(), List.of(), Map.of(), Optional.of(ours)))).steps().getFirst().cuts().orElse("no cut"));
        }
        assertEquals(List.of("Microsoft takes 192.0.2.0/24 from here no more.", "no cut"), cuts);
    }

    /** The transitions that Azure allows, and those that it refuses. */
    @ParameterizedTest
    @CsvSource({
        "Standard, MeteredData, 1000, PREMIUM, METERED, 1000, ''", "Premium, MeteredData, 1000, STANDARD, METERED, 1000, ''", "Local, UnlimitedData, 1000, STANDARD, UNLIMITED, 1000, ''",
        "Local, UnlimitedData, 1000, PREMIUM, UNLIMITED, 1000, ''", "Standard, MeteredData, 1000, STANDARD, UNLIMITED, 1000, ''", "Standard, MeteredData, 50, STANDARD, METERED, 10000, ''",
        "Standard, UnlimitedData, 1000, LOCAL, UNLIMITED, 1000, TMB-ER-104", "Premium, UnlimitedData, 1000, LOCAL, UNLIMITED, 1000, TMB-ER-104",
        "Standard, UnlimitedData, 1000, STANDARD, METERED, 1000, TMB-ER-105", "Standard, MeteredData, 1000, STANDARD, METERED, 500, TMB-ER-106"})
    void skuPlanAndBandwidthChangeOnlyAsAzureAllows(String tier, String family, int bandwidth, Tier wishTier, Plan wishPlan, int wishBandwidth, String refusal) {
        CircuitPlan plan = plan(with(wanted("er-1"), wishTier, wishPlan, wishBandwidth), Optional.of(seen(arm("er-1", tier, family, bandwidth, "Provisioned", armPrivate()))));
        if (refusal.isEmpty()) {
            assertEquals(List.of(new Action.ChangeCircuit()), plan.steps().stream().map(CircuitPlan.Step::action).toList(), plan.toString());
            assertTrue(plan.needsConsent());
        } else {
            assertTrue(plan.steps().isEmpty() && plan.refusals().getFirst().startsWith(refusal), plan.toString());
        }
    }

    @Test
    void premiumGoesBackToStandardOnlyWithAtMostTenLinks() {
        Json.Obj circuit = arm("er-1", "Premium", "MeteredData", 1_000, "Provisioned", armPrivate());
        Json.Obj[] ten = IntStream.range(0, 10).mapToObj(i -> armLink("l" + i, "er-1", "/g/" + i, 0)).toArray(Json.Obj[]::new);
        Json.Obj[] eleven = IntStream.range(0, 11).mapToObj(i -> armLink("l" + i, "er-1", "/g/" + i, 0)).toArray(Json.Obj[]::new);
        assertEquals(1, plan(wanted("er-1"), Optional.of(seen(circuit, ten))).steps().size());
        CircuitPlan refused = plan(wanted("er-1"), Optional.of(seen(circuit, eleven)));
        assertTrue(refused.refusals().getFirst().startsWith("TMB-ER-107"), refused.toString());
    }

    @Test
    void aKeySetByHandThatTheFileDoesNotKnowIsNamedBeforeItWouldBeLost() {
        CircuitPlan plan = plan(with(wanted("er-1"), Tier.PREMIUM, Plan.METERED, 1_000), Optional.of(seen(arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", armPrivate()))));
        assertTrue(plan.steps().getFirst().cuts().orElseThrow().contains("AzurePrivatePeering"), plan.toString());
    }

    /** Azure may have a key that ARM does not tell, wherever the sessions are or are to be. */
    @Test
    void aKeySetByHandIsNamedBeforeAHarmlessChangeOfAPeeringWouldLoseItUnlessTheFileHasIt() {
        Peering plain = Circuits.privatePeering();
        Peering both = new Peering(plain.vlan(), plain.ipv4(), Optional.of(new Subnets(Prefix.parse("fd00::/126"), Prefix.parse("fd00::4/126"))), plain.peerAsn(), Optional.empty(), List.of(), "", List.of());
        Peering keyed = new Peering(both.vlan(), both.ipv4(), both.ipv6(), both.peerAsn(), Optional.of(new SecretRef.InFile("/key")), List.of(), "", List.of());
        Optional<CircuitSnapshot> seen = Optional.of(seen(arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", armPrivate())));
        CircuitSettings elsewhere = with(wanted("er-1"), Optional.of(both), Optional.empty(), List.of());
        assertEquals("An MD5 key that was set by hand and is not in the file is lost, and its sessions with it.", plan(elsewhere, seen).steps().getFirst().cuts().orElse("no cut"));
        assertEquals(plan(elsewhere, seen).steps().getFirst().cuts(), plan(elsewhere.with(Circuits.HERE), seen).steps().getFirst().cuts());
        assertEquals(Optional.empty(), plan(with(wanted("er-1"), Optional.of(keyed), Optional.empty(), List.of()), seen).steps().getFirst().cuts());
    }

    /** Links of other subscriptions count as well, and are seen by the authorizations that they use. */
    @Test
    void linksThatOnlyTheirAuthorizationsTellOfCountAgainstTheLimit() {
        Json.Obj circuit = arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", armPrivate());
        List<Json.Obj> links = IntStream.range(0, 8).mapToObj(i -> armLink("l" + i, "er-1", "/g/" + i, 0)).toList();
        List<Json.Obj> authorizations = new ArrayList<>();
        for (String link : List.of(links.getFirst().text("id").orElseThrow().toUpperCase(java.util.Locale.ROOT), "/subscriptions/y/connections/one", "/subscriptions/y/connections/two")) {
            authorizations.add(Json.Obj.EMPTY.with("name", "a").with("properties", Json.Obj.EMPTY.with("authorizationUseStatus", "InUse").with("connectionResourceUri", link)));
        }
        CircuitSnapshot seen = ArmCircuits.read(circuit, Optional.of(authorizations), links, Map.of(HUB, new GatewaySeen("/g/hub", "westeurope", "ExpressRoute", "ErGw1AZ")), Optional.empty());
        assertEquals(10, seen.linked());
        assertTrue(plan(with(wanted("er-1"), State.PRESENT, List.of(HUB), 0), Optional.of(seen)).refusals().getFirst().startsWith("TMB-ER-110 circuit er-1: would have 11 links"));
    }

    /** The circuit itself tells of Global Reach, and the authorization that it was made with tells of it again. */
    @Test
    void globalReachThatAnAuthorizationNamesTooCountsOnceAgainstTheLimit() {
        Json.Obj peering = armPrivate();
        Json.Obj reached = peering.with("properties", ArmCircuits.properties(peering).with("peeredConnections", Json.Arr.of(Json.Obj.of("name", new Json.Text("reach")))));
        List<Json.Obj> authorizations = new ArrayList<>();
        for (String user : List.of("/subscriptions/y/resourceGroups/r/providers/Microsoft.Network/expressRouteCircuits/theirs/peerings/AzurePrivatePeering/connections/reach",
                "/SUBSCRIPTIONS/Y/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.NETWORK/EXPRESSROUTECIRCUITS/THEIRS/PEERINGS/AZUREPRIVATEPEERING/CONNECTIONS/OTHER", "/subscriptions/y/connections/one")) {
            authorizations.add(Json.Obj.EMPTY.with("name", "a").with("properties", Json.Obj.EMPTY.with("authorizationUseStatus", "InUse").with("connectionResourceUri", user)));
        }
        assertEquals(2, ArmCircuits.read(arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", reached), Optional.of(authorizations), List.of(), Map.of(), Optional.empty()).linked());
    }

    @Test
    void aCircuitIsDeletedOnlyUnlinkedAndDeprovisioned() {
        CircuitSettings absent = with(wanted("er-1"), State.ABSENT, List.of(), 0);
        CircuitPlan linked = plan(absent, Optional.of(seen(arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned"), armLink("to-hub", "er-1", "/g/hub", 0))));
        assertTrue(linked.refusals().getFirst().startsWith("TMB-ER-101") && linked.refusals().getFirst().contains("to-hub"), linked.toString());
        CircuitPlan provisioned = plan(absent, Optional.of(seen(arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned"))));
        assertTrue(provisioned.steps().isEmpty() && provisioned.waits().getFirst().contains("deprovision"), provisioned.toString());
        CircuitPlan free = plan(absent, Optional.of(seen(arm("er-1", "Standard", "MeteredData", 1_000, "NotProvisioned"))));
        assertEquals(List.of(new Action.DeleteCircuit()), free.steps().stream().map(CircuitPlan.Step::action).toList());
        assertTrue(free.needsConsent());
        assertTrue(plan(absent, Optional.empty()).inSync());
    }

    @Test
    void whatCannotBeChangedNeedsAnotherCircuit() {
        Json.Obj arm = arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", armPrivate());
        Json.Obj elsewhere = arm.with("location", "northeurope");
        assertTrue(plan(wanted("er-1"), Optional.of(seen(elsewhere))).refusals().getFirst().startsWith("TMB-ER-103"));
    }

    @ParameterizedTest
    @CsvSource({"STANDARD, 10000, 10", "LOCAL, 1000, 10", "PREMIUM, 50, 20", "PREMIUM, 100, 25", "PREMIUM, 200, 25", "PREMIUM, 500, 40", "PREMIUM, 1000, 50", "PREMIUM, 2000, 60", "PREMIUM, 5000, 75",
        "PREMIUM, 10000, 100"})
    void theLinkLimitIsThatOfTierAndBandwidth(Tier tier, int bandwidth, int limit) {
        assertEquals(limit, CircuitLimits.links(tier, bandwidth));
    }

    private static final Gateway HUB = new Gateway("rg-hub", "gw-hub");

    private static CircuitPlan linking(int already, String gatewayType) {
        List<Json.Obj> links = new ArrayList<>();
        IntStream.range(0, already).forEach(i -> links.add(armLink("l" + i, "er-1", "/g/" + i, 0)));
        CircuitSnapshot seen = ArmCircuits.read(arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", armPrivate()), Optional.empty(), links,
                gatewayType.isEmpty() ? Map.of() : Map.of(HUB, new GatewaySeen("/g/hub", "westeurope", gatewayType, "ErGw1AZ")), Optional.empty());
        return plan(with(wanted("er-1"), State.PRESENT, List.of(HUB), 0), Optional.of(seen));
    }

    @Test
    void aLinkIsMadeToAnExpressRouteGatewayWithinTheLimit() {
        assertEquals(List.of(new Action.PutLink(HUB, Optional.empty())), linking(9, "ExpressRoute").steps().stream().map(CircuitPlan.Step::action).toList());
        assertTrue(linking(10, "ExpressRoute").refusals().getFirst().startsWith("TMB-ER-110"));
        assertTrue(linking(0, "Vpn").refusals().getFirst().startsWith("TMB-ER-109"));
        assertTrue(linking(0, "").refusals().getFirst().startsWith("TMB-ER-108"));
    }

    @Test
    void aHandEditedNeighbourThatTakesTheVlanOrTheSubnetIsNamed() {
        Json.Obj microsoft = armPeering("MicrosoftPeering", 100, 3320, "172.16.0.4/30", "203.0.113.4/30");
        CircuitPlan plan = plan(wanted("er-1"), Optional.of(seen(arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", microsoft))));
        assertEquals(List.of("TMB-ER-111", "TMB-ER-112"), plan.refusals().stream().map(text -> text.substring(0, 10)).toList());
    }

    @Test
    void aRouteFilterIsMadeAndAttachedAndTakingACommunityAwayIsACut() {
        CircuitSettings wanted = with(wanted("er-1"), Optional.of(Circuits.privatePeering()), Optional.of(Circuits.microsoft("12076:51004", "12076:5060")), List.of());
        CircuitSnapshot.RouteFilterSeen none = new CircuitSnapshot.RouteFilterSeen("/f/er-1-filter", false, List.of(), Optional.empty(), Json.Obj.EMPTY);
        CircuitSnapshot seen = ArmCircuits.read(arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", armPrivate()), Optional.empty(), List.of(), Map.of(), Optional.of(none));
        CircuitPlan plan = plan(wanted, Optional.of(seen));
        assertEquals(List.of(new Action.PutRouteFilter(), new Action.PutPeering(Kind.MICROSOFT)), plan.steps().stream().map(CircuitPlan.Step::action).toList());
        assertTrue(plan.steps().getFirst().reason().contains("12076:51004 (Microsoft peering, East US)"), plan.toString());
        CircuitSnapshot.RouteFilterSeen more = new CircuitSnapshot.RouteFilterSeen("/f/er-1-filter", true, List.of("12076:51004", "12076:5060", "12076:51002"), Optional.empty(), Json.Obj.EMPTY);
        CircuitPlan less = plan(wanted, Optional.of(ArmCircuits.read(arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", armPrivate()), Optional.empty(), List.of(), Map.of(), Optional.of(more))));
        assertTrue(less.steps().getFirst().cuts().orElseThrow().contains("12076:51002"), less.toString());
    }

    /** A portal, or another's script, may have set it: who reads the plan sees that it stays. */
    @Test
    void whatIsInAzureAndNotInTheFileIsToldAndLeftAlone() {
        Json.Obj ipv6 = Json.Obj.EMPTY.with("primaryPeerAddressPrefix", "2001:db8:1::/126").with("secondaryPeerAddressPrefix", "2001:db8:1::4/126")
                .with("microsoftPeeringConfig", Json.Obj.of("advertisedPublicPrefixes", Json.Arr.texts(List.of("2001:db8::/48"))));
        Json.Obj plain = armPeering("MicrosoftPeering", 200, 3320, "203.0.113.0/30", "203.0.113.4/30");
        Json.Obj microsoft = plain.with("properties", ArmCircuits.properties(plain).with("ipv6PeeringConfig", ipv6).with("routeFilter", Json.Obj.of("id", new Json.Text("/f/theirs")))
                .with("microsoftPeeringConfig", Json.Obj.EMPTY.with("advertisedPublicPrefixes", Json.Arr.texts(List.of("198.51.100.0/24"))).with("routingRegistryName", "RIPENCC")));
        CircuitSnapshot seen = seen(arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", armPrivate(), microsoft));
        CircuitPlan without = plan(wanted("er-1"), Optional.of(seen));
        assertTrue(without.inSync(), without.toString());
        assertEquals(List.of("Microsoft peering is there and not in the file; it is left as it is, with its public prefixes 198.51.100.0/24, 2001:db8::/48"), without.notes());
        CircuitPlan ipv4 = plan(with(wanted("er-1"), Optional.of(Circuits.privatePeering()), Optional.of(Circuits.microsoft()), List.of()), Optional.of(seen));
        assertTrue(ipv4.inSync(), ipv4.toString());
        assertEquals(List.of("Microsoft peering: IPv6 on 2001:db8:1::/126 and 2001:db8:1::4/126 with public prefixes 2001:db8::/48 is there and not in the file; left alone",
                "Microsoft peering: route filter theirs is there and not in the file; left alone"), ipv4.notes());
    }

    @Test
    void aBusyCircuitIsLeftAlone() {
        Json.Obj arm = arm("er-1", "Standard", "MeteredData", 500, "Provisioned");
        CircuitPlan plan = plan(wanted("er-1"), Optional.of(seen(arm.with("properties", ArmCircuits.properties(arm).with("provisioningState", "Updating")))));
        assertTrue(plan.steps().isEmpty() && !plan.waits().isEmpty(), plan.toString());
    }

    @Test
    void linksSubnetsOfTwoCircuitsAndAddressSpaceOfNetworksDoNotOverlap() {
        Peering other = new Peering(100, new Subnets(Prefix.parse("172.16.0.4/30"), Prefix.parse("10.240.1.0/30")), Optional.empty(), new Asn(65010), Optional.empty(), List.of(), "", List.of());
        CircuitSettings one = with(wanted("er-1"), Optional.of(Circuits.privatePeering()), Optional.empty(), List.of(Prefix.parse("10.240.0.0/16")));
        CircuitSettings two = with(wanted("er-2"), Optional.of(other), Optional.empty(), List.of(Prefix.parse("10.240.0.0/16")));
        Map<String, CircuitPlan> plans = CircuitReconciler.plans(Map.of("er-1", one, "er-2", two), Map.of());
        for (CircuitPlan plan : plans.values()) {
            assertTrue(plan.steps().isEmpty() && plan.refusals().stream().allMatch(text -> text.startsWith("TMB-ER-113")), plan.toString());
            assertEquals(plan.circuit().equals("er-1") ? 2 : 3, plan.refusals().size(), plan.toString());
        }
    }

    @Test
    void consentToAPlanIsNoneToAnother() {
        CircuitPlan one = plan(wanted("er-1"), Optional.empty());
        assertEquals(one.token(), plan(wanted("er-1"), Optional.empty()).token());
        assertNotEquals(one.token(), plan(with(wanted("er-1"), Tier.PREMIUM, Plan.METERED, 1_000), Optional.empty()).token());
    }

    /** A plan depends on what is held and not on the order in which it came. */
    @Test
    void theOrderOfCircuitsPeeringsLinksAndAuthorizationsChangesNoPlan() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<String, CircuitSettings> wanted = new TreeMap<>();
        List<String> names = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> {
            names.add("er-" + i);
            wanted.put("er-" + i, spread(i));
        });
        Map<String, CircuitPlan> first = CircuitReconciler.plans(wanted, snapshots(names, new Random(1)));
        for (int round = 0; round < 50; round++) {
            Collections.shuffle(names, random);
            Map<String, CircuitSettings> shuffled = new LinkedHashMap<>();
            names.forEach(name -> shuffled.put(name, wanted.get(name)));
            assertEquals(first, CircuitReconciler.plans(shuffled, snapshots(names, random)), "seed " + seed);
        }
        assertTrue(first.values().stream().anyMatch(plan -> !plan.refusals().isEmpty()) && first.values().stream().anyMatch(plan -> !plan.steps().isEmpty()), "the plans are of all kinds");
    }

    /** Each with subnets of its own, but for every seventh, which overlaps its neighbour. */
    private static CircuitSettings spread(int i) {
        int at = i % 7 == 6 ? i - 1 : i;
        Peering peering = new Peering(100 + i % 3, new Subnets(Prefix.parse("172.16." + at + ".0/30"), Prefix.parse("172.16." + at + ".4/30")), Optional.empty(), new Asn(65010), Optional.empty(),
                List.of(), "", List.of());
        CircuitSettings one = with(wanted("er-" + i), Optional.of(peering), Optional.empty(), List.of(Prefix.parse("10." + 100 + ".0.0/16")));
        return i % 5 == 0 ? with(one, State.ABSENT, List.of(), 0) : i % 4 == 0 ? with(one, Tier.PREMIUM, Plan.UNLIMITED, 2_000) : one;
    }

    private static Map<String, CircuitSnapshot> snapshots(List<String> names, Random random) {
        Map<String, CircuitSnapshot> seen = new LinkedHashMap<>();
        for (String name : names) {
            int i = Integer.parseInt(name.substring(3));
            if (i % 6 == 5) {
                continue;
            }
            List<Json.Obj> peerings = new ArrayList<>(List.of(armPeering("AzurePrivatePeering", 100, 65010, "172.16." + i + ".0/30", "172.16." + i + ".4/30"),
                    armPeering("MicrosoftPeering", i % 3 == 0 ? 100 : 300, 3320, "203.0.113.0/30", "203.0.113.4/30")));
            List<Json.Obj> links = new ArrayList<>(List.of(armLink("b" + i, name, "/g/1", 0), armLink("a" + i, name, "/g/2", 0)));
            Collections.shuffle(peerings, random);
            Collections.shuffle(links, random);
            seen.put(name, Circuits.seen(arm(name, "Standard", "MeteredData", 1_000, i % 2 == 0 ? "Provisioned" : "NotProvisioned", peerings.toArray(Json.Obj[]::new)), links.toArray(Json.Obj[]::new)));
        }
        return seen;
    }

    /** The bound of the issue is 100 ms; generous here, where others compute too. What it takes is printed. */
    @Test
    void aHundredCircuitsArePlannedAtOnce() {
        Map<String, CircuitSettings> wanted = new TreeMap<>();
        List<String> names = new ArrayList<>();
        IntStream.range(0, 100).forEach(i -> {
            names.add("er-" + i);
            wanted.put("er-" + i, spread(i));
        });
        Map<String, CircuitSnapshot> seen = snapshots(names, new Random(1));
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long start = System.nanoTime();
            assertEquals(100, CircuitReconciler.plans(wanted, seen).size());
            least = Math.min(least, System.nanoTime() - start);
        }
        System.out.println("100 circuits planned in " + least / 1_000 + " us");
        assertTrue(least < 1_000_000_000L, least + " ns");
    }
}
