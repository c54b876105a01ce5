package tombolo.policy.adapter.nft;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A raw socket that sends echo requests and hears those of others, of one family; in the namespace of the thread that makes it. Each request has two numbers of its own. */
final class EchoSocket implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_RAW = 3;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int HEADER = 8;
    private static final MethodHandle SOCKET = handle("socket", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle SEND = handle("sendto", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle RECEIVE = handle("recv", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    /** The two numbers of a request. */
    record Heard(int id, int sequence) { }

    private final boolean ipv4;
    private final int descriptor;

    EchoSocket(boolean ipv4) {
        this.ipv4 = ipv4;
        try {
            descriptor = (int) SOCKET.invokeExact(ipv4 ? AF_INET : AF_INET6, SOCK_RAW, ipv4 ? 1 : 58);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (descriptor < 0) {
            throw new IllegalStateException("no raw socket");
        }
    }

    private static MethodHandle handle(String name, FunctionDescriptor form) {
        return Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow(name), form);
    }

    void send(String to, int id, int sequence) {
        send(ipv4 ? 8 : 128, to, id, sequence);
    }

    /** An echo reply, whoever has asked for it or not. */
    void answer(String to, int id, int sequence) {
        send(ipv4 ? 0 : 129, to, id, sequence);
    }

    private void send(int type, String to, int id, int sequence) {
        ByteBuffer echo = ByteBuffer.allocate(HEADER).put((byte) type).put((byte) 0).putShort((short) 0).putShort((short) id).putShort((short) sequence);
        if (ipv4) { // the kernel sums those of IPv6 up itself
            int sum = (echo.getShort(0) & 0xffff) + id + sequence;
            echo.putShort(2, (short) ~((sum & 0xffff) + (sum >>> 16)));
        }
        try (Arena arena = Arena.ofConfined()) {
            byte[] address = InetAddress.getByName(to).getAddress();
            ByteBuffer name = ByteBuffer.allocate(ipv4 ? 16 : 28).order(java.nio.ByteOrder.nativeOrder()).putShort((short) (ipv4 ? AF_INET : AF_INET6));
            name.put(ipv4 ? 4 : 8, address);
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, echo.array());
            MemorySegment destination = arena.allocateFrom(ValueLayout.JAVA_BYTE, name.array());
            long sent = (long) SEND.invokeExact(descriptor, bytes, (long) HEADER, 0, destination, name.capacity());
            if (sent != HEADER) {
                throw new IllegalStateException("an echo to " + to + " was not sent");
            }
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** What has come since the last time. */
    List<Heard> heard() {
        List<Heard> heard = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(256);
            while (true) {
                long length = (long) RECEIVE.invokeExact(descriptor, buffer, 256L, MSG_DONTWAIT);
                if (length < 0) {
                    return heard;
                }
                ByteBuffer packet = buffer.asSlice(0, length).asByteBuffer();
                int at = ipv4 && length > 0 ? (packet.get(0) & 15) * 4 : 0; // IPv4's own header comes along
                if (length >= at + HEADER && (packet.get(at) & 0xff) == (ipv4 ? 8 : 128)) {
                    heard.add(new Heard(packet.getShort(at + 4) & 0xffff, packet.getShort(at + 6) & 0xffff));
                }
            }
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            int closed = (int) CLOSE.invokeExact(descriptor);
            if (closed != 0) {
                throw new IllegalStateException("a raw socket was not closed");
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
