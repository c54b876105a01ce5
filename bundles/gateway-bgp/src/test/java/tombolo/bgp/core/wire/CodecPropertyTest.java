package tombolo.bgp.core.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** decode ∘ encode over random sets, and what random damage may never do. */
class CodecPropertyTest {
    private static final int MUTATIONS = Integer.getInteger("tombolo.test.mutations", 200_000);

    private static DecodeContext context(boolean fourOctet, boolean internal, int max) {
        return new DecodeContext("random", Wire.BOTH, fourOctet, internal, new Asn(65000), new Asn(65001), List.of(), max, false, false);
    }

    @Test
    void whatIsPackedIsDecodedToTheSameSetsAndPrefixes() {
        long seed = System.nanoTime();
        System.out.println("CodecPropertyTest round trip seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            boolean fourOctet = random.nextBoolean();
            boolean internal = random.nextBoolean();
            int max = random.nextBoolean() ? 4096 : 65_535;
            AttributeTable table = new AttributeTable(random.nextLong());
            UpdatePacker packer = new UpdatePacker(table, fourOctet, max);
            Map<Prefix, String> wanted = new HashMap<>();
            List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                boolean ipv6 = random.nextBoolean();
                String set = RandomSets.set(random, ipv6, internal);
                int id = Wire.set(table, set);
                ids.add(id);
                for (int j = random.nextInt(40); j > 0; j--) {
                    Prefix prefix = ipv6 ? Prefix.of(IpAddress.v6(random.nextLong(), random.nextLong()), random.nextInt(129))
                            : Prefix.of(IpAddress.v4(random.nextInt()), random.nextInt(33));
                    if (packer.add(prefix.family(), id, prefix.address().hi(), prefix.address().lo(), prefix.length())) {
                        wanted.put(prefix, set.toLowerCase());
                    } else {
                        assertTrue(max == 4096 && set.length() / 2 > 3000, "only a large set does not fit; seed " + seed);
                    }
                }
            }
            byte[] bytes = packer.take();
            Applied applied = new Applied(table);
            UpdateDecoder decoder = new UpdateDecoder(table);
            for (int at = 0; at < bytes.length; at += Octets.u16(bytes, at + 16)) {
                assertTrue(Octets.u16(bytes, at + 16) <= max);
                assertEquals(Outcome.Ok.OK, decoder.decode(bytes, at, Octets.u16(bytes, at + 16), context(fourOctet, internal, max), applied), "seed " + seed);
            }
            assertEquals(List.of(), applied.errors, "seed " + seed);
            assertEquals(paths(wanted), paths(applied.announced), "seed " + seed);
            if (fourOctet) {
                assertEquals(wanted, applied.announced, "seed " + seed);
            }
            ids.forEach(table::release);
            assertEquals(0, table.size());
        }
    }

    /** With 2-octet peers segments may be joined on the way (RFC 6793 §4.2.3): what counts is the path as text. */
    private static Map<Prefix, String> paths(Map<Prefix, String> sets) {
        Map<Prefix, String> texts = new HashMap<>();
        sets.forEach((prefix, set) -> {
            AttributeTable table = new AttributeTable(0);
            AttributeView view = table.view(Wire.set(table, set));
            texts.put(prefix, view.toString());
        });
        return texts;
    }

    /** Real messages where there are some, else a few of our own; always the same kinds of damage. */
    @Test
    void noDamageToAMessageThrowsHalfAppliesOrLeaks() throws java.io.IOException {
        long seed = System.nanoTime();
        System.out.println("CodecPropertyTest damage seed " + seed);
        Random random = new Random(seed);
        List<byte[]> messages = seeds(random);
        AttributeTable table = new AttributeTable(seed);
        UpdateDecoder decoder = new UpdateDecoder(table);
        int resets = 0;
        int withFaults = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] message = damage(messages.get(random.nextInt(messages.size())), random);
            byte[] copy = message.clone();
            Counting sink = new Counting(table);
            DecodeContext context = context(random.nextBoolean(), random.nextBoolean(), 65_535);
            Outcome outcome;
            try {
                outcome = decoder.decode(message, 0, message.length, context, sink);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + " message " + Wire.hex(message), e);
            }
            if (outcome instanceof Outcome.Reset reset) {
                resets++;
                assertEquals(0, sink.routes, "nothing is half applied: " + Wire.hex(message));
                assertTrue(sink.errors > 0 && !reset.why().isEmpty());
            }
            withFaults += sink.errors > 0 ? 1 : 0;
            assertEquals(0, table.size(), "a reference was left: " + Wire.hex(message));
            assertTrue(java.util.Arrays.equals(copy, message), "the input is not written to");
        }
        assertEquals(0, table.nextHops().size());
        assertTrue(table.memoryBytes() < 6 << 20, table.memoryBytes() + " octets");
        assertTrue(resets > MUTATIONS / 100 && withFaults > MUTATIONS / 10, resets + " resets, " + withFaults + " with faults: the damage does reach the checks");
    }

    private static List<byte[]> seeds(Random random) throws java.io.IOException {
        List<byte[]> messages = new ArrayList<>(List.of(Wire.update("", Wire.BASE, Wire.NLRI), Wire.update(Wire.NLRI, Wire.BASE, ""),
                Wire.update("", Wire.REACH6 + Wire.ORIGIN + Wire.PATH, ""), Wire.update("", "800F0A" + "000201" + "3020010DB80001", ""),
                Wire.update("", Wire.BASE + "C01705000B00010A" + "C02809010006000000000001" + "C023040000FDE9" + "C01106020100010000", Wire.NLRI)));
        for (int i = 0; i < 200; i++) {
            boolean internal = random.nextBoolean();
            messages.add(Wire.update("", RandomSets.set(random, false, internal), "100A01180A0203"));
        }
        String folder = System.getProperty("tombolo.mrt.dir", "");
        if (!folder.isEmpty() && java.nio.file.Files.isDirectory(java.nio.file.Path.of(folder))) {
            for (String file : List.of("updates.20160811.1600.gz", "updates.20100722.2015.gz", "updates.20070211.0141.gz")) {
                MrtFile.updates(MrtFile.folder().resolve("bgpdump").resolve(file)).stream().limit(3000).forEach(message -> messages.add(message.bytes()));
            }
        }
        return messages;
    }

    private static byte[] damage(byte[] message, Random random) {
        byte[] bytes = message.clone();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            int at = bytes.length <= 19 ? 0 : 19 + random.nextInt(bytes.length - 19);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = (byte) new int[] {0, 1, 255, 128, 127, 33, 129}[random.nextInt(7)];
                case 3 -> bytes = java.util.Arrays.copyOf(bytes, Math.max(19, at));
                case 4 -> {
                    byte[] longer = new byte[bytes.length + 1 + random.nextInt(8)];
                    System.arraycopy(bytes, 0, longer, 0, at);
                    System.arraycopy(bytes, at, longer, at + longer.length - bytes.length, bytes.length - at);
                    bytes = longer;
                }
                default -> {
                    int other = 19 + random.nextInt(Math.max(1, bytes.length - 19));
                    int length = Math.min(random.nextInt(12), bytes.length - Math.max(at, other));
                    System.arraycopy(bytes, Math.min(at, bytes.length), bytes, Math.min(other, bytes.length), Math.max(0, length));
                }
            }
        }
        return bytes;
    }

    private static final class Counting implements UpdateSink {
        private final AttributeTable table;
        private int routes;
        private int errors;

        Counting(AttributeTable table) {
            this.table = table;
        }

        @Override
        public void withdraw(AddressFamily family, long hi, long lo, int length) {
            Applied.prefix(family, hi, lo, length); // refuses bits behind the mask and lengths out of range
            routes++;
        }

        @Override
        public void announce(AddressFamily family, long hi, long lo, int length, int attributeId) {
            Applied.prefix(family, hi, lo, length);
            table.view(attributeId); // what people are shown must survive it too
            routes++;
        }

        @Override
        public void endOfRib(AddressFamily family) {
            routes++;
        }

        @Override
        public void error(UpdateError error) {
            assertTrue(error.line().length() < 1000);
            errors++;
        }
    }
}
