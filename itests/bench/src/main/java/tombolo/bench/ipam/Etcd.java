package tombolo.bench.ipam;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A real etcd of one member on loopback ports, with auto-compaction every few seconds. */
final class Etcd implements Closeable {
    static final Path BINARY = Path.of("/usr/bin/etcd");
    private static final long READY_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Path directory;
    private final int client;
    private final int peer;
    private Process process;

    private Etcd(Path directory, int client, int peer) throws IOException {
        this.directory = directory;
        this.client = client;
        this.peer = peer;
        this.process = launch();
    }

    static Etcd start(Path directory) throws IOException {
        Etcd etcd = new Etcd(Files.createDirectories(directory), freePort(), freePort());
        etcd.awaitReady();
        return etcd;
    }

    String endpoint() {
        return "http://127.0.0.1:" + client;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** SIGKILL, then a new start on the same files. */
    void restart() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        process = launch();
        awaitReady();
    }

    private Process launch() throws IOException {
        String peerUrl = "http://127.0.0.1:" + peer;
        return new ProcessBuilder(List.of(BINARY.toString(), "--name", "one", "--data-dir", directory.resolve("data").toString(), "--listen-client-urls", endpoint(), "--advertise-client-urls",
                endpoint(), "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl, "--initial-cluster", "one=" + peerUrl, "--auto-compaction-mode", "periodic",
                "--auto-compaction-retention", "2s", "--logger", "zap", "--log-level", "error")).redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile()).start();
    }

    private void awaitReady() throws IOException {
        long end = System.nanoTime() + READY_NANOS;
        while (System.nanoTime() < end) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), client), 200);
                return;
            } catch (IOException _) {
                if (!process.isAlive()) {
                    throw new IOException("etcd ended with " + process.exitValue() + ": " + Files.readString(directory.resolve("log")));
                }
                LockSupport.parkNanos(50_000_000);
            }
        }
        throw new IOException("etcd does not listen on " + endpoint());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
