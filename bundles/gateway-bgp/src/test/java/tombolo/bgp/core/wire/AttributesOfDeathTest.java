package tombolo.bgp.core.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.bgp.core.wire.Wire.BASE;
import static tombolo.bgp.core.wire.Wire.EXTERNAL;
import static tombolo.bgp.core.wire.Wire.INTERNAL;
import static tombolo.bgp.core.wire.Wire.NEXT_HOP;
import static tombolo.bgp.core.wire.Wire.NLRI;
import static tombolo.bgp.core.wire.Wire.ORIGIN;
import static tombolo.bgp.core.wire.Wire.PATH;
import static tombolo.bgp.core.wire.Wire.TWO_OCTET;
import static tombolo.bgp.core.wire.Wire.attribute;
import static tombolo.bgp.core.wire.Wire.decode;
import static tombolo.bgp.core.wire.Wire.hex;
import static tombolo.bgp.core.wire.Wire.path;
import static tombolo.bgp.core.wire.Wire.update;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.config.PeerSettings.NextHopMode;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.bgp.core.wire.UpdateError.Action;

/** Messages that took networks down, each with the answer that keeps them up. */
class AttributesOfDeathTest {
    private static final Prefix THE_PREFIX = Prefix.parse("10.1.0.0/16");

    private final AttributeTable table = new AttributeTable(1);

    private static void assertAction(Applied applied, Action action) {
        assertEquals(Outcome.Ok.OK, applied.outcome);
        assertEquals(List.of(action), applied.errors.stream().map(UpdateError::action).toList());
        assertEquals(action == Action.TREAT_AS_WITHDRAW ? Set.of() : Set.of(THE_PREFIX), applied.announced.keySet());
        assertEquals(action == Action.TREAT_AS_WITHDRAW ? List.of(THE_PREFIX) : List.of(), applied.withdrawn);
    }

    private static String kept(Applied applied) {
        assertEquals(Outcome.Ok.OK, applied.outcome);
        assertEquals(List.of(), applied.errors);
        return applied.announced.get(THE_PREFIX).toUpperCase();
    }

    @Test
    void august2010Attribute99Of3000OctetsIsPassedOnByteExactWithPartial() {
        String value = "AB".repeat(3000);
        String set = kept(decode(table, EXTERNAL, update("", BASE + "D0630BB8" + value, NLRI)));
        assertEquals(BASE + "F0630BB8" + value, set);
    }

    @Test
    void august2010ASetThatNoLongerFitsIsNotAnnouncedAndNothingIsCut() {
        int id = Wire.set(table, BASE + "F0630BB8" + "AB".repeat(3000) + "F064044C" + "CD".repeat(1100));
        UpdatePacker packer = new UpdatePacker(table, true, 4096);
        assertFalse(packer.add(AddressFamily.IPV4, id, 0, 0x0a010000L, 16));
        assertEquals(0, packer.take().length);
        UpdatePacker extended = new UpdatePacker(table, true, 65_535);
        assertTrue(extended.add(AddressFamily.IPV4, id, 0, 0x0a010000L, 16));
        byte[] message = extended.take();
        assertEquals(BASE + "F0630BB8" + "AB".repeat(3000) + "F064044C" + "CD".repeat(1100) + NLRI, hex(message).substring(46));
        table.release(id);
    }

    @Test
    void january2009ConfederationSegmentsInAs4PathAreDroppedAndTheRouteKept() {
        // AS_PATH 64512 23456; AS4_PATH (65001) 65536
        String attributes = ORIGIN + "400206" + "0202FC005BA0" + NEXT_HOP + "C0110C" + "03010000FDE9" + "020100010000";
        Applied applied = decode(table, TWO_OCTET.withEnforceFirstAs(false), update("", attributes, NLRI));
        assertEquals(ORIGIN + path(64512, 65536) + NEXT_HOP, kept(applied));
    }

    @ParameterizedTest
    @ValueSource(ints = {252, 255, 256, 511, 2000, 16_000})
    void february2009ALongPathIsReadAndGrowsByANewSegment(int length) {
        StringBuilder value = new StringBuilder();
        for (int left = length; left > 0; left -= 255) {
            int count = Math.min(left, 255);
            value.append(String.format("02%02X", count)).append("0000BAFC".repeat(count));
        }
        DecodeContext as47868 = new DecodeContext("x", Wire.BOTH, true, false, new Asn(65000), new Asn(47868), List.of(), 65_535, true, false);
        Applied applied = decode(table, as47868, update("", ORIGIN + attribute(0x40, 2, value.toString()) + NEXT_HOP, NLRI));
        int id = Wire.set(table, kept(applied));
        assertEquals(length, table.asPathLength(id));
        ExportContext toPeer = new ExportContext(false, new Asn(65000), Optional.empty(), new Asn(1), Optional.of(IpAddress.parse("10.9.9.9")), Optional.empty(),
                Optional.empty(), NextHopMode.AUTO, false, 100, 0);
        int out = new OutboundAttributes(table, toPeer).export(id, false);
        assertTrue(out > 0);
        assertEquals(length + 1, table.asPathLength(out));
        assertEquals(65000, table.neighborAs(out));
        int grown = table.find(out, AttributeType.AS_PATH);
        assertEquals("", AsPath.problem(table.bytes(out), table.valueOffset(out, grown), table.valueLength(out, grown), 4));
        UpdatePacker packer = new UpdatePacker(table, true, 65_535);
        assertTrue(packer.add(AddressFamily.IPV4, out, 0, 0x0a010000L, 16));
        byte[] message = packer.take();
        DecodeContext back = new DecodeContext("x", Wire.BOTH, true, false, new Asn(1), new Asn(65000), List.of(), 65_535, true, false);
        assertEquals(hex(table.canonical(out)), kept(decode(table, back, message)));
        // a path that was fine with 2000 ASes does not fit a message of 4096 octets: not announced
        assertEquals(length < 1000, new UpdatePacker(table, true, 4096).add(AddressFamily.IPV4, out, 0, 0, 0));
        table.release(out);
        table.release(id);
    }

    @Test
    void aPathThatDoublesBeyondEverySetIsTreatAsWithdraw() {
        String value = ("02FF" + "FDE9".repeat(255)).repeat(100);
        DecodeContext context = new DecodeContext("x", Wire.BOTH, false, false, new Asn(65000), new Asn(65001), List.of(), 65_535, true, false);
        Applied applied = decode(table, context, update("", ORIGIN + attribute(0x40, 2, value) + NEXT_HOP, NLRI));
        assertAction(applied, Action.TREAT_AS_WITHDRAW);
        assertEquals(0, table.size());
    }

    @Test
    void prependingOntoAFullSegmentBeginsANewOne() {
        int id = Wire.set(table, ORIGIN + path(LongStream.generate(() -> 7).limit(255).toArray()) + NEXT_HOP);
        int out = new AttributeEditor(table).load(id).prepend(8, 3).intern();
        String set = hex(table.canonical(out));
        assertEquals(ORIGIN + "5002040C" + "0203" + "00000008".repeat(3) + "02FF" + "00000007".repeat(255) + NEXT_HOP, set);
        table.release(out);
        int almost = Wire.set(table, ORIGIN + path(LongStream.generate(() -> 7).limit(254).toArray()) + NEXT_HOP);
        out = new AttributeEditor(table).load(almost).prepend(8, 3).intern();
        assertEquals(ORIGIN + "50020408" + "0202" + "00000008".repeat(2) + "02FF" + "00000008" + "00000007".repeat(254) + NEXT_HOP, hex(table.canonical(out)));
        List.of(out, almost, id).forEach(table::release);
    }

    @Test
    void july2012LowFlagBitsAreIgnoredAndZeroedOnTheWayOut() {
        assertEquals(BASE + "C00804FDE90064", kept(decode(table, EXTERNAL, update("", "4F010100" + PATH + NEXT_HOP + "C80804FDE90064", NLRI))));
    }

    @Test
    void extendedLengthWithAShortValueIsReadAndWrittenShort() {
        assertEquals(BASE, kept(decode(table, EXTERNAL, update("", "5001000100" + PATH + NEXT_HOP, NLRI))));
    }

    @Test
    void june2023Attribute28IsUnknownAndPassedOn() {
        assertEquals(BASE + "E01C00", kept(decode(table, EXTERNAL, update("", BASE + "E01C00", NLRI))));
        assertEquals(BASE + "E01C03000000", kept(decode(table, EXTERNAL, update("", BASE + "E01C03000000", NLRI))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "000B", "000B0005AABB", "000B0004" + "04060000", "000B0003" + "800005", "000B0002" + "0401", "000B000000"})
    void august2023TunnelEncapsulationThatOverrunsIsTreatAsWithdraw(String value) {
        assertAction(decode(table, EXTERNAL, update("", BASE + attribute(0xC0, 23, value), NLRI)), Action.TREAT_AS_WITHDRAW);
    }

    @Test
    void aSoundTunnelEncapsulationIsPassedOnWithPartial() {
        String value = "000B0009" + "04020000" + "8000020000";
        assertEquals(BASE + attribute(0xE0, 23, value), kept(decode(table, EXTERNAL, update("", BASE + attribute(0xC0, 23, value), NLRI))));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 16, 255, 300})
    void may2025AnAllZeroPrefixSidIsDiscardedFromInsideAndOutside(int length) {
        String sid = attribute(0xC0, 40, "00".repeat(length));
        assertAction(decode(table, EXTERNAL, update("", BASE + sid, NLRI)), Action.ATTRIBUTE_DISCARD);
        assertAction(decode(table, INTERNAL, update("", BASE + sid, NLRI)), Action.ATTRIBUTE_DISCARD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"01000700000000000001FF", "0100FF00", "05", "0500", "", "0500100000"})
    void may2025PrefixSidThatOverrunsIsDiscarded(String value) {
        assertAction(decode(table, INTERNAL, update("", BASE + attribute(0xC0, 40, value), NLRI)), Action.ATTRIBUTE_DISCARD);
    }

    @Test
    void rfc8669Section8ASoundPrefixSidIsDiscardedFromOutsideAndKeptFromInside() {
        String sid = attribute(0xC0, 40, "01000700000000000001");
        assertAction(decode(table, EXTERNAL, update("", BASE + sid, NLRI)), Action.ATTRIBUTE_DISCARD);
        assertEquals(BASE + attribute(0xE0, 40, "01000700000000000001"), kept(decode(table, INTERNAL, update("", BASE + sid, NLRI))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00FDE9", "000000FDE9", "00000000", ""})
    void december2025MalformedOtcIsTreatAsWithdraw(String value) {
        assertAction(decode(table, EXTERNAL, update("", BASE + attribute(0xC0, 35, value), NLRI)), Action.TREAT_AS_WITHDRAW);
    }

    @Test
    void aSoundOtcIsKept() {
        assertEquals(BASE + "C023040000FDE9", kept(decode(table, EXTERNAL, update("", BASE + "C023040000FDE9", NLRI))));
    }

    @Test
    void may2026SetsOf65000OctetsSurviveShowAndReencode() {
        String big = attribute(0xE0, 200, "AA".repeat(65_000));
        int id = Wire.set(table, BASE + big);
        assertTrue(table.view(id).others().getFirst().startsWith("attribute 200 (partial): 65000 octets aaaa"));
        AttributeEditor editor = new AttributeEditor(table);
        int more = editor.load(id).addCommunity(AttributeEditor.STANDARD, 0, 7).intern();
        assertTrue(more > 0);
        editor.load(id);
        for (int i = 0; i < 200; i++) {
            editor.addCommunity(AttributeEditor.STANDARD, 0, i);
        }
        assertEquals(0, editor.intern(), "no message can carry it");
        assertFalse(new UpdatePacker(table, false, 4096).add(AddressFamily.IPV4, more, 0, 0, 0));
        table.release(more);
        table.release(id);
        assertEquals(0, table.size());
    }

    @Test
    void anUnknownNonTransitiveAttributeIsDroppedQuietly() {
        assertEquals(BASE, kept(decode(table, EXTERNAL, update("", BASE + "80630100", NLRI))));
    }

    @Test
    void aPartialBitThatCameIsKeptOnKnownOptionalTransitiveAttributesOnly() {
        assertEquals(BASE + "E00804FDE90064", kept(decode(table, EXTERNAL, update("", "60010100" + PATH + NEXT_HOP + "E00804FDE90064", NLRI))));
    }

    @Test
    void hostBitsBehindTheMaskAreClearedAndCounted() {
        UpdateDecoder decoder = new UpdateDecoder(table);
        Applied applied = new Applied(table);
        byte[] message = update("110A01FF", BASE, "120A02FF" + "0FFFFF" + "00");
        assertEquals(Outcome.Ok.OK, decoder.decode(message, 0, message.length, EXTERNAL, applied));
        assertEquals(List.of(Prefix.parse("10.1.128.0/17")), applied.withdrawn);
        assertEquals(Set.of(Prefix.parse("10.2.192.0/18"), Prefix.parse("255.254.0.0/15"), Prefix.parse("0.0.0.0/0")), applied.announced.keySet());
        assertEquals(3, decoder.maskedPrefixes());
    }

    @Test
    void realMessageWithBitsBehindTheMaskAndRealLongWithdrawal() throws java.io.IOException {
        var folder = MrtFile.folder().resolve("bgpdump");
        Applied longOne = new Applied(table);
        for (MrtFile.Message message : MrtFile.updates(folder.resolve("updates.long_withdrawal.gz"))) {
            assertInstanceOf(Outcome.Ok.class, new UpdateDecoder(table).decode(message.bytes(), 0, message.bytes().length, RealUpdatesTest.context(message), longOne));
        }
        assertEquals(4096, longOne.withdrawn.size());
    }
}
