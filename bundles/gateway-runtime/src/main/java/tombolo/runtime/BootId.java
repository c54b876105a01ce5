package tombolo.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which start of the machine this is: what the kernel, its interfaces and its processes' numbers mean ends with it. Any thread. */
public final class BootId {
    private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

    private BootId() { }

    /** What the kernel drew at its start (random(4)), 36 characters; "" where it cannot be read, from which nobody may conclude anything. */
    public static String now() {
        try {
            return Files.readString(FILE).strip();
        } catch (IOException _) {
            return "";
        }
    }
}
