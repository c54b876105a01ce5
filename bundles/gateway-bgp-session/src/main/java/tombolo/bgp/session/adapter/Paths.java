package tombolo.bgp.session.adapter;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.bfd.Bfd;
import tombolo.api.bfd.BfdListener.Change;
import tombolo.api.bfd.BfdPath;
import tombolo.api.bfd.BfdRequest;
import tombolo.api.bfd.BfdStatus;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.config.PeerBfd;
import tombolo.bgp.session.adapter.PeerSession.Blocker;
import tombolo.bgp.session.core.Cause;
import tombolo.bgp.session.core.FsmEvent;
import tombolo.bgp.session.core.NotificationCodec;
import tombolo.bgp.session.core.PeerPlan;

/**
 * Holds a BFD session for each peer that wants one, and does to the BGP session what follows from it (RFC 5882). Event loop only.
 *
 * <pre>
 * BFD says   bfd = on                                        bfd = strict
 * ---------------------------------------------------------------------------------------------------
 * PENDING    nothing: BGP comes up without it (§3.2)         BGP waits, unless it is established already
 * UP         an attempt at once, if there is no connection     BGP starts
 * LOST       Cease/10 (RFC 9384), then as after any error    Cease/10, then BGP waits
 * STOPPED    nothing (§3.2): either side has taken it down on purpose, as when its bundle or daemon is replaced
 * </pre>
 */
final class Paths {
    private static final Logger LOG = LoggerFactory.getLogger("tombolo.bgp.session");
    private static final int MICROS = 1_000;

    private final Interfaces interfaces;
    private final Consumer<Runnable> loop;
    private final Map<String, Watched> watched = new TreeMap<>();
    private @Nullable Bfd bfd;

    /** A peer that wants BFD. */
    private static final class Watched {
        private final PeerSession session;
        private PeerBfd wanted;
        private @Nullable BfdRequest request;
        private Bfd.@Nullable Hold hold;
        private Change change = Change.PENDING;
        private String refusal = "";

        private Watched(PeerSession session, PeerBfd wanted) {
            this.session = session;
            this.wanted = wanted;
        }
    }

    /** @param loop runs a task on the event loop */
    Paths(Interfaces interfaces, Consumer<Runnable> loop) {
        this.interfaces = interfaces;
        this.loop = loop;
    }

    /** gateway-bfd came; empty: it went. What it said before counts as never said: only its loss of a path ever ends a session. */
    void bfd(Optional<Bfd> now) {
        watched.values().forEach(this::letGo);
        bfd = now.orElse(null);
        again();
    }

    void gone(Bfd gone) {
        if (bfd == gone) {
            bfd(Optional.empty());
        }
    }

    /** A peer is new, or its settings have changed. */
    void follow(PeerSession session, Optional<PeerBfd> wanted) {
        if (wanted.isEmpty()) {
            forget(session.peer());
            return;
        }
        Watched one = watched.computeIfAbsent(session.peer(), name -> new Watched(session, wanted.get()));
        one.wanted = wanted.get();
        if (!one.wanted.strict()) {
            session.unblock(Blocker.BFD);
        }
        look(one);
    }

    void forget(String peer) {
        Watched one = watched.remove(peer);
        if (one != null) {
            letGo(one);
            one.session.pathWords = "";
            one.session.unblock(Blocker.BFD);
        }
    }

    /** Tries once more what was refused, and looks whether interfaces are known by now. */
    void again() {
        watched.values().forEach(this::look);
    }

    void close() {
        watched.values().forEach(this::letGo);
        watched.clear();
    }

    private void letGo(Watched one) {
        if (one.hold != null) {
            one.hold.close();
        }
        one.hold = null;
        one.request = null;
        one.change = Change.PENDING;
        words(one, Optional.empty());
    }

    private void look(Watched one) {
        hold(one);
        if (one.wanted.strict() && one.change != Change.UP && one.session.state().state() != PeerStatus.State.ESTABLISHED && !one.session.blocked(Blocker.BFD)) {
            one.session.block(Blocker.BFD, "waiting for BFD to come up (bfd = strict); see bfd:show " + one.session.plan().remoteAddress(), Optional.empty(), false, Cause.BFD_DOWN);
        }
    }

    private void hold(Watched one) {
        Bfd service = bfd;
        if (service == null) {
            words(one, Optional.empty());
            return;
        }
        BfdRequest wish = request(one);
        BfdRequest now = one.request;
        boolean same = now != null && sameButInterface(wish, now);
        boolean learnt = same && now.path().interfaceName().isEmpty(); // gateway-bfd goes on with the session, which is bound to its interface from then on (RFC 5881)
        if (wish.equals(now) || same && !learnt && one.change == Change.UP) {
            return;
        }
        Bfd.Hold before = one.hold;
        boolean samePath = now != null && now.path().equals(wish.path()) && now.authentication().equals(wish.authentication());
        if (before != null && !samePath) {
            Change told = one.change;
            letGo(one);
            one.change = learnt ? told : Change.PENDING;
        }
        try {
            Bfd.Hold[] own = new Bfd.Hold[1];
            own[0] = service.hold(wish, (status, change) -> loop.accept(() -> {
                if (one.hold == own[0] && watched.get(one.session.peer()) == one) {
                    changed(one, status, change);
                }
            }));
            one.hold = own[0];
            one.request = wish;
            one.refusal = "";
            if (before != null && samePath) {
                before.close(); // only now, so that the session goes on with its new timers
            }
        } catch (IllegalStateException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.equals(one.refusal)) {
                one.refusal = why;
                LOG.warn("TMB-BGP-037 peer {} ({}): no BFD session: {}. Trying again every 10 s.", one.session.peer(), one.session.plan().remoteAddress(), why);
            }
        }
        words(one, Optional.empty());
    }

    /** An interface that is lost, or another by now, must not end a session before BFD says so. */
    private static boolean sameButInterface(BfdRequest a, BfdRequest b) {
        return a.path().multihop() == b.path().multihop() && new BfdRequest(a.who(), new BfdPath(a.path().remote(), a.path().local(), b.path().interfaceName(), b.path().multihop()),
                a.transmitMicros(), a.receiveMicros(), a.multiplier(), a.authentication()).equals(b);
    }

    private BfdRequest request(Watched one) {
        PeerPlan plan = one.session.plan();
        PeerBfd wanted = one.wanted;
        boolean single = switch (wanted.hops()) {
            case AUTO -> plan.directlyConnected();
            case SINGLE -> true;
            case MULTI -> false;
        };
        Optional<String> device = single ? interfaces.of(plan) : Optional.empty();
        if (single && device.isEmpty() && one.request != null) {
            device = one.request.path().interfaceName();
        }
        return new BfdRequest("bgp peer " + plan.name(), new BfdPath(plan.remoteAddress(), plan.localAddress(), device, !single), wanted.transmitMillis() * MICROS,
                wanted.receiveMillis() * MICROS, wanted.multiplier(), wanted.authentication());
    }

    private void changed(Watched one, BfdStatus status, Change change) {
        one.change = change;
        words(one, Optional.of(status));
        PeerSession session = one.session;
        switch (change) {
            case PENDING, STOPPED -> { }
            case UP -> {
                if (session.blocked(Blocker.BFD)) {
                    session.unblock(Blocker.BFD);
                } else if (session.state().state() != PeerStatus.State.ESTABLISHED) {
                    session.feed(new FsmEvent.TryNow()); // of no effect where a connection stands
                }
            }
            case LOST -> {
                String why = "BFD lost the peer: diagnostic " + status.diagnostic() + (status.diagnostic().startsWith("1 ") ? " (" + status.detectionMicros() / MICROS + " ms)" : "");
                if (one.wanted.strict()) {
                    session.block(Blocker.BFD, why + "; waiting for BFD to come up (bfd = strict)", Optional.of(new Notification(Notification.CEASE, NotificationCodec.BFD_DOWN)), false,
                            Cause.BFD_DOWN);
                } else {
                    session.feed(new FsmEvent.PathLost(why));
                }
            }
        }
    }

    private void words(Watched one, Optional<BfdStatus> status) {
        one.session.pathWords = bfd == null ? "BFD is wished for, but gateway-bfd does not run" : !one.refusal.isEmpty() ? "no BFD session: " + one.refusal : switch (one.change) {
            case UP -> "BFD up" + status.map(is -> ", down after " + is.detectionMicros() / MICROS + " ms of silence").orElse("");
            case PENDING -> "BFD not up yet";
            case LOST -> "BFD down";
            case STOPPED -> "BFD taken down on purpose";
        };
    }
}
