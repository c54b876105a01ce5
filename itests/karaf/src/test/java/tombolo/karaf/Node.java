package tombolo.karaf;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A node started by `./gateway run` in a home, an etc and on ports of its own. */
final class Node implements AutoCloseable {
    static final String GATEWAY = Distribution.ROOT.resolve("gateway").toString();

    final Path home;
    final Path etc;
    final int sshPort;
    final int rmiRegistryPort;
    private final String name;
    private final int rmiServerPort;
    private String options = "";
    private Process process;

    Node(String name) throws IOException, InterruptedException {
        this.name = name;
        home = Distribution.fresh(name);
        etc = Distribution.fresh(name + "-etc");
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        sshPort = sockets.get(0).getLocalPort();
        rmiRegistryPort = sockets.get(1).getLocalPort();
        rmiServerPort = sockets.get(2).getLocalPort();
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        Files.writeString(etc.resolve("org.apache.karaf.shell.cfg"), shipped("org.apache.karaf.shell.cfg").replaceAll("sshPort *= *\\d+", "sshPort = " + sshPort));
        Files.writeString(etc.resolve("org.apache.karaf.management.cfg"), shipped("org.apache.karaf.management.cfg")
                .replaceAll("rmiRegistryPort *= *\\d+", "rmiRegistryPort = " + rmiRegistryPort)
                .replaceAll("rmiServerPort *= *\\d+", "rmiServerPort = " + rmiServerPort));
    }

    /** With the quick compiler alone, which starts in two thirds of the processor's time: where it is not the start that is looked at. */
    Node quick() {
        options = "-XX:TieredStopAtLevel=1";
        return this;
    }

    /** A file of the distribution's etc/. */
    static String shipped(String file) throws IOException, InterruptedException {
        return Commands.run("tar", "-xzOf", Distribution.ARCHIVE.toString(), "--wildcards", "*/etc/" + file).out();
    }

    /** Starts, and returns when the features are installed and commands are answered. */
    void start(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(GATEWAY, "run", "--home", home.toString(), "--etc", etc.toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("TOMBOLO_ARCHIVE", Distribution.ARCHIVE.toString());
        builder.environment().put("EXTRA_JAVA_OPTS", options);
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(console()));
        process = builder.start();
        try {
            Commands.await("node " + name + " answers", 60, () -> {
                if (!process.isAlive()) {
                    throw new AssertionError("the node ended with " + process.exitValue() + ":\n" + read(console().toPath()));
                }
                return shell("service:list -n org.apache.karaf.features.BootFinished").out().contains("BootFinished");
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + read(console().toPath()) + log(), e);
        }
    }

    Commands.Result shell(String command) {
        return gateway("shell", "--home", home.toString(), command);
    }

    /** A command that must succeed. */
    String ok(String command) {
        Commands.Result result = shell(command);
        if (result.code() != 0) {
            throw new AssertionError(command + ": " + result.all() + "\n" + log());
        }
        return result.out();
    }

    Commands.Result gateway(String... arguments) {
        List<String> command = new ArrayList<>(List.of(GATEWAY));
        command.addAll(List.of(arguments));
        try {
            return Commands.run(Map.of("TOMBOLO_ARCHIVE", Distribution.ARCHIVE.toString()), command.toArray(String[]::new));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void stop() throws InterruptedException {
        Commands.Result result = gateway("stop", "--home", home.toString());
        if (result.code() != 0) {
            throw new AssertionError(result.all());
        }
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the process outlives its stop");
        }
    }

    /** The JVM's process id, 0 where there is none. */
    long pid() {
        String text = read(home.resolve("node.pid")).strip();
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    String log() {
        return read(home.resolve("data/log/karaf.log"));
    }

    private File console() {
        return Distribution.WORK.resolve(name + ".console").toFile();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null && process.isAlive()) {
            process.destroy();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }
}
