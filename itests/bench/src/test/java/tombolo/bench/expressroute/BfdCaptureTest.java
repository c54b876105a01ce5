package tombolo.bench.expressroute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BfdCaptureTest {
    /** A capture with one packet, the microseconds in this machine's byte order and the packet in the network's. */
    private static byte[] capture(int state) {
        ByteBuffer file = ByteBuffer.allocate(24 + 16 + 66).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0, 0xa1b2c3d4).putInt(24, 1_700_000_000).putInt(28, 250_000).putInt(32, 66).putInt(36, 66);
        int packet = 40;
        file.put(packet + 14 + 12, new byte[] {(byte) 172, 20, 0, 2});
        ByteBuffer bfd = file.slice(packet + 42, 24).order(ByteOrder.BIG_ENDIAN);
        bfd.put(0, (byte) 0x20).put(1, (byte) (state << 6)).put(2, (byte) 3).put(3, (byte) 24).putInt(12, 300_000).putInt(16, 250_000);
        return file.array();
    }

    @Test
    void aPacketIsReadByRfc5880Section4Point1() {
        assertEquals(List.of(new BfdCapture.Packet(1_700_000_000_250_000L, "172.20.0.2", BfdCapture.UP, 3, 300_000, 250_000)), BfdCapture.read(capture(3)));
        assertEquals(1, BfdCapture.read(capture(1)).getFirst().state());
    }

    @Test
    void whatIsStillBeingWrittenIsLeftOutAndAnythingElseRefused() {
        byte[] whole = capture(3);
        for (int length = 24; length < whole.length; length++) {
            assertEquals(List.of(), BfdCapture.read(Arrays.copyOf(whole, length)));
        }
        assertThrows(IllegalStateException.class, () -> BfdCapture.read(new byte[100]));
        assertTrue(Math.abs(BfdCapture.epochMicros(System.nanoTime()) / 1_000 - System.currentTimeMillis()) < 60_000);
    }
}
