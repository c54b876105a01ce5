package tombolo.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class PromptnessTest {
    @Test
    void aThreadThatTakesItHasTheShortestSliceAndAThreadThatItStartsHasNot() {
        long usual = on(Promptness::slice);
        assumeTrue(usual != 0, "this kernel tells no time slices (Linux before 6.12)");
        long[] slices = on(() -> {
            Promptness.take();
            return new long[] {Promptness.slice(), on(Promptness::slice)};
        });
        assertEquals(Promptness.SLICE_NANOS, slices[0]);
        assertEquals(usual, slices[1]);
        assertNotEquals(Promptness.SLICE_NANOS, slices[1]);
    }

    @Test
    void aPromptLoopHasTheShortestSlice() {
        assumeTrue(on(Promptness::slice) != 0, "this kernel tells no time slices (Linux before 6.12)");
        try (Loop loop = Loop.prompt("tombolo-test", 1)) {
            assertEquals(Promptness.SLICE_NANOS, loop.<Long>ask(Promptness::slice, Duration.ofSeconds(10)));
        }
    }

    @Test
    void aVirtualThreadLeavesItsCarrierAlone() throws Exception {
        assumeTrue(on(Promptness::slice) != 0, "this kernel tells no time slices (Linux before 6.12)");
        CompletableFuture<Long> carrier = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            Promptness.take();
            carrier.complete(Promptness.slice());
        }).join();
        assertNotEquals(Promptness.SLICE_NANOS, carrier.join());
    }

    private static <T> T on(Supplier<T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> answer.completeAsync(work, Runnable::run));
        return answer.join();
    }
}
