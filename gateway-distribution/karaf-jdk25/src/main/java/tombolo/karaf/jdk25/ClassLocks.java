package tombolo.karaf.jdk25;

import java.util.concurrent.ConcurrentHashMap;

/// The table in which a bundle's class loader notes which thread defines which class. Called by the rewritten loader only; safe for any thread.
///
/// Felix 7.0.5 takes a lock with `putIfAbsent`, looks whether somebody else has defined the class meanwhile, and leaves with
/// that class: a thread that took the lock just after its holder had released it leaves its own entry behind for good. The
/// table then holds the thread, and the thread what it refers to, among that the classes of bundles replaced since.
public final class ClassLocks {
    private ClassLocks() {}

    /// @param locks holders by class name
    /// @param name the class to define
    /// @param taker the calling thread
    /// @return the holder: the taker at its first successful try as well, where `putIfAbsent` answers null and the loader would look once more
    public static Object take(ConcurrentHashMap<Object, Object> locks, Object name, Object taker) {
        Object holder = locks.putIfAbsent(name, taker);
        return holder == null ? taker : holder;
    }
}
