package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import tombolo.harness.Await;

/** The simplest client that ARM can have: for whoever plays the other customer in a laboratory. Bodies may be written with single quotes. Any thread. */
public final class LabClient implements AutoCloseable {
    private static final String VERSION = "api-version=2024-05-01";
    private static final Duration CALL = Duration.ofSeconds(30);
    private static final Duration OPERATION = Duration.ofMinutes(2);

    private final URI endpoint;
    private final HttpClient http;
    private final String client;
    private Optional<String> token = Optional.empty();

    /** @param client one of {@link Main}'s applications, or any other with its secret */
    public LabClient(URI endpoint, SSLContext trusting, String client) {
        this.endpoint = endpoint;
        this.client = client;
        this.http = HttpClient.newBuilder().sslContext(trusting).connectTimeout(CALL).version(HttpClient.Version.HTTP_1_1).build();
    }

    /** For a simulator in another process, by what it has written into its folder. */
    public static LabClient of(Path folder, String client) {
        try (InputStream authority = Files.newInputStream(folder.resolve("ca.pem"))) {
            ObjectNode endpoints = Text.parse(Files.readAllBytes(folder.resolve("endpoints.json"))).orElseThrow(() -> new IllegalStateException(folder + "/endpoints.json is no JSON object"));
            Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(authority);
            return new LabClient(URI.create(Text.text(endpoints, "resourceManager").orElseThrow()), Simulator.trusting(certificate), client);
        } catch (IOException | GeneralSecurityException problem) {
            throw new IllegalStateException("no simulator has written to " + folder, problem);
        }
    }

    /** What a test does to the cloud: {@code POST /simulator/WORD}. */
    public ObjectNode control(String word, String body) {
        URI uri = endpoint.resolve("/simulator/" + word);
        return body(raw(HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))), "POST", uri.getPath());
    }

    /** A resource. @throws IllegalStateException where ARM does not answer 200 */
    public ObjectNode get(String path) {
        return body(call("GET", path, ""), "GET", path);
    }

    /** Puts, waits for the operation's end and returns the resource. @throws IllegalStateException where ARM refuses or the operation fails */
    public ObjectNode make(String path, String body) {
        body(call("PUT", path, body.replace('\'', '"')), "PUT", path);
        Await.until(OPERATION, path + " made", () -> !"Updating".equals(state(path)));
        if (!"Succeeded".equals(state(path))) {
            throw new IllegalStateException("PUT " + path + ": " + state(path));
        }
        return get(path);
    }

    private String state(String path) {
        return Text.text(get(path), "properties.provisioningState").orElse("");
    }

    /** Posts, waits and returns the result. */
    public ObjectNode result(String path) {
        HttpResponse<byte[]> response = call("POST", path, "");
        Optional<String> location = response.headers().firstValue("Location");
        return location.isEmpty() ? body(response, "POST", path) : Await.value(OPERATION, "result of " + path, () -> {
            HttpResponse<byte[]> poll = send(HttpRequest.newBuilder(URI.create(location.get())).GET());
            return poll.statusCode() == 202 ? Optional.empty() : Optional.of(body(poll, "POST", path));
        });
    }

    /** Deletes and waits until it is gone. */
    public void delete(String path) {
        HttpResponse<byte[]> response = call("DELETE", path, "");
        if (response.statusCode() >= 300) {
            body(response, "DELETE", path);
        }
        Await.until(OPERATION, path + " gone", () -> call("GET", path, "").statusCode() == 404);
    }

    private static ObjectNode body(HttpResponse<byte[]> response, String method, String path) {
        if (response.statusCode() >= 300) {
            throw new IllegalStateException(method + " " + path + ": " + response.statusCode() + " " + new String(response.body(), StandardCharsets.UTF_8));
        }
        return Text.parse(response.body()).orElseGet(Text::object);
    }

    private HttpResponse<byte[]> call(String method, String path, String body) {
        URI uri = endpoint.resolve(path + (path.contains("?") ? "&" : "?") + VERSION);
        return send(HttpRequest.newBuilder(uri).method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) {
        return raw(request.header("Authorization", "Bearer " + token()).header("Content-Type", "application/json"));
    }

    private synchronized String token() {
        if (token.isEmpty()) {
            String form = "grant_type=client_credentials&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&client_id=" + client + "&client_secret=" + Main.SECRET;
            HttpResponse<byte[]> answer = raw(HttpRequest.newBuilder(endpoint.resolve("/" + Main.TENANT + "/oauth2/v2.0/token"))
                    .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form)));
            token = Text.text(body(answer, "POST", "token"), "access_token");
        }
        return token.orElseThrow();
    }

    private HttpResponse<byte[]> raw(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(CALL).build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
