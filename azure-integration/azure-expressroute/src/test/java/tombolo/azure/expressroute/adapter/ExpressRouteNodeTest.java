package tombolo.azure.expressroute.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmAnswer;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmOperation;
import tombolo.api.azure.ArmProgress;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.config.CircuitSettings;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.expressroute.ExpressRoute.Consent;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.expressroute.Report;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.Circuits;
import tombolo.runtime.json.JsonText;

class ExpressRouteNodeTest extends NodeRig {
    private static final Consent NONE = new Consent(false, "");

    private ExpressRouteNode node() {
        return node("gw-a", time -> now.updateAndGet(each -> each.plus(time)), Circuits.wanted("er-1"));
    }

    private static Json.Obj first(Report report) {
        return (Json.Obj) ((Json.Arr) report.json()).items().getFirst();
    }

    private static String code(ExpressRouteException e) {
        return e.getMessage().substring(0, 10);
    }

    private void ordered(String providerState, Json.Obj... peerings) {
        arm.put(CIRCUIT, Circuits.arm("er-1", "Standard", "MeteredData", 1_000, providerState));
        for (Json.Obj peering : peerings) {
            arm.put(CIRCUIT + "/peerings/" + peering.text("name").orElseThrow(), peering);
        }
    }

    @Test
    void aCircuitIsOrderedWithConsentAndItsPeeringFollowsTheProvider() {
        ExpressRouteNode node = node();
        ExpressRouteException refused = assertThrows(ExpressRouteException.class, () -> node.apply("er-1", NONE, said::add));
        assertEquals("TMB-ER-205", code(refused));
        assertEquals(List.of(), arm.asked);
        ExpressRoute.Asked asked = node.ask("er-1");
        assertTrue(asked.needed());
        Json.Obj left = first(node.apply("er-1", new Consent(false, asked.token()), said::add));
        assertEquals(List.of("PUT " + CIRCUIT), arm.asked);
        assertTrue(JsonText.line(left).contains("NotProvisioned"), left.toString());
        assertEquals(Json.Obj.EMPTY.with("name", "Standard_MeteredData").with("tier", "Standard").with("family", "MeteredData"), arm.bodies.getFirst().object("sku").orElseThrow());

        arm.provision(CIRCUIT);
        assertEquals(Json.Bool.TRUE, first(node.apply("er-1", NONE, said::add)).get("inSync").orElseThrow());
        assertEquals(2, arm.asked.size());
        assertEquals("PUT " + CIRCUIT + "/peerings/AzurePrivatePeering", arm.asked.getLast());
        Json.Obj peering = arm.bodies.getLast().object("properties").orElseThrow();
        assertEquals(List.of(100L, 65010L), List.of(peering.integer("vlanId").orElse(0), peering.integer("peerASN").orElse(0)));

        node.apply("er-1", NONE, said::add);
        assertEquals(2, arm.asked.size(), "what is as wanted is asked for no more");
        assertTrue(store.entries.isEmpty(), "neither an operation nor a hold is left");
    }

    /** A role on the circuit's resource group alone is enough to order it. */
    @Test
    void whereTheListOfProvidersMayNotBeReadTheOrderGoesOutAndSaysSo() {
        arm.providersRefused = Optional.of(ArmException.Reason.THROTTLED);
        assertThrows(ArmException.class, () -> node().apply("er-1", ALL, said::add));
        assertEquals(List.of(), arm.asked, "what may be answered in a moment is waited for");
        arm.providersRefused = Optional.of(ArmException.Reason.FORBIDDEN);
        node().apply("er-1", ALL, said::add);
        assertEquals(List.of("PUT " + CIRCUIT), arm.asked);
        assertTrue(said.stream().anyMatch(line -> line.contains("Equinix") && line.contains("could not be checked")), said.toString());
    }

    @Test
    void consentIsToThePlanThatWasShown() {
        String token = node().ask("er-1").token();
        ExpressRouteNode other = node("gw-a", _ -> { }, Circuits.with(Circuits.wanted("er-1"), CircuitSettings.Tier.PREMIUM, CircuitSettings.Plan.METERED, 1_000));
        ExpressRouteException refused = assertThrows(ExpressRouteException.class, () -> other.apply("er-1", new Consent(false, token), said::add));
        assertTrue(refused.getMessage().contains("has changed"), refused.getMessage());
        assertEquals(List.of(), arm.asked);
    }

    @Test
    void theIntentIsInTheStoreBeforeAzureIsAsked() {
        List<Operations.Stored> seen = new ArrayList<>();
        arm.refuseBefore.add(() -> {
            seen.addAll(Operations.all(store));
            return FakeArm.refused(ArmException.Reason.CONFLICT, ArmException.Applied.NO);
        });
        assertThrows(ArmException.class, () -> node().apply("er-1", ALL, said::add));
        assertEquals(1, seen.size());
        assertTrue(seen.getFirst().operation().isEmpty());
        assertTrue(store.entries.isEmpty(), "what was refused for certain is not in flight");
    }

    @Test
    void whatIsInFlightIsFollowedByItsUrlAfterACrashAndNeverAskedForTwice() {
        arm.running = 5;
        arm.suffix = "x".repeat(5_000); // ARM's polling URLs are several kB
        ExpressRouteNode dying = node("gw-a", _ -> {
            throw new InterruptedException();
        }, Circuits.wanted("er-1"));
        assertEquals("TMB-ER-212", code(assertThrows(ExpressRouteException.class, () -> dying.apply("er-1", ALL, said::add))));
        assertTrue(Thread.interrupted());
        String url = arm.polled.getFirst();
        assertTrue(url.length() > 5_000);

        ExpressRouteNode next = node();
        assertTrue(JsonText.line(next.list().json()).contains("create the circuit er-1"));
        next.resume();
        assertTrue(arm.polled.stream().allMatch(url::equals) && arm.polled.size() > 1, "the URL is followed byte for byte");
        assertEquals(List.of("PUT " + CIRCUIT), arm.asked);
        assertTrue(store.entries.isEmpty());
    }

    @Test
    void anotherGatewayTakesUpWhatTheFirstLeft() {
        arm.running = 5;
        ExpressRouteNode dying = node("gw-a", _ -> {
            throw new InterruptedException();
        }, Circuits.wanted("er-1"));
        assertThrows(ExpressRouteException.class, () -> dying.apply("er-1", ALL, said::add));
        assertTrue(Thread.interrupted());
        node("gw-b", time -> now.updateAndGet(each -> each.plus(time)), Circuits.wanted("er-1")).apply("er-1", NONE, said::add);
        assertEquals(List.of("PUT " + CIRCUIT), arm.asked);
    }

    @Test
    void whereTheAnswerWasLostAzureIsLookedAtAndNotAskedAgain() {
        arm.loseAnswer.add(() -> FakeArm.refused(ArmException.Reason.UNREACHABLE, ArmException.Applied.UNKNOWN));
        ExpressRouteNode node = node();
        assertThrows(ArmException.class, () -> node.apply("er-1", ALL, said::add));
        assertEquals(1, Operations.all(store).size());
        node.apply("er-1", ALL, said::add);
        assertEquals(List.of("PUT " + CIRCUIT), arm.asked);
        assertTrue(store.entries.isEmpty());
    }

    @Test
    void anOperationThatAzureHasForgottenIsSettledByWhatItShows() {
        arm.polls.add(() -> {
            throw FakeArm.refused(ArmException.Reason.NOT_FOUND, ArmException.Applied.NO);
        });
        node().apply("er-1", ALL, said::add);
        assertEquals(List.of("PUT " + CIRCUIT), arm.asked);
        assertTrue(store.entries.isEmpty());
    }

    @Test
    void aFailedOperationIsToldInAzuresWordsAndIsNotInFlightAnyMore() {
        arm.polls.add(() -> FakeArm.failed("ProviderPortFull"));
        ExpressRouteException failed = assertThrows(ExpressRouteException.class, () -> node().apply("er-1", ALL, said::add));
        assertTrue(failed.getMessage().startsWith("TMB-ER-210") && failed.getMessage().contains("ProviderPortFull: it did not work (Port: all 4 are taken) (request r)"), failed.getMessage());
        assertTrue(store.entries.isEmpty());
        arm.requestId = "";
        arm.resources.clear();
        arm.polls.add(() -> FakeArm.failed("ProviderPortFull"));
        String unnamed = assertThrows(ExpressRouteException.class, () -> node().apply("er-1", ALL, said::add)).getMessage();
        assertTrue(unnamed.startsWith("TMB-ER-210") && !unnamed.contains("request") && unnamed.contains("all 4 are taken). Mend"), unnamed);
    }

    @Test
    void whatFailsToBePolledForAWhileGoesOn() {
        arm.polls.add(() -> {
            throw FakeArm.refused(ArmException.Reason.THROTTLED, ArmException.Applied.NO);
        });
        node().apply("er-1", ALL, said::add);
        assertTrue(store.entries.isEmpty());
        assertEquals(1, arm.asked.size());
    }

    @Test
    void azureIsNotAskedAgainWithoutAPauseEvenWhereItSaysSo() {
        arm.polls.add(() -> new ArmProgress.Running("InProgress", Duration.ZERO));
        node().apply("er-1", ALL, said::add);
        assertFalse(now.get().isBefore(Instant.EPOCH.plusSeconds(1)));
    }

    @Test
    void anOperationThatNeverEndsIsLeftInFlightAndSaid() {
        arm.running = Integer.MAX_VALUE;
        ExpressRouteException waits = assertThrows(ExpressRouteException.class, () -> node().apply("er-1", ALL, said::add));
        assertEquals("TMB-ER-211", code(waits));
        assertEquals(1, Operations.all(store).size());
    }

    @Test
    void oneGatewayActsForACircuitAtATimeUntilItsLeaseEnds() {
        AtomicReference<String> other = new AtomicReference<>("");
        ExpressRouteNode second = node("gw-b", _ -> { }, Circuits.wanted("er-1"));
        ExpressRouteNode first = node("gw-a", _ -> {
            if (other.get().isEmpty()) {
                // A second store handle is another process: the hold within the process does not stand in its way.
                FakeStore same = new FakeStore();
                same.entries.putAll(store.entries);
                second.storeSlot().set(same);
                other.set(assertThrows(ExpressRouteException.class, () -> second.apply("er-1", ALL, said::add)).getMessage());
            }
        }, Circuits.wanted("er-1"));
        first.apply("er-1", ALL, said::add);
        assertTrue(other.get().startsWith("TMB-ER-201 the gateway gw-a"), other.get());
        second.storeSlot().set(store);
        second.apply("er-1", ALL, said::add);
        assertEquals(1, arm.asked.size());
    }

    @Test
    void aHoldThatHasEndedStopsWhatWasBegunHereAndIsSaid() {
        ExpressRouteNode node = node("gw-a", _ -> store.loseLeases(), Circuits.wanted("er-1"));
        assertEquals("TMB-ER-203", code(assertThrows(ExpressRouteException.class, () -> node.apply("er-1", ALL, said::add))));
        assertEquals(1, Operations.all(store).size());
    }

    @Test
    void twoCommandsOfOneGatewayDoNotWorkOnOneCircuit() {
        AtomicReference<String> second = new AtomicReference<>("");
        ExpressRouteNode node = node();
        node.apply("er-1", ALL, line -> {
            if (second.get().isEmpty()) {
                second.set(code(assertThrows(ExpressRouteException.class, () -> node.apply("er-1", ALL, said::add))));
            }
        });
        assertEquals("TMB-ER-202", second.get());
    }

    @Test
    void theServiceKeyIsMaskedUnlessAskedForOpenly() {
        ordered("Provisioned");
        ExpressRouteNode node = node();
        assertEquals("0123****-****-****-****-********cdef", ((Json.Obj) node.key("er-1", false).json()).text("serviceKey").orElseThrow());
        assertEquals("01234567-89ab-cdef-0123-456789abcdef", ((Json.Obj) node.key("er-1", true).json()).text("serviceKey").orElseThrow());
        assertFalse((node.show("er-1") + JsonText.line(node.show("er-1").json()) + node.list() + node.plan(Optional.empty())).contains("89ab-cdef"));
    }

    @Test
    void authorizationsAreMadeAsAGroupAndTheirKeysAreShownOnce() {
        ordered("Provisioned", Circuits.armPrivate());
        ExpressRouteNode node = node();
        String made = JsonText.line(node.createAuthorizations("er-1", "Team Blue", 2, said::add).json());
        assertTrue(made.contains("secret-of-team-blue-1") && made.contains("secret-of-team-blue-2"), made);
        assertFalse(JsonText.line(node.authorizations("er-1").json()).contains("secret"));
        node.createAuthorizations("er-1", "Team Blue", 1, said::add);
        assertTrue(arm.asked.getLast().endsWith("/team-blue-3"), arm.asked.toString());
        assertEquals("TMB-ER-231", code(assertThrows(ExpressRouteException.class, () -> node.createAuthorizations("er-1", "more", 8, said::add))));
        assertEquals("TMB-ER-230", code(assertThrows(ExpressRouteException.class, () -> node.createAuthorizations("er-1", "//", 1, said::add))));
    }

    @Test
    void deletingAnAuthorizationThatIsUsedIsRefusedWithTheLinkThatItWouldCut() {
        ordered("Provisioned", Circuits.armPrivate());
        ExpressRouteNode node = node();
        node.createAuthorizations("er-1", "blue", 2, said::add);
        String path = CIRCUIT + "/authorizations/blue-2";
        arm.put(path, arm.resource(path).with("properties", arm.resource(path).object("properties").orElseThrow().with("authorizationUseStatus", "Used")
                .with("connectionResourceUri", "/subscriptions/other/resourceGroups/x/providers/Microsoft.Network/connections/their-link")));
        int before = arm.asked.size();
        ExpressRouteException refused = assertThrows(ExpressRouteException.class, () -> node.deleteAuthorizations("er-1", "blue", false, said::add));
        assertTrue(refused.getMessage().startsWith("TMB-ER-233") && refused.getMessage().contains("their-link"), refused.getMessage());
        assertEquals(before, arm.asked.size(), "nothing of the group was deleted");
        node.deleteAuthorizations("er-1", "blue", true, said::add);
        assertEquals(before + 2, arm.asked.size());
        assertEquals("TMB-ER-232", code(assertThrows(ExpressRouteException.class, () -> node.deleteAuthorizations("er-1", "blue", true, said::add))));
    }

    @Test
    void aLinkIsMadeToAGatewayAndDeletedWithConsent() {
        ordered("Provisioned", Circuits.armPrivate());
        ExpressRouteNode node = node();
        assertEquals("TMB-ER-108", code(assertThrows(ExpressRouteException.class, () -> node.createLink("er-1", "rg-hub/gw-hub", Optional.empty(), Optional.empty(), OptionalInt.of(10), false, said::add))));
        arm.put(GATEWAY, Json.Obj.EMPTY.with("location", "westeurope").with("properties", Json.Obj.EMPTY.with("gatewayType", "ExpressRoute")));
        arm.put("/resourceGroups/rg-er/providers/Microsoft.Network/connections/to-hub", Circuits.armLink("to-hub", "er-1", "/g/hub", 0));
        node.createLink("er-1", "rg-hub/gw-hub", Optional.empty(), Optional.of("the-key"), OptionalInt.of(10), false, said::add);
        Json.Obj link = arm.bodies.getLast().object("properties").orElseThrow();
        assertEquals(List.of("ExpressRoute", "the-key"), List.of(link.text("connectionType").orElseThrow(), link.text("authorizationKey").orElseThrow()));
        assertEquals(10, link.integer("routingWeight").orElse(0));
        assertEquals("TMB-ER-243", code(assertThrows(ExpressRouteException.class, () -> node.deleteLink("er-1", "to-hub", false, said::add))));
        node.deleteLink("er-1", "to-hub", true, said::add);
        assertTrue(arm.asked.getLast().startsWith("DELETE") && arm.asked.getLast().endsWith("/connections/to-hub"), arm.asked.toString());
    }

    /** The classic words: service key and name of a virtual network. */
    @Test
    void aLinkIsMadeByServiceKeyAndNameOfTheNetwork() {
        ordered("Provisioned", Circuits.armPrivate());
        ExpressRouteNode node = node();
        String network = "/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/hub";
        arm.put(network, Json.Obj.EMPTY.with("properties", Json.Obj.EMPTY));
        assertEquals("TMB-ER-108", code(assertThrows(ExpressRouteException.class, () -> node.createLink("01234567-89AB-cdef-0123-456789abcdef", "rg-hub/hub", Optional.empty(), Optional.empty(), OptionalInt.empty(), false, said::add))));
        arm.put(GATEWAY, gatewayIn(network));
        node.createLink("01234567-89AB-cdef-0123-456789abcdef", "rg-hub/hub", Optional.empty(), Optional.empty(), OptionalInt.empty(), false, said::add);
        assertTrue(arm.asked.getLast().endsWith("/connections/er-1-gw-hub"), arm.asked.toString());
        assertEquals("TMB-ER-005", code(assertThrows(ExpressRouteException.class, () ->
                node.createLink("11111111-89ab-cdef-0123-456789abcdef", "rg-hub/hub", Optional.empty(), Optional.empty(), OptionalInt.empty(), false, said::add))));
    }

    static Json.Obj gatewayIn(String network) {
        Json.Obj subnet = Json.Obj.of("id", new Json.Text("/subscriptions/" + FakeArm.SUBSCRIPTION + network + "/subnets/GatewaySubnet"));
        return Json.Obj.EMPTY.with("location", "westeurope").with("properties", Json.Obj.EMPTY.with("gatewayType", "ExpressRoute").with("ipConfigurations",
                Json.Arr.of(Json.Obj.of("properties", Json.Obj.of("subnet", subnet)))));
    }

    /** ARM lists connections by resource group; an authorization names the one that uses it wherever it is. */
    @Test
    void aLinkThatWasMadeByAuthorizationIsShownAndTheDoctorLooksAtItsNetwork() {
        ordered("Provisioned", Circuits.armPrivate());
        ExpressRouteNode node = node();
        String elsewhere = "/resourceGroups/rg-theirs/providers/Microsoft.Network/connections/their-link";
        String network = "/resourceGroups/rg-theirs/providers/Microsoft.Network/virtualNetworks/hub";
        String gateway = "/subscriptions/" + FakeArm.SUBSCRIPTION + "/resourceGroups/rg-theirs/providers/Microsoft.Network/virtualNetworkGateways/gw";
        arm.put(elsewhere, Circuits.armLink("their-link", "er-1", gateway, 0));
        arm.put(gateway, gatewayIn(network));
        arm.put(network, Json.Obj.of("properties", Json.Obj.of("virtualNetworkPeerings", Json.Arr.of(Json.Obj.EMPTY.with("name", "to-spoke").with("properties",
                Json.Obj.EMPTY.with("peeringState", "Initiated").with("allowGatewayTransit", true).with("remoteVirtualNetwork", Json.Obj.of("id", new Json.Text("/subscriptions/x/virtualNetworks/spoke"))))))));
        assertFalse(JsonText.line(node.links("er-1").json()).contains("their-link"));
        node.createAuthorizations("er-1", "theirs", 1, said::add);
        String path = CIRCUIT + "/authorizations/theirs-1";
        arm.put(path, arm.resource(path).with("properties", arm.resource(path).object("properties").orElseThrow().with("authorizationUseStatus", "InUse")
                .with("connectionResourceUri", "/subscriptions/" + FakeArm.SUBSCRIPTION + elsewhere)));
        assertTrue(JsonText.line(node.links("er-1").json()).contains("their-link"));
        String report = JsonText.line(node.doctor("er-1", said::add).json());
        assertTrue(report.contains("peering to-spoke") && report.contains("is Initiated"), report);
    }

    @Test
    void anUnknownCircuitAndAnUnknownDialectAreBothNamed() {
        ExpressRouteNode node = node();
        String both = assertThrows(ExpressRouteException.class, () -> node.config("nosuch", "junos")).getMessage();
        assertTrue(both.startsWith("TMB-ER-003") && both.contains("nosuch") && both.contains("TMB-ER-260") && both.contains("junos"), both);
        assertEquals("TMB-ER-260", code(assertThrows(ExpressRouteException.class, () -> node.config("er-1", "junos"))));
        assertEquals("TMB-ER-003", code(assertThrows(ExpressRouteException.class, () -> node.config("nosuch", "frr"))));
    }

    @Test
    void tablesStatsAndTheDoctorAnswerWithoutTheNodesOtherBundles() {
        ordered("Provisioned", Circuits.armPrivate());
        arm.resources.put((("/subscriptions/" + FakeArm.SUBSCRIPTION) + CIRCUIT + "/peerings/AzurePrivatePeering/arpTables/primary").toLowerCase(java.util.Locale.ROOT), Json.Obj.of("value", Json.Arr.of(
                Json.Obj.EMPTY.with("age", 5).with("interface", "On-Prem").with("ipAddress", "172.16.0.1").with("macAddress", "0200.0000.0001"))));
        ExpressRouteNode node = node();
        assertTrue(JsonText.line(node.arp("er-1", ExpressRoute.Peering.PRIVATE, Optional.of(ExpressRoute.Device.PRIMARY), said::add).json()).contains("0200.0000.0001"));
        assertEquals(4, ((Json.Obj) node.stats("er-1").json()).integer("secondaryBytesOut").orElse(0));
        said.clear();
        String report = JsonText.line(node.doctor("er-1", said::add).json());
        assertTrue(report.contains("gateway-bgp-session does not answer") && said.size() > 5, report);
    }

    /** What goes wrong with a table is said of the table: nothing is remembered, and nobody waits as long as for a circuit. */
    @Test
    void aTableThatNeverComesIsGivenUpAndToldInItsOwnWords() {
        ordered("Provisioned", Circuits.armPrivate());
        ExpressRouteNode node = node();
        arm.tablesAtOnce = false;
        arm.running = Integer.MAX_VALUE;
        assertTrue(arpRefused(node).endsWith("Azure has not answered within 2 minutes. Nothing was changed; ask again."));
        assertTrue(now.get().isBefore(Instant.EPOCH.plus(Operations.LONGEST_TABLE)), now.toString());
        arm.polls.add(() -> FakeArm.failed("InternalServerError"));
        assertTrue(arpRefused(node).contains("Azure could not answer: InternalServerError: it did not work"));
        arm.polls.add(() -> {
            throw FakeArm.refused(ArmException.Reason.NOT_FOUND, ArmException.Applied.NO);
        });
        assertTrue(arpRefused(node).contains("knows nothing of it any more"));
        int before = arm.polled.size();
        for (int i = 0; i < 3; i++) {
            arm.polls.add(() -> {
                throw FakeArm.refused(ArmException.Reason.BROKEN, ArmException.Applied.NO);
            });
        }
        assertTrue(arpRefused(node).contains("(TMB-ARM-000 test)"));
        assertEquals(before + 3, arm.polled.size());
        assertTrue(store.entries.isEmpty());
    }

    private String arpRefused(ExpressRouteNode node) {
        String told = assertThrows(ExpressRouteException.class, () -> node.arp("er-1", ExpressRoute.Peering.PRIVATE, Optional.of(ExpressRoute.Device.PRIMARY), said::add)).getMessage();
        assertTrue(told.startsWith("TMB-ER-214 POST"), told);
        return told;
    }

    /** Tables take Azure seconds: whoever waits for the doctor reads meanwhile. */
    @Test
    void theDoctorSaysWhatNeedsNoTablesBeforeTheTablesAreThere() {
        ordered("Provisioned", Circuits.armPrivate());
        ExpressRouteNode node = node();
        CountDownLatch heard = new CountDownLatch(1);
        node.armSlot().set(new SlowTables(arm, heard));
        String report = JsonText.line(node.doctor("er-1", line -> {
            if (line.contains(" provider: ")) {
                heard.countDown();
            }
        }).json());
        assertTrue(report.indexOf("\"check\":\"provider\"") < report.indexOf("primary"), "the report has its own order: " + report);
    }

    /** Answers for no table before something has been heard. */
    private record SlowTables(Arm azure, CountDownLatch heard) implements Arm {
        @Override
        public List<AzureSubscription> subscriptions() {
            return azure.subscriptions();
        }

        @Override
        public ArmAnswer call(ArmRequest request) {
            return azure.call(request);
        }

        @Override
        public List<Json.Obj> list(ArmRequest request) {
            return azure.list(request);
        }

        @Override
        public ArmOperation start(ArmRequest request) {
            try {
                assertTrue(heard.await(60, TimeUnit.SECONDS), "nothing was said before the tables");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return azure.start(request);
        }

        @Override
        public ArmProgress poll(ArmOperation operation) {
            return azure.poll(operation);
        }
    }

    @Test
    void whatIsMissingIsNamed() {
        ExpressRouteNode node = node();
        assertEquals("TMB-ER-003", code(assertThrows(ExpressRouteException.class, () -> node.plan(Optional.of("er-9")))));
        assertEquals("TMB-ER-004", code(assertThrows(ExpressRouteException.class, () -> node.show("er-1"))));
        node.armSlot().gone(arm);
        assertEquals("TMB-ER-001", code(assertThrows(ExpressRouteException.class, () -> node.plan(Optional.empty()))));
        assertTrue(JsonText.line(node.list().json()).contains("azure-arm is not running"));
    }

    /** Each request would wait for its deadline. */
    @Test
    void azureThatCannotBeReachedIsAskedOnceForTheListOfAllCircuits() {
        arm.unreachable = true;
        Report all = node("gw-a", _ -> { }, Circuits.wanted("er-1"), Circuits.wanted("er-2"), Circuits.wanted("er-3")).list();
        assertEquals(1, arm.unanswered);
        assertEquals(3, JsonText.line(all.json()).split("TMB-ARM-000 test", -1).length - 1, JsonText.line(all.json()));
    }

    @Test
    void theCostIsOfTheSnapshotsDayAndSaysWhatItDoesNotKnow() {
        ExpressRouteNode node = node("gw-a", _ -> { }, Circuits.with(Circuits.wanted("er-1"), CircuitSettings.Tier.STANDARD, CircuitSettings.Plan.METERED, 50));
        Json.Obj cost = first(node.cost(Optional.of("er-1"), Optional.of("Zone 1"), Optional.of(100L)));
        assertEquals("55", ((Json.Num) cost.get("known").orElseThrow()).literal());
        assertEquals(Json.Arr.texts(List.of("outbound data", "provider")), cost.get("unknown").orElseThrow());
        assertTrue(cost.text("date").orElseThrow().startsWith("2026-"));
        assertEquals("0", ((Json.Num) first(node.cost(Optional.of("er-1"), Optional.empty(), Optional.empty())).get("known").orElseThrow()).literal());
    }
}
