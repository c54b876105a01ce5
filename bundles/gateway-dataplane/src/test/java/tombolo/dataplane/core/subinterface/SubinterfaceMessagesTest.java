package tombolo.dataplane.core.subinterface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.subinterface.Subinterface;
import tombolo.api.subinterface.Subinterface.Encapsulation;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.Rtnetlink;
import tombolo.dataplane.core.SeenLink;

/** Held against what iproute2 6.1.0 sent for the command in each test's comment, recorded between it and the kernel. Interface 3 carries, interface 4 gets an address. */
class SubinterfaceMessagesTest {
    private static final int SEQUENCE = 0x6b01db8d; // of the recording

    private static Subinterface link(String name, int mtu, Encapsulation encapsulation) {
        return new Subinterface(name, encapsulation, mtu, List.of(), OptionalInt.empty());
    }

    private static void assertMade(String recorded, Subinterface link) {
        MessageWriter writer = new MessageWriter(64);
        SubinterfaceMessages.make(writer, SEQUENCE, link, 3);
        writer.flagLast(Rtnetlink.NLM_F_ACK);
        assertEquals(recorded, HexFormat.of().formatHex(writer.toArray()));
    }

    /** ip link add link eth1 name er-1-p100 mtu 1500 type vlan protocol 802.1Q id 100. */
    @Test
    void anInterfaceOf8021QIsAskedForAsIproute2DoesIt() {
        assertMade("60000000100005068ddb016b000000000000000000000000000000000000000008000400dc05000008000500030000000e00030065722d312d703130300000002000120008000100766c616e1400020006000500810000000600010064000000",
                link("er-1-p100", 1_500, new Encapsulation.Vlan("eth1", Subinterface.Protocol.DOT1Q, 100)));
    }

    /** ip link add link eth1 name er-1-po30 mtu 1504 type vlan protocol 802.1ad id 30. */
    @Test
    void anInterfaceOf8021adIsAskedForAsIproute2DoesIt() {
        assertMade("60000000100005068ddb016b000000000000000000000000000000000000000008000400e005000008000500030000000e00030065722d312d706f33300000002000120008000100766c616e140002000600050088a80000060001001e000000",
                link("er-1-po30", 1_504, new Encapsulation.Vlan("eth1", Subinterface.Protocol.DOT1AD, 30)));
    }

    /** ip link add name er-1-p100 mtu 1450 type vxlan id 100 dev eth1 local 192.0.2.1 remote 192.0.2.2 dstport 4790. */
    @Test
    void aVxlanIsAskedForAsIproute2DoesIt() {
        assertMade("7c000000100005068ddb016b000000000000000000000000000000000000000008000400aa0500000e00030065722d312d70313030000000440012000900010076786c616e000000340002000800030003000000080001006400000008000400"
                + "c000020108000200c0000202050007000100000006000f0012b60000",
                link("er-1-p100", 1_450, new Encapsulation.Vxlan("eth1", 100, Optional.of(IpAddress.parse("192.0.2.1")), IpAddress.parse("192.0.2.2"), 4790)));
    }

    /** ip link add name er-1-s100 mtu 1450 type vxlan id 100 dev eth1 remote 2001:db8::2 dstport 4791. */
    @Test
    void aVxlanOverIpv6IsAskedForAsIproute2DoesIt() {
        assertMade("80000000100005068ddb016b000000000000000000000000000000000000000008000400aa0500000e00030065722d312d73313030000000480012000900010076786c616e000000380002000800030003000000080001006400000014001000"
                + "20010db8000000000000000000000002050007000100000006000f0012b70000",
                link("er-1-s100", 1_450, new Encapsulation.Vxlan("eth1", 100, Optional.empty(), IpAddress.parse("2001:db8::2"), 4791)));
    }

    /** ip addr add 172.16.0.1/30 dev er-1-p100; ip -6 addr add fd00:1::1/126 dev er-1-p100 nodad. */
    @Test
    void addressesAreAskedForAsIproute2DoesIt() {
        for (String[] each : new String[][] {{"172.16.0.1", "30", "28000000140005068ddb016b00000000021e00000400000008000200ac10000108000100ac100001"},
            {"fd00:1::1", "126", "40000000140005068ddb016b000000000a7e02000400000014000200fd00000100000000000000000000000114000100fd000001000000000000000000000001"}}) {
            MessageWriter writer = new MessageWriter(64);
            LinkMessage.newAddress(writer, SEQUENCE, 4, new InterfaceAddress(IpAddress.parse(each[0]), Integer.parseInt(each[1])));
            writer.flagLast(Rtnetlink.NLM_F_ACK);
            assertEquals(each[2], HexFormat.of().formatHex(writer.toArray()));
        }
    }

    @Test
    void whatIsAskedForReadsAsWhatIsWanted() {
        for (Encapsulation encapsulation : List.of(new Encapsulation.Vlan("eth1", Subinterface.Protocol.DOT1Q, 4094), new Encapsulation.Vlan("eth1", Subinterface.Protocol.DOT1AD, 1),
                new Encapsulation.Vxlan("eth1", 0xffffff, Optional.of(IpAddress.parse("2001:db8::1")), IpAddress.parse("2001:db8::2"), 65_535))) {
            MessageWriter writer = new MessageWriter(64);
            SubinterfaceMessages.make(writer, 1, link("er-1-p100", 1_400, encapsulation), 7);
            MessageReader reader = reader(writer.toArray());
            assertTrue(reader.next());
            SeenLink seen = SeenLink.of(reader).orElseThrow();
            assertEquals(Optional.empty(), SubinterfaceDiff.otherThan(seen, encapsulation, 7), seen.toString());
            assertEquals(List.of("er-1-p100", 1_400, false, ""), List.of(seen.name(), seen.mtu(), seen.up(), seen.mark()));
            assertTrue(SubinterfaceDiff.otherThan(seen, encapsulation, 8).isPresent(), "on another interface");
        }
    }

    @Test
    void damagedAnswersAreReadWithoutHarm() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        MessageWriter writer = new MessageWriter(64);
        SubinterfaceMessages.make(writer, 1, link("er-1-p100", 1_450, new Encapsulation.Vxlan("eth1", 100, Optional.empty(), IpAddress.parse("192.0.2.2"), 4790)), 3);
        byte[] whole = writer.toArray();
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = whole.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            MessageReader reader = new MessageReader(bytes);
            reader.reset(random.nextInt(bytes.length + 1));
            while (reader.next()) {
                SeenLink.of(reader);
            }
        }
        assertArrayEquals(whole, writer.toArray());
    }

    private static MessageReader reader(byte[] bytes) {
        MessageReader reader = new MessageReader(bytes);
        reader.reset(bytes.length);
        return reader;
    }
}
