package tombolo.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tombolo.azure.simulator.Main;
import tombolo.harness.Await;
import tombolo.harness.Daemon;
import tombolo.harness.HarnessException;
import tombolo.harness.RunFiles;

/** The simulated cloud as a process of its own in its namespace, and what its other inhabitants do in it: the provider, the networks' owner, a hand in the portal. */
final class Cloud implements AutoCloseable {
    /** Two FRR routers and a JVM start. */
    private static final Duration START = Duration.ofSeconds(60);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path folder;
    private final Daemon daemon;
    private final Process console;
    private final BufferedWriter to;
    private final BufferedReader from;

    private Cloud(Path folder, Daemon daemon, Process console) {
        this.folder = folder;
        this.daemon = daemon;
        this.console = console;
        this.to = console.outputWriter(StandardCharsets.UTF_8);
        this.from = console.inputReader(StandardCharsets.UTF_8);
    }

    /** @param folder for the CA's certificate and the log */
    static Cloud start(Path folder) {
        Path log = folder.resolve("cloud.log");
        RunFiles.write(log, "");
        List<String> words = java("-Xmx160m", Main.class.getName(), "--state-dir", folder.toString(), "--listen", "172.31.0.1:8443",
            "--edge-primary", AzureTopology.place("a"), "--edge-secondary", AzureTopology.place("b"));
        Daemon daemon = Daemon.start("the simulated cloud", AzureTopology.ARM, log, Map.of(), words);
        Await.until(START, () -> "the simulated cloud listens; its log: " + Daemon.tail(log), () -> {
            if (!daemon.alive()) {
                throw new HarnessException("the simulated cloud ended: " + Daemon.tail(log));
            }
            return RunFiles.read(log).contains("listening on");
        });
        try {
            List<String> console = AzureTopology.ARM.inside(java("-Xmx64m", CloudConsole.class.getName(), folder.toString()).toArray(String[]::new));
            return new Cloud(folder, daemon, new ProcessBuilder(console).redirectError(folder.resolve("console.log").toFile()).start());
        } catch (IOException problem) {
            throw new HarnessException("cannot start the cloud's console", problem);
        }
    }

    private static List<String> java(String heap, String... words) {
        List<String> all = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-cp", System.getProperty("java.class.path")));
        all.addAll(List.of(words));
        return all;
    }

    Daemon daemon() {
        return daemon;
    }

    Path authority() {
        return folder.resolve("ca.pem");
    }

    /** What was refused is a fault of the laboratory's own. @param customer circuits or networks @param body JSON, also with single quotes */
    private synchronized JsonNode call(String customer, String verb, String path, String body) {
        try {
            to.write(String.join("\t", customer, verb, path, body.replace("\n", " ")) + "\n");
            to.flush();
            String answer = from.readLine();
            if (answer == null) {
                throw new HarnessException("the cloud's console ended: " + Daemon.tail(folder.resolve("console.log")));
            }
            if (!answer.startsWith("ok ")) {
                throw new HarnessException("the simulated cloud: " + answer);
            }
            return MAPPER.readTree(answer.substring("ok ".length()));
        } catch (IOException gone) {
            throw new HarnessException("the cloud's console is gone: " + Daemon.tail(folder.resolve("console.log")), gone);
        }
    }

    JsonNode make(String customer, String path, String body) {
        return call(customer, "make", path, body);
    }

    JsonNode get(String customer, String path) {
        return call(customer, "get", path, "{}");
    }

    /** Something is done to the cloud; see the simulator's README. */
    void control(String word, String body) {
        call("circuits", "control", word, body);
    }

    /** A hand in the portal changes a resource. @param merge RFC 7396 */
    void edit(String id, String merge) {
        control("edit", "{'id':'" + id + "','merge':" + merge + "}");
    }

    /** What keeps the edge routers from being as ARM says; empty: nothing. */
    String edgeProblem() {
        return get("circuits", "/simulator/edge").path("problem").asText();
    }

    /** Ends the console; the cloud itself goes on. */
    @Override
    public void close() {
        console.destroy();
    }
}
