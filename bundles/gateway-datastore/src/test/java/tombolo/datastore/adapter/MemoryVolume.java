package tombolo.datastore.adapter;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory that can be full, break, and lose its power: what was not forced is then on it sector by sector as chance has it. A file's size becomes durable
 * with a force that asks for metadata, as does its content; names are durable at once.
 */
final class MemoryVolume implements Volume {
    private static final int SECTOR = 512;

    private static final class Content {
        private byte[] bytes = new byte[0];
        private byte[] durable = new byte[0];
    }

    private final Map<String, Content> files = new TreeMap<>();
    private boolean locked;
    private long capacity = Long.MAX_VALUE;
    private long bytesUntilError = Long.MAX_VALUE;
    private int forcesUntilError = Integer.MAX_VALUE;
    private long written;

    /** The disk has room for so many bytes. */
    synchronized void capacity(long bytes) {
        capacity = bytes;
    }

    /** The byte written after so many more, and every one after it, fails. */
    synchronized void failAfterBytes(long bytes) {
        bytesUntilError = bytes;
    }

    synchronized void failAfterForces(int forces) {
        forcesUntilError = forces;
    }

    synchronized void mend() {
        capacity = Long.MAX_VALUE;
        bytesUntilError = Long.MAX_VALUE;
        forcesUntilError = Integer.MAX_VALUE;
    }

    synchronized long written() {
        return written;
    }

    /** What the disk holds after a loss of power now. */
    synchronized MemoryVolume afterPowerLoss(Random random) {
        MemoryVolume after = new MemoryVolume();
        files.forEach((name, content) -> {
            Content left = new Content();
            left.bytes = content.durable.clone();
            boolean grew = random.nextBoolean();
            if (grew && content.bytes.length > left.bytes.length) {
                left.bytes = Arrays.copyOf(left.bytes, content.bytes.length);
            }
            for (int sector = 0; sector < left.bytes.length; sector += SECTOR) {
                int end = Math.min(sector + SECTOR, left.bytes.length);
                if (random.nextBoolean()) {
                    System.arraycopy(content.bytes, sector, left.bytes, sector, Math.max(0, Math.min(end, content.bytes.length) - sector));
                }
            }
            left.durable = left.bytes.clone();
            after.files.put(name, left);
        });
        return after;
    }

    synchronized MemoryVolume copy() {
        MemoryVolume copy = new MemoryVolume();
        files.forEach((name, content) -> copy.put(name, content.bytes.clone()));
        return copy;
    }

    synchronized void put(String name, byte[] bytes) {
        Content content = new Content();
        content.bytes = bytes;
        content.durable = bytes.clone();
        files.put(name, content);
    }

    synchronized byte[] get(String name) {
        return files.get(name).bytes.clone();
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public synchronized List<String> files() {
        return files.keySet().stream().filter(name -> !name.contains("/")).toList();
    }

    @Override
    public synchronized BlockFile open(String file, boolean create) throws IOException {
        if (create) {
            files.put(file, new Content());
        } else if (!files.containsKey(file)) {
            throw new NoSuchFileException(file);
        }
        return new Open(files.get(file));
    }

    @Override
    public synchronized ByteBuffer read(String file) throws IOException {
        Content content = files.get(file);
        if (content == null) {
            throw new NoSuchFileException(file);
        }
        return ByteBuffer.wrap(content.bytes.clone()).asReadOnlyBuffer();
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        Content content = files.remove(from);
        if (content == null) {
            throw new NoSuchFileException(from);
        }
        files.put(to, content);
    }

    @Override
    public synchronized void delete(String file) {
        files.remove(file);
    }

    @Override
    public synchronized String setAside(String directory, List<String> names) {
        names.forEach(name -> files.put(directory + "/" + name, files.remove(name)));
        return directory;
    }

    @Override
    public void syncDirectory() { }

    @Override
    public synchronized Closeable lock() throws IOException {
        if (locked) {
            throw new StoreInUseException();
        }
        locked = true;
        return () -> {
            synchronized (this) {
                locked = false;
            }
        };
    }

    private final class Open implements BlockFile {
        private final Content content;

        Open(Content content) {
            this.content = content;
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            synchronized (MemoryVolume.this) {
                int at = (int) position;
                long used = new ArrayList<>(files.values()).stream().mapToLong(file -> file.bytes.length).sum();
                long room = Math.max(0, capacity - used);
                long canReach = Math.min(at + bytes.remaining(), content.bytes.length + room);
                int canWrite = (int) Math.max(0, Math.min(canReach - at, Math.min(bytes.remaining(), bytesUntilError)));
                boolean broken = canWrite == bytesUntilError && canWrite < bytes.remaining();
                boolean full = !broken && canWrite < bytes.remaining();
                if (at + canWrite > content.bytes.length) {
                    content.bytes = Arrays.copyOf(content.bytes, at + canWrite);
                }
                bytes.get(content.bytes, at, canWrite);
                written += canWrite;
                if (bytesUntilError != Long.MAX_VALUE) {
                    bytesUntilError -= canWrite;
                }
                if (broken) {
                    throw new IOException("Input/output error");
                }
                if (full) {
                    throw new IOException("No space left on device");
                }
            }
        }

        @Override
        public void force(boolean metadata) throws IOException {
            synchronized (MemoryVolume.this) {
                if (forcesUntilError != Integer.MAX_VALUE && forcesUntilError-- <= 0) {
                    throw new IOException("Input/output error");
                }
                content.durable = content.bytes.clone();
            }
        }

        @Override
        public long size() {
            synchronized (MemoryVolume.this) {
                return content.bytes.length;
            }
        }

        @Override
        public void close() { }
    }
}
