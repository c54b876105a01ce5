package tombolo.bench.ipam;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Compare;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;
import tombolo.datastore.etcd.adapter.EtcdDatastore;
import tombolo.ipam.adapter.Allocator;
import tombolo.ipam.core.Cluster;

/** Addresses on a real etcd, beside bare transactions on the same etcd in the same run. */
final class EtcdBench {
    private static final int VALUE_BYTES = 200;

    private final Path directory;
    private final double seconds;

    EtcdBench(Path directory, double seconds) {
        this.directory = directory;
        this.seconds = seconds;
    }

    void run() throws Exception {
        Cluster cluster = Clusters.of(1 << 15, false, "10.0.0.0/10");
        try (Etcd etcd = Etcd.start(directory.resolve("etcd")); EtcdDatastore plain = EtcdDatastore.connect(List.of(etcd.endpoint()))) {
            CountingStore store = new CountingStore(plain);
            AtomicLong number = new AtomicLong();
            try (Allocator ipam = Allocator.open(store, () -> cluster, (_, _) -> true, Clock.systemUTC())) {
                bare(plain, "warm-up", number);
                addresses(ipam, store, 1, number, Optional.empty());
                Measure bare = bare(plain, "etcd: bare transactions, 1 caller", number);
                IpamBench.print(bare, Optional.empty());
                Measure one = addresses(ipam, store, 1, number, Optional.of(bare));
                Measure again = bare(plain, "etcd: bare transactions, 1 caller, again", number);
                IpamBench.print(again, Optional.of(bare));
                addresses(ipam, store, 64, number, Optional.of(again));
                System.out.printf("  wanted: p50 within 2.00 of a bare transaction (measured %.2f), at most 2 transactions an address%n", one.micros(0.5) / bare.micros(0.5));
            }
        }
    }

    private Measure addresses(Allocator ipam, CountingStore store, int callers, AtomicLong number, Optional<Measure> beside) throws InterruptedException {
        long transactions = store.transactions.get();
        long reads = store.reads.get();
        Measure measure = Measure.of("etcd: addresses, " + callers + (callers == 1 ? " caller" : " callers"), callers, seconds, 0,
                (caller, _) -> IpamBench.one(ipam, "net." + caller + "." + number.incrementAndGet()));
        IpamBench.print(measure, beside);
        double calls = measure.sortedNanos().length;
        System.out.printf("  %.3f transactions and %.3f reads an address%n", (store.transactions.get() - transactions) / calls, (store.reads.get() - reads) / calls);
        return measure;
    }

    /** What an address would cost at the least: one conditional write. */
    private Measure bare(EtcdDatastore store, String what, AtomicLong number) throws InterruptedException {
        Bytes value = Bytes.of(new byte[VALUE_BYTES]);
        return Measure.of(what, 1, seconds, 0, (_, _) -> {
            Key key = Key.of("/bench/" + number.incrementAndGet());
            store.commit(new Transaction(List.of(Compare.absent(key)), List.of(new Operation.Put(key, value)), List.of()));
        });
    }
}
