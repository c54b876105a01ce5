package tombolo.azure.expressroute.adapter;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.azure.ArmException;
import tombolo.api.config.CircuitSettings;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.azure.expressroute.core.CircuitPlan;
import tombolo.azure.expressroute.core.CircuitReports;
import tombolo.azure.expressroute.core.CircuitSnapshot;

/**
 * Looks at circuits by itself: takes up what is in flight, says what differs from a circuit's file, and does what the file lets it do. Each look is under the hold of
 * the circuit, so that one gateway acts for it. What Azure does not answer changes nothing anywhere.
 */
final class Patrol implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Patrol.class);

    /** What a look needs; each throws where it is not there. */
    interface Desk {
        /** Whether there is anything to look with. */
        boolean open();

        Circuits work();

        /** Without a command's right to wait. */
        CircuitHold hold(CircuitSettings circuit);

        Circuits.Planner planner(CircuitSettings circuit);
    }

    private final Desk desk;
    private final InstantSource clock;
    private final CircuitWatch watch;
    private final Map<String, String> said = new ConcurrentHashMap<>();
    private final Rounds rounds;

    /** @param executor runs looks, which take long where something is done */
    Patrol(Desk desk, InstantSource clock, Operations.Pause pause, Executor executor) {
        this.desk = desk;
        this.clock = clock;
        this.rounds = new Rounds("tombolo-er-watch", pause);
        this.watch = new CircuitWatch(clock, executor, this::look);
    }

    /** Goes round until this is closed. */
    void start(Supplier<Map<String, CircuitSettings>> circuits) {
        rounds.start(() -> tick(circuits.get()));
    }

    /** One turn. @return how long to wait */
    Duration tick(Map<String, CircuitSettings> circuits) {
        said.keySet().retainAll(circuits.keySet());
        return desk.open() ? watch.tick(circuits) : Duration.ofSeconds(1);
    }

    /** Something was done to the circuit, or its file is another. */
    void changed(String circuit) {
        watch.changed(circuit);
    }

    /** What was said of a circuit last. */
    Optional<String> said(String circuit) {
        return Optional.ofNullable(said.get(circuit));
    }

    private Optional<CircuitWatch.Look> look(CircuitSettings circuit, Optional<CircuitWatch.Look> before) {
        if (rounds.isClosed()) {
            return Optional.empty();
        }
        try (CircuitHold hold = desk.hold(circuit)) {
            Circuits work = desk.work();
            work.operations().resume(hold, line -> LOG.info("TMB-ER-213 circuit {}: {}", circuit.name(), line));
            Instant now = clock.instant();
            Optional<CircuitSnapshot> was = before.flatMap(CircuitWatch.Look::circuit);
            Optional<CircuitSnapshot> seen = work.reader().read(circuit, was);
            CircuitPlan plan = desk.planner(circuit).plan(seen);
            boolean acts = circuit.applying().automatic() && !plan.steps().isEmpty();
            if (acts) {
                plan = work.applyAlone(hold, circuit, desk.planner(circuit), line -> LOG.info("TMB-ER-283 circuit {}: {}", circuit.name(), line));
            }
            say(circuit.name(), CircuitReports.standing(plan, was.isPresent() && seen.isEmpty()));
            boolean same = was.isPresent() && seen.equals(was);
            // What was done is seen by the next look, as a whole.
            return Optional.of(new CircuitWatch.Look(acts ? Optional.empty() : seen, same ? before.get().whole() : now, work.reader().requests()));
        } catch (ExpressRouteException | ArmException | DatastoreException e) {
            String text = String.valueOf(e.getMessage());
            if (!text.startsWith("TMB-ER-201") && !text.startsWith("TMB-ER-202") && !text.startsWith("TMB-ER-001")) { // somebody else is at work, or a bundle is being replaced
                say(circuit.name(), text);
            }
            return Optional.empty();
        } catch (RuntimeException e) {
            LOG.error("TMB-ER-284 circuit {}: the look at it failed; the next one begins anew. Report this with gateway:diag.", circuit.name(), e);
            return Optional.empty();
        }
    }

    /** Once, until it is something else. */
    private void say(String circuit, String text) {
        if (!text.equals(said.put(circuit, text))) {
            if (text.startsWith(CircuitReports.AS_WANTED)) {
                LOG.info("{}", text);
            } else {
                LOG.warn("{}", text);
            }
        }
    }

    @Override
    public void close() {
        rounds.close();
    }
}
