package tombolo.shell.core;

import static tombolo.shell.core.Text.map;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.PeerStatus;

/** What people do to sessions: {@code bgp:clear}, {@code bgp:shutdown}, {@code bgp:enable}. Each answers with what was done. */
public final class BgpActions {
    /** RFC 9003 §2. */
    static final int MAX_TEXT_OCTETS = 255;

    private BgpActions() { }

    /**
     * @param name a peer's name, or "all"
     * @param soft "in", "out" or "both": routes are asked for or sent again and the session stays; empty: the session ends and starts again
     */
    public static Document clear(Services services, String name, Optional<String> soft) {
        BgpSessions sessions = services.need(BgpSessions.class);
        if (soft.isPresent() && !List.of("in", "out", "both").contains(soft.get())) {
            throw new Failure("TMB-SHL-003 --soft '" + soft.get() + "': wanted in, out or both.");
        }
        boolean all = name.equals("all");
        if (!all && sessions.status(name).isEmpty()) {
            throw BgpViews.noPeer(sessions, name);
        }
        Optional<BgpRoutes> routes = soft.map(way -> services.need(BgpRoutes.class));
        List<String> peers = all ? sessions.status().stream().map(PeerStatus::name).toList() : List.of(name);
        List<String> done = new ArrayList<>();
        List<String> not = new ArrayList<>();
        for (String peer : peers) {
            boolean cleared = routes.map(service -> (soft.get().equals("out") || service.refreshIn(peer)) && (soft.get().equals("in")
                    || service.refreshOut(peer)))
                    .orElseGet(() -> sessions.reset(peer));
            (cleared ? done : not).add(peer);
        }
        if (done.isEmpty() && !not.isEmpty()) {
            throw new Failure("TMB-SHL-005 " + String.join(", ", not) + ": there is no established session to " + (soft.isPresent() ? "refresh" : "clear")
                    + ". See bgp:peer.");
        }
        Map<String, Object> json = map("soft", soft, "cleared", done, "notEstablished", not);
        return new Document(json, screen -> {
            StringBuilder text = new StringBuilder();
            done.forEach(peer -> text.append(peer).append(soft.map(way -> switch (way) {
                case "in" -> ": its routes are asked for again\n";
                case "out" -> ": our routes are sent again\n";
                default -> ": routes are exchanged again\n";
            }).orElse(": the session ends (Cease/4) and starts again\n")));
            not.forEach(peer -> text.append(peer).append(": not established, left alone\n"));
            return text.isEmpty() ? "No peers.\n" : text.toString();
        });
    }

    public static Document shutdown(Services services, String name, String text) {
        BgpSessions sessions = services.need(BgpSessions.class);
        int octets = text.getBytes(StandardCharsets.UTF_8).length;
        if (octets > MAX_TEXT_OCTETS) {
            throw new Failure("TMB-SHL-003 the text has " + octets + " octets; wanted at most " + MAX_TEXT_OCTETS + " (RFC 9003).");
        }
        if (!sessions.shutdown(name, text)) {
            throw BgpViews.noPeer(sessions, name);
        }
        return new Document(map("peer", name, "shutdown", true, "text", text),
                screen -> name + ": shut down until bgp:enable " + name + ", or until the node restarts; shutdown = true in its file keeps it down\n");
    }

    public static Document enable(Services services, String name) {
        BgpSessions sessions = services.need(BgpSessions.class);
        if (!sessions.enable(name)) {
            throw BgpViews.noPeer(sessions, name);
        }
        return new Document(map("peer", name, "shutdown", false), screen -> name + ": starts again\n");
    }
}
