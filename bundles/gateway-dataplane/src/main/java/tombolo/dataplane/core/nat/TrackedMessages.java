package tombolo.dataplane.core.nat;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.kernel.Connection;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpProtocol;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;

/**
 * Reads connections out of the kernel's answers, and asks it to forget single ones (linux/netfilter/nfnetlink_conntrack.h).
 *
 * <pre>
 *  nfgenmsg (4) | CTA_TUPLE_ORIG (1) | CTA_TUPLE_REPLY (2) | ... | CTA_ID (12) | CTA_ZONE (18)
 *                  └ CTA_TUPLE_IP (1): source 1 or 3, destination 2 or 4 | CTA_TUPLE_PROTO (2): number 1, ports 2 and 3, ICMP id, type, code 4, 5, 6, ICMPv6 7, 8, 9
 * </pre>
 */
public final class TrackedMessages {
    /** IPCTNL_MSG_CT_NEW of NFNL_SUBSYS_CTNETLINK, which answers to a dump are. */
    public static final int NEW = 1 << 8;
    private static final int GET = NEW + 1;
    private static final int DELETE = NEW + 2;
    private static final int REQUEST_DUMP = 1 | 0x300;
    private static final int REQUEST_ACK = 1 | 4;
    private static final int HEADER = 4;

    private TrackedMessages() { }

    private static final class Tuple {
        @Nullable IpAddress source;
        @Nullable IpAddress destination;
        int protocol;
        int sourcePort;
        int destinationPort;
        int type = -1;
        int code = -1;
        int icmpId = -1;
    }

    public static void dump(MessageWriter out, int sequence, AddressFamily family) {
        begin(out, GET, REQUEST_DUMP, sequence, family);
        out.end();
    }

    public static void forget(MessageWriter out, int sequence, Connection connection) {
        AddressFamily family = connection.source().family();
        boolean v4 = family == AddressFamily.IPV4;
        begin(out, DELETE, REQUEST_ACK, sequence, family);
        int tuple = out.openNested(1);
        int addresses = out.openNested(1);
        out.attributeAddress(v4 ? 1 : 3, connection.source());
        out.attributeAddress(v4 ? 2 : 4, connection.told());
        out.close(addresses);
        int parts = out.openNested(2);
        out.attribute(1, new byte[] {(byte) connection.protocol().number()});
        if (connection.icmpType() >= 0) {
            out.attribute(v4 ? 4 : 7, port(connection.icmpId()));
            out.attribute(v4 ? 5 : 8, new byte[] {(byte) connection.icmpType()});
            out.attribute(v4 ? 6 : 9, new byte[] {(byte) connection.icmpCode()});
        } else {
            out.attribute(2, port(connection.sourcePort()));
            out.attribute(3, port(connection.toldPort()));
        }
        out.close(parts);
        out.close(tuple);
        out.attributeBig32(12, connection.id());
        if (connection.zone() != 0) {
            out.attribute(18, port(connection.zone()));
        }
        out.end();
    }

    private static void begin(MessageWriter out, int type, int flags, int sequence, AddressFamily family) {
        out.begin(type, flags, sequence);
        out.u8(family == AddressFamily.IPV4 ? 2 : 10);
        out.u8(0);
        out.u16(0);
    }

    private static byte[] port(int number) {
        return new byte[] {(byte) (number >>> 8), (byte) number};
    }

    /** @param message of type {@link #NEW}; empty where it says too little */
    public static Optional<Connection> read(MessageReader message) {
        Tuple original = new Tuple();
        Tuple reply = new Tuple();
        int id = 0;
        int zone = 0;
        message.attributes(HEADER);
        while (message.nextAttribute()) {
            switch (message.attributeType()) {
                case 1 -> tuple(message.nested(), original);
                case 2 -> tuple(message.nested(), reply);
                case 12 -> id = message.attributeLength() >= 4 ? message.big32(message.attributeStart()) : 0;
                case 18 -> zone = big16(message);
                default -> { }
            }
        }
        IpAddress source = original.source;
        IpAddress told = original.destination;
        IpAddress destination = reply.source;
        if (source == null || told == null || destination == null || original.protocol == 0) {
            return Optional.empty();
        }
        return Optional.of(new Connection(new IpProtocol(original.protocol), source, original.sourcePort, destination, original.type >= 0 ? 0 : reply.sourcePort, told,
                original.destinationPort, original.type, original.code, original.icmpId, zone, id));
    }

    private static void tuple(MessageReader attributes, Tuple into) {
        while (attributes.nextAttribute()) {
            MessageReader parts = attributes.nested();
            boolean addresses = attributes.attributeType() == 1;
            while (parts.nextAttribute()) {
                if (addresses) {
                    address(parts, into);
                } else if (attributes.attributeType() == 2) {
                    transport(parts, into);
                }
            }
        }
    }

    private static void address(MessageReader parts, Tuple into) {
        int type = parts.attributeType();
        if (parts.attributeLength() == (type <= 2 ? 4 : 16)) {
            if (type == 1 || type == 3) {
                into.source = parts.attributeAddress();
            } else if (type == 2 || type == 4) {
                into.destination = parts.attributeAddress();
            }
        }
    }

    private static void transport(MessageReader parts, Tuple into) {
        int first = parts.attributeLength() >= 1 ? parts.u8(parts.attributeStart()) : 0;
        switch (parts.attributeType()) {
            case 1 -> into.protocol = first;
            case 2 -> into.sourcePort = big16(parts);
            case 3 -> into.destinationPort = big16(parts);
            case 4, 7 -> into.icmpId = big16(parts);
            case 5, 8 -> into.type = first;
            case 6, 9 -> into.code = first;
            default -> { }
        }
    }

    private static int big16(MessageReader reader) {
        int at = reader.attributeStart();
        return reader.attributeLength() >= 2 ? reader.u8(at) << 8 | reader.u8(at + 1) : 0;
    }
}
