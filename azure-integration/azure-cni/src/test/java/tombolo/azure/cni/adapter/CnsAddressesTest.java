package tombolo.azure.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.config.AzureCniSettings.Mode;
import tombolo.api.endpoint.ContainerAddresses.Ask;
import tombolo.api.endpoint.ContainerAddresses.Outcome;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.nat.Nat;
import tombolo.api.nat.SourceTranslation;
import tombolo.api.net.IpAddress;

/** Addresses that CNS gives, and what becomes of them when something goes wrong. */
class CnsAddressesTest {
    @TempDir
    Path folder;
    private FakeAzure azure;
    private final ToldSources nat = new ToldSources();
    private HttpEdge http;
    private final AtomicLong now = new AtomicLong();

    @BeforeEach
    void open() throws IOException {
        azure = new FakeAzure();
        http = new HttpEdge();
    }

    @AfterEach
    void close() {
        http.close();
        azure.close();
    }

    private CnsAddresses addresses(String boot, Duration limit) throws IOException {
        return addresses(boot, limit, now::get);
    }

    private CnsAddresses addresses(String boot, Duration limit, LongSupplier clock) throws IOException {
        CnsAddresses addresses = new CnsAddresses(folder, http, boot, clock);
        addresses.settings(AzureRig.settings(azure, Mode.IN_AZURE, limit, Optional.empty()));
        addresses.nat(Optional.of(nat));
        return addresses;
    }

    private CnsAddresses addresses() throws IOException {
        return addresses("b1", Duration.ofSeconds(20));
    }

    private static Ask ask(String container) {
        return new Ask("n." + container, new EndpointId(container, "eth0"), Map.of("K8S_POD_NAME", container), Json.Obj.EMPTY, true, false, List.of());
    }

    private static Ask ask(String container, FakeAzure cns) {
        return new Ask("n." + container, new EndpointId(container, "eth0"), Map.of("K8S_POD_NAME", container), Json.Obj.of("cnsurl", new Json.Text(cns.url())), true, false, List.of());
    }

    private static String given(Outcome outcome) {
        return assertInstanceOf(Outcome.Assigned.class, outcome).addresses().getFirst().address().toString();
    }

    private static Outcome.Refused refused(Outcome outcome) {
        return assertInstanceOf(Outcome.Refused.class, outcome);
    }

    @Test
    void anAddressIsGivenOnceReleasedOnceAndTheSameForTheSameHandle() throws IOException {
        try (CnsAddresses addresses = addresses()) {
            assertEquals("10.241.0.5", given(addresses.assign(ask("a"))));
            assertEquals("10.241.0.5", given(addresses.assign(ask("a"))));
            assertEquals(Optional.empty(), addresses.release("n.a"));
            assertEquals(Optional.empty(), addresses.release("n.a"));
            assertEquals(Map.of(), azure.given());
            assertEquals(List.of("/network/requestipconfigs", "/network/releaseipconfigs"), azure.asked);
        }
    }

    @Test
    void theMachinesServicesAreReachedFromTheFirstContainerToTheLastAndAfterARestart() throws IOException {
        try (CnsAddresses addresses = addresses()) {
            given(addresses.assign(ask("a")));
            given(addresses.assign(ask("b")));
            assertEquals(1, nat.times, "containers of one subnet have it in common");
            assertEquals(3, nat.told.size());
        }
        nat.told = Set.of();
        try (CnsAddresses addresses = addresses()) {
            assertEquals(Optional.empty(), addresses.tell());
            assertEquals(3, nat.told.size());
            addresses.release("n.a");
            assertEquals(3, nat.told.size());
            addresses.release("n.b");
            assertEquals(Set.of(), nat.told);
        }
    }

    /** A container that cannot ask for names would be there and of no use: the runtime is to come again. */
    @Test
    void whereNobodyTranslatesTheAddressGoesBackAndTheCallIsToComeAgain() throws IOException {
        try (CnsAddresses addresses = addresses()) {
            for (Optional<Nat> service : List.of(Optional.<Nat>empty(), Optional.<Nat>of(nat))) {
                addresses.nat(service);
                nat.refusal = Optional.of("not now");
                Outcome.Refused refused = refused(addresses.assign(ask("a")));
                assertTrue(refused.later() && refused.reason().startsWith("TMB-AZC-026"), refused.reason());
                assertEquals(Map.of(), azure.given());
            }
            nat.refusal = Optional.empty();
            assertEquals("10.241.0.5", given(addresses.assign(ask("a"))));
            assertEquals(3, nat.told.size());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {43, 404})
    void aServiceThatKnowsTheSingularCallsAloneIsServedByThose(int answer) throws IOException {
        azure.pluralAnswers = answer;
        try (CnsAddresses addresses = addresses()) {
            assertEquals("10.241.0.5", given(addresses.assign(ask("a"))));
            assertEquals(Optional.empty(), addresses.release("n.a"));
            assertEquals(Map.of(), azure.given());
            assertEquals(List.of("/network/requestipconfigs", "/network/requestipconfig", "/network/releaseipconfigs", "/network/releaseipconfig"), azure.asked);
        }
    }

    @Test
    void anEmptyPoolAndAnUnknownCodeAreRefusedAndHoldNothing() throws IOException {
        azure.cnsAddresses = List.of();
        try (CnsAddresses addresses = addresses()) {
            assertTrue(refused(addresses.assign(ask("a"))).later(), "CNS's pool grows by itself");
            azure.instead.put("/network/request", exchange -> FakeAzure.answer(exchange, 200, "{\"response\":{\"ReturnCode\":4711,\"Message\":\"x\"},\"new\":[1]}"));
            Outcome.Refused unknown = refused(addresses.assign(ask("a")));
            assertTrue(!unknown.later() && unknown.reason().contains("4711 (not known here)"), unknown.reason());
            assertEquals(List.of(), addresses.holdings());
            assertEquals(Optional.empty(), addresses.release("n.a"));
        }
    }

    /** The request arrived and the answer did not: what CNS gave must not be lost. */
    @Test
    void anAnswerThatNeverCameIsReleasedLater() throws IOException {
        try (CnsAddresses addresses = addresses("b1", Duration.ofMillis(300))) {
            azure.instead.put("/network/requestipconfigs", azure::silence);
            assertTrue(refused(addresses.assign(ask("a"))).later());
            azure.instead.put("/network/requestipconfigs", exchange -> FakeAzure.answer(exchange, 500, "{}"));
            assertTrue(refused(addresses.assign(ask("b"))).later());
            azure.instead.put("/network/requestipconfigs", exchange -> FakeAzure.answer(exchange, 200, "{\"podIPInfo\":[{"));
            assertTrue(refused(addresses.assign(ask("c"))).later());
            azure.instead.clear();
            azure.asked.clear();
            addresses.settings(AzureRig.settings(azure, Mode.IN_AZURE, Duration.ofSeconds(20), Optional.empty()));
            addresses.settle();
            assertEquals(List.of("/network/releaseipconfigs", "/network/releaseipconfigs", "/network/releaseipconfigs"), azure.asked);
            addresses.settle();
            assertEquals(3, azure.asked.size());
        }
    }

    @Test
    void aContainerThatAsksAgainIsNoDebtAnyMore() throws IOException {
        try (CnsAddresses addresses = addresses()) {
            azure.instead.put("/network/requestipconfigs", exchange -> FakeAzure.answer(exchange, 503, ""));
            refused(addresses.assign(ask("a")));
            azure.instead.clear();
            assertEquals("10.241.0.5", given(addresses.assign(ask("a"))));
            addresses.settle();
            assertEquals(Map.of("10.241.0.5", "a-eth0"), azure.given());
        }
    }

    @Test
    void aServiceThatIsNotThereOwesNothing() throws IOException {
        try (CnsAddresses addresses = addresses()) {
            azure.close();
            assertTrue(refused(addresses.assign(ask("a"))).later());
            assertEquals(Optional.empty(), addresses.release("n.a"), "it was never reached, so there is nothing to give back");
        }
    }

    @Test
    void anAddressThatSomebodyHasIsNotTakenTwiceAndGivenBack() throws IOException {
        try (CnsAddresses addresses = addresses()) {
            assertEquals("10.241.0.5", given(addresses.assign(ask("a"))));
            azure.instead.put("/network/requestipconfigs", exchange -> FakeAzure.answer(exchange, 200,
                    "{\"podIPInfo\":[{\"PodIPConfig\":{\"IPAddress\":\"10.241.0.5\",\"PrefixLength\":16}}],\"response\":{\"ReturnCode\":0}}"));
            assertTrue(refused(addresses.assign(ask("b"))).reason().contains("n.a has"));
            assertEquals(1, addresses.holdings().size());
            assertEquals("/network/releaseipconfigs", azure.asked.getLast());
        }
    }

    @Test
    void aRestartKnowsWhatToReleaseAndAdoptsWhatEndpointsHave() throws IOException {
        try (CnsAddresses addresses = addresses()) {
            given(addresses.assign(ask("a")));
            given(addresses.assign(ask("b")));
        }
        Endpoint a = new Endpoint(new EndpointId("a", "eth0"), "n", "transparent", "/run/netns/x", "azv1", Optional.empty(), 1400,
                List.of(new InterfaceAddress(IpAddress.parse("10.241.0.5"), 16)), Map.of(), Endpoint.State.READY, 1, "cns");
        try (CnsAddresses addresses = addresses("b2", Duration.ofSeconds(20))) {
            addresses.adopt(List.of(a));
            addresses.settle();
            assertEquals(Map.of("10.241.0.5", "a-eth0"), azure.given(), "b did not outlive the machine");
        }
        java.nio.file.Files.delete(folder.resolve("cns.log"));
        try (CnsAddresses addresses = addresses()) {
            addresses.adopt(List.of(a));
            assertEquals(Optional.empty(), addresses.release("n.a"));
            assertEquals(Map.of(), azure.given());
        }
    }

    @Test
    void aFailedReleaseIsToldAndDoneLater() throws IOException {
        try (CnsAddresses addresses = addresses()) {
            given(addresses.assign(ask("a")));
            azure.instead.put("/network/release", exchange -> FakeAzure.answer(exchange, 200, "{\"ReturnCode\":99,\"Message\":\"busy\"}"));
            assertTrue(addresses.release("n.a").orElse("").contains("TMB-AZC-025"));
            azure.instead.clear();
            assertEquals(Optional.empty(), addresses.release("n.a"));
            assertEquals(Map.of(), azure.given());
        }
    }

    /** A service that names nobody as the machine: the one container has no network, and the others are not touched. */
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "224.0.0.1"})
    void anAnswerWithAnAddressThatIsNobodysHasNoEffectOnOtherContainers(String machine) throws IOException {
        try (CnsAddresses addresses = addresses()) {
            given(addresses.assign(ask("a")));
            azure.instead.put("/network/requestipconfigs", exchange -> FakeAzure.answer(exchange, 200, answer("10.241.0.9", "10.241.0.4", machine)));
            assertTrue(refused(addresses.assign(ask("b"))).reason().contains(machine));
            azure.instead.clear();
            assertEquals("10.241.0.6", given(addresses.assign(ask("c"))));
            assertEquals(Optional.empty(), addresses.release("n.a"));
            assertEquals(Optional.empty(), addresses.tell());
        }
    }

    private static String answer(String address, String primary, String machine) {
        return "{\"podIPInfo\":[{\"PodIPConfig\":{\"IPAddress\":\"" + address + "\",\"PrefixLength\":16},\"NetworkContainerPrimaryIPConfig\":{\"IPSubnet\":{\"IPAddress\":\"" + primary
                + "\",\"PrefixLength\":16}},\"HostPrimaryIPInfo\":{\"PrimaryIP\":\"" + machine + "\"}}],\"response\":{\"ReturnCode\":0}}";
    }

    @Test
    void settlingGoesOnBehindAFault() throws IOException {
        try (AzureNode node = new AzureNode(folder, "b1", Duration.ofMillis(5))) {
            node.settings(AzureRig.settings(azure, Mode.IN_AZURE, Duration.ofSeconds(20), Optional.empty()));
            node.nat(Optional.of(nat));
            given(node.cns().assign(ask("a")));
            nat.told = Set.of();
            nat.broken = true;
            node.nat(Optional.of(nat));
            AzureRig.eventually(() -> nat.faults.get() > 3);
            nat.broken = false;
            AzureRig.eventually(() -> nat.told.size() == 3);
        }
    }

    /** Lines of a version that did not write it down, and what is adopted where the record was lost. */
    @Test
    void whileItIsUnknownHowAContainerReachesTheMachinesServicesNothingIsTakenOff() throws IOException {
        try (CnsAddresses addresses = addresses()) {
            given(addresses.assign(ask("a")));
            given(addresses.assign(ask("b")));
        }
        Path record = folder.resolve("cns.log");
        String a = java.nio.file.Files.readAllLines(record).stream().filter(line -> line.contains("n.a") && line.contains("10.241.0.5")).findFirst().orElseThrow();
        java.nio.file.Files.writeString(record, a.replaceAll("\"access\":\\{[^}]*}", "\"more\":0") + "\n");
        int before = nat.times;
        Set<SourceTranslation> there = nat.told;
        nat.told = Set.of(); // as by a gateway-dataplane that was started anew
        try (CnsAddresses addresses = addresses()) {
            assertEquals(1, addresses.holdings().size());
            assertEquals(Optional.empty(), addresses.tell());
            assertEquals(before, nat.times, "the chain in force is left alone");
            nat.told = there; // as by one that was not
            assertEquals(Optional.empty(), addresses.tell());
            assertEquals(there, nat.told);
            azure.instead.put("/network/requestipconfigs", exchange -> FakeAzure.answer(exchange, 200, answer("10.242.0.5", "10.242.0.4", "10.240.0.4")));
            given(addresses.assign(ask("c")));
            assertEquals(6, nat.told.size(), "what there is, and what is new");
            addresses.release("n.c");
            assertEquals(6, nat.told.size());
            addresses.release("n.a");
            assertEquals(Set.of(), nat.told, "now everything is known");
        }
    }

    /** A record of an older version, without what it did not write down. */
    private void forgetAccess() throws IOException {
        Path record = folder.resolve("cns.log");
        java.nio.file.Files.writeString(record, java.nio.file.Files.readString(record).replaceAll("\"access\":\\{[^}]*}", "\"more\":0"));
    }

    /** The kernel has what the older version put there: it must not be replaced by less before the container that lives by it is gone. */
    @Test
    void afterAnUpgradeTheFirstContainerTakesNoOthersSourceAway() throws IOException {
        azure.cnsAddresses = List.of("10.241.0.5", "10.242.0.5", "10.243.0.5");
        azure.primaries = Map.of("10.242.0.5", "10.242.0.4", "10.243.0.5", "10.243.0.4");
        try (CnsAddresses addresses = addresses()) {
            given(addresses.assign(ask("a")));
            given(addresses.assign(ask("b")));
        }
        forgetAccess();
        nat.told = Set.of(); // as of a process that has just started
        nat.history.clear();
        try (CnsAddresses addresses = addresses()) {
            assertEquals(Optional.empty(), addresses.tell());
            assertEquals(List.of(), nat.history);
            azure.asked.clear();
            azure.instead.put("/network/requestipconfigs", azure::silence);
            addresses.settings(AzureRig.settings(azure, Mode.IN_AZURE, Duration.ofMillis(300), Optional.empty()));
            assertTrue(refused(addresses.assign(ask("c"))).later());
            azure.instead.clear();
            addresses.settings(AzureRig.settings(azure, Mode.IN_AZURE, Duration.ofSeconds(20), Optional.empty()));
            assertEquals("10.243.0.5", given(addresses.assign(ask("c"))));
            assertEquals(List.of(9), nat.history.stream().map(Set::size).toList(), "at once, and with those of all three");
            assertEquals(Set.of("10.241.0.4", "10.242.0.4", "10.243.0.4", "10.240.0.4"), sources());
            assertEquals(Map.of("10.241.0.5", "a-eth0", "10.242.0.5", "b-eth0", "10.243.0.5", "c-eth0"), azure.given());
            addresses.release("n.a");
            assertEquals(6, nat.told.size());
        }
        int asked = azure.asked.size();
        try (CnsAddresses addresses = addresses()) {
            assertEquals(Optional.empty(), addresses.tell());
            assertEquals(6, nat.told.size(), "it is written down now");
            assertEquals(asked, azure.asked.size());
        }
    }

    /** A CNS that answers nobody who asks about the old: then the new one waits, and the chain stays. */
    @Test
    void whileCnsDoesNotSayItOfTheOldContainersTheChainStays() throws IOException {
        azure.cnsAddresses = List.of("10.241.0.5", "10.242.0.5");
        azure.primaries = Map.of("10.242.0.5", "10.242.0.4");
        try (CnsAddresses addresses = addresses()) {
            given(addresses.assign(ask("a")));
        }
        forgetAccess();
        nat.told = Set.of();
        nat.history.clear();
        try (CnsAddresses addresses = addresses()) {
            azure.silentTo = "a-eth0";
            addresses.settings(AzureRig.settings(azure, Mode.IN_AZURE, Duration.ofSeconds(2), Optional.empty()));
            Outcome.Refused refused = refused(addresses.assign(ask("b")));
            assertTrue(refused.later() && refused.reason().startsWith("TMB-AZC-026"), refused.reason());
            assertEquals(List.of(), nat.history);
            assertEquals(Map.of("10.241.0.5", "a-eth0"), azure.given());
        }
    }

    /** CNS's answers to the question for a new container, and then to the one about the old one. */
    private void answersAboutTheOld(FakeAzure.Instead old) {
        AtomicInteger questions = new AtomicInteger();
        azure.instead.put("/network/requestipconfigs", exchange -> {
            if (questions.incrementAndGet() == 1) {
                FakeAzure.answer(exchange, 200, answer("10.241.0.6", "10.241.0.4", "10.240.0.4"));
            } else {
                old.serve(exchange);
            }
        });
    }

    private void oneOfAnOlderVersion() throws IOException {
        try (CnsAddresses addresses = addresses()) {
            given(addresses.assign(ask("a")));
        }
        forgetAccess();
        nat.told = Set.of();
        nat.history.clear();
        azure.asked.clear();
    }

    /** Its own services away, a fault, too many callers: it has not looked, and what the old container lives by must not be taken off for that. */
    @ParameterizedTest
    @ValueSource(ints = {45, 99, 429})
    void whereCnsCannotLookItIsAskedAnotherTime(int code) throws IOException {
        oneOfAnOlderVersion();
        try (CnsAddresses addresses = addresses()) {
            answersAboutTheOld(exchange -> FakeAzure.answer(exchange, code == 429 ? 429 : 200, "{\"response\":{\"ReturnCode\":" + code + ",\"Message\":\"x\"}}"));
            Outcome.Refused refused = refused(addresses.assign(ask("b")));
            assertTrue(refused.later() && refused.reason().startsWith("TMB-AZC-026"), refused.reason());
            assertEquals(List.of(), nat.history);
            azure.instead.clear();
            given(addresses.assign(ask("b")));
            assertEquals(Optional.empty(), addresses.tell());
            assertEquals(1, nat.history.size());
        }
        assertTrue(java.nio.file.Files.readAllLines(folder.resolve("cns.log")).stream().anyMatch(line -> line.contains("n.a") && line.contains("\"access\":{")), "the second time it was learned");
    }

    /** Who has an address needs none of the pool: where that one is empty, the old is known to CNS no more, and the new does not wait for it for ever. */
    @ParameterizedTest
    @ValueSource(ints = {15, 32, 14})
    void whereCnsHasNothingForTheOldTheNewDoesNotWait(int code) throws IOException {
        oneOfAnOlderVersion();
        try (CnsAddresses addresses = addresses()) {
            answersAboutTheOld(exchange -> FakeAzure.answer(exchange, 200, "{\"response\":{\"ReturnCode\":" + code + ",\"Message\":\"x\"}}"));
            assertEquals("10.241.0.6", given(addresses.assign(ask("b"))));
            assertEquals(1, nat.history.size());
            assertEquals(2, addresses.holdings().size());
        }
    }

    /** Only asked about, it is given something anew, that nobody would ever use or give back. */
    @Test
    void whatCnsGivesTheOldAnewGoesBackByItsAddress() throws IOException {
        oneOfAnOlderVersion();
        try (CnsAddresses addresses = addresses()) {
            answersAboutTheOld(exchange -> FakeAzure.answer(exchange, 200, answer("10.241.0.9", "10.241.0.4", "10.240.0.4")));
            assertEquals("10.241.0.6", given(addresses.assign(ask("b"))));
            assertEquals(List.of("/network/requestipconfigs", "/network/requestipconfigs", "/network/releaseipconfigs"), azure.asked);
            assertTrue(azure.bodies.getLast().contains("\"10.241.0.9\"") && azure.bodies.getLast().contains("a-eth0"), azure.bodies.getLast());
            assertEquals(List.of("10.241.0.5", "10.241.0.6"), addresses.holdings().stream().map(one -> one.address().toString()).toList());
        }
    }

    @Test
    void anUnclearAnswerAboutTheOldTakesNothingFromIt() throws IOException {
        oneOfAnOlderVersion();
        try (CnsAddresses addresses = addresses()) {
            answersAboutTheOld(exchange -> FakeAzure.answer(exchange, 200, answer("10.241.0.5", "10.241.0.4", "0.0.0.0")));
            assertEquals("10.241.0.6", given(addresses.assign(ask("b"))));
            assertEquals(List.of("/network/requestipconfigs", "/network/requestipconfigs"), azure.asked);
        }
    }

    /** Adopting finds that nobody has it any more, while CNS is asked about it: it stays a debt. */
    @Test
    void whatIsLearnedTakesNoDebtOff() throws IOException {
        oneOfAnOlderVersion();
        try (CnsAddresses addresses = addresses("b2", Duration.ofSeconds(20))) {
            answersAboutTheOld(exchange -> {
                addresses.adopt(List.of());
                FakeAzure.answer(exchange, 200, answer("10.241.0.5", "10.241.0.4", "10.240.0.4"));
            });
            assertEquals("10.241.0.6", given(addresses.assign(ask("b"))));
            addresses.settle();
            assertEquals(Map.of(), azure.given());
            assertEquals(List.of("10.241.0.6"), addresses.holdings().stream().map(one -> one.address().toString()).toList());
        }
    }

    /** What an old container lives by is not taken off for a CNS that is being started; one that never comes back, or never says it, costs its own container alone. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOldContainerOfWhichItsCnsNeverSaysItHoldsTheOthersUpForHalfAMinuteAndNoLonger(boolean answers) throws IOException {
        azure.cnsAddresses = List.of("10.242.0.5", "10.242.0.6");
        azure.primaries = Map.of("10.242.0.5", "10.242.0.4", "10.242.0.6", "10.242.0.4");
        try (FakeAzure old = new FakeAzure()) {
            try (CnsAddresses addresses = addresses()) {
                given(addresses.assign(ask("a", old)));
            }
            forgetAccess();
            nat.told = Set.of();
            nat.history.clear();
            if (answers) {
                old.instead.put("/network/request", exchange -> FakeAzure.answer(exchange, 200, "{\"response\":{\"ReturnCode\":99,\"Message\":\"x\"}}"));
            } else {
                old.close();
            }
            try (CnsAddresses addresses = addresses()) {
                Outcome.Refused refused = refused(addresses.assign(ask("b")));
                assertTrue(refused.later() && refused.reason().startsWith("TMB-AZC-026"), refused.reason());
                now.addAndGet(Duration.ofSeconds(31).toNanos());
                int asked = old.asked.size();
                assertEquals("10.242.0.5", given(addresses.assign(ask("b"))));
                assertEquals("10.242.0.6", given(addresses.assign(ask("c"))));
                assertEquals(asked, old.asked.size(), "nobody waits for that answer any more");
                assertEquals(Set.of("10.242.0.4", "10.240.0.4"), sources());
                addresses.settle();
                assertEquals(Set.of("10.242.0.4", "10.240.0.4"), sources());
                old.instead.clear();
                addresses.settle();
                assertEquals(answers ? Set.of("10.241.0.4", "10.242.0.4", "10.240.0.4") : Set.of("10.242.0.4", "10.240.0.4"), sources(), "as soon as CNS says it");
            }
        }
    }

    /** A runtime starts its pods together: one behind another, the last of twenty would wait twenty times as long as one for a CNS that is silent. */
    @ParameterizedTest
    @ValueSource(ints = {99, 503})
    void newContainersThatComeTogetherWaitForOneAnswerAboutTheOldAndNotForOneEach(int code) throws Exception {
        int together = 4;
        azure.cnsAddresses = List.of("10.242.0.5", "10.242.0.6", "10.242.0.7", "10.242.0.8", "10.242.0.9");
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger looksAtTheClock = new AtomicInteger();
        try (FakeAzure old = new FakeAzure(); ExecutorService runtimes = Executors.newVirtualThreadPerTaskExecutor()) {
            try (CnsAddresses addresses = addresses()) {
                given(addresses.assign(ask("a", old)));
            }
            forgetAccess();
            nat.told = Set.of();
            FakeAzure.Instead unsaid = exchange -> FakeAzure.answer(exchange, code == 503 ? 503 : 200, "{\"response\":{\"ReturnCode\":" + code + ",\"Message\":\"x\"}}");
            old.instead.put("/network/request", unsaid);
            LongSupplier clock = () -> {
                looksAtTheClock.incrementAndGet();
                return now.get();
            };
            try (CnsAddresses addresses = addresses("b1", Duration.ofSeconds(20), clock)) {
                refused(addresses.assign(ask("first")));
                old.asked.clear();
                looksAtTheClock.set(0);
                old.instead.put("/network/request", exchange -> {
                    awaitQuietly(goOn);
                    unsaid.serve(exchange);
                });
                List<Future<Outcome>> all = new ArrayList<>();
                for (int i = 0; i < together; i++) {
                    Ask ask = ask("b" + i);
                    all.add(runtimes.submit(() -> addresses.assign(ask)));
                }
                AzureRig.eventually(() -> looksAtTheClock.get() > together); // each on its way to the question, and who asks once more when it is its turn
                goOn.countDown();
                for (Future<Outcome> one : all) {
                    Outcome.Refused refused = refused(one.get(30, TimeUnit.SECONDS));
                    assertTrue(refused.later() && refused.reason().startsWith("TMB-AZC-026"), refused.reason());
                }
                assertEquals(List.of("/network/requestipconfigs"), old.asked);
            } finally {
                goOn.countDown();
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS), "not within 30 s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** By its order each round begins with the first. */
    @ParameterizedTest
    @ValueSource(ints = {99, 503})
    void aDebtThatIsNeverTakenBackKeepsNoOtherFromGoingBack(int answer) throws IOException {
        try (CnsAddresses addresses = addresses()) {
            azure.instead.put("/network/request", exchange -> FakeAzure.answer(exchange, 503, ""));
            refused(addresses.assign(ask("a")));
            refused(addresses.assign(ask("b")));
            azure.instead.clear();
            azure.instead.put("/network/release", exchange -> {
                boolean first = azure.bodies.getLast().contains("a-eth0");
                FakeAzure.answer(exchange, first && answer != 99 ? answer : 200, "{\"ReturnCode\":" + (first ? answer : 0) + "}");
            });
            addresses.settle();
            addresses.settle();
            azure.instead.clear();
            azure.bodies.clear();
            addresses.settle();
            assertEquals(1, azure.bodies.size(), azure.bodies.toString());
            assertTrue(azure.bodies.getFirst().contains("a-eth0"), azure.bodies.toString());
        }
    }

    /** A runtime that is refused asks again under another id: nobody would ever ask about the one before. */
    @Test
    void ofRequestsThatNobodyAnswersNoMorePileUpThanCanBeGivenBackAndAnotherCnsIsNotConcerned() throws IOException {
        azure.cnsAddresses = List.of("10.241.0.6");
        try (CnsAddresses addresses = addresses(); FakeAzure other = new FakeAzure()) {
            azure.instead.put("/network/request", exchange -> FakeAzure.answer(exchange, 503, ""));
            for (int i = 0; i < CnsAddresses.MOST_OWED; i++) {
                refused(addresses.assign(ask("c" + i)));
            }
            int asked = azure.asked.size();
            Outcome.Refused refused = refused(addresses.assign(ask("d")));
            assertTrue(refused.later() && refused.reason().startsWith("TMB-AZC-029"), refused.reason());
            assertEquals(asked, azure.asked.size());
            assertEquals("10.241.0.5", given(addresses.assign(ask("e", other))));
            azure.instead.clear();
            addresses.settle();
            assertEquals("10.241.0.6", given(addresses.assign(new Ask("n.d", new EndpointId("d", "eth0"), Map.of(), Json.Obj.EMPTY, true, false, List.of()))));
        }
    }

    /** What it is known to have given goes back at once behind a start of the machine; nobody waits for that. */
    @Test
    void whatContainersHadBeforeAStartOfTheMachineKeepsNoNewOneWaiting() throws IOException {
        List<String> all = java.util.stream.IntStream.rangeClosed(0, CnsAddresses.MOST_OWED).mapToObj(i -> "10.241." + (1 + i / 250) + "." + (1 + i % 250)).toList();
        azure.cnsAddresses = all;
        try (CnsAddresses addresses = addresses()) {
            for (int i = 0; i < all.size(); i++) {
                given(addresses.assign(ask("c" + i)));
            }
        }
        azure.cnsAddresses = List.of("10.241.0.5");
        try (CnsAddresses addresses = addresses("b2", Duration.ofSeconds(20))) {
            addresses.adopt(List.of());
            assertEquals("10.241.0.5", given(addresses.assign(ask("d"))));
            addresses.settle();
            assertEquals(Map.of("10.241.0.5", "d-eth0"), azure.given());
        }
    }

    private Set<String> sources() {
        return nat.told.stream().map(one -> one.source().toString()).collect(java.util.stream.Collectors.toSet());
    }

    /** CNS may have several network containers of one subnet on a machine: each container's is its own. */
    @Test
    void twoNetworkContainersOfOneSubnetAreEachSeenUnderTheirOwnPrimary() throws IOException {
        azure.cnsAddresses = List.of("10.241.0.5", "10.241.0.6", "10.241.0.7");
        azure.primaries = Map.of("10.241.0.6", "10.241.9.4");
        try (CnsAddresses addresses = addresses()) {
            given(addresses.assign(ask("a")));
            assertEquals(Set.of("10.241.0.0/16 to 10.241.0.4"), names());
            given(addresses.assign(ask("b")));
            assertEquals(Set.of("10.241.0.5/32 to 10.241.0.4", "10.241.0.6/32 to 10.241.9.4"), names());
            given(addresses.assign(ask("c")));
            assertEquals(Set.of("10.241.0.5/32 to 10.241.0.4", "10.241.0.7/32 to 10.241.0.4", "10.241.0.6/32 to 10.241.9.4"), names());
        }
        nat.told = Set.of();
        try (CnsAddresses addresses = addresses()) {
            assertEquals(Optional.empty(), addresses.tell());
            assertEquals(3, names().size());
            addresses.release("n.b");
            assertEquals(Set.of("10.241.0.0/16 to 10.241.0.4"), names(), "one of them is left");
        }
    }

    /** Whom the name service sees whom as. */
    private Set<String> names() {
        return nat.told.stream().filter(one -> one.port() == 53).map(one -> one.from() + " to " + one.source()).collect(java.util.stream.Collectors.toSet());
    }

    /** The Azure CNI does not look at it there either. */
    @Test
    void whatAnAnswerSaysOfTheMachineIsOfNoMatterToAnOverlay() throws IOException {
        Json.Obj overlay = Json.Obj.of("ipam", Json.Obj.of("type", new Json.Text("azure-cns")).with("mode", "v4overlay"));
        try (CnsAddresses addresses = addresses()) {
            for (String machine : List.of("2001:db8::4", "none")) {
                azure.instead.put("/network/requestipconfigs", exchange -> FakeAzure.answer(exchange, 200, answer("10.241.0.5", "10.241.0.4", machine)));
                assertEquals("10.241.0.5", given(addresses.assign(new Ask("n.o", new EndpointId("o", "eth0"), Map.of("K8S_POD_NAME", "o"), overlay, true, false, List.of()))));
                assertEquals(Set.of(), nat.told);
                assertEquals(Optional.empty(), addresses.release("n.o"));
                assertTrue(refused(addresses.assign(ask("a"))).reason().contains(machine));
                assertEquals(List.of(), addresses.holdings());
            }
        }
    }

    /** A container of an overlay is known to need nothing: behind it the translations of others end as always, also after a restart. */
    @Test
    void anOverlaysContainerKeepsNoTranslationInForce() throws IOException {
        Json.Obj overlay = Json.Obj.of("ipam", Json.Obj.of("type", new Json.Text("azure-cns")).with("mode", "overlay"));
        try (CnsAddresses addresses = addresses()) {
            given(addresses.assign(new Ask("n.o", new EndpointId("o", "eth0"), Map.of("K8S_POD_NAME", "o"), overlay, true, false, List.of())));
        }
        try (CnsAddresses addresses = addresses()) {
            given(addresses.assign(ask("a")));
            assertEquals(3, nat.told.size());
            addresses.release("n.a");
            assertEquals(Set.of(), nat.told);
        }
    }
}
