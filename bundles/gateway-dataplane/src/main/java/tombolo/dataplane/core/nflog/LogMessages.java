package tombolo.dataplane.core.nflog;

import java.util.Optional;
import java.util.function.IntFunction;
import tombolo.api.nftables.LoggedPacket;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;

/** Messages of nfnetlink_log (linux/netfilter/nfnetlink_log.h). */
public final class LogMessages {
    /** NFNL_SUBSYS_ULOG; NFULNL_MSG_PACKET. */
    public static final int PACKET = 4 << 8;
    private static final int CONFIG = PACKET + 1;
    private static final int REQUEST_ACK = 1 | 4;
    private static final int BIND = 1;
    private static final byte COPY_PACKET = 2;
    private static final int WITH_SEQUENCE = 1;
    /** Of nfgenmsg, which stands before the attributes. */
    private static final int HEADER = 4;

    private LogMessages() { }

    /** What a listener may say of how packets come. */
    public sealed interface Setting {
        /** They come to this socket. Refused with EBUSY while they come to another. */
        record Bind() implements Setting { }

        /** So much of each packet. */
        record Copy(int bytes) implements Setting { }

        /** So many wait for each other, at most so long. */
        record Gather(int packets, int centiseconds) implements Setting { }

        /** A datagram is so long at most. */
        record Datagram(int bytes) implements Setting { }

        /** Each has a number, so that one that is missing is seen. */
        record Numbered() implements Setting { }
    }

    public static void configure(MessageWriter out, int sequence, int group, Setting setting) {
        out.begin(CONFIG, REQUEST_ACK, sequence);
        out.u8(0);
        out.u8(0);
        out.u8(group >>> 8); // in network order
        out.u8(group);
        switch (setting) {
            case Setting.Bind _ -> out.attribute(1, new byte[] {BIND});
            case Setting.Copy(int bytes) -> out.attribute(2, new byte[] {(byte) (bytes >>> 24), (byte) (bytes >>> 16), (byte) (bytes >>> 8), (byte) bytes, COPY_PACKET, 0});
            case Setting.Datagram(int bytes) -> out.attributeBig32(3, bytes);
            case Setting.Gather(int packets, int centiseconds) -> {
                out.attributeBig32(4, centiseconds);
                out.attributeBig32(5, packets);
            }
            case Setting.Numbered _ -> out.attribute(6, new byte[] {0, WITH_SEQUENCE});
        }
        out.end();
    }

    /**
     * What stands in a message.
     *
     * @param number of the packet among those of the group
     * @param packet empty where it is no IP packet
     */
    public record Heard(int group, int number, Optional<LoggedPacket> packet) { }

    /**
     * @param message one of type {@link #PACKET}
     * @param names   the name of an interface by its index, "" where there is none
     */
    public static Heard packet(MessageReader message, long nowMillis, IntFunction<String> names) {
        int group = message.payloadLength() < HEADER ? -1 : message.u8(message.payload() + 2) << 8 | message.u8(message.payload() + 3);
        int number = 0;
        String prefix = "";
        String in = "";
        String out = "";
        Optional<PacketHead> head = Optional.empty();
        message.attributes(HEADER);
        while (message.nextAttribute()) {
            int at = message.attributeStart();
            boolean word = message.attributeLength() >= 4;
            switch (message.attributeType()) {
                case 4 -> in = word ? names.apply(message.big32(at)) : in;
                case 5 -> out = word ? names.apply(message.big32(at)) : out;
                case 9 -> head = PacketHead.read(message, at, message.attributeEnd());
                case 10 -> prefix = message.attributeText();
                case 12 -> number = word ? message.big32(at) : number;
                default -> { }
            }
        }
        String said = prefix;
        String input = in;
        String output = out;
        return new Heard(group, number, head.map(it -> new LoggedPacket(nowMillis, said, input, output, it.source(), it.destination(), it.protocol(), it.sourcePort(), it.destinationPort(),
                it.icmpType(), it.icmpCode(), it.bytes())));
    }
}
