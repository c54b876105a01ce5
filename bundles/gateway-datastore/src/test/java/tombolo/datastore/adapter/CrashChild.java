package tombolo.datastore.adapter;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;

/**
 * The process that {@link CrashTest} kills: writes pairs of keys from several threads and says each number on standard output after it was acknowledged.
 * Arguments: directory, number of writers, first number, seed.
 */
final class CrashChild {
    private CrashChild() { }

    public static void main(String[] arguments) throws Exception {
        EmbeddedDatastore store = EmbeddedDatastore.open(new DirectoryVolume(Path.of(arguments[0])), CrashTest.LIMITS, System::nanoTime);
        int first = Integer.parseInt(arguments[2]);
        List<Thread> writers = new ArrayList<>();
        for (int w = 0; w < Integer.parseInt(arguments[1]); w++) {
            int writer = w;
            Random random = new Random(Long.parseLong(arguments[3]) + w);
            writers.add(Thread.ofVirtual().start(() -> {
                for (int i = first;; i++) {
                    Bytes value = Bytes.utf8(i + " " + "x".repeat(random.nextInt(2000)));
                    store.commit(Transaction.of(new Operation.Put(Key.of("/left/" + writer), value), new Operation.Put(Key.of("/right/" + writer), value)));
                    byte[] line = (writer + " " + i + "\n").getBytes(StandardCharsets.US_ASCII);
                    System.out.write(line, 0, line.length); // one call, flushed at once below: a line is whole or not there
                    System.out.flush();
                }
            }));
        }
        for (Thread writer : writers) {
            writer.join();
        }
    }
}
