package tombolo.shell.core;

import static tombolo.shell.core.Text.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpRoutes.FamilyCounts;
import tombolo.api.bgp.BgpRoutes.PeerCounts;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.Configuration;
import tombolo.shell.core.Table.Cell;
import tombolo.shell.core.Table.Tone;

/** Peers: {@code bgp:summary} and {@code bgp:peer}. */
public final class BgpViews {
    private BgpViews() { }

    /** One line for each peer. Without gateway-bgp the sessions are still shown, without their counts. */
    public static Document summary(Services services, long nowMillis) {
        List<PeerStatus> peers = services.need(BgpSessions.class).status();
        Optional<BgpRoutes> routes = services.find(BgpRoutes.class);
        Map<String, PeerCounts> counts = counts(routes);
        Optional<BgpSettings> bgp = services.find(Configuration.class).map(configuration -> configuration.settings().bgp());
        Optional<BgpRoutes.Totals> totals = routes.map(BgpRoutes::totals);
        Map<String, Object> json = map("as", bgp.flatMap(BgpSettings::as).map(as -> as.value()), "routerId", bgp.flatMap(BgpSettings::routerId),
                "totals", totals.map(BgpViews::json), "strangersRefused", services.need(BgpSessions.class).strangersRefused(),
                "peers", peers.stream().map(peer -> brief(peer, Optional.ofNullable(counts.get(peer.name())), nowMillis)).toList());
        return new Document(json, screen -> {
            StringBuilder text = new StringBuilder();
            text.append(bgp.filter(BgpSettings::enabled).map(settings -> "AS " + settings.as().orElseThrow() + ", router id " + settings.routerId()
                    .orElseThrow())
                    .orElse(bgp.isPresent() ? "BGP is off: as and router-id are not set in etc/tombolo.bgp.cfg" : "gateway-config is not running"))
                            .append('\n');
            text.append(totals.map(total -> total.prefixes4() + " IPv4 and " + total.prefixes6() + " IPv6 prefixes, " + total.paths() + " paths, "
                    + total.attributeSets()
                    + " attribute sets, " + total.updateGroups() + " update groups, " + Text.bytes(total.memoryBytes()))
                            .orElse("No counts of routes: gateway-bgp " + services.trouble("gateway-bgp"))).append("\n\n");
            Table table = new Table("PEER", "ADDRESS", ">AS", "STATE", ">UP/DOWN", ">RECEIVED", ">ACCEPTED", ">BEST", ">ADVERTISED", "NOTE");
            for (PeerStatus peer : peers) {
                Optional<PeerCounts> of = Optional.ofNullable(counts.get(peer.name()));
                table.row(peer.name(), peer.remoteAddress(), peer.remoteAs(), state(peer), Text.duration((nowMillis - peer.sinceMillis()) / 1000),
                        sum(of, FamilyCounts::received), sum(of, FamilyCounts::accepted), sum(of, FamilyCounts::best), sum(of, FamilyCounts::advertised),
                                note(peer, of));
            }
            return text.append(peers.isEmpty() ? "No peers are configured; see etc/examples/tombolo.bgp.peer-EXAMPLE.cfg.\n" : table.render(screen)).toString();
        });
    }

    /** Everything about one peer. */
    public static Document peer(Services services, String name, long nowMillis) {
        BgpSessions sessions = services.need(BgpSessions.class);
        PeerStatus peer = sessions.status(name).orElseThrow(() -> noPeer(sessions, name));
        Optional<BgpRoutes> routes = services.find(BgpRoutes.class);
        Optional<PeerCounts> counts = Optional.ofNullable(counts(routes).get(name));
        List<BgpRoutes.UpdateError> errors = routes.map(service -> service.errors(name)).orElse(List.of());
        Map<String, Object> json = brief(peer, counts, nowMillis);
        json.putAll(map("session", peer.session().map(BgpViews::json), "retryInMillis", peer.retryInMillis(), "md5", peer.md5(),
                "refused", peer.refused(), "messagesIn", new TreeMap<>(peer.messagesIn()), "messagesOut", new TreeMap<>(peer.messagesOut()), "bytesIn", peer.bytesIn(), "bytesOut",
                        peer.bytesOut(),
                "inboxBytes", peer.inboxBytes(), "outboxBytes", peer.outboxBytes(), "capabilitiesSent", peer.capabilitiesSent(), "capabilitiesReceived",
                        peer.capabilitiesReceived(),
                "traits", counts.map(PeerCounts::traits), "updatesIn", counts.map(PeerCounts::updatesIn), "updatesOut", counts.map(PeerCounts::updatesOut), "withdrawalsIn",
                        counts.map(PeerCounts::withdrawalsIn),
                "attributeErrors", counts.map(PeerCounts::attributeErrors).map(TreeMap::new),
                "errors", errors.stream().map(error -> map("at", Text.time(error.atMillis()), "text", error.line(), "message", error.message())).toList(),
                "resets", peer.resets().stream().map(reset -> map("at", Text.time(reset.atMillis()), "state", Text.camel(reset.state()), "cause", reset.cause(),
                        "notification", reset.notification().map(Object::toString), "sent", reset.sent())).toList()));
        return new Document(json, screen -> peerText(peer, counts, errors, nowMillis, screen));
    }

    private static String peerText(PeerStatus peer, Optional<PeerCounts> counts, List<BgpRoutes.UpdateError> errors, long nowMillis, Screen screen) {
        StringBuilder text = new StringBuilder(Text.facts(
                "Peer", peer.name() + (peer.description().isEmpty() ? "" : " (" + peer.description() + ")"),
                "Address", peer.remoteAddress() + ", AS " + peer.remoteAs() + (peer.localAs().equals(peer.remoteAs()) ? " (iBGP)" : " (eBGP, we are AS "
                        + peer.localAs() + ")"),
                "State", Text.camel(peer.state()) + " for " + Text.duration((nowMillis - peer.sinceMillis()) / 1000) + ", " + peer.flaps() + " flaps"
                        + (peer.refused() == 0 ? "" : ", " + peer.refused() + " of its connections refused") + peer.adminDown().map(reason -> ", shut down: \"" + reason + "\"").orElse(""),
                "Detail", (peer.detail().isEmpty() ? "-" : peer.detail()) + peer.retryInMillis().map(millis -> " (next attempt in " + (millis + 999) / 1000
                        + " s)").orElse("")));
        peer.session().ifPresent(up -> text.append(Text.facts(
                "Negotiated", "hold time " + up.holdTimeSeconds() + " s, " + String.join("+", families(up)) + ", messages up to " + up.maxMessageLength()
                        + " bytes"
                        + (up.fourOctetAs() ? ", 4-octet AS" : "") + (up.enhancedRefresh() ? ", enhanced refresh" : up.refresh() ? ", refresh" : ""),
                "Restart", up.gracefulRestart().map(restart -> restart.restartSeconds() + " s, forwarding kept for " + Text.orDash(restart.forwarding().stream()
                        .map(Text::lower).sorted().toList()))
                        .orElse("no graceful restart"),
                "Connection", up.localAddress() + " to " + up.remoteAddress() + up.interfaceName().map(name -> " on " + name).orElse("") + ", router id "
                        + up.remoteId()
                        + (peer.md5() ? ", TCP MD5" : ""))));
        counts.filter(of -> !of.traits().isEmpty()).ifPresent(of -> text.append(Text.facts("Routes", String.join("; ", of.traits()))));
        text.append(Text.facts("Capabilities sent", Text.orDash(peer.capabilitiesSent()), "Capabilities received", Text.orDash(peer.capabilitiesReceived()),
                "Bytes", peer.bytesIn() + " in, " + peer.bytesOut() + " out; waiting: " + peer.inboxBytes() + " in, " + peer.outboxBytes() + " out"));
        Table messages = new Table("MESSAGES", ">IN", ">OUT");
        new java.util.TreeSet<>(List.of("OPEN", "UPDATE", "NOTIFICATION", "KEEPALIVE", "ROUTE-REFRESH")).forEach(name ->
                messages.row(name, peer.messagesIn().getOrDefault(name, 0L), peer.messagesOut().getOrDefault(name, 0L)));
        text.append('\n').append(messages.render(screen));
        counts.ifPresent(of -> {
            Table families = new Table("FAMILY", ">RECEIVED", ">ACCEPTED", ">BEST", ">ADVERTISED", ">STALE", ">LIMIT", "END-OF-RIB", "NOTE");
            of.families().forEach(family -> families.row(Text.lower(family.family()), family.received(), family.accepted(), family.best(), family.advertised(),
                    family.stale(),
                    family.limit() == 0 ? "-" : family.limit(), family.endOfRib() ? "received" : "-", family.note()));
            text.append('\n').append(families.render(screen));
            if (!of.attributeErrors().isEmpty()) {
                Table faults = new Table("ATTRIBUTE ERROR", ">COUNT");
                new TreeMap<>(of.attributeErrors()).forEach(faults::row);
                text.append('\n').append(faults.render(screen));
            }
        });
        if (!errors.isEmpty()) {
            Table table = new Table("LATEST ERRORS", "TEXT");
            errors.forEach(error -> table.row(Text.time(error.atMillis()), error.line()));
            text.append('\n').append(table.render(screen));
        }
        if (!peer.resets().isEmpty()) {
            Table table = new Table("LATEST RESETS", "STATE", "NOTIFICATION", "CAUSE");
            peer.resets().forEach(reset -> table.row(Text.time(reset.atMillis()), Text.camel(reset.state()),
                    reset.notification().map(notification -> (reset.sent() ? "sent " : "received ") + notification.describe()).orElse("-"), reset.cause()));
            text.append('\n').append(table.render(screen));
        }
        return text.toString();
    }

    static Failure noPeer(BgpSessions sessions, String name) {
        List<String> known = sessions.status().stream().map(PeerStatus::name).limit(20).toList();
        return new Failure("TMB-SHL-002 there is no peer '" + Table.clean(name) + "'; " + (known.isEmpty() ? "none is configured" : "peers: "
                + String.join(", ", known))
                + ". A peer is a file etc/tombolo.bgp.peer-<name>.cfg.");
    }

    private static Map<String, PeerCounts> counts(Optional<BgpRoutes> routes) {
        return routes.map(service -> service.peers().stream().collect(Collectors.toMap(PeerCounts::peer, Function.identity(), (first, second) -> first)))
                .orElse(Map.of());
    }

    private static Map<String, Object> brief(PeerStatus peer, Optional<PeerCounts> counts, long nowMillis) {
        return map("name", peer.name(), "description", peer.description(), "remoteAddress", peer.remoteAddress(), "remoteAs", peer.remoteAs().value(),
                "localAs", peer.localAs().value(),
                "state", Text.camel(peer.state()), "since", Text.time(peer.sinceMillis()), "seconds", Math.max(0, (nowMillis - peer.sinceMillis()) / 1000),
                        "adminDown", peer.adminDown(),
                "detail", peer.detail(), "flaps", peer.flaps(), "families", counts.map(of -> of.families().stream().map(BgpViews::json).toList())
                        .orElse(List.of()));
    }

    private static Map<String, Object> json(FamilyCounts family) {
        return map("family", Text.lower(family.family()), "received", family.received(), "accepted", family.accepted(), "best", family.best(), "advertised",
                family.advertised(),
                "stale", family.stale(), "limit", family.limit(), "endOfRib", family.endOfRib(), "note", family.note());
    }

    static Map<String, Object> json(BgpRoutes.Totals totals) {
        return map("prefixes4", totals.prefixes4(), "prefixes6", totals.prefixes6(), "paths", totals.paths(), "attributeSets", totals.attributeSets(),
                "updateGroups", totals.updateGroups(), "memoryBytes", totals.memoryBytes());
    }

    private static Map<String, Object> json(SessionUp up) {
        return map("number", up.sessionNumber(), "localAddress", up.localAddress(), "remoteAddress", up.remoteAddress(), "interface", up.interfaceName(),
                "localId", up.localId(),
                "remoteId", up.remoteId(), "families", families(up), "fourOctetAs", up.fourOctetAs(), "refresh", up.refresh(), "enhancedRefresh",
                        up.enhancedRefresh(),
                "maxMessageLength", up.maxMessageLength(), "holdTimeSeconds", up.holdTimeSeconds(), "gracefulRestart", up.gracefulRestart().map(restart -> map(
                        "restarting", restart.restarting(), "restartSeconds", restart.restartSeconds(), "families", restart.families().stream().map(Text::lower)
                                .sorted().toList(),
                        "forwarding", restart.forwarding().stream().map(Text::lower).sorted().toList())));
    }

    private static List<String> families(SessionUp up) {
        return up.families().stream().map(Text::lower).sorted().toList();
    }

    private static Object sum(Optional<PeerCounts> counts, java.util.function.ToLongFunction<FamilyCounts> what) {
        return counts.map(of -> of.families().stream().mapToLong(what).sum());
    }

    private static Cell state(PeerStatus peer) {
        return new Cell(Text.camel(peer.state()), peer.state() == PeerStatus.State.ESTABLISHED ? Tone.GOOD : peer.adminDown().isPresent() ? Tone.WARN
                : Tone.BAD);
    }

    private static String note(PeerStatus peer, Optional<PeerCounts> counts) {
        List<String> notes = new ArrayList<>();
        peer.adminDown().ifPresent(reason -> notes.add("shut down" + (reason.isEmpty() ? "" : ": " + reason)));
        if (peer.state() != PeerStatus.State.ESTABLISHED && peer.adminDown().isEmpty() && !peer.detail().isEmpty()) {
            notes.add(peer.detail());
        }
        counts.ifPresent(of -> of.families().stream().filter(family -> !family.note().isEmpty()).forEach(family -> notes.add(Text.lower(family.family()) + ": "
                + family.note())));
        return String.join("; ", notes);
    }
}
