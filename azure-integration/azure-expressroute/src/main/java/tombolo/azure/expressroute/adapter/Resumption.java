package tombolo.azure.expressroute.adapter;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmException;
import tombolo.api.config.CircuitSettings;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.expressroute.ExpressRouteException;

/** Takes up what an earlier process or bundle has left in flight in Azure, once everything that this needs is there. Any thread. */
final class Resumption implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Resumption.class);
    /** What is stopped in the middle stays in the datastore, and goes on in Azure. */
    private static final long END_MILLIS = 2_000;

    private final Slot<Arm> arm;
    private final Slot<Datastore> store;
    private final Supplier<String> node;
    private final Supplier<Map<String, CircuitSettings>> wanted;
    private final Supplier<Operations> operations;
    private final AtomicReference<Optional<Thread>> running = new AtomicReference<>(Optional.empty());
    private volatile boolean closed;

    /** @param node the node's name; empty text: not known yet. @param wanted circuits that files describe */
    Resumption(Slot<Arm> arm, Slot<Datastore> store, Supplier<String> node, Supplier<Map<String, CircuitSettings>> wanted, Supplier<Operations> operations) {
        this.arm = arm;
        this.store = store;
        this.node = node;
        this.wanted = wanted;
        this.operations = operations;
    }

    /** Begins on a thread of its own, if all is there and none is at it. Called when something has come. */
    void later() {
        if (closed || arm.get().isEmpty() || store.get().isEmpty() || node.get().isEmpty() || running.get().filter(Thread::isAlive).isPresent()) {
            return;
        }
        Thread thread = Thread.ofVirtual().name("tombolo-er-resume").unstarted(this::now);
        running.set(Optional.of(thread));
        thread.start();
    }

    /** Operations of circuits that files describe, and of others, such as another customer's: they were linked by a command, of this gateway or of one with the same subscriptions. */
    void now() {
        Optional<Arm> azure = arm.get();
        Optional<Datastore> datastore = store.get();
        if (azure.isEmpty() || datastore.isEmpty()) {
            return; // gone meanwhile; whoever comes in its place calls again
        }
        try {
            Set<String> described = wanted.get().values().stream().map(each -> Circuits.name(azure.get(), each)).collect(Collectors.toSet());
            for (Operations.Stored one : Operations.all(datastore.get())) {
                if (described.contains(one.circuit()) || azure.get().subscriptions().stream().anyMatch(each -> each.name().equals(one.subscription()) || each.id().equalsIgnoreCase(one.subscription()))) {
                    resume(datastore.get(), one.circuit());
                }
            }
        } catch (ExpressRouteException | ArmException | DatastoreException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    private void resume(Datastore datastore, String circuit) {
        try (CircuitHold hold = CircuitHold.take(datastore, circuit, node.get())) {
            operations.get().resume(hold, line -> LOG.info("TMB-ER-213 circuit {}: {}", circuit, line));
        } catch (ExpressRouteException | ArmException | DatastoreException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
        running.getAndSet(Optional.empty()).ifPresent(thread -> {
            thread.interrupt();
            try {
                thread.join(END_MILLIS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
