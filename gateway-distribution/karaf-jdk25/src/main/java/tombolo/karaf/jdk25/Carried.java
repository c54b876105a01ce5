package tombolo.karaf.jdk25;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import javax.security.auth.Subject;

/// Tasks that run as the Subject of whoever handed them over. Called by rewritten classes only; safe for any thread.
public final class Carried {
    private Carried() {}

    /// @param task what another thread will run
    /// @return the task, which runs as the caller's Subject; itself where there is none
    public static Runnable with(Runnable task) {
        Subject subject = Subject.current();
        return subject == null ? task : () -> run(subject, task);
    }

    /// @param tasks what other threads will call
    /// @return the tasks in their order, each of which runs as the caller's Subject; themselves where there is none
    public static <T> Collection<? extends Callable<T>> withAll(Collection<? extends Callable<T>> tasks) {
        Subject subject = Subject.current();
        if (subject == null) {
            return tasks;
        }
        List<Callable<T>> carried = new ArrayList<>(tasks.size());
        for (Callable<T> task : tasks) {
            carried.add(() -> call(subject, task));
        }
        return carried;
    }

    private static void run(Subject subject, Runnable task) {
        try {
            Subject.callAs(subject, () -> {
                task.run();
                return true;
            });
        } catch (CompletionException e) {
            // callAs wraps what the action throws; the pool must see what the task threw.
            throw Carried.<RuntimeException>sneak(e.getCause() == null ? e : e.getCause());
        }
    }

    private static <T> T call(Subject subject, Callable<T> task) {
        try {
            return Subject.callAs(subject, task);
        } catch (CompletionException e) {
            throw Carried.<RuntimeException>sneak(e.getCause() == null ? e : e.getCause());
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
