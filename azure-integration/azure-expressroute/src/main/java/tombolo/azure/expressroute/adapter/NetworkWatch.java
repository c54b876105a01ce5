package tombolo.azure.expressroute.adapter;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmException;
import tombolo.api.config.CircuitSettings;
import tombolo.api.expressroute.VnetSpaces;

/**
 * Asks Azure every quarter of an hour which address space the virtual networks have that circuits lead to ({@link SpaceReader}), and every minute while not all
 * of it can be read. Without the circuit's hold, since every gateway must know it, and on a thread of its own, for which nobody waits. Answers from any thread.
 */
final class NetworkWatch implements VnetSpaces, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkWatch.class);
    private static final Duration AGAIN = Duration.ofMinutes(15);
    private static final Duration AFTER_TROUBLE = Duration.ofMinutes(1);
    /** Between two circuits: ARM's reads are 25 a second (see {@link CircuitWatch}). */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** @param what could not be read, and why, by which it is known again. @param said as an operator reads it */
    private record Trouble(List<String> what, String said) { }

    private final Slot<Arm> arm;
    private final InstantSource clock;
    private final Rounds rounds;
    private final Map<String, Instant> due = new HashMap<>(); // guarded by this object, like the next three
    private final Map<String, SpaceReader.Answer> answers = new HashMap<>();
    private final Map<String, List<Told>> told = new TreeMap<>();
    private final Map<String, Trouble> troubles = new HashMap<>();

    NetworkWatch(Slot<Arm> arm, InstantSource clock, Operations.Pause pause) {
        this.arm = arm;
        this.clock = clock;
        this.rounds = new Rounds("tombolo-er-networks", pause);
    }

    /** Goes round until this is closed. */
    void start(Supplier<Map<String, CircuitSettings>> circuits) {
        rounds.start(() -> {
            tick(circuits.get());
            return PAUSE;
        });
    }

    /** One turn: the circuit that is due for the longest time, if any is. */
    void tick(Map<String, CircuitSettings> circuits) {
        Instant now = clock.instant();
        Optional<CircuitSettings> chosen;
        synchronized (this) {
            due.keySet().retainAll(circuits.keySet());
            answers.keySet().retainAll(circuits.keySet());
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

    /** What was said of a circuit that not all of it could be read; empty: it could. */
    synchronized Optional<String> said(String circuit) {
        return Optional.ofNullable(troubles.get(circuit)).map(Trouble::said);
    }

    private boolean look(CircuitSettings circuit, Arm azure) {
        SpaceReader.Answer before;
        synchronized (this) {
            before = answers.getOrDefault(circuit.name(), SpaceReader.Answer.NONE);
        }
        try {
            SpaceReader.Answer now = SpaceReader.read(azure, circuit, before);
            List<Told> spaces = spaces(circuit, now);
            synchronized (this) {
                answers.put(circuit.name(), now);
                if (!spaces.equals(told.put(circuit.name(), spaces)) && !spaces.isEmpty()) {
                    LOG.info("TMB-ER-285 circuit {}: Azure tells of {} prefixes of virtual networks that it leads to; pools must not overlap them", circuit.name(), spaces.size());
                }
            }
            trouble(circuit.name(), now.unread());
            return now.unread().isEmpty();
        } catch (ArmException e) {
            trouble(circuit.name(), List.of(new SpaceReader.Unread("", e.reason(), !before.ways().isEmpty(), String.valueOf(e.getMessage()))));
            return false;
        } catch (RuntimeException e) {
            LOG.error("TMB-ER-289 circuit {}: the look at its virtual networks failed; the next one begins anew. Report this with gateway:diag.", circuit.name(), e);
            return false;
        }
    }

    /** Says it once for the same resources and reasons: the words of each answer have the request's id in them. */
    private synchronized void trouble(String circuit, List<SpaceReader.Unread> unread) {
        if (unread.isEmpty()) {
            troubles.remove(circuit);
            return;
        }
        List<SpaceReader.Unread> unknown = unread.stream().filter(each -> !each.known()).toList();
        String why = (unknown.isEmpty() ? unread : unknown).getFirst().why() + (unread.size() > 1 ? " (" + unread.size() + " resources could not be read.)" : "");
        String text = unknown.isEmpty() ? "TMB-ER-286 circuit " + circuit + ": which address space its virtual networks have is, in part or all of it, as it was told last: " + why
                : "TMB-ER-288 circuit " + circuit + ": which address space its virtual networks have is not known, or not all of it, and pools may overlap them: " + why
                        + " Until then name it as vnet-prefixes in etc/tombolo.expressroute.circuit-" + circuit + ".cfg.";
        Trouble now = new Trouble(unread.stream().map(each -> each.resource() + " " + each.reason() + " " + each.known()).toList(), text);
        Trouble before = troubles.put(circuit, now);
        if (before == null || !before.what().equals(now.what())) {
            if (unknown.isEmpty()) {
                LOG.info("{}", text);
            } else {
                LOG.warn("{}", text);
            }
        }
    }

    private static List<Told> spaces(CircuitSettings circuit, SpaceReader.Answer answer) {
        return answer.spaces().values().stream().flatMap(List::stream).map(part -> new Told(part.prefix(), part.network(), circuit.name())).distinct()
                .sorted(Comparator.comparing(Told::network).thenComparing(one -> one.prefix().toString())).toList();
    }

    @Override
    public synchronized List<Told> told() {
        return told.values().stream().flatMap(List::stream).toList();
    }

    @Override
    public void close() {
        rounds.close();
    }
}
