package tombolo.datastore.adapter;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;

/**
 * What a durable write costs, beside a bare append and sync of the same size and beside H2's MVStore, in one run on one disk. Argument: a directory, which must not
 * exist. Run it with java and the test class path.
 */
final class StoreBench {
    private static final int VALUE = 200;
    private static final int HELD = 100_000;
    private static final long NANOS = 3_000_000_000L;

    private StoreBench() { }

    @FunctionalInterface
    private interface Write {
        void write(int caller, Random random) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectory(Path.of(arguments[0]));
        System.out.println("values of " + VALUE + " bytes, " + HELD + " keys held, " + NANOS / 1_000_000_000 + " s each, " + Runtime.getRuntime().availableProcessors() + " processors");
        double bare = bare(directory.resolve("bare"));
        try (EmbeddedDatastore store = EmbeddedDatastore.open(new DirectoryVolume(directory.resolve("store")), StoreLimits.DEFAULT, System::nanoTime)) {
            fill(store);
            Write put = (caller, random) -> {
                byte[] value = new byte[VALUE];
                random.nextBytes(value);
                store.commit(Transaction.of(new Operation.Put(key(random.nextInt(HELD)), Bytes.of(value))));
            };
            measure("warm-up", 64, put, bare);
            measure("embedded store, 1 caller", 1, put, bare);
            measure("embedded store, 64 callers", 64, put, bare);
            measure("bare append and sync again", 1, appender(directory.resolve("bare2")), bare);
            long start = System.nanoTime();
            store.close();
            EmbeddedDatastore.open(new DirectoryVolume(directory.resolve("store")), StoreLimits.DEFAULT, System::nanoTime).close();
            System.out.printf("closing and opening with %d keys: %d ms%n", HELD, (System.nanoTime() - start) / 1_000_000);
        }
        mvStore(directory.resolve("mvstore"), bare);
    }

    private static double bare(Path file) throws Exception {
        return measure("bare append and sync, 1 caller", 1, appender(file), 0);
    }

    private static Write appender(Path file) throws Exception {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        ByteBuffer bytes = ByteBuffer.allocateDirect(VALUE);
        AtomicLong at = new AtomicLong();
        return (_, _) -> {
            channel.write(bytes.clear(), at.getAndAdd(VALUE));
            channel.force(false);
        };
    }

    private static void fill(Datastore store) {
        for (int i = 0; i < HELD; i += Transaction.MAX_OPERATIONS) {
            List<Operation> puts = new ArrayList<>();
            for (int k = i; k < Math.min(HELD, i + Transaction.MAX_OPERATIONS); k++) {
                puts.add(new Operation.Put(key(k), Bytes.of(new byte[VALUE])));
            }
            store.commit(new Transaction(List.of(), puts, List.of()));
        }
    }

    private static double measure(String what, int callers, Write write, double bare) throws Exception {
        long[][] times = new long[callers][];
        List<Thread> threads = new ArrayList<>();
        long start = System.nanoTime();
        for (int c = 0; c < callers; c++) {
            int caller = c;
            threads.add(Thread.ofVirtual().start(() -> {
                Random random = new Random(caller);
                long[] mine = new long[1 << 10];
                int count = 0;
                try {
                    for (long now = System.nanoTime(); now - start < NANOS;) {
                        write.write(caller, random);
                        long then = System.nanoTime();
                        mine = count == mine.length ? Arrays.copyOf(mine, count * 2) : mine;
                        mine[count++] = then - now;
                        now = then;
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                times[caller] = Arrays.copyOf(mine, count);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long[] all = Arrays.stream(times).flatMapToLong(Arrays::stream).sorted().toArray();
        double rate = all.length / seconds;
        System.out.printf("%-34s %8.0f/s  p50 %6d us  p99 %6d us  max %6d us%s%n", what, rate, all[all.length / 2] / 1000, all[all.length * 99 / 100] / 1000, all[all.length - 1] / 1000,
                bare > 0 ? "  %.2f of bare".formatted(rate / bare) : "");
        return rate;
    }

    private static void mvStore(Path file, double bare) throws Exception {
        Map<String, byte[]> wanted;
        try (MVStore store = new MVStore.Builder().fileName(file.toString()).autoCommitDisabled().open()) {
            store.setRetentionTime(0);
            MVMap<String, byte[]> map = store.openMap("keys");
            for (int i = 0; i < 10_000; i++) {
                byte[] value = new byte[VALUE];
                new Random(i).nextBytes(value);
                map.put(key(i).text(), value);
            }
            store.commit();
            store.sync();
            measure("MVStore commit and sync, 1 caller", 1, (_, random) -> {
                byte[] value = new byte[VALUE];
                random.nextBytes(value);
                map.put(key(random.nextInt(10_000)).text(), value);
                store.commit();
                store.sync();
            }, bare);
            wanted = new HashMap<>(map);
        }
        byte[] good = Files.readAllBytes(file);
        int tries = 400;
        int refused = 0;
        int wrong = 0;
        Random random = new Random(7);
        Path bad = file.resolveSibling("flipped");
        for (int i = 0; i < tries; i++) {
            byte[] bytes = good.clone();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(bad, bytes);
            try (MVStore store = new MVStore.Builder().fileName(bad.toString()).autoCommitDisabled().readOnly().open()) {
                MVMap<String, byte[]> map = store.openMap("keys");
                wrong += wanted.entrySet().stream().allMatch(entry -> Arrays.equals(entry.getValue(), map.get(entry.getKey()))) ? 0 : 1;
            } catch (RuntimeException e) {
                refused++;
            }
        }
        System.out.printf("MVStore with one flipped bit: %d times refused, %d times other content in silence, %d times no effect%n", refused, wrong, tries - refused - wrong);
    }

    private static Key key(int i) {
        return Key.of("/calico/ipam/v2/handle/" + i);
    }
}
