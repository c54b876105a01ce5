package tombolo.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tombolo.harness.Await;
import tombolo.harness.Bird;
import tombolo.harness.Command;
import tombolo.harness.Daemon;
import tombolo.harness.Frr;
import tombolo.harness.GatewayNode;
import tombolo.harness.HarnessException;
import tombolo.harness.RunFiles;

/**
 * Replaces gateway-bgp in the running node, under traffic, while the on-premises router announces and withdraws networks.
 *
 * <p>The tables go from the old bundle to the new one through the StateKeeper, so that nobody outside can tell: every session stays, nothing is told again to a
 * peer or to the kernel but what has changed meanwhile, no packet is lost.
 */
final class HandOver {
    private static final String BUNDLE = "gateway-bgp";
    private static final Duration EFFECT = Duration.ofSeconds(30);
    /** Between two changes: some land in the fraction of a second in which the bundle is away. */
    private static final Duration BETWEEN_CHANGES = Duration.ofMillis(50);
    private static final Pattern AWAY = Pattern.compile("TMB-DEPLOY-001 .* after (\\d+) ms");

    private final GatewayNode node;
    private final Bird onprem;
    private final Map<String, Frr> edges;
    private final Path folder;

    /** @param edges by the IPv4 address at which each knows the gateway */
    HandOver(GatewayNode node, Bird onprem, Map<String, Frr> edges, Path folder) {
        this.node = node;
        this.onprem = onprem;
        this.edges = new TreeMap<>(edges);
        this.folder = folder;
    }

    /** What the gateway and its edge routers count about one session. */
    private record Session(String state, long number, long flaps, long updatesIn, long updatesOut, long refreshesOut) {
        static Session of(JsonNode peer) {
            return new Session(peer.path("state").asText(), peer.path("session").path("number").asLong(), peer.path("flaps").asLong(),
                peer.path("messagesIn").path("UPDATE").asLong(), peer.path("messagesOut").path("UPDATE").asLong(), peer.path("messagesOut").path("ROUTE-REFRESH").asLong());
        }
    }

    private Map<String, Session> sessions() {
        Map<String, Session> sessions = new TreeMap<>();
        for (JsonNode peer : node.json("bgp:summary").path("peers")) {
            String name = peer.path("name").asText();
            sessions.put(name, Session.of(node.json("bgp:peer " + name)));
        }
        return sessions;
    }

    /** What an edge router says of its IPv4 session with the gateway. */
    private record Witness(long dropped, long updatesReceived) {
        static Witness of(Frr edge, String gateway) {
            JsonNode neighbor = edge.json("show bgp neighbors " + gateway + " json").path(gateway);
            JsonNode received = neighbor.path("messageStats").path("updatesRecv");
            if (received.isMissingNode()) {
                throw new HarnessException("an edge router knows nothing of " + gateway + ": " + neighbor);
            }
            return new Witness(neighbor.path("connectionsDropped").asLong(), received.asLong());
        }
    }

    private Map<String, Witness> witnesses() {
        Map<String, Witness> all = new TreeMap<>();
        edges.forEach((gateway, edge) -> all.put(gateway, Witness.of(edge, gateway)));
        return all;
    }

    /** Returns what was seen; throws with the reason when it is not what must be. */
    String run(Flows flows) {
        Path jar = node.changedJar(BUNDLE);
        Map<String, Session> before = sessions();
        Map<String, Witness> witnessesBefore = witnesses();
        Path monitor = folder.resolve("kernel-changes.log");
        Daemon watching = Daemon.start("ip monitor", Topology.GATEWAY, monitor, Map.of(), List.of("ip", "-o", "monitor", "route"));
        int changes;
        Matcher swapped;
        try {
            flows.awaitOn(Topology.GATEWAY, "onprem");
            CompletableFuture<Command.Result> swap = CompletableFuture.supplyAsync(() -> node.attempt("gateway:swap " + jar));
            changes = changeUntil(swap);
            Command.Result result = swap.join();
            swapped = AWAY.matcher(result.output());
            if (!result.ok() || !swapped.find() || !result.output().contains("Other bundles restarted: none")) {
                throw new HarnessException("the swap: " + result.output().strip());
            }
            awaitVisitors(changes);
            flows.awaitOn(Topology.GATEWAY, "onprem");
        } finally {
            watching.stop();
        }
        Map<String, Session> after = sessions();
        compare(before, after, changes);
        compareWitnesses(witnessesBefore, witnesses(), changes);
        long written = RunFiles.read(monitor).lines().filter(line -> line.contains("proto 201")).count();
        if (written > changes) {
            throw new HarnessException("the kernel's routes were changed " + written + " times for " + changes + " changes: " + Daemon.tail(monitor));
        }
        long told = after.entrySet().stream().mapToLong(peer -> peer.getValue().updatesOut() - before.get(peer.getKey()).updatesOut()).sum();
        return String.format(Locale.ROOT, "away for %s ms; %d sessions stayed; %d changes told meanwhile, passed on in %d UPDATEs, %d kernel changes, no refresh",
            swapped.group(1), after.size(), changes, told, written);
    }

    /** Lets networks come and go, one change after the other, until the swap is over; returns how many changes there were. */
    private int changeUntil(CompletableFuture<?> swap) {
        int changes = 0;
        while (!swap.isDone()) {
            change(changes++);
            Await.holdsWithin(BETWEEN_CHANGES, swap::isDone);
        }
        return changes;
    }

    /** Change n: network n mod {@link Routers#VISITORS} comes in one round and goes in the next. */
    private void change(int n) {
        onprem.ask(present(n) ? "enable" : "disable", "visitor" + n % Routers.VISITORS);
    }

    private static boolean present(int n) {
        return n / Routers.VISITORS % 2 == 0;
    }

    /** Which of the coming and going networks are there after so many changes. */
    private static List<String> present(int visitor, int changes) {
        int last = changes - 1 - Math.floorMod(changes - 1 - visitor, Routers.VISITORS);
        return last >= 0 && present(last) ? List.of(Routers.visitor(visitor)) : List.of();
    }

    private void awaitVisitors(int changes) {
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < Routers.VISITORS; i++) {
            wanted.addAll(present(i, changes));
        }
        Await.until(EFFECT, () -> "of the networks that came and went, " + wanted + " at both edges; seen: " + seen(), () -> seen().values().stream().allMatch(wanted::equals));
    }

    private Map<String, List<String>> seen() {
        Map<String, List<String>> seen = new TreeMap<>();
        for (var edge : List.of(Topology.MSEE_A, Topology.MSEE_B)) {
            seen.put(edge.name(), edge.routes("-4", "bgp").stream().map(route -> route.split(" ")[0]).filter(Routers::isVisitor).sorted().toList());
        }
        return seen;
    }

    /** Withdraws what is left of the coming and going networks. */
    void tidy() {
        for (int i = 0; i < Routers.VISITORS; i++) {
            onprem.ask("disable", "visitor" + i);
        }
    }

    private static void compare(Map<String, Session> before, Map<String, Session> after, int changes) {
        if (!before.keySet().equals(after.keySet())) {
            throw new HarnessException("peers before " + before.keySet() + ", after " + after.keySet());
        }
        after.forEach((name, now) -> {
            Session then = before.get(name);
            if (!now.state().equals("Established") || now.number() != then.number() || now.flaps() != then.flaps()) {
                throw new HarnessException("session " + name + " did not stay: before " + then + ", after " + now);
            }
            if (now.refreshesOut() != then.refreshesOut()) {
                throw new HarnessException("peer " + name + " was asked for all its routes again (ROUTE-REFRESH): the tables were not handed over");
            }
            // Only the edge routers are told what the on-premises router changes, and only for IPv4.
            int most = name.startsWith("msee-") && name.endsWith("-v4") ? changes : 0;
            if (now.updatesOut() - then.updatesOut() > most) {
                throw new HarnessException("peer " + name + " was told " + (now.updatesOut() - then.updatesOut()) + " UPDATEs, wanted at most " + most);
            }
        });
    }

    private static void compareWitnesses(Map<String, Witness> before, Map<String, Witness> after, int changes) {
        after.forEach((gateway, now) -> {
            Witness then = before.get(gateway);
            if (now.dropped() != then.dropped()) {
                throw new HarnessException("the edge router at " + gateway + " lost its session: before " + then + ", after " + now);
            }
            if (now.updatesReceived() - then.updatesReceived() > changes) {
                throw new HarnessException("the edge router at " + gateway + " received " + (now.updatesReceived() - then.updatesReceived()) + " UPDATEs for " + changes + " changes");
            }
        });
    }
}
