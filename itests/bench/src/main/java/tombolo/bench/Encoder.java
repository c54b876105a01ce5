package tombolo.bench;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Encodes UPDATE messages of RFC 4271 §4.3 with AS numbers of four octets (RFC 6793); IPv4 only. */
final class Encoder {
    static final int HEADER = 19;
    static final int MAX_MESSAGE = 4096;

    private byte[] buffer = new byte[1 << 20];
    private int size;

    /** Everything of {@code table} as the peer {@code peer} announces it: one message per attribute set, more where one is full. */
    static byte[] announcements(Table table, Peer peer, PathShape shape) {
        Encoder encoder = new Encoder();
        for (int s = 0; s < table.sets(); s++) {
            byte[] attributes = attributes(shape.path(peer, table, s), peer.address(), table.communities[s]);
            encoder.updates(attributes, table, table.setStart[s], table.setStart[s + 1]);
        }
        return Arrays.copyOf(encoder.buffer, encoder.size);
    }

    /** How the AS_PATH of a set looks at one peer, without what the measured daemon prepends. */
    interface PathShape {
        int[] path(Peer peer, Table table, int set);

        /** The peer's AS in front of the set's path. */
        PathShape PLAIN = (peer, table, set) -> prepend(table.path[set], peer.as(), 1);

        /** Ranks differ between peers of 0..peers-1 for each set, and each rank is one hop longer: exactly one peer is best. */
        static PathShape ranked(int peers) {
            return (peer, table, set) -> prepend(table.path[set], peer.as(), 1 + rank(peer, set, peers));
        }

        static int rank(Peer peer, int set, int peers) {
            return Math.floorMod(Long.hashCode(Receiver.mix(set)) + peer.number(), peers);
        }
    }

    static int[] prepend(int[] path, int as, int times) {
        int[] longer = new int[path.length + times];
        Arrays.fill(longer, 0, times, as);
        System.arraycopy(path, 0, longer, times, path.length);
        return longer;
    }

    static byte[] attributes(int[] path, int nextHop, int[] communities) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        out.writeBytes(new byte[] {0x40, 1, 1, 0}); // ORIGIN IGP
        out.writeBytes(new byte[] {0x40, 2, (byte) (2 + 4 * path.length), 2, (byte) path.length}); // AS_PATH, one AS_SEQUENCE
        for (int as : path) {
            integer(out, as);
        }
        out.writeBytes(new byte[] {0x40, 3, 4}); // NEXT_HOP
        integer(out, nextHop);
        if (communities.length > 0) {
            out.writeBytes(new byte[] {(byte) 0xC0, 8, (byte) (4 * communities.length)});
            for (int community : communities) {
                integer(out, community);
            }
        }
        return out.toByteArray();
    }

    private static void integer(ByteArrayOutputStream out, int value) {
        out.write(value >>> 24);
        out.write(value >>> 16);
        out.write(value >>> 8);
        out.write(value);
    }

    /** Appends prefixes {@code from} to {@code to - 1} of the table with these attributes. */
    void updates(byte[] attributes, Table table, int from, int to) {
        int i = from;
        while (i < to) {
            ensure(MAX_MESSAGE);
            int start = size;
            Arrays.fill(buffer, start, start + 16, (byte) 0xFF);
            buffer[start + 18] = 2;
            buffer[start + 19] = 0;
            buffer[start + 20] = 0;
            put16(start + 21, attributes.length);
            System.arraycopy(attributes, 0, buffer, start + 23, attributes.length);
            int at = start + 23 + attributes.length;
            while (i < to && at + 5 <= start + MAX_MESSAGE) {
                int len = table.length[i];
                buffer[at++] = (byte) len;
                for (int octet = 0; octet < (len + 7) / 8; octet++) {
                    buffer[at++] = (byte) (table.address[i] >>> (24 - 8 * octet));
                }
                i++;
            }
            put16(start + 16, at - start);
            size = at;
        }
    }

    byte[] bytes() {
        return Arrays.copyOf(buffer, size);
    }

    void clear() {
        size = 0;
    }

    private void put16(int at, int value) {
        buffer[at] = (byte) (value >>> 8);
        buffer[at + 1] = (byte) value;
    }

    private void ensure(int room) {
        if (size + room > buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
    }
}
