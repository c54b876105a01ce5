package tombolo.bgp.core.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tombolo.bgp.core.wire.Wire.BASE;
import static tombolo.bgp.core.wire.Wire.NEXT_HOP;
import static tombolo.bgp.core.wire.Wire.ORIGIN;
import static tombolo.bgp.core.wire.Wire.PATH;
import static tombolo.bgp.core.wire.Wire.path;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.config.PeerSettings.NextHopMode;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;

class AttributeEditorTest {
    private static final String HOP6 = "800E10" + "20010DB8000000000000000000000002";
    private static final String HOP6_LINK = "800E20" + "20010DB8000000000000000000000002" + "FE800000000000000000000000000002";

    private final AttributeTable table = new AttributeTable(1);
    private final AttributeEditor editor = new AttributeEditor(table);

    private String edit(String set, UnaryOperator<AttributeEditor> change) {
        int id = Wire.set(table, set);
        int made = change.apply(editor.load(id)).intern();
        String result = made == 0 ? "" : Wire.hex(table.canonical(made));
        if (made != 0) {
            table.release(made);
        }
        table.release(id);
        assertEquals(0, table.size());
        return result;
    }

    @Test
    void noChangeGivesTheSetItself() {
        int id = Wire.set(table, BASE);
        assertEquals(id, editor.load(id).intern());
        assertEquals(id, editor.load(id).removeMed().removePrivateAs(65001).prepend(7, 0).clearCommunities(AttributeEditor.LARGE).intern());
        assertEquals(1, table.size());
    }

    @Test
    void attributesStayInTheOrderOfTheirTypes() {
        assertEquals(ORIGIN + PATH + NEXT_HOP + "80040400000007" + "40050400000064" + "C00804FDE90064" + "E06300",
                edit(BASE + "E06300", e -> e.addCommunity(AttributeEditor.STANDARD, 0, 0xFDE90064L).setLocalPreference(100).setMed(7)));
    }

    @Test
    void aCommunityIsAddedOnce() {
        assertEquals(BASE + "C00804FDE90064", edit(BASE + "C00804FDE90064", e -> e.addCommunity(AttributeEditor.STANDARD, 0, 0xFDE90064L)));
        assertEquals(BASE + "C00808FDE90064FDE90065", edit(BASE + "C00804FDE90064", e -> e.addCommunity(AttributeEditor.STANDARD, 0, 0xFDE90065L)));
    }

    @Test
    void removingTheLastCommunityRemovesTheAttribute() {
        assertEquals(BASE, edit(BASE + "C00804FDE90064", e -> e.removeCommunities(AttributeEditor.STANDARD, 0, 0xFDE90000L, 0, 0xFFFF0000L)));
        assertEquals(BASE + "C00804FDEA0064", edit(BASE + "C0080CFDE90064FDEA0064FDE90001",
                e -> e.removeCommunities(AttributeEditor.STANDARD, 0, 0xFDE90000L, 0, 0xFFFF0000L)));
        assertEquals(BASE, edit(BASE + "C0200C0000FDE90000000100000002", e -> e.removeCommunities(AttributeEditor.LARGE, 65001, 0, -1, 0)));
    }

    @Test
    void rfc4360Section6NonTransitiveExtendedCommunitiesAreTakenOut() {
        assertEquals(BASE + "C010080002FDE900000001", edit(BASE + "C010104004FDE9000000010002FDE900000001", AttributeEditor::removeNonTransitiveExtended));
    }

    @ParameterizedTest
    @CsvSource({"64512, ''", "64511 64512 4200000000 7, 64511 7", "65534 65535, 65535", "7 8, 7 8", "65001 64512, 65001"})
    void privateAsesAreTakenOutButNotThePeersOwn(String from, String expected) {
        long[] ases = java.util.Arrays.stream(from.split(" ")).mapToLong(Long::parseLong).toArray();
        String wanted = expected.isEmpty() ? "400200" : path(java.util.Arrays.stream(expected.split(" ")).mapToLong(Long::parseLong).toArray());
        assertEquals(ORIGIN + wanted + NEXT_HOP, edit(ORIGIN + path(ases) + NEXT_HOP, e -> e.removePrivateAs(65001)));
    }

    @Test
    void segmentsThatBecomeEmptyVanish() {
        assertEquals(ORIGIN + "40020C" + "020100000007" + "010100000008" + NEXT_HOP,
                edit(ORIGIN + "40021A" + "020100000007" + "01020000FC00FFFFFFFD".replace("FFFFFFFD", "0000FC01") + "01020000FC0000000008" + NEXT_HOP, e -> e.removePrivateAs(0)));
    }

    @Test
    void prependingAfterRemovingPrivateAsesKeepsThePathSound() {
        assertEquals(ORIGIN + path(9, 9, 7) + NEXT_HOP, edit(ORIGIN + path(64512, 7, 64513) + NEXT_HOP, e -> e.removePrivateAs(0).prepend(9, 2)));
        assertEquals(ORIGIN + path(9) + NEXT_HOP, edit(ORIGIN + "400200" + NEXT_HOP, e -> e.prepend(9, 1)));
        assertEquals(ORIGIN + "40020C" + "020100000009" + "010100000007" + NEXT_HOP, edit(ORIGIN + "400206" + "010100000007" + NEXT_HOP, e -> e.prepend(9, 1)));
    }

    @Test
    void theNextHopChangesItsFamily() {
        assertEquals(ORIGIN + PATH + HOP6, edit(BASE, e -> e.setNextHop(IpAddress.parse("2001:db8::2"))));
        assertEquals(BASE, edit(ORIGIN + PATH + HOP6, e -> e.setNextHop(IpAddress.parse("10.0.0.2"))));
        assertEquals(ORIGIN + PATH + HOP6_LINK, edit(BASE, e -> e.setNextHop(IpAddress.parse("2001:db8::2"), IpAddress.parse("fe80::2"))));
    }

    @Test
    void anOwnRouteIsMadeOfNothing() {
        int id = editor.create().setOrigin(0).setNextHop(IpAddress.any(AddressFamily.IPV4)).setMed(5).intern();
        assertEquals("40010100" + "400200" + "40030400000000" + "80040400000005", Wire.hex(table.canonical(id)));
    }

    private String export(ExportContext context, String set, boolean originated) {
        int id = Wire.set(table, set);
        String result = "";
        for (boolean filtersSetMed : new boolean[] {true, false}) { // without a filter both come to the same
            OutboundAttributes outbound = new OutboundAttributes(table, context, filtersSetMed);
            int held = outbound.export(id, originated);
            for (int round = 0; round < 3; round++) { // also from memory
                int out = outbound.export(id, originated);
                assertEquals(held, out);
                String seen = out == 0 ? "" : Wire.hex(table.canonical(out));
                assertEquals(filtersSetMed ? seen : result, seen);
                result = seen;
                if (out != 0) {
                    table.release(out);
                }
            }
            if (held != 0) {
                table.release(held);
            }
        }
        table.release(id);
        assertEquals(0, table.size());
        return result;
    }

    private static ExportContext to(boolean ibgp, boolean self, boolean removePrivate) {
        return new ExportContext(ibgp, new Asn(65000), Optional.empty(), new Asn(ibgp ? 65000 : 65009), Optional.of(IpAddress.parse("192.0.2.1")),
                Optional.of(IpAddress.parse("2001:db8:9::1")), Optional.of(IpAddress.parse("fe80::9")), self ? NextHopMode.SELF : NextHopMode.AUTO, removePrivate, 100, 0);
    }

    private static final String OWN6 = "800E20" + "20010DB8000900000000000000000001" + "FE800000000000000000000000000009";

    @Test
    void rfc4271Section51ToAnExternalPeer() {
        // our AS in front (§5.1.2), our next hop (§5.1.3), no received MED (§5.1.4), no LOCAL_PREF (§5.1.5), no reflection attributes (RFC 4456 §8)
        String received = BASE + "80040400000005" + "400504000000C8" + "400600" + "C00804FDE90064" + "8009040A000009" + "800A040A000008" + "E06300";
        assertEquals(ORIGIN + path(65000, 65001) + "400304C0000201" + "400600" + "C00804FDE90064" + "E06300", export(to(false, false, false), received, false));
        assertEquals(ORIGIN + path(65000, 65001) + OWN6, export(to(false, false, false), ORIGIN + PATH + HOP6_LINK, false));
    }

    @Test
    void rfc4271Section515ToAnInternalPeerLocalPrefIsAddedAndTheRestStays() {
        assertEquals(BASE + "80040400000005" + "40050400000064", export(to(true, false, false), BASE + "80040400000005", false));
        assertEquals(BASE + "400504000000C8", export(to(true, false, false), BASE + "400504000000C8", false));
        assertEquals(ORIGIN + PATH + "400304C0000201" + "40050400000064", export(to(true, true, false), BASE, false));
    }

    @Test
    void rfc2545Section3ALinkLocalNextHopIsNotPassedOnToInternalPeers() {
        assertEquals(ORIGIN + PATH + "40050400000064" + HOP6, export(to(true, false, false), ORIGIN + PATH + HOP6_LINK, false));
        assertEquals(ORIGIN + PATH + "40050400000064" + OWN6, export(to(true, false, false), ORIGIN + PATH + "800E10" + "FE800000000000000000000000000002", false));
    }

    @Test
    void anOwnRouteKeepsItsMedAndItsNextHopWhereOneWasGiven() {
        String own = ORIGIN + "400200" + "400304C6336401" + "80040400000005";
        assertEquals(ORIGIN + path(65000) + "400304C6336401" + "80040400000005", export(to(false, false, false), own, true));
        String unspecified = ORIGIN + "400200" + "40030400000000";
        assertEquals(ORIGIN + path(65000) + "400304C0000201", export(to(false, false, false), unspecified, true));
        assertEquals(ORIGIN + "400200" + "400304C0000201" + "40050400000064", export(to(true, false, false), unspecified, true));
    }

    @Test
    void privateAsesAreLeftOutWhereConfigured() {
        assertEquals(ORIGIN + path(65000, 7) + "400304C0000201", export(to(false, false, true), ORIGIN + path(65001, 7) + NEXT_HOP, false));
        assertEquals(ORIGIN + path(65000, 65009) + "400304C0000201", export(to(false, false, true), ORIGIN + path(65001, 65009) + NEXT_HOP, false));
    }

    @Test
    void withoutAnAddressOfOursARouteThatNeedsItIsNotSent() {
        ExportContext none = new ExportContext(false, new Asn(65000), Optional.empty(), new Asn(65009), Optional.empty(), Optional.empty(), Optional.empty(),
                NextHopMode.AUTO, false, 100, 0);
        assertEquals("", export(none, BASE, false));
    }

    @Test
    void aMedAndANextHopSetByAFilterStay() {
        OutboundAttributes outbound = new OutboundAttributes(table, to(false, false, false));
        int id = Wire.set(table, BASE + "80040400000005");
        int before = outbound.prepare(id, false);
        int filtered = editor.load(before).setMed(9).setNextHop(IpAddress.parse("203.0.113.1")).intern();
        int out = outbound.finish(filtered, before, false);
        assertEquals(ORIGIN + path(65000, 65001) + "400304CB007101" + "80040400000009", Wire.hex(table.canonical(out)));
    }
}
