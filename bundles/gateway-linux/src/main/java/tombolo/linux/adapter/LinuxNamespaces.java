package tombolo.linux.adapter;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.StreamSupport;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Namespaces;

/** Namespaces as open files, and {@code /proc/sys/net}, which shows the namespace of whichever thread looks: hence the thread that visits. */
public final class LinuxNamespaces implements Namespaces {
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final Path SETTINGS = Path.of("/proc/sys/net");

    private final LinuxNetlink netlink;

    /** @param netlink whose thread goes to other namespaces */
    public LinuxNamespaces(LinuxNetlink netlink) {
        this.netlink = netlink;
    }

    @Override
    public Namespace open(String path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(LibC.ERRNO);
            int fd = LibC.open(errno, arena.allocateFrom(path), O_RDONLY_CLOEXEC);
            if (fd < 0) {
                throw new KernelException("opening network namespace " + path, LibC.errno(errno));
            }
            return new Held(fd);
        }
    }

    @Override
    public void writeSettings(Optional<String> netns, Map<String, String> values) {
        if (netns.isEmpty()) {
            write(values);
        } else if (!values.isEmpty()) {
            netlink.visit(netns.get(), () -> {
                write(values);
                return true;
            });
        }
    }

    @Override
    public Map<String, String> readSettings(Optional<String> netns, Iterable<String> names) {
        List<String> wanted = StreamSupport.stream(names.spliterator(), false).toList();
        if (wanted.isEmpty()) {
            return Map.of();
        }
        return netns.isEmpty() ? read(wanted) : netlink.visit(netns.get(), () -> read(wanted));
    }

    private static void write(Map<String, String> values) {
        values.forEach((name, value) -> {
            Path file = file(name);
            try {
                Files.writeString(file, value + "\n", java.nio.file.StandardOpenOption.WRITE);
            } catch (NoSuchFileException e) {
                return; // a kernel without IPv6 has none of its settings
            } catch (IOException e) {
                KernelException failure = new KernelException("writing " + value + " to " + file + ": " + e.getMessage(), 0);
                failure.initCause(e);
                throw failure;
            }
        });
    }

    private static Map<String, String> read(List<String> names) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String name : names) {
            try {
                values.put(name, Files.readString(file(name)).strip());
            } catch (IOException e) {
                continue; // not there, or not readable: it is left out, as promised
            }
        }
        return values;
    }

    /** A name comes from a plan of ours, yet with a container's words in it. */
    private static Path file(String name) {
        Path file = SETTINGS.resolve(name).normalize();
        if (!file.startsWith(SETTINGS)) {
            throw new IllegalArgumentException(name + " is not below " + SETTINGS);
        }
        return file;
    }

    private static final class Held implements Namespace {
        private final int fd;
        private final AtomicBoolean closed = new AtomicBoolean();

        Held(int fd) {
            this.fd = fd;
        }

        @Override
        public int descriptor() {
            return fd;
        }

        @Override
        public String path() {
            return "/proc/self/fd/" + fd;
        }

        @Override
        public String identity() {
            try {
                Map<String, Object> file = Files.readAttributes(Path.of(path()), "unix:dev,ino");
                return file.get("dev") + ":" + file.get("ino");
            } catch (IOException e) {
                KernelException failure = new KernelException("looking at an open network namespace: " + e.getMessage(), 0);
                failure.initCause(e);
                throw failure;
            }
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                try (Arena arena = Arena.ofConfined()) {
                    LibC.close(arena.allocate(LibC.ERRNO), fd);
                }
            }
        }
    }
}
