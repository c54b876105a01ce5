package tombolo.bgp.core.wire;

import java.util.Arrays;
import tombolo.api.net.AddressFamily;

/**
 * Packs prefixes into whole UPDATE messages, back to back in one growing array: as many prefixes of one attribute set as a message holds, IPv4 in the
 * classic fields, IPv6 in MP_REACH_NLRI (always first, RFC 7606 §5.1) and MP_UNREACH_NLRI. The caller gives all prefixes of one set after another; a
 * change of set, of family, or between announcing and withdrawing begins a new message (RFC 7606 §5.1: one kind of content for each message).
 *
 * <pre>
 * announce IPv4:  header 19 | 0 | length | attributes                                        | prefixes →
 * announce IPv6:  header 19 | 0 | length | MP_REACH_NLRI (next hop, prefixes →) | attributes written when the message is closed
 * </pre>
 *
 * An update group owns one. Not for two threads. Bound: the caller takes the bytes when {@link #length} is as large as it likes to send at once.
 */
public final class UpdatePacker {
    private static final int HEADER = 19;
    private static final int UPDATE = 2;
    /** Flags, type, 2-octet length, AFI, SAFI, next hop length, reserved. */
    private static final int REACH_OVERHEAD = 4 + 2 + 1 + 1 + 1;
    private static final int UNREACH_OVERHEAD = 4 + 2 + 1;
    private static final int WITHDRAW = -1;

    private final AttributeTable table;
    private final boolean fourOctetAs;
    private final int maxMessageLength;

    private byte[] buffer = new byte[8192];
    private int length;
    private int messages;
    private int prefixes;

    /** The open message: its start, and for what; set 0: none, -1: withdrawals. */
    private int start;
    private int openSet;
    private AddressFamily openFamily = AddressFamily.IPV4;
    /** Octets that stand behind the prefixes of the open message (IPv6 announcements) and so must stay free. */
    private int trailer;

    /** The encoded attributes of one set, next hop of IPv6 not among them. */
    private byte[] encoded = new byte[1024];
    private int encodedLength;
    private int encodedSet;
    private AddressFamily encodedFamily = AddressFamily.IPV4;

    /**
     * @param fourOctetAs      the peers of the group speak RFC 6793; else AS4_PATH and AS4_AGGREGATOR are made where needed
     * @param maxMessageLength 4096 or 65535 (RFC 8654)
     */
    public UpdatePacker(AttributeTable table, boolean fourOctetAs, int maxMessageLength) {
        if (maxMessageLength < 4096 || maxMessageLength > 65_535) {
            throw new IllegalArgumentException("a greatest message length of " + maxMessageLength + ": wanted 4096 to 65535");
        }
        this.table = table;
        this.fourOctetAs = fourOctetAs;
        this.maxMessageLength = maxMessageLength;
    }

    /**
     * Announces a prefix.
     *
     * @return false where the set cannot be sent with even one prefix: it does not fit into a message, or has no next hop of the family. Nothing was added;
     *         the caller withdraws the prefix instead and says so: attributes are never cut
     */
    public boolean add(AddressFamily family, int attributeId, long hi, long lo, int prefixLength) {
        if (openSet != attributeId || openFamily != family || openSet == 0) {
            if (!fits(family, attributeId)) {
                return false;
            }
            close();
            openAnnouncement(family, attributeId);
        } else if (length + 1 + (prefixLength + 7 >>> 3) + trailer - start > maxMessageLength) {
            close();
            openAnnouncement(family, attributeId);
        }
        ensure(17);
        length = Nlri.put(family, buffer, length, hi, lo, prefixLength);
        prefixes++;
        return true;
    }

    /** Whether a set can be sent, as {@link #add} would answer. Not while a message is open. */
    public boolean canSend(AddressFamily family, int attributeId) {
        // two octets an AS more than it is the most that AS4_PATH adds; a set that may double and still fits needs no second look
        return table.length(attributeId) * 2 + 128 <= maxMessageLength && table.nextHop(attributeId) != 0
                && table.nextHops().family(table.nextHop(attributeId)) == family || fits(family, attributeId);
    }

    /** Withdraws a prefix. */
    public void withdraw(AddressFamily family, long hi, long lo, int prefixLength) {
        boolean full = length + 1 + (prefixLength + 7 >>> 3) + trailer - start > maxMessageLength;
        if (openSet != WITHDRAW || openFamily != family || full) {
            close();
            openWithdrawal(family);
        }
        ensure(17);
        length = Nlri.put(family, buffer, length, hi, lo, prefixLength);
        prefixes++;
    }

    /** RFC 4724 §2: an empty UPDATE for IPv4, an empty MP_UNREACH_NLRI for others. */
    public void endOfRib(AddressFamily family) {
        close();
        openWithdrawal(family);
        close();
    }

    /** Closes the open message. To be called before the bytes are taken. */
    public void close() {
        if (openSet == 0) {
            return;
        }
        if (openFamily == AddressFamily.IPV4) {
            if (openSet == WITHDRAW) {
                Octets.put16(buffer, start + HEADER, length - start - HEADER - 2);
                ensure(2);
                Octets.put16(buffer, length, 0);
                length += 2;
            }
        } else {
            int mp = start + HEADER + 4;
            Octets.put16(buffer, mp + 2, length - mp - 4);
            if (openSet != WITHDRAW) {
                ensure(encodedLength);
                System.arraycopy(encoded, 0, buffer, length, encodedLength);
                length += encodedLength;
            }
            Octets.put16(buffer, start + HEADER + 2, length - start - HEADER - 4);
        }
        Octets.put16(buffer, start + 16, length - start);
        openSet = 0;
        messages++;
    }

    /** The messages; only up to {@link #length}, and only until the next call. */
    public byte[] buffer() {
        return buffer;
    }

    /** Octets of closed messages and the open one. */
    public int length() {
        return length;
    }

    /** Closed messages. */
    public int messages() {
        return messages;
    }

    /** Prefixes announced and withdrawn in them and the open one. */
    public int prefixes() {
        return prefixes;
    }

    /** Closes the open message and answers all of them in an array of their own; the packer is then empty. */
    public byte[] take() {
        close();
        byte[] taken = Arrays.copyOf(buffer, length);
        reset();
        return taken;
    }

    /** Forgets everything, and the encoded set: to be called when sets may have been released since. */
    public void reset() {
        length = 0;
        start = 0;
        openSet = 0;
        messages = 0;
        prefixes = 0;
        encodedSet = 0;
    }

    private void openAnnouncement(AddressFamily family, int attributeId) {
        open(family, attributeId, HEADER + 4 + encodedLength + REACH_OVERHEAD + 32);
        Octets.put16(buffer, length, 0);
        Octets.put16(buffer, length + 2, encodedLength);
        length += 4;
        if (family == AddressFamily.IPV4) {
            System.arraycopy(encoded, 0, buffer, length, encodedLength);
            length += encodedLength;
            trailer = 0;
            return;
        }
        int nextHop = table.find(attributeId, AttributeType.MP_REACH_NLRI);
        int nextHopLength = table.valueLength(attributeId, nextHop);
        mpHead(AttributeType.MP_REACH_NLRI);
        buffer[length] = (byte) nextHopLength;
        System.arraycopy(table.bytes(attributeId), table.valueOffset(attributeId, nextHop), buffer, length + 1, nextHopLength);
        buffer[length + 1 + nextHopLength] = 0;
        length += 2 + nextHopLength;
        trailer = encodedLength;
    }

    private void openWithdrawal(AddressFamily family) {
        open(family, WITHDRAW, HEADER + 4 + UNREACH_OVERHEAD);
        trailer = 0;
        if (family == AddressFamily.IPV4) {
            length += 2; // Withdrawn Routes Length, written at the end
            trailer = 2;
            return;
        }
        Octets.put16(buffer, length, 0);
        length += 4;
        mpHead(AttributeType.MP_UNREACH_NLRI);
    }

    private void open(AddressFamily family, int set, int room) {
        ensure(room);
        start = length;
        openSet = set;
        openFamily = family;
        Arrays.fill(buffer, start, start + 16, (byte) 0xff);
        buffer[start + 18] = UPDATE;
        length = start + HEADER;
    }

    /** Flags, type, length still open, AFI 2, SAFI 1. */
    private void mpHead(int type) {
        buffer[length] = (byte) (AttributeType.OPTIONAL | AttributeType.EXTENDED_LENGTH);
        buffer[length + 1] = (byte) type;
        Octets.put16(buffer, length + 4, AddressFamily.IPV6.afi());
        buffer[length + 6] = 1;
        length += 7;
    }

    private boolean fits(AddressFamily family, int id) {
        int nextHop = table.nextHop(id);
        if (nextHop == 0 || table.nextHops().family(nextHop) != family) {
            return false;
        }
        if (encodedSet != id || encodedFamily != family) {
            close();
            encode(id, family);
        }
        int head = family == AddressFamily.IPV4 ? 0 : REACH_OVERHEAD + table.valueLength(id, table.find(id, AttributeType.MP_REACH_NLRI));
        return HEADER + 4 + encodedLength + head + 1 + family.bytes() <= maxMessageLength;
    }

    private void encode(int id, AddressFamily family) {
        encodedSet = id;
        encodedFamily = family;
        byte[] bytes = table.bytes(id);
        int from = table.offset(id);
        int end = from + table.length(id);
        int needed = (end - from) * 2 + 64;
        if (encoded.length < needed) {
            encoded = new byte[needed * 2];
        }
        if (fourOctetAs && family == AddressFamily.IPV4) {
            System.arraycopy(bytes, from, encoded, 0, end - from);
            encodedLength = end - from;
            return;
        }
        encodedLength = fourOctetAs ? AttributeForm.withoutNextHop6(bytes, from, end, encoded) : AttributeForm.twoOctet(bytes, from, end, encoded);
    }

    private void ensure(int more) {
        if (length + more > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
        }
    }
}
