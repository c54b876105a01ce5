package tombolo.bgp.core.rib;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.SessionInput;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.ExportLimit;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;
import tombolo.bgp.core.wire.AttributeTable;
import tombolo.bgp.core.wire.UpdatePacker;

/**
 * A load on the route engine without sockets: one peer sends prefixes, others are told. Arguments: prefixes, attribute sets, receivers, rounds, and an
 * export limit of the receivers, with aggregation (0: none). Prints time,
 * CPU, heap and messages of the import, of a second feed, and of the loss of the better peer.
 */
public final class RibLoad {
    private static final java.lang.invoke.MethodHandle THREAD_NANOS = threadClock();

    private static final class Receiver implements BgpSession {
        final String name;
        long octets;
        private final List<SessionInput> inbox = new ArrayList<>();

        Receiver(String name) {
            this.name = name;
        }

        void add(SessionInput input) {
            inbox.add(input);
        }

        @Override
        public String peer() {
            return name;
        }

        @Override
        public @Nullable SessionInput poll() {
            return inbox.isEmpty() ? null : inbox.removeFirst();
        }

        @Override
        public Offer offer(long sessionNumber, byte[] messages, int offset, int length) {
            octets += length;
            return Offer.ACCEPTED;
        }

        @Override
        public void end(long sessionNumber, Notification notification, String why, Optional<Integer> retryAfterSeconds) {
            throw new AssertionError(why);
        }
    }

    private RibLoad() { }

    public static void main(String[] arguments) {
        int prefixes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        int sets = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 150_000;
        int receivers = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1;
        int rounds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 3;
        List<byte[]> first = feed(prefixes, sets, 65010, 1);
        List<byte[]> second = feed(prefixes, sets, 65020, 2);
        for (int round = 1; round <= rounds; round++) {
            System.out.println("round " + round + ": " + prefixes + " prefixes, " + sets + " attribute sets, " + receivers + " receivers");
            run(first, second, receivers, prefixes, arguments.length > 4 ? Integer.parseInt(arguments[4]) : 0);
        }
    }

    private static void run(List<byte[]> first, List<byte[]> second, int receivers, int prefixes, int limit) {
        FakeSettings settings = new FakeSettings();
        Receiver a = new Receiver("a");
        Receiver b = new Receiver("b");
        settings.peer(new FakePeer("a", 65010, "10.0.0.1", FakeSettings.LOCAL_AS)).peer(new FakePeer("b", 65020, "10.0.0.2", FakeSettings.LOCAL_AS));
        List<Receiver> told = new ArrayList<>();
        for (int i = 0; i < receivers; i++) {
            told.add(new Receiver("r" + i));
            FakePeer receiver = new FakePeer("r" + i, 65100 + i, "10.0.1." + i, FakeSettings.LOCAL_AS);
            settings.peer(receiver);
            if (limit > 0) {
                settings.limit(receiver, new ExportLimit(Map.of(AddressFamily.IPV4, limit), 80, true, List.of()));
            }
        }
        long before = heap();
        RibEngine engine = new RibEngine(7, System.out::println);
        engine.now(System.nanoTime(), 0);
        engine.settings(settings.build());
        FakeSink feed = new FakeSink();
        engine.feedOpened(feed);
        up(engine, a, 1, 65010, "10.0.0.1");
        up(engine, b, 2, 65020, "10.0.0.2");
        for (int i = 0; i < receivers; i++) {
            up(engine, told.get(i), 3 + i, 65100 + i, "10.0.1." + i);
        }
        settle(engine);
        long idle = told.getFirst().octets;
        for (byte[] block : first) {
            a.add(new SessionInput.Messages(block, block.length));
        }
        measure("in to out", engine, a, prefixes);
        System.out.printf("    %,d octets to each receiver, %,d messages, %.2f prefixes a message; kernel rows %,d%n", told.getFirst().octets - idle,
                engine.peer("r0").orElseThrow().updatesOut, (double) prefixes / engine.peer("r0").orElseThrow().updatesOut, feed.rows);
        System.out.printf("    heap %,d KiB for the tables, own count %,d KiB%n", (heap() - before) >> 10, engine.views().totals().memoryBytes() >> 10);
        for (byte[] block : second) {
            b.add(new SessionInput.Messages(block, block.length));
        }
        measure("second feed, worse", engine, b, prefixes);
        System.out.printf("    heap %,d KiB for the tables%n", (heap() - before) >> 10);
        a.add(new SessionInput.Down(1, "lost", false));
        measure("loss of the better peer", engine, a, prefixes);
        b.add(new SessionInput.Down(2, "lost", false));
        measure("loss of the last peer", engine, b, prefixes);
        System.out.printf("    left: %d prefixes, %d attribute sets%n", engine.views().totals().prefixes4(), engine.attributes.size());
    }

    private static void measure(String what, RibEngine engine, Receiver from, int prefixes) {
        long cpu = cpuNanos();
        long wall = System.nanoTime();
        engine.now(wall, 0);
        engine.ready(from);
        boolean more = true;
        List<Long> turns = new ArrayList<>();
        while (more) {
            long before = threadNanos(); // the machine's other work makes no turn of ours longer
            long began = System.nanoTime();
            more = engine.work(() -> System.nanoTime() - began >= 400_000);
            turns.add(threadNanos() - before);
        }
        long took = System.nanoTime() - wall;
        turns.sort(null);
        System.out.printf("  %-26s %,6d ms, CPU %,6d ms, %,10.0f prefixes/s, %,d turns: p50 %.2f ms, p99 %.2f ms, longest %.1f ms%n", what, took / 1_000_000,
                (cpuNanos() - cpu) / 1_000_000, prefixes * 1e9 / took, turns.size(), turns.get(turns.size() / 2) / 1e6,
                turns.get((int) (turns.size() * 0.99)) / 1e6, turns.getLast() / 1e6);
    }

    private static void settle(RibEngine engine) {
        while (engine.work()) {
            // until all is told
        }
    }

    private static void up(RibEngine engine, Receiver peer, long number, int as, String address) {
        peer.add(new SessionInput.Up(new SessionUp(number, false, peer.name, IpAddress.parse("10.255.0.1"), IpAddress.parse(address), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.of("eth0"), new Asn(FakeSettings.LOCAL_AS), new Asn(as), RouterId.parse("10.255.0.1"),
                RouterId.parse(address), Set.of(AddressFamily.IPV4), true, true, true, 4096, Optional.empty(), 90)));
        engine.ready(peer);
    }

    private static List<byte[]> feed(int prefixes, int sets, int as, int hop) {
        AttributeTable attributes = new AttributeTable(3);
        UpdatePacker packer = new UpdatePacker(attributes, true, 4096);
        List<byte[]> blocks = new ArrayList<>();
        int done = 0;
        for (int set = 0; set < sets; set++) {
            int upTo = (int) ((long) prefixes * (set + 1) / sets);
            int[] path = new int[2 + set % 4 + (hop - 1)];
            for (int i = 0; i < path.length; i++) {
                path[i] = i == 0 ? as : 100_000 + (set * 31 + i * 7919) % 60_000;
            }
            byte[] canonical = Sets.canonical(AddressFamily.IPV4, IpAddress.parse("10.0.0." + hop), -1, 65010 << 16 | set & 0xffff, -1, path);
            int id = attributes.intern(canonical, 0, canonical.length);
            for (; done < upTo; done++) {
                packer.add(AddressFamily.IPV4, id, 0, (0x0100_0000L + done * 256L) & 0xffff_ff00L, 24);
            }
            if (packer.length() > 60_000) {
                blocks.add(packer.take());
            }
        }
        blocks.add(packer.take());
        return blocks;
    }

    /** This thread's time on a CPU, from the scheduler. */
    private static long cpuNanos() {
        try {
            return Long.parseLong(Files.readString(Path.of("/proc/thread-self/schedstat")).split(" ")[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same to the nanosecond. By reflection: the module of the bundle does not read java.management. */
    private static long threadNanos() {
        try {
            return (long) THREAD_NANOS.invoke();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static java.lang.invoke.MethodHandle threadClock() {
        try {
            Object threads = Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean").invoke(null);
            return java.lang.invoke.MethodHandles.lookup().unreflect(Class.forName("java.lang.management.ThreadMXBean").getMethod("getCurrentThreadCpuTime")).bindTo(threads)
                    .asType(java.lang.invoke.MethodType.methodType(long.class));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** A kernel that takes everything and keeps nothing. */
    private static final class FakeSink implements tombolo.api.route.RouteFeed {
        long rows;

        @Override
        public boolean define(int id, List<tombolo.api.route.NextHop> nextHops) {
            return true;
        }

        @Override
        public boolean offer(tombolo.api.route.RouteChanges changes) {
            rows += changes.size();
            return true;
        }

        @Override
        public void inSync(AddressFamily family) { }

        @Override
        public void close() { }

        @Override
        public void removeAll() { }
    }
}
