package tombolo.bgp.core.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AttributeMemoTest {
    private final AttributeTable table = new AttributeTable(1);
    private final AttributeMemo memo = new AttributeMemo(table, 512);

    private int set(int number) {
        return Wire.set(table, Wire.ORIGIN + Wire.path(number) + Wire.NEXT_HOP);
    }

    @Test
    void aNumberIsRememberedUntilTheSetIsGone() {
        int id = set(1);
        assertEquals(AttributeMemo.MISSING, memo.get(id));
        memo.put(id, 7);
        assertEquals(7, memo.get(id));
        table.release(id);
        assertEquals(id, set(2), "the number is used again");
        assertEquals(AttributeMemo.MISSING, memo.get(id));
    }

    @Test
    void aSetIsRememberedUntilItIsGoneItself() {
        int key = set(1);
        int value = set(2);
        memo.putSet(key, value);
        assertEquals(value, memo.getSet(key));
        table.release(value);
        assertEquals(AttributeMemo.MISSING, memo.getSet(key), "no reference is held");
        assertEquals(value, set(3), "the number is used again");
        assertEquals(AttributeMemo.MISSING, memo.getSet(key));
        memo.putSet(key, -1);
        assertEquals(-1, memo.getSet(key));
    }

    @Test
    void itGrowsToItsCapacityAndThenOverwrites() {
        for (int number = 1; number <= 2000; number++) {
            memo.put(set(number), number);
        }
        int remembered = 0;
        for (int id = 1; id <= 2000; id++) {
            int value = memo.get(id);
            if (value != AttributeMemo.MISSING) {
                assertEquals(id, value);
                remembered++;
            }
        }
        assertEquals(512, remembered);
        memo.clear();
        assertEquals(AttributeMemo.MISSING, memo.get(2000));
    }

    @Test
    void aCapacityThatIsNoPowerOfTwoIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new AttributeMemo(table, 1000));
    }
}
