package tombolo.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The real distribution in a namespace, started and asked through the {@code gateway} script, as an operator does. */
public final class GatewayNode {
    /** The first start unpacks and resolves; on two busy cores it has been seen to take 20 s. */
    public static final Duration START = Duration.ofSeconds(90);

    /** The environment of a node that runs as an operator's does, and not with the options of the JVM by which tests start theirs quickly. */
    public static final Map<String, String> AS_SHIPPED = Map.of("EXTRA_JAVA_OPTS", "");

    private final Path script;
    private final Path home;
    private final Path etc;
    private final Namespace namespace;
    private Daemon daemon;

    private GatewayNode(Path script, Namespace namespace, Path home, Path etc, Daemon daemon) {
        this.script = script;
        this.namespace = namespace;
        this.home = home;
        this.etc = etc;
        this.daemon = daemon;
    }

    /**
     * Starts a node; it may still be starting when this returns: see {@link #awaitShell}.
     *
     * @param project the folder that has the {@code gateway} script
     * @param home    where the node lives (keys, caches, logs)
     * @param etc     where its configuration is
     */
    public static GatewayNode start(Path project, Namespace namespace, Path home, Path etc, Map<String, String> environment) {
        Path script = project.resolve("gateway");
        return new GatewayNode(script, namespace, home, etc, launch(script, namespace, home, etc, environment));
    }

    public static GatewayNode attached(Path project, Namespace namespace, Path home, Path etc, Daemon daemon) {
        return new GatewayNode(project.resolve("gateway"), namespace, home, etc, daemon);
    }

    private static Daemon launch(Path script, Namespace namespace, Path home, Path etc, Map<String, String> environment) {
        // The script replaces itself by the JVM: the pid stays.
        RunFiles.write(home.resolve(".keep"), "");
        return Daemon.start("gateway in " + namespace.name(), namespace, home.resolve("console.log"), environment,
            List.of(script.toString(), "run", "--home", home.toString(), "--etc", etc.toString()));
    }

    public Daemon daemon() {
        return daemon;
    }

    /** The {@code gateway} script by which it is asked. */
    public Path script() {
        return script;
    }

    public Path home() {
        return home;
    }

    public Path etc() {
        return etc;
    }

    /** Runs one shell command in the node. */
    public Command.Result attempt(String command) {
        List<String> words = new ArrayList<>(List.of(script.toString(), "shell", "--home", home.toString()));
        words.add(command);
        return Command.attempt(words);
    }

    /** Runs one shell command in the node; throws when it fails. */
    public String ask(String command) {
        Command.Result result = attempt(command);
        if (!result.ok()) {
            throw new HarnessException("gateway shell \"" + command + "\" ended with code " + result.code() + ": " + result.output().strip());
        }
        return result.output();
    }

    /** Runs one shell command with {@code --json}; throws when it fails. */
    public JsonNode json(String command) {
        return JsonAnswer.of(command + " --json", ask(command + " --json"));
    }

    /** Returns when {@code command} succeeds in the node's shell. */
    public void awaitShell(String command) {
        Await.until(START, () -> "the gateway answers `" + command + "`; last answer: " + attempt(command).output() + "\nits console: "
            + Daemon.tail(home.resolve("console.log")) + "\nits log: " + Daemon.tail(home.resolve("data/log/karaf.log")), () -> {
            if (!daemon.alive()) {
                throw new HarnessException("the gateway ended: " + Daemon.tail(home.resolve("console.log")));
            }
            return attempt(command).ok();
        });
    }

    /**
     * Writes a copy of a bundle of the distribution that the node takes for a new one.
     *
     * @param bundle as its folder in {@code bundles/} is called
     */
    public Path changedJar(String bundle) {
        Path jar = home.resolve("changed-" + bundle + ".jar");
        Path versions = home.resolve("system/io/tombolo").resolve(bundle);
        try (Stream<Path> shipped = Files.walk(versions)) {
            Jars.withHeader(shipped.filter(file -> file.toString().endsWith(".jar")).findFirst().orElseThrow(), jar, "Tombolo-Changed", Long.toString(System.nanoTime(), Character.MAX_RADIX));
            return jar;
        } catch (IOException problem) {
            throw new HarnessException("cannot read " + versions + ": " + problem.getMessage(), problem);
        }
    }

    /** How many classes of this name the node's JVM holds: one for each class loader that has defined it and is still reachable. */
    public long loaded(String className) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String pid = Long.toString(daemon.pid());
        Command.run(jcmd, pid, "GC.run");
        return Command.run(jcmd, pid, "VM.class_hierarchy", className).lines().filter(line -> line.contains(className + "/")).count();
    }

    /** {@code gateway stop}: routes stay in the kernel. */
    public void stop(String... options) {
        List<String> words = new ArrayList<>(List.of(script.toString(), "stop", "--home", home.toString()));
        words.addAll(List.of(options));
        Command.run(words);
    }

    /** Starts it again after a stop or a kill. */
    public void restart(Map<String, String> environment) {
        if (daemon.alive()) {
            throw new HarnessException("the gateway still runs as pid " + daemon.pid());
        }
        daemon = launch(script, namespace, home, etc, environment);
    }
}
