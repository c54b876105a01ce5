package tombolo.bench.ipam;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import tombolo.api.datastore.Datastore;
import tombolo.api.ipam.AddressUse;
import tombolo.datastore.adapter.EmbeddedStore;
import tombolo.datastore.etcd.adapter.EtcdDatastore;
import tombolo.ipam.adapter.Allocator;
import tombolo.ipam.adapter.Collector;
import tombolo.ipam.adapter.StateReader;
import tombolo.ipam.core.Cluster;
import tombolo.ipam.core.check.StoredState;

/**
 * Workers allocate and release while they are killed, paused, and their store restarted. Afterwards the ledger of what they said is held against what is stored:
 * nothing that was acknowledged is lost, nothing is held twice, and after garbage collection nothing is held that nobody has.
 */
final class FaultRun {
    private static final String NODE = "node-";
    private static final Duration STUCK = Duration.ofMinutes(3);
    /** Callers of each process on etcd: as containers come up on a node, several at once, whose wishes share transactions. */
    private static final int CALLERS = 8;

    /** Operations of a run that tells how far it is. */
    private static final long LONG = 50_000;

    private final Path directory;
    private final boolean onEtcd;
    private final long wanted;
    private final int faults;
    private final long seed;
    private final Random random;
    private final List<Worker> workers = new ArrayList<>();
    private final AtomicLong operations = new AtomicLong();
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    /** Handle to its addresses: acknowledged, and no release begun. */
    private final Map<String, List<String>> owned = new ConcurrentHashMap<>();
    private final Set<String> released = ConcurrentHashMap.newKeySet();
    private final Map<String, String> givenOut = new ConcurrentHashMap<>();
    private final AtomicLong unknown = new AtomicLong();
    private int kills;
    private int pauses;
    private int restarts;

    /** @param faults about so many, spread over the run: each costs a second or two, mostly of starting a process, whatever is done meanwhile */
    FaultRun(Path directory, boolean onEtcd, long wanted, int faults, long seed) {
        this.directory = directory;
        this.onEtcd = onEtcd;
        this.wanted = wanted;
        this.faults = faults;
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** @param violations what must never happen; none: all is well */
    record Result(String summary, List<String> violations) { }

    private final class Worker {
        final String name;
        final String store;
        final int clients;
        Process process;
        Thread reader;
        int life;

        Worker(String name, String store, int clients) {
            this.name = name;
            this.store = store;
            this.clients = clients;
        }

        void start() throws IOException {
            life++;
            List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), onEtcd ? "-Xmx160m" : "-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Djava.util.logging.config.class=java.lang.Object",
                    "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", System.getProperty("java.class.path"), FaultWorker.class.getName(), onEtcd ? "etcd" : "embedded", store,
                    name + "." + life, NODE + name.charAt(name.length() - 1), Integer.toString(clients), Long.toString(seed + life));
            process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            Process mine = process;
            reader = Thread.ofVirtual().start(() -> read(mine));
        }

        private void read(Process from) {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(from.getInputStream(), StandardCharsets.US_ASCII))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    heard(line);
                }
            } catch (IOException _) {
                // killed in the middle of a line
            }
        }

        /** What it had said before it died is still read: the pipe outlives it. */
        void kill() throws InterruptedException {
            process.toHandle().destroyForcibly();
            process.toHandle().onExit().join();
            reader.join();
        }

        void signal(String signal) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
        }
    }

    private void heard(String line) {
        String[] words = line.split(" ");
        switch (words[0]) {
            case "A" -> {
                List<String> addresses = new ArrayList<>();
                for (int i = 2; i < words.length; i++) {
                    String before = givenOut.putIfAbsent(words[i], words[1]);
                    if (before != null) {
                        violations.add(words[i] + " was given out twice: to " + before + " and to " + words[1]);
                    }
                    addresses.add(words[i].substring(0, words[i].indexOf('/')));
                }
                owned.put(words[1], addresses);
                operations.incrementAndGet();
            }
            case "r" -> owned.remove(words[1]);
            case "R" -> {
                released.add(words[1]);
                operations.incrementAndGet();
            }
            case "U" -> unknown.incrementAndGet();
            case "N" -> operations.incrementAndGet();
            case "X" -> violations.add(line);
            default -> { }
        }
    }

    Result run() throws Exception {
        long start = System.nanoTime();
        Etcd etcd = onEtcd ? Etcd.start(directory.resolve("etcd")) : null;
        try {
            String store = etcd == null ? Files.createDirectories(directory.resolve("store")).toString() : etcd.endpoint();
            for (int w = 0; w < (onEtcd ? 8 : 1); w++) {
                // two processes each on four nodes: they meet in the same blocks
                workers.add(new Worker("w" + w + "n" + w % 4, store, onEtcd ? CALLERS : 8));
            }
            for (Worker worker : workers) {
                worker.start();
            }
            long next = 0;
            long tell = wanted / 10;
            long lastAt = System.nanoTime();
            while (operations.get() < wanted) {
                LockSupport.parkNanos(20_000_000);
                if (operations.get() >= next) {
                    // by progress, not by time: a busy machine would only start processes
                    next = operations.get() + 1 + random.nextLong(Math.max(1, 2 * wanted / faults));
                    lastAt = System.nanoTime();
                    fault(etcd);
                } else if (System.nanoTime() - lastAt > STUCK.toNanos()) {
                    throw new IllegalStateException("no progress for " + STUCK + " at " + operations + " of " + wanted + " operations, seed " + seed);
                }
                if (operations.get() >= tell && wanted >= LONG) {
                    System.out.printf("  %,d operations after %.0f s, %d violations%n", operations.get(), (System.nanoTime() - start) / 1e9, violations.size());
                    tell += wanted / 10;
                }
                for (Worker worker : workers) {
                    if (!worker.process.isAlive()) {
                        violations.add("worker " + worker.name + " ended by itself with " + worker.process.exitValue());
                        worker.start();
                    }
                }
            }
            for (Worker worker : workers) {
                worker.kill();
            }
            verify(store);
        } finally {
            workers.forEach(worker -> worker.process.toHandle().destroyForcibly());
            if (etcd != null) {
                etcd.close();
            }
        }
        double took = (System.nanoTime() - start) / 1e9;
        String summary = String.format("%,d operations by 8 %s in %.0f s (%.0f/s), seed %d: %d kills, %d pauses, %d store restarts, %d outcomes unknown to the caller; %,d addresses given out, %d held at the end",
                operations.get(), onEtcd ? "processes of " + CALLERS + " callers on one etcd" : "clients of one node", took, operations.get() / took, seed, kills, pauses, restarts, unknown.get(), givenOut.size(),
                owned.values().stream().mapToInt(List::size).sum());
        return new Result(summary, List.copyOf(violations));
    }

    private void fault(Etcd etcd) throws IOException, InterruptedException {
        Worker worker = workers.get(random.nextInt(workers.size()));
        switch (random.nextInt(4)) {
            case 0, 1 -> {
                worker.kill();
                worker.start();
                kills++;
            }
            case 2 -> {
                worker.signal("STOP");
                LockSupport.parkNanos(random.nextInt(1_500) * 1_000_000L);
                worker.signal("CONT");
                pauses++;
            }
            default -> {
                if (etcd != null) {
                    etcd.restart();
                } else {
                    worker.process.getOutputStream().write("restart\n".getBytes(StandardCharsets.US_ASCII));
                    worker.process.getOutputStream().flush();
                }
                restarts++;
            }
        }
    }

    private void verify(String where) throws Exception {
        List<Datastore> opened = new ArrayList<>();
        EmbeddedStore files = EmbeddedStore.of(Path.of(onEtcd ? directory.resolve("unused").toString() : where), opened::add, opened::clear);
        EtcdDatastore etcd = null;
        if (onEtcd) {
            etcd = EtcdDatastore.connect(List.of(where));
            opened.add(etcd);
        } else {
            files.open();
        }
        Datastore store = opened.getFirst();
        StoredState before = StateReader.read(store);
        before.findings(false).forEach(finding -> violations.add("before garbage collection: " + finding));
        compare(before, false);
        Cluster cluster = Clusters.of(0, false, "10.0.0.0/20");
        List<AddressUse> uses = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            uses.add(use(NODE + n));
        }
        int collected = 0;
        try (Allocator allocator = Allocator.open(store, () -> cluster, (_, _) -> true, Clock.systemUTC())) {
            Collector collector = new Collector(store, allocator, () -> cluster, (_, _) -> true, NODE + "0", () -> uses, List::of, Clock.systemUTC(), Duration.ZERO);
            int released;
            do { // one look releases 500 handles at most, and the next one goes on
                released = collector.collect();
                collected += released;
            } while (released > 0);
        }
        StoredState after = StateReader.read(store);
        after.findings(false).forEach(finding -> violations.add("after garbage collection: " + finding));
        compare(after, true);
        System.out.printf("  stored at the end: %d blocks, %d addresses held; %d leaked and were collected%n", after.blocks().size(), after.held().size(), collected);
        if (etcd != null) {
            etcd.close();
        }
        files.close();
    }

    private AddressUse use(String node) {
        return new AddressUse() {
            @Override
            public String node() {
                return node;
            }

            @Override
            public Set<String> handlesInUse() {
                return new HashSet<>(owned.keySet());
            }
        };
    }

    private void compare(StoredState state, boolean exactly) {
        Map<String, Set<String>> stored = new TreeMap<>();
        state.held().forEach(held -> stored.computeIfAbsent(held.handle().orElse("(none)"), _ -> new TreeSet<>()).add(held.address().toString()));
        Map<String, String> holders = new HashMap<>();
        owned.forEach((handle, addresses) -> {
            addresses.forEach(address -> Optional.ofNullable(holders.put(address, handle)).ifPresent(other -> violations.add(address + " is held by " + other + " and by " + handle)));
            if (!new TreeSet<>(addresses).equals(stored.get(handle))) {
                violations.add("handle " + handle + " was given " + addresses + "; stored is " + stored.get(handle));
            }
        });
        stored.forEach((handle, addresses) -> {
            if (released.contains(handle)) {
                violations.add("handle " + handle + " was released, and holds " + addresses);
            } else if (exactly && !owned.containsKey(handle)) {
                violations.add("handle " + handle + " is nobody's, and holds " + addresses + " after garbage collection");
            }
        });
    }
}
