package tombolo.api.kernel.contract;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** A network namespace that a test makes and removes; skips the test where that is not possible. */
public final class Namespace implements AutoCloseable {
    private static final AtomicInteger COUNTER = new AtomicInteger();
    private final String name = "tmbt-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet();

    public Namespace() {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: making network namespaces needs root");
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/sbin/ip")) || Files.isExecutable(Path.of("/sbin/ip")) || Files.isExecutable(Path.of("/usr/bin/ip")),
                "skipped: the ip program (package iproute2) is not installed");
        run(List.of("ip", "netns", "add", name));
        ip("link set lo up");
    }

    public String path() {
        return "/run/netns/" + name;
    }

    public String name() {
        return name;
    }

    /** Runs {@code ip} inside, with the words of the text as arguments; answers its output. */
    public String ip(String words) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(Arrays.asList(words.strip().split("\\s+")));
        return run(command);
    }

    /** A veth pair with both ends inside: {@code a} with the address, {@code b} up. */
    public void veth(String a, String b, String... addresses) {
        ip("link add " + a + " type veth peer name " + b);
        for (String address : addresses) {
            ip("addr add " + address + " dev " + a + (address.contains(":") ? " nodad" : ""));
        }
        ip("link set " + a + " up");
        ip("link set " + b + " up");
    }

    /** The lines of {@code ip route show proto 201}, sorted. */
    public List<String> ours() {
        return ip("route show proto 201").lines().map(String::strip).sorted().toList();
    }

    /** The same for IPv6. */
    public List<String> ours6() {
        return ip("-6 route show proto 201").lines().map(String::strip).sorted().toList();
    }

    @Override
    public void close() {
        run(List.of("ip", "netns", "del", name));
    }

    public static String run(List<String> command) {
        return run("", command);
    }

    /** Runs a program. @param input what it reads; @return what it wrote; an {@link IllegalStateException} with that where it does not end with 0 */
    public static String run(String input, List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
