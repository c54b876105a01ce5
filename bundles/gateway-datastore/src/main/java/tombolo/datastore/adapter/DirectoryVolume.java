package tombolo.datastore.adapter;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A directory, readable by its owner only: the store holds addresses, names and, in resources, references to secrets. */
final class DirectoryVolume implements Volume {
    private static final Set<StandardOpenOption> CREATE =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final SameThread SAME_THREAD = new SameThread();

    private final Path directory;

    DirectoryVolume(Path directory) throws IOException {
        this.directory = directory;
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    @Override
    public String name() {
        return directory.toString();
    }

    @Override
    public List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public BlockFile open(String file, boolean create) throws IOException {
        FileAttribute<?> owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        return new ChannelFile(create
                ? AsynchronousFileChannel.open(directory.resolve(file), CREATE, SAME_THREAD, owner)
                : AsynchronousFileChannel.open(directory.resolve(file), Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE), SAME_THREAD));
    }

    @Override
    public ByteBuffer read(String file) throws IOException {
        return map(directory.resolve(file));
    }

    /** All of a file, mapped. */
    static ByteBuffer map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new IOException(file + " has " + channel.size() + " bytes: no file of the store is larger than 2 GiB");
            }
            return channel.size() == 0 ? ByteBuffer.allocate(0) : channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String file) throws IOException {
        Files.deleteIfExists(directory.resolve(file));
    }

    @Override
    public String setAside(String name, List<String> files) throws IOException {
        Path aside = directory.resolve(name);
        for (int i = 2; Files.exists(aside); i++) {
            aside = directory.resolve(name + "-" + i);
        }
        Files.createDirectory(aside);
        for (String file : files) {
            Files.move(directory.resolve(file), aside.resolve(file), StandardCopyOption.ATOMIC_MOVE);
        }
        sync(aside);
        return aside.getFileName().toString();
    }

    @Override
    public void syncDirectory() throws IOException {
        sync(directory);
    }

    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public Closeable lock() throws IOException {
        FileChannel channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new StoreInUseException();
            }
            return channel;
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw (StoreInUseException) new StoreInUseException().initCause(e);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** An interrupt of the writing thread, which may be any caller's, closes a FileChannel; this kind of channel it does not touch. All work is done where it is asked for. */
    private record ChannelFile(AsynchronousFileChannel channel) implements BlockFile {
        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            long at = position;
            while (bytes.hasRemaining()) {
                try {
                    at += channel.write(bytes, at).get();
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof IOException problem ? problem : new IOException(e.getCause());
                } catch (InterruptedException e) {
                    throw new IllegalStateException("a write that is done already was waited for", e);
                }
            }
        }

        @Override
        public void force(boolean metadata) throws IOException {
            channel.force(metadata);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Runs what it is given at once. */
    private static final class SameThread extends AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() { }

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }
}
