package tombolo.api.datastore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyTest {
    @Test
    void theOrderIsThatOfTheUtf8Bytes() {
        long seed = 20260101;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int[] alphabet = {'/', '0', 'z', 0xe9, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x1f600, 0x10ffff};
        for (int round = 0; round < 20_000; round++) {
            Key a = random(random, alphabet);
            Key b = random(random, alphabet);
            int wanted = Integer.signum(Arrays.compareUnsigned(a.text().getBytes(StandardCharsets.UTF_8), b.text().getBytes(StandardCharsets.UTF_8)));
            assertEquals(wanted, Integer.signum(a.compareTo(b)), () -> a + " against " + b);
        }
    }

    @Test
    void aKeyThatIsNoPathIsRefusedWithTheReason() {
        for (String bad : new String[] {"", "a", "/", "/a\nb", "/a\u0000", "/\ud800", "/" + "x".repeat(Key.MAX_CHARS)}) {
            assertThrows(IllegalArgumentException.class, () -> Key.of(bad), bad);
        }
    }

    @Test
    void aTransactionPastItsLimitsIsRefused() {
        Key key = Key.of("/tombolo/v1/a");
        assertThrows(IllegalArgumentException.class, () -> new Operation.Put(key, Bytes.of(new byte[Operation.MAX_VALUE_BYTES + 1])));
        assertThrows(IllegalArgumentException.class, () -> Transaction.of(new Operation.Put(key, Bytes.EMPTY), new Operation.Delete(key)));
        Operation[] steps = new Operation[Transaction.MAX_OPERATIONS + 1];
        Arrays.setAll(steps, i -> new Operation.Get(key));
        assertThrows(IllegalArgumentException.class, () -> Transaction.of(steps));
    }

    private static Key random(Random random, int[] alphabet) {
        StringBuilder text = new StringBuilder("/");
        for (int i = random.nextInt(4); i >= 0; i--) {
            text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
        }
        return Key.of(text.toString());
    }
}
