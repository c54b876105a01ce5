package tombolo.bgp.core.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.bgp.core.wire.Wire.BASE;
import static tombolo.bgp.core.wire.Wire.EXTERNAL;
import static tombolo.bgp.core.wire.Wire.INTERNAL;
import static tombolo.bgp.core.wire.Wire.NEXT_HOP;
import static tombolo.bgp.core.wire.Wire.NLRI;
import static tombolo.bgp.core.wire.Wire.ORIGIN;
import static tombolo.bgp.core.wire.Wire.PATH;
import static tombolo.bgp.core.wire.Wire.REACH6;
import static tombolo.bgp.core.wire.Wire.TWO_OCTET;
import static tombolo.bgp.core.wire.Wire.attribute;
import static tombolo.bgp.core.wire.Wire.decode;
import static tombolo.bgp.core.wire.Wire.hex;
import static tombolo.bgp.core.wire.Wire.message;
import static tombolo.bgp.core.wire.Wire.path;
import static tombolo.bgp.core.wire.Wire.update;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;
import tombolo.bgp.core.wire.UpdateError.Action;

/** RFC 7606 clause by clause, RFC 4271 §6.3 where it still holds, and the RFCs of single attributes. */
class UpdateErrorHandlingTest {
    private static final List<Prefix> THE_PREFIX = List.of(Prefix.parse("10.1.0.0/16"));

    private final AttributeTable table = new AttributeTable(1);

    @AfterEach
    void noReferenceIsLeftBehind() {
        assertEquals(0, table.size());
        assertEquals(0, table.nextHops().size());
    }

    private Applied external(String attributes) {
        return decode(table, EXTERNAL, update("", attributes, NLRI));
    }

    private Applied internal(String attributes) {
        return decode(table, INTERNAL, update("", attributes, NLRI));
    }

    private static void assertWithdrawn(Applied applied, String clause) {
        assertInstanceOf(Outcome.Ok.class, applied.outcome);
        assertEquals(THE_PREFIX, applied.withdrawn);
        assertTrue(applied.announced.isEmpty());
        assertError(applied, Action.TREAT_AS_WITHDRAW, clause);
    }

    private static void assertDiscarded(Applied applied, String clause) {
        assertInstanceOf(Outcome.Ok.class, applied.outcome);
        assertEquals(Set.copyOf(THE_PREFIX), applied.announced.keySet());
        assertTrue(applied.withdrawn.isEmpty());
        assertError(applied, Action.ATTRIBUTE_DISCARD, clause);
    }

    private static void assertKept(Applied applied, String canonicalPart) {
        assertInstanceOf(Outcome.Ok.class, applied.outcome);
        assertEquals(List.of(), applied.errors);
        String set = applied.announced.values().iterator().next();
        assertTrue(set.contains(canonicalPart.toLowerCase()), set);
    }

    private static void assertReset(Applied applied, int subcode, String data, String clause) {
        Outcome.Reset reset = assertInstanceOf(Outcome.Reset.class, applied.outcome);
        assertEquals(3, reset.notification().code());
        assertEquals(subcode, reset.notification().subcode());
        assertEquals(data, hex(reset.notification().data()));
        assertTrue(applied.announced.isEmpty() && applied.withdrawn.isEmpty() && applied.ends.isEmpty(), "nothing is half applied");
        assertError(applied, Action.SESSION_RESET, clause);
        assertTrue(reset.why().contains(clause), reset.why());
    }

    private static void assertError(Applied applied, Action action, String clause) {
        assertTrue(applied.errors.stream().anyMatch(error -> error.action() == action && error.clause().contains(clause)), applied.errors.toString());
    }

    @Test
    void aSoundMessageGivesItsRoutesAndNoError() {
        assertKept(external(BASE), ORIGIN + PATH + NEXT_HOP);
    }

    @ParameterizedTest
    @CsvSource({"400100,'§7.1'", "4001020000,'§7.1'", "40010103,'§7.1'", "400101FF,'§7.1'"})
    void rfc7606Section71MalformedOriginIsTreatAsWithdraw(String origin, String clause) {
        assertWithdrawn(external(origin + PATH + NEXT_HOP), clause);
    }

    @ParameterizedTest
    @CsvSource({"05010000FDE9", "00010000FDE9", "02010000FDE900", "02020000FDE9", "0200", "02010000FDE90200", "02"})
    void rfc7606Section72MalformedAsPathIsTreatAsWithdraw(String value) {
        assertWithdrawn(external(ORIGIN + attribute(0x40, 2, value) + NEXT_HOP), "RFC 7606 §7.2");
    }

    @ParameterizedTest
    @CsvSource({"400300", "40030303030A", "4003050A00000200", "400310FE800000000000000000000000000001"})
    void rfc7606Section73NextHopOfAWrongLengthIsTreatAsWithdraw(String nextHop) {
        String sized = nextHop.startsWith("40030303") ? "4003030A0000" : nextHop;
        assertWithdrawn(external(ORIGIN + PATH + sized), "RFC 7606 §7.3");
    }

    @ParameterizedTest
    @CsvSource({"00000000", "7F000001", "E0000001", "F0000001", "FFFFFFFF"})
    void rfc7606Section73NextHopThatIsNoHostAddressIsTreatAsWithdraw(String address) {
        assertWithdrawn(external(ORIGIN + PATH + "400304" + address), "RFC 7606 §7.3");
    }

    @Test
    void rfc4271Section63OurOwnAddressAsNextHopIsNotUsed() {
        assertWithdrawn(external(ORIGIN + PATH + "4003040A000001"), "RFC 4271 §6.3");
        // and again when the same octets were fine for a session on which that address is not ours
        DecodeContext other = new DecodeContext("x", Wire.BOTH, true, false, new Asn(65000), new Asn(65001), List.of(), 4096, true, false);
        byte[] message = update("", ORIGIN + PATH + "4003040A000001", NLRI);
        UpdateDecoder decoder = new UpdateDecoder(table);
        int[] kept = new int[1];
        Applied keeping = new Applied(table) {
            @Override
            public void announce(AddressFamily family, long hi, long lo, int length, int attributeId) {
                table.retain(attributeId);
                kept[0] = attributeId;
            }
        };
        assertEquals(Outcome.Ok.OK, decoder.decode(message, 0, message.length, other, keeping));
        assertWithdrawn(decode(table, EXTERNAL, message), "RFC 4271 §6.3");
        table.release(kept[0]);
    }

    @ParameterizedTest
    @CsvSource({"800400", "80040300000A", "8004050000000A00"})
    void rfc7606Section74MedOfAWrongLengthIsTreatAsWithdraw(String med) {
        assertWithdrawn(external(BASE + (med.startsWith("800403") ? "8004030000AA" : med)), "RFC 7606 §7.4");
    }

    @Test
    void rfc7606Section75LocalPrefFromAnExternalPeerIsDiscardedEvenMalformed() {
        assertDiscarded(external(BASE + "40050400000064"), "RFC 7606 §7.5");
        assertDiscarded(external(BASE + "400500"), "RFC 7606 §7.5");
    }

    @Test
    void rfc7606Section75LocalPrefOfAWrongLengthFromAnInternalPeerIsTreatAsWithdraw() {
        assertWithdrawn(internal(BASE + "400503000064"), "RFC 7606 §7.5");
        assertKept(internal(BASE + "40050400000064"), "40050400000064");
    }

    @Test
    void rfc7606Section76AtomicAggregateWithAValueIsDiscarded() {
        assertDiscarded(external(BASE + "40060100"), "RFC 7606 §7.6");
        assertKept(external(BASE + "400600"), "400600");
    }

    @Test
    void rfc7606Section77AggregatorOfAWrongLengthIsDiscarded() {
        assertDiscarded(external(BASE + "C00706FDE90A000001"), "RFC 7606 §7.7");
        assertKept(external(BASE + "C007080000FDE90A000001"), "C007080000FDE90A000001");
        assertDiscarded(decode(table, TWO_OCTET, update("", ORIGIN + Wire.PATH2 + NEXT_HOP + "C007080000FDE90A000001", NLRI)), "RFC 7606 §7.7");
    }

    @ParameterizedTest
    @CsvSource({"08, 00, RFC 7606 §7.8", "08, 05, RFC 7606 §7.8", "10, 00, RFC 7606 §7.14", "10, 0C, RFC 7606 §7.14", "19, 00, RFC 7606 §7.15", "19, 15, RFC 7606 §7.15",
        "20, 00, RFC 8092 §6", "20, 0D, RFC 8092 §6"})
    void communitiesThatAreNoWholeNumberOfEntriesAreTreatAsWithdraw(String type, String length, String clause) {
        assertWithdrawn(external(BASE + "C0" + type + length + "00".repeat(Integer.parseInt(length, 16))), clause);
    }

    @Test
    void communitiesOfEveryKindAreKept() {
        String all = "C00804FDE90064" + "C010080002FDE900000001" + "C01914" + "0002" + "20010DB8".repeat(4) + "0001" + "C0200C0000FDE90000000100000002";
        assertKept(external(BASE + all), all);
    }

    @Test
    void rfc7606Section79And710ReflectionAttributesFromAnExternalPeerAreDiscarded() {
        assertDiscarded(external(BASE + "8009040A000009"), "RFC 7606 §7.9");
        assertDiscarded(external(BASE + "800A040A000009"), "RFC 7606 §7.10");
        assertDiscarded(external(BASE + "800A00"), "RFC 7606 §7.10");
    }

    @Test
    void rfc7606Section79And710MalformedReflectionAttributesFromAnInternalPeerAreTreatAsWithdraw() {
        assertWithdrawn(internal(BASE + "8009030A0000"), "RFC 7606 §7.9");
        assertWithdrawn(internal(BASE + "800A00"), "RFC 7606 §7.10");
        assertWithdrawn(internal(BASE + "800A050A00000900"), "RFC 7606 §7.10");
        assertKept(internal(BASE + "8009040A000009" + "800A080A0000090A000008"), "800A080A0000090A000008");
    }

    @ParameterizedTest
    @CsvSource({"C0010100", "80010100", "00010100"})
    void rfc7606Section3cWrongFlagsAreTreatAsWithdraw(String origin) {
        assertWithdrawn(external(origin + PATH + NEXT_HOP), "RFC 7606 §3 c");
    }

    @Test
    void rfc7606Section3fWrongFlagsOfAggregatorAndAtomicAggregateCostOnlyTheAttribute() {
        assertDiscarded(external(BASE + "C00600"), "RFC 7606 §3 f");
        assertDiscarded(external(BASE + "4007080000FDE90A000001"), "RFC 7606 §3 f");
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "2, 3", "3, 3"})
    void rfc7606Section3dAMissingMandatoryAttributeIsTreatAsWithdraw(int type, int ignored) {
        String attributes = (type == 1 ? "" : ORIGIN) + (type == 2 ? "" : PATH) + (type == 3 ? "" : NEXT_HOP);
        Applied applied = external(attributes);
        assertWithdrawn(applied, "RFC 7606 §3 d");
        assertEquals(type, applied.errors.getFirst().attribute());
    }

    @Test
    void anInternalPeerMayLeaveOutLocalPref() {
        assertKept(internal(BASE), BASE);
    }

    @Test
    void rfc7606Section3gARepeatedAttributeCountsOnceTheFirst() {
        Applied applied = external(ORIGIN + "40010102" + PATH + NEXT_HOP + "E0630100" + "E0630101");
        assertDiscarded(applied, "RFC 7606 §3 g");
        assertEquals(2, applied.errors.size());
        assertTrue(applied.announced.get(THE_PREFIX.getFirst()).endsWith("e0630100"));
        assertTrue(applied.announced.get(THE_PREFIX.getFirst()).startsWith("40010100"));
    }

    @Test
    void rfc7606Section3gMpReachOrMpUnreachTwiceResetsTheSession() {
        assertReset(external(ORIGIN + PATH + REACH6 + REACH6), 1, "", "RFC 7606 §3 g");
        assertReset(external(ORIGIN + PATH + "800F03000201" + "800F03000201"), 1, "", "RFC 7606 §3 g");
    }

    @Test
    void rfc7606Section3hTheStrongestActionDecides() {
        Applied applied = external("40010103" + PATH + NEXT_HOP + "40060100");
        assertWithdrawn(applied, "§7.1");
        assertError(applied, Action.ATTRIBUTE_DISCARD, "§7.6");
        assertReset(external("40010103" + PATH + NEXT_HOP + REACH6 + REACH6), 1, "", "RFC 7606 §3 g");
    }

    @Test
    void rfc7606Section4AnAttributeThatOverrunsTheFieldIsTreatAsWithdrawByTheFieldsLength() {
        Applied applied = external(BASE + "C008FF" + "FDE90064");
        assertWithdrawn(applied, "RFC 7606 §4");
        assertEquals(0xff, applied.errors.getFirst().length());
    }

    @ParameterizedTest
    @CsvSource({"C0", "C008", "D00800"})
    void rfc7606Section4TooFewOctetsForAnAttributesHeadAreTreatAsWithdraw(String rest) {
        assertWithdrawn(external(BASE + rest), "RFC 7606 §4");
    }

    @Test
    void rfc7606Section4AnOverrunByMpReachOrMpUnreachHidesItsPrefixesAndResets() {
        assertReset(external(BASE + "800EFF000201"), 1, "", "RFC 7606 §4");
        assertReset(external(BASE + "800FFF000201"), 1, "", "RFC 7606 §4");
    }

    @Test
    void rfc7606Section52AFaultBesideNoReachablePrefixResets() {
        assertReset(decode(table, EXTERNAL, update("", "40010103", "")), 6, "40010103", "RFC 7606 §7.1");
        assertReset(decode(table, EXTERNAL, update("100A01", "40010103", "")), 6, "40010103", "RFC 7606 §7.1");
        assertReset(decode(table, EXTERNAL, update("", "800F03000201" + "800403000000", "")), 5, "800403000000", "RFC 7606 §7.4");
    }

    @Test
    void rfc7606Section52DiscardBesideNoReachablePrefixIsOnlyDiscard() {
        Applied applied = decode(table, EXTERNAL, update("100A01", "40060100", ""));
        assertEquals(Outcome.Ok.OK, applied.outcome);
        assertEquals(THE_PREFIX, applied.withdrawn);
        assertError(applied, Action.ATTRIBUTE_DISCARD, "§7.6");
    }

    @ParameterizedTest
    @CsvSource({"210A010000", "FF0A", "180A01", "10", "100A01180A"})
    void rfc7606Section53AnNlriFieldThatCannotBeReadResets(String nlri) {
        assertReset(decode(table, EXTERNAL, update("", BASE, nlri)), 10, "", "RFC 7606 §5.3");
    }

    @ParameterizedTest
    @CsvSource({"210A010000", "180A01"})
    void rfc7606Section3iWithdrawnRoutesThatCannotBeReadReset(String withdrawn) {
        assertReset(decode(table, EXTERNAL, update(withdrawn, BASE, NLRI)), 10, "", "RFC 7606 §5.3");
    }

    @ParameterizedTest
    @CsvSource({"8120010DB8000000000000000000000000AA", "4020010DB8"})
    void rfc7606Section53PrefixesOfMpReachAndMpUnreachThatCannotBeReadReset(String nlri) {
        String reach = attribute(0x80, 14, "000201" + "10" + "20010DB8000000000000000000000002" + "00" + nlri);
        assertReset(decode(table, EXTERNAL, update("", ORIGIN + PATH + reach, "")), 9, reach, "RFC 7606 §5.3");
        String unreach = attribute(0x80, 15, "000201" + nlri);
        assertReset(decode(table, EXTERNAL, update("", unreach, "")), 9, unreach, "RFC 7606 §5.3");
    }

    @ParameterizedTest
    @CsvSource({"0", "4", "8", "15", "17", "24", "48"})
    void rfc7606Section711AnUnexpectedNextHopLengthInMpReachResets(int length) {
        String reach = attribute(0x80, 14, "000201" + String.format("%02X", length) + "20".repeat(length) + "00" + "3020010DB80001");
        assertReset(decode(table, EXTERNAL, update("", ORIGIN + PATH + reach, "")), 9, reach, "RFC 7606 §7.11");
        String reach4 = attribute(0x80, 14, "000101" + String.format("%02X", length == 4 ? 5 : length) + "20".repeat(length == 4 ? 5 : length) + "00" + NLRI);
        assertReset(decode(table, EXTERNAL, update("", ORIGIN + PATH + reach4, "")), 9, reach4, "RFC 7606 §7.11");
    }

    @ParameterizedTest
    @CsvSource({"''", "00", "000201", "00020110", "00020120FE80000000000000000000000000000100"})
    void rfc7606Section711AnMpReachThatIsTooShortResets(String value) {
        String reach = attribute(0x80, 14, value);
        assertReset(decode(table, EXTERNAL, update("", ORIGIN + PATH + reach, "")), 9, reach, "RFC 7606 §7.11");
    }

    @Test
    void anMpUnreachThatIsTooShortResets() {
        assertReset(decode(table, EXTERNAL, update("", "800F020002", "")), 9, "800F020002", "RFC 7606 §5.3");
    }

    @Test
    void mpReachWithWrongFlagsWithdrawsItsPrefixes() {
        Applied applied = decode(table, EXTERNAL, update("", ORIGIN + PATH + "C0" + REACH6.substring(2), ""));
        assertEquals(Outcome.Ok.OK, applied.outcome);
        assertEquals(List.of(Prefix.parse("2001:db8:1::/48")), applied.withdrawn);
        assertError(applied, Action.TREAT_AS_WITHDRAW, "RFC 7606 §3 c");
    }

    @ParameterizedTest
    @CsvSource({"00000000000000000000000000000000", "00000000000000000000000000000001", "FF020000000000000000000000000001", "20010DB8000000000000000000000001",
        "00000000000000000000FFFF0A000001"})
    void anIpv6NextHopThatIsNoHostOrOurOwnIsTreatAsWithdraw(String nextHop) {
        String reach = attribute(0x80, 14, "000201" + "10" + nextHop + "00" + "3020010DB80001");
        Applied applied = decode(table, EXTERNAL, update("", ORIGIN + PATH + reach, ""));
        assertEquals(List.of(Prefix.parse("2001:db8:1::/48")), applied.withdrawn);
        assertError(applied, Action.TREAT_AS_WITHDRAW, "RFC 7606 §7.3");
    }

    @Test
    void rfc4271Section63AnUnknownWellKnownAttributeResets() {
        assertReset(external(BASE + "40630100"), 2, "40630100", "RFC 4271 §6.3");
    }

    @ParameterizedTest
    @CsvSource({"FFFF0000", "00010000", "0000FFFF", "00000001"})
    void rfc4271Section63LengthFieldsBeyondTheMessageReset(String body) {
        assertReset(decode(table, EXTERNAL, message(body)), 1, "", "RFC 4271 §6.3");
    }

    @Test
    void rfc4271Section61AnUpdateShorterThanTheLeastOrLongerThanNegotiatedResetsWithItsLength() {
        for (byte[] message : List.of(message("000000"), update("", "", "180A0001".repeat(1018) + "00".repeat(2)))) {
            Applied applied = decode(table, EXTERNAL, message);
            Outcome.Reset reset = assertInstanceOf(Outcome.Reset.class, applied.outcome);
            assertEquals(new tombolo.api.bgp.Notification(1, 2, new byte[] {(byte) (message.length >> 8), (byte) message.length}), reset.notification());
            assertTrue(applied.announced.isEmpty() && applied.withdrawn.isEmpty());
        }
        assertEquals(Outcome.Ok.OK, decode(table, EXTERNAL, update("", BASE, NLRI + "00".repeat(4096 - 23 - BASE.length() / 2 - 3))).outcome, "4096 octets are not too many");
    }

    @Test
    void rfc7607As0IsMalformed() {
        assertWithdrawn(external(ORIGIN + path(65001, 0) + NEXT_HOP), "RFC 7606 §7.2");
        assertDiscarded(external(BASE + "C00708000000000A000001"), "RFC 7607 §2");
        assertWithdrawn(decode(table, TWO_OCTET, update("", ORIGIN + "4002060202FDE90000" + NEXT_HOP, NLRI)), "RFC 7606 §7.2");
        assertDiscarded(decode(table, TWO_OCTET, update("", ORIGIN + Wire.PATH2 + NEXT_HOP + "C01106020100000000", NLRI)), "RFC 6793 §6");
        assertDiscarded(decode(table, TWO_OCTET, update("", ORIGIN + Wire.PATH2 + NEXT_HOP + "C01208000000000A000001", NLRI)), "RFC 7607 §2");
    }

    @Test
    void rfc5065ConfederationSegmentsFromOutsideAreTreatAsWithdraw() {
        assertWithdrawn(external(ORIGIN + "40020C" + "03010000FDE9" + "02010000FDE9" + NEXT_HOP), "RFC 5065 §5");
        assertWithdrawn(internal(ORIGIN + "400206" + "04010000FDE9" + NEXT_HOP), "RFC 5065 §5");
    }

    @Test
    void anEmptyPathIsFineFromAnInternalPeerAndTreatAsWithdrawFromAnExternalOne() {
        assertKept(internal(ORIGIN + "400200" + NEXT_HOP), "400200");
        assertWithdrawn(external(ORIGIN + "400200" + NEXT_HOP), "RFC 4271 §5.1.2");
    }

    @Test
    void rfc4271Section63ThePathOfAnExternalPeerBeginsWithItsAs() {
        assertWithdrawn(external(ORIGIN + path(65002, 65001) + NEXT_HOP), "RFC 4271 §6.3");
        assertWithdrawn(external(ORIGIN + "400206" + "01010000FDE9" + NEXT_HOP), "RFC 4271 §6.3");
        assertKept(internal(ORIGIN + path(65002, 65001) + NEXT_HOP), path(65002, 65001));
        Applied routeServer = decode(table, EXTERNAL.withEnforceFirstAs(false), update("", ORIGIN + path(65002, 65001) + NEXT_HOP, NLRI));
        assertKept(routeServer, path(65002, 65001));
    }

    @Test
    void rfc9774AsSetsAreTreatAsWithdrawWhereConfigured() {
        String set = ORIGIN + "40020C" + "02010000FDE9" + "0101000000FF" + NEXT_HOP;
        assertKept(external(set), "0101000000FF");
        assertWithdrawn(decode(table, EXTERNAL.withRejectAsSets(true), update("", set, NLRI)), "RFC 9774");
    }

    @Test
    void aFamilyThatWasNotNegotiatedIsIgnoredAndCounted() {
        DecodeContext only6 = new DecodeContext("x", Set.of(AddressFamily.IPV6), true, false, new Asn(65000), new Asn(65001), List.of(), 4096, true, false);
        Applied classic = decode(table, only6, update("100A02", BASE, NLRI));
        assertEquals(Outcome.Ok.OK, classic.outcome);
        assertTrue(classic.announced.isEmpty() && classic.withdrawn.isEmpty());
        assertError(classic, Action.IGNORE, "RFC 4760 §7");
        DecodeContext only4 = new DecodeContext("x", Set.of(AddressFamily.IPV4), true, false, new Asn(65000), new Asn(65001), List.of(), 4096, true, false);
        for (String mp : List.of(REACH6, "800F0A" + "000201" + "3020010DB80001", "800F03000201", "800E09" + "400448" + "04" + "0A000002" + "00", "800F03000180")) {
            Applied applied = decode(table, only4, update("", ORIGIN + PATH + mp, ""));
            assertEquals(Outcome.Ok.OK, applied.outcome);
            assertTrue(applied.announced.isEmpty() && applied.withdrawn.isEmpty() && applied.ends.isEmpty());
            assertError(applied, Action.IGNORE, "RFC 4760 §7");
        }
        assertError(decode(table, only6, update("", "", "")), Action.IGNORE, "RFC 4760 §7");
    }

    @Test
    void aForeignFamilyBesideIpv4RoutesDoesNotTouchThem() {
        Applied applied = decode(table, EXTERNAL, update("", BASE + "800E09" + "400448" + "04" + "0A000002" + "00", NLRI));
        assertEquals(Set.copyOf(THE_PREFIX), applied.announced.keySet());
    }

    @Test
    void notificationDataHoldsOnlyWhatWasReceived() {
        // the length field of the attribute claims more than the message has (CVE-2017-15865)
        Applied applied = decode(table, EXTERNAL, update("", "4001FF00", ""));
        Outcome.Reset reset = assertInstanceOf(Outcome.Reset.class, applied.outcome);
        assertArrayEquals(new byte[0], reset.notification().data());
        assertEquals("4001ff00", applied.errors.getFirst().hex());
    }

    @Test
    void notificationDataIsCutSoThatTheMessageStaysWithin4096Octets() {
        Applied applied = decode(table, Wire.EXTENDED, update("", attribute(0x40, 99, "00".repeat(5000)), NLRI));
        Outcome.Reset reset = assertInstanceOf(Outcome.Reset.class, applied.outcome);
        assertEquals(4096 - 21, reset.notification().data().length);
    }

    @Test
    void theLineSaysWhatWhereWhyAndWhatFollowed() {
        Applied applied = decode(table, EXTERNAL, update("", BASE + "C02305000000FDE9", "180A0000" + "180A0001" + "180A0002" + "180A0003"));
        assertEquals("TMB-BGP-304 peer msee1 (10.0.0.2) AS65001 to AS65000 UPDATE ipv4: OTC(35) flags 0xC0 length 5 at offset 43: length is 5, wanted 4"
                + " -> treat-as-withdraw 10.0.0.0/24 (+3) [RFC 9234 §5, RFC 7606 §7] octets c02305000000fde9", applied.errors.getFirst().line());
        assertEquals("OTC/treat-as-withdraw", applied.errors.getFirst().counter());
        assertEquals(4, applied.withdrawn.size());
    }

    @Test
    void aMessageFullOfFaultsGivesABoundedNumberOfLines() {
        Applied applied = external(BASE + "40060100".repeat(500));
        assertEquals(Outcome.Ok.OK, applied.outcome);
        assertTrue(applied.errors.size() <= 8, applied.errors.size() + " errors");
    }
}
