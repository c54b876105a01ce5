package tombolo.bgp.core.wire;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/** Reads the BGP messages of an MRT file (RFC 6396 §4.2, §4.4): as much of the format as the tests need. */
final class MrtFile {
    /** @param asOctets of the session: 2 or 4; @param peerAs and @param localAs of the record */
    record Message(byte[] bytes, int asOctets, long peerAs, long localAs, boolean addPath) { }

    private MrtFile() { }

    /** The folder of real data; skips the test where it is absent. */
    static Path folder() {
        String folder = System.getProperty("tombolo.mrt.dir", "");
        Assumptions.assumeTrue(!folder.isEmpty() && !folder.startsWith("$") && Files.isDirectory(Path.of(folder)),
                "no real BGP data here: give its folder with -Dtombolo.mrt.dir=");
        return Path.of(folder);
    }

    /** All files that may hold BGP4MP records and need no bzip2. */
    static List<Path> all() throws IOException {
        try (Stream<Path> files = Files.walk(folder())) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("updates") && file.toString().endsWith(".gz") || file.getParent().endsWith("mrtparse"))
                    .sorted().toList();
        }
    }

    /** The UPDATEs of a file, in order; a damaged record ends it. */
    static List<Message> updates(Path file) throws IOException {
        List<Message> messages = new ArrayList<>();
        try (InputStream raw = Files.newInputStream(file);
             DataInputStream in = new DataInputStream(new BufferedInputStream(file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw, 1 << 16))) {
            while (true) {
                in.readInt();
                int type = in.readUnsignedShort();
                int subtype = in.readUnsignedShort();
                int length = in.readInt();
                if (length < 0 || length > 1 << 20) {
                    return messages;
                }
                byte[] record = in.readNBytes(length);
                if (record.length < length) {
                    return messages;
                }
                message(type, subtype, record, messages);
            }
        } catch (EOFException end) {
            return messages;
        }
    }

    private static void message(int type, int subtype, byte[] record, List<Message> messages) {
        if (type != 16 && type != 17) {
            return;
        }
        boolean four = subtype == 4 || subtype == 7 || subtype == 9 || subtype == 11;
        boolean two = subtype == 1 || subtype == 6 || subtype == 8 || subtype == 10;
        if (!four && !two) {
            return;
        }
        int at = type == 17 ? 4 : 0;
        long peerAs = four ? Octets.i32(record, at) & 0xffff_ffffL : Octets.u16(record, at);
        long localAs = four ? Octets.i32(record, at + 4) & 0xffff_ffffL : Octets.u16(record, at + 2);
        at += four ? 8 : 4;
        int family = Octets.u16(record, at + 2);
        at += 4 + (family == 1 ? 8 : 32);
        if (record.length - at < 19 || record[at + 18] != 2) {
            return;
        }
        int length = Octets.u16(record, at + 16);
        if (length <= record.length - at) {
            messages.add(new Message(java.util.Arrays.copyOfRange(record, at, at + length), four ? 4 : 2, peerAs, localAs, subtype >= 8));
        }
    }
}
