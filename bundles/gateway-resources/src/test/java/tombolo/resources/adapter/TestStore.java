package tombolo.resources.adapter;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreFiles;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.TransactionResult;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchListener;
import tombolo.api.datastore.WatchRequest;
import tombolo.api.ipam.ForbiddenSpace;
import tombolo.api.ipam.Ipam;
import tombolo.api.datastore.contract.ForwardingDatastore;
import tombolo.datastore.adapter.EmbeddedEngine;

/** The embedded store behind a door where tests interfere: before a transaction, in a watch, or by taking the store away. */
final class TestStore extends ForwardingDatastore implements AutoCloseable {
    private final EmbeddedEngine engine;
    final List<WatchListener> listeners = new CopyOnWriteArrayList<>();
    volatile boolean gone;
    volatile boolean failing;
    volatile Consumer<Transaction> beforeCommit = _ -> { };
    final AtomicLong commits = new AtomicLong();
    final List<String> released = new ArrayList<>();
    final List<ForbiddenSpace> forbidden = new ArrayList<>();

    private TestStore(EmbeddedEngine engine, Datastore store) {
        super(store);
        this.engine = engine;
    }

    static TestStore open(Path directory) throws Exception {
        CompletableFuture<Datastore> opened = new CompletableFuture<>();
        EmbeddedEngine engine = new EmbeddedEngine(directory, new EmbeddedEngine.Offers() {
            @Override
            public void files(DatastoreFiles files) { }

            @Override
            public void store(Datastore store) {
                opened.complete(store);
            }

            @Override
            public void noStore() { }

            @Override
            public void noFiles() { }
        });
        engine.settingsChanged(DatastoreSettings.DEFAULT);
        return new TestStore(engine, opened.get(60, TimeUnit.SECONDS));
    }

    StoredResources resources() {
        return new StoredResources(() -> gone ? Optional.empty() : Optional.of(this), () -> Optional.of(ipam()), () -> forbidden, () -> Instant.parse("2026-01-02T03:04:05.678Z"),
                () -> new UUID(1, 2));
    }

    /** Gives blocks back by deleting their keys, as IPAM does with empty ones. */
    private Ipam ipam() {
        return (Ipam) java.lang.reflect.Proxy.newProxyInstance(Ipam.class.getClassLoader(), new Class<?>[] {Ipam.class}, (_, method, arguments) -> {
            if (!method.getName().equals("releaseAffinity")) {
                throw new UnsupportedOperationException(method.getName());
            }
            released.add(arguments[0] + " " + ((Optional<?>) arguments[1]).orElseThrow());
            return new tombolo.api.ipam.AffinityOutcome(List.of(), List.of());
        });
    }

    @Override
    protected Datastore store() {
        if (failing) {
            throw new DatastoreException(DatastoreException.Reason.UNAVAILABLE, DatastoreException.Applied.NO, "TMB-DST-099 the test took the store away.");
        }
        return super.store();
    }

    @Override
    public TransactionResult commit(Transaction transaction) {
        beforeCommit.accept(transaction);
        commits.incrementAndGet();
        return super.commit(transaction);
    }

    @Override
    public Watch watch(WatchRequest request, WatchListener listener) {
        listeners.add(listener);
        return super.watch(request, listener);
    }

    @Override
    public void close() {
        engine.close();
    }
}
