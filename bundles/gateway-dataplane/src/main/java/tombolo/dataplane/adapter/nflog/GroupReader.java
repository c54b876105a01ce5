package tombolo.dataplane.adapter.nflog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.api.nftables.LoggedPacket;
import tombolo.api.nftables.PacketLog;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.nflog.LogMessages;
import tombolo.dataplane.core.nflog.LogMessages.Setting;

/**
 * The thread that reads one group.
 *
 * <pre>
 *  kernel ── ≤ 32 packets of ≤ 128 bytes, or what came in 0.1 s ──► socket, ≤ 256 KiB ──► this thread, ≤ 2,000 packets a second ──► listener
 *                                                                     └─ full: ENOBUFS, the gap before the next number says how many were lost
 * </pre>
 *
 * What is beyond that pace waits in the socket and is then lost in the kernel, so that a flood costs a bounded share of a core here whatever the rules' own limits are.
 */
final class GroupReader implements PacketLog.Listening {
    private static final Logger LOG = LoggerFactory.getLogger(GroupReader.class);
    /** Addresses and ports of either family, with the most usual extension headers between. */
    private static final int COPY_BYTES = 128;
    private static final int GATHER_PACKETS = 32;
    private static final int GATHER_CENTISECONDS = 10;
    private static final int DATAGRAM_BYTES = 16 << 10;
    /** About 4,000 packets: two seconds of the pace. */
    private static final int RECEIVE_BUFFER = 256 << 10;
    private static final int PACKETS_A_SECOND = 2_000;
    private static final int MOST_AT_ONCE = 256;
    private static final int PATIENCE_MILLIS = 5_000;
    private static final long AGAIN_NANOS = 5_000_000_000L;
    /** What the kernel says where the group is another socket's; without CAP_NET_ADMIN no such socket could have been opened at all. */
    private static final int EPERM = 1;
    private static final long SECOND = 1_000_000_000L;

    private final Netlink netlink;
    private final Optional<String> netns;
    private final int group;
    private final Consumer<List<LoggedPacket>> listener;
    private final Consumer<GroupReader> closed;
    private final Thread thread;
    private final byte[] bytes = new byte[NetlinkSocket.RECEIVE_BYTES];
    private final MessageReader reader = new MessageReader(bytes);
    private volatile PacketLog.Counts counts = new PacketLog.Counts(0, 0, 0, false, Optional.empty());
    private volatile boolean closing;
    private volatile Optional<NetlinkSocket> open = Optional.empty();
    private int expected;
    private long windowNanos;
    private int inWindow;

    GroupReader(Netlink netlink, Optional<String> netns, int group, Consumer<List<LoggedPacket>> listener, Consumer<GroupReader> closed) {
        this.netlink = netlink;
        this.netns = netns;
        this.group = group;
        this.listener = listener;
        this.closed = closed;
        this.thread = Thread.ofPlatform().name("tombolo-nflog-" + group).daemon(true).unstarted(this::work);
    }

    void start() {
        thread.start();
    }

    @Override
    public PacketLog.Counts counts() {
        return counts;
    }

    @Override
    public void close() {
        closing = true;
        open.ifPresent(NetlinkSocket::wake);
        LockSupport.unpark(thread);
        closed.accept(this);
        if (Thread.currentThread() != thread) {
            try {
                thread.join(PATIENCE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void work() {
        while (!closing) {
            try (NetlinkSocket socket = netlink.open(Netlink.Options.netfilter().receiveBuffer(RECEIVE_BUFFER).netns(netns)); InterfaceNames names = new InterfaceNames(netlink, netns)) {
                open = Optional.of(socket);
                bind(socket);
                counts = new PacketLog.Counts(counts.packets(), counts.lost(), counts.overruns(), true, Optional.empty());
                expected = 0;
                windowNanos = System.nanoTime();
                inWindow = 0;
                read(socket, names);
            } catch (KernelException e) {
                if (!closing) {
                    problem(e);
                }
            } finally {
                open = Optional.empty();
            }
            if (!closing) {
                LockSupport.parkNanos(AGAIN_NANOS);
            }
        }
        counts = new PacketLog.Counts(counts.packets(), counts.lost(), counts.overruns(), false, counts.problem());
    }

    private void problem(KernelException e) {
        String text = "TMB-NFL-001 packets that rules log to group " + group + " are not heard of: " + (e.errno() == EPERM || e.errno() == Errno.EBUSY ? "another program listens to it; end it" : e.getMessage())
                + ". Trying again every " + AGAIN_NANOS / SECOND + " s";
        if (!counts.problem().equals(Optional.of(text))) {
            LOG.warn(text);
        }
        counts = new PacketLog.Counts(counts.packets(), counts.lost(), counts.overruns(), false, Optional.of(text));
    }

    private void bind(NetlinkSocket socket) {
        int sequence = 0;
        for (Setting setting : List.of(new Setting.Bind(), new Setting.Copy(COPY_BYTES), new Setting.Datagram(DATAGRAM_BYTES), new Setting.Gather(GATHER_PACKETS, GATHER_CENTISECONDS),
                new Setting.Numbered())) {
            MessageWriter out = new MessageWriter(64);
            LogMessages.configure(out, ++sequence, group, setting);
            socket.send(out.bytes(), out.size());
            int errno = answer(socket, sequence);
            if (errno != 0) {
                throw new KernelException("listening to NFLOG group " + group, errno);
            }
        }
    }

    /** Packets that come before all is said are passed over: they have no number yet. */
    private int answer(NetlinkSocket socket, int sequence) {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (System.nanoTime() - deadline < 0 && !closing) {
            reader.reset(Math.max(0, socket.receive(bytes, PATIENCE_MILLIS)));
            while (reader.next()) {
                if (reader.type() == MessageReader.NLMSG_ERROR && reader.sequence() == sequence) {
                    return reader.errno();
                }
            }
        }
        throw new KernelException("the kernel did not answer within " + PATIENCE_MILLIS + " ms", 0);
    }

    private void read(NetlinkSocket socket, InterfaceNames names) {
        List<LoggedPacket> packets = new ArrayList<>();
        while (!closing) {
            int length = socket.receive(bytes, -1);
            if (length == NetlinkSocket.OVERRUN) {
                counts = new PacketLog.Counts(counts.packets(), counts.lost(), counts.overruns() + 1, true, Optional.empty());
                continue;
            }
            long lost = 0;
            long now = System.currentTimeMillis();
            reader.reset(length);
            while (reader.next()) {
                if (reader.type() != LogMessages.PACKET) {
                    continue;
                }
                LogMessages.Heard heard = LogMessages.packet(reader, now, names::of);
                lost += Math.max(0, heard.number() - expected);
                expected = heard.number() + 1;
                heard.packet().ifPresent(packets::add);
                if (packets.size() >= MOST_AT_ONCE) {
                    hand(packets);
                }
            }
            int heard = packets.size();
            hand(packets);
            if (lost > 0) {
                counts = new PacketLog.Counts(counts.packets(), counts.lost() + lost, counts.overruns(), true, Optional.empty());
            }
            pace(heard);
        }
    }

    private void hand(List<LoggedPacket> packets) {
        if (!packets.isEmpty()) {
            counts = new PacketLog.Counts(counts.packets() + packets.size(), counts.lost(), counts.overruns(), true, Optional.empty());
            try {
                listener.accept(List.copyOf(packets));
            } catch (RuntimeException e) {
                LOG.error("TMB-NFL-002 who listens to NFLOG group {} failed; these {} packets are not in its log. Report this with gateway:diag", group, packets.size(), e);
            }
            packets.clear();
        }
    }

    private void pace(int heard) {
        long now = System.nanoTime();
        if (now - windowNanos >= SECOND) {
            windowNanos = now;
            inWindow = 0;
        }
        inWindow += heard;
        while (inWindow >= PACKETS_A_SECOND && !closing && now - windowNanos < SECOND) {
            LockSupport.parkNanos(SECOND - (now - windowNanos));
            now = System.nanoTime();
        }
    }
}
