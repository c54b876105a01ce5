package tombolo.bgp.session.adapter;

import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tombolo.api.net.IpAddress;
import tombolo.bgp.session.core.PeerPlan;

/** Socket options by their Linux numbers, where Netty has no name for them. */
final class TcpOptions {
    static final ChannelOption<Integer> IP_TOS = new IntegerUnixChannelOption("IP_TOS", 0, 1);
    static final ChannelOption<Integer> IP_TTL = new IntegerUnixChannelOption("IP_TTL", 0, 2);
    static final ChannelOption<Integer> IP_MINTTL = new IntegerUnixChannelOption("IP_MINTTL", 0, 21);
    static final ChannelOption<Integer> IPV6_UNICAST_HOPS = new IntegerUnixChannelOption("IPV6_UNICAST_HOPS", 41, 16);
    static final ChannelOption<Integer> IPV6_V6ONLY = new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);
    static final ChannelOption<Integer> IPV6_MINHOPCOUNT = new IntegerUnixChannelOption("IPV6_MINHOPCOUNT", 41, 73);
    static final ChannelOption<Integer> IPV6_TCLASS = new IntegerUnixChannelOption("IPV6_TCLASS", 41, 67);
    static final ChannelOption<ByteBuffer> SO_BINDTODEVICE = new RawUnixChannelOption("SO_BINDTODEVICE", 1, 25, 16);

    /** One key. Netty's own option also takes back the keys that an accepted connection had of its listener: the kernel knows none of them there, and it fails. */
    static final ChannelOption<ByteBuffer> TCP_MD5SIG = new RawUnixChannelOption("TCP_MD5SIG", 6, 14, 216);

    /** CS6, internetwork control (RFC 4594 §3.1): what routers send BGP with. */
    static final int TOS = 0xc0;
    /** The same as the send hold timer's: a peer that acknowledges nothing is given up by whichever sees it first. */
    private static final int USER_TIMEOUT_MILLIS = 480_000;
    /** Netty copies what is handed to it into memory of its own: little at a time. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 << 10, 256 << 10);

    private TcpOptions() { }

    /** Of a connection with a peer, in either direction. */
    static Map<ChannelOption<?>, Object> ofConnection(PeerPlan plan) {
        Map<ChannelOption<?>, Object> options = new LinkedHashMap<>();
        options.put(ChannelOption.TCP_NODELAY, true);
        options.put(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
        options.put(EpollChannelOption.TCP_USER_TIMEOUT, USER_TIMEOUT_MILLIS);
        if (plan.remoteAddress().isIpv4()) {
            options.put(IP_TOS, TOS);
            options.put(IP_TTL, plan.ttl());
            options.put(IP_MINTTL, plan.minimumTtl());
        } else {
            options.put(IPV6_TCLASS, TOS);
            options.put(IPV6_UNICAST_HOPS, plan.ttl());
            options.put(IPV6_MINHOPCOUNT, plan.minimumTtl());
        }
        return options;
    }

    /**
     * A key (RFC 2385) as the kernel takes it: {@code struct tcp_md5sig} of linux/tcp.h.
     *
     * <pre>
     *   0: address family (2), port (2), then IPv4: address (4), IPv6: flow (4), address (16)    128: flags, prefix length
     * 130: key length (2)    132: interface index (4)    136: key (80)
     * </pre>
     */
    static ByteBuffer md5(IpAddress peer, byte[] key) {
        ByteBuffer option = ByteBuffer.allocate(216).order(ByteOrder.nativeOrder());
        option.putShort(0, (short) (peer.isIpv4() ? 2 : 10));
        option.put(peer.isIpv4() ? 4 : 8, peer.toBytes());
        option.putShort(130, (short) key.length);
        option.put(136, key);
        return option;
    }

    /** An interface's name as the kernel takes it: 16 octets, ended by zero. */
    static ByteBuffer device(String name) {
        byte[] bytes = new byte[16];
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, bytes, 0, Math.min(15, ascii.length));
        return ByteBuffer.wrap(bytes);
    }
}
