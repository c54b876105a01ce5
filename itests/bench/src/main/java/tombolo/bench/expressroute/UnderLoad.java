package tombolo.bench.expressroute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import tombolo.bench.Loader;
import tombolo.harness.HarnessException;

/** BFD with both edges while a third neighbour tells a full table, which goes to the kernel. */
final class UnderLoad {
    private static final int LIMIT_SECONDS = 120;
    /** What the neighbour grants: RFC 5880 §6.8.4 with 300 ms, three times, less the interval of the packet before. */
    private static final int GRANTED_MILLIS = 900;
    private static final int EDGES = 100;

    private final Path project;
    private final Path home;
    private final Path folder;
    private final boolean quick;
    private final Consumer<Row> rows;

    UnderLoad(Path project, Path home, Path folder, boolean quick, Consumer<Row> rows) {
        this.project = project;
        this.home = home;
        this.folder = folder;
        this.quick = quick;
        this.rows = rows;
    }

    void run() throws Exception {
        int prefixes = quick ? 100_000 : 1_000_000;
        Ground ground = Ground.create(EDGES);
        Router.Running router = Router.GATEWAY.start(project, home);
        Path errors = folder.resolve("loader.log");
        try {
            ground.converge(EDGES);
            Path log = router.node().orElseThrow().home().resolve("data/log/karaf.log");
            long lost = losses(log);
            Process loader = new ProcessBuilder(Ground.LOADER.inside(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                    Loader.class.getName(), Integer.toString(prefixes))).redirectError(errors.toFile()).start();
            try (BfdCapture a = BfdCapture.start(Ground.ROUTER, "edge-a", folder.resolve("load-a.pcap")); BfdCapture b = BfdCapture.start(Ground.ROUTER, "edge-b", folder.resolve("load-b.pcap"))) {
                double seconds = load(loader, prefixes, errors);
                a.close();
                b.close();
                report(List.of(a.packets(), b.packets()), losses(log) - lost, prefixes, seconds);
            } finally {
                loader.destroy();
                loader.waitFor(5, TimeUnit.SECONDS);
            }
        } finally {
            router.stop().run();
        }
    }

    /** Until the kernel has them, and a second more. */
    private double load(Process loader, int prefixes, Path errors) throws IOException {
        int before = Ground.prefixes();
        long start = System.nanoTime();
        loader.getOutputStream().write('\n');
        loader.getOutputStream().flush();
        int now = before;
        // Of the generated prefixes some may be the edges' own, which are there already.
        while (now < before + prefixes - EDGES) {
            if (!loader.isAlive() || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(LIMIT_SECONDS)) {
                throw new HarnessException((now - before) + " of " + prefixes + " prefixes in the kernel after " + (System.nanoTime() - start) / 1_000_000_000 + " s; the loader: " + Files.readString(errors));
            }
            LockSupport.parkNanos(Duration.ofMillis(300).toNanos()); // the statistics walk the whole table
            now = Ground.prefixes();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        return seconds;
    }

    private static long losses(Path log) throws IOException {
        try (java.util.stream.Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("TMB-BFD-002")).count();
        }
    }

    private void report(List<List<BfdCapture.Packet>> links, long lost, int prefixes, double seconds) {
        long widest = 0;
        int sent = 0;
        long alarms = lost;
        for (List<BfdCapture.Packet> link : links) {
            long last = 0;
            for (BfdCapture.Packet packet : link) {
                alarms += packet.state() == BfdCapture.UP ? 0 : 1;
                if (packet.from().equals(Ground.ROUTER_A) || packet.from().equals(Ground.ROUTER_B)) {
                    widest = last == 0 ? widest : Math.max(widest, packet.epochMicros() - last);
                    last = packet.epochMicros();
                    sent++;
                }
            }
        }
        if (sent == 0) {
            throw new HarnessException("no BFD packet of the gateway's was seen");
        }
        rows.accept(new Row(String.format(Locale.ROOT, "BFD while %,d prefixes are loaded", prefixes), String.format(Locale.ROOT, "%d false alarms; %.0f ms between two packets at most", alarms, widest / 1e3),
                "none; " + GRANTED_MILLIS + " ms", alarms == 0 && widest / 1_000 < GRANTED_MILLIS, String.format(Locale.ROOT, "300 ms, three times, with two edges; %d packets sent in %.1f s, from the first UPDATE until the"
                + " kernel had the last route and a second more; an alarm is a packet of either side that does not say Up, or TMB-BFD-002", sent, seconds)));
    }
}
