package tombolo.karaf.jdk25;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.security.auth.Subject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CarriedTest {
    private final ExecutorService pool = Executors.newSingleThreadExecutor();
    private final Subject alice = new Subject();

    @AfterEach
    void end() {
        pool.shutdownNow();
    }

    @Test
    void aTaskRunsAsItsSubmitterAndItsPoolThreadForgetsHerAfterwards() throws Exception {
        List<Subject> seen = Collections.synchronizedList(new ArrayList<>());
        // The pool's only thread is born here, inside alice's session.
        Future<?> inside = Subject.callAs(alice, () -> pool.submit(Carried.with(() -> seen.add(Subject.current()))));
        inside.get();
        assertEquals(List.of(alice), seen);
        assertNull(pool.submit(Subject::current).get(), "the thread kept the Subject");
    }

    @Test
    void everyTaskOfAPipelineRunsAsItsSubmitterInOrder() throws Exception {
        List<Callable<Subject>> tasks = List.of(Subject::current, Subject::current);
        List<Future<Subject>> results = Subject.callAs(alice, () -> pool.invokeAll(Carried.withAll(tasks)));
        for (Future<Subject> result : results) {
            assertSame(alice, result.get());
        }
        assertNull(pool.submit(Subject::current).get());
    }

    @Test
    void aThreadThatCarriesNothingSeesNoSubject() throws Exception {
        assertNull(Subject.callAs(alice, () -> pool.submit(Subject::current)).get());
    }

    @Test
    void withoutASubjectTheTaskIsPassedOnAsItIs() {
        Runnable task = () -> { };
        assertSame(task, Carried.with(task));
    }

    @Test
    void whatATaskThrowsReachesTheCallerUnwrapped() {
        IllegalStateException thrown = new IllegalStateException("from the task");
        Future<?> failed = Subject.callAs(alice, () -> pool.submit(Carried.with(() -> {
            throw thrown;
        })));
        ExecutionException e = assertThrows(ExecutionException.class, failed::get);
        assertSame(thrown, e.getCause());
        assertNotNull(e.getMessage());
    }
}
