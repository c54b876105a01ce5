package tombolo.azure.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.AzureCniSettings.Mode;
import tombolo.api.endpoint.ContainerAddresses;
import tombolo.api.endpoint.ContainerAddresses.Ask;
import tombolo.api.endpoint.ContainerAddresses.Holding;
import tombolo.api.endpoint.ContainerAddresses.Outcome;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.azure.cni.adapter.FakeAzure.Instead;

/** Addresses of the VNET, held durably and once, whatever the other end and the machine do. */
class VnetAddressesTest {
    @TempDir
    Path folder;
    private FakeAzure azure;
    private HttpEdge http;
    private final AtomicLong nanos = new AtomicLong();

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

    private VnetAddresses addresses(String boot) throws IOException {
        VnetAddresses addresses = new VnetAddresses(folder, new VnetDocument(http), boot, nanos::get);
        addresses.settings(AzureRig.settings(azure, Mode.IN_AZURE, Duration.ofSeconds(5), Optional.empty()));
        return addresses;
    }

    private static String given(Outcome outcome) {
        return assertInstanceOf(Outcome.Assigned.class, outcome).addresses().getFirst().address().toString();
    }

    private static Outcome.Refused refused(Outcome outcome) {
        return assertInstanceOf(Outcome.Refused.class, outcome);
    }

    private static Ask ask(String handle, String configuration) {
        try {
            return new Ask(handle, new EndpointId("c", "eth0"), Map.of(), (Json.Obj) tombolo.runtime.json.JsonText.parse(configuration), true, false, List.of());
        } catch (tombolo.runtime.json.JsonText.Malformed e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Endpoint endpoint(String container, String address) {
        return new Endpoint(new EndpointId(container, "eth0"), "n", "transparent", "/run/netns/x", "azv1", Optional.empty(), 1400,
                List.of(new InterfaceAddress(IpAddress.parse(address), 16)), Map.of(), Endpoint.State.READY, 1, "vnet");
    }

    @Test
    void aHundredCallersAtOnceGetAnAddressEachAndNoneTwice() throws Exception {
        azure.interfaces = FakeAzure.document("10.240.0.4", IntStream.range(0, 100).mapToObj(i -> "10.240.1." + i).toList());
        try (VnetAddresses addresses = addresses("b1"); ExecutorService callers = Executors.newFixedThreadPool(16)) {
            List<CompletableFuture<String>> answers = IntStream.range(0, 100)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> given(addresses.assign(AssignForever.ask("n.c" + i))), callers)).toList();
            Set<String> all = new HashSet<>();
            for (CompletableFuture<String> answer : answers) {
                all.add(answer.get(60, TimeUnit.SECONDS));
            }
            assertEquals(100, all.size());
            assertTrue(refused(addresses.assign(AssignForever.ask("n.late"))).later());
        }
        try (VnetAddresses addresses = addresses("b1")) {
            assertEquals(100, addresses.holdings().stream().filter(one -> one.state().equals("held")).count());
        }
    }

    /** The process dies by SIGKILL between any two of its steps: what it had said stays true. */
    @Test
    void whatWasToldBeforeAKillIsHeldAfterIt() throws Exception {
        Path interfaces = folder.resolve("interfaces.json");
        Files.writeString(interfaces, "{\"Interfaces\":[{\"MacAddress\":\"*\",\"IsPrimary\":true,\"IPSubnets\":[{\"Prefix\":\"10.240.0.0/16\",\"IPAddresses\":["
                + String.join(",", IntStream.range(0, 4_000).mapToObj(i -> "{\"Address\":\"10.240." + i / 250 + "." + (1 + i % 250) + "\"}").toList()) + "]}]}]}");
        Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-Xmx64m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                AssignForever.class.getName(), folder.resolve("state").toString(), interfaces.toString()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        Map<String, String> held = new HashMap<>();
        Set<String> open = new HashSet<>();
        try (BufferedReader reader = new BufferedReader(new java.io.InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            int lines = 0;
            for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
                String[] words = line.split(" ");
                switch (words[0]) {
                    case "+" -> held.put(words[1], words[2]);
                    case "?" -> open.add(words[1]);
                    default -> { }
                }
                if (words[0].equals("-")) {
                    open.remove(words[1]);
                    held.remove(words[1]);
                }
                if (++lines == 2_000) {
                    process.toHandle().destroyForcibly(); // SIGKILL; what it said before is still to be read
                }
            }
        } finally {
            process.destroyForcibly();
        }
        assertTrue(process.waitFor(30, TimeUnit.SECONDS) && held.size() > 100, held.size() + " held");
        open.forEach(held::remove);
        try (VnetAddresses addresses = new VnetAddresses(folder.resolve("state"), new VnetDocument(http), "b1", System::nanoTime)) {
            addresses.settings(AssignForever.settings(interfaces));
            held.forEach((handle, address) -> assertEquals(address, given(addresses.assign(AssignForever.ask(handle))), handle));
            Map<IpAddress, String> owners = new HashMap<>();
            addresses.holdings().stream().filter(one -> !one.handle().isEmpty()).forEach(one -> assertEquals(null, owners.put(one.address(), one.handle())));
            assertTrue(!held.containsValue(given(addresses.assign(AssignForever.ask("n.new")))));
        }
    }

    @Test
    void everyPrefixOfTheJournalIsReadAndADamagedLineTakesNothingElseAlong() throws IOException {
        try (VnetAddresses addresses = addresses("b1")) {
            given(addresses.assign(AssignForever.ask("n.a")));
            given(addresses.assign(AssignForever.ask("n.b")));
            addresses.release("n.a");
        }
        Path log = folder.resolve("vnet.log");
        byte[] whole = Files.readAllBytes(log);
        for (int cut = 0; cut < whole.length; cut += 5) {
            Files.write(log, java.util.Arrays.copyOf(whole, cut));
            try (VnetAddresses addresses = addresses("b1")) {
                assertTrue(addresses.holdings().size() <= 2);
            }
        }
        Files.writeString(log, "{\"handle\":1}\nnonsense\n{\"handle\":\"n.c\",\"addresses\":[\"10.240.0.7/16\"],\"boot\":\"b1\"}\n");
        try (VnetAddresses addresses = addresses("b1")) {
            assertEquals(List.of("n.c"), addresses.holdings().stream().map(Holding::handle).toList());
        }
    }

    @Test
    void endpointsKeepWhatTheyHaveAndOnlyWhatAnEarlierLifeOfTheMachineHeldIsFreed() throws IOException {
        try (VnetAddresses addresses = addresses("b1")) {
            assertEquals("10.240.0.5", given(addresses.assign(AssignForever.ask("n.stray"))));
        }
        try (VnetAddresses addresses = addresses("b1")) {
            addresses.adopt(List.of(endpoint("x", "10.240.0.6")));
            assertEquals("10.240.0.7", given(addresses.assign(AssignForever.ask("n.new"))), "the stray may live, x has its own");
        }
        try (VnetAddresses addresses = addresses("b2")) {
            addresses.adopt(List.of(endpoint("x", "10.240.0.6"), endpoint("new", "10.240.0.7")));
            assertEquals("10.240.0.8", given(addresses.assign(AssignForever.ask("n.other"))));
            assertEquals("10.240.0.5", given(addresses.assign(AssignForever.ask("n.more"))), "the stray did not outlive the machine");
        }
    }

    @Test
    void anAddressThatVanishesIsReportedAndNotGivenAgain() throws IOException {
        try (VnetAddresses addresses = addresses("b1")) {
            assertEquals("10.240.0.5", given(addresses.assign(AssignForever.ask("n.a"))));
            azure.interfaces = FakeAzure.document("10.240.0.4", List.of("10.240.0.6"));
            addresses.refresh();
            assertEquals(List.of("host", "vanished", "free"), addresses.holdings().stream().map(Holding::state).toList());
            addresses.release("n.a");
            assertEquals("10.240.0.6", given(addresses.assign(AssignForever.ask("n.b"))));
            azure.interfaces = FakeAzure.document("10.240.0.4", List.of("10.240.0.6", "10.240.0.9"));
            assertTrue(refused(addresses.assign(AssignForever.ask("n.c"))).later(), "asked for just now: the wire server is spared");
            nanos.addAndGet(11_000_000_000L);
            assertEquals("10.240.0.9", given(addresses.assign(AssignForever.ask("n.c"))), "the document is read anew where no address is free");
        }
    }

    @Test
    void aConfigurationChoosesAnotherDocumentAndAFixedAddress() throws IOException {
        Path file = folder.resolve("interfaces.json");
        Files.writeString(file, "{\"Interfaces\":[{\"MacAddress\":\"*\",\"IsPrimary\":true,\"IPSubnets\":[{\"Prefix\":\"10.250.0.0/16\",\"IPAddresses\":[{\"Address\":\"10.250.0.5\"},"
                + "{\"Address\":\"10.250.0.6\"}]}]}]}");
        try (VnetAddresses addresses = addresses("b1")) {
            addresses.settings(AssignForever.settings(file));
            assertEquals("10.250.0.6", given(addresses.assign(ask("n.a", "{\"ipam\":{\"environment\":\"fileIpam\",\"ipAddress\":\"10.250.0.6\"}}"))));
            assertTrue(refused(addresses.assign(ask("n.b", "{\"ipam\":{\"environment\":\"moon\"}}"))).reason().contains("moon"));
            assertTrue(!refused(addresses.assign(ask("n.b", "{\"ipam\":{\"ipAddress\":\"x\"}}"))).later());
        }
    }

    @Test
    void theInstanceMetadataServiceIsAskedWithItsHeader() throws IOException {
        try (VnetAddresses addresses = addresses("b1")) {
            AzureCniSettings s = AzureRig.settings(azure, Mode.IN_AZURE, Duration.ofSeconds(5), Optional.empty());
            addresses.settings(new AzureCniSettings(s.mode(), AzureCniSettings.Source.IMDS, s.wireserverUrl(), s.imdsUrl(), s.interfacesFile(), s.cnsUrl(), s.refreshInterval(),
                    s.requestTimeout(), List.of(), "azure0", Optional.empty()));
            assertEquals("10.240.0.9", given(addresses.assign(AssignForever.ask("n.a"))));
        }
    }

    /** What a broken or hostile other end can do: each is refused within the limit, told as "later", and holds nothing. */
    @Test
    void aDocumentThatIsBrokenHugeMissingOrNeverComesIsRefusedInTime() throws IOException {
        Map<String, Instead> bad = new java.util.LinkedHashMap<>();
        bad.put("in the middle", exchange -> FakeAzure.answer(exchange, 200, FakeAzure.document("10.240.0.4", List.of("10.240.0.5")).substring(0, 120)));
        bad.put("longer than", VnetAddressesTest::tenMegabytes);
        bad.put("did not answer within", azure::silence);
        bad.put("status 500", exchange -> FakeAzure.answer(exchange, 500, "no"));
        bad.put("status 302", exchange -> {
            exchange.getResponseHeaders().add("Location", azure.url() + "/elsewhere");
            FakeAzure.answer(exchange, 302, "");
        });
        bad.put("header", exchange -> exchange.close());
        bad.put("within", exchange -> { // headers, and then nothing
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().flush();
            azure.silence(exchange);
        });
        try (VnetAddresses addresses = addresses("b1")) {
            for (Map.Entry<String, Instead> one : bad.entrySet()) {
                boolean slow = one.getKey().contains("within");
                addresses.settings(AzureRig.settings(azure, Mode.IN_AZURE, slow ? Duration.ofMillis(300) : Duration.ofSeconds(20), Optional.empty()));
                azure.instead.clear();
                azure.instead.put("/machine/", one.getValue());
                Outcome.Refused refused = refused(addresses.assign(AssignForever.ask("n.a")));
                assertTrue(refused.later() && refused.reason().contains(one.getKey()), one.getKey() + ": " + refused.reason());
            }
            azure.instead.clear();
            assertTrue(azure.asked.stream().noneMatch("/elsewhere"::equals), "a redirect is not followed");
            assertEquals("10.240.0.5", given(addresses.assign(AssignForever.ask("n.a"))));
        }
    }

    private static void tenMegabytes(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        byte[] block = "<Interface/>".repeat(1_000).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = exchange.getResponseBody()) {
            for (int i = 0; i < 10_000_000 / block.length; i++) {
                out.write(block);
            }
        } catch (IOException _) {
            // the other end hung up, as it should
        }
        exchange.close();
    }

    @Test
    void anUnreadableRefreshLeavesWhatWasKnown() throws IOException {
        try (VnetAddresses addresses = addresses("b1")) {
            given(addresses.assign(AssignForever.ask("n.a")));
            azure.instead.put("/machine/", exchange -> FakeAzure.answer(exchange, 200, "<Interfaces/>"));
            addresses.refresh();
            assertTrue(addresses.trouble().contains("no interface"), addresses.trouble());
            assertEquals("10.240.0.6", given(addresses.assign(AssignForever.ask("n.b"))));
        }
    }

    @Test
    void switchedOffItGivesNothingAndStillTakesBack() throws IOException {
        try (VnetAddresses addresses = addresses("b1")) {
            given(addresses.assign(AssignForever.ask("n.a")));
            addresses.settings(AzureCniSettings.DEFAULT);
            assertEquals(Set.of(), addresses.types());
            assertTrue(!refused(addresses.assign(AssignForever.ask("n.b"))).later());
            assertEquals(Optional.empty(), addresses.release("n.a"));
            assertEquals(List.of(), addresses.holdings().stream().filter(one -> one.state().equals("held")).toList());
        }
    }

    /** An interrupt closes the file under whoever writes (FileChannel's contract). */
    @Test
    void anInterruptedCallIsRefusedAndTheNextOneWritesOn() throws IOException {
        try (VnetAddresses addresses = addresses("b1")) {
            given(addresses.assign(AssignForever.ask("n.a")));
            Thread.currentThread().interrupt();
            Outcome interrupted = addresses.assign(AssignForever.ask("n.b"));
            assertTrue(Thread.interrupted() && interrupted instanceof Outcome.Refused, interrupted.toString());
            given(addresses.assign(AssignForever.ask("n.c")));
        }
        try (VnetAddresses addresses = addresses("b1")) {
            assertEquals(Set.of("n.a", "n.c"), new HashSet<>(addresses.holdings().stream().map(Holding::handle).toList()));
        }
    }

    @Test
    void historyIsDroppedAndTheJournalStaysSmall() throws IOException {
        try (VnetAddresses addresses = addresses("b1")) {
            List<String> handles = new ArrayList<>();
            for (int i = 0; i < 1_500; i++) {
                handles.add(given(addresses.assign(AssignForever.ask("n.c" + i))));
                addresses.release("n.c" + i);
            }
            assertTrue(Files.size(folder.resolve("vnet.log")) < 200_000, Files.size(folder.resolve("vnet.log")) + " bytes");
            assertEquals(4, new HashSet<>(handles).size());
        }
    }

    @Test
    void theHandleIsTheOneOfTheApi() {
        assertEquals("n.c.eth1", ContainerAddresses.handle("n", new EndpointId("c", "eth1")));
    }
}
