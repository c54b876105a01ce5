package tombolo.bench.cni;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import tombolo.harness.Command;
import tombolo.harness.Namespace;

/** Executes plugins as a runtime does, by a C program: what a JVM takes to start a process would be most of what is measured. */
final class Runner {
    private final Path program;
    private final Namespace host;
    private final String containers;
    private final Path socket;

    /** @param path CNI_PATH; @param program what is executed; @param configuration its stdin */
    record Subject(String name, Path program, Path configuration, Path path) { }

    /** One execution. @param startNanos of the machine's monotonic clock */
    record Call(long nanos, int status, long startNanos) { }

    /**
     * @param host       the namespace in which plugins are executed
     * @param containers what the names of the containers' namespaces begin with, before a number
     * @param socket     of the gateway
     */
    Runner(Path folder, Namespace host, String containers, Path socket) throws IOException {
        this.host = host;
        this.containers = containers;
        this.socket = socket;
        this.program = folder.resolve("runner");
        Path source = folder.resolve("runner.c");
        Files.createDirectories(folder);
        try (InputStream in = Objects.requireNonNull(Runner.class.getResourceAsStream("/tombolo/bench/cni/runner.c"))) {
            Files.write(source, in.readAllBytes());
        }
        Command.run("cc", "-O1", "-o", program.toString(), source.toString());
    }

    /** One after another, for the containers first, first + 1, ... */
    List<Call> calls(Subject subject, String command, int first, int count) {
        List<String> words = List.of("ip", "netns", "exec", host.name(), "env", "CNI_PATH=" + subject.path(), "TOMBOLO_CNI_SOCKET=" + socket, program.toString(),
                subject.program().toString(), subject.configuration().toString(), command, Integer.toString(first), Integer.toString(count), containers);
        return Command.run(words).lines().map(line -> line.split(" ")).map(line -> new Call(Long.parseLong(line[0]), Integer.parseInt(line[1]), Long.parseLong(line[2]))).toList();
    }

    /** By several at once, each for its part of the containers. */
    List<Call> parallel(Subject subject, String command, int count, int at) {
        List<Call> all = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < at; i++) {
            int first = count * i / at;
            int next = count * (i + 1) / at;
            threads.add(Thread.ofPlatform().start(() -> all.addAll(calls(subject, command, first, next - first))));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return List.copyOf(all);
    }

    /** Calls a second, from the first one's start to the last one's end. */
    static double rate(List<Call> calls) {
        long start = calls.stream().mapToLong(Call::startNanos).min().orElse(0);
        long end = calls.stream().mapToLong(call -> call.startNanos() + call.nanos()).max().orElse(1);
        return calls.size() * 1e9 / Math.max(1, end - start);
    }

    static double millis(List<Call> calls, double part) {
        return millis(calls.stream().mapToLong(Call::nanos).toArray(), part);
    }

    static double millis(long[] nanos, double part) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * part))] / 1e6;
    }
}
