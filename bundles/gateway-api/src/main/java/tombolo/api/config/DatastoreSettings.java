package tombolo.api.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code etc/tombolo.datastore.cfg}: where cluster-wide state is kept. There is no prefix before the keys: an etcd is shared with Calico in Calico's own layout.
 *
 * @param engine    {@code engine}: which bundle offers the datastore; default embedded
 * @param directory {@code directory}: of the embedded store; absolute, or relative to the node's data folder; default {@code tombolo/datastore} there
 * @param etcd      the {@code etcd-*} keys, in force or not: datastore:migrate reaches the engine that is not chosen
 */
public record DatastoreSettings(Engine engine, String directory, Etcd etcd) {
    public static final DatastoreSettings DEFAULT = new DatastoreSettings(Engine.EMBEDDED, "tombolo/datastore", Etcd.DEFAULT);

    /** Who keeps the state. */
    public enum Engine { EMBEDDED, ETCD }

    /**
     * @param endpoints         {@code etcd-endpoints}: {@code http://host:port} or {@code https://host:port}, all of one scheme; none: etcd cannot be used
     * @param user              {@code etcd-user}; none: no login
     * @param password          {@code etcd-password-file} or {@code etcd-password-env}
     * @param tls               the files of TLS; with https endpoints only
     * @param connectTimeout    {@code etcd-connect-timeout}, 0.1–60 s; default 3 s
     * @param requestTimeout    {@code etcd-request-timeout}, 1–120 s; default 10 s: longer than an election
     * @param keepAliveTime     {@code etcd-keepalive-time}, 5–600 s; default 10 s: how long a connection is silent before it is probed
     * @param keepAliveTimeout  {@code etcd-keepalive-timeout}, 1–120 s; default 5 s
     * @param relistInterval    {@code etcd-relist-interval}, 10–86400 s, zero: never; default 300 s
     * @param cacheMebibytes    {@code etcd-cache-size}, 0–1024 MiB; default 64; 0: nothing is cached
     */
    public record Etcd(List<String> endpoints, Optional<String> user, Optional<SecretRef> password, Tls tls, Duration connectTimeout, Duration requestTimeout,
                       Duration keepAliveTime, Duration keepAliveTimeout, Duration relistInterval, int cacheMebibytes) {
        public static final Etcd DEFAULT = new Etcd(List.of(), Optional.empty(), Optional.empty(), Tls.NONE, Duration.ofSeconds(3), Duration.ofSeconds(10),
                Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(300), 64);

        public Etcd {
            endpoints = List.copyOf(endpoints);
        }
    }

    /**
     * PEM files, absolute paths. They are read at each new connection.
     *
     * @param caFile          {@code etcd-tls-ca-file}: who signs etcd's certificate; none: the JDK's own authorities
     * @param certificateFile {@code etcd-tls-cert-file}: this node's certificate, with its intermediates
     * @param keyFile         {@code etcd-tls-key-file}: its private key, PKCS #8, not encrypted
     */
    public record Tls(Optional<String> caFile, Optional<String> certificateFile, Optional<String> keyFile) {
        public static final Tls NONE = new Tls(Optional.empty(), Optional.empty(), Optional.empty());

        public boolean isEmpty() {
            return caFile.isEmpty() && certificateFile.isEmpty() && keyFile.isEmpty();
        }
    }
}
