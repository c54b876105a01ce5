package tombolo.dataplane.core.nflog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tombolo.api.nftables.LoggedPacket;
import tombolo.api.resource.IpProtocol;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;

/** What a logged packet says, and that no bytes of a stranger's packet lead astray. */
class LogMessagesTest {
    private static final String IPV4_TCP = "4500003c1c4640004006b1e60a0000010a000002" + "c3500050000000000000000050020000" + "00000000";
    private static final String IPV4_LATER_FRAGMENT = "4500003c1c4620054011b1e60a0000010a000002" + "c350005000000000";
    private static final String IPV4_OPTIONS_ICMP = "4600003c1c4640004001b1e60a0000010a00000201010101" + "0800000000000000";
    private static final String IPV6_UDP = "6000000000101140" + "fd000000000000000000000000000001" + "fd000000000000000000000000000002" + "c350003500100000";
    private static final String IPV6_HOP_BY_HOP_FRAGMENT_ICMP = "6000000000200040" + "fd000000000000000000000000000001" + "fd000000000000000000000000000002" + "2c00010400000000"
            + "3a00000100000001" + "8000000000000000";

    private static MessageReader message(byte[] payload, String prefix) {
        MessageWriter out = new MessageWriter(256);
        out.begin(LogMessages.PACKET, 0, 0);
        out.u8(2);
        out.u8(0);
        out.u8(0);
        out.u8(201);
        out.attributeText(10, prefix);
        out.attributeBig32(4, 7);
        out.attributeBig32(12, 5);
        out.attribute(9, payload);
        out.end();
        MessageReader reader = new MessageReader(out.toArray());
        reader.reset(out.size());
        assertTrue(reader.next());
        return reader;
    }

    private static Optional<LoggedPacket> read(String hex) {
        LogMessages.Heard heard = LogMessages.packet(message(HexFormat.of().parseHex(hex), "a prefix"), 1000, index -> "eth" + index);
        assertEquals(201, heard.group());
        assertEquals(5, heard.number());
        return heard.packet();
    }

    private static void says(String hex, IpProtocol protocol, int sourcePort, int destinationPort, int type, int bytes) {
        LoggedPacket packet = read(hex).orElseThrow();
        assertEquals("a prefix", packet.prefix());
        assertEquals("eth7", packet.inputInterface());
        assertEquals(protocol, packet.protocol());
        assertEquals(sourcePort, packet.sourcePort());
        assertEquals(destinationPort, packet.destinationPort());
        assertEquals(type, packet.icmpType());
        assertEquals(bytes, packet.bytes());
        assertEquals(packet.source().isIpv4() ? "10.0.0.1" : "fd00::1", packet.source().toString());
        assertEquals(packet.source().isIpv4() ? "10.0.0.2" : "fd00::2", packet.destination().toString());
    }

    @Test
    void addressesPortsAndTypesAreReadBehindOptionsAndExtensionHeaders() {
        says(IPV4_TCP, IpProtocol.TCP, 50_000, 80, -1, 60);
        says(IPV4_LATER_FRAGMENT, IpProtocol.UDP, 0, 0, -1, 60);
        says(IPV4_OPTIONS_ICMP, IpProtocol.ICMP, 0, 0, 8, 60);
        says(IPV6_UDP, IpProtocol.UDP, 50_000, 53, -1, 56);
        says(IPV6_HOP_BY_HOP_FRAGMENT_ICMP, IpProtocol.ICMPV6, 0, 0, 128, 72);
    }

    @Test
    void whatIsCutShortOrMangledIsReadAsFarAsItGoes() {
        for (String hex : new String[] {IPV4_TCP, IPV4_OPTIONS_ICMP, IPV6_UDP, IPV6_HOP_BY_HOP_FRAGMENT_ICMP}) {
            for (int length = 0; length < hex.length(); length += 2) {
                assertEquals(length >= (hex.charAt(0) == '4' ? 40 : 80), read(hex.substring(0, length)).isPresent(), hex.substring(0, length));
            }
        }
        long seed = Long.getLong("tombolo.seed", System.nanoTime());
        System.out.println("LogMessagesTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(128)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = (byte) (random.nextBoolean() ? 0x40 | bytes[0] & 15 : 0x60);
            }
            LogMessages.packet(message(bytes, ""), 0, index -> "");
        }
    }
}
