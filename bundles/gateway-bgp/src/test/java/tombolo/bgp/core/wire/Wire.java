package tombolo.bgp.core.wire;

import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;

/** Messages and contexts for tests. */
public final class Wire {
    static final Set<AddressFamily> BOTH = Set.of(AddressFamily.IPV4, AddressFamily.IPV6);
    /** An external peer, AS 65001 at 10.0.0.2, of AS 65000 at 10.0.0.1, with 4-octet ASes and both families. */
    static final DecodeContext EXTERNAL = new DecodeContext("msee1 (10.0.0.2)", BOTH, true, false, new Asn(65000), new Asn(65001),
            List.of(IpAddress.parse("10.0.0.1"), IpAddress.parse("2001:db8::1")), 4096, true, false);
    /** The same with messages of 65,535 octets (RFC 8654). */
    static final DecodeContext EXTENDED = new DecodeContext("msee1 (10.0.0.2)", BOTH, true, false, new Asn(65000), new Asn(65001),
            List.of(IpAddress.parse("10.0.0.1"), IpAddress.parse("2001:db8::1")), 65_535, true, false);
    static final DecodeContext INTERNAL = new DecodeContext("rr1 (10.0.0.3)", BOTH, true, true, new Asn(65000), new Asn(65000),
            List.of(IpAddress.parse("10.0.0.1"), IpAddress.parse("2001:db8::1")), 4096, true, false);
    static final DecodeContext TWO_OCTET = new DecodeContext("old (10.0.0.2)", BOTH, false, false, new Asn(65000), new Asn(65001),
            List.of(IpAddress.parse("10.0.0.1")), 4096, true, false);

    static final String ORIGIN = "40010100";
    /** 65001. */
    static final String PATH = "400206" + "02010000FDE9";
    static final String PATH2 = "400204" + "0201FDE9";
    static final String NEXT_HOP = "4003040A000002";
    /** What an announcement needs. */
    static final String BASE = ORIGIN + PATH + NEXT_HOP;
    /** 10.1.0.0/16. */
    static final String NLRI = "100A01";
    /** MP_REACH_NLRI of 2001:db8:1::/48 through 2001:db8::2. */
    static final String REACH6 = "800E1C" + "000201" + "10" + "20010DB8000000000000000000000002" + "00" + "3020010DB80001";

    private Wire() { }

    public static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().withUpperCase().formatHex(bytes);
    }

    static byte[] update(String withdrawn, String attributes, String nlri) {
        int w = withdrawn.length() / 2;
        int a = attributes.length() / 2;
        return message(String.format("%04X", w) + withdrawn + String.format("%04X", a) + attributes + nlri);
    }

    /** A message of type 2 with this body. */
    static byte[] message(String body) {
        return hex("FF".repeat(16) + String.format("%04X", 19 + body.length() / 2) + "02" + body);
    }

    /** An attribute with the extended length where its value needs it. */
    static String attribute(int flags, int type, String value) {
        int length = value.length() / 2;
        return length > 255 ? String.format("%02X%02X%04X", flags | 0x10, type, length) + value : String.format("%02X%02X%02X", flags, type, length) + value;
    }

    /** A 4-octet AS_PATH of one sequence. */
    static String path(long... ases) {
        StringBuilder value = new StringBuilder(String.format("02%02X", ases.length));
        for (long as : ases) {
            value.append(String.format("%08X", as));
        }
        return attribute(0x40, 2, value.toString());
    }

    /** Decodes one message into a new sink. */
    static Applied decode(AttributeTable table, DecodeContext context, byte[] message) {
        Applied applied = new Applied(table);
        applied.outcome = new UpdateDecoder(table).decode(message, 0, message.length, context, applied);
        return applied;
    }

    /** A set from canonical octets, with one reference. */
    public static int set(AttributeTable table, String canonical) {
        byte[] bytes = hex(canonical);
        return table.intern(bytes, 0, bytes.length);
    }
}
