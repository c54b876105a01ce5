package tombolo.azure.cni.adapter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.Nat;
import tombolo.api.nat.SourceTranslation;

/** Remembers which services are to see containers under another address, and maps no ports. */
final class ToldSources implements Nat {
    volatile Set<SourceTranslation> told = Set.of();
    volatile int times;
    /** All that was told, in order. */
    final List<Set<SourceTranslation>> history = new java.util.concurrent.CopyOnWriteArrayList<>();
    /** How often it was asked while it was broken. */
    final java.util.concurrent.atomic.AtomicInteger faults = new java.util.concurrent.atomic.AtomicInteger();
    volatile boolean broken;
    /** Why it does nothing; empty: it does. */
    volatile Optional<String> refusal = Optional.empty();

    @Override
    public Outcome sources(Set<SourceTranslation> all) {
        if (broken) {
            faults.incrementAndGet();
            throw new IllegalStateException("a fault");
        }
        if (refusal.isPresent()) {
            return new Outcome.Refused(refusal.get(), true);
        }
        times++;
        told = Set.copyOf(all);
        history.add(told);
        return new Outcome.Done();
    }

    @Override
    public Outcome all(Map<EndpointId, Exposed> all) {
        return new Outcome.Done();
    }

    @Override
    public Outcome map(EndpointId id, Exposed exposed) {
        return new Outcome.Done();
    }

    @Override
    public Outcome unmap(EndpointId id) {
        return new Outcome.Done();
    }

    @Override
    public View view() {
        return new View(new TreeMap<>(), List.of(), List.of(), true, List.copyOf(told));
    }
}
