package tombolo.bench.cni;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tombolo.harness.Await;
import tombolo.harness.Command;
import tombolo.harness.GatewayNode;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;
import tombolo.harness.Turn;

/** {@code gateway bench cni [--quick] [--containers N] [--rounds N]}. Ends with 1 where a call failed or something was left behind. */
public final class Main {
    private static final String PREFIX = "tmbt-bc-";
    private static final Namespace HOST = new Namespace(PREFIX + "host");
    private static final int PARALLEL = 10;
    private static final Path REFERENCE = Path.of("/usr/lib/cni");

    private final int containers;
    private final int rounds;
    private final Path folder = RunFiles.folder(HOST, "bench");
    private boolean good = true;

    /** @param program what is executed; @param configuration its stdin; @param path CNI_PATH */
    private record Subject(String name, Path program, Path configuration, Path path) { }

    private Main(int containers, int rounds) {
        this.containers = containers;
        this.rounds = rounds;
    }

    public static void main(String[] words) throws Exception {
        int containers = 100;
        int rounds = 20;
        for (int i = 0; i < words.length; i++) {
            switch (words[i]) {
                case "cni" -> { }
                case "--quick" -> rounds = 3;
                case "--containers" -> containers = Integer.parseInt(words[++i]);
                case "--rounds" -> rounds = Integer.parseInt(words[++i]);
                default -> {
                    System.err.println("bench cni: unknown option " + words[i] + "; see gateway bench --help");
                    System.exit(2);
                }
            }
        }
        try (Turn turn = Turn.take(PREFIX, Duration.ofHours(1), () -> System.out.println("another checkout runs this benchmark; waiting"))) {
            Namespace.removeAll(PREFIX);
            RunFiles.removeAll(PREFIX);
            Main main = new Main(containers, rounds);
            try {
                main.run();
            } finally {
                Namespace.removeAll(PREFIX);
            }
            System.exit(main.good ? 0 : 1);
        }
    }

    private void run() throws Exception {
        Namespace.create(HOST.name());
        HOST.ip("link", "add", "up0", "type", "veth", "peer", "name", "up1");
        HOST.ip("addr", "add", "192.0.2.1/24", "dev", "up0");
        HOST.ip("link", "set", "dev", "up0", "up");
        HOST.ip("link", "set", "dev", "up1", "up");
        HOST.ip("route", "add", "default", "via", "192.0.2.254");
        for (int i = 0; i < containers; i++) {
            Command.run("ip", "netns", "add", PREFIX + i);
        }
        Path runner = runner();
        GatewayNode node = node();
        try {
            List<Subject> subjects = new ArrayList<>(List.of(new Subject("gateway, routed", folder.resolve("bin/tombolo"), write("gateway.json",
                    "{\"cniVersion\":\"1.0.0\",\"name\":\"bench\",\"type\":\"tombolo\",\"ipam\":{\"type\":\"tombolo-ipam\"}}"), folder.resolve("bin"))));
            if (Files.isExecutable(REFERENCE.resolve("ptp"))) {
                subjects.add(new Subject("ptp + host-local", REFERENCE.resolve("ptp"), write("ptp.json", reference("ptp", "10.66.0.0/16", "")), REFERENCE));
                subjects.add(new Subject("bridge + host-local", REFERENCE.resolve("bridge"), write("bridge.json", reference("bridge", "10.67.0.0/16", ",\"bridge\":\"tmbtbr0\",\"isGateway\":true")),
                        REFERENCE));
            } else {
                System.out.println("no reference plugins in " + REFERENCE + " (package containernetworking-plugins): measured alone");
            }
            System.out.printf("%d containers, %d rounds, %d processors, load %s%n", containers, rounds, Runtime.getRuntime().availableProcessors(), Files.readString(Path.of("/proc/loadavg")).strip());
            System.out.printf("%-22s %8s %8s %8s   %8s %8s   %14s%n", "", "ADD p50", "p90", "p99", "DEL p50", "p99", "ADD/s, 10 at once");
            print("exec of /bin/true", calls(runner, new Subject("", Path.of("/bin/true"), write("none.json", "{}"), folder), "ADD", 0, containers), new long[] {0}, 0);
            subjects.forEach(subject -> measure(runner, subject, 1, false)); // warm
            for (Subject subject : subjects) {
                measure(runner, subject, rounds, true);
            }
            String left = HOST.ip("-o", "link");
            if (left.contains("cali") || node.json("endpoint:list").size() > 0) {
                System.out.println("left behind: " + left + node.ask("endpoint:list"));
                good = false;
            }
            System.out.println("the node's peak memory: " + Math.round(node.daemon().peakMemoryMebibytes()) + " MiB");
        } finally {
            node.daemon().kill();
        }
    }

    private void measure(Path runner, Subject subject, int times, boolean shown) {
        List<long[]> adds = new ArrayList<>();
        List<long[]> deletes = new ArrayList<>();
        for (int round = 0; round < times; round++) {
            adds.add(calls(runner, subject, "ADD", 0, containers));
            deletes.add(calls(runner, subject, "DEL", 0, containers));
        }
        if (!shown) {
            return;
        }
        long start = System.nanoTime();
        parallel(runner, subject, "ADD");
        double rate = containers / ((System.nanoTime() - start) / 1e9);
        parallel(runner, subject, "DEL");
        print(subject.name(), joined(adds), joined(deletes), rate);
    }

    private static void print(String name, long[] adds, long[] deletes, double rate) {
        System.out.printf("%-22s %8.2f %8.2f %8.2f   %8.2f %8.2f   %14.0f%n", name, millis(adds, 0.5), millis(adds, 0.9), millis(adds, 0.99), millis(deletes, 0.5), millis(deletes, 0.99), rate);
    }

    private void parallel(Path runner, Subject subject, String command) {
        List<Thread> threads = new ArrayList<>();
        int each = containers / PARALLEL;
        for (int i = 0; i < PARALLEL; i++) {
            int first = i * each;
            threads.add(Thread.ofPlatform().start(() -> calls(runner, subject, command, first, each)));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Nanoseconds of each call. */
    private long[] calls(Path runner, Subject subject, String command, int first, int count) {
        List<String> words = List.of("ip", "netns", "exec", HOST.name(), "env", "CNI_PATH=" + subject.path(), "TOMBOLO_CNI_SOCKET=" + folder.resolve("cni.sock"), runner.toString(),
                subject.program().toString(), subject.configuration().toString(), command, Integer.toString(first), Integer.toString(count), PREFIX);
        List<String> lines = Command.run(words).lines().toList();
        long failed = lines.stream().filter(line -> !line.endsWith(" 0")).count();
        if (failed > 0 || lines.size() != count) {
            System.out.println(subject.name() + ": " + failed + " of " + count + " calls " + command + " failed");
            good = false;
        }
        return lines.stream().mapToLong(line -> Long.parseLong(line.substring(0, line.indexOf(' ')))).toArray();
    }

    private GatewayNode node() throws IOException {
        Path etc = folder.resolve("etc");
        RunFiles.write(etc.resolve("tombolo.node.cfg"), "name = bench\n");
        RunFiles.write(etc.resolve("tombolo.cni.cfg"), "enabled = true\nsocket = " + folder.resolve("cni.sock") + "\n");
        Path project = Path.of(System.getProperty("tombolo.root", "")).toAbsolutePath();
        Command.run(project.resolve("gateway").toString(), "cni", "install", "--bin-dir", folder.resolve("bin").toString(), "--conf-dir", folder.resolve("net.d").toString());
        GatewayNode node = GatewayNode.start(project, HOST, folder.resolve("home"), etc, Map.of());
        try {
            node.awaitShell("cni:status");
            Path pool = write("pool.yaml", "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: bench}\nspec: {cidr: 10.65.0.0/16}\n");
            Await.until(GatewayNode.START, () -> "the pool is taken; last answer: " + node.attempt("resource:apply -f " + pool).output(), () -> node.attempt("resource:apply -f " + pool).ok());
            Await.until(GatewayNode.START, () -> "the node is ready; last answer: " + node.attempt("cni:status").output(), () -> node.attempt("cni:status --json").output().contains("\"missing\": []"));
            return node;
        } catch (RuntimeException e) {
            node.daemon().kill();
            throw e;
        }
    }

    private Path runner() throws IOException {
        Path source = folder.resolve("runner.c");
        try (InputStream in = Objects.requireNonNull(Main.class.getResourceAsStream("/tombolo/bench/cni/runner.c"))) {
            Files.createDirectories(folder);
            Files.write(source, in.readAllBytes());
        }
        Command.run("cc", "-O1", "-o", folder.resolve("runner").toString(), source.toString());
        return folder.resolve("runner");
    }

    private String reference(String type, String subnet, String more) {
        return "{\"cniVersion\":\"1.0.0\",\"name\":\"bench-" + type + "\",\"type\":\"" + type + "\"" + more + ",\"ipam\":{\"type\":\"host-local\",\"subnet\":\"" + subnet + "\",\"dataDir\":\""
                + folder.resolve("host-local-" + type) + "\"}}";
    }

    private Path write(String name, String text) {
        Path file = folder.resolve(name);
        RunFiles.write(file, text);
        return file;
    }

    private static long[] joined(List<long[]> parts) {
        return parts.stream().flatMapToLong(Arrays::stream).toArray();
    }

    private static double millis(long[] nanos, double part) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * part))] / 1e6;
    }
}
