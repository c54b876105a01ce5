package tombolo.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import tombolo.harness.Await;
import tombolo.harness.Command;
import tombolo.harness.GatewayNode;
import tombolo.harness.Link;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;
import tombolo.harness.Turn;

/** Three namespaces in a row, with a gateway node in the middle; see the package's picture. */
final class Net implements AutoCloseable {
    static final String PREFIX = "tmbt-i-";
    static final Namespace GATEWAY = new Namespace(PREFIX + "gw");
    static final Namespace PEER = new Namespace(PREFIX + "peer");
    static final Namespace OBSERVER = new Namespace(PREFIX + "observer");
    static final String KEY = "tombolo-interop";
    /** Sessions come up at the second attempt at the latest, two seconds after the first. */
    static final Duration SESSION = Duration.ofSeconds(30);
    /** From a change at one side to its effect at the other. */
    static final Duration EFFECT = Duration.ofSeconds(10);

    /** A whole suite of another checkout. */
    private static final Duration TURN = Duration.ofMinutes(20);

    private final GatewayNode node;
    private final Turn turn;

    private Net(GatewayNode node, Turn turn) {
        this.node = node;
        this.turn = turn;
    }

    static void require(String... programs) {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: network namespaces need root");
        for (String program : programs) {
            Assumptions.assumeTrue(Command.available(program), () -> "skipped: " + program + " is not installed; ./gateway test installs it");
        }
    }

    /**
     * Makes the namespaces, starts the node on these files and, while that takes its time, whatever it is to meet; returns when its shell answers.
     *
     * @param neighbours lays out what this test has beyond the three namespaces, and starts the daemons
     */
    static Net start(Map<String, String> files, Runnable neighbours) {
        return start(files, Map.of(), neighbours);
    }

    /** As above. @param environment of the node, added to our own */
    static Net start(Map<String, String> files, Map<String, String> environment, Runnable neighbours) {
        Turn turn = Turn.take(PREFIX, TURN, () -> System.out.println("another checkout runs these tests on this machine; waiting"));
        try {
            Namespace.removeAll(PREFIX);
            RunFiles.removeAll(PREFIX);
            List.of(GATEWAY, PEER, OBSERVER).forEach(namespace -> Namespace.create(namespace.name()));
            cable(PEER, "peer", "10.77.1.", "fd77:1::");
            cable(OBSERVER, "observer", "10.77.2.", "fd77:2::");
            Net net = new Net(node(files, environment), turn);
            try {
                neighbours.run();
                net.node.awaitShell("bgp:summary");
                return net;
            } catch (RuntimeException notStarted) {
                net.close();
                throw notStarted;
            }
        } catch (RuntimeException notBuilt) {
            turn.close();
            throw notBuilt;
        }
    }

    private static GatewayNode node(Map<String, String> files, Map<String, String> environment) {
        Path folder = RunFiles.folder(GATEWAY, "gateway");
        Path etc = folder.resolve("etc");
        RunFiles.write(etc.resolve("tombolo.node.cfg"), "name = interop\n");
        RunFiles.write(etc.resolve("tombolo.bgp.cfg"), "as = 65020\nrouter-id = 10.77.0.1\nlisten = 0.0.0.0, ::\n");
        RunFiles.write(etc.resolve("tombolo.bgp.filter-all.cfg"), "default = accept\n");
        RunFiles.write(etc.resolve("secret"), KEY + "\n");
        files.forEach((name, text) -> RunFiles.write(etc.resolve(name), text));
        Path project = Path.of(System.getProperty("tombolo.project", "../..")).toAbsolutePath().normalize();
        return GatewayNode.start(project, GATEWAY, folder.resolve("home"), etc, environment);
    }

    private static void cable(Namespace other, String link, String v4, String v6) {
        Link.veth(new Link.End(GATEWAY, link), new Link.End(other, "gw"));
        GATEWAY.address(link, v4 + "1/24");
        GATEWAY.address(link, v6 + "1/64");
        other.address("gw", v4 + "2/24");
        other.address("gw", v6 + "2/64");
    }

    /** The text of a peer's file. */
    static String peer(String address, long as, String... more) {
        return "remote-address = " + address + "\nremote-as = " + as + "\nconnect-retry-time = 2\nimport = all\nexport = all\n" + String.join("\n", more) + "\n";
    }

    GatewayNode node() {
        return node;
    }

    /** Writes a file of the node's configuration. */
    void write(String file, String text) {
        RunFiles.write(node.etc().resolve(file), text);
    }

    JsonNode ask(String command) {
        return node.json(command);
    }

    JsonNode peer(String name) {
        return ask("bgp:peer " + name);
    }

    boolean established(String name) {
        return peer(name).path("state").asText().equals("Established");
    }

    /** Waits for all of them with one question at a time. */
    void awaitEstablished(String... names) {
        List<String> wanted = List.of(names);
        Await.until(SESSION, () -> "sessions " + wanted + " established; seen: " + node.attempt("bgp:summary").output(), () -> {
            Set<String> established = new HashSet<>();
            for (JsonNode peer : ask("bgp:summary").path("peers")) {
                if (peer.path("state").asText().equals("Established")) {
                    established.add(peer.path("name").asText());
                }
            }
            return established.containsAll(wanted);
        });
    }

    /** The kernel's route for a prefix, where it is the gateway's. */
    static Optional<String> kernel(String prefix) {
        String family = prefix.contains(":") ? "-6" : "-4";
        return GATEWAY.routes(family, "201").stream().filter(route -> route.startsWith(prefix + " ")).findFirst();
    }

    static void awaitKernel(String prefix, String via) {
        Await.until(EFFECT, () -> "kernel route " + prefix + " via " + via + "; seen: " + kernel(prefix), () -> kernel(prefix).filter(route -> route.contains("via " + via + " ")).isPresent());
    }

    static void awaitNoKernel(String prefix) {
        Await.until(EFFECT, () -> "no kernel route " + prefix + "; seen: " + kernel(prefix), () -> kernel(prefix).isEmpty());
    }

    @Override
    public void close() {
        String keep = System.getProperty("tombolo.keep", "");
        if (keep.isEmpty()) {
            node.daemon().kill(); // how a node stops is what some tests look at, and no other has to wait for it
            Namespace.removeAll(PREFIX);
            RunFiles.removeAll(PREFIX);
        }
        turn.close();
    }
}
