package tombolo.datastore.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;
import tombolo.api.datastore.DatastoreStatus;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;

/** A disk that is full, fails, or loses its power: what was acknowledged is there, what was refused is not. */
class DiskFaultTest {
    /** The smallest steps and a new log every few writes: every kind of write meets the fault. */
    private static final StoreLimits TINY = new StoreLimits(100, 1 << 20, 1500, 512, 1 << 24, Duration.ofSeconds(1), 10);
    private static final int WRITES = 16;

    /** What the calls said about each key. */
    private final Map<Key, Applied> said = new TreeMap<>();
    private final Map<Key, Bytes> acknowledged = new TreeMap<>();

    @Test
    void aDiskThatIsFullAtAnyByteLosesNothingAndGoesOnWhenThereIsRoom() throws Exception {
        // all the bytes that the run needs, found by a run without a limit
        MemoryVolume free = new MemoryVolume();
        run(free);
        long needed = free.written();
        int refusals = 0;
        for (int capacity = 0; capacity < Math.min(needed, 9000); capacity += capacity < 3000 ? 1 : 7) {
            MemoryVolume volume = new MemoryVolume();
            volume.capacity(capacity);
            said.clear();
            acknowledged.clear();
            try (EmbeddedDatastore store = EmbeddedDatastore.open(volume, TINY, System::nanoTime)) {
                write(store, 0, WRITES);
                if (said.containsKey(key(WRITES - 1))) {
                    refusals++;
                    assertEquals(DatastoreStatus.State.DEGRADED, store.status().state());
                    assertTrue(store.status().details().getFirst().startsWith("TMB-DST-020"), store.status().details().toString());
                }
                acknowledged.forEach((key, value) -> assertEquals(value, store.get(key).orElseThrow().value()));
                volume.mend();
                write(store, WRITES, WRITES + 3);
                assertEquals(Applied.NO, said.getOrDefault(key(WRITES), Applied.NO));
                assertTrue(acknowledged.containsKey(key(WRITES)) && acknowledged.containsKey(key(WRITES + 2)), "there is room again, at " + capacity);
                assertEquals(DatastoreStatus.State.READY, store.status().state());
            } catch (DatastoreException e) {
                assertTrue(acknowledged.isEmpty() && e.getMessage().startsWith("TMB-DST-012"), e.getMessage());
                volume.mend();
            }
            verify(volume, "capacity " + capacity);
        }
        assertTrue(refusals > 300, refusals + " capacities at which a write was refused");
    }

    @Test
    void aDiskThatFailsAtAnyByteLosesNothing() throws Exception {
        MemoryVolume free = new MemoryVolume();
        run(free);
        int broken = 0;
        for (long bytes = 0; bytes < free.written(); bytes += bytes < 4000 ? 1 : 11) {
            MemoryVolume volume = new MemoryVolume();
            volume.failAfterBytes(bytes);
            broken += runAndVerify(volume, "failing after byte " + bytes);
        }
        assertTrue(broken > 100, broken + " faults broke the log");
    }

    @Test
    void aSyncThatFailsEndsWritingAndReadsGoOn() throws Exception {
        int broken = 0;
        for (int forces = 0; forces < 40; forces++) {
            MemoryVolume volume = new MemoryVolume();
            volume.failAfterForces(forces);
            broken += runAndVerify(volume, "failing after force " + forces);
        }
        assertTrue(broken > 10, broken + " faults broke the log");
    }

    @Test
    void aLossOfPowerAtAnyWriteLosesNothingAcknowledgedAndShowsNoHalfTransaction() throws Exception {
        long seed = System.nanoTime();
        System.out.println("DiskFaultTest power loss seed " + seed);
        Random random = new Random(seed);
        int opened = 0;
        for (int round = 0; round < 1500; round++) {
            MemoryVolume volume = new MemoryVolume();
            volume.failAfterBytes(3000 + random.nextInt(20_000));
            if (random.nextBoolean()) {
                volume.failAfterForces(8 + random.nextInt(30));
            }
            said.clear();
            acknowledged.clear();
            try (EmbeddedDatastore store = EmbeddedDatastore.open(volume, TINY, System::nanoTime)) {
                for (int i = 0; i < 12; i++) {
                    pair(store, i, 100 + random.nextInt(1500));
                }
            } catch (DatastoreException e) {
                assertTrue(acknowledged.isEmpty(), e.getMessage());
            }
            MemoryVolume after = volume.afterPowerLoss(random);
            try (EmbeddedDatastore store = EmbeddedDatastore.open(after, TINY, System::nanoTime)) {
                opened++;
                acknowledged.forEach((key, value) -> assertEquals(value, store.get(key).orElseThrow(() -> new AssertionError(key + " is lost, seed " + seed)).value()));
                for (int i = 0; i < 12; i++) {
                    assertEquals(store.get(Key.of("/left/" + i)).map(KeyValue::value), store.get(Key.of("/right/" + i)).map(KeyValue::value), "half of " + i + ", seed " + seed);
                }
                store.create(Key.of("/after"), Bytes.EMPTY);
            }
                try (EmbeddedDatastore again = EmbeddedDatastore.open(after, TINY, System::nanoTime)) {
                assertEquals(1, again.list(KeyPrefix.of("/after")).entries().size());
            }
        }
        assertEquals(1500, opened, "a loss of power is never taken for damage, seed " + seed);
    }

    private void run(MemoryVolume volume) {
        said.clear();
        acknowledged.clear();
        try (EmbeddedDatastore store = EmbeddedDatastore.open(volume, TINY, System::nanoTime)) {
            write(store, 0, WRITES);
        }
    }

    /** 1: the fault ended writing; 0: it did not. */
    private int runAndVerify(MemoryVolume volume, String what) {
        said.clear();
        acknowledged.clear();
        int broken = 0;
        try (EmbeddedDatastore store = EmbeddedDatastore.open(volume, TINY, System::nanoTime)) {
            write(store, 0, WRITES);
            if (said.containsValue(Applied.UNKNOWN)) {
                broken = 1;
                volume.mend();
                DatastoreException refused = assertThrows(DatastoreException.class, () -> store.create(Key.of("/more"), Bytes.EMPTY), what);
                assertEquals(List.of(Reason.BROKEN, Applied.NO), List.of(refused.reason(), refused.applied()));
                assertEquals(DatastoreStatus.State.DEGRADED, store.status().state());
            }
            acknowledged.forEach((key, value) -> assertEquals(value, store.get(key).orElseThrow().value()));
        } catch (DatastoreException e) {
            assertTrue(acknowledged.isEmpty() && e.getMessage().startsWith("TMB-DST-012"), e.getMessage());
        }
        volume.mend();
        verify(volume, what);
        return broken;
    }

    private void verify(MemoryVolume volume, String what) {
        try (EmbeddedDatastore store = EmbeddedDatastore.open(volume, TINY, System::nanoTime)) {
            acknowledged.forEach((key, value) -> assertEquals(value, store.get(key).orElseThrow(() -> new AssertionError(key + " is lost, " + what)).value(), what));
            said.forEach((key, applied) -> assertFalse(applied == Applied.NO && store.get(key).isPresent(), () -> key + " was refused and is there, " + what));
            store.create(Key.of("/after"), Bytes.EMPTY);
        } catch (DatastoreException e) {
            throw new AssertionError(what, e);
        }
    }

    private void write(EmbeddedDatastore store, int from, int to) {
        for (int i = from; i < to; i++) {
            Bytes value = Bytes.of(new byte[20 + i * 37 % 700]);
            try {
                store.create(key(i), value);
                acknowledged.put(key(i), value);
            } catch (DatastoreException e) {
                said.put(key(i), e.applied());
            }
        }
    }

    private void pair(EmbeddedDatastore store, int i, int size) {
        byte[] content = new byte[size];
        java.util.Arrays.fill(content, i % 3 == 0 ? 0 : size / 2, size, (byte) (i % 2));
        Bytes value = Bytes.of(content);
        try {
            store.commit(Transaction.of(new Operation.Put(Key.of("/left/" + i), value), new Operation.Put(Key.of("/right/" + i), value)));
            acknowledged.put(Key.of("/left/" + i), value);
            acknowledged.put(Key.of("/right/" + i), value);
        } catch (DatastoreException e) {
            said.put(Key.of("/left/" + i), e.applied());
        }
    }


    private static Key key(int i) {
        return Key.of("/key-%03d".formatted(i));
    }
}
