package tombolo.azure.expressroute.adapter;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import tombolo.api.config.CircuitSettings;
import tombolo.azure.expressroute.core.CircuitSnapshot;

/**
 * When each circuit is looked at, and how much of it: one request tells whether it is, with its peerings, as it was; all of it is read where it
 * is not, and every quarter of an hour, since links are not below it. Whatever the number of circuits, requests go out no faster than {@link #PER_SECOND}. Any thread.
 */
final class CircuitWatch {
    /** ARM's documented reads are 25 a second for a principal in a subscription (250 at once): 8 % of that, for all circuits together. */
    static final double PER_SECOND = 2.0;
    private static final Duration WHOLE = Duration.ofMinutes(15);
    /** Nothing is due: settings may change meanwhile, and tell nobody here. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    /**
     * What the last look came to.
     *
     * @param circuit  as Azure has it; empty: there is none
     * @param whole    when all of it was read
     * @param requests that the look took
     */
    record Look(Optional<CircuitSnapshot> circuit, Instant whole, int requests) { }

    /** Looks at a circuit and does what follows. Throws nothing that ends the watch. */
    @FunctionalInterface
    interface Looker {
        /** @param before the look before; empty: read all of it. @return empty where it could not be looked at */
        Optional<Look> look(CircuitSettings circuit, Optional<Look> before);
    }

    private static final class Standing {
        private Instant due;
        private boolean running;
        private Optional<Look> last = Optional.empty();

        Standing(Instant due) {
            this.due = due;
        }
    }

    private final InstantSource clock;
    private final Executor executor;
    private final Looker looker;
    private final Map<String, Standing> standings = new HashMap<>();
    private Instant next = Instant.MIN;

    /** @param executor runs a look, which may take long where something is done */
    CircuitWatch(InstantSource clock, Executor executor, Looker looker) {
        this.clock = clock;
        this.executor = executor;
        this.looker = looker;
    }

    /** Begins with the circuit that has waited longest, where one is due. @return when to call again */
    Duration tick(Map<String, CircuitSettings> circuits) {
        Instant now = clock.instant();
        Optional<CircuitSettings> chosen;
        synchronized (this) {
            standings.keySet().retainAll(circuits.keySet());
            circuits.keySet().forEach(name -> standings.computeIfAbsent(name, _ -> new Standing(now)));
            if (now.isBefore(next)) {
                return shorter(Duration.between(now, next));
            }
            chosen = circuits.values().stream().filter(each -> !standings.get(each.name()).running && !standings.get(each.name()).due.isAfter(now))
                    .min((one, other) -> standings.get(one.name()).due.compareTo(standings.get(other.name()).due));
            if (chosen.isEmpty()) {
                return IDLE;
            }
            Standing standing = standings.get(chosen.get().name());
            standing.running = true;
            standing.due = now.plusSeconds(chosen.get().applying().pollSeconds());
            next = now.plus(time(1)); // until it is known how many it takes
        }
        CircuitSettings circuit = chosen.get();
        executor.execute(() -> look(circuit));
        return shorter(Duration.between(now, next()));
    }

    private synchronized Instant next() {
        return next;
    }

    private static Duration shorter(Duration wait) {
        return wait.compareTo(IDLE) < 0 ? wait : IDLE;
    }

    private static Duration time(int requests) {
        return Duration.ofMillis((long) Math.ceil(requests * 1_000 / PER_SECOND));
    }

    private void look(CircuitSettings circuit) {
        Optional<Look> before;
        Instant now = clock.instant();
        synchronized (this) {
            Standing standing = standings.get(circuit.name());
            before = standing == null ? Optional.empty() : standing.last.filter(last -> now.isBefore(last.whole().plus(WHOLE)));
        }
        Optional<Look> after = looker.look(circuit, before);
        synchronized (this) {
            Instant free = now.plus(time(after.map(Look::requests).orElse(1)));
            next = next.isAfter(free) ? next : free;
            Standing standing = standings.get(circuit.name());
            if (standing != null) {
                standing.running = false;
                standing.last = after.or(() -> standing.last);
            }
        }
    }

    /** The circuit is looked at anew as a whole, as soon as its turn comes: something was done to it. */
    synchronized void changed(String circuit) {
        Standing standing = standings.get(circuit);
        if (standing != null) {
            standing.last = Optional.empty();
        }
    }
}
