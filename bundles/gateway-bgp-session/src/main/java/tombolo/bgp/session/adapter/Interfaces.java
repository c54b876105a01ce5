package tombolo.bgp.session.adapter;

import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.Links;
import tombolo.bgp.session.adapter.PeerSession.Blocker;
import tombolo.bgp.session.core.Cause;
import tombolo.bgp.session.core.FsmEvent;
import tombolo.bgp.session.core.PeerPlan;

/** Ends directly connected sessions when their interface can carry nothing, and starts them when it can again. Event loop only. */
final class Interfaces {
    private final Collection<PeerSession> sessions;
    private @Nullable Links links;

    /** @param sessions a view of all sessions */
    Interfaces(Collection<PeerSession> sessions) {
        this.sessions = sessions;
    }

    /** The node's interfaces came or went. */
    void links(Optional<Links> now) {
        links = now.orElse(null);
        sessions.forEach(session -> {
            if (links == null) {
                session.unblock(Blocker.INTERFACE);
            } else {
                follow(session);
            }
        });
    }

    void changed(Link link, boolean usable, String reason) {
        sessions.forEach(session -> changed(session, link, usable, reason));
        followBlocked();
    }

    /** The subnet of a peer may have moved to another interface than the one whose loss ended its session. Also from time to time, since addresses tell nobody. */
    void followBlocked() {
        sessions.stream().filter(session -> session.blocked(Blocker.INTERFACE)).forEach(this::follow);
    }

    private void changed(PeerSession session, Link link, boolean usable, String reason) {
        if (!session.plan().directlyConnected()) {
            return;
        }
        String known = session.interfaceName().isEmpty() ? of(session.plan()).orElse("") : session.interfaceName();
        if (!known.equals(link.name())) {
            return;
        }
        session.interfaceName(known);
        if (!usable) {
            if (!session.blocked(Blocker.INTERFACE)) {
                // no NOTIFICATION: it could not leave, and the peer sees the loss itself or keeps our routes for the restart time
                session.block(Blocker.INTERFACE, reason, Optional.empty(), false, Cause.INTERFACE_DOWN);
            }
        } else if (session.blocked(Blocker.INTERFACE)) {
            session.unblock(Blocker.INTERFACE);
        } else {
            session.feed(new FsmEvent.TryNow());
        }
    }

    /** Blocks or unblocks a session by what is known of its interface now. */
    void follow(PeerSession session) {
        Links known = links;
        if (known == null || !session.plan().directlyConnected()) {
            return;
        }
        Optional<String> name = of(session.plan());
        if (name.isEmpty()) {
            return;
        }
        session.interfaceName(name.get());
        if (known.usable(name.get())) {
            session.unblock(Blocker.INTERFACE);
        } else if (!session.blocked(Blocker.INTERFACE) && known.links().stream().anyMatch(link -> link.name().equals(name.get()))) {
            // only what the data plane has seen counts: right after its start it knows nothing yet
            session.block(Blocker.INTERFACE, "interface " + name.get() + " is not usable: it or a device below it is down or has no carrier", Optional.empty(),
                    false, Cause.INTERFACE_DOWN);
        }
    }

    /** The interface on which the peer is directly connected, as far as it is known. */
    Optional<String> of(PeerPlan plan) {
        Links known = links;
        return plan.interfaceName().or(() -> known == null ? Optional.empty() : known.connectedTo(plan.remoteAddress()).map(Link::name));
    }

    LocalAddresses addresses(Optional<String> device, tombolo.api.net.IpAddress local) {
        return LocalAddresses.on(device, local, links);
    }
}
