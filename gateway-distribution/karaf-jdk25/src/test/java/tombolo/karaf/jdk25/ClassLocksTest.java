package tombolo.karaf.jdk25;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

final class ClassLocksTest {
    private final ConcurrentHashMap<Object, Object> locks = new ConcurrentHashMap<>();

    @Test
    void whoTakesAFreeLockIsItsHolderAtOnce() {
        assertEquals("me", ClassLocks.take(locks, "sample.Class", "me"));
        assertEquals("me", ClassLocks.take(locks, "sample.Class", "me"), "and again");
        assertEquals(Map.of("sample.Class", "me"), locks);
    }

    @Test
    void whoMeetsAHolderLeavesNothingBehind() {
        locks.put("sample.Class", "other");
        assertEquals("other", ClassLocks.take(locks, "sample.Class", "me"));
        assertEquals(Map.of("sample.Class", "other"), locks);
    }
}
