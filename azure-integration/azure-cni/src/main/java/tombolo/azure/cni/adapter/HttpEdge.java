package tombolo.azure.cni.adapter;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tombolo.runtime.LimitedBody;

/**
 * Small requests to services of this machine, over HTTP/1.1: no redirects, no proxy, a limit on the time of the whole exchange and on the answer's length. Calls
 * block; any thread.
 */
final class HttpEdge implements AutoCloseable {
    /** The largest machine's document has 2,048 addresses of some 60 characters. */
    static final int MOST_BYTES = 1 << 20;

    private Optional<HttpClient> client = Optional.empty();
    private boolean closed;

    /** What a request came to. */
    sealed interface Outcome {
        record Answered(int status, byte[] body) implements Outcome { }

        /** @param reached whether the other end may have seen the request */
        record Failed(String reason, boolean reached) implements Outcome { }
    }

    Outcome get(String url, Map<String, String> headers, Duration limit) {
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(URI.create(url)).GET();
        } catch (IllegalArgumentException e) {
            return new Outcome.Failed("'" + url + "' is no URL: " + e.getMessage(), false);
        }
        headers.forEach(request::header);
        return exchange(request, url, limit);
    }

    Outcome post(String url, byte[] json, Duration limit) {
        try {
            return exchange(HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(json)), url, limit);
        } catch (IllegalArgumentException e) {
            return new Outcome.Failed("'" + url + "' is no URL: " + e.getMessage(), false);
        }
    }

    private Outcome exchange(HttpRequest.Builder request, String url, Duration limit) {
        // The client's own limit would end with the headers; this one is on the body as well.
        Optional<HttpClient> through = client();
        if (through.isEmpty()) {
            return new Outcome.Failed("the node is stopping", false);
        }
        CompletableFuture<HttpResponse<byte[]>> answer = through.get().sendAsync(request.build(), _ -> new LimitedBody(MOST_BYTES));
        try {
            HttpResponse<byte[]> response = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return new Outcome.Answered(response.statusCode(), response.body());
        } catch (TimeoutException _) {
            answer.cancel(true);
            return new Outcome.Failed(url + " did not answer within " + limit.toMillis() + " ms", true);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            answer.cancel(true);
            return new Outcome.Failed(url + ": interrupted", true);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String words = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            return new Outcome.Failed(url + ": " + words, !(cause instanceof ConnectException));
        }
    }

    /** Made with the first request: it costs threads and the reading of certificates, and most nodes never ask. */
    private synchronized Optional<HttpClient> client() {
        if (client.isEmpty() && !closed) {
            client = Optional.of(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).proxy(HttpClient.Builder.NO_PROXY).build());
        }
        return client;
    }

    @Override
    public synchronized void close() {
        closed = true;
        client.ifPresent(HttpClient::shutdownNow);
    }
}
