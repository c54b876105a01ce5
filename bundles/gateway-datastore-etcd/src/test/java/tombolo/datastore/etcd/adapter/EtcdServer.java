package tombolo.datastore.etcd.adapter;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A real etcd on loopback ports and in a directory of its own, from Debian's etcd-server or where {@code -Dtombolo.etcd} says: one member, or one of several. */
final class EtcdServer implements Closeable {
    private static final int FIRST_PORT = 12_000;
    private static final int PORTS = 20_000;
    private static final AtomicInteger NEXT_PORT = new AtomicInteger((int) (ProcessHandle.current().pid() * 61 % PORTS));

    private final Path binary;
    private final Path directory;
    private final String name;
    private final String scheme;
    private final int clientPort;
    private final int peerPort;
    private final List<String> more;
    private Process process;

    private EtcdServer(Path binary, Path directory, String name, String scheme, int clientPort, int peerPort, List<String> more) throws IOException {
        this.binary = binary;
        this.directory = Files.createDirectories(directory);
        this.name = name;
        this.scheme = scheme;
        this.clientPort = clientPort;
        this.peerPort = peerPort;
        this.more = more;
        this.process = launch();
    }

    /** The etcd program; empty where this machine has none. */
    static Optional<Path> binary() {
        return Stream.of(System.getProperty("tombolo.etcd", ""), "/usr/bin/etcd", "/usr/local/bin/etcd").filter(path -> !path.isBlank()).map(Path::of).filter(Files::isExecutable).findFirst();
    }

    /** Skips the test where there is none, unless {@code -Dtombolo.etcd.required=true} says that there must be: {@code ./gateway test} installs it. */
    static Path binaryOrSkip() {
        Optional<Path> binary = binary();
        if (binary.isEmpty() && Boolean.getBoolean("tombolo.etcd.required")) {
            throw new AssertionError("no etcd on this machine, and -Dtombolo.etcd.required=true");
        }
        Assumptions.assumeTrue(binary.isPresent(), "no etcd on this machine: install etcd-server (Debian), or say where it is with -Dtombolo.etcd=");
        return binary.get();
    }

    static EtcdServer start(Path binary, Path directory) throws IOException, InterruptedException {
        return start(binary, directory, "http", List.of());
    }

    /** @param more arguments, such as those of TLS */
    static EtcdServer start(Path binary, Path directory, String scheme, List<String> more) throws IOException, InterruptedException {
        int peer = freePort();
        List<String> all = new ArrayList<>(more);
        all.addAll(List.of("--initial-cluster", "test=http://127.0.0.1:" + peer));
        EtcdServer server = new EtcdServer(binary, directory, "test", scheme, freePort(), peer, all);
        server.awaitReady();
        return server;
    }

    /** Members of one cluster. The times of elections are generous: the machine may be busy. */
    static List<EtcdServer> cluster(Path binary, Path directory, int members) throws IOException, InterruptedException {
        List<Integer> ports = new ArrayList<>();
        List<String> initial = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            ports.add(freePort());
            initial.add("m" + i + "=http://127.0.0.1:" + ports.get(i));
        }
        List<String> more = List.of("--initial-cluster", String.join(",", initial), "--heartbeat-interval", "200", "--election-timeout", "2000");
        List<EtcdServer> servers = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            servers.add(new EtcdServer(binary, directory.resolve("m" + i), "m" + i, "http", freePort(), ports.get(i), more));
        }
        for (EtcdServer server : servers) {
            server.awaitReady();
        }
        return servers;
    }

    String endpoint() {
        return scheme + "://127.0.0.1:" + clientPort;
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGSTOP: it is there and answers nothing. */
    void freeze() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** SIGCONT. */
    void thaw() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String which) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", which, Long.toString(process.pid())).start().waitFor();
        if (code != 0) {
            throw new IOException("kill " + which + " " + process.pid() + " ended with " + code);
        }
    }

    void startAgain() throws IOException, InterruptedException {
        process = launch();
        awaitReady();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Process launch() throws IOException {
        String clientUrl = scheme + "://127.0.0.1:" + clientPort;
        String peerUrl = "http://127.0.0.1:" + peerPort;
        List<String> command = new ArrayList<>(List.of(binary.toString(), "--name", name, "--data-dir", directory.resolve("data").toString(), "--listen-client-urls", clientUrl,
                "--advertise-client-urls", clientUrl, "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl));
        command.addAll(more);
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("etcd.log").toFile())).start();
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < deadline && process.isAlive()) {
            if (isHealthy()) {
                return;
            }
            process.waitFor(20, TimeUnit.MILLISECONDS); // its end, or the next attempt
        }
        throw new IOException("etcd did not start:\n" + Files.readString(directory.resolve("etcd.log")));
    }

    /** By its own word where that needs no certificate: it listens before it can do anything, and one that is killed then may not start again. */
    private boolean isHealthy() {
        try {
            if (scheme.equals("https")) {
                new Socket(InetAddress.getLoopbackAddress(), clientPort).close();
                return true;
            }
            HttpURLConnection connection = (HttpURLConnection) URI.create(endpoint() + "/health").toURL().openConnection();
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(5000);
            try (InputStream answer = connection.getInputStream()) {
                return new String(answer.readAllBytes(), StandardCharsets.UTF_8).contains("true");
            }
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Below those that the kernel gives to whoever connects, so that nobody gets it until etcd listens. Each JVM begins elsewhere. */
    private static int freePort() throws IOException {
        for (int attempt = 0; attempt < PORTS; attempt++) {
            int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // the next one, then
            }
        }
        throw new IOException("none of the ports from " + FIRST_PORT + " on is free");
    }
}
