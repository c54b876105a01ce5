package tombolo.azure.expressroute.adapter;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Compare;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Lease;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;
import tombolo.api.expressroute.ExpressRouteException;

/** The right to act for a circuit: one gateway at a time, by a lease of the datastore; within a gateway one command at a time. */
final class CircuitHold implements AutoCloseable {
    /** Longer than a request to ARM takes with its retries (30 s) and kept alive between them; short enough for another gateway to take over soon. */
    static final Duration TIME = Duration.ofSeconds(90);
    /** Circuits that this process works on, and whether by itself. */
    private static final Map<String, Boolean> HERE = new HashMap<>();
    /** A look of the watch takes a fraction of it; a command waits for its end rather than being refused now and then. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Datastore store;
    private final String circuit;
    private final String inProcess;
    private final Lease lease;
    private final Key key;
    private final long modRevision;

    private CircuitHold(Datastore store, String circuit, String inProcess, Lease lease, Key key, long modRevision) {
        this.store = store;
        this.circuit = circuit;
        this.inProcess = inProcess;
        this.lease = lease;
        this.key = key;
        this.modRevision = modRevision;
    }

    /**
     * @param circuit names it in every gateway alike
     * @param node    this gateway; a hold of the same one is left from before a restart or a swap, and taken over
     * @throws ExpressRouteException where another gateway or another command holds it
     */
    static CircuitHold take(Datastore store, String circuit, String node) {
        return take(store, circuit, node, false);
    }

    /** @param alone nobody gave a command: it gives way to those who did */
    static CircuitHold take(Datastore store, String circuit, String node, boolean alone) {
        String inProcess = System.identityHashCode(store) + circuit;
        enter(inProcess, circuit, alone);
        try {
            return granted(store, circuit, node, inProcess);
        } catch (RuntimeException e) {
            leave(inProcess);
            throw e;
        }
    }

    private static void enter(String inProcess, String circuit, boolean alone) {
        synchronized (HERE) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (HERE.containsKey(inProcess)) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (alone || !HERE.get(inProcess) || left <= 0) {
                    throw new ExpressRouteException("TMB-ER-202 " + (HERE.get(inProcess) ? "apply = automatic" : "another command") + " works on " + circuit + " at this moment. Wait for it, then try again.");
                }
                try {
                    HERE.wait(left);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    throw new ExpressRouteException("TMB-ER-202 nobody waits for " + circuit + " any more. Try again.");
                }
            }
            HERE.put(inProcess, alone);
        }
    }

    private static void leave(String inProcess) {
        synchronized (HERE) {
            HERE.remove(inProcess);
            HERE.notifyAll();
        }
    }

    private static CircuitHold granted(Datastore store, String circuit, String node, String inProcess) {
        boolean held = false;
        Key key = Key.of("/tombolo/v1/expressroute/holders/" + circuit);
        Lease lease = store.grant(TIME);
        try {
            for (int attempt = 0; attempt < 2 && !held; attempt++) {
                Optional<KeyValue> before = store.get(key);
                Optional<String> holder = before.map(entry -> entry.value().asUtf8());
                if (holder.filter(name -> !name.equals(node)).isPresent()) {
                    throw new ExpressRouteException("TMB-ER-201 the gateway " + holder.get() + " acts for " + circuit + ". Do it there, or wait until its hold ends (" + TIME.toSeconds() + " s after it has stopped).");
                }
                var result = store.commit(new Transaction(List.of(Compare.unchanged(key, before.map(KeyValue::modRevision).orElse(0L))),
                        List.of(new Operation.Put(key, Bytes.utf8(node), OptionalLong.of(lease.id()))), List.of()));
                if (result.succeeded()) {
                    held = true;
                    return new CircuitHold(store, circuit, inProcess, lease, key, result.revision());
                }
            }
            throw new ExpressRouteException("TMB-ER-201 another gateway has just begun to act for " + circuit + ". Try again.");
        } finally {
            if (!held) {
                store.revoke(lease.id());
            }
        }
    }

    String circuit() {
        return circuit;
    }

    Datastore store() {
        return store;
    }

    /** For a transaction that must not happen once another gateway has taken over. */
    Compare unchanged() {
        return Compare.unchanged(key, modRevision);
    }

    /** @throws ExpressRouteException where the hold has ended meanwhile */
    void keepAlive() {
        if (!store.keepAlive(lease.id())) {
            throw new ExpressRouteException("TMB-ER-203 the hold on " + circuit + " has ended, since the datastore was not reached for " + TIME.toSeconds()
                    + " s; another gateway may act for it now. What was begun goes on in Azure; er:list shows it.");
        }
    }

    @Override
    public void close() {
        leave(inProcess);
        try {
            store.revoke(lease.id());
        } catch (DatastoreException _) {
            // the lease ends by itself; what was done is done
        }
    }
}
