package tombolo.dataplane.adapter.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** A network namespace that a test makes and removes, with what the programs ip and nft say in it. */
public final class Space implements AutoCloseable {
    private static final AtomicInteger COUNTER = new AtomicInteger();
    private final String name = "tmbt-n" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet();

    public Space() {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: making network namespaces needs root");
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nft")), "skipped: the nft program (package nftables) is not installed");
        run("", List.of("ip", "netns", "add", name));
        ip("link set lo up");
    }

    public String path() {
        return "/run/netns/" + name;
    }

    public String name() {
        return name;
    }

    public String ip(String words) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(Arrays.asList(words.strip().split("\\s+")));
        return run("", command);
    }

    /** Runs {@code nft}, with what stands on its stdin as a script. */
    public String nft(String script) {
        return run(script, inside("nft", "-f", "-"));
    }

    public String list() {
        return run("", inside("nft", "list", "table", "inet", "tombolo"));
    }

    public List<String> inside(String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", name));
        command.addAll(List.of(words));
        return command;
    }

    @Override
    public void close() {
        run("", List.of("ip", "netns", "del", name));
    }

    /** Waits, at most 20 s, for what other threads and the kernel do. */
    public static void eventually(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within 20 s: " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    public static String run(String input, List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), command + ": " + output);
            return output;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
