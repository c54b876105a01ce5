package tombolo.bgp.core.rib;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tombolo.api.config.NetworkSettings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/** Builds the canonical attribute sets of what the node originates itself; an unspecified next hop stands for "our address on each session". */
final class LocalAttributes {
    private static final int OPTIONAL = 0x80;
    private static final int TRANSITIVE = 0x40;
    private static final int EXTENDED_LENGTH = 0x10;
    /** RFC 1997, 3765, 7611, 7999, 8326, 9494: the names that the configuration takes. */
    private static final Map<String, Integer> WELL_KNOWN = Map.of("accept-own", 0xFFFF0001, "no-export", 0xFFFFFF01, "no-advertise", 0xFFFFFF02, "no-export-subconfed", 0xFFFFFF03,
        "no-peer", 0xFFFFFF04, "blackhole", 0xFFFF029A, "graceful-shutdown", 0xFFFF0000, "llgr-stale", 0xFFFF0006, "no-llgr", 0xFFFF0007);

    private LocalAttributes() { }

    static byte[] of(NetworkSettings network) {
        return canonical(network.prefix().family(), network.nextHop(), network.med(), network.communities());
    }

    static byte[] canonical(AddressFamily family, Optional<IpAddress> nextHop, Optional<Long> med, List<String> communities) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        attribute(out, TRANSITIVE, 1, new byte[] {0}); // ORIGIN IGP
        attribute(out, TRANSITIVE, 2, new byte[0]); // an empty AS_PATH
        byte[] hop = nextHop.orElse(IpAddress.any(family)).toBytes();
        if (family == AddressFamily.IPV4) {
            attribute(out, TRANSITIVE, 3, hop);
        }
        med.ifPresent(value -> attribute(out, OPTIONAL, 4, word(value)));
        TreeSet<String> standard = new TreeSet<>();
        TreeSet<String> extended = new TreeSet<>();
        TreeSet<String> large = new TreeSet<>();
        for (String text : communities) {
            String hex = java.util.HexFormat.of().formatHex(community(text));
            (hex.length() == 8 ? standard : hex.length() == 16 ? extended : large).add(hex);
        }
        list(out, 8, standard);
        if (family == AddressFamily.IPV6) {
            attribute(out, OPTIONAL, 14, hop);
        }
        list(out, 16, extended);
        list(out, 32, large);
        return out.toByteArray();
    }

    private static void list(ByteArrayOutputStream out, int type, TreeSet<String> hex) {
        if (!hex.isEmpty()) {
            attribute(out, OPTIONAL | TRANSITIVE, type, java.util.HexFormat.of().parseHex(String.join("", hex)));
        }
    }

    private static void attribute(ByteArrayOutputStream out, int flags, int type, byte[] value) {
        boolean extended = value.length > 255;
        out.write(flags | (extended ? EXTENDED_LENGTH : 0));
        out.write(type);
        if (extended) {
            out.write(value.length >>> 8);
        }
        out.write(value.length);
        out.writeBytes(value);
    }

    private static byte[] word(long value) {
        return IpAddress.v4((int) value).toBytes();
    }

    /** 4, 8 or 12 octets. The configuration has checked the text; what is no community here is refused with the text. */
    static byte[] community(String text) {
        Integer known = WELL_KNOWN.get(text);
        if (known != null) {
            return word(known);
        }
        String[] parts = text.split(":");
        try {
            if (text.startsWith("0x")) {
                byte[] raw = java.util.HexFormat.of().parseHex(text.substring(2));
                if (raw.length == 4 || raw.length == 8 || raw.length == 12) {
                    return raw;
                }
            } else if (parts.length == 3 && (parts[0].equals("rt") || parts[0].equals("soo"))) {
                return extended(parts[0].equals("rt") ? 2 : 3, parts[1], Long.parseLong(parts[2]));
            } else if (parts.length == 2) {
                return word(number(parts[0], 0xffff) << 16 | number(parts[1], 0xffff));
            } else if (parts.length == 3) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                for (String part : parts) {
                    out.writeBytes(word(number(part, 0xffff_ffffL)));
                }
                return out.toByteArray();
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not a community: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("'" + text + "' is not a community: wanted 65010:100, 65010:1:2, rt:65010:1, soo:1.2.3.4:7 or a well-known name");
    }

    /** RFC 4360 §3.1-3.2, RFC 5668: two-octet AS, IPv4 address or four-octet AS. */
    private static byte[] extended(int subtype, String administrator, long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (administrator.indexOf('.') >= 0) {
            out.writeBytes(new byte[] {1, (byte) subtype});
            out.writeBytes(IpAddress.parse(administrator).toBytes());
            out.writeBytes(new byte[] {(byte) (value >>> 8), (byte) value});
        } else if (number(administrator, 0xffff_ffffL) <= 0xffff) {
            out.writeBytes(new byte[] {0, (byte) subtype});
            out.writeBytes(new byte[] {(byte) (Long.parseLong(administrator) >>> 8), (byte) Long.parseLong(administrator)});
            out.writeBytes(word(value));
        } else {
            out.writeBytes(new byte[] {2, (byte) subtype});
            out.writeBytes(word(Long.parseLong(administrator)));
            out.writeBytes(new byte[] {(byte) (value >>> 8), (byte) value});
        }
        return out.toByteArray();
    }

    private static long number(String text, long limit) {
        long number = Long.parseLong(text);
        if (number < 0 || number > limit) {
            throw new IllegalArgumentException(text + " is not 0 to " + limit);
        }
        return number;
    }
}
