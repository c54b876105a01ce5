package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

class PrefixTableTest {
    @ParameterizedTest
    @EnumSource(AddressFamily.class)
    void insertsFindsAndRemovesLikeAMap(AddressFamily family) {
        Random random = new Random(11);
        PrefixTable table = new PrefixTable(family, 0x5eed);
        Map<Prefix, Integer> model = new HashMap<>();
        for (int step = 0; step < 200_000; step++) {
            IpAddress address = family == AddressFamily.IPV4 ? IpAddress.v4(random.nextInt(4000) << 8) : IpAddress.v6(random.nextLong() & 0xff0f_0000L, random.nextLong() & 3L << 62);
            Prefix prefix = Prefix.of(address, family == AddressFamily.IPV4 ? 16 + random.nextInt(17) : 32 + random.nextInt(97));
            if (random.nextInt(3) > 0) {
                int id = table.intern(prefix.address().hi(), prefix.address().lo(), prefix.length());
                Integer before = model.put(prefix, id);
                assertTrue(before == null || before == id);
                assertEquals(prefix, table.prefix(id));
            } else if (model.containsKey(prefix)) {
                table.remove(model.remove(prefix));
            }
            assertEquals(model.getOrDefault(prefix, 0), table.find(prefix));
        }
        assertEquals(model.size(), table.size());
        model.forEach((prefix, id) -> assertEquals(id, table.find(prefix)));
    }

    @Test
    void aDirtySetIsASet() {
        Random random = new Random(12);
        DirtySet set = new DirtySet();
        TreeSet<Integer> model = new TreeSet<>();
        for (int step = 0; step < 100_000; step++) {
            int id = random.nextInt(1 << random.nextInt(4, 21));
            if (random.nextBoolean()) {
                assertEquals(model.add(id), set.add(id));
            } else {
                assertEquals(model.remove(id), set.remove(id));
            }
            Integer next = model.ceiling(id);
            assertEquals(next == null ? -1 : next, set.next(id));
            assertEquals(model.size(), set.size());
        }
    }
}
