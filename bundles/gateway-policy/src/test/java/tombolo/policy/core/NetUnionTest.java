package tombolo.policy.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

class NetUnionTest {
    private static Prefix net(String text) {
        return Prefix.parse(text);
    }

    @Test
    void whatAWiderPrefixCoversComesBackWhenThatGoes() {
        NetUnion union = new NetUnion();
        Changes<Prefix> changes = new Changes<>();
        union.add(net("10.0.0.1/32"), changes);
        union.add(net("10.0.0.0/24"), changes);
        union.add(net("10.0.0.128/25"), changes);
        assertEquals(List.of(net("10.0.0.0/24")), union.content());
        changes.clear();
        union.remove(net("10.0.0.0/24"), changes);
        assertEquals(List.of(net("10.0.0.1/32"), net("10.0.0.128/25")), union.content());
        assertEquals(List.of(net("10.0.0.0/24")), changes.removed());
    }

    @Test
    void aPrefixPutInTwiceStaysUntilItIsTakenOutTwice() {
        NetUnion union = new NetUnion();
        Changes<Prefix> changes = new Changes<>();
        union.add(net("::/0"), changes);
        union.add(net("::/0"), changes);
        union.remove(net("::/0"), changes);
        assertTrue(union.contains(IpAddress.parse("2001:db8::1")));
        union.remove(net("::/0"), changes);
        assertFalse(union.contains(IpAddress.parse("2001:db8::1")));
        assertTrue(changes.isEmpty(), "it came and went");
        assertThrows(IllegalStateException.class, () -> union.remove(net("::/0"), changes));
    }

    @Test
    void theWholeInternetAndBothItsEndsAreAsGoodAsAnyPrefix() {
        NetUnion union = new NetUnion();
        Changes<Prefix> changes = new Changes<>();
        union.add(net("255.255.255.255/32"), changes);
        union.add(net("0.0.0.0/0"), changes);
        union.add(net("0.0.0.0/32"), changes);
        union.remove(net("0.0.0.0/0"), changes);
        assertEquals(List.of(net("0.0.0.0/32"), net("255.255.255.255/32")), union.content());
    }

    @Test
    void atRandomTheContentIsWhatNoOtherCovers() {
        long seed = Long.getLong("tombolo.seed", System.nanoTime());
        System.out.println("NetUnionTest seed " + seed);
        Random random = new Random(seed);
        NetUnion union = new NetUnion();
        List<Prefix> held = new ArrayList<>();
        TreeSet<Prefix> mirror = new TreeSet<>();
        for (int i = 0; i < 20_000; i++) {
            Changes<Prefix> changes = new Changes<>();
            if (held.isEmpty() || random.nextInt(100) < 52) {
                Prefix prefix = random.nextBoolean() ? Prefix.of(IpAddress.v4(random.nextInt(64) << 26 | random.nextInt(8)), random.nextInt(33))
                        : Prefix.of(IpAddress.v6(random.nextLong() & 3L << 62, random.nextInt(8)), random.nextInt(129));
                held.add(prefix);
                union.add(prefix, changes);
            } else {
                union.remove(held.remove(random.nextInt(held.size())), changes);
            }
            changes.removed().forEach(prefix -> assertTrue(mirror.remove(prefix)));
            changes.added().forEach(prefix -> assertTrue(mirror.add(prefix)));
            if (i % 200 == 0) {
                TreeSet<Prefix> expected = new TreeSet<>();
                held.stream().filter(one -> held.stream().noneMatch(other -> !other.equals(one) && other.covers(one))).forEach(expected::add);
                assertEquals(List.copyOf(expected), union.content(), "seed " + seed);
                assertEquals(expected, mirror, "seed " + seed);
            }
        }
    }
}
