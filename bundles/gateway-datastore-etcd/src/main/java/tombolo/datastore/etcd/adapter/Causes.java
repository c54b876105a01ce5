package tombolo.datastore.etcd.adapter;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** What is behind a failure of jetcd, gRPC and Netty, each of which wraps the one below. */
final class Causes {
    /** Causes can go round in a circle. */
    private static final int MAX_DEPTH = 16;

    private Causes() { }

    /** The outermost text and the innermost, where that says more. */
    static String text(Throwable failure) {
        String outer = line(failure);
        Throwable inner = innermost(failure);
        String more = line(inner);
        if (find(failure, SSLException.class).isPresent()) {
            return "TLS: " + more + " (check etcd-tls-ca-file and this node's certificate)";
        }
        return inner == failure || outer.contains(more) ? outer : outer.startsWith("UNAVAILABLE: io exception") ? more : outer + ": " + more;
    }

    private static String line(Throwable failure) {
        String message = failure.getMessage();
        return (message == null || message.isBlank() ? failure.getClass().getSimpleName() : message).lines().findFirst().orElse("").strip();
    }

    private static Throwable innermost(Throwable failure) {
        Throwable at = failure;
        for (int i = 0; i < MAX_DEPTH; i++) {
            Throwable below = at.getCause();
            if (below == null) {
                return at;
            }
            at = below;
        }
        return at;
    }

    /** There was no connection, so the request was never sent. */
    static boolean neverSent(Throwable failure) {
        return find(failure, ConnectException.class).isPresent() || find(failure, NoRouteToHostException.class).isPresent()
                || find(failure, UnknownHostException.class).isPresent() || find(failure, UnresolvedAddressException.class).isPresent()
                || find(failure, javax.net.ssl.SSLHandshakeException.class).isPresent();
    }

    private static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
        Throwable at = failure;
        for (int i = 0; i < MAX_DEPTH && at != null; i++) {
            if (type.isInstance(at)) {
                return Optional.of(type.cast(at));
            }
            at = at.getCause();
        }
        return Optional.empty();
    }
}
