package tombolo.bench.ipam;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.ipam.Assign;
import tombolo.api.ipam.AssignOutcome;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Refusal;
import tombolo.api.ipam.Release;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpPool;
import tombolo.datastore.adapter.EmbeddedStore;
import tombolo.datastore.etcd.adapter.EtcdDatastore;
import tombolo.ipam.adapter.Allocator;
import tombolo.ipam.core.Cluster;

/**
 * A process that allocates and releases until it is killed, and says on standard output what it is about to do before, and what came of it after:
 *
 * <pre>
 *   a HANDLE            about to allocate            A HANDLE IP/SEQUENCE…   allocated, durably
 *   r HANDLE            about to release             R HANDLE                released
 *   U HANDLE            outcome unknown              N HANDLE                refused: nothing held
 *   D HANDLE            the store was away: nothing happened
 *   X text              what must never happen
 * </pre>
 *
 * Arguments: {@code embedded DIRECTORY} or {@code etcd ENDPOINT}, name, node, clients, seed. A line "restart" on standard input closes and opens the store.
 */
final class FaultWorker {
    /** Of each client: what a killed process held is held for ever, and twenty of them must not fill the pool of 4,096. */
    private static final int MOST_HELD = 6;
    private static final Cluster CLUSTER = Clusters.of(0, false, "10.0.0.0/20");

    private final String kind;
    private final String where;
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();
    private EmbeddedStore files;
    private EtcdDatastore etcd;
    private Allocator allocator;

    private FaultWorker(String kind, String where) {
        this.kind = kind;
        this.where = where;
    }

    public static void main(String[] arguments) throws Exception {
        FaultWorker worker = new FaultWorker(arguments[0], arguments[1]);
        worker.open();
        AtomicInteger number = new AtomicInteger();
        for (int client = 0; client < Integer.parseInt(arguments[4]); client++) {
            Random random = new Random(Long.parseLong(arguments[5]) * 31 + client);
            int mine = client;
            Thread.ofPlatform().daemon(true).start(() -> worker.client(arguments[2] + "-" + mine, arguments[3], random, number));
        }
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("restart")) {
                    worker.restart();
                }
            }
        }
        // the other side is gone: so are we, in the middle of whatever
        Runtime.getRuntime().halt(0);
    }

    private void open() {
        List<Datastore> opened = new ArrayList<>();
        if (kind.equals("embedded")) {
            files = EmbeddedStore.of(Path.of(where), opened::add, opened::clear);
            files.open();
        } else {
            etcd = EtcdDatastore.connect(List.of(where));
            opened.add(etcd);
        }
        for (int attempt = 0;; attempt++) {
            try {
                allocator = Allocator.open(opened.getFirst(), () -> CLUSTER, (_, _) -> true, Clock.systemUTC());
                return;
            } catch (DatastoreException e) {
                if (attempt == 100) {
                    throw e;
                }
                java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
            }
        }
    }

    private void restart() {
        gate.writeLock().lock();
        try {
            allocator.close();
            if (files != null) {
                files.close();
            } else {
                etcd.close();
            }
            open();
        } finally {
            gate.writeLock().unlock();
        }
    }

    private void client(String name, String node, Random random, AtomicInteger number) {
        List<List<HeldAddress>> held = new ArrayList<>();
        while (true) {
            gate.readLock().lock();
            try {
                if (held.size() < MOST_HELD && random.nextInt(100) < 55 || held.isEmpty()) {
                    allocate(name + "." + number.incrementAndGet(), node, random, held);
                } else {
                    release(held.remove(random.nextInt(held.size())), random);
                }
            } catch (RuntimeException e) {
                say("X " + name + " " + e);
            } finally {
                gate.readLock().unlock();
            }
        }
    }

    private void allocate(String handle, String node, Random random, List<List<HeldAddress>> held) {
        say("a " + handle);
        try {
            List<HeldAddress> got;
            Optional<Refusal> why = Optional.empty();
            if (random.nextInt(10) == 0) {
                IpAddress address = IpAddress.v4(10 << 24 | random.nextInt(1 << 12));
                switch (allocator.assign(new Assign(address, Optional.of(handle), Map.of("node", node), node, IpPool.Use.WORKLOAD, Optional.empty()))) {
                    case AssignOutcome.Assigned assigned -> got = List.of(assigned.address());
                    case AssignOutcome.Refused refused -> {
                        got = List.of();
                        why = Optional.of(refused.refusal());
                    }
                }
            } else {
                int wanted = 1 + random.nextInt(3);
                switch (allocator.autoAssign(new AutoAssign(wanted, 0, Optional.of(handle), Map.of("node", node), node, Optional.empty(), List.of(), IpPool.Use.WORKLOAD, Optional.empty(),
                        OptionalInt.empty()))) {
                    case AutoAssignOutcome.Assigned assigned -> got = assigned.ipv4();
                    case AutoAssignOutcome.Fewer fewer -> got = fewer.ipv4();
                    case AutoAssignOutcome.Refused refused -> {
                        got = List.of();
                        why = Optional.of(refused.refusal());
                    }
                }
            }
            if (got.isEmpty()) {
                say("N " + handle + " " + why.map(refusal -> refusal.reason().name()).orElse(""));
                return;
            }
            StringBuilder line = new StringBuilder("A " + handle);
            got.forEach(each -> line.append(' ').append(each.address()).append('/').append(each.sequenceNumber()));
            say(line.toString());
            held.add(got);
        } catch (DatastoreException e) {
            away(handle, e);
        }
    }

    /** The store is away: a moment of rest, as any caller would take. */
    private static void away(String handle, DatastoreException e) {
        say((e.applied() == DatastoreException.Applied.NO ? "D " : "U ") + handle + " " + e.reason());
        java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
    }

    private void release(List<HeldAddress> addresses, Random random) {
        String handle = addresses.getFirst().handle().orElseThrow();
        say("r " + handle);
        try {
            ReleaseOutcome outcome = random.nextBoolean() ? allocator.release(addresses.stream().map(Release::of).toList())
                    : allocator.releaseByHandle(handle, java.util.OptionalLong.empty());
            if (outcome instanceof ReleaseOutcome.Released done && done.released().size() == addresses.size()) {
                say("R " + handle);
            } else {
                say("X release of " + addresses + " came to " + outcome);
            }
        } catch (DatastoreException e) {
            away(handle, e);
        }
    }

    private static synchronized void say(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.US_ASCII);
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
    }
}
