package tombolo.azure.expressroute.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tombolo.api.azure.ArmException;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Applying;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.config.CircuitSettings.Subnets;
import tombolo.api.config.Contribution;
import tombolo.api.expressroute.ExpressRoute.Consent;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;
import tombolo.api.subinterface.Subinterface;
import tombolo.api.subinterface.Subinterfaces;
import tombolo.azure.expressroute.core.Circuits;

/** What the watch asks of Azure, and what it does by itself; with a clock that stands until it is moved. */
class CircuitWatchTest {
    /** What ARM's documentation gives a principal in a subscription: 25 reads a second, 250 at once. */
    private static final double DOCUMENTED_PER_SECOND = 25;
    private static final Consent ALL = new Consent(true, "");
    private static final Consent NONE = new Consent(false, "");
    private static final String CIRCUIT = "/resourceGroups/rg-er/providers/Microsoft.Network/expressRouteCircuits/";

    private final FakeArm arm = new FakeArm();
    private final FakeStore store = new FakeStore();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

    private ExpressRouteNode node(CircuitSettings... circuits) {
        ExpressRouteNode node = new ExpressRouteNode(Path.of("prices"), now::get, time -> now.updateAndGet(each -> each.plus(time)));
        settings(node, circuits);
        node.armSlot().set(arm);
        node.storeSlot().set(store);
        return node;
    }

    private static void settings(ExpressRouteNode node, CircuitSettings... circuits) {
        Map<String, CircuitSettings> wanted = new HashMap<>();
        for (CircuitSettings circuit : circuits) {
            wanted.put(circuit.name(), circuit);
        }
        node.settings("gw-a", wanted);
    }

    private void pass(ExpressRouteNode node, Duration time) {
        Instant end = now.get().plus(time);
        while (now.get().isBefore(end)) {
            Duration wait = node.tick();
            now.updateAndGet(each -> each.plus(wait.isPositive() ? wait : Duration.ofMillis(1)));
        }
    }

    private void inAzure(String name) {
        arm.put(CIRCUIT + name, Circuits.arm(name, "Standard", "MeteredData", 1_000, "Provisioned"));
        arm.put(CIRCUIT + name + "/peerings/AzurePrivatePeering", Circuits.armPrivate());
    }

    @Test
    void fiftyCircuitsTakeLessThanATenthOfArmsBudgetInAnyMinute() {
        List<CircuitSettings> circuits = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            inAzure("er-" + i);
            Peering peering = new Peering(100, new Subnets(Prefix.parse("172.16." + i + ".0/30"), Prefix.parse("172.16." + i + ".4/30")), Optional.empty(), new Asn(65010), Optional.empty(), List.of(), "",
                    List.of());
            arm.put(CIRCUIT + "er-" + i + "/peerings/AzurePrivatePeering", Circuits.armPeering("AzurePrivatePeering", 100, 65010, "172.16." + i + ".0/30", "172.16." + i + ".4/30"));
            circuits.add(Circuits.with(Circuits.wanted("er-" + i), Optional.of(peering), Optional.empty(), List.of()));
        }
        ExpressRouteNode node = node(circuits.toArray(CircuitSettings[]::new));
        int most = 0;
        int before = 0;
        for (int minute = 0; minute < 60; minute++) {
            if (minute == 30) { // all change at once
                for (int i = 0; i < 50; i++) {
                    arm.put(CIRCUIT + "er-" + i, Circuits.arm("er-" + i, "Premium", "MeteredData", 1_000, "Provisioned"));
                }
            }
            pass(node, Duration.ofMinutes(1));
            most = Math.max(most, arm.reads - before);
            before = arm.reads;
        }
        System.out.println("50 circuits, 60 minutes: " + arm.reads + " reads, at most " + most + " a minute; a tenth of the budget are " + (int) (DOCUMENTED_PER_SECOND * 6) + " a minute");
        assertTrue(most <= DOCUMENTED_PER_SECOND * 60 / 10, most + " reads in a minute");
        assertTrue(arm.reads >= 50 * 55, "each is looked at about once a minute: " + arm.reads);
        assertTrue(arm.asked.isEmpty(), "looking changes nothing");
    }

    @Test
    void aHandEditedPeeringAndACircuitThatIsGoneAreSeenAndNothingIsDoneUnlessTheFileSaysSo() {
        inAzure("er-1");
        ExpressRouteNode node = node(Circuits.wanted("er-1"));
        pass(node, Duration.ofSeconds(5));
        assertTrue(node.said("er-1").orElseThrow().startsWith("TMB-ER-281"), node.said("er-1").toString());
        arm.put(CIRCUIT + "er-1/peerings/AzurePrivatePeering", Circuits.armPeering("AzurePrivatePeering", 101, 65010, "172.16.0.0/30", "172.16.0.4/30"));
        pass(node, Duration.ofSeconds(61));
        assertTrue(node.said("er-1").orElseThrow().matches("TMB-ER-280 .*vlan 101 to 100.*"), node.said("er-1").toString());
        arm.resources.keySet().removeIf(key -> key.contains("er-1"));
        pass(node, Duration.ofSeconds(61));
        assertTrue(node.said("er-1").orElseThrow().startsWith("TMB-ER-282"), node.said("er-1").toString());
        assertEquals(List.of(), arm.asked);
    }

    @Test
    void automaticDoesWhatNeitherCostsNorCutsAndTheRestOnlyWhereTheFileAllowsIt() {
        ExpressRouteNode node = node(Circuits.wanted("er-1").with(new Applying(true, false, false, 60)));
        pass(node, Duration.ofSeconds(5));
        assertEquals(List.of(), arm.asked, "ordering costs");
        assertTrue(node.said("er-1").orElseThrow().contains("create the circuit er-1"), node.said("er-1").toString());

        settings(node, Circuits.wanted("er-1").with(new Applying(true, true, false, 60)));
        pass(node, Duration.ofSeconds(61));
        assertEquals(List.of("PUT " + CIRCUIT + "er-1"), arm.asked);

        arm.provision(CIRCUIT + "er-1");
        pass(node, Duration.ofSeconds(61));
        assertEquals("PUT " + CIRCUIT + "er-1/peerings/AzurePrivatePeering", arm.asked.getLast());

        arm.put(CIRCUIT + "er-1/peerings/AzurePrivatePeering", Circuits.armPeering("AzurePrivatePeering", 101, 65010, "172.16.0.0/30", "172.16.0.4/30"));
        pass(node, Duration.ofSeconds(61));
        assertEquals(2, arm.asked.size(), "another VLAN cuts");
        settings(node, Circuits.wanted("er-1").with(new Applying(true, true, true, 60)));
        pass(node, Duration.ofSeconds(61));
        assertEquals(3, arm.asked.size());
        pass(node, Duration.ofSeconds(121));
        assertEquals(3, arm.asked.size(), "what is as wanted is asked for no more");
        assertTrue(node.said("er-1").orElseThrow().startsWith("TMB-ER-281"), node.said("er-1").toString());
        assertTrue(store.entries.isEmpty(), "no hold is left");
    }

    @Test
    void automaticGoesOnWithWhatDoesNotWaitForAStepThatIsNotAllowed() {
        arm.put(CIRCUIT + "er-1", Circuits.arm("er-1", "Standard", "MeteredData", 200, "Provisioned")); // more bandwidth costs
        ExpressRouteNode node = node(NodeCircuits.wanted("er-1").with(new Applying(true, false, false, 60)));
        Links links = new Links();
        node.subinterfacesCame(links);
        node.contributionsCame(_ -> { });
        pass(node, Duration.ofSeconds(5));
        assertEquals(List.of("PUT " + CIRCUIT + "er-1/peerings/AzurePrivatePeering"), arm.asked, "the peering does not wait for the bandwidth");
        assertEquals(2, links.wanted.size(), "nor does this node");
        assertTrue(node.said("er-1").orElseThrow().matches("TMB-ER-280 .*bandwidth 200 Mbit/s to 1 Gbit/s.*"), node.said("er-1").toString());
        pass(node, Duration.ofSeconds(121));
        assertEquals(1, arm.asked.size(), "what is done is not done again");

        arm.put(CIRCUIT + "er-1/peerings/AzurePrivatePeering", Circuits.armPeering("AzurePrivatePeering", 101, 65010, "172.16.0.0/30", "172.16.0.4/30"));
        node.apply("er-1", ALL, _ -> { });
        assertEquals(3, arm.asked.size());
    }

    @Test
    void whatAnotherGatewayHoldsIsLeftAloneUntilItsLeaseEnds() {
        inAzure("er-1");
        ExpressRouteNode node = node(Circuits.wanted("er-1"));
        FakeStore elsewhere = new FakeStore(); // another process: the hold within this one does not stand in its way
        for (int lease = 0; lease < 100; lease++) {
            elsewhere.grant(Duration.ofSeconds(1)); // whose leases have other numbers
        }
        try (CircuitHold other = CircuitHold.take(elsewhere, (FakeArm.SUBSCRIPTION + "/rg-er/er-1").toLowerCase(java.util.Locale.ROOT), "gw-b")) {
            store.entries.putAll(elsewhere.entries);
            pass(node, Duration.ofSeconds(65));
            assertEquals(0, arm.reads, other.circuit() + " is another gateway's");
            assertEquals(Optional.empty(), node.said("er-1"));
        }
        store.entries.clear();
        pass(node, Duration.ofSeconds(65));
        assertTrue(arm.reads > 0);
    }

    @Test
    void losingAzureTouchesNothingOnThisNode() {
        inAzure("er-1");
        ExpressRouteNode node = node(NodeCircuits.wanted("er-1"));
        Links links = new Links();
        List<Contribution> contributions = new ArrayList<>();
        node.subinterfacesCame(links);
        node.contributionsCame(contributions::add);
        node.apply("er-1", NONE, _ -> { });
        assertEquals(2, links.wanted.size());
        assertEquals(4, contributions.getLast().parts().size());
        int spoken = contributions.size();
        arm.unreachable = true;
        pass(node, Duration.ofMinutes(30));
        assertEquals(2, links.wanted.size());
        assertEquals(spoken, contributions.size());
        assertTrue(node.said("er-1").isPresent());
        arm.unreachable = false;
        arm.resources.clear();
        settings(node, NodeCircuits.wanted("er-1").with(new Applying(true, false, false, 60)));
        pass(node, Duration.ofMinutes(30));
        assertEquals(2, links.wanted.size(), "a circuit that vanished cuts nothing here");
    }

    @Test
    void whatWasAppliedIsKeptOverARestartAndGoesWithConsentWhenTheFileIsGone(@org.junit.jupiter.api.io.TempDir Path folder) {
        inAzure("er-1");
        ExpressRouteNode first = new ExpressRouteNode(Path.of("prices"), Optional.of(folder), now::get, _ -> { }, Runnable::run);
        settings(first, NodeCircuits.wanted("er-1"));
        first.armSlot().set(arm);
        first.storeSlot().set(store);
        first.apply("er-1", NONE, _ -> { });
        first.close();

        ExpressRouteNode second = new ExpressRouteNode(Path.of("prices"), Optional.of(folder), now::get, _ -> { }, Runnable::run); // Azure is not there
        Links links = new Links();
        List<Contribution> contributions = new ArrayList<>();
        second.subinterfacesCame(links);
        second.contributionsCame(contributions::add);
        assertEquals(List.of("er-1-p100", "er-1-s100"), links.wanted.stream().map(Subinterface::name).toList());
        assertEquals(4, contributions.getLast().parts().size());

        settings(second);
        assertEquals(2, links.wanted.size(), "the file is gone, and nothing with it");
        assertTrue(second.list().blocks().toString().contains("in no file: circuit er-1, 2 interfaces and 2 sessions"), second.list().blocks().toString());
        assertEquals("TMB-ER-205", org.junit.jupiter.api.Assertions.assertThrows(tombolo.api.expressroute.ExpressRouteException.class, () -> second.apply("er-1", NONE, _ -> { })).getMessage().substring(0, 10));
        assertTrue(second.plan(Optional.of("er-1")).blocks().toString().contains("remove interface er-1-s100"));
        second.apply("er-1", ALL, _ -> { });
        assertEquals(List.of(), links.wanted);
        assertEquals(0, contributions.getLast().parts().size());
        second.close();
    }

    @Test
    void aDamagedFileEndsNoSessionAndApplyWritesItAnew(@org.junit.jupiter.api.io.TempDir Path folder) throws java.io.IOException {
        inAzure("er-1");
        java.nio.file.Files.writeString(folder.resolve("er-1.json"), "{\"links\":[{}]}");
        ExpressRouteNode node = new ExpressRouteNode(Path.of("prices"), Optional.of(folder), now::get, _ -> { }, Runnable::run);
        settings(node, NodeCircuits.wanted("er-1"));
        node.armSlot().set(arm);
        node.storeSlot().set(store);
        List<Contribution> contributions = new ArrayList<>();
        node.contributionsCame(contributions::add);
        assertEquals(List.of(), contributions, "to say nothing leaves what was said before");
        node.apply("er-1", NONE, _ -> { });
        assertEquals(4, contributions.getLast().parts().size());
        node.close();
    }

    @Test
    void whatAzureRefusesToSayIsSaidOnce() {
        arm.unreachable = true;
        ExpressRouteNode node = node(Circuits.wanted("er-1"));
        pass(node, Duration.ofMinutes(5));
        assertEquals(FakeArm.refused(ArmException.Reason.UNREACHABLE, ArmException.Applied.NO).getMessage(), node.said("er-1").orElseThrow());
    }

    /** A keeper of interfaces that keeps them in mind. */
    static final class Links implements Subinterfaces {
        List<Subinterface> wanted = List.of();

        @Override
        public void offer(String owner, List<Subinterface> links) {
            wanted = links;
        }

        @Override
        public List<State> states(String owner) {
            return wanted.stream().map(link -> new State(link, List.of(), Optional.empty())).toList();
        }
    }
}
