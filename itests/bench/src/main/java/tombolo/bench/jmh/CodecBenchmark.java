package tombolo.bench.jmh;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.bench.Feed;
import tombolo.bgp.core.wire.AttributeTable;
import tombolo.bgp.core.wire.DecodeContext;
import tombolo.bgp.core.wire.Outcome;
import tombolo.bgp.core.wire.UpdateDecoder;
import tombolo.bgp.core.wire.UpdateError;
import tombolo.bgp.core.wire.UpdatePacker;
import tombolo.bgp.core.wire.UpdateSink;

/** Time per prefix of decoding a feed (its sets already known), of packing it again, and of interning its attribute sets. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class CodecBenchmark {
    static final int PREFIXES = 100_000;
    private static final long SEED = 20261121;

    private Feed feed = Feed.of(SEED, PREFIXES);
    private AttributeTable table = new AttributeTable(1);
    private UpdateDecoder decoder = new UpdateDecoder(table);
    private final DecodeContext context = new DecodeContext("bench", Set.of(AddressFamily.IPV4), true, false, new Asn(65000), new Asn(65001),
        List.of(IpAddress.parse("10.99.1.1")), 4096, true, false);
    private final Kept kept = new Kept();
    private UpdatePacker packer = new UpdatePacker(table, true, 4096);
    private byte[][] sets = new byte[0][];

    /** Keeps one reference on each set and remembers the prefixes, as a table would. */
    private final class Kept implements UpdateSink {
        private final long[] prefixes = new long[PREFIXES];
        private final byte[] lengths = new byte[PREFIXES];
        private final int[] ids = new int[PREFIXES];
        private int count;
        private boolean keep = true;

        @Override
        public void withdraw(AddressFamily family, long hi, long lo, int length) {
            count++;
        }

        @Override
        public void announce(AddressFamily family, long hi, long lo, int length, int attributeId) {
            if (keep) {
                table.retain(attributeId);
            }
            prefixes[count] = lo;
            lengths[count] = (byte) length;
            ids[count++] = attributeId;
        }

        @Override
        public void endOfRib(AddressFamily family) { }

        @Override
        public void error(UpdateError error) {
            throw new IllegalStateException(error.line());
        }
    }

    @Setup
    public void load() {
        decode();
        kept.keep = false;
        sets = java.util.Arrays.stream(kept.ids).distinct().mapToObj(table::canonical).toArray(byte[][]::new);
    }

    @Benchmark
    @OperationsPerInvocation(PREFIXES)
    public int decode() {
        kept.count = 0;
        for (int i = 0; i < feed.messages(); i++) {
            if (!(decoder.decode(feed.bytes(), feed.start(i), feed.length(i), context, kept) instanceof Outcome.Ok)) {
                throw new IllegalStateException("message " + i + " was refused");
            }
        }
        if (kept.count != PREFIXES) {
            throw new IllegalStateException(kept.count + " prefixes of " + PREFIXES);
        }
        return kept.count;
    }

    @Benchmark
    @OperationsPerInvocation(PREFIXES)
    public int encode() {
        packer.reset();
        for (int i = 0; i < PREFIXES; i++) {
            packer.add(AddressFamily.IPV4, kept.ids[i], 0, kept.prefixes[i], kept.lengths[i]);
        }
        packer.close();
        return packer.length();
    }

    /** A set that the table has already: time of all sets, divided by the prefixes that use them. */
    @Benchmark
    @OperationsPerInvocation(PREFIXES)
    public int internKnown() {
        int sum = 0;
        for (byte[] set : sets) {
            int id = table.intern(set, 0, set.length);
            sum += id;
            table.release(id);
        }
        return sum;
    }

    /** Into an empty table. */
    @Benchmark
    @OperationsPerInvocation(PREFIXES)
    public int internNew() {
        AttributeTable empty = new AttributeTable(2);
        for (byte[] set : sets) {
            empty.intern(set, 0, set.length);
        }
        return empty.size();
    }
}
