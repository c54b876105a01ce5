package tombolo.dataplane.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForwardingTest {
    @Test
    void switchesOnWhatIsOffAndLeavesWhatIsOn(@TempDir Path root) throws IOException {
        Files.createDirectories(root.resolve("ipv4"));
        Files.createDirectories(root.resolve("ipv6/conf/all"));
        Path four = Files.writeString(root.resolve("ipv4/ip_forward"), "0\n");
        Path six = Files.writeString(root.resolve("ipv6/conf/all/forwarding"), "1\n");
        Files.setLastModifiedTime(six, FileTime.fromMillis(1_000));
        new Forwarding(root).enable();
        assertEquals("1\n", Files.readString(four));
        assertEquals(FileTime.fromMillis(1_000), Files.getLastModifiedTime(six), "what is on already is not written: it may be read-only");
    }

    @Test
    void aKernelWithoutIpv6IsNoError(@TempDir Path root) throws IOException {
        Files.createDirectories(root.resolve("ipv4"));
        Path four = Files.writeString(root.resolve("ipv4/ip_forward"), "0\n");
        new Forwarding(root).enable();
        assertEquals("1\n", Files.readString(four));
    }
}
