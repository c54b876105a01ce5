package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tombolo.harness.Await;
import tombolo.harness.Bird;
import tombolo.harness.CniPlugin;
import tombolo.harness.Command;
import tombolo.harness.GatewayNode;
import tombolo.harness.Link;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;

/** A node whose BGP comes from resources alone, in a mesh with a BIRD that speaks as a Calico node's does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FabricIT {
    private static final String PREFIX = "tmbf-";
    private static final Namespace NODE = new Namespace(PREFIX + "node");
    private static final Namespace OTHER = new Namespace(PREFIX + "other");
    private static final Namespace CONTAINER = new Namespace(PREFIX + "c1");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private ContainerNode host;
    private GatewayNode node;
    private CniPlugin cni;
    private Bird bird;
    private String block = "";

    @SuppressWarnings("NullAway.Init")
    FabricIT() { }

    @BeforeAll
    void start() {
        Net.require("bird");
        host = new ContainerNode(PREFIX, NODE, OTHER, CONTAINER);
        Link.veth(new Link.End(NODE, "eth0"), new Link.End(OTHER, "eth0"));
        NODE.address("eth0", "10.78.1.1/24");
        OTHER.address("eth0", "10.78.1.2/24");
        bird = Bird.start(OTHER, """
            router id 10.78.1.2;
            log stderr all;
            protocol device { }
            protocol static blocks { ipv4; route 10.65.200.0/26 unreachable; }
            protocol bgp Mesh_10_78_1_1 {
              local 10.78.1.2 as 64512;
              neighbor 10.78.1.1 as 64512;
              connect delay time 1;
              connect retry time 2;
              error wait time 5, 10;
              ipv4 { import all; export where source = RTS_STATIC; next hop self; };
            }
            """);
        cni = host.startWithPlugin();
        node = host.node();
        node.awaitShell("ipam:show");
    }

    @AfterAll
    void stop() {
        if (host != null) {
            host.close();
        }
    }

    private static String pool(boolean withheld) {
        return "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: pool-a}\nspec: {cidr: 10.65.0.0/16, blockSize: 26, disableBGPExport: " + withheld + "}\n";
    }

    @Test
    @Order(1)
    void theNodeWritesItselfIntoTheClusterAndMeshesWithTheOtherOnes() {
        Await.until(LIMIT, () -> "Node(node-1); seen: " + node.attempt("resource:get node node-1 -o yaml").output(),
                () -> node.attempt("resource:get node node-1 -o yaml").output().contains("10.78.1.1/24"));
        host.applyWhenReady("apiVersion: projectcalico.org/v3\nkind: Node\nmetadata: {name: other}\nspec: {bgp: {ipv4Address: 10.78.1.2/24}}\n---\n" + pool(false));
        bird.awaitEstablished("Mesh_10_78_1_1", LIMIT);
        Await.until(LIMIT, () -> "the other node's block in the kernel; seen: " + NODE.routes("-4", "201"),
                () -> NODE.routes("-4", "201").stream().anyMatch(route -> route.startsWith("10.65.200.0/26 via 10.78.1.2 ")));
    }

    @Test
    @Order(2)
    void aBlockOfTheNodeIsAdvertisedWithThePreferenceOfANormalPriority() {
        Await.until(LIMIT, () -> "an address; last answer: " + add().output(), () -> add().ok());
        Await.until(LIMIT, () -> "a block of ours as a blackhole route; seen: " + NODE.ip("-4", "route"), () -> ownBlock().isPresent());
        block = ownBlock().orElseThrow();
        Await.until(LIMIT, () -> block + " at the other node; seen: " + bird.route(block), () -> bird.route(block).contains("BGP.local_pref: 2147482623"));
    }

    private Command.Result add() {
        return cni.call("ADD", "c1", CONTAINER, CniPlugin.ROUTED);
    }

    private static Optional<String> ownBlock() {
        Matcher matcher = Pattern.compile("blackhole (10\\.65\\.[0-9.]+/26)").matcher(NODE.ip("-4", "route", "show", "type", "blackhole"));
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    @Test
    @Order(3)
    void aPoolThatMustNotBeExportedTakesItsBlocksBackAndTheSessionStays() {
        host.apply(pool(true));
        Await.until(LIMIT, () -> block + " withdrawn; seen: " + bird.route(block), () -> bird.route(block).isEmpty());
        assertTrue(bird.established("Mesh_10_78_1_1"));
        host.apply(pool(false));
        Await.until(LIMIT, () -> block + " advertised again", () -> !bird.route(block).isEmpty());
    }

    @Test
    @Order(4)
    void aFileInEtcWinsOverTheMeshAndExplainSaysSo() {
        RunFiles.write(node.etc().resolve("tombolo.bgp.peer-mine.cfg"), "remote-address = 10.78.1.2\nremote-as = 64512\npassive = true\nhold-time = 30\n");
        Await.until(LIMIT, () -> "the file in force; seen: " + node.attempt("config:explain bgp").output(), () -> {
            String text = node.attempt("config:explain bgp").output();
            return text.contains("bgp.peer-mine.hold-time") && text.contains("shadowed by bgp.peer-mine of tombolo.bgp.peer-mine.cfg");
        });
        RunFiles.delete(node.etc().resolve("tombolo.bgp.peer-mine.cfg"));
        Await.until(LIMIT, () -> "the mesh's session in force again", () -> !node.attempt("config:explain bgp").output().contains("shadowed by"));
        bird.awaitEstablished("Mesh_10_78_1_1", LIMIT);
    }

    @Test
    @Order(5)
    void afterAKillTheSessionComesBackAndTheBlockStaysAdvertised() {
        node.daemon().kill();
        node.restart(Map.of());
        node.awaitShell("bgp:summary");
        bird.awaitEstablished("Mesh_10_78_1_1", GatewayNode.START);
        Await.until(LIMIT, () -> block + " at the other node; seen: " + bird.route(block), () -> !bird.route(block).isEmpty());
    }
}
