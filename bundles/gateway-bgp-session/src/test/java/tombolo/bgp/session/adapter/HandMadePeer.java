package tombolo.bgp.session.adapter;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.bgp.session.core.Capability;
import tombolo.bgp.session.core.MessageHeader;
import tombolo.bgp.session.core.OpenCodec;
import tombolo.bgp.session.core.OpenMessage;

/** The other end of a session: a plain socket from a loopback address of its own. */
final class HandMadePeer implements AutoCloseable {
    final Socket socket;
    final List<Integer> types = new ArrayList<>();

    HandMadePeer(String address, int port) throws IOException {
        socket = connected(address, port);
        socket.setSoTimeout((int) TestNode.LIMIT.toMillis());
    }

    /** The node binds on its own thread: a refusal right after its start is tried again. */
    private static Socket connected(String address, int port) throws IOException {
        long deadline = System.nanoTime() + TestNode.LIMIT.toNanos();
        while (true) {
            Socket attempt = new Socket();
            attempt.setReuseAddress(true);
            attempt.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
            try {
                attempt.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), (int) TestNode.LIMIT.toMillis());
                return attempt;
            } catch (java.net.ConnectException e) {
                attempt.close();
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
            }
        }
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    static byte[] open(int holdTime, Capability... more) {
        List<Capability> capabilities = new ArrayList<>(List.of(more));
        capabilities.add(new Capability.Multiprotocol(1, 1));
        return OpenCodec.encode(new OpenMessage(4, 65002, holdTime, 0x0a000009, capabilities));
    }

    /** A whole UPDATE without routes: as long as asked, filled with a number. */
    static byte[] update(int length, int number) {
        byte[] message = new byte[length];
        MessageHeader.write(message, 0, length, MessageHeader.UPDATE);
        message[19] = (byte) (number >>> 24);
        message[20] = (byte) (number >>> 16);
        message[21] = (byte) (number >>> 8);
        message[22] = (byte) number;
        return message;
    }

    /** OPEN and KEEPALIVE both ways. */
    void establish(int holdTime) throws IOException {
        send(open(holdTime));
        send(MessageHeader.keepalive());
        read();
        read();
    }

    /** The next message; its type is noted. Empty at the end of the stream. */
    Optional<byte[]> read() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] header = in.readNBytes(MessageHeader.LENGTH);
        if (header.length < MessageHeader.LENGTH) {
            return Optional.empty();
        }
        int length = (header[16] & 255) << 8 | header[17] & 255;
        byte[] body = in.readNBytes(length - MessageHeader.LENGTH);
        if (body.length < length - MessageHeader.LENGTH) {
            throw new EOFException("the stream ends within a message");
        }
        types.add(header[18] & 255);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(header);
        whole.writeBytes(body);
        return Optional.of(whole.toByteArray());
    }

    /** Reads until the node closes (true) or stays silent for the time limit (false). */
    boolean readToEnd(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            while (read().isPresent()) { // the types are what counts
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
