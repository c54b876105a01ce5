package tombolo.bench.expressroute;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import tombolo.bench.policy.Visitor;

/** Numbered datagrams from the host to addresses spread over all prefixes, on each flow one every 5 ms. Both ends are in this JVM, and so on one clock. */
final class Flows implements AutoCloseable {
    /** Of two equal paths each is taken by about half of them; that none takes one of the two is a chance of 1 in 8 million. */
    static final int COUNT = 24;
    private static final int INTERVAL_MILLIS = 5;
    private static final int PORT = 7007;
    /** Two minutes: whoever forgets to end them has them end by themselves. */
    private static final int MOST = 120_000 / INTERVAL_MILLIS;
    private static final int RECEIVE_BUFFER = 1 << 20;

    private final DatagramChannel sender;
    private final DatagramChannel receiver;
    private final InetSocketAddress[] to = new InetSocketAddress[COUNT];
    /** When what arrived was sent; 0: it did not arrive. By flow and number. */
    private final long[][] sentNanos = new long[COUNT][MOST];
    private final AtomicLongArray newest = new AtomicLongArray(COUNT);
    private final Thread sending;
    private final Thread receiving;
    private volatile int sent;
    private volatile boolean ended;

    /**
     * What silence cost.
     *
     * @param hit          flows that lost packets
     * @param gapNanos     the longest time in which a flow's packets were lost: from the sending of the last that arrived to the sending of the next that did
     * @param resumedNanos when the first packet was sent that arrived behind its flow's loss, of the flow that was last
     */
    record Loss(int hit, int packets, long gapNanos, long resumedNanos) { }

    private Flows(DatagramChannel sender, DatagramChannel receiver, int prefixes) throws IOException {
        this.sender = sender;
        this.receiver = receiver;
        for (int i = 0; i < COUNT; i++) {
            String prefix = Ground.prefix((int) ((long) i * (prefixes - 1) / (COUNT - 1)));
            to[i] = new InetSocketAddress(prefix.replace(".0/24", "." + (10 + i)), PORT);
        }
        receiver.configureBlocking(false);
        sending = Thread.ofPlatform().daemon().name("flows-out").unstarted(this::send);
        receiving = Thread.ofPlatform().daemon().name("flows-in").unstarted(this::receive);
    }

    /** @param prefixes that the edges announce: the first and the last of them are among the flows' */
    static Flows start(int prefixes) throws IOException, InterruptedException {
        DatagramChannel out = Visitor.inside(Ground.HOST, DatagramChannel::open);
        DatagramChannel in = Visitor.inside(Ground.VNET, () -> DatagramChannel.open().setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER).bind(new InetSocketAddress("0.0.0.0", PORT)));
        Flows flows = new Flows(out, in, prefixes);
        flows.receiving.start();
        flows.sending.start();
        return flows;
    }

    private void send() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(16);
        long start = System.nanoTime();
        for (int number = 0; number < MOST && !ended; number++) {
            long due = start + TimeUnit.MILLISECONDS.toNanos((long) number * INTERVAL_MILLIS);
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            for (int flow = 0; flow < COUNT; flow++) {
                try {
                    sender.send(buffer.clear().putInt(flow).putInt(number).putLong(System.nanoTime()).flip(), to[flow]);
                } catch (IOException unreachable) {
                    // No route at this moment: the packet is lost, which is what is measured.
                }
            }
            sent = number + 1;
        }
    }

    private void receive() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        while (!ended) {
            try {
                boolean came = false;
                while (receiver.receive(buffer.clear()) != null) {
                    came = true;
                    buffer.flip();
                    int flow = buffer.getInt();
                    int number = buffer.getInt();
                    sentNanos[flow][number] = buffer.getLong();
                    newest.set(flow, sentNanos[flow][number]);
                }
                if (!came) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    /** Whether every flow has arrived of what was sent within the last {@code millis}. */
    boolean allArrive(int millis) {
        long since = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(millis);
        for (int flow = 0; flow < COUNT; flow++) {
            if (newest.get(flow) - since < 0) {
                return false;
            }
        }
        return true;
    }

    /** What was lost between the first and the last packet that arrived. Call it when the flows have ended. */
    Loss loss() {
        int hit = 0;
        int packets = 0;
        long gap = 0;
        long resumed = Long.MIN_VALUE;
        for (int flow = 0; flow < COUNT; flow++) {
            int last = -1;
            boolean lost = false;
            for (int number = 0; number < sent; number++) {
                long at = sentNanos[flow][number];
                if (at == 0) {
                    continue;
                }
                if (last >= 0 && number - last > 1) {
                    lost = true;
                    packets += number - last - 1;
                    gap = Math.max(gap, at - sentNanos[flow][last]);
                    resumed = Math.max(resumed, at);
                }
                last = number;
            }
            hit += lost ? 1 : 0;
        }
        return new Loss(hit, packets, gap, resumed);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        ended = true;
        sending.join();
        receiving.join();
        sender.close();
        receiver.close();
    }
}
