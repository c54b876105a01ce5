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

/**
 * Reads the BGP messages of an MRT file (RFC 6396 §4.4, appendix B.2 for those of the last century), and makes messages of the IPv4 entries of its tables
 * (§4.2, §4.3): as much of the format as the tests need.
 */
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
                    .filter(file -> file.toString().matches(".*(updates|bview).*\\.gz") || file.getParent().endsWith("mrtparse"))
                    .filter(file -> !file.toString().contains("add_path"))
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
        if (type == 5 && subtype == 1) { // BGP, UPDATE without its header: peer AS, peer, local AS, local address
            wrap(record, 12, record.length, "", 2, Octets.u16(record, 0), Octets.u16(record, 6), messages);
        } else if (type == 12 && subtype == 1) { // TABLE_DUMP, IPv4
            int length = Octets.u16(record, 20);
            wrapEntry(record, 22, length, prefix(record, 4, record[8]), 2, Octets.u16(record, 18), messages);
        } else if (type == 13 && subtype == 2) { // TABLE_DUMP_V2, RIB_IPV4_UNICAST
            int octets = (record[4] & 0xff) + 7 >> 3;
            byte[] prefix = java.util.Arrays.copyOf(java.util.Arrays.copyOfRange(record, 5, 5 + octets), 4);
            int at = 5 + octets + 2;
            for (int entries = Octets.u16(record, at - 2); entries > 0 && at + 8 <= record.length; entries--) {
                int length = Octets.u16(record, at + 6);
                wrapEntry(record, at + 8, length, prefix(prefix, 0, record[4]), 4, 1, messages);
                at += 8 + length;
            }
        }
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

    private static String prefix(byte[] bytes, int at, int length) {
        byte[] out = new byte[5];
        int end = Nlri.put(tombolo.api.net.AddressFamily.IPV4, out, 0, 0, Octets.i32(bytes, at) & 0xffff_ffffL, length);
        return Wire.hex(java.util.Arrays.copyOf(out, end));
    }

    private static void wrapEntry(byte[] record, int at, int length, String nlri, int asOctets, long peerAs, List<Message> messages) {
        if (at + length <= record.length) {
            String attributes = Wire.hex(java.util.Arrays.copyOfRange(record, at, at + length));
            messages.add(new Message(Wire.update("", attributes, nlri), asOctets, peerAs, peerAs, false));
        }
    }

    private static void wrap(byte[] record, int from, int end, String rest, int asOctets, long peerAs, long localAs, List<Message> messages) {
        String body = Wire.hex(java.util.Arrays.copyOfRange(record, from, end)) + rest;
        messages.add(new Message(Wire.message(body), asOctets, peerAs, localAs, false));
    }
}
