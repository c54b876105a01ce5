package tombolo.bench.expressroute;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import tombolo.api.datastore.Datastore;
import tombolo.api.expressroute.Report;
import tombolo.api.json.Json;
import tombolo.azure.simulator.Misfortune;
import tombolo.azure.simulator.Simulator;
import tombolo.azure.simulator.edge.Edge;
import tombolo.datastore.adapter.EmbeddedStore;
import tombolo.harness.Await;

/** What does not need packets: the plan, the doctor, and what polling costs of ARM's account. */
final class AzureSide {
    private static final int PLANNED = 100;
    private static final int POLLED = 50;
    /** What ARM's documentation gives a principal in a subscription: 25 reads a second, 250 at once. */
    private static final double DOCUMENTED_PER_SECOND = 25;
    private static final Duration LATENCY = Duration.ofMillis(150);
    private static final Duration TABLE = Duration.ofSeconds(3);
    private static final int PLAN_GOAL_MILLIS = 100;
    private static final int DOCTOR_GOAL_MILLIS = 3_000;
    private static final int POLLING_GOAL_PERCENT = 10;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Path folder;
    private final boolean quick;
    private final Consumer<Row> rows;

    AzureSide(Path folder, boolean quick, Consumer<Row> rows) {
        this.folder = folder;
        this.quick = quick;
        this.rows = rows;
    }

    /** The first plan in this JVM, by the requests that it takes; then from the same answers again, from ARM's JSON to the report. */
    void plan() throws IOException {
        try (CloudDesk desk = new CloudDesk(folder.resolve("plan"), PLANNED, false, Duration.ZERO)) {
            TimedArm arm = new TimedArm(desk.client, Duration.ZERO);
            desk.node.armSlot().set(arm);
            long start = System.nanoTime();
            Report first = desk.node.plan(Optional.empty());
            long end = System.nanoTime();
            int steps = planned(first);
            double asked = arm.busyNanos(end) / 1e6;
            double cold = (end - start) / 1e6 - asked;
            int requests = arm.requests();
            arm.replay();
            double[] again = new double[quick ? 20 : 200];
            double[] cpu = new double[again.length];
            for (int i = -again.length / 10; i < again.length; i++) { // the first tenth only warms up
                long spent = THREADS.getCurrentThreadCpuTime();
                start = System.nanoTime();
                desk.node.plan(Optional.empty());
                if (i >= 0) {
                    again[i] = (System.nanoTime() - start) / 1e6;
                    cpu[i] = (THREADS.getCurrentThreadCpuTime() - spent) / 1e6;
                }
            }
            Arrays.sort(again);
            Arrays.sort(cpu);
            double middle = again[again.length / 2];
            rows.accept(new Row("plan of " + PLANNED + " circuits", String.format(Locale.ROOT, "%.1f ms (p50 of %d), %.1f ms at most; %.1f ms of processor time", middle, again.length, again[again.length - 1], cpu[cpu.length / 2]),
                    PLAN_GOAL_MILLIS + " ms", middle < PLAN_GOAL_MILLIS, String.format(Locale.ROOT, "from ARM's answers to the text of `er:plan`, %d steps in it; the very first in a fresh JVM %.0f ms beyond its %d requests, which took %.0f ms",
                    steps, cold, requests, asked)));
        }
    }

    /** @return the steps in a report of plans; each circuit must have its own */
    private static int planned(Report report) {
        List<Json> plans = ((Json.Arr) report.json()).items();
        int steps = 0;
        for (Json plan : plans) {
            Json.Obj one = (Json.Obj) plan;
            int own = one.array("steps").size();
            if (own == 0 || !one.array("refusals").isEmpty()) {
                throw new IllegalStateException("wanted a plan with steps and no refusal: " + one);
            }
            steps += own;
        }
        if (plans.size() != PLANNED) {
            throw new IllegalStateException(plans.size() + " plans of " + PLANNED + " circuits");
        }
        return steps;
    }

    /** Once with an Azure that answers at once, once with one that takes its time. */
    void doctor() throws IOException {
        visit("doctor, Azure answers at once", Duration.ZERO, Duration.ZERO);
        visit(String.format(Locale.ROOT, "doctor, %d ms a request, %d s a table", LATENCY.toMillis(), TABLE.toSeconds()), LATENCY, quick ? Duration.ofSeconds(1) : TABLE);
    }

    private void visit(String what, Duration latency, Duration table) throws IOException {
        try (CloudDesk desk = new CloudDesk(Files.createTempDirectory(folder, "doctor"), 1, true, Duration.ZERO); NodeTables tables = new NodeTables(desk.settings)) {
            desk.node.sessionsSlot().set(tables);
            desk.node.routesSlot().set(tables.routes());
            desk.node.linksSlot().set(tables);
            List<Edge.Route> learned = new ArrayList<>();
            for (int i = 0; i < NodeTables.FROM_SITE; i++) {
                learned.add(new Edge.Route("192.168." + (i >> 8) + "." + (i & 255) + "/32", "172.16.0.1", "", 0, "65010 " + NodeTables.SITE_AS));
            }
            desk.edge.customerAnnounces(desk.serviceKey(0), "AzurePrivatePeering", learned);
            TimedArm arm = new TimedArm(desk.client, table);
            desk.node.armSlot().set(arm);
            int count = quick || !latency.isZero() ? 3 : 10;
            double[] own = new double[count];
            double[] wall = new double[count];
            for (int i = 0; i < count; i++) {
                if (!latency.isZero()) {
                    desk.azure.clearFaults();
                    desk.azure.fail(" ", 1_000, new Misfortune.Late(latency)); // every call has a blank between method and path
                    desk.azure.delayOperation("POST ", 100, table);
                }
                arm.reset();
                List<String> told = new ArrayList<>();
                long start = System.nanoTime();
                Report report = desk.node.doctor(CloudDesk.name(0), told::add);
                long end = System.nanoTime();
                wall[i] = (end - start) / 1e6;
                own[i] = (end - start - arm.busyNanos(end)) / 1e6;
                if (told.isEmpty() || told.stream().anyMatch(line -> line.startsWith("tables of ")) || report.blocks().isEmpty()) {
                    throw new IllegalStateException("the doctor could not see the edge: " + told);
                }
                if (told.stream().filter(line -> line.contains("IPv4 prefixes: ") && line.contains(" " + NodeTables.FROM_SITE + " advertised")).count() != 2) {
                    throw new IllegalStateException("the doctor did not see what both links are told: " + told);
                }
            }
            int requests = arm.requests();
            double first = own[0];
            Arrays.sort(own);
            Arrays.sort(wall);
            rows.accept(new Row(what, String.format(Locale.ROOT, "%.0f ms (p50 of %d), %.0f ms at most", own[count / 2], count, own[count - 1]), DOCTOR_GOAL_MILLIS + " ms", own[count - 1] < DOCTOR_GOAL_MILLIS,
                    String.format(Locale.ROOT, "wall time less that in which Azure had a request or an operation of ours: %d requests, wall %.0f ms (p50); the pauses between polls count as ours; the first %.0f ms;"
                            + " both peerings, %,d routes at each edge, which are advertised here; %,d prefixes from each edge for each peering in the node's tables", requests, wall[count / 2], first, NodeTables.FROM_SITE,
                    NodeTables.FROM_EDGE)));
        }
    }

    /** The watch as it runs in a node, for a bounded real time; counted where the requests arrive. */
    void polling() throws IOException {
        Duration span = quick ? Duration.ofSeconds(20) : Duration.ofMinutes(3);
        List<Datastore> opened = new ArrayList<>();
        EmbeddedStore files = EmbeddedStore.of(Files.createDirectories(folder.resolve("store")), opened::add, opened::clear);
        files.open();
        try (CloudDesk desk = new CloudDesk(folder.resolve("polling"), POLLED, false, Duration.ZERO)) {
            desk.node.armSlot().set(desk.client);
            desk.node.storeSlot().set(opened.getFirst());
            List<Integer> perWindow = new ArrayList<>();
            Duration window = span.dividedBy(quick ? 2 : 6);
            desk.node.startWatch();
            int all = 0;
            for (int i = 0; i < (quick ? 2 : 6); i++) {
                int before = desk.azure.seen().size();
                Await.staysFor(window, () -> true);
                int now = desk.azure.seen().size();
                perWindow.add(now - before);
                all = now;
            }
            List<Simulator.Seen> seen = desk.azure.seen();
            long changing = seen.stream().filter(call -> !call.method().equals("GET")).count();
            long refused = seen.stream().filter(call -> call.status() == 429).count();
            double most = perWindow.stream().mapToInt(Integer::intValue).max().orElse(0) / (window.toMillis() / 1e3);
            double last = perWindow.getLast() / (window.toMillis() / 1e3);
            if (all == 0 || changing > 0 || refused > 0) {
                throw new IllegalStateException(all + " requests, " + changing + " of them change something, " + refused + " were refused");
            }
            rows.accept(new Row("polling " + POLLED + " circuits once a minute", String.format(Locale.ROOT, "%.1f %% of ARM's reads", 100 * last / DOCUMENTED_PER_SECOND), POLLING_GOAL_PERCENT + " %",
                    100 * most / DOCUMENTED_PER_SECOND < POLLING_GOAL_PERCENT, String.format(Locale.ROOT, "%.2f requests a second of the %.0f that a principal may read in a subscription, in the last %d of %d s; %.2f at most,"
                    + " while all circuits are read as a whole (%.1f %%); %d requests in all, counted at the simulator, none of which changes anything", last, DOCUMENTED_PER_SECOND, window.toSeconds(), span.toSeconds(), most,
                    100 * most / DOCUMENTED_PER_SECOND, all)));
        } finally {
            files.close();
        }
    }
}
