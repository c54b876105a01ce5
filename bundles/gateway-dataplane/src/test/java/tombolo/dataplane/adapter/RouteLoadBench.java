package tombolo.dataplane.adapter;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.route.KernelRoutes;
import tombolo.api.route.NextHop;
import tombolo.api.route.RouteChanges;
import tombolo.api.route.RouteFeed;
import tombolo.api.route.RouteFeedListener;
import tombolo.dataplane.adapter.RoutesLoop.RoutePolicy;
import tombolo.linux.adapter.LinuxNetlink;

/**
 * Loads routes into a namespace of its own through the whole data plane and prints how fast: {@code RouteLoadBench [routes]}, by default 1,000,000. Prefixes are
 * shaped like the Internet's (60 % /24, 24 % /22-23, the rest /16-/21), in random order, over 16 gateways; the seed is printed. Needs root.
 */
public final class RouteLoadBench {
    private static final long SEED = 20_261_121;

    private RouteLoadBench() { }

    public static void main(String[] arguments) {
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        long[] prefixes = prefixes(count);
        try (Namespace space = new Namespace(); LinuxNetlink netlink = new LinuxNetlink()) {
            space.veth("a0", "a1", "192.0.2.1/24");
            space.veth("b0", "b1", "198.51.100.1/24");
            System.out.printf("%,d routes, seed %d%n", count, SEED);
            load(netlink, space, prefixes);
            restart(netlink, space, prefixes);
        }
    }

    private static void load(LinuxNetlink netlink, Namespace space, long[] prefixes) {
        try (Dataplane dataplane = new Dataplane(netlink, new RoutePolicy(254, 20, 10, Optional.of(space.path())))) {
            awaitSettled(dataplane);
            long cpu = cpuNanos();
            long start = System.nanoTime();
            RouteFeed feed = offerAll(dataplane, prefixes, "192.0.2.");
            awaitSettled(dataplane);
            report("load", prefixes.length, start, cpu);
            KernelRoutes.Counts counts = dataplane.routes().counts();
            System.out.printf("      installed %,d, failed %d, batches %,d%n", counts.installed4(), counts.failed(), counts.batches());
            System.gc();
            System.out.printf("      used heap %,d KiB = %.1f B a route (with the benchmark's own prefixes, 8 B)%n", heap() >> 10, heap() / (double) prefixes.length);

            cpu = cpuNanos();
            start = System.nanoTime();
            for (int id = 0; id < 16; id++) {
                define(feed, id, "198.51.100.");
            }
            awaitSettled(dataplane);
            report("failover of all 16 sets", prefixes.length, start, cpu);
        }
    }

    private static void restart(LinuxNetlink netlink, Namespace space, long[] prefixes) {
        long cpu = cpuNanos();
        long start = System.nanoTime();
        try (Dataplane dataplane = new Dataplane(netlink, new RoutePolicy(254, 20, 10, Optional.of(space.path())))) {
            awaitSettled(dataplane);
            report("restart: dump", prefixes.length, start, cpu);
            cpu = cpuNanos();
            start = System.nanoTime();
            RouteFeed feed = offerAll(dataplane, prefixes, "198.51.100.");
            feed.inSync(AddressFamily.IPV4);
            awaitSettled(dataplane);
            report("restart: offer again", prefixes.length, start, cpu);
            System.out.printf("      batches %d (0: all adopted)%n", dataplane.routes().counts().batches());
            cpu = cpuNanos();
            start = System.nanoTime();
            dataplane.queries().removeOurs();
            report("remove", prefixes.length, start, cpu);
        }
    }

    private static final class Gate implements RouteFeedListener {
        private final Semaphore room = new Semaphore(0);

        @Override
        public void drained() {
            room.release();
        }

        @Override
        public void closed() {
            room.release();
        }
    }

    private static RouteFeed offerAll(Dataplane dataplane, long[] prefixes, String net) {
        Gate gate = new Gate();
        RouteFeed feed = dataplane.routes().open("bgp", 20, gate);
        for (int id = 0; id < 16; id++) {
            define(feed, id, net);
        }
        offer(feed, gate, prefixes);
        return feed;
    }

    private static void offer(RouteFeed feed, Gate gate, long[] prefixes) {
        for (int from = 0; from < prefixes.length; from += RouteChanges.CAPACITY) {
            int size = Math.min(RouteChanges.CAPACITY, prefixes.length - from);
            RouteChanges changes = new RouteChanges(AddressFamily.IPV4, size);
            for (int i = from; i < from + size; i++) {
                changes.add(0, prefixes[i] >>> 8, (int) prefixes[i] & 0xff, i & 15);
            }
            while (!feed.offer(changes)) {
                try {
                    gate.room.tryAcquire(1, java.util.concurrent.TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private static void define(RouteFeed feed, int id, String net) {
        while (!feed.define(id, List.of(NextHop.via(IpAddress.parse(net + (10 + id)))))) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static long[] prefixes(int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        java.util.HashSet<Long> seen = java.util.HashSet.newHashSet(count);
        long[] prefixes = new long[count];
        for (int filled = 0; filled < count;) {
            int kind = random.nextInt(100);
            int length = kind < 60 ? 24 : kind < 84 ? 22 + random.nextInt(2) : 16 + random.nextInt(6);
            long address = (1L + random.nextInt(223)) << 24 | random.nextInt(1 << 24);
            long prefix = (address & 0xffff_ffffL << (32 - length) & 0xffff_ffffL) << 8 | length;
            if ((address >>> 24) != 127 && seen.add(prefix)) {
                prefixes[filled++] = prefix;
            }
        }
        return prefixes;
    }

    private static void awaitSettled(Dataplane dataplane) {
        while (!dataplane.routes().settled()) {
            LockSupport.parkNanos(2_000_000);
        }
    }

    private static void report(String what, int count, long start, long cpu) {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%-24s %.2f s  %,.0f routes/s  CPU %.2f s%n", what, seconds, count / seconds, (cpuNanos() - cpu) / 1e9);
    }

    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static long heap() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
