package tombolo.bench.policy;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import tombolo.harness.Namespace;

/** Does something inside a namespace, on a thread that ends with it: a socket stays in the namespace where it was made. */
public final class Visitor {
    private static final int CLONE_NEWNET = 0x4000_0000;

    private Visitor() { }

    public static <T> T inside(Namespace namespace, Callable<T> task) throws InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                enter("/run/netns/" + namespace.name());
                answer.complete(task.call());
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        thread.join();
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("in " + namespace.name(), e.getCause());
        }
    }

    private static void enter(String path) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle open = linker.downcallHandle(linker.defaultLookup().findOrThrow("open"), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        MethodHandle setns = linker.downcallHandle(linker.defaultLookup().findOrThrow("setns"), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        MethodHandle close = linker.downcallHandle(linker.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = (int) open.invokeExact(arena.allocateFrom(path), 0);
            int entered = (int) setns.invokeExact(descriptor, CLONE_NEWNET);
            int closed = (int) close.invokeExact(descriptor);
            if (entered != 0 || closed != 0) {
                throw new IllegalStateException("no way into " + path);
            }
        }
    }
}
