package tombolo.config.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tombolo.api.config.FilterSettings.Bits;
import tombolo.api.config.FilterSettings.CommunityKind;
import tombolo.api.config.FilterSettings.CommunityPattern;
import tombolo.api.expressroute.MicrosoftCommunities;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;

/**
 * Communities as text: standard (RFC 1997), extended (RFC 4360, 5668) and large (RFC 8092).
 *
 * <pre>
 * standard  65010:100  65010:*  *:100  no-export            ASN 16 | value 16
 * extended  rt:65010:1  rt:4200000001:1  soo:1.2.3.4:7      type 8 | subtype 8 | administrator 16 or 32 | value 32 or 16
 *           0x0002fde800000001                              all 8 octets as they are
 * large     65010:1:2  65010:*:*                            administrator 32 | data 32 | data 32
 * Microsoft 12076:entra-id  12076:storage.west-europe       standard, by the names of {@link MicrosoftCommunities}
 * </pre>
 */
final class Communities {
    /** IANA "BGP Well-known Communities". */
    static final Map<String, Long> WELL_KNOWN = wellKnown();
    private static final String FORMS = "communities: 65010:100, no-export, rt:65010:1, soo:1.2.3.4:7, 65010:1:2 or 0x and 16 hexadecimal digits;"
            + " of Microsoft's also by name: 12076:entra-id, 12076:storage.west-europe";
    private static final String MICROSOFT = "12076";
    private static final long ALL_STANDARD = 0xffff_ffffL;

    private Communities() { }

    static final ValueType<CommunityPattern> PATTERN = ValueType.special(FORMS + "; * stands for any number", Communities::parse);
    static final ValueType<CommunityPattern> EXACT = ValueType.special(FORMS,
            text -> {
                CommunityPattern pattern = parse(text);
                if (text.indexOf('*') >= 0) {
                    throw new IllegalArgumentException("'" + text + "': a pattern cannot be attached to a route");
                }
                return pattern;
            });

    static CommunityPattern parse(String text) {
        Long wellKnown = WELL_KNOWN.get(text);
        if (wellKnown != null) {
            return new CommunityPattern(CommunityKind.STANDARD, new Bits(0, wellKnown), new Bits(0, ALL_STANDARD), text);
        }
        if (text.startsWith("0x")) {
            if (text.length() != 18 || !text.substring(2).chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
                throw notOne(text);
            }
            return new CommunityPattern(CommunityKind.EXTENDED, new Bits(0, Long.parseUnsignedLong(text.substring(2), 16)), new Bits(0, -1), text);
        }
        String[] parts = text.split(":", -1);
        if (parts.length == 3 && (parts[0].equals("rt") || parts[0].equals("soo"))) {
            return extended(text, parts[0].equals("rt") ? 2 : 3, parts[1], parts[2]);
        }
        if (parts.length == 2 && parts[0].equals(MICROSOFT) && !parts[1].isEmpty() && Character.isLetter(parts[1].charAt(0))) {
            parts = microsoft(parts[1]).split(":", -1);
        }
        if (parts.length == 2) {
            Field high = Field.of(text, parts[0], 16);
            Field low = Field.of(text, parts[1], 16);
            return new CommunityPattern(CommunityKind.STANDARD, new Bits(0, high.value << 16 | low.value), new Bits(0, high.mask << 16 | low.mask), text);
        }
        if (parts.length == 3) {
            Field global = Field.of(text, parts[0], 32);
            Field first = Field.of(text, parts[1], 32);
            Field second = Field.of(text, parts[2], 32);
            return new CommunityPattern(CommunityKind.LARGE, new Bits((int) global.value, first.value << 32 | second.value),
                    new Bits((int) global.mask, first.mask << 32 | second.mask), text);
        }
        throw notOne(text);
    }

    /** {@code 12076:51004}, of its name. */
    static String microsoft(String word) {
        return MicrosoftCommunities.byWord(word).orElseThrow(() -> new IllegalArgumentException("'" + word + "' is not the name of a community of Microsoft's that is known here; it may be written by its number"));
    }

    /** The administrator decides the type: a 2-octet AS (0), an IPv4 address (1) or a 4-octet AS (2); the rest of the 6 octets is the value. */
    private static CommunityPattern extended(String text, int subtype, String administrator, String number) {
        if (administrator.equals("*")) {
            throw new IllegalArgumentException("'" + text + "': the administrator of an extended community decides its type and cannot be *");
        }
        int type;
        long admin;
        if (administrator.chars().filter(c -> c == '.').count() == 3) {
            type = 1;
            admin = IpAddress.parse(administrator).v4Bits() & 0xffff_ffffL;
        } else {
            admin = Asn.parse(administrator).value();
            type = admin > 0xffff ? 2 : 0;
        }
        int valueBits = type == 0 ? 32 : 16;
        Field value = Field.of(text, number, valueBits);
        long head = (long) type << 56 | (long) subtype << 48;
        long mask = 0xffff_0000_0000_0000L | (type == 0 ? 0xffffL : 0xffff_ffffL) << valueBits | value.mask;
        return new CommunityPattern(CommunityKind.EXTENDED, new Bits(0, head | admin << valueBits | value.value), new Bits(0, mask), text);
    }

    private record Field(long value, long mask) {
        static Field of(String text, String part, int bits) {
            if (part.equals("*")) {
                return new Field(0, 0);
            }
            Optional<Long> number = part.isEmpty() || part.length() > 10 || !part.chars().allMatch(c -> c >= '0' && c <= '9') ? Optional.empty()
                    : Optional.of(Long.parseLong(part));
            long most = (1L << bits) - 1;
            return new Field(number.filter(n -> n <= most).orElseThrow(() -> new IllegalArgumentException("'" + text + "': '" + part
                    + "' is not a number of 0 to " + most)), most);
        }
    }

    private static IllegalArgumentException notOne(String text) {
        return new IllegalArgumentException("'" + text + "' is not a community");
    }

    private static Map<String, Long> wellKnown() {
        Map<String, Long> names = new LinkedHashMap<>();
        names.put("graceful-shutdown", 0xffff_0000L); // RFC 8326
        names.put("accept-own", 0xffff_0001L);        // RFC 7611
        names.put("llgr-stale", 0xffff_0006L);        // RFC 9494
        names.put("no-llgr", 0xffff_0007L);
        names.put("blackhole", 0xffff_029aL);         // RFC 7999
        names.put("no-export", 0xffff_ff01L);         // RFC 1997
        names.put("no-advertise", 0xffff_ff02L);
        names.put("no-export-subconfed", 0xffff_ff03L);
        names.put("no-peer", 0xffff_ff04L);           // RFC 3765
        return names;
    }
}
