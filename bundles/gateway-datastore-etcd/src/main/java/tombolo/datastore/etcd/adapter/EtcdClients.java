package tombolo.datastore.etcd.adapter;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import tombolo.api.config.DatastoreSettings.Etcd;
import tombolo.api.config.DatastoreSettings.Tls;
import tombolo.api.config.SecretRef;
import tombolo.runtime.Secrets;

/**
 * Connections by the settings. Certificates and the password are read for each one, so that new ones count from the next connection on. jetcd itself retries
 * nothing: whether a call may be made twice is for {@link EtcdDatastore} to say.
 */
final class EtcdClients {
    /** A page of a thousand blocks with room: etcd itself bounds requests, not answers. */
    private static final int MAX_ANSWER_BYTES = 64 << 20;

    private EtcdClients() { }

    /** Makes a client, which does not connect yet. @throws IOException with operator text: a file or variable that is named is not there or not what it should be */
    static Client open(Etcd settings) throws IOException {
        ClientBuilder builder = Client.builder().endpoints(settings.endpoints().toArray(String[]::new)).maxInboundMessageSize(MAX_ANSWER_BYTES)
                .connectTimeout(settings.connectTimeout()).keepaliveTime(settings.keepAliveTime()).keepaliveTimeout(settings.keepAliveTimeout()).keepaliveWithoutCalls(true)
                .retryMaxAttempts(0).waitForReady(false).interceptor(new Deadline(settings.requestTimeout())).executorService(Executors.newVirtualThreadPerTaskExecutor());
        if (settings.user().isPresent() && settings.password().isPresent()) {
            builder.user(Wire.bytes(settings.user().get())).password(Wire.bytes(secret(settings.password().get())));
        }
        if (settings.endpoints().stream().anyMatch(endpoint -> endpoint.startsWith("https:"))) {
            builder.sslContext(sslContext(settings.tls()));
        }
        return builder.build();
    }

    private static SslContext sslContext(Tls tls) throws IOException {
        SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
        try {
            Optional<String> ca = tls.caFile();
            if (ca.isPresent()) {
                builder.trustManager(readable("etcd-tls-ca-file", ca.get()));
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("etcd-tls-ca-file " + tls.caFile().orElse("") + " holds no certificates in PEM: " + Causes.text(e), e);
        }
        try {
            if (tls.certificateFile().isPresent() && tls.keyFile().isPresent()) {
                builder.keyManager(readable("etcd-tls-cert-file", tls.certificateFile().get()), readable("etcd-tls-key-file", tls.keyFile().get()));
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new IOException("etcd-tls-cert-file " + tls.certificateFile().orElse("") + " and etcd-tls-key-file " + tls.keyFile().orElse("")
                    + " are no certificate in PEM and its key in PKCS #8: " + Causes.text(e) + " (openssl pkcs8 -topk8 -nocrypt turns other keys into that)", e);
        }
    }

    private static File readable(String key, String path) throws IOException {
        Path file = Path.of(path);
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IOException(key + " " + path + " is not there or cannot be read");
        }
        return file.toFile();
    }

    private static String secret(SecretRef reference) throws IOException {
        String text = Secrets.read(reference);
        if (text.isEmpty()) {
            throw new IOException("the password of " + reference + " is empty");
        }
        return text;
    }

    /** Ends a request in the channel too: one that waits there for a connection would be made long after its caller has given up. */
    private record Deadline(Duration limit) implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            boolean single = method.getType() == MethodDescriptor.MethodType.UNARY;
            return next.newCall(method, single ? options.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS) : options);
        }
    }
}
