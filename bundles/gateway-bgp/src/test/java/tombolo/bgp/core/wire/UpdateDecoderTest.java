package tombolo.bgp.core.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import static tombolo.bgp.core.wire.Wire.path;
import static tombolo.bgp.core.wire.Wire.update;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;

class UpdateDecoderTest {
    private static final Prefix THE_PREFIX = Prefix.parse("10.1.0.0/16");
    private static final Prefix THE_PREFIX6 = Prefix.parse("2001:db8:1::/48");
    private static final String HOP6 = "800E10" + "20010DB8000000000000000000000002";

    private final AttributeTable table = new AttributeTable(1);

    private static String set(Applied applied, Prefix prefix) {
        assertEquals(Outcome.Ok.OK, applied.outcome);
        assertEquals(List.of(), applied.errors);
        return String.valueOf(applied.announced.get(prefix)).toUpperCase();
    }

    @Test
    void rfc4760Ipv6RoutesCarryTheNextHopAsAPseudoAttribute() {
        Applied applied = decode(table, EXTERNAL, update("", REACH6 + ORIGIN + PATH, ""));
        assertEquals(Map.of(THE_PREFIX6, (ORIGIN + PATH + HOP6).toLowerCase()), applied.announced);
        assertEquals(List.of(), applied.errors);
    }

    @Test
    void rfc2545TheLinkLocalNextHopIsKeptBesideTheGlobalOne() {
        String hops = "20010DB8000000000000000000000002" + "FE800000000000000000000000000002";
        String reach = attribute(0x80, 14, "000201" + "20" + hops + "00" + "3020010DB80001");
        assertEquals(ORIGIN + PATH + "800E20" + hops, set(decode(table, EXTERNAL, update("", reach + ORIGIN + PATH, "")), THE_PREFIX6));
    }

    @ParameterizedTest
    @CsvSource({"20010DB8000000000000000000000002, 20010DB8000000000000000000000009, 20010DB8000000000000000000000002",
        "20010DB8000000000000000000000002, 00000000000000000000000000000000, 20010DB8000000000000000000000002",
        "00000000000000000000000000000000, FE800000000000000000000000000002, FE800000000000000000000000000002"})
    void aSecondNextHopThatSaysNothingIsLeftOut(String first, String second, String kept) {
        String reach = attribute(0x80, 14, "000201" + "20" + first + second + "00" + "3020010DB80001");
        assertEquals(ORIGIN + PATH + "800E10" + kept, set(decode(table, EXTERNAL, update("", reach + ORIGIN + PATH, "")), THE_PREFIX6));
    }

    @Test
    void oneMessageMayCarryClassicAndMultiprotocolRoutesAndWithdrawals() {
        // RFC 7606 §5.1: not to be sent, but to be received
        Applied applied = decode(table, EXTERNAL, update("180A0901", REACH6 + BASE + "800F0A" + "000201" + "3020010DB80002", NLRI));
        assertEquals(ORIGIN + PATH + NEXT_HOP, set(applied, THE_PREFIX));
        assertEquals(ORIGIN + PATH + HOP6, set(applied, THE_PREFIX6));
        assertEquals(List.of(Prefix.parse("10.9.1.0/24"), Prefix.parse("2001:db8:2::/48")), applied.withdrawn);
        assertEquals(List.of(), applied.ends);
    }

    @Test
    void ipv4RoutesMayComeInMpReach() {
        String reach = "800E0C" + "000101" + "04" + "0A000007" + "00" + NLRI;
        assertEquals(ORIGIN + PATH + "4003040A000007", set(decode(table, EXTERNAL, update("", ORIGIN + PATH + reach, "")), THE_PREFIX));
    }

    @Test
    void rfc4760Section3NextHopBesideMpReachAloneIsIgnoredHoweverMalformed() {
        for (String nextHop : List.of(NEXT_HOP, "400300", "4003047F000001", "C003040A000002")) {
            assertEquals(ORIGIN + PATH + HOP6, set(decode(table, EXTERNAL, update("", ORIGIN + PATH + nextHop + REACH6, "")), THE_PREFIX6));
        }
    }

    @Test
    void rfc4724EndOfRibOfBothFamilies() {
        assertEquals(List.of(AddressFamily.IPV4), decode(table, EXTERNAL, update("", "", "")).ends);
        assertEquals(List.of(AddressFamily.IPV6), decode(table, EXTERNAL, update("", "800F03000201", "")).ends);
        assertEquals(List.of(AddressFamily.IPV6), decode(table, EXTERNAL, update("", "900F0003000201", "")).ends);
        assertEquals(List.of(AddressFamily.IPV4), decode(table, EXTERNAL, update("", "800F03000101", "")).ends);
    }

    @Test
    void anEmptyMpUnreachBesideOtherThingsIsNoEndOfRib() {
        assertEquals(List.of(), decode(table, EXTERNAL, update("", "800F03000201" + BASE, NLRI)).ends);
        assertEquals(List.of(), decode(table, EXTERNAL, update("100A01", "800F03000201", "")).ends);
    }

    @Test
    void anUpdateWithAttributesAndNoPrefixesSaysNothing() {
        Applied applied = decode(table, EXTERNAL, update("", BASE, ""));
        assertEquals(Outcome.Ok.OK, applied.outcome);
        assertTrue(applied.announced.isEmpty() && applied.withdrawn.isEmpty() && applied.ends.isEmpty() && applied.errors.isEmpty());
    }

    @Test
    void rfc4271Section43WithdrawalsComeBeforeAnnouncements() {
        StringBuilder order = new StringBuilder();
        UpdateSink sink = new Applied(table) {
            @Override
            public void withdraw(AddressFamily family, long hi, long lo, int length) {
                order.append('w');
            }

            @Override
            public void announce(AddressFamily family, long hi, long lo, int length, int attributeId) {
                order.append('a');
            }
        };
        byte[] message = update(NLRI, REACH6 + BASE + "800F0A" + "000201" + "3020010DB80001", NLRI);
        new UpdateDecoder(table).decode(message, 0, message.length, EXTERNAL, sink);
        assertEquals("wwaa", order.toString());
    }

    @Test
    void attributesInAnyOrderGiveOneSet() {
        UpdateDecoder decoder = new UpdateDecoder(table);
        Set<Integer> ids = new java.util.HashSet<>();
        for (String attributes : List.of(BASE, NEXT_HOP + PATH + ORIGIN, PATH + ORIGIN + NEXT_HOP, "5001000100" + PATH + NEXT_HOP)) {
            byte[] message = update("", attributes, NLRI);
            decoder.decode(message, 0, message.length, EXTERNAL, new Applied(table) {
                @Override
                public void announce(AddressFamily family, long hi, long lo, int length, int attributeId) {
                    table.retain(attributeId);
                    ids.add(attributeId);
                }
            });
        }
        assertEquals(1, ids.size());
    }

    @Test
    void theSameOctetsMeanSomethingElseFromATwoOctetPeer() {
        // one sequence of 2 2-octet ASes and one of 1 4-octet AS have the same length: 4-octet first, so that its octets are known
        String attributes = ORIGIN + "400206" + "02010000FDE9" + NEXT_HOP;
        UpdateDecoder decoder = new UpdateDecoder(table);
        byte[] message = update("", attributes, NLRI);
        Applied keeping = new Applied(table) {
            @Override
            public void announce(AddressFamily family, long hi, long lo, int length, int attributeId) {
                table.retain(attributeId);
            }
        };
        decoder.decode(message, 0, message.length, EXTERNAL, keeping);
        assertEquals(1, table.size());
        Applied applied = new Applied(table);
        assertEquals(Outcome.Ok.OK, decoder.decode(message, 0, message.length, TWO_OCTET, applied));
        assertEquals(List.of(THE_PREFIX), applied.withdrawn, "AS 0, then an octet too few");
    }

    @Test
    void aKnownSetIsJudgedAnewForAnotherKindOfPeer() {
        String attributes = BASE + "40050400000064";
        byte[] message = update("", attributes, NLRI);
        UpdateDecoder decoder = new UpdateDecoder(table);
        decoder.decode(message, 0, message.length, INTERNAL, new Applied(table) {
            @Override
            public void announce(AddressFamily family, long hi, long lo, int length, int attributeId) {
                table.retain(attributeId);
            }
        });
        Applied again = new Applied(table);
        decoder.decode(message, 0, message.length, INTERNAL, again);
        assertEquals(attributes.toLowerCase(), again.announced.get(THE_PREFIX));
        Applied external = new Applied(table);
        decoder.decode(message, 0, message.length, EXTERNAL, external);
        assertEquals(BASE.toLowerCase(), external.announced.get(THE_PREFIX));
        assertEquals(1, external.errors.size());
    }

    @Test
    void aSinkThatThrowsLeavesNoReferenceBehind() {
        byte[] message = update("", BASE, NLRI);
        UpdateSink broken = new Applied(table) {
            @Override
            public void announce(AddressFamily family, long hi, long lo, int length, int attributeId) {
                throw new IllegalStateException("on purpose");
            }
        };
        org.junit.jupiter.api.Assertions.assertThrows(IllegalStateException.class,
                () -> new UpdateDecoder(table).decode(message, 0, message.length, EXTERNAL, broken));
        assertEquals(0, table.size());
    }

    @ParameterizedTest(name = "AS_PATH {0} with AS4_PATH {1} is {2}")
    @CsvSource({
        "02035BA000010002, '', 23456 1 2",                                           // AS_TRANS without AS4_PATH
        "0203FDE95BA00002, 02020001000000000002, 65001 65536 2",                       // RFC 6793 §4.2.3
        "0202FDE95BA0, 0203000000010000000200000003, 65001 23456",                     // AS4_PATH longer: ignored
        "0203FDE95BA05BA0, 02030000FDE90001000000010001, 65001 65536 65537",
        "0202FDE90007 010200080009, 020100000064, 65001 7 100",                        // the set counts 1
        "0201FDE9 01025BA00007, 02010000FDE9 01020001000000000007, 65001 {65536 7}"})
    void rfc6793As4PathIsMerged(String as2, String as4, String expected) {
        String path2 = as2.replace(" ", "");
        String path4 = as4.replace(" ", "");
        Applied applied = decode(table, TWO_OCTET.withEnforceFirstAs(false),
                update("", ORIGIN + attribute(0x40, 2, path2) + NEXT_HOP + (path4.isEmpty() ? "" : attribute(0xC0, 17, path4)), NLRI));
        int id = Wire.set(table, set(applied, THE_PREFIX));
        assertEquals(expected, table.asPathText(id));
    }

    @Test
    void rfc6793As4AggregatorTakesThePlaceOfAsTrans() {
        String attributes = ORIGIN + "4002040201FDE9" + NEXT_HOP + "C007065BA00A000001" + "C01208000100000A000001";
        assertEquals(BASE + "C00708000100000A000001", set(decode(table, TWO_OCTET, update("", attributes, NLRI)), THE_PREFIX));
    }

    @Test
    void rfc6793Section423AnAggregatorWithItsOwnAsMakesBothAs4AttributesVoid() {
        String attributes = ORIGIN + "4002060202FDE95BA0" + NEXT_HOP + "C00706FDE90A000001" + "C0110A02020000FDE900010000" + "C01208000100000A000001";
        assertEquals(ORIGIN + path(65001, 23456) + NEXT_HOP + "C007080000FDE90A000001",
                set(decode(table, TWO_OCTET, update("", attributes, NLRI)), THE_PREFIX));
    }

    @Test
    void rfc6793Section41As4AttributesFromAFourOctetPeerAreDiscarded() {
        Applied applied = decode(table, EXTERNAL, update("", BASE + "C01106020100010000" + "C01208000100000A000001", NLRI));
        assertEquals(BASE.toLowerCase(), applied.announced.get(THE_PREFIX));
        assertEquals(2, applied.errors.size());
    }

    @Test
    void rfc6793Section6AMalformedAs4PathIsDiscarded() {
        for (String as4 : List.of("", "0201", "020000010000", "05010001000000", "0202000100000000", "020100000000")) {
            Applied applied = decode(table, TWO_OCTET, update("", ORIGIN + Wire.PATH2 + NEXT_HOP + attribute(0xC0, 17, as4), NLRI));
            assertEquals(BASE.toLowerCase(), applied.announced.get(THE_PREFIX), as4);
            assertEquals(UpdateError.Action.ATTRIBUTE_DISCARD, applied.errors.getFirst().action());
        }
    }

    @Test
    void anExtendedMessageOf65535OctetsIsRead() {
        // RFC 8654: 16,000 prefixes of 4 octets and a long unknown attribute
        StringBuilder nlri = new StringBuilder();
        int room = 65_535 - 23 - BASE.length() / 2;
        for (int i = 0; i < room / 4; i++) {
            nlri.append(String.format("180A%02X%02X", i >> 8 & 255, i & 255));
        }
        Applied applied = decode(table, Wire.EXTENDED, update("", BASE, nlri.toString()));
        assertEquals(Outcome.Ok.OK, applied.outcome);
        assertEquals(room / 4, applied.announced.size());
        assertEquals(0, table.size());
    }
}
