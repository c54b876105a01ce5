package tombolo.dataplane.adapter.nftables;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import tombolo.api.kernel.contract.Namespace;

/** A network namespace that a test makes and removes, with what the program nft says in it. */
public final class Space implements AutoCloseable {
    private final Namespace namespace = new Namespace();

    public Space() {
        if (!Files.isExecutable(Path.of("/usr/sbin/nft"))) {
            namespace.close();
            Assumptions.abort("skipped: the nft program (package nftables) is not installed");
        }
    }

    public String path() {
        return namespace.path();
    }

    public String name() {
        return namespace.name();
    }

    public String ip(String words) {
        return namespace.ip(words);
    }

    /** Runs {@code nft}, with what stands on its stdin as a script. */
    public String nft(String script) {
        return Namespace.run(script, inside("nft", "-f", "-"));
    }

    public String list() {
        return Namespace.run(inside("nft", "list", "table", "inet", "tombolo"));
    }

    public List<String> inside(String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", name()));
        command.addAll(List.of(words));
        return command;
    }

    @Override
    public void close() {
        namespace.close();
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
}
