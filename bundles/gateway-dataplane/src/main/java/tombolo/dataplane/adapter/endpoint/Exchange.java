package tombolo.dataplane.adapter.endpoint;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.Rtnetlink;

/**
 * A handful of requests and their answers over one netlink socket. One thread at a time.
 *
 * <pre>
 *  next(), write a message, next(), write a message, ... run(): one datagram; the last message asks for an acknowledgement; errors come back by sequence number
 * </pre>
 */
public final class Exchange implements AutoCloseable {
    /** The kernel answers while it works off the datagram; only a machine that stands still takes this long. */
    private static final int PATIENCE_MILLIS = 5_000;

    private final NetlinkSocket socket;
    private final MessageWriter writer;
    private final byte[] bytes;
    private final MessageReader reader;
    private int sequence;
    private int first = 1;

    /** What the kernel refused. */
    public record Error(int errno, String text) {
        @Override
        public String toString() {
            return Errno.text(errno) + (text.isEmpty() ? "" : " (" + text + ")");
        }
    }

    /**
     * What is written into and read from, of one exchange at a time. It is worth keeping where sockets are short-lived: to clear 60 KiB for each container fills the
     * young generation sooner, and its collection stops everybody.
     */
    static final class Memory {
        private final MessageWriter writer = new MessageWriter(1 << 10);
        private final byte[] bytes = new byte[NetlinkSocket.RECEIVE_BYTES];
        private final MessageReader reader = new MessageReader(bytes);
    }

    public Exchange(NetlinkSocket socket) {
        this(socket, new Memory());
    }

    Exchange(NetlinkSocket socket, Memory memory) {
        this.socket = socket;
        this.writer = memory.writer;
        this.bytes = memory.bytes;
        this.reader = memory.reader;
        writer.clear();
    }

    /** Where the next message goes; it takes the number that {@link #next} gives. */
    public MessageWriter writer() {
        return writer;
    }

    public int next() {
        return ++sequence;
    }

    /** The array in which an answer lies while it is handed out. */
    public byte[] bytes() {
        return bytes;
    }

    /** How many messages wait to be sent. */
    public int waiting() {
        return sequence - first + 1;
    }

    /** Sends requests, none of them a dump; answers what was refused, by sequence number. */
    public Map<Integer, Error> run(Consumer<MessageReader> answers) {
        if (waiting() == 0) {
            return Map.of();
        }
        writer.flagLast(Rtnetlink.NLM_F_ACK);
        return exchange(answers);
    }

    /** Sends one dump request; what is refused is a broken environment. */
    public void dump(Consumer<MessageReader> answers) {
        Map<Integer, Error> errors = exchange(answers);
        errors.values().stream().findFirst().ifPresent(error -> {
            throw new KernelException("reading the kernel's tables: " + error, 0);
        });
    }

    private Map<Integer, Error> exchange(Consumer<MessageReader> answers) {
        Map<Integer, Error> errors = new TreeMap<>();
        int last = sequence;
        try {
            socket.send(writer.bytes(), writer.size());
            long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
            while (true) {
                int length = socket.receive(bytes, PATIENCE_MILLIS);
                if (length == NetlinkSocket.OVERRUN) {
                    throw new KernelException("the kernel's answers were lost", Errno.ENOBUFS);
                }
                if (length == NetlinkSocket.NOTHING && System.nanoTime() - deadline > 0) {
                    throw new KernelException("the kernel did not answer within " + PATIENCE_MILLIS + " ms", 0);
                }
                reader.reset(length);
                while (reader.next()) {
                    if (reader.sequence() < first || reader.sequence() > last) {
                        continue; // an answer to a call that gave up
                    }
                    if (take(errors, answers) && reader.sequence() == last) {
                        return errors;
                    }
                }
            }
        } finally {
            writer.clear();
            first = last + 1;
        }
    }

    /** Whether that message ends the answer to its request. */
    private boolean take(Map<Integer, Error> errors, Consumer<MessageReader> answers) {
        switch (reader.type()) {
            case MessageReader.NLMSG_ERROR, MessageReader.NLMSG_DONE -> {
                int number = reader.sequence();
                int errno = reader.errno();
                if (errno != 0) {
                    errors.put(number, new Error(errno, reader.type() == MessageReader.NLMSG_ERROR ? reader.errorText() : ""));
                }
                return true;
            }
            default -> {
                answers.accept(reader);
                return false;
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
