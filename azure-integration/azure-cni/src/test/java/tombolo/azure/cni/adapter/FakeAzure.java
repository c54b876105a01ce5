package tombolo.azure.cni.adapter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import tombolo.api.json.Json;
import tombolo.runtime.json.JsonText;

/**
 * A FAKE of the wire server, the instance metadata service and CNS, on loopback: it serves the documents in the formats that are documented (the reference's own
 * test data for the first, the contract's field names for the last), and nothing that a real one does behind them.
 *
 * <p>What it does not cover: goal states and versions of the wire server; its throttling; IMDS's other paths and api versions (any is taken); CNS's pool of
 * addresses with its states (Available, PendingProgramming, PendingRelease) and its growth; network containers, NMAgent, TLS, other orchestrators than the one
 * whose context is in the request; that CNS keys by pod and interface together. No packet is routed by it.
 */
final class FakeAzure implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<String, String> given = new TreeMap<>();
    /** Paths of all requests, in order. */
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    /** What came with them. */
    final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
    /** What is served instead, by the beginning of the path. */
    final Map<String, Instead> instead = Collections.synchronizedMap(new LinkedHashMap<>());
    volatile String interfaces = document("10.240.0.4", List.of("10.240.0.5", "10.240.0.6", "10.240.0.7", "10.240.0.8"));
    volatile List<String> cnsAddresses = List.of("10.241.0.5", "10.241.0.6");
    /** The primary address of the network container of one of CNS's addresses, where it is not 10.241.0.4. */
    volatile Map<String, String> primaries = Map.of();
    /** The caller who waits for ever; "": nobody. */
    volatile String silentTo = "";
    /** Whether CNS is one that knows the singular calls alone: 43 as it answers itself, or 404 as a server without the path does. */
    volatile int pluralAnswers = 200;

    /** Serves something else. */
    interface Instead {
        void serve(HttpExchange exchange) throws IOException;
    }

    FakeAzure() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The wire server's document of one interface. */
    static String document(String own, List<String> secondaries) {
        StringBuilder text = new StringBuilder("<Interfaces><Interface MacAddress=\"002248263DBD\" IsPrimary=\"true\"><IPSubnet Prefix=\"10.240.0.0/16\">");
        text.append("<IPAddress Address=\"").append(own).append("\" IsPrimary=\"true\"/>");
        secondaries.forEach(address -> text.append("<IPAddress Address=\"").append(address).append("\" IsPrimary=\"false\"/>"));
        return text.append("</IPSubnet></Interface></Interfaces>").toString();
    }

    /** Who has which of CNS's addresses: the caller's id by address. */
    Map<String, String> given() {
        synchronized (given) {
            return Map.copyOf(given);
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        asked.add(path);
        byte[] body = exchange.getRequestBody().readAllBytes();
        bodies.add(new String(body, StandardCharsets.UTF_8));
        Optional<Instead> other = instead.entrySet().stream().filter(entry -> path.startsWith(entry.getKey())).map(Map.Entry::getValue).findFirst();
        if (other.isPresent()) {
            other.get().serve(exchange);
        } else if (path.equals("/machine/plugins?comp=nmagent&type=getinterfaceinfov1")) {
            answer(exchange, 200, interfaces);
        } else if (path.startsWith("/metadata/instance/network")) {
            answer(exchange, "true".equals(exchange.getRequestHeaders().getFirst("Metadata")) ? 200 : 400, """
                    {"interface":[{"ipv4":{"ipAddress":[{"privateIpAddress":"10.240.0.4","publicIpAddress":"198.51.100.9"},{"privateIpAddress":"10.240.0.9","publicIpAddress":""}],
                     "subnet":[{"address":"10.240.0.0","prefix":"16"}]},"ipv6":{"ipAddress":[]},"macAddress":"002248263DBD"}]}""");
        } else if (path.startsWith("/network/")) {
            cns(exchange, path, body);
        } else {
            answer(exchange, 404, "");
        }
    }

    private void cns(HttpExchange exchange, String path, byte[] body) throws IOException {
        boolean plural = path.endsWith("configs");
        if (plural && pluralAnswers != 200) {
            answer(exchange, pluralAnswers == 43 ? 200 : pluralAnswers, "{\"response\":{\"ReturnCode\":43,\"Message\":\"unsupported\"}}");
            return;
        }
        String caller;
        try {
            caller = ((Json.Obj) JsonText.parse(body)).text("podInterfaceID").orElseThrow();
        } catch (JsonText.Malformed e) {
            answer(exchange, 400, "");
            return;
        }
        if (caller.equals(silentTo)) {
            silence(exchange);
            return;
        }
        synchronized (given) {
            if (path.startsWith("/network/release")) {
                given.values().removeIf(caller::equals);
                answer(exchange, 200, "{\"podIPInfo\":null,\"response\":{\"ReturnCode\":0,\"Message\":\"\"}}");
                return;
            }
            String address = cnsAddresses.stream().filter(one -> caller.equals(given.get(one))).findFirst()
                    .orElse(cnsAddresses.stream().filter(one -> !given.containsKey(one)).findFirst().orElse(""));
            if (address.isEmpty()) {
                answer(exchange, 200, "{\"response\":{\"ReturnCode\":32,\"Message\":\"no free address\"}}");
                return;
            }
            given.put(address, caller);
            String info = "{\"PodIPConfig\":{\"IPAddress\":\"" + address + "\",\"PrefixLength\":16},\"NetworkContainerPrimaryIPConfig\":{\"IPSubnet\":{\"IPAddress\":\"" + primaries.getOrDefault(address, "10.241.0.4")
                    + "\",\"PrefixLength\":16},\"DNSServers\":[\"168.63.129.16\"],\"GatewayIPAddress\":\"10.241.0.1\"},\"HostPrimaryIPInfo\":{\"Gateway\":\"10.240.0.1\","
                    + "\"PrimaryIP\":\"10.240.0.4\",\"Subnet\":\"10.240.0.0/16\"},\"NICType\":\"InfraNIC\",\"MacAddress\":\"\",\"SkipDefaultRoutes\":false,\"Routes\":null}";
            answer(exchange, 200, plural ? "{\"podIPInfo\":[" + info + "],\"response\":{\"ReturnCode\":0,\"Message\":\"\"}}"
                    : "{\"podIpInfo\":" + info + ",\"response\":{\"ReturnCode\":0,\"Message\":\"\"}}");
        }
    }

    static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        } catch (IOException _) {
            // whoever asked has heard enough
        }
        exchange.close();
    }

    /** Takes the request and says nothing, for as long as this is open. */
    void silence(HttpExchange exchange) {
        try {
            closing.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
