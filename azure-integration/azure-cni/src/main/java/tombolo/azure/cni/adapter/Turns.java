package tombolo.azure.cni.adapter;

import java.util.HashSet;
import java.util.Set;

/** One at a time for each handle. Whoever has a turn takes no other: two would wait for each other. Any thread. */
final class Turns {
    private final Set<String> taken = new HashSet<>();

    /** Until it is closed. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /** Waits until nobody else has one of that handle: for as long as whoever has it asks something, which has its limit. */
    Turn take(String handle) {
        boolean interrupted = false;
        synchronized (taken) {
            while (!taken.add(handle)) {
                try {
                    taken.wait();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return () -> {
            synchronized (taken) {
                taken.remove(handle);
                taken.notifyAll();
            }
        };
    }
}
