package tombolo.harness;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * The right to use the namespaces of one prefix. Whoever starts removes what an earlier run left under its prefix, so that two checkouts of the project that
 * run at once would remove each other's networks: they take turns. The turn ends with {@link #close} or with this JVM.
 */
public final class Turn implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private Turn(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Waits for the turn.
     *
     * @param prefix  of the namespaces
     * @param limit   how long to wait
     * @param waiting run once, when somebody else has it
     */
    public static Turn take(String prefix, Duration limit, Runnable waiting) {
        Path file = Path.of("/run/tombolo-" + prefix + "lock");
        Optional<Turn> first = attempt(file);
        if (first.isPresent()) {
            return first.get();
        }
        waiting.run();
        return Await.value(limit, "another checkout of the project uses the namespaces " + prefix + "* on this machine, and holds " + file, () -> attempt(file));
    }

    private static Optional<Turn> attempt(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            // Who had it before has removed the file: a lock on a file that has no name any more locks nobody out.
            String token = UUID.randomUUID().toString();
            if (lock != null) {
                channel.truncate(0).write(ByteBuffer.wrap(token.getBytes(StandardCharsets.US_ASCII)), 0);
            }
            if (lock != null && Files.exists(file) && Files.readString(file).equals(token)) {
                return Optional.of(new Turn(file, channel));
            }
            channel.close();
            return Optional.empty();
        } catch (IOException problem) {
            throw new HarnessException("cannot lock " + file + ": " + problem.getMessage(), problem);
        }
    }

    @SuppressWarnings("NullAway")
    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException ours) {
            return null; // held in this very JVM
        }
    }

    /** Does nothing the second time. */
    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            Files.deleteIfExists(file);
            channel.close();
        } catch (IOException problem) {
            throw new HarnessException("cannot release " + file + ": " + problem.getMessage(), problem);
        }
    }
}
