package tombolo.api.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What CNI calls an attachment. */
class EndpointIdTest {
    /** CNI 1.1 §Parameters: "must start with an alphanumeric character, optionally followed by any combination of one or more alphanumeric characters, underscore, dot or hyphen". */
    private static final Pattern CONTAINER_ID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

    @Test
    void aContainerIdIsWhatTheSpecificationSays() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String letters = "aZ0-_./ é\n";
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(6); length > 0; length--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            assertEquals(CONTAINER_ID.matcher(text).matches(), EndpointId.isContainerId(text.toString()), () -> "'" + text + "', seed " + seed);
        }
        assertTrue(EndpointId.isContainerId("a".repeat(EndpointId.MAX_CONTAINER_ID)));
        assertFalse(EndpointId.isContainerId("a".repeat(EndpointId.MAX_CONTAINER_ID + 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a:b", "a b", "a\tb", "sixteen-letters-", "é"})
    void whatTheKernelTakesForNoNameOfAnInterfaceIsNone(String name) {
        assertFalse(EndpointId.isInterfaceName(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth0", "a", "...", "fifteen-letters", "eth0.100", "a@b"})
    void whatItTakesIsOne(String name) {
        assertTrue(EndpointId.isInterfaceName(name));
    }
}
