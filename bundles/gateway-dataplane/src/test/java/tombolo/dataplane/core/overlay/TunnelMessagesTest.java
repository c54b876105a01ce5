package tombolo.dataplane.core.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.overlay.OverlayTunnel;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.NeighbourMessage;
import tombolo.dataplane.core.SeenLink;

class TunnelMessagesTest {
    private static final MacAddress MAC = MacAddress.parse("66:01:02:03:04:05");

    private static OverlayTunnel tunnel(String local) {
        return new OverlayTunnel(OverlayTunnel.Kind.VXLAN, "vxlan.calico", 4096, 4789, IpAddress.parse(local), 1450, Optional.of(MAC), Optional.empty(), Map.of());
    }

    private static SeenLink device(int index, boolean up, String mark, SeenLink.Segment segment) {
        return new SeenLink(index, "vxlan.calico", "vxlan", Optional.of(MAC), mark, 0, 1450, up, false, segment);
    }

    private static MessageReader reader(byte[] bytes) {
        MessageReader reader = new MessageReader(bytes);
        reader.reset(bytes.length);
        return reader;
    }

    @Test
    void whatIsAskedForReadsAsWhatIsThere() {
        for (String local : new String[] {"192.0.2.1", "2001:db8::1"}) {
            MessageWriter writer = new MessageWriter(64);
            TunnelMessages.newTunnel(writer, 1, tunnel(local), "tombolo");
            MessageReader reader = reader(writer.toArray());
            assertTrue(reader.next());
            assertEquals(Optional.of(device(0, false, "tombolo", new SeenLink.Segment(4096, 4789, Optional.of(IpAddress.parse(local)), Optional.empty(), false))), SeenLink.of(reader));
        }
    }

    @Test
    void entriesOfOtherInterfacesAreNotTaken() {
        SeenTunnel seen = new SeenTunnel(device(7, true, "", SeenLink.Segment.NONE));
        MessageWriter writer = new MessageWriter(64);
        NeighbourMessage.forwardTo(writer, 1, 7, MAC, IpAddress.parse("192.0.2.2"), true);
        NeighbourMessage.forwardTo(writer, 2, 8, MAC, IpAddress.parse("192.0.2.3"), true);
        NeighbourMessage.add(writer, 3, 7, IpAddress.parse("fd65::1"), MAC);
        NeighbourMessage.add(writer, 4, 8, IpAddress.parse("10.65.0.1"), MAC);
        LinkMessage.newAddress(writer, 5, 7, new InterfaceAddress(IpAddress.parse("fe80::1"), 64));
        LinkMessage.newAddress(writer, 6, 7, new InterfaceAddress(IpAddress.parse("10.65.1.0"), 32));
        MessageReader reader = reader(writer.toArray());
        while (reader.next()) {
            seen.take(reader);
        }
        assertEquals(Map.of(MAC, Set.of(IpAddress.parse("192.0.2.2"))), seen.forwarding());
        assertEquals(Map.of(IpAddress.parse("fd65::1"), MAC), seen.neighbours());
        assertEquals(1, seen.addresses().size());
    }

    @Test
    void damagedAnswersAreReadWithoutHarm() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        MessageWriter writer = new MessageWriter(64);
        TunnelMessages.newTunnel(writer, 1, tunnel("192.0.2.1"), "tombolo");
        NeighbourMessage.forwardTo(writer, 2, 0, MAC, IpAddress.parse("192.0.2.2"), true);
        LinkMessage.newAddress(writer, 3, 0, new InterfaceAddress(IpAddress.parse("10.65.1.0"), 32));
        byte[] whole = writer.toArray();
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = whole.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            MessageReader reader = new MessageReader(bytes);
            reader.reset(random.nextInt(bytes.length + 1));
            SeenTunnel seen = new SeenTunnel(device(0, true, "", SeenLink.Segment.NONE));
            while (reader.next()) {
                SeenLink.of(reader);
                seen.take(reader);
            }
        }
    }
}
