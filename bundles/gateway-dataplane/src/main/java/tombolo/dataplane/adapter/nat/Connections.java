package tombolo.dataplane.adapter.nat;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.api.net.AddressFamily;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.nat.ConnectionMessages;

/**
 * Makes the kernel forget connections by ctnetlink. A translation is chosen by a connection's first packet: a client of UDP that goes on sending would reach where the
 * port led before, or nobody, for as long as it sends. (TCP begins anew by itself.) Any thread; a socket for each call.
 */
public final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    private static final int RECEIVE_BUFFER = 64 << 10;
    private static final int PATIENCE_MILLIS = 5_000;

    private final Netlink netlink;
    private final Optional<String> netns;

    /** @param netns path of the namespace; empty: the process's own */
    public Connections(Netlink netlink, Optional<String> netns) {
        this.netlink = netlink;
        this.netns = netns;
    }

    /** Forgets what was sent to a port, of both families; what cannot be forgotten is logged and ends by itself in minutes. */
    void forget(int protocol, int port) {
        try (NetlinkSocket socket = netlink.open(Netlink.Options.netfilter().receiveBuffer(RECEIVE_BUFFER).netns(netns))) {
            for (AddressFamily family : AddressFamily.values()) {
                MessageWriter out = new MessageWriter(256);
                ConnectionMessages.forget(out, 1, family, protocol, port);
                socket.send(out.bytes(), out.size());
                int errno = answer(socket);
                if (errno != 0 && errno != Errno.ENOENT) {
                    throw new KernelException("forgetting connections to port " + port, errno);
                }
            }
        } catch (KernelException e) {
            LOG.warn("TMB-NAT-005 clients that go on sending to port {} may not reach the container before they pause: {}", port, e.getMessage());
        }
    }

    private static int answer(NetlinkSocket socket) {
        byte[] bytes = new byte[NetlinkSocket.RECEIVE_BYTES];
        MessageReader reader = new MessageReader(bytes);
        int length = socket.receive(bytes, PATIENCE_MILLIS);
        reader.reset(Math.max(0, length));
        while (reader.next()) {
            if (reader.type() == MessageReader.NLMSG_ERROR) {
                return reader.errno();
            }
        }
        throw new KernelException("the kernel did not answer within " + PATIENCE_MILLIS + " ms", 0);
    }
}
