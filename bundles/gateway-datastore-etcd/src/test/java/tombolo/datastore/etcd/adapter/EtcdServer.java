package tombolo.datastore.etcd.adapter;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real etcd of one member on loopback ports and in a directory of its own, from Debian's etcd-server or where {@code -Dtombolo.etcd} says. */
final class EtcdServer implements Closeable {
    private final Path binary;
    private final Path directory;
    private final int clientPort;
    private final int peerPort;
    private Process process;

    private EtcdServer(Path binary, Path directory, int clientPort, int peerPort, Process process) {
        this.binary = binary;
        this.directory = directory;
        this.clientPort = clientPort;
        this.peerPort = peerPort;
        this.process = process;
    }

    /** The etcd program; empty where this machine has none. */
    static Optional<Path> binary() {
        return Stream.of(System.getProperty("tombolo.etcd", ""), "/usr/bin/etcd", "/usr/local/bin/etcd").filter(path -> !path.isBlank()).map(Path::of).filter(Files::isExecutable).findFirst();
    }

    static EtcdServer start(Path binary, Path directory) throws IOException, InterruptedException {
        int client = freePort();
        int peer = freePort();
        EtcdServer server = new EtcdServer(binary, directory, client, peer, launch(binary, directory, client, peer));
        server.awaitReady();
        return server;
    }

    String endpoint() {
        return "http://127.0.0.1:" + clientPort;
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void startAgain() throws IOException, InterruptedException {
        process = launch(binary, directory, clientPort, peerPort);
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

    private static Process launch(Path binary, Path directory, int client, int peer) throws IOException {
        String clientUrl = "http://127.0.0.1:" + client;
        String peerUrl = "http://127.0.0.1:" + peer;
        return new ProcessBuilder(List.of(binary.toString(), "--name", "test", "--data-dir", directory.resolve("data").toString(), "--listen-client-urls", clientUrl, "--advertise-client-urls",
                clientUrl, "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl, "--initial-cluster", "test=" + peerUrl))
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("etcd.log").toFile())).start();
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < deadline && process.isAlive()) {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), clientPort)) {
                return;
            } catch (IOException notYet) {
                process.waitFor(20, TimeUnit.MILLISECONDS); // its end, or the next attempt
            }
        }
        throw new IOException("etcd did not start:\n" + Files.readString(directory.resolve("etcd.log")));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
