package tombolo.karaf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tombolo.harness.Jars;

/** The distribution, started by the script that people start it with. One node serves all tests of this class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NodeTest {
    private static final String BGP = "io.tombolo.gateway-bgp";
    private static final String BGP_JAR = "system/io/tombolo/gateway-bgp/0.1.0/gateway-bgp-0.1.0.jar";

    private Node node;
    private String logOfTheStart = "";

    @BeforeAll
    void start() throws Exception {
        node = new Node("node");
        node.start();
        logOfTheStart = node.log();
    }

    @AfterAll
    void stop() throws Exception {
        node.close();
    }

    @Test
    void everyBundleOfTheDistributionIsActive() {
        List<String> asleep = bundles().filter(line -> !line.contains("Active") && !line.contains("features.extension")).toList();
        assertEquals(List.of(), asleep);
        assertEquals(List.of(), logOfTheStart.lines().filter(l -> l.contains("| ERROR |")).toList());
    }

    @Test
    void theShellPassesOutputAndExitCodeUnmangled() {
        Commands.Result good = node.shell("echo '{\"a\": [1, 2]}'");
        assertEquals("{\"a\": [1, 2]}\n", good.out(), good.all());
        assertEquals("", good.err());
        assertEquals(0, good.code());
        assertNotEquals(0, node.shell("no:such-command").code());
    }

    /** Four at a time: nobody's code is another's, either. */
    @Test
    void theExitCodeOfEveryCommandArrives() throws Exception {
        try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
            List<Future<Commands.Result>> results = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String command = i % 4 == 0 ? "no:such-command" : "echo hello";
                results.add(callers.submit(() -> node.shell(command)));
            }
            for (int i = 0; i < 100; i++) {
                Commands.Result result = results.get(i).get();
                assertEquals(i % 4 == 0 ? 1 : 0, result.code(), "command " + i + ": " + result.all());
            }
        }
    }

    @Test
    void resourcesAreTheSameToTheShellAndToCtl() throws Exception {
        Path file = Files.writeString(node.home.resolveSibling("pool.yaml"), "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: lab}\nspec: {cidr: 10.99.0.0/16}\n");
        String home = node.home.toString();
        Commands.Result applied = node.gateway("ctl", "--home", home, "apply", "-f", file.toString());
        assertEquals("Successfully applied 1 'IPPool' resource(s)\n", applied.out(), applied.all());
        assertTrue(node.ok("resource:get ippool lab -o yaml").contains("cidr: 10.99.0.0/16"));
        assertEquals(node.ok("resource:get ippool"), node.gateway("ctl", "--home", home, "get", "ippool").out());
        Commands.Result refused = node.shell("resource:apply -f " + Files.writeString(file, Files.readString(file).replace("10.99.0.0", "nonsense")));
        assertEquals(1, refused.code(), refused.all());
        assertTrue(refused.all().contains("document 1, line 4, IPPool(lab): TMB-RES-005 spec.cidr is 'nonsense/16'"), refused.all());
        assertEquals(0, node.shell("resource:delete ippool lab").code());
        assertEquals(1, node.gateway("ctl", "--home", home, "get", "ippool", "lab").code());
    }

    @Test
    void aSecondNodeInTheSameHomeIsRefused() {
        Commands.Result second = node.gateway("run", "--home", node.home.toString(), "--etc", node.etc.toString());
        assertEquals(1, second.code());
        assertTrue(second.err().contains("a node is running in"), second.all());
    }

    @Test
    void secretsAreReadableByTheirOwnerOnlyAndAppearInNoLog() throws IOException {
        String password = Files.readString(node.home.resolve("etc/tombolo.admin.password")).strip();
        assertTrue(password.length() >= 24, "password length " + password.length());
        for (String file : List.of("etc/tombolo.admin.password", "data/local.key")) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(node.home.resolve(file))), file);
        }
        assertFalse(node.log().contains(password));
        assertTrue(node.log().contains("TMB-ACCESS-001"), "the log says where the password is");
    }

    @Test
    void karafsOwnUserAndGroupKeysAreGone() throws IOException {
        for (String file : List.of("users.properties", "keys.properties")) {
            assertEquals(List.of(), Files.readAllLines(node.home.resolve("etc").resolve(file)).stream().filter(l -> !l.startsWith("#") && !l.isBlank()).toList(), file);
        }
        assertThrows(SecurityException.class, () -> jmx("karaf", "karaf").close());
    }

    @Test
    void sshAndJmxListenOnLoopbackOnly() throws Exception {
        String listening = Commands.run("ss", "-Hltn").out();
        for (int port : new int[] {node.sshPort, node.rmiRegistryPort}) {
            List<String> lines = listening.lines().filter(l -> l.contains(":" + port + " ")).toList();
            assertFalse(lines.isEmpty(), "nothing listens on " + port);
            assertTrue(lines.stream().allMatch(l -> l.contains("127.0.0.1]:" + port) || l.contains("127.0.0.1:" + port)), lines.toString());
        }
    }

    @Test
    void everyUsualKindOfSshKeyLogsInAndAnUnlistedOneDoesNot() throws Exception {
        Path keys = Distribution.fresh("keys");
        Path authorized = node.etc.resolve("tombolo.authorized_keys");
        for (String kind : List.of("ed25519", "ecdsa", "rsa")) {
            Path key = keys.resolve(kind);
            Commands.run("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", key.toString());
            assertNotEquals(0, ssh(key, "echo hello").code(), kind + " before it is listed");
            Files.copy(keys.resolve(kind + ".pub"), authorized, StandardCopyOption.REPLACE_EXISTING);
            Commands.Result listed = ssh(key, "jaas:whoami");
            assertEquals(0, listed.code(), kind + ": " + listed.all());
            assertTrue(listed.out().contains("admin"), listed.all());
        }
        Files.delete(authorized);
        assertNotEquals(0, ssh(keys.resolve("rsa"), "echo hello").code(), "a key that is no longer listed");
    }

    @Test
    void jmxTakesTheAdminPasswordAndItsRolesAndNothingElse() throws Exception {
        String password = Files.readString(node.home.resolve("etc/tombolo.admin.password")).strip();
        try (JMXConnector connector = jmx("admin", password)) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            // Guarded by jmx.acl.java.lang.Memory.cfg: only a Subject with the role manager gets through.
            server.invoke(new ObjectName("java.lang:type=Memory"), "gc", null, null);
        }
        assertThrows(SecurityException.class, () -> jmx("admin", "wrong").close());
        assertThrows(SecurityException.class, () -> jmx("admin", "").close());
    }

    @Test
    void aConfigurationFileTakesEffectAndABadOneIsRefusedByName() throws Exception {
        Path file = node.etc.resolve("tombolo.node.cfg");
        Files.writeString(file, "no-such-key = 1\n");
        Commands.await("the unknown key is refused", 10, () -> node.log().contains("no-such-key"));
        Files.delete(file);
    }

    @Test
    void aJarInDeployReplacesTheBundleAndStaysOverFeatureOperationsAndARestart() throws Exception {
        String before = bundle(BGP);
        long copies = count(BGP);
        Path dropped = node.home.resolve("deploy/any-name.jar");
        Jars.withVersion(node.home.resolve(BGP_JAR), Distribution.WORK.resolve("any-name.jar"), "0.3.0");
        Files.move(Distribution.WORK.resolve("any-name.jar"), dropped);
        Commands.await("deploy/ is noticed", 15, () -> bundle(BGP).contains("0.3.0"));
        assertEquals(copies, count(BGP), "no second copy");
        assertEquals(id(before), id(bundle(BGP)));

        node.ok("feature:install wrap");
        assertTrue(bundle(BGP).contains("0.3.0"), "after another feature's installation");
        node.ok("feature:install tombolo-bgp");
        node.ok("feature:uninstall tombolo-bgp");
        assertTrue(bundle(BGP).contains("0.3.0"), "after an operation on its own feature");

        node.stop();
        node.start();
        assertTrue(bundle(BGP).contains("0.3.0"), "after a restart");
        assertEquals(copies, count(BGP));
        node.ok("feature:uninstall wrap");
        assertTrue(bundle(BGP).contains("0.3.0"), "after a restart and a feature operation");

        Files.delete(dropped);
        Commands.await("the distribution's jar is back", 15, () -> bundle(BGP).contains("0.1.0"));
        assertEquals(copies, count(BGP));
    }

    @Test
    void swappingAnyImplementationBundleRestartsNoOther() throws Exception {
        for (String name : List.of("bgp", "bgp-session", "dataplane", "config", "linux", "shell", "access", "datastore", "datastore-etcd")) {
            Path jar = Distribution.WORK.resolve("swap-" + name + ".jar");
            Path shipped = node.home.resolve("system/io/tombolo/gateway-" + name + "/0.1.0/gateway-" + name + "-0.1.0.jar");
            Jars.withVersion(shipped, jar, "0.4.0");
            Commands.Result swapped = node.shell("gateway:swap " + jar);
            assertEquals(0, swapped.code(), swapped.all());
            assertTrue(swapped.out().contains("Other bundles restarted: none"), swapped.all());
            node.ok("gateway:swap --restore io.tombolo.gateway-" + name);
            assertTrue(bundle("io.tombolo.gateway-" + name).contains("0.1.0"));
        }
    }

    @Test
    void aJarThatDoesNotStartIsTakenBack() throws Exception {
        Path broken = Distribution.WORK.resolve("broken.jar");
        Jars.withHeader(node.home.resolve(BGP_JAR), broken, "Import-Package", "no.such.package");
        Commands.Result result = node.shell("gateway:swap " + broken);
        assertNotEquals(0, result.code());
        assertTrue(result.err().contains("TMB-DEPLOY-015") || result.out().contains("TMB-DEPLOY-015"), result.all());
        assertTrue(bundle(BGP).contains("Active"), bundle(BGP));
        assertTrue(bundle(BGP).contains("0.1.0"), bundle(BGP));
    }

    @Test
    void aSupervisedNodeComesBackAfterItWasKilled() throws Exception {
        try (Node supervised = new Node("supervised").quick()) {
            supervised.start("--supervise");
            long first = supervised.pid();
            Commands.run("kill", "-9", Long.toString(first));
            Commands.await("another process runs the node", 60, () -> supervised.pid() != first && ProcessHandle.of(supervised.pid()).isPresent());
            // Its key is there from before, its SSH not yet: the shell waits, and the commands are there when it answers.
            Commands.Result answer = supervised.shell("bgp:summary");
            assertEquals(0, answer.code(), answer.all());
            assertTrue(answer.err().contains("is starting; waiting for its shell"), answer.all());
            assertTrue(answer.out().contains("No peers are configured"), answer.all());
            supervised.stop();
        }
    }

    private Stream<String> bundles() {
        return node.ok("bundle:list -t 0 -s --no-format --no-ellipsis").lines().map(String::strip).filter(l -> l.matches("^\\d+.*"));
    }

    private String bundle(String name) {
        return bundles().filter(l -> l.endsWith(name)).findFirst().orElse("not installed");
    }

    private long count(String name) {
        return bundles().filter(l -> l.endsWith(name)).count();
    }

    private static String id(String line) {
        Matcher m = Pattern.compile("^\\d+").matcher(line);
        return m.find() ? m.group() : "none";
    }

    private Commands.Result ssh(Path key, String command) throws Exception {
        return Commands.run(Map.of(), "ssh", "-F", "/dev/null", "-q", "-T", "-p", Integer.toString(node.sshPort), "-i", key.toString(), "-o", "IdentitiesOnly=yes",
                "-o", "PreferredAuthentications=publickey", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "admin@127.0.0.1", command);
    }

    private JMXConnector jmx(String user, String password) throws Exception {
        String url = "service:jmx:rmi:///jndi/rmi://127.0.0.1:" + node.rmiRegistryPort + "/karaf-tombolo";
        return JMXConnectorFactory.connect(new JMXServiceURL(url), Map.of(JMXConnector.CREDENTIALS, new String[] {user, password}));
    }
}
