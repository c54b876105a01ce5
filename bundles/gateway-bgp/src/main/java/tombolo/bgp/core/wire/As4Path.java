package tombolo.bgp.core.wire;

/** Between 2-octet and 4-octet paths (RFC 6793 §4.2). Paths given here have passed {@link AsPath#problem}. */
final class As4Path {
    private As4Path() { }

    /** As {@link AsPath#selectionLength} counts: AS4_PATH must not hold confederation segments, and they count 0 anyway. */
    static int selectionLength(byte[] as4, int from, int end) {
        return AsPath.selectionLength(as4, from, end - from, 4);
    }

    /** Writes a 2-octet path with 4-octet numbers to the beginning of {@code out} and answers its length. */
    static int expand(byte[] as2, int from, int end, byte[] out) {
        return expand(as2, from, end, Integer.MAX_VALUE, out);
    }

    /** The same for the leading segments that count {@code wanted}; confederation segments beside them come along (RFC 6793 §4.2.3). */
    private static int expand(byte[] as2, int from, int end, int wanted, byte[] out) {
        int left = wanted;
        int to = 0;
        for (int at = from; at < end; ) {
            int type = as2[at];
            int count = as2[at + 1] & 0xff;
            int take = count;
            if (type == AsPath.SEQUENCE) {
                take = Math.min(count, left);
                left -= take;
            } else if (type == AsPath.SET) {
                take = left > 0 ? count : 0;
                left -= left > 0 ? 1 : 0;
            }
            if (take == 0) {
                return to;
            }
            out[to++] = (byte) type;
            out[to++] = (byte) take;
            for (int i = 0; i < take; i++, to += 4) {
                Octets.put32(out, to, Octets.u16(as2, at + 2 + 2 * i));
            }
            if (take < count) {
                return to;
            }
            at += 2 + 2 * count;
        }
        return to;
    }

    /**
     * The leading {@code surplus} ASes of AS_PATH, then AS4_PATH without its confederation segments (RFC 6793 §6).
     *
     * @return the length written to the beginning of {@code out}
     */
    static int merge(byte[] bytes, int as2, int as2End, int surplus, int as4, int as4End, byte[] out) {
        int to = expand(bytes, as2, as2End, surplus, out);
        int lastSegment = lastSegment(out, to);
        for (int at = as4; at < as4End; ) {
            int count = bytes[at + 1] & 0xff;
            int segment = 2 + 4 * count;
            if (bytes[at] <= AsPath.SEQUENCE) {
                boolean joins = lastSegment >= 0 && out[lastSegment] == AsPath.SEQUENCE && bytes[at] == AsPath.SEQUENCE
                        && (out[lastSegment + 1] & 0xff) + count <= AsPath.MAX_SEGMENT;
                if (joins) {
                    out[lastSegment + 1] += (byte) count;
                    System.arraycopy(bytes, at + 2, out, to, 4 * count);
                    to += 4 * count;
                } else {
                    System.arraycopy(bytes, at, out, to, segment);
                    to += segment;
                }
                lastSegment = -1;
            }
            at += segment;
        }
        return to;
    }

    private static int lastSegment(byte[] path, int end) {
        int last = -1;
        for (int at = 0; at < end; at += 2 + 4 * (path[at + 1] & 0xff)) {
            last = at;
        }
        return last;
    }

    /** Whether any AS outside of confederation segments needs four octets: only then AS4_PATH is sent (RFC 6793 §4.2.2). */
    static boolean needsAs4(byte[] path, int from, int end) {
        for (int at = from; at < end; ) {
            int count = path[at + 1] & 0xff;
            boolean counted = path[at] <= AsPath.SEQUENCE;
            at += 2;
            for (int i = 0; i < count; i++, at += 4) {
                if (counted && (path[at] | path[at + 1]) != 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Writes a 4-octet path with 2-octet numbers, AS_TRANS for what does not fit, and answers where it ends. */
    static int shrink(byte[] path, int from, int end, byte[] out, int to) {
        int at = from;
        while (at < end) {
            int count = path[at + 1] & 0xff;
            out[to++] = path[at];
            out[to++] = path[at + 1];
            at += 2;
            for (int i = 0; i < count; i++, at += 4, to += 2) {
                int as = Octets.i32(path, at);
                Octets.put16(out, to, as >>> 16 == 0 ? as : AsPath.TRANS);
            }
        }
        return to;
    }

    /** Writes a path without its confederation segments, as AS4_PATH wants it, and answers where it ends. */
    static int withoutConfederation(byte[] path, int from, int end, byte[] out, int to) {
        for (int at = from; at < end; ) {
            int segment = 2 + 4 * (path[at + 1] & 0xff);
            if (path[at] <= AsPath.SEQUENCE) {
                System.arraycopy(path, at, out, to, segment);
                to += segment;
            }
            at += segment;
        }
        return to;
    }
}
