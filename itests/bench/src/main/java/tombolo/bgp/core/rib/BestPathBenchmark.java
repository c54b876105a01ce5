package tombolo.bgp.core.rib;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.bgp.core.wire.AttributeTable;

/** The decision process over prefixes with {@code paths} paths each, from different peers: time per prefix. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class BestPathBenchmark {
    private static final int PREFIXES = 50_000;

    /** Paths of a prefix. */
    @Param({"1", "2", "10"})
    public int paths;

    private int[] chains = new int[0];
    private BestPath bestPath = build(1);

    @Setup
    public void build() {
        bestPath = build(paths);
    }

    private BestPath build(int perPrefix) {
        SplittableRandom random = new SplittableRandom(20261121);
        AttributeTable attributes = new AttributeTable(1);
        Peers peers = new Peers();
        int[] indexes = new int[perPrefix];
        for (int i = 0; i < perPrefix; i++) {
            Peer peer = peers.add("p" + i);
            peer.address = IpAddress.parse("10.99." + (i + 1) + ".2");
            peer.routerId = i + 1;
            indexes[i] = peer.index;
        }
        PathTable table = new PathTable();
        chains = new int[PREFIXES];
        for (int prefix = 0; prefix < PREFIXES; prefix++) {
            int first = 0;
            for (int i = 0; i < perPrefix; i++) {
                byte[] set = attributes(random, i);
                int path = table.allocate(indexes[i], first, prefix);
                int id = attributes.intern(set, 0, set.length);
                table.received(path, id);
                attributes.retain(id);
                table.accepted(path, id);
                first = path;
            }
            chains[prefix] = first;
        }
        return new BestPath(AddressFamily.IPV4, table, attributes, new NextHops(attributes.nextHops()), peers, new Options());
    }

    /** ORIGIN, AS_PATH of one to five numbers, NEXT_HOP. */
    private static byte[] attributes(SplittableRandom random, int peer) {
        int hops = 1 + random.nextInt(5);
        byte[] set = new byte[4 + 3 + 2 + 4 * hops + 7];
        byte[] head = {0x40, 1, 1, 0, 0x40, 2, (byte) (2 + 4 * hops), 2, (byte) hops};
        System.arraycopy(head, 0, set, 0, head.length);
        for (int i = 0; i < hops; i++) {
            set[head.length + 4 * i + 2] = (byte) (1 + random.nextInt(100));
            set[head.length + 4 * i + 3] = (byte) random.nextInt(256);
        }
        byte[] tail = {0x40, 3, 4, 10, 99, (byte) (peer + 1), 2};
        System.arraycopy(tail, 0, set, set.length - tail.length, tail.length);
        return set;
    }

    @Benchmark
    @OperationsPerInvocation(PREFIXES)
    public int best() {
        int sum = 0;
        for (int chain : chains) {
            int best = bestPath.best(chain);
            if (best == 0) {
                throw new IllegalStateException("no best path");
            }
            sum += best;
        }
        return sum;
    }
}
