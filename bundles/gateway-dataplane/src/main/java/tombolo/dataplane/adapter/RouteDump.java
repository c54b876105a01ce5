package tombolo.dataplane.adapter;

import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.Rtnetlink;

/** A dump in progress on a socket of its own: one datagram (32 KiB, about 500 routes) a step, so that other work is not held up. One thread. */
final class RouteDump implements AutoCloseable {
    /** An answer that takes longer is none: the kernel answers dumps at once. */
    private static final int PATIENCE_MILLIS = 5_000;

    /** How a dump stands after a step. */
    enum Progress { MORE, DONE, INTERRUPTED }

    /** Takes each message; the reader stands on it. */
    interface Consumer {
        void message(MessageReader reader);
    }

    private final NetlinkSocket socket;
    private final byte[] buffer = new byte[NetlinkSocket.RECEIVE_BYTES];
    private final MessageReader reader = new MessageReader(buffer);
    private int sequence;
    private boolean interrupted;

    RouteDump(Netlink netlink, Netlink.Options options) {
        this.socket = netlink.open(options);
    }

    /** Sends the request that the writer holds, whose sequence number is given. */
    void start(MessageWriter request, int sequence) {
        this.sequence = sequence;
        interrupted = false;
        socket.send(request.bytes(), request.size());
    }

    Progress step(Consumer consumer) {
        int length = socket.receive(buffer, PATIENCE_MILLIS);
        if (length == NetlinkSocket.OVERRUN) {
            return Progress.INTERRUPTED;
        }
        if (length == NetlinkSocket.NOTHING) {
            throw new KernelException("the kernel does not answer a dump request", 0);
        }
        reader.reset(length);
        while (reader.next()) {
            if (reader.sequence() != sequence) {
                continue; // the rest of a dump that was given up
            }
            interrupted |= (reader.flags() & Rtnetlink.NLM_F_DUMP_INTR) != 0;
            switch (reader.type()) {
                case MessageReader.NLMSG_DONE -> {
                    if (reader.errno() > 0) {
                        throw new KernelException("dumping", reader.errno());
                    }
                    return interrupted ? Progress.INTERRUPTED : Progress.DONE;
                }
                case MessageReader.NLMSG_ERROR -> throw new KernelException("dumping", reader.errno());
                default -> consumer.message(reader);
            }
        }
        return Progress.MORE;
    }

    /** Runs a whole dump; true where it was not disturbed by changes meanwhile. */
    boolean run(MessageWriter request, int sequence, Consumer consumer) {
        start(request, sequence);
        Progress progress = Progress.MORE;
        while (progress == Progress.MORE) {
            progress = step(consumer);
        }
        return progress == Progress.DONE;
    }

    @Override
    public void close() {
        socket.close();
    }
}
