package tombolo.config.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.config.SecretRef;
import tombolo.config.core.ConfigFiles.Content;
import tombolo.config.core.ConfigFiles.Outcome;

class DatastoreFileTest {
    private static final String FILE = "tombolo.datastore.cfg";
    private static final String TWO = "engine = etcd\netcd-endpoints = https://10.0.0.1:2379, https://[2001:db8::1]:2379\n";

    private static Outcome read(String text, Map<String, String> good) {
        return ConfigFiles.read(Map.of(FILE, new Content.Text(text)), good, "host", "/etc/tombolo");
    }

    private static DatastoreSettings good(String text) {
        Outcome outcome = read(text, Map.of());
        assertEquals(List.of(), outcome.problems());
        return outcome.settings().datastore();
    }

    @Test
    void withoutAFileTheStoreIsEmbeddedInTheDataFolder() {
        Outcome outcome = ConfigFiles.read(Map.of(), Map.of(), "host", "/etc");
        assertEquals(DatastoreSettings.DEFAULT, outcome.settings().datastore());
        assertEquals(DatastoreSettings.DEFAULT, good(""), "the keys' defaults are those of the record");
    }

    @Test
    void allKeysOfEtcdAreRead() {
        DatastoreSettings settings = good(TWO + """
                etcd-user = tombolo
                etcd-password-file = secrets/etcd
                etcd-tls-ca-file = /pki/ca.pem
                etcd-tls-cert-file = cert.pem
                etcd-tls-key-file = key.pem
                etcd-connect-timeout = 500
                etcd-request-timeout = 20
                etcd-relist-interval = 0
                etcd-cache-size = 8
                """);
        assertEquals(DatastoreSettings.Engine.ETCD, settings.engine());
        DatastoreSettings.Etcd etcd = settings.etcd();
        assertEquals(List.of("https://10.0.0.1:2379", "https://[2001:db8::1]:2379"), etcd.endpoints());
        assertEquals(Optional.of(new SecretRef.InFile("/etc/tombolo/secrets/etcd")), etcd.password());
        assertEquals(new DatastoreSettings.Tls(Optional.of("/pki/ca.pem"), Optional.of("/etc/tombolo/cert.pem"), Optional.of("/etc/tombolo/key.pem")), etcd.tls());
        assertEquals(Duration.ofMillis(500), etcd.connectTimeout());
        assertEquals(Duration.ofSeconds(20), etcd.requestTimeout());
        assertEquals(Duration.ZERO, etcd.relistInterval());
        assertEquals(8, etcd.cacheMebibytes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            engine | zookeeper | embedded or etcd
            engine | etcd | without etcd-endpoints
            etcd-endpoints | 10.0.0.1:2379 | http://host:port
            etcd-endpoints | http://10.0.0.1 | http://host:port
            etcd-endpoints | http://user:word@10.0.0.1:2379 | http://host:port
            etcd-endpoints | http://10.0.0.1:2379/path | http://host:port
            etcd-endpoints | http://10.0.0.1:65536 | http://host:port
            etcd-endpoints | http://2001:db8::1:2379 | http://host:port
            etcd-endpoints | ftp://10.0.0.1:2379 | http://host:port
            etcd-endpoints | http://10.0.0.1:1, https://10.0.0.2:1 | all or none
            etcd-user | tombolo | etcd-password-file
            etcd-password-env | WORD | etcd-user
            etcd-tls-cert-file | cert.pem | etcd-tls-key-file
            etcd-tls-key-file | key.pem | etcd-tls-cert-file
            etcd-keepalive-time | 1 | 5 to 600
            etcd-relist-interval | 5 | 0 or 10 to 86400
            """)
    void whatCannotWorkIsRefusedWithItsKey(String key, String value, String said) {
        List<tombolo.api.config.ConfigProblem> problems = read(key + " = " + value + "\n", Map.of()).problems();
        assertEquals(1, problems.size(), problems.toString());
        assertEquals(key, problems.getFirst().key());
        assertEquals(1, problems.getFirst().line());
        assertTrue(problems.getFirst().message().contains(said), problems.toString());
    }

    @Test
    void filesOfTlsWithPlainEndpointsAreRefused() {
        String message = read("etcd-endpoints = http://10.0.0.1:2379\netcd-tls-ca-file = ca.pem\n", Map.of()).problems().getFirst().message();
        assertTrue(message.contains("https://"), message);
    }

    @Test
    void aPasswordInTheFileIsRefusedAndNotShown() {
        String message = read(TWO + "etcd-password = hunter2\n", Map.of()).problems().getFirst().message();
        assertTrue(message.contains("etcd-password-file") && message.contains("etcd-password-env"), message);
        assertFalse(message.contains("hunter2"));
    }

    @Test
    void aBadVersionLeavesTheLastGoodOneInForce() {
        Map<String, String> before = read(TWO, Map.of()).inForce();
        Outcome outcome = read("engine = etcd\n", before);
        assertEquals(1, outcome.problems().size());
        assertEquals(DatastoreSettings.Engine.ETCD, outcome.settings().datastore().engine());
        assertEquals(2, outcome.settings().datastore().etcd().endpoints().size());
    }
}
