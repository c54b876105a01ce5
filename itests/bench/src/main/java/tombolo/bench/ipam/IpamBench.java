package tombolo.bench.ipam;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.resource.IpPool;
import tombolo.datastore.adapter.EmbeddedStore;
import tombolo.ipam.adapter.Allocator;
import tombolo.ipam.core.Cluster;
import tombolo.runtime.json.JsonText;

/** The embedded store: single and many callers, with few and with 100,000 addresses held, beside a bare append and sync; and the loading of a large fleet. */
final class IpamBench {
    /** What an address adds to its block and its handle, about: the bare append writes as much. */
    private static final int BARE_BYTES = 200;
    static final Map<String, String> ATTRIBUTES = Map.of("node", "a", "namespace", "default", "pod", "web-7d4b9c6f5-x2k8p", "timestamp", "2026-01-02 03:04:05 +0000 UTC");

    private final Path directory;
    private final double seconds;
    private final int held;
    private final List<Datastore> opened = new ArrayList<>();

    IpamBench(Path directory, double seconds, int held) {
        this.directory = directory;
        this.seconds = seconds;
        this.held = held;
    }

    void run() throws Exception {
        AtomicLong number = new AtomicLong();
        // the compiler's turn, for both ways of calling
        measure("warm-up, 64 callers", "warm64", 64, number, 0, Optional.empty());
        measure("warm-up, 1 caller", "warm1", 1, number, 0, Optional.empty());
        Measure bare = bare("bare append and sync", directory.resolve("bare"));
        print(bare, Optional.empty());
        Measure one = measure("embedded: addresses, 1 caller", "few", 1, number, 0, Optional.of(bare));
        Measure again = bare("bare append and sync, again", directory.resolve("bare2"));
        print(again, Optional.of(bare));
        measure("embedded: addresses, 64 callers", "few64", 64, number, 0, Optional.of(bare));
        measure("embedded: addresses, 1 caller, " + held + " held", "many", 1, number, held, Optional.of(again));
        Measure last = bare("bare append and sync, at last", directory.resolve("bare3"));
        print(last, Optional.of(bare));
        measure("embedded: addresses, 64 callers, " + held + " held", "many64", 64, number, held, Optional.of(last));
        System.out.printf("  wanted: 1 caller at 0.50 of the bare rate (measured %.2f), 20,000/s with 64 callers%n", one.perSecond() / bare.perSecond());
    }

    private Measure measure(String what, String name, int callers, AtomicLong number, int held, Optional<Measure> beside) throws Exception {
        EmbeddedStore files = EmbeddedStore.of(Files.createDirectories(directory.resolve(name)), opened::add, opened::clear);
        files.open();
        CountingStore store = new CountingStore(opened.getFirst());
        Cluster cluster = Clusters.of(1 << 15, false, "10.0.0.0/10");
        try (Allocator ipam = Allocator.open(store, () -> cluster, (_, _) -> true, Clock.systemUTC())) {
            hold(ipam, held);
            long before = store.transactions.get();
            Measure measure = Measure.of(what, callers, seconds, 0, (caller, _) -> one(ipam, "net." + caller + "." + number.incrementAndGet()));
            print(measure, beside);
            System.out.printf("  %.2f transactions an address%n", (store.transactions.get() - before) / (double) measure.sortedNanos().length);
            return measure;
        } finally {
            files.close();
        }
    }

    static void one(Allocator ipam, String handle) {
        AutoAssignOutcome outcome = ipam.autoAssign(new AutoAssign(1, 0, Optional.of(handle), ATTRIBUTES, "a", Optional.empty(), List.of(), IpPool.Use.WORKLOAD, Optional.empty(),
                OptionalInt.empty()));
        if (!(outcome instanceof AutoAssignOutcome.Assigned)) {
            throw new IllegalStateException(outcome.toString());
        }
    }

    /** So many addresses, each under a handle of its own. */
    static void hold(Allocator ipam, int held) throws InterruptedException {
        if (held == 0) {
            return;
        }
        AtomicLong number = new AtomicLong();
        Measure.of("fill", 64, 600, held, (_, _) -> one(ipam, "held." + number.incrementAndGet()));
    }

    private Measure bare(String what, Path file) throws Exception {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(BARE_BYTES);
            long[] at = new long[1];
            return Measure.of(what, 1, seconds, 0, (_, _) -> {
                channel.write(bytes.clear(), at[0]);
                channel.force(false);
                at[0] += BARE_BYTES;
            });
        }
    }

    static void print(Measure measure, Optional<Measure> beside) {
        System.out.println(measure.line(beside));
    }

    // ---- the state of a large fleet

    /** Stores what {@code nodes} nodes with 4 blocks each would have, and opens an allocator on it. */
    void load(int nodes, int inUse) throws IOException {
        EmbeddedStore files = EmbeddedStore.of(Files.createDirectories(directory.resolve("fleet")), opened::add, opened::clear);
        files.open();
        Datastore store = opened.getFirst();
        long bytes = fleet(store, nodes, inUse);
        Cluster cluster = Clusters.of(0, false, "10.0.0.0/8");
        for (int round = 0; round < 3; round++) {
            long start = System.nanoTime();
            Allocator.open(store, () -> cluster, (_, _) -> true, Clock.systemUTC()).close();
            System.out.printf("block state of %,d nodes with 4 blocks each (%d addresses in use in each, %d MB) loads in %.2f s%s%n", nodes, inUse, bytes >> 20,
                    (System.nanoTime() - start) / 1e9, round == 0 ? " (the first time, cold)" : "");
        }
        files.close();
        long start = System.nanoTime();
        EmbeddedStore again = EmbeddedStore.of(directory.resolve("fleet"), opened::add, opened::clear);
        again.open();
        System.out.printf("  beside it: the store itself opens in %.2f s%n", (System.nanoTime() - start) / 1e9);
        again.close();
    }

    static long fleet(Datastore store, int nodes, int inUse) {
        Random random = new Random(7);
        List<Operation> puts = new ArrayList<>();
        long bytes = 0;
        long size = 0;
        for (int block = 0; block < nodes * 4; block++) {
            String cidr = "10." + (block >> 10) + "." + (block >> 2 & 255) + "." + (block & 3) * 64 + "/26";
            byte[] text = JsonText.bytes(Blocks.json(cidr, "node-" + block / 4, inUse, random));
            puts.add(new Operation.Put(Key.of("/calico/ipam/v2/assignment/ipv4/block/" + cidr.replace('/', '-')), Bytes.of(text)));
            puts.add(new Operation.Put(Key.of("/calico/ipam/v2/host/node-" + block / 4 + "/ipv4/block/" + cidr.replace('/', '-')), Bytes.utf8("{\"state\":\"confirmed\",\"deleted\":false}")));
            bytes += text.length;
            size += text.length;
            if (puts.size() >= 120 || size > 500_000) {
                store.commit(new Transaction(List.of(), puts, List.of()));
                puts.clear();
                size = 0;
            }
        }
        store.commit(new Transaction(List.of(), puts, List.of()));
        return bytes;
    }
}
