package tombolo.bench.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.IntFunction;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.Settings;
import tombolo.api.nftables.Nftables;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.bench.policy.TimedWriter.Note;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.harness.Command;
import tombolo.harness.HarnessException;
import tombolo.harness.Namespace;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.policy.adapter.PolicyNode;

/**
 * A process with policy alone in it: {@code Worker NAMESPACE NFT-NAMESPACE FOLDER quick|full PART,...}. What is told of a resource is its text, as the datastore's event
 * has it: reading it is part of what is measured. Prints lines for the report; ends with 1 where something was left behind.
 */
final class Worker {
    private static final long MIB = 1 << 20;
    private static final int SPREAD = 20_000;
    private static final BgpSettings NO_BGP = new BgpSettings(Optional.empty(), Optional.empty(), List.of(), 179, 1, 1, false, false, true, 100, 120, 120, Optional.empty(), 1);

    private final Namespace ours;
    private final Namespace its;
    private final NftProgram nft;
    private final boolean quick;
    private final World world;
    private final List<String> parts;
    /** Until nft fails at something: the rest is measured alone. */
    private boolean beside = Command.available("nft");
    private boolean good = true;

    private Worker(String[] words) {
        ours = new Namespace(words[0]);
        its = new Namespace(words[1]);
        nft = new NftProgram(ours, its, Path.of(words[2]));
        quick = words[3].equals("quick");
        world = quick ? new World(100, 2_000, 200, "TCP") : new World(1_000, 99_000, 2_000, "TCP");
        parts = List.of(words[4].split(","));
    }

    public static void main(String[] words) throws Exception {
        Worker worker = new Worker(words);
        worker.run();
        System.exit(worker.good ? 0 : 1);
    }

    /** A policy engine and what it hears and writes. */
    private final class Node implements AutoCloseable {
        final NftablesWriter kernel;
        final TimedWriter writer;
        final ToldResources resources = new ToldResources();
        final PolicyNode policy = new PolicyNode(Optional.empty());

        Node(LinuxNetlink netlink) {
            kernel = new NftablesWriter(netlink, Optional.of("/run/netns/" + ours.name()));
            writer = new TimedWriter(kernel);
            policy.settingsChanged(new Settings(new NodeSettings(World.NODE, 254, 20, 10, false, List.of()), NO_BGP, Map.of(), Map.of(), Map.of(), Map.of()));
            policy.writerCame(writer);
            policy.resourcesCame(resources);
        }

        /** Tells what a document says and waits until it is in force; milliseconds from the document's arrival. */
        Note tell(String document) throws InterruptedException {
            resources.tell(false, List.of(World.read(document)), List.of());
            return writer.next();
        }

        @Override
        public void close() {
            policy.close();
            kernel.close();
        }
    }

    private void run() throws Exception {
        List<Resource> all = world.resources();
        collect();
        long before = used();
        try (LinuxNetlink netlink = new LinuxNetlink()) {
            life(netlink, all, before);
            if (parts.contains("load")) {
                restart(netlink, all);
            }
        }
    }

    /** A method of its own: a frame that lives on, when it is interpreted, holds the first node beside the second, and the heap is made for one. */
    private void life(LinuxNetlink netlink, List<Resource> all, long before) throws Exception {
        try (Node node = new Node(netlink)) {
            load(node, all, before);
            if (parts.contains("latency")) {
                latencies(node);
            }
            if (parts.contains("churn")) {
                churn(node);
            }
        }
    }

    // ---------------------------------------------------------------- the full start

    private void load(Node node, List<Resource> all, long before) throws Exception {
        long cpu = cpu();
        long start = System.nanoTime();
        node.resources.tell(true, all, List.of());
        Note note = node.writer.next();
        double whole = millis(note.endNanos() - start);
        double compile = millis(note.handedNanos() - start);
        long spent = cpu() - cpu;
        nft.know(note.change());
        if (!parts.contains("load")) {
            return;
        }
        collect();
        Nftables.Status status = node.writer.status();
        row("full start: " + world.local() + " endpoints, " + world.remote() + " addresses elsewhere, " + world.policies() + " policies", String.format(Locale.ROOT, "%.0f ms", whole), "", "3,000 ms",
                program(nft::load).map(millis -> String.format(Locale.ROOT, "%.0f ms, without compiling", millis)).orElse(""), String.format(Locale.ROOT, "%.0f ms compiled and rendered, %.0f ms kernel; CPU %.2f s; %d chains, %d sets, %d elements",
                        compile, whole - compile, spent / 1e9, status.chains(), status.sets(), status.elements()));
        row("memory", String.format(Locale.ROOT, "%d MiB of heap", used() / MIB), "", "400 MB", "", String.format(Locale.ROOT, "%d MiB of that are the resources themselves; resident %d MiB, peak %d MiB, of the whole process",
                before / MIB, resident("VmRSS"), resident("VmHWM")));
    }

    /** Another life over the same kernel: what it finds is what it wants. */
    private void restart(LinuxNetlink netlink, List<Resource> all) throws Exception {
        try (Node node = new Node(netlink)) {
            long start = System.nanoTime();
            node.resources.tell(true, all, List.of());
            Note note = node.writer.next();
            boolean changed = parts.contains("latency") || parts.contains("churn"); // meanwhile, so that something does differ
            boolean nothing = note.outcome().equals(Optional.of(new Nftables.Outcome.InForce(0)));
            good &= changed || nothing;
            row("restart over the same table", String.format(Locale.ROOT, "%.0f ms", millis(note.endNanos() - start)), "", "", "",
                    nothing ? "compiled, read and compared: nothing was written" : changed ? "only what was other than before was replaced" : "SOMETHING WAS WRITTEN");
        }
    }

    // ---------------------------------------------------------------- changes

    private void latencies(Node node) throws Exception {
        int times = quick ? 30 : 300;
        int fresh = world.local() + world.remote() + SPREAD;
        measure(node, "label of a local endpoint", "p99 10 ms", i -> World.pod(i % world.local(), true, i / world.local() % 2 == 0 ? "other" : "db"), times);
        measure(node, "a local endpoint more", "p99 10 ms", i -> World.pod(fresh + i, true, "web"), times);
        measure(node, "an address more in sets of addresses", "1 ms", i -> World.pod(fresh + SPREAD + i, false, "web"), times);
        measure(node, "a network more in a set of 10,000", "1 ms", i -> World.blocked(i, "172.30." + i / 16 % 256 + "." + i % 16 * 16 + "/28"), times);
        measure(node, "a policy of every endpoint", "500 ms", World::everybody, quick ? 6 : 20);
    }

    private void measure(Node node, String what, String goal, IntFunction<String> step, int times) throws Exception {
        double[] whole = new double[times];
        double[] compile = new double[times];
        double[] first = new double[times];
        int compared = beside ? Math.min(3, times / 3) : 0;
        long cpu = 0;
        long aside = 0;
        // Half of them warm the JVM up, as a node that has been running is, and are told apart; nft then makes the last ones too.
        for (int i = 0; i < 2 * times; i++) {
            String document = step.apply(i);
            if (i == times) {
                cpu = cpu();
                aside = 0;
            }
            long start = System.nanoTime();
            Note note = node.tell(document);
            if (i < times) {
                first[i] = millis(note.endNanos() - start);
            } else {
                whole[i - times] = millis(note.endNanos() - start);
                compile[i - times] = millis(note.handedNanos() - start);
            }
            long told = cpu();
            nft.know(note.change()); // and forgotten: twenty changes of all endpoints are more than the node's whole policy
            aside += cpu() - told;
        }
        double spent = (cpu() - cpu - aside) / 1e6 / times;
        Arrays.sort(whole);
        Arrays.sort(first);
        Arrays.sort(compile);
        List<Double> program = new ArrayList<>();
        if (beside) {
            program(this::resync);
        }
        for (int i = 0; i < compared && beside; i++) {
            Note note = node.tell(step.apply(2 * times + i));
            program(() -> nft.apply(note.change())).ifPresent(program::add);
        }
        row(what, String.format(Locale.ROOT, "%.2f ms", at(whole, 0.5)), String.format(Locale.ROOT, "%.2f ms", at(whole, 0.99)), goal,
                program.isEmpty() ? "" : String.format(Locale.ROOT, "%.0f ms", program.stream().sorted().toList().get(program.size() / 2)), String.format(Locale.ROOT, "compiled p50 %.2f, p99 %.2f ms; CPU %.2f ms each, the kernel's included; the first %d in a cold JVM p50 %.2f, p99 %.2f ms",
                        at(compile, 0.5), at(compile, 0.99), spent, times, at(first, 0.5), at(first, 0.99)));
    }

    /** Makes nft's table what ours is, whatever has been changed in it since. */
    private double resync() {
        its.attempt("nft", "delete", "table", "inet", Nftables.TABLE);
        return nft.load();
    }

    /** What nft takes, in milliseconds; empty where it is not there or cannot do it. */
    private Optional<Double> program(DoubleSupplier task) {
        if (!beside) {
            return Optional.empty();
        }
        try {
            return Optional.of(task.getAsDouble());
        } catch (HarnessException e) {
            beside = false;
            System.err.println("nft cannot follow: " + String.valueOf(e.getMessage()).lines().limit(5).toList());
            return Optional.empty();
        }
    }

    // ---------------------------------------------------------------- many that come and go

    private void churn(Node node) throws Exception {
        int many = quick ? 1_000 : 10_000;
        int at = 20;
        Nftables.Status before = node.writer.status();
        List<Long> heap = new ArrayList<>();
        collect();
        heap.add(used() / MIB);
        long start = System.nanoTime();
        for (int i = 0; i < many; i += at) {
            List<Resource> batch = new ArrayList<>();
            List<ResourceId> ids = new ArrayList<>();
            for (int j = 0; j < at; j++) {
                Resource pod = World.read(World.pod(world.local() + world.remote() + 3 * SPREAD + i + j, true, j % 2 == 0 ? "web" : "db"));
                batch.add(pod);
                ids.add(pod.id());
            }
            node.resources.tell(false, batch, List.of());
            node.writer.next();
            node.resources.tell(false, List.of(), ids);
            node.writer.next();
            if ((i + at) % (many / 5) == 0) {
                collect();
                heap.add(used() / MIB);
            }
        }
        Nftables.Status after = node.writer.status();
        boolean same = before.chains() == after.chains() && before.sets() == after.sets() && before.elements() == after.elements();
        boolean flat = heap.getLast() <= heap.get(1) * 1.05 + 2;
        good &= same && flat;
        row(many + " endpoints came and went, " + at + " at once", String.format(Locale.ROOT, "%.2f s", (System.nanoTime() - start) / 1e9), "", "flat memory", "", "heap after a collection " + heap + " MiB"
                + (flat ? "" : ", WHICH GROWS") + "; resident " + resident("VmRSS") + " MiB; " + (same ? "chains, sets and elements as before" : "LEFT BEHIND: " + before + " became " + after));
    }

    // ---------------------------------------------------------------- words and numbers

    private static void row(String what, String p50, String p99, String goal, String program, String limits) {
        System.out.println("| " + String.join(" | ", what, p50, p99, goal, program, limits) + " |");
    }

    private static double at(double[] sorted, double part) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    private static void collect() {
        System.gc();
        System.gc();
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long resident(String line) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(one -> one.startsWith(line + ":")).mapToLong(one -> Long.parseLong(one.replaceAll("[^0-9]", "")) / 1024).findFirst().orElse(0);
    }

    /** Of this process and of what the kernel does in its calls, in nanoseconds. */
    private static long cpu() {
        return java.lang.management.ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
