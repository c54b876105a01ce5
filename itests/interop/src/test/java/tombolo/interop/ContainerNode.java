package tombolo.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.harness.Await;
import tombolo.harness.CniPlugin;
import tombolo.harness.Command;
import tombolo.harness.GatewayNode;
import tombolo.harness.Link;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;
import tombolo.harness.Turn;

/** A node that gives containers their network, in namespaces of one prefix: made, laid out as a test wants, started once, and gone at the end. */
final class ContainerNode implements AutoCloseable {
    /** From a wish to its effect, on a machine that does other things too. */
    static final Duration SOON = Duration.ofSeconds(20);
    /** Where {@link #uplink} puts the node on its only way out, whose other end answers nobody. */
    static final String UPLINK_ADDRESS = "192.0.2.1";
    /** A whole suite of another checkout. */
    private static final Duration TURN = Duration.ofMinutes(20);

    private final String prefix;
    private final Turn turn;
    private final Namespace space;
    private final Path folder;
    private final Path project = Path.of(System.getProperty("tombolo.project", "../..")).toAbsolutePath().normalize();
    private Optional<GatewayNode> node = Optional.empty();

    /**
     * Removes what an earlier run left under the prefix and makes the namespaces; nothing is started yet.
     *
     * @param space  the node's
     * @param others of containers and neighbours
     */
    ContainerNode(String prefix, Namespace space, Namespace... others) {
        this.prefix = prefix;
        this.space = space;
        turn = Turn.take(prefix, TURN, () -> System.out.println("another checkout runs these tests on this machine; waiting"));
        try {
            Namespace.removeAll(prefix);
            RunFiles.removeAll(prefix);
            Namespace.create(space.name());
            List.of(others).forEach(other -> Namespace.create(other.name()));
            folder = RunFiles.folder(space, "gw"); // short: sockets below it have a name of 107 octets at most
            setting("tombolo.node.cfg", "name = node-1\n");
            setting("tombolo.cni.cfg", CniPlugin.settings(socket()));
        } catch (RuntimeException notMade) {
            try (turn) {
                Namespace.removeAll(prefix);
            } catch (RuntimeException notRemoved) {
                notMade.addSuppressed(notRemoved);
            }
            throw notMade;
        }
    }

    /** A way out that needs no other namespace: {@code up0} with {@link #UPLINK_ADDRESS}. */
    void uplink() {
        Link.veth(new Link.End(space, "up0"), new Link.End(space, "up1"));
        space.address("up0", UPLINK_ADDRESS + "/24");
    }

    /** The default route over the uplink, of which containers get their MTU. */
    void defaultRoute() {
        space.ip("route", "add", "default", "via", "192.0.2.254");
    }

    /** The folder of everything that belongs to this node. */
    Path folder() {
        return folder;
    }

    Path socket() {
        return folder.resolve("cni.sock");
    }

    /** Writes a file of the node's configuration. */
    void setting(String name, String text) {
        RunFiles.write(folder.resolve("etc").resolve(name), text);
    }

    /** Writes a file beside the configuration. */
    Path file(String name, String text) {
        RunFiles.write(folder.resolve(name), text);
        return folder.resolve(name);
    }

    /** Starts the node, which may still be starting when this returns. */
    void start() {
        node = Optional.of(GatewayNode.start(project, space, folder.resolve("home"), folder.resolve("etc"), Map.of()));
    }

    /** Installs the plugin, also under these names: {@code --as}. */
    CniPlugin install(String... names) {
        return names.length == 0 ? CniPlugin.install(project, folder, socket()) : CniPlugin.install(project, folder, socket(), "--as", String.join(",", names));
    }

    /** Starts the node and returns when containers can be added. The plugin is installed meanwhile. */
    CniPlugin startWithPlugin(String... names) {
        start();
        CniPlugin plugin = install(names);
        node().awaitShell("cni:status");
        return plugin;
    }

    GatewayNode node() {
        return node.orElseThrow();
    }

    /** Applies a document that the node takes at once. */
    void apply(String yaml) {
        node().ask(apply(file("document.yaml", yaml)));
    }

    /** Applies a document as soon as the node takes it: the first one, while the node may still be starting. */
    void applyWhenReady(String yaml) {
        String command = apply(file("document.yaml", yaml));
        Await.until(GatewayNode.START, () -> command + "; last answer: " + node().attempt(command).output(), () -> node().attempt(command).ok());
    }

    private static String apply(Path document) {
        return "resource:apply -f " + document;
    }

    /** Makes the pool of the node's containers. */
    void pool(String cidr, String... more) {
        applyWhenReady("apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: pool-a}\nspec: {cidr: " + cidr + ", blockSize: 28" + (more.length == 0 ? "" : ", " + String.join(", ", more)) + "}\n");
    }

    /** What the node lists of a container. */
    Optional<JsonNode> endpoint(String container) {
        for (JsonNode endpoint : node().json("endpoint:list")) {
            if (endpoint.path("container").asText().equals(container)) {
                return Optional.of(endpoint);
            }
        }
        return Optional.empty();
    }

    /** A container's first address, or {@code none}. */
    String address(String container) {
        return endpoint(container).map(endpoint -> endpoint.path("addresses").path(0).asText()).orElse("none");
    }

    /** One echo request with its answer. */
    static boolean reaches(Namespace from, String address) {
        return from.attempt("ping", "-c1", "-W1", address).ok();
    }

    /** One answer of five seconds' requests. */
    static void ping(Namespace from, String address) {
        Command.run(from.inside("ping", "-c1", "-w5", address).toArray(String[]::new));
    }

    /** Files stay until the next start under this prefix: the log of a node whose test failed can be read. */
    @Override
    public void close() {
        try (turn) {
            if (System.getProperty("tombolo.keep", "").isEmpty()) {
                try {
                    node.ifPresent(started -> started.daemon().kill());
                } finally {
                    Namespace.removeAll(prefix);
                }
            }
        }
    }
}
