package tombolo.bgp.session.adapter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.Notification;
import tombolo.bgp.session.core.MessageHeader;
import tombolo.bgp.session.core.OpenMessage;
import tombolo.bgp.session.core.Slot;

/**
 * One TCP connection of a peer: cuts the stream into messages. UPDATE and ROUTE-REFRESH go on in runs, copied once into blocks of at most 64 KiB; the others
 * one by one. Event loop only.
 */
final class PeerConnection extends ChannelInboundHandlerAdapter {
    /** A block of the inbox: large enough that its own cost vanishes, small enough to be garbage soon. */
    private static final int BLOCK = 64 << 10;
    /** How long a closing connection may take to get its NOTIFICATION out and be read empty. */
    private static final int LINGER_MILLIS = 1_000;

    private final PeerSession session;
    final PeerTimer hold;
    final PeerTimer keepalive;
    final PeerTimer sendHold;
    final PeerTimer delayOpen;
    private @Nullable Slot slot;
    private @Nullable Channel channel;
    private @Nullable ByteBuf pending;
    private int maximum = MessageHeader.MAX_LENGTH;
    private boolean enhancedRefresh;
    private boolean lingering;
    private String failure = "";
    @Nullable OpenMessage open;

    PeerConnection(PeerSession session, @Nullable Slot slot) {
        this.session = session;
        this.slot = slot;
        this.hold = session.timers().of(this, tombolo.bgp.session.core.TimerKind.HOLD);
        this.keepalive = session.timers().of(this, tombolo.bgp.session.core.TimerKind.KEEPALIVE);
        this.sendHold = session.timers().of(this, tombolo.bgp.session.core.TimerKind.SEND_HOLD);
        this.delayOpen = session.timers().of(this, tombolo.bgp.session.core.TimerKind.DELAY_OPEN);
    }

    @Nullable Slot slot() {
        return slot;
    }

    void slot(Slot now) {
        slot = now;
    }

    @Nullable Channel channel() {
        return channel;
    }

    void channel(Channel opened) {
        channel = opened;
    }

    void agreed(int maxReceived, boolean enhanced) {
        maximum = maxReceived;
        enhancedRefresh = enhanced;
    }

    void send(byte[] message) {
        if (channel != null) {
            channel.writeAndFlush(Unpooled.wrappedBuffer(message)).addListener(done -> sendHold.again());
        }
    }

    void reading(boolean wanted) {
        if (channel != null) {
            channel.config().setAutoRead(wanted);
        }
    }

    /** Detaches from the machine and closes; what was sent before gets a second to leave. */
    void close(boolean linger) {
        slot = null;
        hold.stop();
        keepalive.stop();
        sendHold.stop();
        delayOpen.stop();
        Channel open = channel;
        if (open == null) {
            return;
        }
        if (!linger || !open.isActive()) {
            open.close();
            return;
        }
        lingering = true;
        open.config().setAutoRead(true); // reads on: unread octets would turn the close into a reset that overtakes the NOTIFICATION
        open.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            if (open instanceof DuplexChannel duplex && open.isActive()) {
                duplex.shutdownOutput();
            }
        });
        open.eventLoop().schedule(() -> open.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (slot == null) {
            in.release();
            return;
        }
        session.traffic().bytesIn(in.readableBytes());
        if (pending != null) {
            pending.writeBytes(in);
            in.release();
            in = pending;
            pending = null;
        }
        try {
            frames(in);
            if (slot != null && in.isReadable()) {
                int wanted = in.readableBytes() < MessageHeader.LENGTH ? MessageHeader.MAX_LENGTH : in.getUnsignedShort(in.readerIndex() + 16);
                pending = Unpooled.buffer(Math.max(wanted, in.readableBytes()));
                pending.writeBytes(in);
            }
        } finally {
            in.release();
        }
    }

    private void frames(ByteBuf in) {
        int runStart = -1;
        int runTypes = 0;
        while (slot != null && in.readableBytes() >= MessageHeader.LENGTH) {
            int at = in.readerIndex();
            boolean marker = in.getLong(at) == -1L && in.getLong(at + 8) == -1L;
            int length = in.getUnsignedShort(at + 16);
            int type = in.getUnsignedByte(at + 18);
            Optional<Notification> problem = MessageHeader.check(marker, length, type, maximum);
            if (problem.isPresent()) {
                runStart = flush(in, runStart, at, runTypes);
                refuse(in, at, length, type, problem.get());
                return;
            }
            if (in.readableBytes() < length) {
                break;
            }
            if (type == MessageHeader.UPDATE || type == MessageHeader.ROUTE_REFRESH) {
                if (runStart >= 0 && at + length - runStart > BLOCK) {
                    runStart = flush(in, runStart, at, runTypes);
                    if (slot == null) {
                        return;
                    }
                }
                if (runStart < 0) {
                    runStart = at;
                    runTypes = type;
                }
                session.traffic().in(type);
                in.skipBytes(length);
                continue;
            }
            runStart = flush(in, runStart, at, runTypes);
            if (slot == null) {
                return;
            }
            byte[] body = new byte[length - MessageHeader.LENGTH];
            in.getBytes(at + MessageHeader.LENGTH, body);
            in.skipBytes(length);
            session.traffic().in(type);
            session.message(this, type, body);
        }
        flush(in, runStart, in.readerIndex(), runTypes);
    }

    private int flush(ByteBuf in, int start, int end, int type) {
        if (start >= 0 && slot != null) {
            byte[] block = new byte[end - start];
            in.getBytes(start, block);
            session.routes(this, type, block);
        }
        return -1;
    }

    private void refuse(ByteBuf in, int at, int length, int type, Notification problem) {
        Notification answer = problem;
        // RFC 7313 §5: a ROUTE-REFRESH of a wrong length gets its own code, with the whole message
        if (enhancedRefresh && type == MessageHeader.ROUTE_REFRESH && problem.subcode() == 2 && length >= MessageHeader.LENGTH && in.readableBytes() >= length) {
            byte[] whole = new byte[length];
            in.getBytes(at, whole);
            answer = new Notification(Notification.ROUTE_REFRESH_ERROR, 1, whole);
        }
        String why = switch (problem.subcode()) {
            case 1 -> "the stream lost its synchronisation: the marker is not all ones";
            case 2 -> MessageHeader.name(type) + " of " + length + " octets, wanted " + MessageHeader.allowed(type, maximum);
            default -> "message of unknown " + MessageHeader.name(type);
        };
        session.malformed(this, answer, why);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        sendHold.again();
        session.writable(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failure = SystemWords.plain(cause);
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (pending != null) {
            pending.release();
            pending = null;
        }
        if (slot != null) {
            session.closed(this, failure.isEmpty() ? "the peer closed the connection" : "the connection was lost: " + failure);
        }
    }
}
