package tombolo.dataplane.core.nat;

import tombolo.api.net.AddressFamily;
import tombolo.dataplane.core.MessageWriter;

/** Encodes requests to connection tracking (linux/netfilter/nfnetlink_conntrack.h). */
public final class ConnectionMessages {
    private static final int CT_DELETE = 1 << 8 | 2; // NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE
    private static final int REQUEST_ACK = 1 | 4;
    /** Which of the tuple's parts are looked at (net/netfilter/nf_internals.h, CTA_FILTER_F_*). */
    private static final int PROTOCOL = 1 << 3;
    private static final int DESTINATION_PORT = 1 << 5;

    private ConnectionMessages() { }

    /** All connections of a protocol that were begun to a port (Linux 5.8 and later). */
    public static void forget(MessageWriter out, int sequence, AddressFamily family, int protocol, int port) {
        out.begin(CT_DELETE, REQUEST_ACK, sequence);
        out.u8(family == AddressFamily.IPV4 ? 2 : 10);
        out.u8(0);
        out.u16(0);
        int tuple = out.openNested(1);
        int parts = out.openNested(2);
        out.attribute(1, new byte[] {(byte) protocol});
        out.attribute(3, new byte[] {(byte) (port >>> 8), (byte) port});
        out.close(parts);
        out.close(tuple);
        int filter = out.openNested(25);
        out.attribute32(1, PROTOCOL | DESTINATION_PORT);
        out.attribute32(2, 0);
        out.close(filter);
        out.end();
    }
}
