package tombolo.bgp.core.wire;

/**
 * Reads an AS_PATH value (RFC 4271 §4.3 b, RFC 5065 §3) without making objects.
 *
 * <pre>
 *  0               1
 * +---------------+---------------+------------------------------ - - -
 * | segment type  | count of ASes | count x 4 octets (2 in AS_PATH of a peer without RFC 6793)
 * +---------------+---------------+------------------------------ - - -
 *   1 AS_SET   2 AS_SEQUENCE   3 AS_CONFED_SEQUENCE   4 AS_CONFED_SET
 * </pre>
 */
final class AsPath {
    static final int SET = 1;
    static final int SEQUENCE = 2;
    static final int CONFED_SEQUENCE = 3;
    static final int CONFED_SET = 4;
    /** AS_TRANS (RFC 6793 §9). */
    static final int TRANS = 23456;
    /** A segment's count is one octet. */
    static final int MAX_SEGMENT = 255;

    private AsPath() { }

    /** What is wrong with the path, or "" where nothing is (RFC 7606 §7.2, RFC 7607 §2). */
    static String problem(byte[] bytes, int offset, int length, int asOctets) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            if (end - at < 2) {
                return "one octet is left behind the last segment";
            }
            int type = bytes[at] & 0xff;
            int count = bytes[at + 1] & 0xff;
            if (type < SET || type > CONFED_SET) {
                return "segment type " + type + " is not defined, wanted 1 to 4";
            }
            if (count == 0) {
                return "a segment of 0 ASes";
            }
            if (at + 2 + count * asOctets > end) {
                return "a segment of " + count + " ASes needs " + count * asOctets + " octets, " + (end - at - 2) + " are left";
            }
            at += 2;
            for (int i = 0; i < count; i++, at += asOctets) {
                if (as(bytes, at, asOctets) == 0) {
                    return "AS 0 stands in the path";
                }
            }
        }
        return "";
    }

    static int as(byte[] bytes, int at, int asOctets) {
        return asOctets == 4 ? Octets.i32(bytes, at) : Octets.u16(bytes, at);
    }

    /** The length that route selection uses: a set counts 1 (RFC 4271 §9.1.2.2 a), confederation segments 0 (RFC 5065 §5.3). */
    static int selectionLength(byte[] bytes, int offset, int length, int asOctets) {
        int total = 0;
        for (int at = offset; at < offset + length; at += 2 + (bytes[at + 1] & 0xff) * asOctets) {
            total += switch (bytes[at]) {
                case SEQUENCE -> bytes[at + 1] & 0xff;
                case SET -> 1;
                default -> 0;
            };
        }
        return total;
    }

    static boolean hasSegment(byte[] bytes, int offset, int length, int asOctets, int firstType, int lastType) {
        for (int at = offset; at < offset + length; at += 2 + (bytes[at + 1] & 0xff) * asOctets) {
            if (bytes[at] >= firstType && bytes[at] <= lastType) {
                return true;
            }
        }
        return false;
    }

    /** The first AS of the first segment where that is a sequence outside a confederation; else 0 (RFC 4271 §9.1.2.2 c: the neighbouring AS). */
    static int neighbor(byte[] bytes, int offset, int length) {
        int at = offset;
        while (at < offset + length && bytes[at] >= CONFED_SEQUENCE) {
            at += 2 + (bytes[at + 1] & 0xff) * 4;
        }
        return at < offset + length && bytes[at] == SEQUENCE ? Octets.i32(bytes, at + 2) : 0;
    }

    /** The last AS where the last segment is a sequence; else 0 (RFC 6811 §2: a path that ends in a set has no origin AS). */
    static int origin(byte[] bytes, int offset, int length) {
        int at = offset;
        int origin = 0;
        while (at < offset + length) {
            int count = bytes[at + 1] & 0xff;
            origin = bytes[at] == SEQUENCE ? Octets.i32(bytes, at + 2 + (count - 1) * 4) : 0;
            at += 2 + count * 4;
        }
        return origin;
    }

    /** How often an AS stands in the path, in whatever segment. */
    static int count(byte[] bytes, int offset, int length, int as) {
        int found = 0;
        int at = offset;
        while (at < offset + length) {
            int count = bytes[at + 1] & 0xff;
            at += 2;
            for (int i = 0; i < count; i++, at += 4) {
                if (Octets.i32(bytes, at) == as) {
                    found++;
                }
            }
        }
        return found;
    }

    /** "65010 65020 {1 2} (64512 64513) [64514]": sequences plain, sets in braces, confederation sequences in parentheses, their sets in brackets. */
    static String text(byte[] bytes, int offset, int length) {
        StringBuilder text = new StringBuilder(length * 2);
        int at = offset;
        while (at < offset + length) {
            int type = bytes[at];
            int count = bytes[at + 1] & 0xff;
            at += 2;
            text.append(text.isEmpty() ? "" : " ").append(switch (type) {
                case SET -> "{";
                case CONFED_SEQUENCE -> "(";
                case CONFED_SET -> "[";
                default -> "";
            });
            for (int i = 0; i < count; i++, at += 4) {
                text.append(i == 0 ? "" : " ").append(Integer.toUnsignedLong(Octets.i32(bytes, at)));
            }
            text.append(switch (type) {
                case SET -> "}";
                case CONFED_SEQUENCE -> ")";
                case CONFED_SET -> "]";
                default -> "";
            });
        }
        return text.toString();
    }
}
