package tombolo.datastore.etcd.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.Client;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchRequest;
import tombolo.api.datastore.contract.DatastoreContract;
import tombolo.api.datastore.contract.RecordingListener;

/** The contract on a real etcd, and what only a server can do: die and come back. */
class EtcdDatastoreTest extends DatastoreContract {
    @TempDir
    static Path directory;
    private static EtcdServer server;
    private static EtcdDatastore store;

    @BeforeAll
    static void startEtcd() throws Exception {
        server = EtcdServer.start(EtcdServer.binaryOrSkip(), directory);
        store = EtcdDatastore.connect(List.of(server.endpoint()));
    }

    @AfterAll
    static void stopEtcd() throws Exception {
        if (server != null) {
            store.close();
            server.close();
        }
    }

    @Override
    protected Datastore open() {
        return store;
    }

    @Override
    protected void compact(long revision) throws Exception {
        try (Client client = Client.builder().endpoints(server.endpoint()).build()) {
            client.getKVClient().compact(revision).get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aWatchGoesOnAfterEtcdWasKilledAndCameBack() throws Exception {
        long before = written(store().create(key("w/a"), Bytes.utf8("1")));
        RecordingListener listener = new RecordingListener();
        try (Watch _ = store().watch(new WatchRequest(prefix("w/"), before), listener)) {
            long seen = written(store().create(key("w/b"), Bytes.utf8("2")));
            listener.await("the first change", SOON, watch -> watch.reached() >= seen);
            server.kill();
            server.startAgain();
            assertEquals("1", Patience.untilAccepted(() -> store().get(key("w/a"))).orElseThrow().value().asUtf8()); // the store may not know yet that it is back
            long after = written(Patience.untilAccepted(() -> store().create(key("w/c"), Bytes.utf8("3"))));
            listener.await("the change after the restart", SOON, watch -> watch.reached() >= after);
            assertEquals(List.of(key("w/b"), key("w/c")), List.copyOf(listener.state().keySet()));
            assertTrue(listener.end().isEmpty());
        }
    }
}
