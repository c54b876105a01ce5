package tombolo.lab;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What runs on the hosts of the laboratory.
 * <pre>
 *   Probe serve                                  TCP server on port 7008: answers with the number of octets that came
 *   Probe send LOCAL REMOTE                      sends 4 MiB to such a server from address LOCAL
 *   Probe flows END LOCAL=REMOTE...              numbered datagrams on port 7007 between pairs of addresses, both ways, until the file END is there;
 *                                                run it on both hosts
 * </pre>
 */
public final class Probe {
    static final int TCP_PORT = 7008;
    private static final int UDP_PORT = 7007;
    private static final int TCP_OCTETS = 4 << 20;
    private static final int TCP_LIMIT_MILLIS = 10_000;
    /** 200 packets a second on each flow. */
    static final int INTERVAL_MILLIS = 5;
    /** Five minutes: whoever forgets to end the flows has them end by themselves. */
    private static final int MOST_PACKETS = 300_000 / INTERVAL_MILLIS;
    /** Number and time of sending. */
    private static final int PACKET_OCTETS = Integer.BYTES + Long.BYTES;
    /** No packet for so long: the other side has ended. Two seconds without the processor are not unheard of on a busy machine. */
    private static final int QUIET_MILLIS = 2_000;
    /** In octets; the kernel gives as much of it as net.core.rmem_max allows. */
    private static final int RECEIVE_BUFFER = 1 << 20;

    private Probe() { }

    public static void main(String[] words) throws Exception {
        switch (words[0]) {
            case "serve" -> serve();
            case "send" -> send(words[1], words[2]);
            case "flows" -> flows(Path.of(words[1]), List.of(words).subList(2, words.length));
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private static void serve() throws IOException {
        try (ServerSocket server = new ServerSocket(TCP_PORT)) {
            System.out.println("listening");
            while (true) {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> count(client));
            }
        }
    }

    private static void count(Socket client) {
        try (client) {
            long octets = 0;
            InputStream in = client.getInputStream();
            byte[] buffer = new byte[1 << 16];
            for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                octets += got;
            }
            client.getOutputStream().write(ByteBuffer.allocate(8).putLong(octets).array());
        } catch (IOException lost) {
            System.out.println("connection lost: " + lost.getMessage());
        }
    }

    private static void send(String local, String remote) throws IOException {
        long start = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(local), 0));
            socket.setSoTimeout(TCP_LIMIT_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getByName(remote), TCP_PORT), TCP_LIMIT_MILLIS);
            socket.getOutputStream().write(new byte[TCP_OCTETS]);
            socket.shutdownOutput();
            long counted = ByteBuffer.wrap(socket.getInputStream().readNBytes(8)).getLong();
            if (counted != TCP_OCTETS) {
                throw new IOException("sent " + TCP_OCTETS + " octets, " + counted + " arrived");
            }
        }
        System.out.printf("%d octets in %d ms%n", TCP_OCTETS, (System.nanoTime() - start) / 1_000_000);
    }

    /** One flow: what came. */
    private static final class Flow {
        final DatagramChannel channel;
        final InetSocketAddress remote;
        /** When each number was sent, 0 for those that did not come: the two ends share the machine's clock. */
        final long[] sentNanos = new long[MOST_PACKETS];

        Flow(String local, String remote) throws IOException {
            channel = DatagramChannel.open();
            // A machine that gives this process no time for a while must not lose what arrived meanwhile: that would look like the network's loss.
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            channel.bind(new InetSocketAddress(InetAddress.getByName(local), UDP_PORT));
            channel.configureBlocking(false);
            this.remote = new InetSocketAddress(InetAddress.getByName(remote), UDP_PORT);
        }
    }

    private static void flows(Path end, List<String> pairs) throws IOException {
        List<Flow> flows = new ArrayList<>();
        for (String pair : pairs) {
            flows.add(new Flow(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1)));
        }
        ByteBuffer buffer = ByteBuffer.allocate(64);
        long start = System.nanoTime();
        int sent = 0;
        for (; sent < MOST_PACKETS && !Files.exists(end); sent++) {
            long due = start + TimeUnit.MILLISECONDS.toNanos((long) sent * INTERVAL_MILLIS);
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            for (Flow flow : flows) {
                try {
                    flow.channel.send(buffer.clear().putInt(sent).putLong(System.nanoTime()).flip(), flow.remote);
                } catch (IOException unreachable) {
                    // No route at this moment: the packet is lost, which is what is measured.
                }
                receive(flow, buffer);
            }
        }
        // The other side sees the end at another moment and may have had a long pause before it.
        long last = System.nanoTime();
        long quiet = last;
        while (System.nanoTime() - quiet < TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS)) {
            boolean came = false;
            for (Flow flow : flows) {
                came |= receive(flow, buffer);
            }
            if (came) {
                quiet = System.nanoTime();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        System.out.println("sent " + sent + " " + last);
        for (int i = 0; i < flows.size(); i++) {
            System.out.println("flow " + pairs.get(i) + " " + Outage.of(flows.get(i).sentNanos));
        }
    }

    /** Whether anything came. */
    private static boolean receive(Flow flow, ByteBuffer buffer) throws IOException {
        boolean came = false;
        while (true) {
            try {
                if (flow.channel.receive(buffer.clear()) == null) {
                    return came;
                }
            } catch (PortUnreachableException early) {
                return came; // the other side is not there yet
            }
            came = true;
            int number = buffer.flip().remaining() < PACKET_OCTETS ? -1 : buffer.getInt();
            if (number >= 0 && number < MOST_PACKETS) {
                flow.sentNanos[number] = buffer.getLong();
            }
        }
    }
}
