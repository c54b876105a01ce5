package tombolo.linux.adapter;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.runtime.Promptness;

/**
 * Opens netlink sockets, those of other network namespaces on one dedicated platform thread. setns(2) changes the thread that calls it: on a virtual thread
 * it would leak to the carrier and on a pooled one to whoever comes next, and threads started meanwhile would inherit the wrong namespace.
 */
public final class LinuxNetlink implements Netlink, AutoCloseable {
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;
    /** A visit takes microseconds, and whoever asks for one waits for it; a longer queue means that something is wrong. */
    private static final int QUEUED_OPENS = 64;

    private interface Visit {
        void go(MemorySegment errno);
    }

    private final LinkedBlockingQueue<Visit> visits = new LinkedBlockingQueue<>(QUEUED_OPENS);
    private final Thread visitor = Thread.ofPlatform().name("tombolo-netns").daemon(true).unstarted(this::work);
    private final SocketMemory.Shelf shelf = new SocketMemory.Shelf();
    private volatile boolean closing;
    /** The process's own namespace, open from the first visit on. Of the visitor alone. */
    private int home = -1;

    public LinuxNetlink() {
        visitor.start();
    }

    @Override
    public NetlinkSocket open(Options options) {
        if (options.netns().isEmpty()) {
            return new LinuxNetlinkSocket(options, shelf);
        }
        return visit(options.netns().get(), () -> new LinuxNetlinkSocket(options, shelf));
    }

    /** Runs something in a network namespace, on the one thread that goes there. It must be short and start no thread. */
    <T> T visit(String path, Supplier<T> what) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        boolean taken = !closing && visits.offer(errno -> {
            try {
                answer.complete(runIn(errno, path, what));
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        if (!taken) {
            throw new KernelException("the namespace thread is busy or stopping", 0);
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        closing = true;
        visitor.interrupt();
        shelf.close();
    }

    private <T> T runIn(MemorySegment errno, String path, Supplier<T> what) {
        try (Arena arena = Arena.ofConfined()) {
            if (home < 0) {
                home = descriptor(arena, errno, "/proc/thread-self/ns/net");
            }
            int there = descriptor(arena, errno, path);
            try {
                enter(errno, there, path);
                try {
                    return what.get();
                } finally {
                    enter(errno, home, "the process's own namespace");
                }
            } finally {
                LibC.close(errno, there);
            }
        }
    }

    private static int descriptor(Arena arena, MemorySegment errno, String path) {
        int fd = LibC.open(errno, arena.allocateFrom(path), O_RDONLY_CLOEXEC);
        if (fd < 0) {
            throw new KernelException("opening network namespace " + path, LibC.errno(errno));
        }
        return fd;
    }

    private static void enter(MemorySegment errno, int namespace, String what) {
        if (LibC.setns(errno, namespace, CLONE_NEWNET) < 0) {
            throw new KernelException("entering network namespace " + what, LibC.errno(errno));
        }
    }

    private void work() {
        Promptness.take();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(LibC.ERRNO);
            try {
                while (!closing) {
                    visits.take().go(errno);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                if (home >= 0) {
                    LibC.close(errno, home);
                }
            }
        }
    }
}
