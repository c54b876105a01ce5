package tombolo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tombolo.harness.Command;
import tombolo.harness.Link;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;

/** A measured daemon in a fresh namespace, joined to ours by one cable, with the sessions of one scenario. */
final class Stage implements AutoCloseable {
    static final String PREFIX = "tmbt-bench-";
    static final Namespace GENERATOR = new Namespace(PREFIX + "gen");
    private static final Namespace DAEMON = new Namespace(PREFIX + "dut");
    private static final int SESSION_LIMIT_SECONDS = 60;

    private final Subject.Running running;
    private final List<Speaker> speakers = new ArrayList<>();
    private final Foreign foreign = new Foreign();
    private double cpuBefore;

    Stage(Subject subject, Subject.Setup setup, Path project) {
        clear();
        Namespace.create(DAEMON.name());
        Link.veth(new Link.End(GENERATOR, "bench0"), new Link.End(DAEMON, "bench0"));
        for (int i = 1; i <= setup.peers(); i++) {
            GENERATOR.address("bench0", new Peer(i).text() + "/30");
            DAEMON.address("bench0", new Peer(i).daemonText() + "/30");
        }
        running = subject.start(DAEMON, setup, project);
    }

    private static void clear() {
        // A namespace lives on for a moment after its name is gone; its cable must not.
        Command.attempt("ip", "-n", GENERATOR.name(), "link", "delete", "bench0");
        DAEMON.delete();
        RunFiles.delete(RunFiles.BASE.resolve(DAEMON.name()));
    }

    Speaker connect(Peer peer, Speaker.Sink sink) throws IOException, InterruptedException {
        Speaker speaker = Speaker.connect(peer.text(), peer.daemonText(), peer.as(), sink, SESSION_LIMIT_SECONDS);
        speakers.add(speaker);
        return speaker;
    }

    /** Sets the CPU clock to zero. */
    void startCpu() {
        cpuBefore = running.measured().cpuSeconds();
        foreign.start(cpuBefore);
    }

    double cpuSeconds() {
        double now = running.measured().cpuSeconds();
        foreign.stop(now);
        return now - cpuBefore;
    }

    /** What others took of the machine meanwhile, in percent of all its cores. */
    int foreignPercent() {
        return foreign.percent();
    }

    double peakMemory() {
        return running.measured().peakMemoryMebibytes();
    }

    String protocol() {
        return running.protocol();
    }

    /** Ours that are still up; a session that ended by itself spoils the measurement. */
    void requireSessions() {
        for (Speaker speaker : speakers) {
            if (!speaker.alive() && !"closed by us".equals(speaker.end())) {
                throw new IllegalStateException("a session ended during the measurement: " + speaker.end());
            }
        }
    }

    /** How many prefixes the main IPv4 table of the daemon's namespace holds, from the kernel's own statistics. */
    int kernelPrefixes() throws IOException {
        boolean main = false;
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(running.measured().pid()), "net", "fib_triestat"))) {
            // One table or two: "Main:" stands above the first; "Local:" is there only where it is apart.
            main = line.startsWith("Main:") || main && !line.startsWith("Local:");
            if (main && line.strip().startsWith("Prefixes:")) {
                return Integer.parseInt(line.replaceAll("[^0-9]", ""));
            }
        }
        return 0;
    }

    /** An order-independent hash of prefix and gateway over the daemon's routes in the kernel, and their number. */
    long[] kernelContent() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("ip", "-4", "-n", DAEMON.name(), "route", "show", "proto", running.protocol()).start();
        long sum = 0;
        long count = 0;
        try (java.io.BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // 10.0.0.0/24 [nhid 12] via 10.1.0.2 dev ...: the kernel names the gateway also where the route goes through a nexthop object.
                List<String> words = List.of(line.split(" "));
                int via = words.indexOf("via");
                sum += routeHash(words.getFirst(), via > 0 && via + 1 < words.size() ? words.get(via + 1) : "");
                count++;
            }
        }
        process.waitFor();
        return new long[] {sum, count};
    }

    static long routeHash(String prefix, String gateway) {
        return Receiver.mix(prefix.hashCode() * 31L + gateway.hashCode() + ((long) prefix.length() << 48));
    }

    @Override
    public void close() {
        speakers.forEach(Speaker::close);
        running.stop().run();
        clear();
    }
}
