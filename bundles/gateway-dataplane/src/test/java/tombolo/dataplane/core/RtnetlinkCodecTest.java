package tombolo.dataplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;

/** Our bytes against those of iproute2, and our reading of the kernel's. */
class RtnetlinkCodecTest {
    private static final Map<Integer, String> NAMES = Map.of(1, "lo", 3, "a0", 5, "b0");

    @BeforeEach
    void goldenFilesAreLittleEndian() {
        Assumptions.assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "skipped: the captures are of a little-endian machine");
    }

    @TestFactory
    Stream<DynamicTest> requestsAreByteForByteThoseOfIproute2() {
        Map<String, byte[]> golden = golden("requests.txt");
        assertTrue(golden.size() >= 15, "the capture is complete");
        return golden.entrySet().stream().map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
            MessageReader reader = new MessageReader(entry.getValue());
            reader.reset(entry.getValue().length);
            assertTrue(reader.next());
            assertEquals(HexFormat.of().formatHex(entry.getValue()), HexFormat.of().formatHex(ours(entry.getKey(), reader.sequence())));
        }));
    }

    /** Translates an ip command of the golden file into a call of ours. */
    private static byte[] ours(String command, int sequence) {
        List<String> words = new ArrayList<>(List.of(command.replace("nexthop via", "nexthop").replace("via inet6", "via").split(" ")));
        words.remove("ip");
        boolean v6 = words.remove("-6");
        words.remove("route");
        String verb = words.remove(0);
        boolean blackhole = words.remove("blackhole");
        Prefix prefix = Prefix.parse(words.remove(0));
        Map<String, String> options = new TreeMap<>();
        List<NextHop> hops = new ArrayList<>();
        Optional<IpAddress> gateway = Optional.empty();
        for (int i = 0; i < words.size(); i += 2) {
            String value = words.get(i + 1);
            switch (words.get(i)) {
                case "via", "nexthop" -> {
                    gateway.ifPresent(before -> hops.add(NextHop.via(before)));
                    gateway = Optional.of(IpAddress.parse(value));
                }
                case "dev" -> {
                    hops.add(new NextHop(gateway, Optional.of(value)));
                    gateway = Optional.empty();
                }
                default -> options.put(words.get(i), value);
            }
        }
        gateway.ifPresent(last -> hops.add(NextHop.via(last)));
        long table = Long.parseLong(options.getOrDefault("table", "254"));
        long metric = Long.parseLong(options.get("metric"));
        assertEquals("201", options.get("proto"));
        MessageWriter writer = new MessageWriter(64);
        long hi = prefix.address().hi();
        long lo = prefix.address().lo();
        if (verb.equals("del")) {
            RouteRequests.delete(writer, sequence, v6, hi, lo, prefix.length(), table, metric);
        } else {
            RouteContent content = RouteContent.of(blackhole ? List.of() : hops, metric, Integer.parseInt(options.getOrDefault("mtu", "0")));
            // iproute2 writes attributes as its command line goes: the captures have the words in our order.
            RouteRequests.Encoded encoded = RouteRequests.encode(content, 0, v6, table, name -> name.equals("a0") ? 3 : name.equals("b0") ? 5 : 0);
            assertEquals("", encoded.problem());
            RouteRequests.add(writer, sequence, v6, hi, lo, prefix.length(), table, encoded, verb.equals("replace"));
        }
        writer.flagLast(Rtnetlink.NLM_F_ACK);
        return writer.toArray();
    }

    @Test
    void ipv4RoutesOfEveryShapeAreRead() {
        assertEquals(List.of("10.1.0.0/16 UNICAST [192.0.2.3@a0] 20 0", "10.2.0.0/16 BLACKHOLE [] 20 0", "10.3.0.0/16 UNICAST [192.0.2.2@a0, 198.51.100.2@b0] 20 0",
                "10.4.0.0/16 UNICAST [fe80::99@b0] 20 0", "10.5.0.0/16 UNICAST [@a0] 20 0", "10.6.0.0/16 UNICAST [192.0.2.2@a0] 77 1400"), routes("routes4", 254));
        assertEquals(List.of("10.7.0.0/16 UNICAST [192.0.2.2@a0] 20 0"), routes("table1000", 1000));
    }

    @Test
    void ipv6RoutesOfEveryShapeAreRead() {
        assertEquals(List.of("2001:db8:1::/48 UNICAST [2001:db8::2@a0] 20 0", "2001:db8:2::/48 UNICAST [2001:db8::2@a0, fe80::99@b0] 20 0",
                "2001:db8:3::/48 BLACKHOLE [] 20 0", "2001:db8:5::/48 UNICAST [@a0] 20 0"), routes("routes6", 254));
    }

    @Test
    void theDeviceBelowAVxlanIsReadFromItsOwnAttributeAndAVethHasNone() {
        MessageReader reader = only("vxlan");
        assertEquals(Optional.of(new LinkMessage.Seen(6, "vx0", "vxlan", 5, Optional.empty(), false, false, 1450)), LinkMessage.parseLink(reader));
        assertEquals(Optional.of(new LinkMessage.Seen(3, "a0", "veth", 0, Optional.empty(), true, true, 1500)), LinkMessage.parseLink(only("veth")));
    }

    @Test
    void addressesOfBothFamiliesAreRead() {
        assertEquals(Optional.of(new LinkMessage.SeenAddress(3, IpAddress.parse("192.0.2.1"), 24)), LinkMessage.parseAddress(only("address4")));
        assertEquals(Optional.of(new LinkMessage.SeenAddress(3, IpAddress.parse("2001:db8::1"), 64)), LinkMessage.parseAddress(only("address6")));
    }

    @Test
    void anErrorGivesItsNumberAndTheKernelsText() {
        MessageReader reader = only("error");
        assertEquals(MessageReader.NLMSG_ERROR, reader.type());
        assertEquals(101, reader.errno());
        assertEquals("Nexthop has invalid gateway", reader.errorText());
    }

    @Test
    void whatWeWriteWeReadBackTheSame() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 5_000; round++) {
            boolean v6 = random.nextBoolean();
            int length = random.nextInt(v6 ? 129 : 33);
            IpAddress address = v6 ? IpAddress.v6(random.nextLong(), random.nextLong()) : IpAddress.v4(random.nextInt());
            Prefix prefix = Prefix.of(address, length);
            List<NextHop> hops = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                IpAddress gateway = v6 || random.nextInt(4) == 0 ? IpAddress.v6(0x20010db800000000L, random.nextLong()) : IpAddress.v4(random.nextInt());
                hops.add(new NextHop(random.nextInt(8) == 0 ? Optional.empty() : Optional.of(gateway), Optional.of(random.nextBoolean() ? "a0" : "b0")));
            }
            RouteContent content = RouteContent.of(hops, random.nextLong(1, 1L << 32), random.nextInt(3) == 0 ? random.nextInt(1280, 9000) : 0);
            long table = random.nextInt(3) == 0 ? random.nextLong(256, 1L << 32) : random.nextLong(1, 256);
            RouteRequests.Encoded encoded = RouteRequests.encode(content, 0, v6, table, name -> name.equals("a0") ? 3 : 5);
            MessageWriter writer = new MessageWriter(16);
            RouteRequests.add(writer, round, v6, prefix.address().hi(), prefix.address().lo(), length, table, encoded, false);
            MessageReader reader = new MessageReader(writer.bytes());
            reader.reset(writer.size());
            RouteMessage message = new RouteMessage();
            assertTrue(reader.next() && message.parse(reader));
            assertEquals(prefix, message.prefix());
            assertEquals(table, message.table());
            assertEquals(content, message.content(NAMES::get));
            assertFalse(reader.next());
        }
    }

    /** A datagram cut or changed anywhere must end the walk, not the process. */
    @Test
    void damagedDatagramsAreReadWithoutLeavingTheArray() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<byte[]> samples = List.copyOf(golden("answers.txt").values());
        for (int round = 0; round < 300_000; round++) {
            byte[] bytes = samples.get(random.nextInt(samples.size())).clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            MessageReader reader = new MessageReader(bytes);
            reader.reset(random.nextInt(bytes.length + 1));
            RouteMessage message = new RouteMessage();
            while (reader.next()) {
                switch (reader.type()) {
                    case Rtnetlink.RTM_NEWLINK, Rtnetlink.RTM_DELLINK -> LinkMessage.parseLink(reader);
                    case Rtnetlink.RTM_NEWADDR, Rtnetlink.RTM_DELADDR -> LinkMessage.parseAddress(reader);
                    case MessageReader.NLMSG_ERROR -> reader.errorText();
                    default -> {
                        if (message.parse(reader)) {
                            message.content(index -> "if" + index);
                        }
                    }
                }
            }
        }
    }

    private static List<String> routes(String name, long table) {
        byte[] bytes = golden("answers.txt").get(name);
        MessageReader reader = new MessageReader(bytes);
        reader.reset(bytes.length);
        RouteMessage message = new RouteMessage();
        List<String> read = new ArrayList<>();
        while (reader.next()) {
            assertTrue(message.parse(reader));
            assertEquals(table, message.table());
            assertEquals(Rtnetlink.PROTOCOL, message.protocol());
            RouteContent content = message.content(NAMES::get);
            read.add(message.prefix() + " " + content.kind() + " " + content.nextHops() + " " + content.metric() + " " + content.mtu());
        }
        return read;
    }

    private static MessageReader only(String name) {
        byte[] bytes = golden("answers.txt").get(name);
        MessageReader reader = new MessageReader(bytes);
        reader.reset(bytes.length);
        assertTrue(reader.next());
        return reader;
    }

    private static Map<String, byte[]> golden(String file) {
        try (InputStream in = RtnetlinkCodecTest.class.getResourceAsStream(file)) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#")).toList();
            Map<String, byte[]> golden = new LinkedHashMap<>();
            for (int i = 0; i < lines.size(); i += 2) {
                golden.put(lines.get(i), HexFormat.of().parseHex(lines.get(i + 1)));
            }
            return golden;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
