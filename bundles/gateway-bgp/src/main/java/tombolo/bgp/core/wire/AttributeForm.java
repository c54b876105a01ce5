package tombolo.bgp.core.wire;

/** Writes canonical sets as attributes on the wire, the pseudo attribute of the IPv6 next hop left out. */
final class AttributeForm {
    private AttributeForm() { }

    /** Copies all but the IPv6 next hop; answers the length. */
    static int withoutNextHop6(byte[] set, int from, int end, byte[] out) {
        int to = 0;
        for (int at = from; at < end; ) {
            int next = AttributeTable.next(set, at);
            if (set[at + 1] != AttributeType.MP_REACH_NLRI) {
                System.arraycopy(set, at, out, to, next - at);
                to += next - at;
            }
            at = next;
        }
        return to;
    }

    /** The form for a peer without 4-octet ASes (RFC 6793 §4.2.2): AS_TRANS for what does not fit, and then AS4_PATH and AS4_AGGREGATOR. */
    static int twoOctet(byte[] set, int from, int end, byte[] out) {
        int to = 0;
        int path = -1;
        int aggregator = -1;
        for (int at = from; at < end; at = AttributeTable.next(set, at)) {
            int type = set[at + 1] & 0xff;
            int value = AttributeTable.valueAt(set, at);
            int next = AttributeTable.next(set, at);
            if (type > AttributeType.AS4_AGGREGATOR) {
                to = as4(set, path, aggregator, out, to);
                path = -1;
                aggregator = -1;
            }
            switch (type) {
                case AttributeType.MP_REACH_NLRI -> { }
                case AttributeType.AS_PATH -> {
                    path = at;
                    to = shrunkPath(set, value, next, out, to);
                }
                case AttributeType.AGGREGATOR -> {
                    aggregator = at;
                    int as = Octets.i32(set, value);
                    to = head(out, to, set[at], AttributeType.AGGREGATOR, 6);
                    Octets.put16(out, to, as >>> 16 == 0 ? as : AsPath.TRANS);
                    Octets.put32(out, to + 2, Octets.i32(set, value + 4));
                    to += 6;
                }
                default -> {
                    System.arraycopy(set, at, out, to, next - at);
                    to += next - at;
                }
            }
        }
        return as4(set, path, aggregator, out, to);
    }

    private static int shrunkPath(byte[] set, int value, int next, byte[] out, int to) {
        int length = 0;
        for (int at = value; at < next; at += 2 + 4 * (set[at + 1] & 0xff)) {
            length += 2 + 2 * (set[at + 1] & 0xff);
        }
        return As4Path.shrink(set, value, next, out, head(out, to, AttributeType.TRANSITIVE, AttributeType.AS_PATH, length));
    }

    private static int as4(byte[] set, int path, int aggregator, byte[] out, int to) {
        if (path >= 0) {
            int value = AttributeTable.valueAt(set, path);
            int next = AttributeTable.next(set, path);
            if (As4Path.needsAs4(set, value, next)) {
                int length = 0;
                for (int at = value; at < next; at += 2 + 4 * (set[at + 1] & 0xff)) {
                    length += set[at] <= AsPath.SEQUENCE ? 2 + 4 * (set[at + 1] & 0xff) : 0;
                }
                to = head(out, to, AttributeType.OPTIONAL | AttributeType.TRANSITIVE, AttributeType.AS4_PATH, length);
                to = As4Path.withoutConfederation(set, value, next, out, to);
            }
        }
        if (aggregator >= 0) {
            int value = AttributeTable.valueAt(set, aggregator);
            if (Octets.i32(set, value) >>> 16 != 0) {
                to = head(out, to, AttributeType.OPTIONAL | AttributeType.TRANSITIVE, AttributeType.AS4_AGGREGATOR, 8);
                System.arraycopy(set, value, out, to, 8);
                to += 8;
            }
        }
        return to;
    }

    /** Writes flags, type and length; answers where the value goes. */
    static int head(byte[] out, int to, int flags, int type, int length) {
        out[to + 1] = (byte) type;
        if (length > 255) {
            out[to] = (byte) (flags | AttributeType.EXTENDED_LENGTH);
            Octets.put16(out, to + 2, length);
            return to + 4;
        }
        out[to] = (byte) (flags & ~AttributeType.EXTENDED_LENGTH);
        out[to + 2] = (byte) length;
        return to + 3;
    }
}
