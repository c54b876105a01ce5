package tombolo.bgp.session.adapter;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.net.IpAddress;
import tombolo.bgp.session.core.PeerPlan;

/**
 * Connections that others opened: each goes to the peer of its address, or is refused and counted.
 *
 * <pre>
 * accepted ─► a peer has that remote-address?    no: a stranger
 *          ─► it came to that peer's local-address?  no: refused
 *          ─► the peer's MD5 key could be read?  no: refused (the kernel has not checked the connection)
 *          ─► socket options, then the state machine
 * </pre>
 *
 * Event loop only, but for the count of strangers.
 */
final class Arrivals extends ChannelInitializer<Channel> {
    private static final Logger LOG = LoggerFactory.getLogger("tombolo.bgp.session");
    /** A scanner, or a peer that knocks at the wrong door every second, must not fill the log. */
    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Collection<PeerSession> sessions;
    private final Predicate<IpAddress> hasKey;
    private final AtomicLong strangers = new AtomicLong();
    private long strangerLoggedAt = System.nanoTime() - LOG_NANOS;
    private long misdirectedLoggedAt = System.nanoTime() - LOG_NANOS;

    /** @param sessions as they are at any time; @param hasKey whether the sockets have the MD5 key of that peer */
    Arrivals(Collection<PeerSession> sessions, Predicate<IpAddress> hasKey) {
        this.sessions = sessions;
        this.hasKey = hasKey;
    }

    /** Connections from addresses of no peer, since start. Any thread. */
    long strangers() {
        return strangers.get();
    }

    @Override
    protected void initChannel(Channel channel) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            channel.close();
            return;
        }
        IpAddress address = unmapped(IpAddress.of(remote.getAddress()));
        Optional<PeerSession> found = sessions.stream().filter(each -> each.plan().remoteAddress().equals(address))
                .filter(each -> !address.isLinkLocal() || address.isIpv4() || onThatInterface(each.plan(), remote)).findFirst();
        if (found.isEmpty()) {
            stranger(channel, address);
            return;
        }
        PeerSession session = found.get();
        if (misdirected(channel, session)) {
            return;
        }
        if (session.plan().password().isPresent() && !hasKey.test(address)) {
            session.countRefused();
            channel.close();
            return;
        }
        // before anything is read: see Listeners.minimumTtl for what the kernel checks earlier than this
        TcpOptions.ofConnection(session.plan()).forEach((option, value) -> channel.config().setOption(Connector.cast(option), value));
        PeerConnection connection = new PeerConnection(session, null);
        connection.channel(channel);
        channel.pipeline().addLast(connection);
        channel.pipeline().addLast(new Arrival(session, connection));
    }

    /** Where the peer's local-address is configured, sessions stand between that address and the peer alone: the peer's configuration names another one. */
    private boolean misdirected(Channel channel, PeerSession session) {
        Optional<IpAddress> wanted = session.plan().localAddress();
        if (wanted.isEmpty() || !(channel.localAddress() instanceof InetSocketAddress local)) {
            return false;
        }
        IpAddress seen = unmapped(IpAddress.of(local.getAddress()));
        if (seen.equals(wanted.get())) {
            return false;
        }
        long count = session.countRefused();
        long now = System.nanoTime();
        if (now - misdirectedLoggedAt >= LOG_NANOS) {
            misdirectedLoggedAt = now;
            LOG.warn("TMB-BGP-034 peer {} ({}): connection to {} refused, local-address is {} ({} refused since start). Let the peer connect to that one, or change"
                    + " local-address in etc/tombolo.bgp.peer-{}.cfg.", session.peer(), session.plan().remoteAddress(), seen, wanted.get(), count, session.peer());
        }
        channel.close();
        return true;
    }

    private void stranger(Channel channel, IpAddress address) {
        long count = strangers.incrementAndGet();
        long now = System.nanoTime();
        if (now - strangerLoggedAt >= LOG_NANOS) {
            strangerLoggedAt = now;
            LOG.warn("TMB-BGP-006 connection from {} refused: no peer has that remote-address ({} refused since start). Configure a peer for it, or keep it off"
                    + " port 179 by a firewall.", address, count);
        }
        channel.close();
    }

    private static boolean onThatInterface(PeerPlan plan, InetSocketAddress remote) {
        try {
            return remote.getAddress() instanceof Inet6Address v6 && plan.interfaceName().isPresent()
                    && NetworkInterface.getByName(plan.interfaceName().get()) instanceof NetworkInterface device && device.getIndex() == v6.getScopeId();
        } catch (IOException e) {
            return false;
        }
    }

    /** An IPv4 address that a socket of both families shows as ::ffff:a.b.c.d. */
    static IpAddress unmapped(IpAddress address) {
        boolean mapped = !address.isIpv4() && address.hi() == 0 && address.lo() >>> 32 == 0xffff;
        return mapped ? IpAddress.v4((int) address.lo()) : address;
    }

    /** Tells the session once the connection is active, then is gone. */
    private static final class Arrival extends ChannelInboundHandlerAdapter {
        private final PeerSession session;
        private final PeerConnection connection;

        private Arrival(PeerSession session, PeerConnection connection) {
            this.session = session;
            this.connection = connection;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            // the channel is registered but not yet active while its handlers are added
            context.executor().execute(() -> {
                context.pipeline().remove(this);
                session.accepted(connection);
            });
        }
    }
}
