package tombolo.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** One BGP session over a blocking socket: a thread reads, callers write whole messages. */
final class Speaker implements AutoCloseable {
    private static final int HOLD_TIME_SECONDS = 240;
    /** A ninth of the hold time: three are lost before anything happens, even when a bulk write holds the socket for long. */
    private static final int KEEPALIVE_SECONDS = 25;
    private static final int READ_BUFFER = 1 << 18;
    private static final int WRITE_CHUNK = 1 << 16;
    private static final byte OPEN = 1;
    private static final byte UPDATE = 2;
    private static final byte NOTIFICATION = 3;
    private static final byte KEEPALIVE = 4;

    private final Socket socket;
    private final Sink sink;
    private final String name;
    private final Object writing = new Object();
    private final CountDownLatch established = new CountDownLatch(1);
    private final AtomicReference<String> end = new AtomicReference<>("");

    /** Where received UPDATEs go; called by the session's reader thread. */
    interface Sink {
        /** One whole message at {@code start}. @param nanos when its octets were read */
        void update(byte[] buffer, int start, int length, long nanos);

        /** All messages of one read have been given. */
        void batchDone(long nanos);

        Sink NONE = new Sink() {
            @Override
            public void update(byte[] buffer, int start, int length, long nanos) { }

            @Override
            public void batchDone(long nanos) { }
        };
    }

    private Speaker(Socket socket, String name, Sink sink) {
        this.socket = socket;
        this.name = name;
        this.sink = sink;
    }

    /** Connects to {@code daemon} from {@code local}; tries again until {@code limitSeconds} have gone, since a daemon opens its port when it is ready. */
    static Speaker connect(String local, String daemon, int as, Sink sink, int limitSeconds) throws IOException, InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
        while (true) {
            Socket socket = new Socket();
            try {
                socket.setTcpNoDelay(true);
                socket.bind(new InetSocketAddress(InetAddress.getByName(local), 0));
                socket.connect(new InetSocketAddress(InetAddress.getByName(daemon), 179), 1000);
                Speaker speaker = new Speaker(socket, "peer " + local, sink);
                speaker.start(as, InetAddress.getByName(local).getAddress());
                if (speaker.established.await(Math.max(1, (limit - System.nanoTime()) / 1_000_000_000L), TimeUnit.SECONDS) && speaker.alive()) {
                    return speaker;
                }
                speaker.close();
                if (System.nanoTime() > limit) {
                    throw new IOException("session " + local + " - " + daemon + " did not come up: " + speaker.end.get());
                }
            } catch (java.net.ConnectException | java.net.SocketTimeoutException | java.net.NoRouteToHostException notYet) {
                socket.close();
                if (System.nanoTime() > limit) {
                    throw new IOException("no connection " + local + " - " + daemon + " within " + limitSeconds + " s: " + notYet.getMessage(), notYet);
                }
            }
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** The passive side, for the generator against itself. */
    static Speaker accept(Socket socket, int as, Sink sink) throws IOException {
        Speaker speaker = new Speaker(socket, "self", sink);
        speaker.start(as, new byte[] {10, 99, 0, 1});
        return speaker;
    }

    private void start(int as, byte[] routerId) throws IOException {
        write(open(as, routerId));
        Thread.ofPlatform().daemon().name(name + " reader").start(this::read);
        Thread.ofVirtual().name(name + " keepalive").start(this::keepAlive);
    }

    boolean alive() {
        return end.get().isEmpty();
    }

    String end() {
        return end.get();
    }

    /** Writes encoded messages; blocks while the daemon does not read. */
    void write(byte[] messages) throws IOException {
        write(messages, 0, messages.length);
    }

    void write(byte[] messages, int from, int length) throws IOException {
        OutputStream out = socket.getOutputStream();
        // In whole messages only: a keepalive must never come between two halves of one.
        int at = from;
        while (at < from + length) {
            int stop = at;
            while (stop < from + length && stop - at < WRITE_CHUNK) {
                stop += Receiver.get16(messages, stop + 16);
            }
            synchronized (writing) {
                out.write(messages, at, stop - at);
            }
            at = stop;
        }
    }

    private void keepAlive() {
        try {
            while (alive()) {
                TimeUnit.SECONDS.sleep(KEEPALIVE_SECONDS);
                write(header(KEEPALIVE, Encoder.HEADER));
            }
        } catch (IOException | InterruptedException over) {
            end.compareAndSet("", "keepalive: " + over.getMessage());
        }
    }

    private void read() {
        byte[] buffer = new byte[READ_BUFFER];
        int filled = 0;
        try (InputStream in = socket.getInputStream()) {
            while (true) {
                int got = in.read(buffer, filled, buffer.length - filled);
                if (got < 0) {
                    end.compareAndSet("", "closed by the daemon");
                    break;
                }
                long nanos = System.nanoTime();
                filled += got;
                int at = 0;
                while (filled - at >= Encoder.HEADER) {
                    int length = Receiver.get16(buffer, at + 16);
                    if (filled - at < length) {
                        break;
                    }
                    message(buffer, at, length, nanos);
                    at += length;
                }
                sink.batchDone(nanos);
                System.arraycopy(buffer, at, buffer, 0, filled - at);
                filled -= at;
            }
        } catch (IOException over) {
            end.compareAndSet("", String.valueOf(over.getMessage()));
        } finally {
            established.countDown();
        }
    }

    private void message(byte[] buffer, int at, int length, long nanos) throws IOException {
        switch (buffer[at + 18]) {
            case UPDATE -> sink.update(buffer, at, length, nanos);
            case OPEN -> write(header(KEEPALIVE, Encoder.HEADER));
            case KEEPALIVE -> established.countDown();
            case NOTIFICATION -> end.compareAndSet("", "NOTIFICATION " + buffer[at + 19] + "/" + buffer[at + 20] + " received");
            default -> { } // ROUTE-REFRESH: nothing here is sent again
        }
    }

    /** RFC 4271 §4.2, with the capabilities IPv4 unicast (RFC 4760), route refresh (RFC 2918) and four-octet AS (RFC 6793). */
    private static byte[] open(int as, byte[] routerId) {
        byte[] capabilities = {1, 4, 0, 1, 0, 1, 2, 0, 65, 4, (byte) (as >>> 24), (byte) (as >>> 16), (byte) (as >>> 8), (byte) as};
        int length = Encoder.HEADER + 10 + 2 + capabilities.length;
        byte[] message = Arrays.copyOf(header(OPEN, length), length);
        int wireAs = as >>> 16 == 0 ? as : 23456;
        byte[] fixed = {4, (byte) (wireAs >>> 8), (byte) wireAs, 0, (byte) HOLD_TIME_SECONDS, routerId[0], routerId[1], routerId[2], routerId[3],
            (byte) (2 + capabilities.length), 2, (byte) capabilities.length};
        System.arraycopy(fixed, 0, message, Encoder.HEADER, fixed.length);
        System.arraycopy(capabilities, 0, message, Encoder.HEADER + fixed.length, capabilities.length);
        return message;
    }

    private static byte[] header(byte type, int length) {
        byte[] message = new byte[Encoder.HEADER];
        Arrays.fill(message, 0, 16, (byte) 0xFF);
        message[16] = (byte) (length >>> 8);
        message[17] = (byte) length;
        message[18] = type;
        return message;
    }

    /** Closes the connection without a NOTIFICATION: to the daemon, the peer is lost. */
    @Override
    public void close() {
        end.compareAndSet("", "closed by us");
        try {
            socket.close();
        } catch (IOException alreadyClosed) {
            end.compareAndSet("", String.valueOf(alreadyClosed.getMessage()));
        }
    }
}
