package tombolo.bgp.core.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import tombolo.api.bgp.Notification;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.bgp.core.wire.UpdateError.Action;
import tombolo.bgp.core.wire.UpdateError.Problem;

/**
 * Reads UPDATE messages (RFC 4271 §4.3, RFC 4760) with the error handling of RFC 7606. All of a message is checked before anything of it is applied.
 * One decoder serves all sessions of a Loop; it keeps nothing between messages but scratch room (about 300 KiB).
 *
 * <pre>
 *  0 .. 18      19            21                    ...
 * +------------+-------------+----------+----------+--------------------+--------+
 * | header     | withdrawn   | withdrawn| attribute| path attributes    | NLRI   |
 * | 19 octets  | length, 2   | prefixes | length, 2|                    |        |
 * +------------+-------------+----------+----------+--------------------+--------+
 * </pre>
 */
public final class UpdateDecoder {
    /** RFC 4271 §4.3: header, two lengths. */
    static final int MIN_LENGTH = 23;
    private static final int HEADER = 19;

    private final AttributeTable table;
    private final Faults faults = new Faults();
    private final AttributeReader reader;
    private byte[] bytes = {};
    private long maskedPrefixes;

    public UpdateDecoder(AttributeTable table) {
        this.table = table;
        DecodeContext none = new DecodeContext("", Set.of(), true, false, new Asn(1), new Asn(1), List.of(), 4096, true, false);
        this.reader = new AttributeReader(faults, none);
    }

    /** How many prefixes had bits set behind their length so far. They are cleared: RFC 4271 §4.3 calls those bits irrelevant. */
    public long maskedPrefixes() {
        return maskedPrefixes;
    }

    /**
     * Reads one message and tells the sink what it says; with {@link Outcome.Reset} the sink is told nothing but errors.
     *
     * @param buffer holds the whole message with its header, whose marker, length and type have been checked
     */
    public Outcome decode(byte[] buffer, int offset, int length, DecodeContext context, UpdateSink sink) {
        bytes = buffer;
        int end = offset + length;
        faults.begin(buffer, offset, end);
        reader.clear();
        if (length < MIN_LENGTH || length > context.maxMessageLength()) {
            return badMessageLength(offset, length, context, sink);
        }
        int withdrawnLength = Octets.u16(buffer, offset + HEADER);
        if (withdrawnLength > length - MIN_LENGTH) {
            return brokenLengths(offset + HEADER, context, sink,
                    "Withdrawn Routes Length is " + withdrawnLength + ", but " + (length - MIN_LENGTH) + " octets are left");
        }
        int withdrawn = offset + HEADER + 2;
        int attributes = withdrawn + withdrawnLength + 2;
        int attributesLength = Octets.u16(buffer, attributes - 2);
        if (attributesLength > end - attributes) {
            return brokenLengths(attributes - 2, context, sink,
                    "Total Path Attribute Length is " + attributesLength + ", but " + (end - attributes) + " octets are left");
        }
        int nlri = attributes + attributesLength;
        if (length == MIN_LENGTH) {
            endOfRib(AddressFamily.IPV4, context, sink, withdrawn);
            return Outcome.Ok.OK;
        }
        if (!prefixesSound(withdrawn, attributes - 2, "Withdrawn Routes") || !prefixesSound(nlri, end, "NLRI")) {
            return faults.reset(context, sink);
        }
        boolean classic = (nlri < end || withdrawnLength > 0) && context.families().contains(AddressFamily.IPV4);
        if (!classic && (nlri < end || withdrawnLength > 0)) {
            faults.message(Problem.FAMILY, nlri < end ? nlri : withdrawn, end - nlri + withdrawnLength, "IPv4 unicast was not negotiated", "RFC 4760 §7", Action.IGNORE, 1);
        }
        int known = classic && nlri < end ? knownClean(attributes, attributesLength, context) : 0;
        if (known == 0) {
            reader.read(buffer, attributes, nlri, context, nlri < end);
        }
        return finish(withdrawn, attributes, nlri, end, classic, known, context, sink);
    }

    private Outcome finish(int withdrawn, int attributes, int nlri, int end, boolean classic, int known, DecodeContext context, UpdateSink sink) {
        boolean announces = nlri < end || reader.reachPresent && (!reader.reachUsable || reader.reachEnd > reader.reachFrom);
        if (announces && known == 0) {
            reader.checkWhole();
        }
        if (!announces && reader.others && faults.strongest().compareTo(Action.ATTRIBUTE_DISCARD) > 0) {
            faults.escalate(); // RFC 7606 §5.2: nothing says that the prefixes have been found
        }
        if (faults.strongest() == Action.SESSION_RESET) {
            return faults.reset(context, sink);
        }
        boolean sound = faults.strongest().compareTo(Action.ATTRIBUTE_DISCARD) <= 0;
        boolean announceClassic = sound && classic && nlri < end;
        boolean announceReach = sound && reader.reachUsable && reader.reachEnd > reader.reachFrom;
        int classicId = 0;
        int reachId = 0;
        try {
            if (announceClassic) {
                classicId = known != 0 ? known : intern(false, attributes, nlri - attributes, context);
            }
            if (announceReach && faults.strongest() != Action.TREAT_AS_WITHDRAW) {
                reachId = intern(true, attributes, nlri - attributes, context);
            }
            sound = faults.strongest().compareTo(Action.ATTRIBUTE_DISCARD) <= 0;
            if (faults.any()) {
                report(nlri, end, classic, context, sink);
            }
            if (classic) {
                withdraw(AddressFamily.IPV4, withdrawn, attributes - 2, sink);
            }
            if (reader.unreachUsable) {
                withdraw(reader.unreachFamily, reader.unreachFrom, reader.unreachEnd, sink);
                if (reader.unreachFrom == reader.unreachEnd && !reader.others && attributes - 2 == withdrawn && nlri == end) {
                    sink.endOfRib(reader.unreachFamily);
                }
            }
            if (classic) {
                announce(AddressFamily.IPV4, nlri, end, sound ? classicId : 0, sink);
            }
            if (reader.reachUsable) {
                announce(reader.reachFamily, reader.reachFrom, reader.reachEnd, sound ? reachId : 0, sink);
            }
        } finally {
            if (classicId != 0) {
                table.release(classicId);
            }
            if (reachId != 0) {
                table.release(reachId);
            }
        }
        return Outcome.Ok.OK;
    }

    /**
     * A set that was received before in the same plain form, from the same kind of peer, and found sound: most of what modern peers send. Answers its
     * number with a reference, or 0. Only 4-octet peers: the same octets mean something else from the others.
     */
    private int knownClean(int attributes, int length, DecodeContext context) {
        if (!context.fourOctetAs() || context.rejectAsSets()) {
            return 0;
        }
        int plain = reader.plainForm(bytes, attributes, attributes + length);
        int id = plain < 0 ? 0 : table.find(table.hash(reader.canonical, 0, plain), reader.canonical, 0, plain);
        if (id == 0 || !table.clean(id, context.ibgp() ? AttributeTable.CLEAN_INTERNAL : AttributeTable.CLEAN_EXTERNAL)) {
            return 0;
        }
        if (!context.ibgp() && context.enforceFirstAs() && table.neighborAs(id) != (int) context.remoteAs().value()) {
            return 0;
        }
        int nextHop = table.nextHop(id);
        if (context.isOwn(AddressFamily.IPV4, 0, table.nextHops().lo(nextHop))) {
            return 0;
        }
        table.retain(id);
        return id;
    }

    /** The set of the message with a reference; 0 where it is too large, which is then a fault. */
    private int intern(boolean multiprotocol, int attributes, int length, DecodeContext context) {
        if (!reader.writeCanonical(multiprotocol)) {
            return 0;
        }
        int id = table.intern(reader.canonical, 0, reader.canonicalLength);
        int kind = context.ibgp() ? AttributeTable.CLEAN_INTERNAL : AttributeTable.CLEAN_EXTERNAL;
        if (!multiprotocol && context.fourOctetAs() && !faults.any() && !table.clean(id, kind) && isPlain(id, attributes, length)) {
            table.markClean(id, kind);
        }
        return id;
    }

    private boolean isPlain(int id, int attributes, int length) {
        int plain = reader.plainForm(bytes, attributes, attributes + length);
        return plain == table.length(id) && Arrays.equals(reader.canonical, 0, plain, table.bytes(id), table.offset(id), table.offset(id) + plain);
    }

    private void report(int nlri, int end, boolean classic, DecodeContext context, UpdateSink sink) {
        boolean reach = !(classic && nlri < end) && reader.reachUsable;
        AddressFamily family = reach ? reader.reachFamily : AddressFamily.IPV4;
        int from = reach ? reader.reachFrom : nlri;
        int stop = reach ? reader.reachEnd : end;
        boolean some = (reach || classic) && from < stop;
        String prefixes = "";
        if (some) {
            int more = Nlri.count(bytes, from, stop) - 1;
            prefixes = Nlri.firstOf(family, bytes, from) + (more == 0 ? "" : " (+" + more + ")");
        }
        faults.report(context, sink, some ? family == AddressFamily.IPV4 ? "ipv4" : "ipv6" : "", prefixes, false);
    }

    private Outcome badMessageLength(int offset, int length, DecodeContext context, UpdateSink sink) {
        String reason = "the message has " + length + " octets, wanted " + MIN_LENGTH + " to " + context.maxMessageLength();
        faults.message(Problem.MESSAGE_LENGTHS, offset, length, reason, "RFC 4271 §6.1, RFC 8654 §5", Action.SESSION_RESET, 1);
        faults.reset(context, sink);
        return new Outcome.Reset(new Notification(Notification.MESSAGE_HEADER_ERROR, 2, new byte[] {(byte) (length >>> 8), (byte) length}),
                reason + " [RFC 4271 §6.1, RFC 8654 §5]");
    }

    private Outcome brokenLengths(int at, DecodeContext context, UpdateSink sink, String reason) {
        faults.message(Problem.MESSAGE_LENGTHS, at, 2, reason, "RFC 4271 §6.3", Action.SESSION_RESET, 1);
        return faults.reset(context, sink);
    }

    private boolean prefixesSound(int from, int end, String field) {
        int broken = Nlri.brokenAt(AddressFamily.IPV4, bytes, from, end);
        if (broken < 0) {
            return true;
        }
        faults.message(Problem.PREFIXES, broken, end - from, field + ": " + Nlri.reason(AddressFamily.IPV4, bytes, broken, end), "RFC 7606 §5.3, §3 j",
                Action.SESSION_RESET, 10);
        return false;
    }

    private void endOfRib(AddressFamily family, DecodeContext context, UpdateSink sink, int at) {
        if (context.families().contains(family)) {
            sink.endOfRib(family);
        } else {
            faults.message(Problem.FAMILY, at, 0, "IPv4 unicast was not negotiated", "RFC 4760 §7", Action.IGNORE, 1);
            faults.report(context, sink, "", "", false);
        }
    }

    private void withdraw(AddressFamily family, int from, int end, UpdateSink sink) {
        announce(family, from, end, 0, sink);
    }

    /** Hands out prefixes; with attribute set 0 as withdrawn. */
    private void announce(AddressFamily family, int from, int end, int id, UpdateSink sink) {
        byte[] octets = bytes;
        for (int at = from; at < end; ) {
            int length = octets[at] & 0xff;
            int next = at + 1 + (length + 7 >>> 3);
            long hi = 0;
            long lo;
            if (family == AddressFamily.IPV4) {
                long raw = 0;
                for (int i = at + 1; i < next; i++) {
                    raw = raw << 8 | octets[i] & 0xff;
                }
                int spare = (next - at - 1 << 3) - length;
                raw <<= 32 - length - spare;
                lo = length == 0 ? 0 : raw & 0xffff_ffffL << 32 - length;
            } else {
                hi = Octets.prefixHi(family, octets, at + 1, length);
                lo = Octets.prefixLo(family, octets, at + 1, length);
            }
            if ((length & 7) != 0 && (octets[next - 1] & 0xff >>> (length & 7)) != 0) {
                maskedPrefixes++;
            }
            if (id == 0) {
                sink.withdraw(family, hi, lo, length);
            } else {
                sink.announce(family, hi, lo, length, id);
            }
            at = next;
        }
    }
}
