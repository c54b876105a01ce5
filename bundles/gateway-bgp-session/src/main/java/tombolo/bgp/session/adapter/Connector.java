package tombolo.bgp.session.adapter;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Map;
import tombolo.api.net.IpAddress;
import tombolo.bgp.session.core.PeerPlan;
import tombolo.runtime.Secrets;

/** Opens TCP connections to peers with all that their settings ask of the socket. */
final class Connector {
    private Connector() { }

    /** Starts a connection to the peer. @throws IOException with operator text where its key cannot be read */
    static ChannelFuture connect(EventLoopGroup group, PeerPlan plan, ChannelHandler connection) throws IOException {
        Bootstrap bootstrap = new Bootstrap().group(group)
                .channelFactory(() -> new EpollSocketChannel(plan.remoteAddress().isIpv4() ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0) // the ConnectRetry timer decides
                .handler(connection);
        TcpOptions.ofConnection(plan).forEach((option, value) -> bootstrap.option(cast(option), value));
        if (plan.interfaceName().isPresent()) {
            bootstrap.option(TcpOptions.SO_BINDTODEVICE, TcpOptions.device(plan.interfaceName().get()));
        }
        if (plan.password().isPresent()) {
            byte[] key = Secrets.octets("the MD5 key", plan.password().get(), Md5Keys.TCP_MD5SIG_MAXKEYLEN); // read anew: the operator may have changed the file
            bootstrap.option(EpollChannelOption.TCP_MD5SIG, Map.of(plan.remoteAddress().toInetAddress(), key));
        }
        plan.localAddress().ifPresent(local -> bootstrap.localAddress(new InetSocketAddress(scoped(local, plan), 0)));
        return bootstrap.connect(new InetSocketAddress(scoped(plan.remoteAddress(), plan), plan.remotePort()));
    }

    @SuppressWarnings("unchecked") // each option stands beside a value of its own type
    static ChannelOption<Object> cast(ChannelOption<?> option) {
        return (ChannelOption<Object>) option;
    }

    private static InetAddress scoped(IpAddress address, PeerPlan plan) {
        if (address.isIpv4() || !address.isLinkLocal() || plan.interfaceName().isEmpty()) {
            return address.toInetAddress();
        }
        try {
            NetworkInterface device = NetworkInterface.getByName(plan.interfaceName().get());
            if (device == null) {
                throw new IllegalStateException("there is no interface " + plan.interfaceName().get());
            }
            return Inet6Address.getByAddress(null, address.toBytes(), device.getIndex());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
