package tombolo.ipam.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.TransactionResult;
import tombolo.api.datastore.contract.ForwardingDatastore;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Release;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.net.IpAddress;

/** A store whose answers get lost, before or after the transaction happened: it happens once, and the caller hears what became of it. */
class LostAnswersTest {
    @TempDir
    Path directory;

    /** Loses some answers to writes. */
    private static final class Lossy extends ForwardingDatastore {
        final Random random;
        boolean away;
        int lost;

        Lossy(Datastore store, Random random) {
            super(store);
            this.random = random;
        }

        @Override
        public TransactionResult commit(Transaction transaction) {
            if (away) {
                throw new DatastoreException(Reason.UNAVAILABLE, Applied.NO, "away");
            }
            boolean writes = transaction.then().stream().anyMatch(step -> !(step instanceof Operation.Get));
            int luck = writes ? random.nextInt(6) : 9;
            if (luck == 0) {
                lost++;
                throw new DatastoreException(Reason.UNAVAILABLE, Applied.UNKNOWN, "lost before");
            }
            TransactionResult result = super.commit(transaction);
            if (luck < 3) {
                lost++;
                throw new DatastoreException(Reason.UNAVAILABLE, Applied.UNKNOWN, "lost after");
            }
            return result;
        }
    }

    @Test
    void everyOperationHappensOnceAndIsAnsweredThoughAnswersOfTheStoreAreLost() {
        long seed = System.nanoTime();
        System.out.println("LostAnswersTest seed " + seed);
        try (Stores stores = new Stores(directory)) {
            stores.pools(Stores.pool("small", "10.0.0.0/28", 30));
            Lossy lossy = new Lossy(stores.store(), new Random(seed));
            List<HeldAddress> held = new ArrayList<>();
            try (Allocator ipam = Allocator.open(lossy, () -> stores.cluster, Stores.MATCHER, stores.clock())) {
                for (int i = 0; i < 40; i++) {
                    if (held.size() < 12 && (held.isEmpty() || lossy.random.nextBoolean())) {
                        held.add(assertInstanceOf(AutoAssignOutcome.Assigned.class, ipam.autoAssign(AutoAssign.ipv4("a", "h" + i))).ipv4().getFirst());
                    } else {
                        HeldAddress gone = held.remove(lossy.random.nextInt(held.size()));
                        assertEquals(List.of(gone.address()), assertInstanceOf(ReleaseOutcome.Released.class, ipam.release(List.of(Release.of(gone)))).released());
                    }
                }
                lossy.away = true;
                assertEquals(Applied.NO, assertThrows(DatastoreException.class, () -> ipam.autoAssign(AutoAssign.ipv4("a", "away"))).applied());
                lossy.away = false;
            }
            assertTrue(lossy.lost > 3, "too few answers were lost to show anything: " + lossy.lost);
            assertEquals(List.of(), StateReader.read(stores.store()).findings(true));
            Set<IpAddress> stored = new HashSet<>();
            StateReader.read(stores.store()).held().forEach(each -> stored.add(each.address()));
            Set<IpAddress> known = new HashSet<>();
            held.forEach(each -> known.add(each.address()));
            assertEquals(known, stored);
        }
    }
}
