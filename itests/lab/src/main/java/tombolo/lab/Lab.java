package tombolo.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import tombolo.harness.Await;
import tombolo.harness.Bird;
import tombolo.harness.Command;
import tombolo.harness.Daemon;
import tombolo.harness.Frr;
import tombolo.harness.GatewayNode;
import tombolo.harness.HarnessException;
import tombolo.harness.Link;
import tombolo.harness.Namespace;
import tombolo.harness.Packages;
import tombolo.harness.RunFiles;
import tombolo.harness.Turn;

/** {@code gateway lab [up|status|down]}. Exit code 0: all is as it must be; 1: not so, the reason is the last line; 2: wrong usage. */
public final class Lab {
    private static final List<String> PACKAGES = List.of("iproute2", "iputils-ping", "bird2", "frr");
    private static final Duration CONVERGENCE = Duration.ofSeconds(90);
    private static final Duration TURN = Duration.ofMinutes(15);
    /** What the product promises for a link whose carrier is lost. */
    private static final int OUTAGE_LIMIT_MILLIS = 1_000;

    private final Path project;
    private final boolean standIn;
    private final Path folder;
    private final Progress progress = new Progress();
    private final List<Daemon> daemons = new ArrayList<>();
    /** By the address of the gateway that each knows. */
    private final Map<String, Frr> edges = new TreeMap<>();
    private Optional<GatewayNode> node = Optional.empty();

    private Lab(Path project, boolean standIn) {
        this.project = project;
        this.standIn = standIn;
        this.folder = project.resolve("run/lab");
    }

    public static void main(String[] words) {
        Path project = Path.of(System.getProperty("tombolo.root", "")).toAbsolutePath();
        boolean standIn = false;
        String command = "up";
        for (int i = 0; i < words.length; i++) {
            if ("--project".equals(words[i]) && i + 1 < words.length) {
                project = Path.of(words[++i]).toAbsolutePath();
            } else if ("--standin".equals(words[i])) {
                standIn = true;
            } else if (List.of("up", "status", "down").contains(words[i])) {
                command = words[i];
            } else {
                System.err.println("lab: unknown word " + words[i] + "; see gateway lab --help");
                System.exit(2);
            }
        }
        Lab lab = new Lab(project, standIn);
        try {
            lab.preconditions(command);
            switch (command) {
                case "up" -> lab.inTurn(lab::up);
                case "status" -> System.exit(lab.status() ? 0 : 1);
                default -> lab.inTurn(lab::down);
            }
        } catch (HarnessException problem) {
            System.out.println("lab: " + problem.getMessage());
            System.exit(1);
        }
    }

    /** Names what is missing before anything is changed. */
    private void preconditions(String command) {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new HarnessException("needs root, for network namespaces. Nothing was changed. Run: sudo ./gateway lab " + command);
        }
        if (!"up".equals(command)) {
            return;
        }
        if (!standIn && !Files.isExecutable(project.resolve("gateway"))) {
            throw new HarnessException(project + " has no gateway script. Nothing was changed. Run it as ./gateway lab from the project.");
        }
        List<String> missing = Packages.missing(PACKAGES);
        if (missing.isEmpty()) {
            return;
        }
        Packages.precondition(missing).ifPresent(problem -> {
            throw new HarnessException(problem + " Nothing was changed.");
        });
        progress.say("missing packages, to be installed with their services off: " + String.join(" ", missing));
        progress.step("packages installed", () -> Packages.install(missing));
    }

    /** The namespaces have fixed names: a laboratory that another checkout is building is not taken from under it. */
    private void inTurn(Runnable work) {
        Turn turn = Turn.take(Topology.PREFIX, TURN, () -> progress.say("another laboratory is being built or removed on this machine; waiting (at most " + TURN.toMinutes() + " minutes)"));
        try {
            work.run();
        } finally {
            turn.close();
        }
    }

    private void up() {
        progress.step("cleared what an earlier run left", this::clear);
        String tagging = progress.step("six namespaces, cables and the two tagged links of the circuit", () -> Topology.create() == Link.Tagging.DOT1Q
            ? "802.1Q" : "VXLAN, since this kernel has no 802.1Q");
        assert !tagging.isEmpty();
        String key = HexFormat.of().formatHex(random());
        progress.step("gateway started (AS 65020)", () -> startGateway(key));
        Bird onprem = progress.step("on-premises router (BIRD, AS 65010), " + Routers.ONPREM_V4 + " IPv4 and " + Routers.ONPREM_V6 + " IPv6 networks", () -> {
            Bird router = Routers.onprem();
            noted(List.of(router.daemon()));
            return router;
        });
        progress.step("edge routers (FRR, AS 12076, MD5)", () -> {
            edges.put("192.168.100.1", Routers.edgeA(key));
            edges.put("192.168.101.1", Routers.edgeB(key));
            edges.values().forEach(edge -> noted(edge.daemons()));
        });
        progress.step("virtual network behind both (BIRD, AS 65515)", () -> noted(List.of(Routers.vnet().daemon())));
        node.ifPresent(gateway -> progress.step("gateway answers", () -> gateway.awaitShell("bgp:summary")));
        progress.step("converged", this::converge);
        showPeers();
        Traffic traffic = new Traffic(folder);
        connectivity(traffic);
        failover();
        progress.step("primary link mended, both edges in use again", this::recover);
        node.ifPresent(gateway -> handOver(new HandOver(gateway, onprem, edges, folder)));
        pings(traffic);
        progress.say("");
        progress.say("The laboratory runs. Look around: " + (standIn ? "" : "./gateway shell --home run/lab/node, ") + "ip netns exec tmbl-onprem birdc -s /run/tombolo/tmbl-onprem/bird/bird.ctl,");
        progress.say("ip netns exec tmbl-msee-a vtysh --vty_socket /run/tombolo/tmbl-msee-a/frr. Its state: ./gateway lab status. Its end: ./gateway lab down.");
    }

    private static byte[] random() {
        byte[] key = new byte[16];
        new SecureRandom().nextBytes(key);
        return key;
    }

    private void startGateway(String key) {
        if (standIn) {
            noted(List.of(Routers.standIn(key).daemon()));
            return;
        }
        Path etc = folder.resolve("etc");
        try (Stream<Path> samples = Files.list(project.resolve("itests/lab/etc"))) {
            Files.createDirectories(etc.resolve("secrets"));
            for (Path sample : samples.toList()) {
                Files.copy(sample, etc.resolve(sample.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            Files.setPosixFilePermissions(etc.resolve("secrets"), PosixFilePermissions.fromString("rwx------"));
            Path secret = etc.resolve("secrets/circuit");
            Files.writeString(secret, key + "\n");
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException problem) {
            throw new HarnessException("cannot write " + etc + ": " + problem.getMessage(), problem);
        }
        GatewayNode started = GatewayNode.start(project, Topology.GATEWAY, folder.resolve("node"), etc, Map.of());
        noted(List.of(started.daemon()));
        node = Optional.of(started);
    }

    /** Remembers processes in run/lab/pids, so that `lab down` finds them after this JVM's end. */
    private void noted(List<Daemon> started) {
        daemons.addAll(started);
        RunFiles.write(folder.resolve("pids"), String.join("\n", daemons.stream().map(Daemon::line).toList()) + "\n");
    }

    // ---------------------------------------------------------------- what must hold

    /** One thing that must be so: how many there are, and how many are wanted. */
    private record Count(String what, int wanted, java.util.function.IntSupplier seen) { }

    private List<Count> counts() {
        String ours = standIn ? "bird" : "201";
        return List.of(
            new Count("IPv4 routes of the gateway in the kernel", Routers.ONPREM_V4 + 1, () -> Topology.GATEWAY.routes("-4", ours).size()),
            new Count("IPv6 routes of the gateway in the kernel", Routers.ONPREM_V6 + 1, () -> Topology.GATEWAY.routes("-6", ours).size()),
            new Count("edge links that the gateway uses for the VNET, IPv4", 2, () -> paths(Topology.GATEWAY, "-4", "10.100.0.0/16")),
            new Count("edge links that the gateway uses for the VNET, IPv6", 2, () -> paths(Topology.GATEWAY, "-6", "fd00:64::/48")),
            new Count("VNET prefixes at the on-premises router", 2, () -> Topology.ONPREM.routes("-4", "bird").size() + Topology.ONPREM.routes("-6", "bird").size()),
            new Count("IPv4 routes at edge a", Routers.ONPREM_V4 + 1, () -> Topology.MSEE_A.routes("-4", "bgp").size()),
            new Count("IPv4 routes at edge b", Routers.ONPREM_V4 + 1, () -> Topology.MSEE_B.routes("-4", "bgp").size()),
            new Count("IPv6 routes at edge a", Routers.ONPREM_V6 + 1, () -> Topology.MSEE_A.routes("-6", "bgp").size()),
            new Count("IPv6 routes at edge b", Routers.ONPREM_V6 + 1, () -> Topology.MSEE_B.routes("-6", "bgp").size()),
            new Count("IPv4 routes in the VNET", Routers.ONPREM_V4, () -> routed(Topology.VNET, "-4")),
            new Count("IPv6 routes in the VNET", Routers.ONPREM_V6, () -> routed(Topology.VNET, "-6")),
            new Count("edge links that the VNET uses for host1, IPv4", 2, () -> paths(Topology.VNET, "-4", "10.1.0.0/24")),
            new Count("edge links that the VNET uses for host1, IPv6", 2, () -> paths(Topology.VNET, "-6", "fd00:1::/64")));
    }

    /** Routes learned by BGP in the VNET: without its own, unreachable ones. */
    private static int routed(Namespace namespace, String family) {
        return (int) namespace.routes(family, "bird").stream().filter(route -> !route.startsWith("unreachable")).count();
    }

    /** Next hops of a route; 0 where there is no such route. */
    private static int paths(Namespace namespace, String family, String prefix) {
        String routes = Command.attempt("ip", "-n", namespace.name(), family, "route", "show", prefix).output();
        return (int) java.util.regex.Pattern.compile("\\bvia ").matcher(routes).results().count();
    }

    private String converge() {
        List<Count> open = new ArrayList<>(counts());
        Await.until(CONVERGENCE, () -> String.join("; ", open.stream().map(count -> count.what() + ": " + count.seen().getAsInt() + ", wanted " + count.wanted()).toList()), () -> {
            open.removeIf(count -> count.seen().getAsInt() == count.wanted());
            return open.isEmpty();
        });
        return Routers.ONPREM_V4 + " IPv4 and " + Routers.ONPREM_V6 + " IPv6 networks on-premises, the VNET over two links";
    }

    private void showPeers() {
        progress.say("");
        node.ifPresent(gateway -> progress.say(gateway.ask("bgp:summary").stripTrailing()));
        for (Count count : counts()) {
            progress.say(String.format("  %-56s %5d", count.what(), count.seen().getAsInt()));
        }
        progress.say("");
    }

    private void connectivity(Traffic traffic) {
        pings(traffic);
        noted(List.of(traffic.serve(Topology.HOST), traffic.serve(Topology.VNET)));
        progress.step("TCP  host1 → vnet, IPv4", () -> traffic.send(Topology.HOST, "10.1.0.10", "10.100.0.4"));
        progress.step("TCP  vnet → host1, IPv4", () -> traffic.send(Topology.VNET, "10.100.0.4", "10.1.0.10"));
        progress.step("TCP  host1 → vnet, IPv6", () -> traffic.send(Topology.HOST, "fd00:1::10", "fd00:64::4"));
        progress.step("TCP  vnet → host1, IPv6", () -> traffic.send(Topology.VNET, "fd00:64::4", "fd00:1::10"));
    }

    private void pings(Traffic traffic) {
        progress.step("ping host1 → vnet, IPv4", () -> traffic.ping(Topology.HOST, "10.1.0.10", "10.100.0.4"));
        progress.step("ping vnet → host1, IPv4", () -> traffic.ping(Topology.VNET, "10.100.0.4", "10.1.0.10"));
        progress.step("ping host1 → vnet, IPv6", () -> traffic.ping(Topology.HOST, "fd00:1::10", "fd00:64::4"));
        progress.step("ping vnet → host1, IPv6", () -> traffic.ping(Topology.VNET, "fd00:64::4", "fd00:1::10"));
    }

    private void failover() {
        Flows flows = Flows.start(folder, Topology.ENDS);
        Flows.Carried before = progress.step("traffic over the primary link (16 flows each way, 200 packets/s each)",
            () -> flows.awaitOn(Topology.GATEWAY, Topology.tagged("a", 100)));
        progress.say("  " + before.out() + " packets outwards and " + before.in() + " back over it so far");
        List<Flows.Direction> directions = progress.step("carrier taken from the primary link", () -> {
            Topology.cutPrimary();
            if (standIn) {
                // BIRD does not look below a VXLAN device, which stays up; 802.1Q would go down with its port.
                Topology.GATEWAY.down(Topology.tagged("a", 100));
            }
            flows.awaitOn(Topology.GATEWAY, Topology.tagged("b", 101));
            flows.awaitOn(Topology.GATEWAY, Topology.tagged("b", 101));
            return flows.end();
        });
        for (Flows.Direction direction : shown(directions)) {
            if (direction.longestMillis() >= OUTAGE_LIMIT_MILLIS) {
                throw new HarnessException(direction.name() + ": traffic took " + direction.longestMillis() + " ms to move to the other link, wanted less than " + OUTAGE_LIMIT_MILLIS + " ms");
            }
        }
    }

    private void handOver(HandOver handOver) {
        Flows flows = Flows.start(folder, Topology.ENDS);
        progress.step("gateway-bgp replaced by a changed jar under traffic", () -> handOver.run(flows));
        for (Flows.Direction direction : shown(flows.end())) {
            if (direction.lost() > 0) {
                throw new HarnessException(direction.name() + ": " + direction.lost() + " packets were lost while gateway-bgp was replaced, wanted 0");
            }
        }
        handOver.tidy();
        progress.step("as before", this::converge);
    }

    /** Prints them; throws when a flow was dead all the time. */
    private List<Flows.Direction> shown(List<Flows.Direction> directions) {
        directions.forEach(direction -> progress.say("  " + direction));
        for (Flows.Direction direction : directions) {
            if (direction.silent() > 0) {
                throw new HarnessException(direction.name() + ": " + direction.silent() + " flows never had a packet through");
            }
        }
        return directions;
    }

    private String recover() {
        Topology.mendPrimary();
        if (standIn) {
            Topology.GATEWAY.up(Topology.tagged("a", 100));
        }
        return converge();
    }

    // ---------------------------------------------------------------- status and down

    private boolean status() {
        List<Daemon> started = pids();
        if (started.isEmpty()) {
            progress.say("no laboratory is running. Start it: ./gateway lab");
            return false;
        }
        boolean good = true;
        for (Daemon daemon : started) {
            good &= daemon.alive();
            progress.say((daemon.alive() ? "✓ " : "✗ ") + daemon.name() + ", pid " + daemon.pid() + (daemon.alive() ? "" : ", gone"));
        }
        for (Namespace namespace : Topology.ALL) {
            if (!namespace.exists()) {
                progress.say("✗ namespace " + namespace.name() + " is gone");
                return false;
            }
        }
        boolean gatewayIsBird = started.stream().anyMatch(daemon -> daemon.name().equals("bird in " + Topology.GATEWAY.name()));
        for (Count count : new Lab(project, gatewayIsBird).counts()) {
            int seen = count.seen().getAsInt();
            good &= seen == count.wanted();
            progress.say(String.format("%s %-56s %5d%s", seen == count.wanted() ? "✓" : "✗", count.what(), seen, seen == count.wanted() ? "" : ", wanted " + count.wanted()));
        }
        return good;
    }

    private void down() {
        progress.step("laboratory removed", this::clear);
    }

    private List<Daemon> pids() {
        Path file = folder.resolve("pids");
        return Files.exists(file) ? RunFiles.read(file).lines().filter(line -> !line.isBlank()).map(Daemon::parse).toList() : List.of();
    }

    private String clear() {
        pids().forEach(daemon -> daemon.signal("TERM"));
        pids().forEach(Daemon::stop);
        List<String> removed = Namespace.removeAll(Topology.PREFIX);
        RunFiles.removeAll(Topology.PREFIX);
        RunFiles.delete(folder);
        return removed.isEmpty() ? "nothing" : String.join(", ", removed);
    }
}
