package tombolo.azure.expressroute.adapter;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmRequest;
import tombolo.api.config.CircuitSettings;
import tombolo.api.expressroute.VnetSpaces;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.CircuitSnapshot;
import tombolo.azure.expressroute.core.NetworkSeen;
import tombolo.azure.expressroute.core.NetworkSpace;

/**
 * Asks Azure every quarter of an hour which address space the virtual networks have that circuits lead to: about five requests for a circuit, and two for each of its
 * gateways. Without the circuit's hold, since every gateway must know it, and on a thread of its own, for which nobody waits. Answers from any thread.
 */
final class NetworkWatch implements VnetSpaces, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkWatch.class);
    private static final Duration AGAIN = Duration.ofMinutes(15);
    private static final Duration AFTER_TROUBLE = Duration.ofMinutes(1);
    /** Between two circuits: ARM's reads are 25 a second (see {@link CircuitWatch}). */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Slot<Arm> arm;
    private final InstantSource clock;
    private final Operations.Pause pause;
    private final AtomicReference<Optional<Thread>> running = new AtomicReference<>(Optional.empty());
    private final Map<String, Instant> due = new HashMap<>(); // guarded by this object, like the next two
    private final Map<String, List<Told>> told = new TreeMap<>();
    private final Map<String, String> troubles = new HashMap<>();
    private volatile boolean closed;

    NetworkWatch(Slot<Arm> arm, InstantSource clock, Operations.Pause pause) {
        this.arm = arm;
        this.clock = clock;
        this.pause = pause;
    }

    /** Goes round until this is closed. */
    void start(Supplier<Map<String, CircuitSettings>> circuits) {
        Thread thread = Thread.ofVirtual().name("tombolo-er-networks").unstarted(() -> {
            try {
                while (!closed) {
                    turn(circuits);
                    pause.of(PAUSE);
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // closing
            }
        });
        running.set(Optional.of(thread));
        thread.start();
    }

    private void turn(Supplier<Map<String, CircuitSettings>> circuits) {
        try {
            tick(circuits.get());
        } catch (RuntimeException e) {
            LOG.error("TMB-ER-287 a turn of the watch over virtual networks failed; the next one begins anew. Report this with gateway:diag.", e);
        }
    }

    /** One turn: the circuit that is due for the longest time, if any is. */
    void tick(Map<String, CircuitSettings> circuits) {
        Instant now = clock.instant();
        Optional<CircuitSettings> chosen;
        synchronized (this) {
            due.keySet().retainAll(circuits.keySet());
            told.keySet().retainAll(circuits.keySet());
            troubles.keySet().retainAll(circuits.keySet());
            circuits.keySet().forEach(name -> due.putIfAbsent(name, Instant.MIN));
            chosen = circuits.values().stream().filter(each -> !due.get(each.name()).isAfter(now)).min(Comparator.comparing((CircuitSettings each) -> due.get(each.name()))
                    .thenComparing(CircuitSettings::name));
        }
        Optional<Arm> azure = arm.get(); // once: it may go at any moment
        if (chosen.isPresent() && azure.isPresent()) {
            boolean answered = look(chosen.get(), azure.get());
            synchronized (this) {
                due.replace(chosen.get().name(), now.plus(answered ? AGAIN : AFTER_TROUBLE));
            }
        }
    }

    /** The circuit's file is another. */
    synchronized void changed(String circuit) {
        due.remove(circuit);
    }

    private boolean look(CircuitSettings circuit, Arm azure) {
        try {
            Optional<CircuitSnapshot> seen = new CircuitReader(azure).read(circuit);
            if (seen.isEmpty()) {
                return true; // not there yet, or not to be seen any more: ARM does not tell which
            }
            List<Told> now = spaces(circuit, azure, seen.get());
            synchronized (this) {
                troubles.remove(circuit.name());
                if (!now.equals(told.put(circuit.name(), now)) && !now.isEmpty()) {
                    LOG.info("TMB-ER-285 circuit {}: Azure tells of {} prefixes of virtual networks that it leads to; pools must not overlap them", circuit.name(), now.size());
                }
            }
            return true;
        } catch (ArmException e) {
            String text = String.valueOf(e.getMessage());
            synchronized (this) {
                if (!text.equals(troubles.put(circuit.name(), text))) {
                    LOG.info("TMB-ER-286 circuit {}: which address space its virtual networks have is as it was told last: {}", circuit.name(), text);
                }
            }
            return false;
        } catch (RuntimeException e) {
            LOG.error("TMB-ER-287 circuit {}: the look at its virtual networks failed; the next one begins anew. Report this with gateway:diag.", circuit.name(), e);
            return false;
        }
    }

    /** Of the gateways that it is linked to, and of those that its file wants. */
    private static List<Told> spaces(CircuitSettings circuit, Arm azure, CircuitSnapshot seen) {
        Set<String> networks = new LinkedHashSet<>();
        Set<String> gateways = new LinkedHashSet<>();
        seen.links().forEach(link -> gateways.add(link.gateway()));
        seen.gateways().values().forEach(gateway -> gateways.add(gateway.id()));
        gateways.forEach(id -> named(azure, id).flatMap(NetworkSeen::networkOf).ifPresent(networks::add));
        return networks.stream().flatMap(id -> named(azure, id).stream()).flatMap(network -> NetworkSpace.of(network).stream())
                .map(part -> new Told(part.prefix(), part.network(), circuit.name())).distinct()
                .sorted(Comparator.comparing(Told::network).thenComparing(one -> one.prefix().toString())).toList();
    }

    /** One that Azure has just named, so that a 404 means, as a 403 does, that it is not to be seen here. Empty where it is in none of our subscriptions. */
    private static Optional<Json.Obj> named(Arm azure, String id) {
        return NetworkReader.owner(azure, id).flatMap(name -> azure.call(ArmRequest.get(name, CircuitReader.ascii(id), azure.networkVersion())).body());
    }

    @Override
    public synchronized List<Told> told() {
        return told.values().stream().flatMap(List::stream).toList();
    }

    @Override
    public void close() {
        closed = true;
        running.getAndSet(Optional.empty()).ifPresent(thread -> {
            thread.interrupt();
            try {
                thread.join(2_000);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
