package tombolo.azure.arm.adapter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * A FAKE of Azure Resource Manager, of Entra ID, of IMDS and of Azure Arc's agent, on loopback: it answers what a test has told it to, in the shapes that Microsoft
 * documents (asynchronous operations, error objects, throttling headers, OAuth 2.0 token answers), and checks the bearer token.
 *
 * <p>What it does not cover: any resource's own behaviour and validation (azure-simulator has some); roles, policies and locks; regions and their failover; HTTP/2;
 * the real issuers' checks of secrets, assertions and claims; the counting behind the throttling headers; how ARM signs polling URLs.
 */
final class FakeArm implements AutoCloseable {
    static final String TOKEN = "/oauth2/v2.0/token";
    static final String IDENTITY = "/metadata/identity/oauth2/token";
    static final String PRICES = "/api/retail/prices";

    /** @param uri byte for byte; @param headers by name in lower case */
    record Request(String method, String uri, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    record Answer(int status, Map<String, String> headers, String body) {
        static Answer of(int status, String body) {
            return new Answer(status, Map.of(), body);
        }

        static Answer error(int status, String code, String message) {
            return of(status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\",\"details\":[]}}");
        }

        Answer with(String name, String value) {
            Map<String, String> more = new TreeMap<>(headers);
            more.put(name, value);
            return new Answer(status, more, body);
        }
    }

    private final HttpServer server;
    private final String scheme;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<String, List<Answer>> answers = Collections.synchronizedMap(new LinkedHashMap<>());
    final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger tokens = new AtomicInteger();
    /** The token that ARM accepts; empty: the last one issued. */
    volatile Optional<String> accepted = Optional.empty();
    /** Requests of this beginning are read and never answered. */
    volatile String silent = "-";
    /** A token is issued only when this is open. */
    volatile CountDownLatch gate = new CountDownLatch(0);
    volatile long tokenLife = 3_599;

    FakeArm() throws IOException {
        this(Optional.empty());
    }

    FakeArm(Optional<SSLContext> tls) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
        if (tls.isPresent()) {
            HttpsServer secure = HttpsServer.create(address, 0);
            secure.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
            server = secure;
        } else {
            server = HttpServer.create(address, 0);
        }
        scheme = tls.isPresent() ? "https" : "http";
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    String url() {
        return scheme + "://127.0.0.1:" + server.getAddress().getPort();
    }

    /** @param what the method, a space and the beginning of the path; @param inTurn the last one again and again */
    void on(String what, Answer... inTurn) {
        answers.put(what, new ArrayList<>(List.of(inTurn)));
    }

    List<Request> asked(String what) {
        synchronized (requests) {
            return requests.stream().filter(request -> (request.method() + " " + request.uri()).startsWith(what)).toList();
        }
    }

    List<Request> askedOfTokens() {
        synchronized (requests) {
            return requests.stream().filter(request -> request.uri().contains(TOKEN) || request.uri().contains(IDENTITY)).toList();
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        Request request = new Request(exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers,
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        requests.add(request);
        try (exchange) {
            String line = request.method() + " " + request.uri();
            if (line.startsWith(silent)) {
                await(closing);
                return;
            }
            boolean issuer = request.uri().contains(TOKEN) || request.uri().contains(IDENTITY);
            if (issuer) {
                await(gate);
            }
            Answer answer = scripted(line).orElseGet(() -> issuer ? token() : Answer.error(404, "ResourceNotFound", "The Resource was not found."));
            if (!issuer && !request.uri().startsWith(PRICES) && !request.header("authorization").equals("Bearer " + accepted.orElse("T" + tokens.get()))) {
                answer = Answer.error(401, "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than current UTC time.")
                        .with("WWW-Authenticate", "Bearer error=\\\"invalid_token\\\"");
            }
            write(exchange, answer);
        }
    }

    private Answer token() {
        return Answer.of(200, "{\"token_type\":\"Bearer\",\"expires_in\":" + tokenLife + ",\"ext_expires_in\":" + tokenLife + ",\"access_token\":\"T" + tokens.incrementAndGet() + "\"}");
    }

    private Optional<Answer> scripted(String line) {
        synchronized (answers) {
            for (Map.Entry<String, List<Answer>> entry : answers.entrySet()) {
                if (line.startsWith(entry.getKey())) {
                    List<Answer> left = entry.getValue();
                    return Optional.of(left.size() > 1 ? left.removeFirst() : left.getFirst());
                }
            }
        }
        return Optional.empty();
    }

    private static void write(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        exchange.getResponseHeaders().set("x-ms-request-id", "11111111-2222-3333-4444-555555555555");
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IOException("nobody opened");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        if (closing.getCount() == 0) {
            return;
        }
        closing.countDown();
        server.stop(0);
        threads.close();
    }
}
