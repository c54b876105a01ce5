package tombolo.bgp.core.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.bgp.core.wire.Wire.BASE;
import static tombolo.bgp.core.wire.Wire.NEXT_HOP;
import static tombolo.bgp.core.wire.Wire.ORIGIN;
import static tombolo.bgp.core.wire.Wire.PATH;
import static tombolo.bgp.core.wire.Wire.REACH6;
import static tombolo.bgp.core.wire.Wire.attribute;
import static tombolo.bgp.core.wire.Wire.hex;
import static tombolo.bgp.core.wire.Wire.path;
import static tombolo.bgp.core.wire.Wire.update;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;

class UpdatePackerTest {
    private static final String HOP6 = "800E10" + "20010DB8000000000000000000000002";

    private final AttributeTable table = new AttributeTable(1);
    private final UpdatePacker packer = new UpdatePacker(table, true, 4096);

    private static boolean add(UpdatePacker packer, int id, String prefix) {
        Prefix asked = Prefix.parse(prefix);
        return packer.add(asked.family(), id, asked.address().hi(), asked.address().lo(), asked.length());
    }

    private static void withdraw(UpdatePacker packer, String prefix) {
        Prefix asked = Prefix.parse(prefix);
        packer.withdraw(asked.family(), asked.address().hi(), asked.address().lo(), asked.length());
    }

    @Test
    void prefixesOfOneSetShareAMessage() {
        int id = Wire.set(table, BASE);
        assertTrue(add(packer, id, "10.1.0.0/16") && add(packer, id, "0.0.0.0/0") && add(packer, id, "192.0.2.1/32") && add(packer, id, "10.128.0.0/9"));
        assertEquals(hex(update("", BASE, "100A01" + "00" + "20C0000201" + "090A80")), hex(packer.take()));
    }

    @Test
    void ipv6RoutesGoInMpReachWhichComesFirst() {
        // RFC 7606 §5.1; the extended length leaves room to grow
        int id = Wire.set(table, ORIGIN + PATH + HOP6 + "C0200C0000FDE90000000100000002");
        assertTrue(add(packer, id, "2001:db8:1::/48"));
        String reach = "900E001C" + REACH6.substring(6);
        assertEquals(hex(update("", reach + ORIGIN + PATH + "C0200C0000FDE90000000100000002", "")), hex(packer.take()));
    }

    @Test
    void withdrawalsOfBothFamiliesGoOnTheirOwn() {
        int id = Wire.set(table, BASE);
        add(packer, id, "10.1.0.0/16");
        withdraw(packer, "10.2.0.0/16");
        withdraw(packer, "10.3.0.0/16");
        withdraw(packer, "2001:db8::/32");
        withdraw(packer, "::/0");
        packer.close();
        assertEquals(3, packer.messages());
        assertEquals(5, packer.prefixes());
        assertEquals(hex(update("", BASE, "100A01")) + hex(update("100A02100A03", "", "")) + hex(update("", "900F0009" + "000201" + "2020010DB8" + "00", "")),
                hex(packer.take()));
    }

    @Test
    void rfc4724EndOfRibOfBothFamilies() {
        packer.endOfRib(AddressFamily.IPV4);
        packer.endOfRib(AddressFamily.IPV6);
        assertEquals(hex(update("", "", "")) + hex(update("", "900F0003" + "000201", "")), hex(packer.take()));
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 65_535})
    void noMessageIsLongerThanAllowedAndNoPrefixIsLost(int max) {
        UpdatePacker group = new UpdatePacker(table, true, max);
        int id4 = Wire.set(table, BASE);
        int id6 = Wire.set(table, ORIGIN + PATH + HOP6);
        Set<Prefix> wanted = new HashSet<>();
        Set<Prefix> gone = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            Prefix four = Prefix.of(tombolo.api.net.IpAddress.v4(i * 65_537), 8 + i % 25);
            Prefix six = Prefix.of(tombolo.api.net.IpAddress.v6(0x2001_0db8_0000_0000L + i, (long) i << 40), 16 + i % 113);
            wanted.add(four);
            wanted.add(six);
        }
        wanted.stream().filter(prefix -> prefix.family() == AddressFamily.IPV4).forEach(prefix -> add(group, id4, prefix.toString()));
        wanted.stream().filter(prefix -> prefix.family() == AddressFamily.IPV6).forEach(prefix -> add(group, id6, prefix.toString()));
        wanted.stream().filter(prefix -> prefix.family() == AddressFamily.IPV4).forEach(prefix -> withdraw(group, prefix.toString()));
        wanted.stream().filter(prefix -> prefix.family() == AddressFamily.IPV6).forEach(prefix -> withdraw(group, prefix.toString()));
        byte[] bytes = group.take();
        Applied applied = new Applied(table);
        UpdateDecoder decoder = new UpdateDecoder(table);
        int longest = 0;
        int messages = 0;
        for (int at = 0; at < bytes.length; messages++) {
            int length = Octets.u16(bytes, at + 16);
            longest = Math.max(longest, length);
            assertEquals(Outcome.Ok.OK, decoder.decode(bytes, at, length, max == 4096 ? Wire.EXTERNAL : Wire.EXTENDED, applied));
            at += length;
        }
        gone.addAll(applied.withdrawn);
        assertEquals(wanted, applied.announced.keySet());
        assertEquals(wanted, gone);
        assertTrue(longest <= max && longest > max - 20, longest + " octets");
        assertTrue(messages < bytes.length / (max - 20) + 5, messages + " messages");
    }

    @Test
    void aSetWithoutANextHopOfTheFamilyIsNotSent() {
        assertFalse(add(packer, Wire.set(table, BASE), "2001:db8::/32"));
        assertFalse(add(packer, Wire.set(table, ORIGIN + PATH + HOP6), "10.0.0.0/8"));
        assertFalse(add(packer, Wire.set(table, ORIGIN + PATH), "10.0.0.0/8"));
        assertEquals(0, packer.take().length);
    }

    @Test
    void aSetThatLeavesRoomForOnePrefixIsSentAndOneOctetMoreIsNot() {
        int room = 4096 - 23 - BASE.length() / 2 - 5 - 4;
        int fits = Wire.set(table, BASE + attribute(0xE0, 99, "00".repeat(room)));
        int tooLong = Wire.set(table, BASE + attribute(0xE0, 99, "00".repeat(room + 1)));
        assertFalse(add(packer, tooLong, "10.0.0.1/32"));
        assertTrue(add(packer, fits, "10.0.0.1/32"));
        assertTrue(add(packer, fits, "10.0.0.2/32"));
        assertFalse(add(packer, tooLong, "10.0.0.1/32"));
        packer.close();
        assertEquals(2, packer.messages());
        assertEquals(2 * 4096, packer.take().length);
    }

    @ParameterizedTest(name = "{0} for a 2-octet peer")
    @CsvSource({
        "40020A0202 0000FDE9 0000FDEA, 4002060202 FDE9 FDEA, ''",
        "40020A0202 0000FDE9 00010000, 4002060202 FDE9 5BA0, C0110A0202 0000FDE9 00010000",
        "400212 0201 0000FDE9 0102 00010000 00000007, 40020A 0201 FDE9 0102 5BA0 0007, C01110 0201 0000FDE9 0102 00010000 00000007",
        "40020C 0301 00010000 0201 0000FDE9, 400208 0301 5BA0 0201 FDE9, ''",
        "40020C 0301 0000FDEA 0201 00010000, 400208 0301 FDEA 0201 5BA0, C01106 0201 00010000"})
    void rfc6793Section422PathsForTwoOctetPeers(String four, String two, String as4) {
        String set = ORIGIN + fix(four) + NEXT_HOP;
        int id = Wire.set(table, set);
        UpdatePacker old = new UpdatePacker(table, false, 4096);
        assertTrue(add(old, id, "10.1.0.0/16"));
        assertEquals(hex(update("", ORIGIN + fix(two) + NEXT_HOP + fix(as4), "100A01")), hex(old.take()));
    }

    /** Sets the length of an attribute written with blanks. */
    private static String fix(String text) {
        String hex = text.replace(" ", "");
        return hex.isEmpty() ? "" : attribute(Integer.parseInt(hex.substring(0, 2), 16), Integer.parseInt(hex.substring(2, 4), 16), hex.substring(6));
    }

    @Test
    void rfc6793TheAggregatorIsSplitAndLaterAttributesStayBehind() {
        int id = Wire.set(table, BASE + "C00708000100000A000001" + "C00804FDE90064" + "C010080002FDE900000001" + "C0200C0000FDE90000000100000002");
        UpdatePacker old = new UpdatePacker(table, false, 4096);
        assertTrue(add(old, id, "10.1.0.0/16"));
        assertEquals(hex(update("", ORIGIN + Wire.PATH2 + NEXT_HOP + "C007065BA00A000001" + "C00804FDE90064" + "C010080002FDE900000001" + "C01208000100000A000001"
                + "C0200C0000FDE90000000100000002", "100A01")), hex(old.take()));
    }

    @Test
    void aTwoOctetPeerGetsBackWhatAnotherTwoOctetPeerSent() {
        String canonical = ORIGIN + path(65001, 65536, 7) + NEXT_HOP;
        int id = Wire.set(table, canonical);
        UpdatePacker old = new UpdatePacker(table, false, 4096);
        add(old, id, "10.1.0.0/16");
        DecodeContext context = new DecodeContext("x", Wire.BOTH, false, false, new Asn(65000), new Asn(65001), java.util.List.of(), 4096, true, false);
        Applied applied = Wire.decode(table, context, old.take());
        assertEquals(canonical.toLowerCase(), applied.announced.get(Prefix.parse("10.1.0.0/16")));
    }

    @Test
    void aResetPackerForgetsTheSetItHadEncoded() {
        int id = Wire.set(table, BASE);
        add(packer, id, "10.1.0.0/16");
        packer.reset();
        table.release(id);
        int other = Wire.set(table, ORIGIN + path(7) + NEXT_HOP);
        assertEquals(id, other, "the number is used again");
        add(packer, other, "10.1.0.0/16");
        assertEquals(hex(update("", ORIGIN + path(7) + NEXT_HOP, "100A01")), hex(packer.take()));
    }
}
