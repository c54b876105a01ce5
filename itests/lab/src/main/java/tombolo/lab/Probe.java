package tombolo.lab;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What runs on the hosts of the laboratory.
 * <pre>
 *   Probe serve                                  TCP server on port 7008: answers with the number of octets that came
 *   Probe send LOCAL REMOTE                      sends 4 MiB to such a server from address LOCAL
 *   Probe flows SECONDS LOCAL=REMOTE...          numbered datagrams on port 7007 between pairs of addresses, both ways; run it on both hosts
 * </pre>
 */
public final class Probe {
    static final int TCP_PORT = 7008;
    private static final int UDP_PORT = 7007;
    private static final int TCP_OCTETS = 4 << 20;
    private static final int TCP_LIMIT_MILLIS = 10_000;
    /** 200 packets a second on each flow. */
    static final int INTERVAL_MILLIS = 5;
    /** Lets the last packets of the other side arrive. */
    private static final int TAIL_MILLIS = 1_000;

    private Probe() { }

    public static void main(String[] words) throws Exception {
        switch (words[0]) {
            case "serve" -> serve();
            case "send" -> send(words[1], words[2]);
            case "flows" -> flows(Integer.parseInt(words[1]), List.of(words).subList(2, words.length));
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

    /** One flow: what was sent, and which numbers came. */
    private static final class Flow {
        final DatagramChannel channel;
        final InetSocketAddress remote;
        final boolean[] arrived;
        int sent;

        Flow(String local, String remote, int most) throws IOException {
            channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.getByName(local), UDP_PORT));
            channel.configureBlocking(false);
            this.remote = new InetSocketAddress(InetAddress.getByName(remote), UDP_PORT);
            arrived = new boolean[most];
        }
    }

    private static void flows(int seconds, List<String> pairs) throws IOException {
        List<Flow> flows = new ArrayList<>();
        int packets = seconds * 1000 / INTERVAL_MILLIS;
        for (String pair : pairs) {
            flows.add(new Flow(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1), packets));
        }
        ByteBuffer buffer = ByteBuffer.allocate(64);
        long start = System.nanoTime();
        for (int number = 0; number < packets; number++) {
            long due = start + TimeUnit.MILLISECONDS.toNanos((long) number * INTERVAL_MILLIS);
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            for (Flow flow : flows) {
                try {
                    flow.channel.send(buffer.clear().putInt(number).flip(), flow.remote);
                } catch (IOException unreachable) {
                    // No route at this moment: the packet is lost, which is what is measured.
                }
                flow.sent++;
                receive(flow, buffer);
            }
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TAIL_MILLIS);
        while (System.nanoTime() < end) {
            for (Flow flow : flows) {
                receive(flow, buffer);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        for (int i = 0; i < flows.size(); i++) {
            System.out.println("flow " + pairs.get(i) + " " + Outage.of(flows.get(i).arrived));
        }
    }

    private static void receive(Flow flow, ByteBuffer buffer) throws IOException {
        while (true) {
            try {
                if (flow.channel.receive(buffer.clear()) == null) {
                    return;
                }
            } catch (java.net.PortUnreachableException early) {
                return; // the other side is not there yet
            }
            int number = buffer.flip().getInt();
            if (number >= 0 && number < flow.arrived.length) {
                flow.arrived[number] = true;
            }
        }
    }
}
