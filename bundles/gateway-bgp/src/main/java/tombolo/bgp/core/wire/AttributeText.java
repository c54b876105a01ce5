package tombolo.bgp.core.wire;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/** Attributes and communities as text. */
public final class AttributeText {
    /** More of an unknown attribute's value is of no use on a screen. */
    private static final int MAX_HEX_OCTETS = 64;
    private static final String[] ORIGINS = {"igp", "egp", "incomplete", "?"};
    private static final Map<Integer, String> WELL_KNOWN = Map.of(0xffff0000, "graceful-shutdown", 0xffff0001, "accept-own", 0xffff0006, "llgr-stale",
            0xffff0007, "no-llgr", 0xffff029a, "blackhole", 0xffffff01, "no-export", 0xffffff02, "no-advertise", 0xffffff03, "local-as",
            0xffffff04, "no-peer");

    private AttributeText() { }

    static AttributeView view(AttributeTable table, int id) {
        byte[] bytes = table.bytes(id);
        List<String> communities = new ArrayList<>();
        List<String> others = new ArrayList<>();
        String path = "";
        int end = table.offset(id) + table.length(id);
        for (int at = table.offset(id); at < end; at = AttributeTable.next(bytes, at)) {
            int value = AttributeTable.valueAt(bytes, at);
            int length = AttributeTable.next(bytes, at) - value;
            switch (bytes[at + 1] & 0xff) {
                case AttributeType.ORIGIN, AttributeType.NEXT_HOP, AttributeType.MED, AttributeType.LOCAL_PREF -> { }
                case AttributeType.AS_PATH -> path = AsPath.text(bytes, value, length);
                case AttributeType.COMMUNITIES -> {
                    for (int i = 0; i < length; i += 4) {
                        communities.add(community(Octets.i32(bytes, value + i)));
                    }
                }
                case AttributeType.EXTENDED_COMMUNITIES -> {
                    for (int i = 0; i < length; i += 8) {
                        communities.add(extendedCommunity(Octets.i64(bytes, value + i)));
                    }
                }
                case AttributeType.LARGE_COMMUNITIES -> {
                    for (int i = 0; i < length; i += 12) {
                        communities.add(largeCommunity(Octets.i32(bytes, value + i), Octets.i64(bytes, value + i + 4)));
                    }
                }
                case AttributeType.ATOMIC_AGGREGATE -> others.add("atomic-aggregate");
                case AttributeType.AGGREGATOR -> others.add("aggregator: " + unsigned(bytes, value) + " " + IpAddress.v4(Octets.i32(bytes, value + 4)));
                case AttributeType.ORIGINATOR_ID -> others.add("originator-id: " + IpAddress.v4(Octets.i32(bytes, value)));
                case AttributeType.CLUSTER_LIST -> {
                    StringBuilder list = new StringBuilder("cluster-list:");
                    for (int i = 0; i < length; i += 4) {
                        list.append(' ').append(IpAddress.v4(Octets.i32(bytes, value + i)));
                    }
                    others.add(list.toString());
                }
                case AttributeType.MP_REACH_NLRI -> {
                    if (length == 32) {
                        others.add("link-local next hop: " + IpAddress.fromBytes(AddressFamily.IPV6, bytes, value + 16));
                    }
                }
                case AttributeType.ONLY_TO_CUSTOMER -> others.add("only-to-customer: " + unsigned(bytes, value));
                default -> others.add(unknown(bytes, at, value, length));
            }
        }
        return new AttributeView(ORIGINS[table.origin(id)], path, table.nextHop(id) == 0 ? Optional.empty() : Optional.of(table.nextHopAddress(id)),
                table.hasMed(id) ? Optional.of(Integer.toUnsignedLong(table.med(id))) : Optional.empty(),
                table.hasLocalPreference(id) ? Optional.of(Integer.toUnsignedLong(table.localPreference(id))) : Optional.empty(), communities, others);
    }

    /** "65010:100", or the name of a well-known community. */
    public static String community(int bits) {
        String name = WELL_KNOWN.get(bits);
        return name != null ? name : (bits >>> 16) + ":" + (bits & 0xffff);
    }

    /** "65010:1:2". */
    public static String largeCommunity(int administrator, long data) {
        return Integer.toUnsignedString(administrator) + ":" + (data >>> 32) + ":" + (data & 0xffff_ffffL);
    }

    /** "rt:65010:1", "soo:1.2.3.4:7", or sixteen hexadecimal digits (RFC 4360 §3, RFC 5668 §2). */
    public static String extendedCommunity(long bits) {
        int type = (int) (bits >>> 56);
        int subtype = (int) (bits >>> 48) & 0xff;
        String name = switch (subtype) {
            case 2 -> "rt:";
            case 3 -> "soo:";
            default -> "";
        };
        if (name.isEmpty() || type > 2) {
            return "0x" + HexFormat.of().toHexDigits(bits);
        }
        return name + switch (type) {
            case 0 -> (bits >>> 32 & 0xffff) + ":" + (bits & 0xffff_ffffL);
            case 1 -> IpAddress.v4((int) (bits >>> 16)) + ":" + (bits & 0xffff);
            default -> (bits >>> 16 & 0xffff_ffffL) + ":" + (bits & 0xffff);
        };
    }

    private static long unsigned(byte[] bytes, int at) {
        return Integer.toUnsignedLong(Octets.i32(bytes, at));
    }

    private static String unknown(byte[] bytes, int at, int value, int length) {
        int shown = Math.min(length, MAX_HEX_OCTETS);
        int type = bytes[at + 1] & 0xff;
        String name = AttributeType.isKnown(type) ? AttributeType.name(type).toLowerCase(java.util.Locale.ROOT) : "attribute " + type;
        return name + ((bytes[at] & AttributeType.PARTIAL) != 0 ? " (partial)" : "") + ": " + length + " octets "
                + HexFormat.of().formatHex(bytes, value, value + shown) + (shown < length ? "..." : "");
    }
}
