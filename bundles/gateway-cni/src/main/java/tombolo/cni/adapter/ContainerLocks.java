package tombolo.cni.adapter;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** One lock for each container that is being worked on: calls for one container wait for each other, calls for others do not. */
final class ContainerLocks {
    private final Map<String, Held> locks = new HashMap<>();

    private static final class Held {
        private final ReentrantLock lock = new ReentrantLock(true);
        private int users;
    }

    /** Gives the lock back. */
    interface Release extends AutoCloseable {
        @Override
        void close();
    }

    /** Waits for the container. Empty: it is still being worked on after that time, or the thread was interrupted. */
    java.util.Optional<Release> take(String containerId, long waitMillis) {
        Held held;
        synchronized (locks) {
            held = locks.computeIfAbsent(containerId, _ -> new Held());
            held.users++;
        }
        boolean taken = false;
        try {
            taken = held.lock.tryLock(waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!taken) {
                forget(containerId, held);
            }
        }
        return taken ? java.util.Optional.of(() -> {
            held.lock.unlock();
            forget(containerId, held);
        }) : java.util.Optional.empty();
    }

    /** Containers that are being worked on. */
    int size() {
        synchronized (locks) {
            return locks.size();
        }
    }

    private void forget(String containerId, Held held) {
        synchronized (locks) {
            if (--held.users == 0) {
                locks.remove(containerId);
            }
        }
    }
}
