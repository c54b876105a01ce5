package tombolo.bench.ipam;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tombolo.harness.RunFiles;

/**
 * {@code gateway bench ipam [--quick] [--only embedded,etcd,load,faults-embedded,faults-etcd] [--operations N] [--faults N] [--seed N]}. Ends with 1 where a fault run found
 * something that must never happen.
 */
public final class Main {
    private static final List<String> PARTS = List.of("embedded", "etcd", "load", "faults-embedded", "faults-etcd");

    private Main() { }

    public static void main(String[] words) throws Exception {
        boolean quick = false;
        long seed = System.nanoTime();
        long operations = 0;
        int faults = 40;
        List<String> parts = PARTS;
        try {
            for (int i = 0; i < words.length; i++) {
                switch (words[i]) {
                    case "ipam" -> { }
                    case "--quick" -> quick = true;
                    case "--only" -> parts = List.of(words[++i].split(","));
                    case "--operations" -> operations = Long.parseLong(words[++i]);
                    case "--faults" -> faults = Integer.parseInt(words[++i]);
                    case "--seed" -> seed = Long.parseLong(words[++i]);
                    default -> throw new IllegalArgumentException("unknown option " + words[i]);
                }
            }
            if (!PARTS.containsAll(parts)) {
                throw new IllegalArgumentException("--only takes of " + PARTS);
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException problem) {
            System.err.println("bench ipam: " + problem.getMessage() + "; see gateway bench --help");
            System.exit(2);
        }
        // on the disk that the node would use, not on one in memory
        Path directory = Files.createTempDirectory(Path.of(System.getProperty("tombolo.root", "")).toAbsolutePath(), ".bench-ipam-");
        boolean good = true;
        try {
            System.out.println("seed " + seed + ", in " + directory.getFileName() + ", " + Runtime.getRuntime().availableProcessors() + " processors");
            for (String part : parts) {
                good &= run(part, Files.createDirectories(directory.resolve(part)), quick, seed, operations > 0 ? operations : quick ? 10_000 : 100_000, faults);
            }
        } finally {
            RunFiles.delete(directory);
        }
        System.exit(good ? 0 : 1);
    }

    private static boolean run(String part, Path directory, boolean quick, long seed, long operations, int faults) throws Exception {
        if (part.contains("etcd") && !Files.isExecutable(Etcd.BINARY)) {
            System.out.println(part + ": skipped, no " + Etcd.BINARY + " (package etcd-server)");
            return true;
        }
        switch (part) {
            case "embedded" -> new IpamBench(directory, quick ? 2 : 5, quick ? 10_000 : 100_000).run();
            case "etcd" -> new EtcdBench(directory, quick ? 2 : 5).run();
            case "load" -> new IpamBench(directory, 1, 0).load(quick ? 1_000 : 10_000, 16);
            default -> {
                FaultRun.Result result = new FaultRun(directory, part.equals("faults-etcd"), operations, Math.max(1, faults), seed).run();
                System.out.println(result.summary());
                result.violations().forEach(violation -> System.out.println("  VIOLATION " + violation));
                System.out.println(result.violations().isEmpty() ? "  nothing held twice, nothing lost, nothing leaked" : "  " + result.violations().size() + " violations");
                return result.violations().isEmpty();
            }
        }
        return true;
    }
}
