package tombolo.bgp.core.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;

/** How fast a whole real table is decoded and packed, and what that costs in memory. Prints figures; the limits leave room for a busy machine. */
class CodecPaceTest {
    private static final DecodeContext CONTEXT = new DecodeContext("collector", Set.of(AddressFamily.IPV4), true, true, new Asn(1), new Asn(1),
            java.util.List.of(), 65_535, false, false);

    /** One peer's table of 2015: 89,679 UPDATEs with 577,733 announcements, back to back. */
    private static byte[] stream() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 << 20);
        for (MrtFile.Message message : MrtFile.updates(MrtFile.folder().resolve("bgpdump/updates.et-header.2015.gz"))) {
            bytes.writeBytes(message.bytes());
        }
        return bytes.toByteArray();
    }

    /** Keeps every announced set, as an Adj-RIB-In does, and the prefixes in arrays. */
    private static final class Keeping implements UpdateSink {
        private final AttributeTable table;
        private final long[] lo = new long[600_000];
        private final byte[] lengths = new byte[600_000];
        private final int[] ids = new int[600_000];
        private int count;

        Keeping(AttributeTable table) {
            this.table = table;
        }

        @Override
        public void withdraw(AddressFamily family, long hi, long lo, int length) { }

        @Override
        public void announce(AddressFamily family, long hi, long address, int length, int attributeId) {
            table.retain(attributeId);
            lo[count] = address;
            lengths[count] = (byte) length;
            ids[count++] = attributeId;
        }

        @Override
        public void endOfRib(AddressFamily family) { }

        @Override
        public void error(UpdateError error) { }

        void releaseAll() {
            for (int i = 0; i < count; i++) {
                table.release(ids[i]);
            }
            count = 0;
        }
    }

    private static int decodeAll(byte[] stream, UpdateDecoder decoder, UpdateSink sink) {
        int messages = 0;
        for (int at = 0; at < stream.length; messages++) {
            int length = Octets.u16(stream, at + 16);
            decoder.decode(stream, at, length, CONTEXT, sink);
            at += length;
        }
        return messages;
    }

    @Test
    void aWholeTableIsDecodedAndPackedWithinItsTime() throws IOException {
        byte[] stream = stream();
        AttributeTable table = new AttributeTable(3);
        UpdateDecoder decoder = new UpdateDecoder(table);
        Keeping first = new Keeping(table);
        Keeping second = new Keeping(table);
        long fresh = Long.MAX_VALUE;
        long repeated = Long.MAX_VALUE;
        long packed = Long.MAX_VALUE;
        int messages = 0;
        for (int round = 0; round < 8; round++) {
            long start = System.nanoTime();
            messages = decodeAll(stream, decoder, first);
            fresh = Math.min(fresh, System.nanoTime() - start);
            start = System.nanoTime();
            decodeAll(stream, decoder, second);
            repeated = Math.min(repeated, System.nanoTime() - start);
            start = System.nanoTime();
            UpdatePacker packer = new UpdatePacker(table, true, 4096);
            for (int i = 0; i < first.count; i++) {
                packer.add(AddressFamily.IPV4, first.ids[i], 0, first.lo[i], first.lengths[i]);
                if (packer.length() > 1 << 16) {
                    packer.close();
                    packer.reset();
                }
            }
            packed = Math.min(packed, System.nanoTime() - start);
            if (round == 7) {
                System.out.printf("%d UPDATEs, %d prefixes, %d sets, %d octets a set with columns and hash%n", messages, first.count, table.size(),
                        table.memoryBytes() / table.size());
                assertTrue(table.memoryBytes() / table.size() < 250);
            }
            second.releaseAll();
            assertEquals(577_733, first.count);
            first.releaseAll();
            assertEquals(0, table.size());
        }
        System.out.printf("decode of new sets:      %4d ms, %4d ns an UPDATE, %3d ns a prefix%n", fresh / 1_000_000, fresh / messages, fresh / 577_733);
        System.out.printf("decode of known sets:    %4d ms, %4d ns an UPDATE, %3d ns a prefix%n", repeated / 1_000_000, repeated / messages, repeated / 577_733);
        System.out.printf("pack:                    %4d ms, %4d ns an UPDATE, %3d ns a prefix%n", packed / 1_000_000, packed / messages, packed / 577_733);
        assertTrue(fresh < 1_000_000_000L, "a table in " + fresh / 1_000_000 + " ms");
    }

    @Test
    void noObjectIsMadeForAPrefixNorForASetThatIsKnown() throws Exception {
        byte[] stream = stream();
        AttributeTable table = new AttributeTable(3);
        UpdateDecoder decoder = new UpdateDecoder(table);
        Keeping first = new Keeping(table);
        Keeping second = new Keeping(table);
        decodeAll(stream, decoder, first);
        for (int round = 0; round < 3; round++) { // until it is compiled
            decodeAll(stream, decoder, second);
            second.releaseAll();
        }
        long before = allocated();
        int messages = decodeAll(stream, decoder, second);
        long octets = allocated() - before;
        System.out.println(octets + " octets allocated for " + messages + " UPDATEs of known sets");
        assertTrue(octets < messages, octets + " octets for " + messages + " UPDATEs");
    }

    /** Octets that this thread has allocated, where this JVM counts them. */
    private static long allocated() throws ReflectiveOperationException {
        try {
            Object bean = Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean").invoke(null);
            Method count = Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes");
            return (long) count.invoke(bean);
        } catch (ClassNotFoundException e) {
            Assumptions.abort("no count of allocated octets here: " + e.getMessage());
            return 0;
        }
    }
}
