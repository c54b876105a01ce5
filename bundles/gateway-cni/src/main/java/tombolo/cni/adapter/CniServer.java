package tombolo.cni.adapter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.runtime.Promptness;

/**
 * Listens on a unix socket for the shim. One thread reads all requests; a few others answer complete ones.
 *
 * <pre>
 *  accept ─► silent (no memory but the connection) ─► reading (what has come, at most 1 MiB) ─► complete ─► worker: answer, close
 *              └ too many: the one that is silent longest is closed        └ 5 s: closed            └ too many wait: "try again later"
 * </pre>
 *
 * Only the owner of the socket's file may connect, by the file's mode and again by the peer's credentials (SO_PEERCRED, unix(7)).
 */
public final class CniServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CniServer.class);
    /** Far more than a runtime starts containers at once. */
    static final int MOST_CONNECTIONS = 512;
    /** What all unfinished requests together may hold. */
    static final int MOST_BYTES = 32 << 20;
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    /** The kernel's lock on links lets one work at a time; more than a few threads only wait for it and for the disk. */
    private static final int WORKERS = 16;
    private static final int WAITING = 1_024;
    private static final int BACKLOG = 1_024;
    private static final long WRITE_NANOS = 5_000_000_000L;

    private final Path path;
    private final Function<Call, Call.Answer> plugin;
    private final Function<String, Call.Answer> busy;
    private final ServerSocketChannel listener;
    private final Selector selector;
    private final ThreadPoolExecutor workers;
    private final Thread thread;
    private final String owner;
    private final LinkedHashSet<Connection> reading = new LinkedHashSet<>();
    private final AtomicInteger open = new AtomicInteger();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
    private long held;
    private volatile boolean closing;

    private static final class Connection {
        private final SocketChannel channel;
        private final long deadline;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(0);
        private int wanted = Call.HEADER;
        private int environment = -1;

        Connection(SocketChannel channel, long deadline) {
            this.channel = channel;
            this.deadline = deadline;
        }
    }

    /**
     * @param plugin answers a call, on a thread of the server's own
     * @param busy   answers a call that is not taken on, given the reason
     * @throws IOException where the socket cannot be made; another node that listens there is not disturbed
     */
    public CniServer(Path path, Function<Call, Call.Answer> plugin, Function<String, Call.Answer> busy) throws IOException {
        this.path = path;
        this.plugin = plugin;
        this.busy = busy;
        Path folder = Optional.ofNullable(path.toAbsolutePath().getParent()).orElseThrow(() -> new IOException(path + " is no path of a socket"));
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        clearStale(path);
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listener.bind(UnixDomainSocketAddress.of(path), BACKLOG);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            owner = Files.getOwner(path).getName();
            listener.configureBlocking(false);
            selector = Selector.open();
            listener.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        workers = new ThreadPoolExecutor(WORKERS, WORKERS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), Promptness.threads("tombolo-cni-"));
        workers.allowCoreThreadTimeOut(true);
        thread = Thread.ofPlatform().name("tombolo-cni").daemon(true).start(this::serve);
    }

    public Path path() {
        return path;
    }

    /** Connections that are open now. */
    public int connections() {
        return open.get();
    }

    /** Stops listening, lets calls that were taken on finish for up to 10 s, and removes the socket. */
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        try {
            thread.join(5_000);
            workers.shutdown();
            if (!workers.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("TMB-CNI-004 calls of container runtimes were still being answered 10 s after the stop; they are cut off");
            }
            selector.close();
            listener.close();
            Files.deleteIfExists(path);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("TMB-CNI-005 closing {}: {}", path, e.getMessage());
        } finally {
            workers.shutdownNow();
        }
    }

    private static void clearStale(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new IOException("another process listens on " + path);
        } catch (java.net.SocketException e) {
            Files.delete(path); // nobody listens: it is left from a node that was killed
        }
    }

    private void serve() {
        Promptness.take();
        while (!closing) {
            try {
                selector.select(1_000);
                for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext();) {
                    SelectionKey key = keys.next();
                    keys.remove();
                    if (!key.isValid()) {
                        continue;
                    }
                    if (key.attachment() instanceof Connection connection) {
                        read(connection, key);
                    } else {
                        accept();
                    }
                }
                expire();
            } catch (IOException | RuntimeException e) {
                LOG.error("TMB-CNI-006 the server of container runtimes stumbled and goes on: {}", e.toString());
            }
        }
        new ArrayList<>(reading).forEach(this::drop);
    }

    private void accept() throws IOException {
        for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
            open.incrementAndGet();
            try {
                String peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
                if (!peer.equals(owner) && !peer.equals("root")) {
                    LOG.warn("TMB-CNI-007 user {} connected to {}; only {} and root may", peer, path, owner);
                    close(channel);
                    continue;
                }
                channel.configureBlocking(false);
                if (reading.size() >= MOST_CONNECTIONS) {
                    drop(reading.iterator().next()); // the oldest: those that mean it are done within a millisecond
                }
                Connection connection = new Connection(channel, System.nanoTime() + PATIENCE_NANOS);
                channel.register(selector, SelectionKey.OP_READ, connection);
                reading.add(connection);
            } catch (IOException e) {
                close(channel);
            }
        }
    }

    private void read(Connection connection, SelectionKey key) {
        try {
            while (connection.bytes.size() < connection.wanted) {
                buffer.clear().limit(Math.min(buffer.capacity(), connection.wanted - connection.bytes.size()));
                int got = connection.channel.read(buffer);
                if (got < 0) {
                    drop(connection);
                    return;
                }
                if (got == 0) {
                    return;
                }
                byte[] piece = new byte[got];
                buffer.flip().get(piece);
                connection.bytes.write(piece);
                held += got;
                if (held > MOST_BYTES || connection.environment < 0 && connection.bytes.size() == Call.HEADER && !header(connection)) {
                    drop(connection);
                    return;
                }
            }
            key.cancel();
            reading.remove(connection);
            byte[] all = connection.bytes.toByteArray();
            held -= all.length;
            byte[] strings = java.util.Arrays.copyOfRange(all, Call.HEADER, Call.HEADER + connection.environment);
            byte[] configuration = java.util.Arrays.copyOfRange(all, Call.HEADER + connection.environment, all.length);
            Optional<Call> call = Call.of(strings, configuration);
            if (call.isEmpty()) {
                close(connection.channel);
                return;
            }
            dispatch(connection.channel, call.get());
        } catch (IOException e) {
            drop(connection);
        }
    }

    /** Reads the lengths; false where this is no request of the shim's. */
    private static boolean header(Connection connection) {
        ByteBuffer head = ByteBuffer.wrap(connection.bytes.toByteArray());
        if (head.getInt() != Call.MAGIC || head.getInt() != Call.VERSION) {
            return false;
        }
        int environment = head.getInt();
        int configuration = head.getInt();
        if (environment < 1 || environment > Call.MOST_ENVIRONMENT || configuration < 0 || configuration > Call.MOST_CONFIGURATION) {
            return false;
        }
        connection.environment = environment;
        connection.wanted = Call.HEADER + environment + configuration;
        return true;
    }

    private void dispatch(SocketChannel channel, Call call) {
        try {
            workers.execute(() -> {
                try (channel) {
                    write(channel, plugin.apply(call));
                } catch (IOException e) {
                    LOG.warn("TMB-CNI-008 the answer to {} did not reach the runtime: {}", call.environment().getOrDefault("CNI_COMMAND", "?"), e.getMessage());
                } finally {
                    open.decrementAndGet();
                }
            });
        } catch (RejectedExecutionException e) {
            try {
                write(channel, busy.apply(WAITING + " calls are waiting already"));
            } catch (IOException _) {
                LOG.debug("a runtime left before it was told to come back");
            }
            close(channel);
        }
    }

    private static void write(SocketChannel channel, Call.Answer answer) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(12 + answer.text().length);
        out.putInt(Call.MAGIC).putInt(answer.status()).putInt(answer.text().length).put(answer.text()).flip();
        long deadline = System.nanoTime() + WRITE_NANOS;
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) { // larger than the socket's buffer, and the shim is slow
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException("it does not read");
                }
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private void expire() {
        long now = System.nanoTime();
        List<Connection> late = new ArrayList<>();
        for (Connection connection : reading) { // oldest first
            if (now - connection.deadline < 0) {
                break;
            }
            late.add(connection);
        }
        late.forEach(this::drop);
    }

    private void drop(Connection connection) {
        reading.remove(connection);
        held -= connection.bytes.size();
        close(connection.channel);
    }

    private void close(SocketChannel channel) {
        open.decrementAndGet();
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing a connection: {}", e.getMessage());
        }
    }
}
