package tombolo.api.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @ParameterizedTest
    @CsvSource({
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1", // RFC 5952 §4.2.3: the first of two equal runs is shortened
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1", // §4.2.2: one zero group is not
        "2001:0db8::0001, 2001:db8::1",
        "0:0:0:0:0:0:0:0, ::",
        "::1, ::1",
        "1::, 1::",
        "1:0:0:2:0:0:0:3, 1:0:0:2::3",
        "::ffff:192.0.2.1, ::ffff:192.0.2.1",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "fe80::1, fe80::1",
        "192.0.2.1, 192.0.2.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
    })
    void textIsReadAndWrittenInCanonicalForm(String text, String canonical) {
        assertEquals(canonical, IpAddress.parse(text).toString());
        assertEquals(IpAddress.parse(text), IpAddress.parse(canonical));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "a.b.c.d", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "::12345", "::g", "1:2:3:4:5:6:7::8", "::1.2.3", "fe80::1%eth0", "1:", ":1", "localhost", "::-1", "1.2.3.+4"})
    void whatIsNoAddressIsRefusedWithTheTextSeen(String text) {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text));
        assertTrue(refused.getMessage().contains("'" + text + "'"), refused.getMessage());
    }

    @Test
    void randomAddressesSurviveTextBytesAndTheJdk() throws UnknownHostException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            long mask = random.nextBoolean() ? -1 : 0xffff_0000_ffff_0000L >>> random.nextInt(64);
            IpAddress address = i % 2 == 0 ? IpAddress.v4(random.nextInt()) : IpAddress.v6(random.nextLong() & mask, random.nextLong() & mask);
            assertEquals(address, IpAddress.parse(address.toString()), "seed " + seed);
            assertEquals(address, IpAddress.fromBytes(address.family(), address.toBytes(), 0), "seed " + seed);
            boolean mapped = address.toString().startsWith("::ffff:"); // the JDK turns these into IPv4 addresses
            if (!mapped) {
                assertEquals(address, IpAddress.of(InetAddress.getByName(address.toString())), "seed " + seed);
            }
        }
    }

    @Test
    void addressesOrderAsUnsignedNumbersWithIpv4First() {
        List<String> ordered = List.of("0.0.0.1", "9.0.0.0", "200.0.0.1", "::1", "1::", "8000::", "fe80::1");
        assertEquals(ordered, ordered.stream().map(IpAddress::parse).sorted((a, b) -> -b.compareTo(a)).map(IpAddress::toString).toList());
        assertEquals(ordered, Stream.of("8000::", "1::", "fe80::1", "::1", "200.0.0.1", "0.0.0.1", "9.0.0.0").map(IpAddress::parse).sorted().map(IpAddress::toString).toList());
    }

    @Test
    void aPrefixWithBitsBehindTheMaskIsRefusedAndTheRightOneNamed() {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> Prefix.parse("10.1.2.3/16"));
        assertTrue(refused.getMessage().contains("10.1.0.0/16"), refused.getMessage());
        assertEquals(Prefix.parse("10.1.0.0/16"), Prefix.of(IpAddress.parse("10.1.2.3"), 16));
        assertEquals(Prefix.parse("2001:db8::/33"), Prefix.of(IpAddress.parse("2001:db8:7fff::1"), 33));
        assertEquals(Prefix.parse("2001:db8::8000:0:0:0/65"), Prefix.of(IpAddress.parse("2001:db8::8fff:0:0:1"), 65));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "::/129", "10.0.0.0", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/a", "10.0.0.0/0008"})
    void whatIsNoPrefixIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Prefix.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0/0, 200.1.1.1, true", "10.0.0.0/8, 10.255.0.1, true", "10.0.0.0/8, 11.0.0.0, false", "::/0, ffff::, true", "::/0, 1.1.1.1, false",
        "2001:db8::/64, 2001:db8::ffff, true", "2001:db8::/64, 2001:db8:0:1::, false", "2001:db8::1/128, 2001:db8::1, true"})
    void aPrefixContainsTheAddressesUnderItsMask(String prefix, String address, boolean contained) {
        assertEquals(contained, Prefix.parse(prefix).contains(IpAddress.parse(address)));
    }

    @Test
    void aPrefixCoversItselfAndWhatIsLongerWithinIt() {
        assertTrue(Prefix.parse("10.0.0.0/8").covers(Prefix.parse("10.0.0.0/8")));
        assertTrue(Prefix.parse("10.0.0.0/8").covers(Prefix.parse("10.9.0.0/16")));
        assertFalse(Prefix.parse("10.9.0.0/16").covers(Prefix.parse("10.0.0.0/8")));
        assertFalse(Prefix.parse("10.0.0.0/8").covers(Prefix.parse("::/0")));
    }

    @Test
    void anAsNumberIsOneToFourOctetsAndNeverZero() { // RFC 7607
        assertThrows(IllegalArgumentException.class, () -> new Asn(0));
        assertThrows(IllegalArgumentException.class, () -> new Asn(0x1_0000_0000L));
        assertThrows(IllegalArgumentException.class, () -> Asn.parse("65536x"));
        assertThrows(IllegalArgumentException.class, () -> Asn.parse("1.65536"));
        assertEquals(new Asn(65546), Asn.parse("1.10"));
        assertTrue(new Asn(4_200_000_001L).isPrivate());
        assertFalse(new Asn(65535).isPrivate()); // RFC 7300 reserves it; RFC 6996 ends at 65534
        assertFalse(new Asn(12076).isPrivate());
    }

    @Test
    void aRouterIdIsNotZero() { // RFC 6286 §2.1
        assertThrows(IllegalArgumentException.class, () -> RouterId.parse("0.0.0.0"));
        assertEquals("10.0.0.1", RouterId.parse("10.0.0.1").toString());
    }
}
