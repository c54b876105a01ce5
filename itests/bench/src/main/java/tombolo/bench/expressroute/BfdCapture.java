package tombolo.bench.expressroute;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tombolo.harness.Await;
import tombolo.harness.HarnessException;
import tombolo.harness.Namespace;

/** BFD's packets on a link as tcpdump saw them: when, from whom, and what they said (RFC 5880 §4.1). Such a packet is seen before a filter of the namespace can drop it. */
final class BfdCapture implements AutoCloseable {
    /** tcpdump opens its socket. */
    private static final Duration START = Duration.ofSeconds(20);
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    /** Ethernet, IPv4 without options, UDP. */
    private static final int BEFORE_BFD = 14 + 20 + 8;
    private static final int BFD = 24;
    private static final int SOURCE = 14 + 12;
    private static final int LITTLE_ENDIAN_MICROS = 0xa1b2c3d4;
    static final int UP = 3;

    private final Process tcpdump;
    private final Path file;

    /** @param epochMicros by the kernel's clock; @param multiplier, desiredTxMicros, requiredRxMicros as in the packet; @param state 3: Up */
    record Packet(long epochMicros, String from, int state, int multiplier, long desiredTxMicros, long requiredRxMicros) { }

    private BfdCapture(Process tcpdump, Path file) {
        this.tcpdump = tcpdump;
        this.file = file;
    }

    static BfdCapture start(Namespace namespace, String link, Path file) throws IOException {
        Path errors = file.resolveSibling(file.getFileName() + ".err");
        Process tcpdump = new ProcessBuilder(namespace.inside("tcpdump", "-i", link, "-n", "-U", "-s", "128", "-w", "-", "udp dst port 3784")).redirectOutput(file.toFile()).redirectError(errors.toFile()).start();
        BfdCapture capture = new BfdCapture(tcpdump, file);
        Await.until(START, () -> "tcpdump listens on " + link + " in " + namespace.name() + ": " + text(errors), () -> {
            if (!tcpdump.isAlive()) {
                throw new HarnessException("tcpdump ended: " + text(errors));
            }
            return text(errors).contains("listening on");
        });
        return capture;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException notYet) {
            return "";
        }
    }

    /** Ends tcpdump, which writes what it holds. */
    @Override
    public void close() throws InterruptedException {
        tcpdump.destroy();
        if (!tcpdump.waitFor(10, TimeUnit.SECONDS)) {
            tcpdump.destroyForcibly();
        }
    }

    List<Packet> packets() throws IOException {
        return read(Files.readAllBytes(file));
    }

    static List<Packet> read(byte[] pcap) {
        ByteBuffer in = ByteBuffer.wrap(pcap).order(ByteOrder.LITTLE_ENDIAN);
        if (pcap.length < FILE_HEADER || in.getInt(0) != LITTLE_ENDIAN_MICROS) {
            throw new IllegalStateException("no capture of this machine's byte order with microseconds, " + pcap.length + " octets");
        }
        List<Packet> packets = new ArrayList<>();
        int at = FILE_HEADER;
        while (at + RECORD_HEADER <= pcap.length) {
            long micros = Integer.toUnsignedLong(in.getInt(at)) * 1_000_000 + in.getInt(at + 4);
            int length = in.getInt(at + 8);
            int start = at + RECORD_HEADER;
            if (length < 0 || start + length > pcap.length) {
                break; // the end was being written
            }
            if (length >= BEFORE_BFD + BFD) {
                int bfd = start + BEFORE_BFD;
                ByteBuffer wire = ByteBuffer.wrap(pcap); // network byte order
                String from = (pcap[start + SOURCE] & 255) + "." + (pcap[start + SOURCE + 1] & 255) + "." + (pcap[start + SOURCE + 2] & 255) + "." + (pcap[start + SOURCE + 3] & 255);
                packets.add(new Packet(micros, from, (pcap[bfd + 1] & 255) >>> 6, pcap[bfd + 2] & 255, Integer.toUnsignedLong(wire.getInt(bfd + 12)), Integer.toUnsignedLong(wire.getInt(bfd + 16))));
            }
            at = start + length;
        }
        return packets;
    }

    /** A moment of {@code System.nanoTime}, not long ago, by the clock of captures. */
    static long epochMicros(long nanoTime) {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000 - (System.nanoTime() - nanoTime) / 1_000;
    }
}
