package tombolo.bgp.core.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.config.FilterSettings.PrefixRange;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

class PrefixSetTest {
    static boolean in(PrefixSet set, Prefix prefix) {
        return set.contains(prefix.family(), prefix.address().hi(), prefix.address().lo(), prefix.length());
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8,8,8, 10.0.0.0/8,true", "10.0.0.0/8,8,8, 10.0.0.0/9,false", "10.0.0.0/8,16,24, 10.1.0.0/16,true", "10.0.0.0/8,16,24, 10.1.1.0/24,true",
        "10.0.0.0/8,16,24, 10.1.1.0/25,false", "10.0.0.0/8,16,24, 10.0.0.0/8,false", "10.0.0.0/8,16,24, 11.1.0.0/16,false", "0.0.0.0/0,0,0, 0.0.0.0/0,true",
        "0.0.0.0/0,0,32, 203.0.113.7/32,true", "0.0.0.0/0,0,32, ::/0,false", "::/0,0,128, 2001:db8::1/128,true", "2001:db8::/32,48,64, 2001:db8:1::/48,true",
        "2001:db8::/32,48,64, 2001:db8:1::/65,false", "2001:db8:0:1::/64,64,128, 2001:db8:0:1::7/128,true", "2001:db8:0:1:8000::/65,65,128, 2001:db8:0:1:8000::7/128,true",
        "2001:db8:0:1:8000::/65,65,128, 2001:db8:0:1::7/128,false"})
    void rangesHoldAsWritten(String prefix, int ge, int le, String asked, boolean expected) {
        PrefixSet set = new PrefixSet(List.of(new PrefixRange(Prefix.parse(prefix), ge, le)));
        assertEquals(expected, in(set, Prefix.parse(asked)));
    }

    @Test
    void anEmptySetHoldsNothing() {
        assertEquals(false, in(new PrefixSet(List.of()), Prefix.parse("10.0.0.0/8")));
    }

    @Test
    void aLargeSetAgreesWithASearchThroughTheList() {
        long seed = System.nanoTime();
        System.out.println("PrefixSetTest seed " + seed);
        Random random = new Random(seed);
        List<PrefixRange> ranges = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Prefix prefix = random(random);
            int ge = prefix.length() + random.nextInt(prefix.family().bits() - prefix.length() + 1);
            ranges.add(new PrefixRange(prefix, ge, ge + random.nextInt(prefix.family().bits() - ge + 1)));
        }
        PrefixSet set = new PrefixSet(ranges);
        for (int i = 0; i < 20_000; i++) {
            Prefix asked = random(random);
            boolean expected = ranges.stream().anyMatch(range -> range.prefix().covers(asked) && asked.length() >= range.ge() && asked.length() <= range.le());
            assertEquals(expected, in(set, asked), asked + " seed " + seed);
        }
    }

    /** Few different leading bits, so that many cover each other. */
    private static Prefix random(Random random) {
        if (random.nextBoolean()) {
            return Prefix.of(IpAddress.v4(random.nextInt() & 0x0f00_0f0f), random.nextInt(33));
        }
        return Prefix.of(IpAddress.v6(random.nextLong() & 0x2000_000f_0000_000fL, random.nextLong() & 0xf000_0000_0000_0007L), random.nextInt(129));
    }

    @Test
    void familiesAreKeptApart() {
        PrefixSet set = new PrefixSet(List.of(new PrefixRange(Prefix.parse("::/0"), 0, 32)));
        assertEquals(false, set.contains(AddressFamily.IPV4, 0, 0, 0));
        assertEquals(true, set.contains(AddressFamily.IPV6, 0, 0, 0));
    }
}
