package tombolo.dataplane.adapter.nat;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.Nat;
import tombolo.api.nat.PortMapping;
import tombolo.api.nat.SourceTranslation;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Owner;
import tombolo.api.resource.ResourceListener;
import tombolo.dataplane.core.nat.PoolTable;
import tombolo.dataplane.core.nat.PortTable;
import tombolo.dataplane.core.nat.SourceTable;
import tombolo.runtime.FollowedResources;

/**
 * Keeps port mappings and masquerading in the kernel by {@link Nftables}. Until the mappings are told, and until the pools are heard of, the kernel keeps what an
 * earlier life put there. Any thread.
 */
public final class KernelNat implements Nat, ResourceListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KernelNat.class);
    /** The writer answers in milliseconds; it gives up by itself after 20 s. */
    private static final long PATIENCE_SECONDS = 25;

    private final PortTable ports = new PortTable();
    private final PoolTable pools = new PoolTable();
    private final FollowedResources followed = new FollowedResources("tombolo-nat-resources", Set.of("IPPool"), this::oneAtATime, this,
            problem -> LOG.error("TMB-NAT-006 pools cannot be followed: {}. What is masqueraded stays as it is; restart gateway-resources", problem.getMessage()));
    private volatile Optional<Connections> connections = Optional.empty();
    private Optional<Nftables> writer = Optional.empty(); // guarded by this object, like all of these
    private boolean portsKnown;
    private boolean poolsKnown;
    private Optional<Set<SourceTranslation>> sources = Optional.empty(); // empty: not told yet

    /** @param means to make the kernel forget connections; empty: none now */
    public void connections(Optional<Connections> means) {
        connections = means;
    }

    /** The writer is there; it is told everything. */
    public synchronized void writer(Nftables service) {
        writer = Optional.of(service);
        if (portsKnown) {
            report(Owner.PORTS, service.change(Owner.PORTS, ports.complete()));
        }
        if (poolsKnown) {
            report(Owner.MASQUERADE, service.change(Owner.MASQUERADE, pools.complete()));
        }
        sources.ifPresent(known -> report(Owner.SOURCES, service.change(Owner.SOURCES, SourceTable.complete(known))));
    }

    public synchronized void writerGone(Nftables service) {
        writer = writer.filter(current -> current != service);
    }

    /** The cluster's pools, over a service that comes and goes. */
    public FollowedResources pools() {
        return followed;
    }

    /** Hears of no pools any more; the kernel keeps what it has. */
    @Override
    public void close() {
        followed.close();
    }

    private synchronized void oneAtATime(Runnable task) {
        task.run();
    }

    @Override
    public synchronized void changed(Changes changes) {
        if (pools.apply(changes)) {
            poolsKnown = true;
            writer.ifPresent(service -> report(Owner.MASQUERADE, service.change(Owner.MASQUERADE, pools.complete())));
        }
    }

    @Override
    public Outcome all(Map<EndpointId, Exposed> all) {
        CompletableFuture<Nftables.Outcome> told;
        synchronized (this) {
            portsKnown = true;
            ports.exposed().keySet().stream().filter(id -> !all.containsKey(id)).toList().forEach(id -> ports.put(id, Optional.empty()));
            all.forEach((id, exposed) -> {
                Optional<Outcome.Taken> taken = ports.taken(id, exposed);
                if (taken.isPresent()) {
                    LOG.error("TMB-NAT-001 {} is recorded for {} and for {}; it leads to the former. Remove one of the containers", taken.get().wanted(), taken.get().by(), id);
                } else {
                    ports.put(id, Optional.of(exposed));
                }
            });
            if (writer.isEmpty()) {
                return gone();
            }
            told = writer.get().change(Owner.PORTS, ports.complete());
        }
        return wait(told);
    }

    @Override
    public Outcome map(EndpointId id, Exposed exposed) {
        CompletableFuture<Nftables.Outcome> told;
        Optional<Exposed> before;
        synchronized (this) {
            if (writer.isEmpty() || !portsKnown) {
                return gone();
            }
            Optional<Outcome.Taken> taken = ports.taken(id, exposed);
            if (taken.isPresent()) {
                return taken.get();
            }
            before = ports.get(id);
            told = writer.get().change(Owner.PORTS, ports.put(id, Optional.of(exposed)));
        }
        Outcome outcome = wait(told);
        if (outcome instanceof Outcome.Done) {
            forget(exposed);
        } else {
            takeBack(id, exposed, before);
        }
        return outcome;
    }

    @Override
    public Outcome unmap(EndpointId id) {
        CompletableFuture<Nftables.Outcome> told;
        Optional<Exposed> before;
        synchronized (this) {
            before = ports.get(id);
            if (portsKnown && before.isEmpty()) {
                return new Outcome.Done();
            }
            if (writer.isEmpty() || !portsKnown) {
                return gone();
            }
            told = writer.get().change(Owner.PORTS, ports.put(id, Optional.empty()));
        }
        Outcome outcome = wait(told);
        before.ifPresent(this::forget);
        return outcome;
    }

    private void forget(Exposed exposed) {
        connections.ifPresent(means -> exposed.mappings().stream().filter(mapping -> mapping.protocol() == PortMapping.Protocol.UDP)
                .forEach(mapping -> means.forget(mapping.protocol().number(), mapping.hostPort())));
    }

    @Override
    public Outcome sources(Set<SourceTranslation> all) {
        CompletableFuture<Nftables.Outcome> told;
        Optional<Set<SourceTranslation>> before;
        synchronized (this) {
            before = sources;
            sources = Optional.of(Set.copyOf(all));
            if (writer.isEmpty()) {
                sources = before;
                return gone();
            }
            told = writer.get().change(Owner.SOURCES, SourceTable.complete(all));
        }
        Outcome outcome = wait(told);
        if (!(outcome instanceof Outcome.Done)) {
            synchronized (this) {
                if (sources.equals(Optional.of(Set.copyOf(all)))) {
                    sources = before;
                    writer.ifPresent(service -> before.ifPresent(known -> report(Owner.SOURCES, service.change(Owner.SOURCES, SourceTable.complete(known)))));
                }
            }
        }
        return outcome;
    }

    @Override
    public synchronized View view() {
        return new View(new TreeMap<>(ports.exposed()), pools.masqueraded(), pools.inside(), portsKnown && poolsKnown, sources.orElse(Set.of()).stream().sorted().toList());
    }

    /** What the writer did not take is wanted no more; the whole is told again, since the writer may have been another meanwhile. */
    private synchronized void takeBack(EndpointId id, Exposed refused, Optional<Exposed> before) {
        if (ports.get(id).equals(Optional.of(refused))) {
            ports.put(id, before);
            writer.ifPresent(service -> report(Owner.PORTS, service.change(Owner.PORTS, ports.complete())));
        }
    }

    private static Outcome gone() {
        return new Outcome.Refused("TMB-NAT-002 ports cannot be mapped now: the writer of nftables is not running", true);
    }

    private static Outcome wait(CompletableFuture<Nftables.Outcome> told) {
        try {
            return switch (told.get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                case Nftables.Outcome.InForce _ -> new Outcome.Done();
                case Nftables.Outcome.Refused(String reason, boolean later) -> new Outcome.Refused(reason, later);
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Refused("TMB-NAT-003 interrupted while ports were being mapped", true);
        } catch (ExecutionException | TimeoutException e) {
            return new Outcome.Refused("TMB-NAT-003 the writer of nftables did not answer within " + PATIENCE_SECONDS + " s", true);
        }
    }

    private static void report(Owner owner, CompletableFuture<Nftables.Outcome> told) {
        told.thenAccept(outcome -> {
            if (outcome instanceof Nftables.Outcome.Refused(String reason, boolean later)) {
                LOG.error("TMB-NAT-004 what {} has in the kernel is not as it should be: {}{}", owner, reason, later ? ". It is told again with the next change" : "");
            }
        });
    }
}
