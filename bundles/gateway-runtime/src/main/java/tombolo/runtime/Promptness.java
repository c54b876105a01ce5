package tombolo.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.NoSuchElementException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For threads on a path at whose end a program waits, such as a container runtime for its ADD: a thread that has taken promptness is run as soon as it wakes up,
 * where it would else wait for the end of another thread's time slice.
 *
 * <p>Why: with as many busy threads as processors, the JVM's compiler among them, a thread that wakes up waits up to 3 ms for a slice to end, or for the clock tick
 * that ends it, and an ADD is handed from thread to thread several times: on two processors busy with something else p99 of 4,000 ADDs was 13 ms without and 10 ms with
 * it, in turn in one node. Linux (6.12 and later) lets a thread that asks for a shorter slice than the one that runs take its place at once. It gets no more of the processor by that: who has used his share waits as before, and no privilege is needed.
 *
 * <p>The one native call outside gateway-linux: it has to be at hand when a bundle starts a thread, whatever other bundle is there.
 * Sources: sched_setattr(2); Documentation/scheduler/sched-eevdf.rst of the kernel.
 */
public final class Promptness {
    private static final Logger LOG = LoggerFactory.getLogger(Promptness.class);
    /** The shortest that Linux takes. */
    static final long SLICE_NANOS = 100_000;
    /** {@code struct sched_attr}, version 0: u32 size, u32 policy, u64 flags, s32 nice, u32 priority, u64 runtime, u64 deadline, u64 period. */
    private static final long ATTRIBUTES = 48;
    private static final long FLAGS = 8;
    private static final long RUNTIME = 24;
    /** SCHED_FLAG_RESET_ON_FORK: a thread that a prompt one happens to start, such as a carrier of virtual threads, is like any other. */
    private static final long RESET_ON_FORK = 1;
    private static final @Nullable MethodHandle SYSCALL = syscall();
    private static final long SET;
    private static final long GET;

    static {
        boolean arm = "aarch64".equals(System.getProperty("os.arch"));
        SET = arm ? 274 : 314;
        GET = arm ? 275 : 315;
    }

    private Promptness() { }

    /** Makes daemon threads that are prompt. @param prefix of their names, before a number */
    public static ThreadFactory threads(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> Thread.ofPlatform().daemon(true).name(prefix + number.incrementAndGet()).unstarted(() -> {
            take();
            task.run();
        });
    }

    /** The calling platform thread is prompt from here on. Where the kernel or the processor does not know it, nothing happens. */
    public static void take() {
        if (SYSCALL == null || Thread.currentThread().isVirtual()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES, 8);
            // what is there stays: the thread's niceness
            long failed = (long) SYSCALL.invokeExact(GET, 0L, attributes, ATTRIBUTES, 0L);
            if (failed == 0) {
                attributes.set(JAVA_LONG, FLAGS, attributes.get(JAVA_LONG, FLAGS) | RESET_ON_FORK);
                attributes.set(JAVA_LONG, RUNTIME, SLICE_NANOS);
                failed = (long) SYSCALL.invokeExact(SET, 0L, attributes, 0L, 0L);
            }
            if (failed != 0) {
                LOG.debug("the kernel does not take a time slice for {}", Thread.currentThread().getName());
            }
        } catch (Throwable e) {
            if (e instanceof Error error) {
                throw error;
            }
            LOG.debug("sched_setattr for {}", Thread.currentThread().getName(), e);
        }
    }

    /** The slice of the calling thread in nanoseconds as the kernel tells it; 0 where it tells none. */
    static long slice() {
        if (SYSCALL == null) {
            return 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES, 8);
            long failed = (long) SYSCALL.invokeExact(GET, 0L, attributes, ATTRIBUTES, 0L);
            return failed == 0 ? attributes.get(JAVA_LONG, RUNTIME) : 0;
        } catch (Throwable e) {
            throw new IllegalStateException("sched_getattr", e);
        }
    }

    /** No function of the C library before glibc 2.41. */
    private static @Nullable MethodHandle syscall() {
        String processor = System.getProperty("os.arch");
        if (!"amd64".equals(processor) && !"aarch64".equals(processor)) {
            return null;
        }
        try {
            return Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG), Linker.Option.firstVariadicArg(1));
        } catch (IllegalCallerException | NoSuchElementException | UnsupportedOperationException e) { // a JVM without native access: slower is better than not at all
            LOG.debug("no system calls", e);
            return null;
        }
    }
}
