package tombolo.datastore.etcd.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.auth.Permission;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tombolo.api.config.DatastoreSettings.Etcd;
import tombolo.api.config.DatastoreSettings.Tls;
import tombolo.api.config.SecretRef;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreStatus.State;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchRequest;
import tombolo.api.datastore.contract.RecordingListener;

/** TLS with certificates on both sides, and etcd's own users. */
@Execution(ExecutionMode.CONCURRENT)
class EtcdSecurityTest {
    private static final Key KEY = Key.of("/tombolo/v1/test/a");

    @TempDir
    Path directory;

    /** Probed after a second without an answer, so that no test waits long for the first one. */
    private static EtcdDatastore connect(Etcd settings) {
        return EtcdDatastore.connect(settings, Duration.ofSeconds(1), Follower.GRACE);
    }

    private static Etcd settings(String endpoint, Optional<String> user, Optional<SecretRef> password, Tls tls) {
        return new Etcd(List.of(endpoint), user, password, tls, Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ZERO, 1);
    }

    private static Tls tls(Path ca, Path certificate, Path key) {
        return new Tls(Optional.of(ca.toString()), Optional.of(certificate.toString()), Optional.of(key.toString()));
    }

    private static void works(Datastore store) throws InterruptedException {
        Patience.untilAccepted(() -> store.commit(tombolo.api.datastore.Transaction.of(new tombolo.api.datastore.Operation.Put(KEY, Bytes.utf8("1")))));
        assertEquals("1", store.get(KEY).orElseThrow().value().asUtf8());
    }

    private static String why(EtcdDatastore store) throws InterruptedException {
        Patience.until("the store says what is in the way", () -> store.status().state() == State.DEGRADED);
        assertEquals(Applied.NO, assertThrows(DatastoreException.class, () -> store.create(KEY, Bytes.utf8("1"))).applied());
        return store.status().details().getFirst();
    }

    @Test
    void certificatesOfBothSidesAreCheckedAndNewOnesCountFromTheNextConnection() throws Exception {
        Path binary = EtcdServer.binaryOrSkip();
        TestAuthority ours = new TestAuthority(directory.resolve("ours")).sign("server").sign("client");
        TestAuthority strangers = new TestAuthority(directory.resolve("strangers")).sign("client");
        try (EtcdServer server = EtcdServer.start(binary, directory.resolve("etcd"), "https", List.of("--cert-file", ours.certificate("server").toString(), "--key-file",
                ours.key("server").toString(), "--trusted-ca-file", ours.ca().toString(), "--client-cert-auth"))) {
            Tls good = tls(ours.ca(), ours.certificate("client"), ours.key("client"));
            try (EtcdDatastore store = connect(settings(server.endpoint(), Optional.empty(), Optional.empty(), good))) {
                works(store);
                RecordingListener listener = new RecordingListener();
                try (Watch _ = store.watch(new WatchRequest(KeyPrefix.of("/tombolo/v1/test/"), 0), listener)) {
                    Patience.until("a watch hears over TLS", () -> listener.state().containsKey(KEY));
                }
            }
            // a certificate that etcd does not take, replaced below while the store is lost
            Path certificate = directory.resolve("node.pem");
            Path key = directory.resolve("node.key.pem");
            Files.copy(strangers.certificate("client"), certificate);
            Files.copy(strangers.key("client"), key);
            // All at once: each is found out by a call that waits in vain for five seconds.
            try (EtcdDatastore unsigned = connect(settings(server.endpoint(), Optional.empty(), Optional.empty(), tls(strangers.ca(), ours.certificate("client"), ours.key("client"))));
                    EtcdDatastore bare = connect(settings(server.endpoint(), Optional.empty(), Optional.empty(), new Tls(good.caFile(), Optional.empty(), Optional.empty())));
                    EtcdDatastore plain = connect(settings(server.endpoint().replace("https", "http"), Optional.empty(), Optional.empty(), Tls.NONE));
                    EtcdDatastore renewed = connect(settings(server.endpoint(), Optional.empty(), Optional.empty(), tls(ours.ca(), certificate, key)))) {
                String why = why(unsigned);
                assertTrue(why.contains("TLS: ") && why.contains("etcd-tls-ca-file"), "a server that nobody of ours signed: " + why);
                why(bare); // etcd wants a certificate
                why(plain);
                why(renewed);
                Files.copy(ours.key("client"), key, StandardCopyOption.REPLACE_EXISTING);
                Files.copy(ours.certificate("client"), certificate, StandardCopyOption.REPLACE_EXISTING);
                Patience.until("the new certificate counts", () -> renewed.status().state() == State.READY);
                works(renewed);
            }
        }
    }

    @Test
    void aFileThatIsNotThereIsNamedAndFoundLater() throws Exception {
        Path binary = EtcdServer.binaryOrSkip();
        TestAuthority ours = new TestAuthority(directory.resolve("ours")).sign("server").sign("client");
        try (EtcdServer server = EtcdServer.start(binary, directory.resolve("etcd"), "https", List.of("--cert-file", ours.certificate("server").toString(), "--key-file",
                ours.key("server").toString()))) {
            Path ca = directory.resolve("late.pem");
            try (EtcdDatastore store = connect(settings(server.endpoint(), Optional.empty(), Optional.empty(), new Tls(Optional.of(ca.toString()), Optional.empty(), Optional.empty())))) {
                String why = why(store);
                assertTrue(why.contains("etcd-tls-ca-file " + ca + " is not there"), why);
                Files.writeString(ca, "no certificate\n");
                Patience.until("the text is named", () -> store.status().details().getFirst().contains("holds no certificates"));
                Files.copy(ours.ca(), ca, StandardCopyOption.REPLACE_EXISTING);
                Patience.until("it is found", () -> store.status().state() == State.READY);
                works(store);
            }
        }
    }

    @Test
    void aUserLogsInAWrongPasswordIsToldAndARestartOfEtcdOnlyCostsANewLogin() throws Exception {
        Path binary = EtcdServer.binaryOrSkip();
        try (EtcdServer server = EtcdServer.start(binary, directory.resolve("etcd"))) {
            enableLogins(server.endpoint());
            Path password = Files.writeString(directory.resolve("password"), "wrong-word-1\n");
            Etcd settings = settings(server.endpoint(), Optional.of("gateway"), Optional.of(new SecretRef.InFile(password.toString())), Tls.NONE);
            try (EtcdDatastore store = connect(settings)) {
                String why = why(store);
                assertTrue(why.contains("refuses this user") && why.contains("authentication failed"), why);
                assertFalse(why.contains("wrong-word-1"));
                Files.writeString(password, "right-word-1\nsecond line\n");
                Patience.until("the new password counts", () -> store.status().state() == State.READY);
                works(store);
                DatastoreException forbidden = assertThrows(DatastoreException.class, () -> store.create(Key.of("/elsewhere/a"), Bytes.utf8("1")));
                assertTrue(forbidden.getMessage().startsWith("TMB-DST-053") && forbidden.applied() == Applied.NO, forbidden.getMessage());
                assertEquals(State.READY, store.status().state(), "a refusal is an answer");
                RecordingListener listener = new RecordingListener();
                try (Watch _ = store.watch(new WatchRequest(KeyPrefix.of("/tombolo/v1/test/"), store.get(KEY).orElseThrow().modRevision()), listener)) {
                    server.kill();
                    server.startAgain(); // its tokens are gone
                    works(store);
                    Patience.until("the watch goes on", () -> listener.state().containsKey(KEY));
                    assertTrue(listener.end().isEmpty());
                }
                RecordingListener elsewhere = new RecordingListener();
                try (Watch _ = store.watch(new WatchRequest(KeyPrefix.of("/elsewhere/"), 1), elsewhere)) {
                    Patience.until("the watch is refused", () -> elsewhere.end().isPresent());
                    assertTrue(elsewhere.end().orElseThrow().toString().contains("TMB-DST-054"), elsewhere.end().toString());
                }
            }
        }
    }

    private static void enableLogins(String endpoint) throws Exception {
        try (Client client = Client.builder().endpoints(endpoint).build()) {
            Auth auth = client.getAuthClient();
            auth.userAdd(Wire.bytes("root"), Wire.bytes("root-word")).get(30, TimeUnit.SECONDS);
            auth.roleAdd(Wire.bytes("root")).get(30, TimeUnit.SECONDS);
            auth.userGrantRole(Wire.bytes("root"), Wire.bytes("root")).get(30, TimeUnit.SECONDS);
            auth.userAdd(Wire.bytes("gateway"), Wire.bytes("right-word-1")).get(30, TimeUnit.SECONDS);
            auth.roleAdd(Wire.bytes("gateway")).get(30, TimeUnit.SECONDS);
            auth.roleGrantPermission(Wire.bytes("gateway"), Wire.bytes("/tombolo/"), Wire.end(Wire.bytes("/tombolo/")), Permission.Type.READWRITE).get(30, TimeUnit.SECONDS);
            auth.userGrantRole(Wire.bytes("gateway"), Wire.bytes("gateway")).get(30, TimeUnit.SECONDS);
            auth.authEnable().get(30, TimeUnit.SECONDS);
        }
    }
}
