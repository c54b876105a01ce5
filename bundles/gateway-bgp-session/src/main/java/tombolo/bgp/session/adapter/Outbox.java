package tombolo.bgp.session.adapter;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.bgp.BgpSession.Offer;
import tombolo.bgp.session.core.MessageHeader;

/**
 * Messages accepted from the route bundle and not yet written. Offers come from the consumer's thread, {@link #write} runs on the event loop.
 * The arrays are kept as they are offered; only the part that the channel has room for (its write watermark) is handed to Netty, at message borders, so
 * that a KEEPALIVE or NOTIFICATION never falls into a message and that the copy Netty makes for the kernel stays small.
 */
final class Outbox {
    /** As much as the inbox: a peer that reads slower than we decide costs this and no more. */
    static final long LIMIT = 4L << 20;
    private static final Logger LOG = LoggerFactory.getLogger("tombolo.bgp.session");
    private static final int SLICE = 64 << 10;

    private final ConcurrentLinkedQueue<Pending> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong held = new AtomicLong();
    private final AtomicBoolean awaited = new AtomicBoolean();
    private volatile long sessionNumber;

    private static final class Pending {
        private final long session;
        private final byte[] bytes;
        private int at;
        private final int end;

        private Pending(long session, byte[] bytes, int at, int end) {
            this.session = session;
            this.bytes = bytes;
            this.at = at;
            this.end = end;
        }
    }

    /** Told of each message that goes to the channel. */
    interface Counter {
        void sent(int type, int length);
    }

    /** @param number of the established session; 0: none, and what is queued will be dropped */
    void session(long number) {
        sessionNumber = number;
    }

    long held() {
        return held.get();
    }

    Offer offer(long number, byte[] bytes, int offset, int length) {
        if (number == 0 || number != sessionNumber) {
            return Offer.GONE;
        }
        if (!fits(length)) {
            awaited.set(true);
            if (!fits(length)) { // it may have drained between the look and the flag
                return Offer.FULL;
            }
            awaited.set(false);
        }
        held.addAndGet(length);
        queue.add(new Pending(number, bytes, offset, offset + length));
        return Offer.ACCEPTED;
    }

    private boolean fits(int length) {
        long now = held.get();
        return now == 0 || now + length <= LIMIT;
    }

    /** Hands to the channel what it has room for. True where the consumer waits and may offer again. */
    boolean write(@Nullable Channel channel, Counter counter, Runnable written) {
        boolean wrote = false;
        for (Pending head = queue.peek(); head != null; head = queue.peek()) {
            if (channel == null || head.session != sessionNumber) {
                queue.poll();
                held.addAndGet(head.at - head.end);
                continue;
            }
            if (!channel.isWritable()) {
                break;
            }
            int start = head.at;
            while (head.at + MessageHeader.LENGTH <= head.end) {
                int length = (head.bytes[head.at + 16] & 255) << 8 | head.bytes[head.at + 17] & 255;
                if (length < MessageHeader.LENGTH || length > head.end - head.at || head.at > start && head.at + length - start > SLICE) {
                    break;
                }
                counter.sent(head.bytes[head.at + 18] & 255, length);
                head.at += length;
            }
            int size = head.at - start;
            if (head.at >= head.end || size == 0) {
                queue.poll();
                if (size == 0) {
                    held.addAndGet(head.at - head.end);
                    LOG.error("TMB-BGP-007 {} octets from the route bundle are no BGP message; they were not sent. This is a fault of gateway-bgp.", head.end - head.at);
                }
            }
            if (size > 0) {
                wrote = true;
                channel.write(Unpooled.wrappedBuffer(head.bytes, start, size)).addListener(done -> {
                    held.addAndGet(-size);
                    written.run();
                });
            }
        }
        if (wrote && channel != null) {
            channel.flush();
        }
        return drained();
    }

    boolean drained() {
        return held.get() <= LIMIT / 2 && awaited.compareAndSet(true, false);
    }
}
