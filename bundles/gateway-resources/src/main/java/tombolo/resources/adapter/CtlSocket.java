package tombolo.resources.adapter;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.resource.ResourceCommands.Answer;
import tombolo.resources.adapter.DocumentText.Unreadable;

/**
 * Answers {@code gateway ctl} on a socket of mode 0600 in a folder of mode 0700: only the node's own user and root reach it, and the kernel says once more who
 * is there (SO_PEERCRED).
 */
public final class CtlSocket implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(CtlSocket.class);
    /** Of {@code sockaddr_un} on Linux, less the closing zero. */
    private static final int MAX_PATH_BYTES = 107;
    /** Questions at once; the next waits. */
    private static final int MAX_CONNECTIONS = 16;
    /** From the connection to the whole question. */
    private static final Duration QUESTION_TIME = Duration.ofSeconds(30);

    private final CalicoCommands commands;
    private final Path path;
    private final ServerSocketChannel server;
    private final String owner;
    private final Semaphore room = new Semaphore(MAX_CONNECTIONS);

    private CtlSocket(CalicoCommands commands, Path path, ServerSocketChannel server, String owner) {
        this.commands = commands;
        this.path = path;
        this.server = server;
        this.owner = owner;
    }

    /** @param folder made where it is not there; must belong to this process's user */
    public static CtlSocket open(CalicoCommands commands, Path folder) throws IOException {
        Path path = folder.resolve("ctl.sock").toAbsolutePath();
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
            throw new IOException("its path " + path + " is longer than " + MAX_PATH_BYTES + " bytes");
        }
        Files.createDirectories(folder.toAbsolutePath().getParent());
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Files.deleteIfExists(path); // what a killed node left
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            CtlSocket socket = new CtlSocket(commands, path, server, Files.getOwner(path).getName());
            Thread.ofVirtual().name("tombolo-ctl").start(socket::accept);
            return socket;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(path);
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                room.acquire();
                SocketChannel channel = server.accept();
                Thread.ofVirtual().name("tombolo-ctl-question").start(() -> {
                    try {
                        answer(channel);
                    } finally {
                        room.release();
                    }
                });
            } catch (ClosedChannelException | InterruptedException _) {
                return; // closed
            } catch (IOException e) {
                room.release();
                LOG.warn("TMB-RES-023 {}: a connection could not be taken: {}", path, e.getMessage());
            }
        }
    }

    private void answer(SocketChannel channel) {
        Thread limit = Thread.ofVirtual().unstarted(() -> closeLater(channel));
        try (channel) {
            if (!allowed(channel)) {
                return;
            }
            limit.start();
            DataInputStream in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
            CtlFrames.Question question = CtlFrames.readQuestion(in);
            limit.interrupt();
            Answer answer = commands.run(question.verb(), question.words(), sent(question.files()));
            CtlFrames.write(new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel))), answer);
        } catch (IOException e) {
            LOG.debug("{}: {}", path, e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("TMB-RES-023 {}: a question failed", path, e);
        } finally {
            limit.interrupt();
        }
    }

    private static void closeLater(SocketChannel channel) {
        try {
            Thread.sleep(QUESTION_TIME);
            channel.close();
        } catch (InterruptedException | IOException _) {
            Thread.currentThread().interrupt(); // the question was there in time
        }
    }

    /** What the client has read stands for all names. */
    private static FileSource sent(List<FileSource.Named> files) {
        return (name, _) -> {
            if (files.isEmpty()) {
                throw new Unreadable("TMB-RES-018 " + DocumentText.name(name) + " was not sent.");
            }
            return files;
        };
    }

    /** SO_PEERCRED by its name: its class is in a package that no framework has to export to us. */
    private boolean allowed(SocketChannel channel) {
        try {
            for (SocketOption<?> option : channel.supportedOptions()) {
                if (option.name().equals("SO_PEERCRED")) {
                    Object peer = channel.getOption(option);
                    String user = String.valueOf(peer.getClass().getMethod("user").invoke(peer));
                    boolean known = user.equals(owner) || user.equals("root");
                    if (!known) {
                        LOG.warn("TMB-RES-023 {}: user {} is neither {} nor root; not answered.", path, user, owner);
                    }
                    return known;
                }
            }
        } catch (IOException | ReflectiveOperationException e) {
            LOG.debug("{}: no peer credentials: {}", path, e.getMessage());
        }
        return true; // the modes of the folder and the socket have decided
    }
}
