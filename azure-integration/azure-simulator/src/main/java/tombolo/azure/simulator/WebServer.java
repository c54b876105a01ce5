package tombolo.azure.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/** HTTP in and out: one virtual thread a request. */
final class WebServer implements AutoCloseable {
    /** ARM's own limit of a request. */
    private static final int MAX_BODY = 4 << 20;

    /** What is done with a call: an answer, or empty for a connection that ends without one. */
    interface Handler extends Function<Call, Optional<Reply>> { }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private WebServer(HttpServer server, Handler handler) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", exchange -> serve(exchange, handler));
        server.start();
    }

    static WebServer https(InetSocketAddress address, SSLContext context, Handler handler) {
        try {
            HttpsServer server = HttpsServer.create(address, 0);
            server.setHttpsConfigurator(new HttpsConfigurator(context));
            return new WebServer(server, handler);
        } catch (IOException problem) {
            throw new UncheckedIOException("cannot listen on " + address, problem);
        }
    }

    static WebServer http(InetSocketAddress address, Handler handler) {
        try {
            return new WebServer(HttpServer.create(address, 0), handler);
        } catch (IOException problem) {
            throw new UncheckedIOException("cannot listen on " + address, problem);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    private static void serve(HttpExchange exchange, Handler handler) throws IOException {
        try (exchange) {
            Map<String, String> headers = new TreeMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
            byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY);
            Call call = new Call(exchange.getRequestMethod(), exchange.getRequestURI(), headers, body);
            Optional<Reply> reply = handler.apply(call);
            if (reply.isPresent()) {
                reply.get().headers().forEach(exchange.getResponseHeaders()::set);
                byte[] answer = reply.get().body();
                exchange.sendResponseHeaders(reply.get().status(), answer.length == 0 ? -1 : answer.length);
                if (answer.length > 0) {
                    exchange.getResponseBody().write(answer);
                }
            }
        }
    }

    /** Waits; returns early where the server is being closed. */
    static void linger(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
