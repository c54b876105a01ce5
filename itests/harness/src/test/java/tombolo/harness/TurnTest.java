package tombolo.harness;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TurnTest {
    private final String prefix = "tmbt-turn-" + ProcessHandle.current().pid() + "-";
    private final AtomicInteger waited = new AtomicInteger();

    @BeforeEach
    void root() {
        Assumptions.assumeTrue(Files.isWritable(Path.of("/run")), "skipped: needs root");
    }

    @Test
    void theSecondWaitsUntilTheFirstIsDoneAndNothingIsLeft() throws InterruptedException {
        Turn first = Turn.take(prefix, Duration.ofSeconds(1), waited::incrementAndGet);
        Thread second = new Thread(() -> Turn.take(prefix, Duration.ofSeconds(30), waited::incrementAndGet).close());
        second.start();
        Await.until(Duration.ofSeconds(10), "the second waits", () -> waited.get() == 1);
        assertTrue(second.isAlive());
        first.close();
        second.join(Duration.ofSeconds(30));
        assertFalse(second.isAlive());
        assertFalse(Files.exists(Path.of("/run/tombolo-" + prefix + "lock")));
    }

    @Test
    void whoWaitsTooLongIsToldForWhat() {
        try (Turn ignored = Turn.take(prefix, Duration.ofSeconds(1), waited::incrementAndGet)) {
            HarnessException late = assertThrows(HarnessException.class, () -> Turn.take(prefix, Duration.ofMillis(100), () -> { }));
            assertTrue(late.getMessage().contains(prefix), late.getMessage());
        }
    }
}
