package tombolo.bgp.session.adapter;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.net.IpAddress;
import tombolo.bgp.session.core.PeerPlan;
import tombolo.runtime.Secrets;

/** The TCP MD5 keys (RFC 2385) of all peers, as the sockets have them now. Event loop only. */
final class Md5Keys {
    /** Of Linux' tcp.h, in octets. */
    static final int TCP_MD5SIG_MAXKEYLEN = 80;
    private static final Logger LOG = LoggerFactory.getLogger("tombolo.bgp.session");

    private final Listeners listeners;
    private final int every;
    private final Set<String> unreadable = new TreeSet<>();
    private Map<IpAddress, byte[]> keys = Map.of();

    /** @param every how often {@link #read} is called, in seconds: for the text that says so */
    Md5Keys(Listeners listeners, int every) {
        this.listeners = listeners;
        this.every = every;
    }

    boolean has(IpAddress peer) {
        return keys.containsKey(peer);
    }

    /** Reads the keys of all peers; where they differ from before, the listeners and the open connections of the peer get the new ones. */
    void read(Collection<PeerPlan> plans, Collection<PeerSession> sessions) {
        Map<IpAddress, byte[]> now = new TreeMap<>();
        for (PeerPlan plan : plans) {
            plan.password().ifPresent(reference -> {
                try {
                    now.put(plan.remoteAddress(), Secrets.octets("the MD5 key", reference, TCP_MD5SIG_MAXKEYLEN));
                    unreadable.remove(plan.name());
                } catch (IOException e) {
                    if (unreadable.add(plan.name())) {
                        LOG.error("TMB-BGP-005 peer {} ({}): {}. No connection without the key. Put it there; it is looked for every {} s.", plan.name(),
                                plan.remoteAddress(), e.getMessage(), every);
                    }
                }
            });
        }
        boolean same = now.keySet().equals(keys.keySet()) && now.entrySet().stream().allMatch(key -> Arrays.equals(key.getValue(), keys.get(key.getKey())));
        if (!same) {
            rekey(now, sessions);
        }
    }

    private void rekey(Map<IpAddress, byte[]> now, Collection<PeerSession> sessions) {
        for (PeerSession session : sessions) {
            IpAddress remote = session.plan().remoteAddress();
            byte[] key = now.get(remote);
            if (key != null && session.plan().password().isPresent() && !Arrays.equals(key, keys.get(remote))) {
                // a key that changes at both ends within the hold time does not cost the session
                session.channels().stream().filter(Channel::isActive).forEach(channel -> setKey(channel, remote, key));
            }
        }
        keys = now;
        listeners.keys(now);
    }

    private static void setKey(Channel channel, IpAddress remote, byte[] key) {
        try {
            channel.config().setOption(TcpOptions.TCP_MD5SIG, TcpOptions.md5(remote, key));
        } catch (ChannelException e) {
            LOG.warn("TMB-BGP-009 cannot change the MD5 key of the connection with {}: {}. The session ends when the peer changes its key, and comes back with the new one.",
                    remote, SystemWords.plain(e.getCause()));
        }
    }
}
