package tombolo.bgp.session.adapter;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.bgp.session.core.PeerPlan;

/** The listening sockets: one for each configured local address, changed one by one. Event loop only. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger("tombolo.bgp.session");
    /** Connections that wait to be accepted: more than a node has peers, few enough to be no burden. */
    private static final int BACKLOG = 128;
    private static final int RETRY_SECONDS = 10;

    private final EventLoopGroup group;
    private final ChannelHandler accepted;
    private final Map<IpAddress, Channel> open = new TreeMap<>();
    private List<IpAddress> wanted = List.of();
    private int port;
    private Map<IpAddress, byte[]> keys = Map.of();
    private final Map<AddressFamily, Integer> minimumTtls = new EnumMap<>(AddressFamily.class);
    private boolean closed;

    Listeners(EventLoopGroup group, ChannelHandler accepted) {
        this.group = group;
        this.accepted = accepted;
    }

    void want(List<IpAddress> addresses, int atPort) {
        if (atPort != port) {
            open.values().forEach(Channel::close);
            open.clear();
        }
        port = atPort;
        wanted = addresses;
        open.entrySet().removeIf(entry -> {
            boolean gone = !addresses.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        bindMissing();
    }

    /** Keys of all peers that have one: the kernel checks a SYN before anybody here sees it. */
    void keys(Map<IpAddress, byte[]> now) {
        keys = Map.copyOf(now);
        open.forEach((address, channel) -> setKeys(address, channel));
    }

    /**
     * GTSM (RFC 5082 §3) as early as the kernel lets us. The limit of one peer can only be set on its own socket, and that exists once the handshake is over:
     * BIRD (bgp_incoming_connection) and FRR (bgp_accept) set it there, and so does {@link Arrivals}, before anything is read; what came in the moment between
     * was not checked. Where all peers of the listener's family have a limit, the listener itself gets the lowest of them: then no SYN from farther away is
     * answered, and the accepted sockets are born with it (the kernel copies min_ttl from listener to request to child).
     */
    void minimumTtls(Collection<PeerPlan> plans) {
        for (AddressFamily family : AddressFamily.values()) {
            minimumTtls.put(family, plans.stream().filter(plan -> plan.remoteAddress().family() == family).mapToInt(PeerPlan::minimumTtl).min().orElse(0));
        }
        open.forEach(this::setMinimumTtl);
    }

    private void setMinimumTtl(IpAddress address, Channel channel) {
        try {
            channel.config().setOption(address.isIpv4() ? TcpOptions.IP_MINTTL : TcpOptions.IPV6_MINHOPCOUNT, minimumTtls.getOrDefault(address.family(), 0));
        } catch (ChannelException e) {
            LOG.warn("TMB-BGP-035 cannot set the lowest TTL on the listener of {}: {}. Peers with ttl-security-hops are checked from the end of the handshake on.", address,
                    SystemWords.plain(e.getCause()));
        }
    }

    void close() {
        closed = true;
        open.values().forEach(Channel::close);
        open.clear();
    }

    private void setKeys(IpAddress address, Channel channel) {
        try {
            channel.config().setOption(EpollChannelOption.TCP_MD5SIG, keysFor(address));
        } catch (ChannelException e) {
            LOG.error("TMB-BGP-008 cannot set the MD5 keys on the listener of {}: {}. Peers with a password cannot connect to us there.", address, SystemWords.plain(e.getCause()));
        }
    }

    private Map<InetAddress, byte[]> keysFor(IpAddress listener) {
        return keys.entrySet().stream().filter(key -> key.getKey().family() == listener.family())
                .collect(Collectors.toMap(key -> key.getKey().toInetAddress(), Map.Entry::getValue));
    }

    private void bindMissing() {
        for (IpAddress address : new ArrayList<>(wanted)) {
            if (!open.containsKey(address) && !closed) {
                bind(address);
            }
        }
    }

    private void bind(IpAddress address) {
        boolean v4 = address.isIpv4();
        ServerBootstrap bootstrap = new ServerBootstrap().group(group)
                .channelFactory(() -> new EpollServerSocketChannel(v4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6))
                .option(ChannelOption.SO_REUSEADDR, true).option(ChannelOption.SO_BACKLOG, BACKLOG).childHandler(accepted);
        if (v4) {
            // the SYN-ACK leaves with the listener's TTL: 255, or a peer that uses GTSM (RFC 5082) would drop it
            bootstrap.option(TcpOptions.IP_TTL, 255).option(TcpOptions.IP_TOS, TcpOptions.TOS);
        } else {
            bootstrap.option(TcpOptions.IPV6_V6ONLY, 1).option(TcpOptions.IPV6_UNICAST_HOPS, 255).option(TcpOptions.IPV6_TCLASS, TcpOptions.TOS);
        }
        int atPort = port;
        Channel channel = bootstrap.bind(new InetSocketAddress(address.toInetAddress(), atPort)).addListener(done -> {
            if (done.isSuccess()) {
                LOG.info("TMB-BGP-002 listening on {} port {}", address, atPort);
                Channel bound = open.get(address);
                if (bound != null) {
                    setKeys(address, bound);
                }
            } else if (open.remove(address) != null && !closed) {
                LOG.error("TMB-BGP-003 cannot listen on {} port {}: {}. Look for another BGP daemon on that port, or set listen and port in"
                        + " etc/tombolo.bgp.cfg. Retrying in {} s.", address, atPort, SystemWords.plain(done.cause()), RETRY_SECONDS);
                group.next().schedule(this::bindMissing, RETRY_SECONDS, TimeUnit.SECONDS);
            }
        }).channel();
        open.put(address, channel);
        // before a first SYN can be answered: options set at bind time would come after listen() for a listener that is bound at once
        setKeys(address, channel);
        setMinimumTtl(address, channel);
    }
}
