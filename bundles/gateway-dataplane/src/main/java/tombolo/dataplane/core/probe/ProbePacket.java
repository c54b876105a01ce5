package tombolo.dataplane.core.probe;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import tombolo.api.nftables.PacketProbe.Probe;
import tombolo.api.resource.IpProtocol;

/** A probe as bytes: a SYN, an empty datagram, an echo request, or a bare header of any other protocol. RFC 791 §3.1, RFC 8200 §3, RFC 9293 §3.1, RFC 1071. */
public final class ProbePacket {
    private static final int SYN = 2;
    private static final int WINDOW = 1024;
    private static final int TCP_HEADER = 20;
    private static final int ICMP_HEADER = 8;
    private static final int SCTP_HEADER = 12;
    private static final int SCTP_INIT = 20;

    private ProbePacket() { }

    /** @param hops time to live */
    public static byte[] of(Probe probe, int hops) {
        byte[] transport = transport(probe);
        byte[] source = probe.source().toBytes();
        byte[] destination = probe.destination().toBytes();
        ByteBuffer packet;
        if (probe.source().isIpv4()) {
            packet = ByteBuffer.allocate(20 + transport.length);
            packet.put((byte) 0x45).put((byte) 0).putShort((short) packet.capacity()).putShort((short) probe.sourcePort()).putShort((short) 0x4000).put((byte) hops)
                    .put((byte) probe.protocol().number()).putShort((short) 0).put(source).put(destination);
            packet.putShort(10, (short) sum(packet.array(), 0, 20, 0));
        } else {
            packet = ByteBuffer.allocate(40 + transport.length);
            packet.putInt(0x60000000).putShort((short) transport.length).put((byte) probe.protocol().number()).put((byte) hops).put(source).put(destination);
        }
        return packet.put(transport).array();
    }

    private static byte[] transport(Probe probe) {
        IpProtocol protocol = probe.protocol();
        if (protocol.equals(IpProtocol.TCP)) {
            ByteBuffer tcp = ports(probe, TCP_HEADER).putInt(1).putInt(0).put((byte) (TCP_HEADER / 4 << 4)).put((byte) SYN).putShort((short) WINDOW);
            return summed(probe, tcp.array(), 16, true);
        }
        if (protocol.equals(IpProtocol.UDP) || protocol.equals(IpProtocol.UDPLITE)) {
            return summed(probe, ports(probe, 8).putShort((short) 8).array(), 6, true);
        }
        if (protocol.equals(IpProtocol.SCTP)) {
            return init(probe);
        }
        if (probe.icmpType() >= 0) {
            byte[] icmp = ByteBuffer.allocate(ICMP_HEADER).put((byte) probe.icmpType()).put((byte) probe.icmpCode()).putShort((short) 0).putShort((short) probe.sourcePort()).array();
            return summed(probe, icmp, 2, protocol.equals(IpProtocol.ICMPV6));
        }
        return new byte[0];
    }

    /** The chunk that begins an association (RFC 9260 §3.3.2): connection tracking takes another packet for none of a flow. Its sum is CRC32c, in little endian (§6.8, appendix A). */
    private static byte[] init(Probe probe) {
        ByteBuffer packet = ports(probe, SCTP_HEADER + SCTP_INIT).putInt(0).putInt(0).put((byte) 1).put((byte) 0).putShort((short) SCTP_INIT).putInt(1).putInt(WINDOW).putShort((short) 1)
                .putShort((short) 1).putInt(1);
        CRC32C sum = new CRC32C();
        sum.update(packet.array());
        return packet.putInt(8, Integer.reverseBytes((int) sum.getValue())).array();
    }

    private static ByteBuffer ports(Probe probe, int length) {
        return ByteBuffer.allocate(length).putShort((short) probe.sourcePort()).putShort((short) probe.destinationPort());
    }

    /** Connection tracking takes a packet with a wrong sum for none of a flow. @param pseudo whether addresses, length and protocol are summed up too (RFC 8200 §8.1) */
    private static byte[] summed(Probe probe, byte[] bytes, int at, boolean pseudo) {
        int begin = 0;
        if (pseudo) {
            byte[] source = probe.source().toBytes();
            byte[] destination = probe.destination().toBytes();
            begin = words(source, 0, source.length) + words(destination, 0, destination.length) + bytes.length + probe.protocol().number();
        }
        int sum = sum(bytes, 0, bytes.length, begin);
        ByteBuffer.wrap(bytes).putShort(at, (short) (sum == 0 ? 0xffff : sum)); // RFC 768: zero means none
        return bytes;
    }

    private static int sum(byte[] bytes, int from, int to, int begin) {
        int sum = begin + words(bytes, from, to);
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }

    private static int words(byte[] bytes, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += (bytes[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }
}
