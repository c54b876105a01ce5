package tombolo.azure.arm.adapter;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import tombolo.api.json.Json;
import tombolo.azure.arm.core.Outcome;
import tombolo.azure.arm.core.Reply;
import tombolo.runtime.LimitedBody;
import tombolo.runtime.json.JsonText;

/**
 * Requests over HTTP/1.1 and TLS: no redirects, no proxy, a limit on the time of the whole exchange and on the answer's length; plain HTTP to this machine and to
 * IMDS alone. A URL goes out byte for byte. Calls block; any thread.
 */
final class Wire implements AutoCloseable {
    /** The list of all providers and locations has half a megabyte; a page of ARM's is never longer than some. */
    static final int MOST_BYTES = 8 << 20;
    /** Where plain HTTP is the protocol: loopback, and the link-local address of IMDS, which no router forwards. */
    private static final Set<String> PLAIN = Set.of("localhost", "[::1]", "169.254.169.254");

    private final Optional<Path> caFile;
    private final Duration connectTimeout;
    private Optional<HttpClient> client = Optional.empty();
    private Optional<FileTime> caStamp = Optional.empty();
    private boolean closed;

    Wire(Optional<Path> caFile, Duration connectTimeout) {
        this.caFile = caFile;
        this.connectTimeout = connectTimeout;
    }

    /** @param headers none of those that HTTP itself needs; @param body sent as the type that headers say */
    Outcome send(String method, String url, Map<String, String> headers, Optional<byte[]> body, Time.Deadline deadline) {
        HttpRequest.Builder request;
        try {
            URI uri = URI.create(url);
            if (!isSafe(uri)) {
                return new Outcome.Failed("TMB-ARM-055", uri.getScheme() + "://" + uri.getHost() + " would be asked in the clear; only https:// is", false, true);
            }
            request = HttpRequest.newBuilder(uri);
            headers.forEach(request::header);
        } catch (IllegalArgumentException _) {
            return new Outcome.Failed("TMB-ARM-010", "the URL or a header is not one", false, true); // and not shown: either may be a secret
        }
        request.method(method, body.map(HttpRequest.BodyPublishers::ofByteArray).orElseGet(() ->
                method.equals("POST") || method.equals("PUT") ? HttpRequest.BodyPublishers.ofByteArray(new byte[0]) : HttpRequest.BodyPublishers.noBody()));
        if (deadline.over()) {
            return new Outcome.Failed("TMB-ARM-053", "the time was up before it could be sent", false, true);
        }
        try {
            Optional<HttpClient> through = client();
            return through.isEmpty() ? new Outcome.Failed("TMB-ARM-003", "the node is stopping", false, true) : exchange(through.get(), request.build(), deadline);
        } catch (IOException e) {
            return new Outcome.Failed("TMB-ARM-054", e.getMessage(), false, true);
        }
    }

    private static boolean isSafe(URI uri) {
        String host = String.valueOf(uri.getHost());
        return "https".equals(uri.getScheme()) || "http".equals(uri.getScheme()) && (PLAIN.contains(host) || host.matches("127(\\.[0-9]{1,3}){3}"));
    }

    private Outcome exchange(HttpClient through, HttpRequest request, Time.Deadline deadline) {
        // The client's own limit would end with the headers; this one is on the body as well.
        Duration limit = deadline.left();
        CompletableFuture<HttpResponse<byte[]>> answer = through.sendAsync(request, _ -> new LimitedBody(MOST_BYTES));
        String host = request.uri().getScheme() + "://" + request.uri().getAuthority();
        try {
            HttpResponse<byte[]> response = answer.get(limit.toMillis() + 1, TimeUnit.MILLISECONDS);
            Map<String, String> headers = new TreeMap<>();
            response.headers().map().forEach((name, values) -> headers.put(name, values.getFirst()));
            return new Outcome.Answered(new Reply(response.statusCode(), headers, body(response.body())));
        } catch (TimeoutException _) {
            answer.cancel(true);
            return new Outcome.Failed("TMB-ARM-053", host + " had not answered after " + limit.toMillis() + " ms, when the time was up", true, true);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            answer.cancel(true);
            return new Outcome.Failed("TMB-ARM-053", host + ": whoever asked was interrupted", true, true);
        } catch (ExecutionException e) {
            return failed(host, e.getCause() == null ? e : e.getCause());
        }
    }

    private Outcome.Failed failed(String host, Throwable cause) {
        Optional<String> distrust = first(cause, CertificateException.class);
        if (distrust.isPresent()) {
            return new Outcome.Failed("TMB-ARM-054", host + " is not trusted: " + distrust.get() + "; " + caFile.map(file -> "ca-file " + file + " does not name who signed its certificate")
                    .orElse("the JDK does not know who signed its certificate (ca-file in etc/tombolo.azure.cfg can name another)"), false, true);
        }
        Optional<String> handshake = first(cause, SSLHandshakeException.class);
        if (handshake.isPresent()) {
            return new Outcome.Failed("TMB-ARM-054", host + " does not agree on TLS: " + handshake.get(), false, false);
        }
        Optional<String> tooLong = first(cause, LimitedBody.TooLong.class);
        if (tooLong.isPresent()) {
            return new Outcome.Failed("TMB-ARM-051", host + ": " + tooLong.get(), true, true);
        }
        if (first(cause, UnresolvedAddressException.class).isPresent()) {
            return new Outcome.Failed("TMB-ARM-052", host + " has no address: the name is unknown, or DNS does not answer", false, false);
        }
        Optional<String> connection = first(cause, ConnectException.class).or(() -> first(cause, HttpConnectTimeoutException.class));
        return connection.map(words -> new Outcome.Failed("TMB-ARM-052", host + " cannot be reached: " + words, false, false))
                .orElseGet(() -> new Outcome.Failed("TMB-ARM-052", host + ": the connection ended before the answer (" + words(cause) + ")", true, false));
    }

    /** The words of the first cause of that kind. */
    private static Optional<String> first(Throwable cause, Class<? extends Throwable> kind) {
        for (@Nullable Throwable inner = cause; inner != null; inner = inner.getCause()) {
            if (kind.isInstance(inner)) {
                return Optional.of(words(inner));
            }
        }
        return Optional.empty();
    }

    private static String words(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** What is no JSON is described by its place alone. */
    private static Reply.Body body(byte[] bytes) {
        if (bytes.length == 0) {
            return new Reply.Body.None();
        }
        try {
            return JsonText.parse(bytes) instanceof Json.Obj object ? new Reply.Body.Value(object)
                    : new Reply.Body.NotJson(bytes.length + " bytes of JSON that are no object");
        } catch (JsonText.Malformed e) {
            return new Reply.Body.NotJson(bytes.length + " bytes, not JSON from line " + e.line() + ", column " + e.column() + " on");
        }
    }

    /** Made with the first request: it costs threads and the reading of certificates. Another one where the ca-file has changed. */
    private synchronized Optional<HttpClient> client() throws IOException {
        if (closed) {
            return Optional.empty();
        }
        if (caFile.isPresent()) {
            Optional<FileTime> stamp = Files.exists(caFile.get()) ? Optional.of(Files.getLastModifiedTime(caFile.get())) : Optional.empty();
            if (!stamp.equals(caStamp)) {
                client.ifPresent(HttpClient::shutdown); // what is under way ends by itself
                client = Optional.empty();
                caStamp = stamp;
            }
        }
        if (client.isEmpty()) {
            HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).proxy(HttpClient.Builder.NO_PROXY)
                    .connectTimeout(connectTimeout);
            if (caFile.isPresent()) {
                SSLContext context = Authorities.of(caFile.get());
                builder.sslContext(context);
            }
            client = Optional.of(builder.build());
        }
        return client;
    }

    @Override
    public synchronized void close() {
        closed = true;
        client.ifPresent(HttpClient::shutdownNow);
    }
}
