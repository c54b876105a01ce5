package tombolo.bgp.core.rib;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.SessionInput;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.PeerSettings;
import tombolo.api.net.AddressFamily;
import tombolo.bgp.core.wire.DecodeContext;
import tombolo.bgp.core.wire.Outcome;

/** Reads the inboxes: ups, downs, UPDATE and ROUTE-REFRESH messages, and the limits on prefixes. */
final class PeerIntake {
    private static final int HEADER = 19;
    private static final int ROUTE_REFRESH_LENGTH = HEADER + 4;
    private static final int CEASE_MAX_PREFIXES = 1;
    /** Of a family from one peer without a configured limit: four times today's table of the Internet. More is a fault, and the heap is not without end. */
    private static final int MOST_PREFIXES = 4_000_000;
    /** RFC 4486 §3: the subcode nearest to "we cannot go on". */
    private static final int CEASE_OUT_OF_RESOURCES = 8;

    private final UpdateIntake updates;
    private final Map<AddressFamily, FamilyRib> ribs;
    private final PeerLifecycle lifecycle;
    private final Groups groups;
    private final Policies policies;
    private final RibEvents events;
    private final Peers peers;
    private final FamilyRib ipv4;
    private final FamilyRib ipv6;
    private int mostPrefixes = MOST_PREFIXES;
    private int mostPaths = Integer.MAX_VALUE;
    private long nowNanos;
    private long nowMillis;
    private int nowSeconds;

    PeerIntake(UpdateIntake updates, Map<AddressFamily, FamilyRib> ribs, PeerLifecycle lifecycle, Groups groups, Policies policies, Peers peers, RibEvents events) {
        this.updates = updates;
        this.ribs = ribs;
        this.peers = peers;
        this.ipv4 = Objects.requireNonNull(ribs.get(AddressFamily.IPV4));
        this.ipv6 = Objects.requireNonNull(ribs.get(AddressFamily.IPV6));
        this.lifecycle = lifecycle;
        this.groups = groups;
        this.policies = policies;
        this.events = events;
    }

    void time(long nanos, long startedNanos, long millis) {
        nowNanos = nanos;
        nowMillis = millis;
        nowSeconds = (int) ((nanos - startedNanos) / 1_000_000_000L);
    }

    /** For tests: another bound than four million. */
    void mostPrefixes(int bound) {
        mostPrefixes = bound;
    }

    /** Of all peers and families together. */
    void mostPaths(int bound) {
        mostPaths = bound;
    }

    int nowSeconds() {
        return nowSeconds;
    }

    /** Takes about {@code budget} octets of input. True: there may be more. */
    boolean read(Peer peer, int budget) {
        BgpSession session = peer.session;
        if (session == null) {
            return false;
        }
        int left = budget;
        while (left > 0) {
            if (peer.unread == null) {
                SessionInput input = session.poll();
                switch (input) {
                    case null -> {
                        return false;
                    }
                    case SessionInput.Up up -> up(peer, up.session());
                    case SessionInput.Down down -> down(peer, down);
                    case SessionInput.Messages messages -> {
                        peer.unread = messages;
                        peer.unreadAt = 0;
                    }
                }
            }
            left -= messages(peer, left);
        }
        return true;
    }

    /** Reads to the end what was taken from the inbox. */
    void finish(Peer peer) {
        while (peer.unread != null) {
            messages(peer, Integer.MAX_VALUE);
        }
    }

    private int messages(Peer peer, int budget) {
        SessionInput.Messages block = peer.unread;
        if (block == null) {
            return 64; // an event costs a little of the turn too
        }
        int from = peer.unreadAt;
        byte[] bytes = block.bytes();
        while (peer.unreadAt < block.length() && peer.unreadAt - from < budget) {
            int at = peer.unreadAt;
            int length = (bytes[at + 16] & 0xff) << 8 | bytes[at + 17] & 0xff;
            peer.unreadAt = at + length;
            if (!peer.ended && peer.up != null) {
                message(peer, bytes, at, length);
            }
        }
        int taken = peer.unreadAt - from;
        if (peer.unreadAt >= block.length()) {
            peer.unread = null;
        }
        return taken;
    }

    private void message(Peer peer, byte[] bytes, int at, int length) {
        DecodeContext context = peer.decodeContext;
        if (context == null) {
            return;
        }
        if (bytes[at + 18] == ControlMessages.ROUTE_REFRESH) {
            refresh(peer, bytes, at, length);
            return;
        }
        peer.lastUpdateNanos = nowNanos;
        long pathsBefore = paths();
        switch (updates.update(peer, context, bytes, at, length, nowSeconds, nowMillis)) {
            case Outcome.Ok ok -> {
                limits(peer);
                if (paths() > pathsBefore) {
                    nodeLimit(peer);
                }
            }
            case Outcome.Reset(Notification notification, String why) -> end(peer, notification, why, Optional.empty());
        }
    }

    private void end(Peer peer, Notification notification, String why, Optional<Integer> retryAfterSeconds) {
        BgpSession session = peer.session;
        SessionUp up = peer.up;
        peer.ended = true;
        if (session != null && up != null) {
            session.end(up.sessionNumber(), notification, why, retryAfterSeconds);
        }
    }

    /** Reading a message of the peer threw: the session ends, for what its tables hold now is not sure. */
    void failed(Peer peer, RuntimeException fault) {
        if (peer.ended) {
            return;
        }
        String why = "TMB-BGP-333 peer " + peer.name + ": a message could not be processed (" + fault + "). The session ends and comes back. This is a fault of"
                + " gateway-bgp: report it with gateway:diag.";
        events.log(why);
        peer.unread = null;
        end(peer, new Notification(Notification.CEASE, CEASE_OUT_OF_RESOURCES), why, Optional.empty());
    }

    /** RFC 2918 §4, RFC 7313 §4-5. */
    private void refresh(Peer peer, byte[] bytes, int at, int length) {
        SessionUp up = peer.up;
        if (up == null) {
            return;
        }
        int afi = (bytes[at + HEADER] & 0xff) << 8 | bytes[at + HEADER + 1] & 0xff;
        int subtype = bytes[at + HEADER + 2] & 0xff;
        int safi = bytes[at + HEADER + 3] & 0xff;
        if (length != ROUTE_REFRESH_LENGTH) {
            if (up.enhancedRefresh() && (subtype == ControlMessages.BEGIN_OF_REFRESH || subtype == ControlMessages.END_OF_REFRESH)) {
                byte[] whole = java.util.Arrays.copyOfRange(bytes, at, at + length); // RFC 7313 §5: the message is the data
                end(peer, new Notification(Notification.ROUTE_REFRESH_ERROR, 1, whole), "TMB-BGP-331 peer " + peer.name + ": ROUTE-REFRESH with a length of " + length
                        + ", wanted " + ROUTE_REFRESH_LENGTH + ". Report it to the peer's operator.", Optional.empty());
            }
            return;
        }
        for (FamilyRib rib : ribs.values()) {
            if (rib.family.afi() == afi && safi == 1 && peer.carries(rib.family)) {
                int known = up.enhancedRefresh() ? subtype : ControlMessages.NORMAL_REFRESH;
                switch (known) {
                    case ControlMessages.NORMAL_REFRESH -> groups.refresh(peer, rib.family);
                    case ControlMessages.BEGIN_OF_REFRESH -> {
                        // RFC 7313 §4: with graceful restart a BoRR before the End-of-RIB is ignored
                        if (up.gracefulRestart().isEmpty() || peer.family(rib.family).endOfRib) {
                            lifecycle.beginRefresh(peer, rib);
                        }
                    }
                    case ControlMessages.END_OF_REFRESH -> {
                        lifecycle.endRefresh(peer, rib);
                        peer.refreshed = true;
                    }
                    default -> events.log("TMB-BGP-332 peer " + peer.name + ": ROUTE-REFRESH with the unknown subtype " + subtype + " ignored [RFC 7313 §5]");
                }
            }
        }
    }

    private void up(Peer peer, SessionUp up) {
        if (peer.up != null) {
            gone(peer, false);
        }
        peer.up = up;
        peer.ended = false;
        peer.unread = null;
        peer.upNanos = nowNanos;
        peer.lastUpdateNanos = nowNanos;
        peer.ibgp = up.ibgp();
        peer.routerId = up.remoteId().bits();
        peer.address = up.remoteAddress();
        peer.interfaceName = up.interfaceName().orElse(null);
        peer.shownAs = (int) up.localAs().value();
        PeerSettings settings = peer.settings;
        peer.onLink = settings != null && !up.ibgp() && settings.multihopTtl().isEmpty() && settings.ttlSecurityHops().orElse(1) == 1;
        peer.decodeContext = DecodeContext.of(up).withEnforceFirstAs(settings == null || settings.enforceFirstAs());
        peer.importFilter = policies.importFilter(peer.importChain, up);
        boolean adopted = up.resumed() && peer.adoptedSession == up.sessionNumber();
        if (peer.adoptedSession != 0 && !adopted) {
            lifecycle.down(peer, false, Optional.empty()); // what was adopted is of an older session
        }
        peer.adoptedSession = 0;
        events.seen(peer);
        if (!adopted) {
            lifecycle.up(peer, up);
        }
        groups.join(peer, adopted);
        if (up.resumed() && !adopted) {
            peer.refreshed = false;
            events.rebuild(peer);
            requestRefresh(peer);
        }
    }

    /** What was refused or accepted by the former rule is looked at again: the decoder keeps nothing, so the peer is asked for it. */
    void enforceFirstAs(Peer peer, boolean enforce) {
        DecodeContext context = peer.decodeContext;
        if (context != null) {
            peer.decodeContext = context.withEnforceFirstAs(enforce);
            requestRefresh(peer);
        }
    }

    /** Asks for everything again. False: the peer does not take ROUTE-REFRESH. */
    boolean requestRefresh(Peer peer) {
        SessionUp up = peer.up;
        BgpSession session = peer.session;
        if (up == null || session == null || !up.refresh()) {
            return false;
        }
        for (AddressFamily family : up.families()) {
            byte[] message = ControlMessages.refresh(family, ControlMessages.NORMAL_REFRESH);
            session.offer(up.sessionNumber(), message, 0, message.length);
        }
        return true;
    }

    private void down(Peer peer, SessionInput.Down down) {
        SessionUp up = peer.up;
        if (up == null && peer.adoptedSession == down.sessionNumber()) {
            peer.adoptedSession = 0; // it ended while nobody read
            events.seen(peer);
            lifecycle.down(peer, false, Optional.empty());
        }
        if (up == null || up.sessionNumber() != down.sessionNumber()) {
            return;
        }
        leave(peer, down.graceful(), up);
    }

    /** The session ended without a word. @param graceful routes of a peer with graceful restart are kept for its restart time */
    void gone(Peer peer, boolean graceful) {
        SessionUp up = peer.up;
        if (up != null) {
            leave(peer, graceful, up);
        }
    }

    private void leave(Peer peer, boolean graceful, SessionUp up) {
        peer.unread = null;
        peer.up = null;
        peer.decodeContext = null;
        groups.leave(peer);
        lifecycle.down(peer, graceful && !peer.ended, up.gracefulRestart());
    }

    private long paths() {
        return ipv4.paths.size() + (long) ipv6.paths.size();
    }

    /** The heap is not without end: the peer whose message brings one path too many pays, and not one that happens to speak later. */
    private void nodeLimit(Peer peer) {
        if (paths() <= mostPaths || peer.ended) {
            return;
        }
        long dead = 0; // of sessions that are over: they wait to be removed
        for (Peer each : peers.all()) {
            for (PeerFamily share : each.families.values()) {
                dead += share.keepStale ? 0 : share.stale;
            }
        }
        long alive = paths() - dead;
        if (alive > mostPaths) {
            int own = peer.families.values().stream().mapToInt(PeerFamily::current).sum();
            String why = "TMB-BGP-324 peer " + peer.name + ": " + alive + " paths are held of all peers, " + own + " of them from this peer, whose message was the one too many;"
                    + " max-paths in etc/tombolo.bgp.cfg is " + mostPaths + ". Staying down until bgp:clear. Bound the peers by max-prefixes-ipv4 and max-prefixes-ipv6, or"
                    + " raise max-paths and with it the heap (TOMBOLO_HEAP).";
            events.log(why);
            end(peer, new Notification(Notification.CEASE, CEASE_OUT_OF_RESOURCES), why, Optional.of(0));
        }
    }

    /** RFC 4486 §4: the data of Cease/1 are AFI, SAFI and the limit. */
    private void limits(Peer peer) {
        PeerSettings settings = peer.settings;
        if (settings == null) {
            return;
        }
        for (FamilyRib rib : ribs.values()) {
            @Nullable Integer limit = settings.maxPrefixes().get(rib.family);
            if (limit != null) {
                limit(peer, settings, rib.family, limit);
            } else if (peer.family(rib.family).received > mostPrefixes) {
                String why = "TMB-BGP-323 peer " + peer.name + ": more than " + mostPrefixes + " " + rib.family + " prefixes received, and no limit is configured. Staying"
                        + " down until bgp:clear. Set max-prefixes-" + rib.family.name().toLowerCase(java.util.Locale.ROOT) + " in etc/tombolo.bgp.peer-" + peer.name
                        + ".cfg, greater if so many are expected.";
                events.log(why);
                end(peer, new Notification(Notification.CEASE, CEASE_OUT_OF_RESOURCES), why, Optional.of(0));
            }
        }
    }

    private void limit(Peer peer, PeerSettings settings, AddressFamily family, int limit) {
        PeerFamily share = peer.family(family);
        int count = share.current();
        int mark = (int) ((long) limit * settings.maxPrefixesWarnPercent() / 100);
        if (count <= limit) {
            share.limitExceeded = false;
        } else if (settings.maxPrefixesAction() == PeerSettings.MaxPrefixesAction.WARN) {
            if (!share.limitExceeded) {
                share.limitExceeded = true;
                events.log("TMB-BGP-322 peer " + peer.name + ": " + count + " " + family + " prefixes received, the limit is " + limit
                        + ". Kept, since max-prefixes-action is warn in etc/tombolo.bgp.peer-" + peer.name + ".cfg.");
            }
            return;
        } else {
            byte[] data = new byte[] {0, (byte) family.afi(), 1, (byte) (limit >>> 24), (byte) (limit >>> 16), (byte) (limit >>> 8), (byte) limit};
            boolean restart = settings.maxPrefixesAction() == PeerSettings.MaxPrefixesAction.RESTART;
            String why = "TMB-BGP-321 peer " + peer.name + ": " + count + " " + family + " prefixes received, the limit is " + limit + ". "
                    + (restart ? "Trying again in " + settings.maxPrefixesRestartSeconds() + " s. " : "Staying down until bgp:clear. ")
                    + "Raise max-prefixes-" + family.name().toLowerCase(java.util.Locale.ROOT) + " in etc/tombolo.bgp.peer-" + peer.name + ".cfg or ask the peer for fewer.";
            events.log(why);
            end(peer, new Notification(Notification.CEASE, CEASE_MAX_PREFIXES, data), why, Optional.of(restart ? settings.maxPrefixesRestartSeconds() : 0));
            return;
        }
        if (count <= mark) {
            share.limitWarned = false;
        } else if (!share.limitWarned) {
            share.limitWarned = true;
            events.log("TMB-BGP-320 peer " + peer.name + ": " + count + " " + family + " prefixes received, more than "
                    + settings.maxPrefixesWarnPercent() + " % of the limit of " + limit + ".");
        }
    }
}
