package tombolo.azure.expressroute.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.bfd.Bfd;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.config.CircuitSettings;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.expressroute.Report;
import tombolo.api.json.Json;
import tombolo.api.kernel.Links;
import tombolo.azure.expressroute.core.ArmCircuits;
import tombolo.azure.expressroute.core.CeConfig;
import tombolo.azure.expressroute.core.CircuitPlan;
import tombolo.azure.expressroute.core.CircuitReconciler;
import tombolo.azure.expressroute.core.CircuitReports;
import tombolo.azure.expressroute.core.CircuitSnapshot;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;
import tombolo.azure.expressroute.core.Doctor;
import tombolo.azure.expressroute.core.EdgeTables;
import tombolo.azure.expressroute.core.Finding;
import tombolo.azure.expressroute.core.NetworkSeen;
import tombolo.azure.expressroute.core.NodeView;
import tombolo.azure.expressroute.core.Prices;
import tombolo.runtime.json.JsonText;

/** Answers for this node's circuits. Any thread; a call blocks while Azure is asked. */
public final class ExpressRouteNode implements ExpressRoute, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExpressRouteNode.class);

    private static final Pattern SERVICE_KEY = Pattern.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");

    private final Path prices;
    private final InstantSource clock;
    private final Operations.Pause pause;
    private final AtomicReference<Map<String, CircuitSettings>> wanted = new AtomicReference<>(Map.of());
    private final AtomicReference<String> node = new AtomicReference<>("");
    private final Slot<Arm> arm = new Slot<>();
    private final Slot<Datastore> store = new Slot<>();
    private final Slot<BgpSessions> sessions = new Slot<>();
    private final Slot<BgpRoutes> tables = new Slot<>();
    private final Slot<Links> ports = new Slot<>();
    private final Slot<Bfd> paths = new Slot<>();
    private final AtomicReference<Optional<Thread>> resuming = new AtomicReference<>(Optional.empty());
    private volatile boolean closed;

    /** A service that comes and goes. */
    public static final class Slot<T> {
        private final AtomicReference<Optional<T>> service = new AtomicReference<>(Optional.empty());

        public void set(T now) {
            service.set(Optional.of(now));
        }

        /** Leaves a service alone that has come in its place already. */
        public void gone(T before) {
            service.updateAndGet(now -> now.filter(each -> each != before));
        }

        Optional<T> get() {
            return service.get();
        }
    }

    /** @param prices the price snapshot */
    public ExpressRouteNode(Path prices) {
        this(prices, InstantSource.system(), time -> Thread.sleep(time));
    }

    ExpressRouteNode(Path prices, InstantSource clock, Operations.Pause pause) {
        this.prices = prices;
        this.clock = clock;
        this.pause = pause;
    }

    public Slot<Arm> armSlot() {
        return arm;
    }

    public Slot<Datastore> storeSlot() {
        return store;
    }

    public Slot<BgpSessions> sessionsSlot() {
        return sessions;
    }

    public Slot<BgpRoutes> routesSlot() {
        return tables;
    }

    public Slot<Links> linksSlot() {
        return ports;
    }

    public Slot<Bfd> bfdSlot() {
        return paths;
    }

    /** @param name the node's. @param circuits by the file's name, sorted */
    public void settings(String name, Map<String, CircuitSettings> circuits) {
        node.set(name);
        wanted.set(Collections.unmodifiableMap(new TreeMap<>(circuits)));
        resumeLater();
    }

    @Override
    public void close() {
        closed = true;
        resuming.getAndSet(Optional.empty()).ifPresent(thread -> {
            thread.interrupt();
            try {
                thread.join(2_000);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Takes up what an earlier process or bundle has left in flight, once everything that this needs is there. Called when something has come. */
    public void resumeLater() {
        if (closed || arm.get().isEmpty() || store.get().isEmpty() || wanted.get().isEmpty() || resuming.get().filter(Thread::isAlive).isPresent()) {
            return;
        }
        Thread thread = Thread.ofVirtual().name("tombolo-er-resume").unstarted(this::resume);
        resuming.set(Optional.of(thread));
        thread.start();
    }

    void resume() {
        for (CircuitSettings circuit : wanted.get().values()) {
            try {
                Arm azure = need(arm, "azure-arm");
                Datastore datastore = need(store, "the datastore");
                if (datastore.get(Operations.key(Circuits.name(azure, circuit))).isPresent()) {
                    try (CircuitHold hold = CircuitHold.take(datastore, Circuits.name(azure, circuit), node.get())) {
                        work().operations().resume(hold, line -> LOG.info("TMB-ER-213 circuit {}: {}", circuit.name(), line));
                    }
                }
            } catch (ExpressRouteException | ArmException | DatastoreException e) {
                LOG.warn("{}", e.getMessage());
            }
        }
    }

    @Override
    public List<String> circuits() {
        return List.copyOf(wanted.get().keySet());
    }

    @Override
    public Report list() {
        List<CircuitReports.Row> rows = new ArrayList<>();
        Optional<Arm> azure = arm.get();
        for (CircuitSettings circuit : wanted.get().values()) {
            if (azure.isEmpty()) {
                rows.add(new CircuitReports.Row(circuit, Optional.empty(), "TMB-ER-001 azure-arm is not running; start it with bundle:start io.tombolo.azure-arm."));
                continue;
            }
            try {
                rows.add(new CircuitReports.Row(circuit, new CircuitReader(azure.get()).read(circuit), ""));
            } catch (ArmException e) {
                rows.add(new CircuitReports.Row(circuit, Optional.empty(), String.valueOf(e.getMessage())));
            }
        }
        List<List<String>> flights = store.get().map(Operations::all).orElse(List.of()).stream()
                .map(each -> List.of(each.what(), each.since().toString(), each.circuit())).toList();
        return CircuitReports.list(rows, flights);
    }

    @Override
    public Report show(String circuit) {
        CircuitSettings settings = settings(circuit);
        return CircuitReports.show(settings, seen(settings));
    }

    @Override
    public Report providers(Optional<String> subscription) {
        Arm azure = need(arm, "azure-arm");
        String name = subscription.or(() -> azure.subscriptions().stream().findFirst().map(AzureSubscription::name)).orElseThrow(() ->
                new ExpressRouteException("TMB-ER-002 no subscription is configured. Make etc/tombolo.azure.subscription-NAME.cfg."));
        return CircuitReports.providers(ArmCircuits.offers(azure.list(ArmRequest.get(name, "/providers/Microsoft.Network/expressRouteServiceProviders", CircuitReader.API))));
    }

    @Override
    public Report plan(Optional<String> circuit) {
        circuit.ifPresent(this::settings);
        Map<String, CircuitSnapshot> seen = new HashMap<>();
        List<CircuitSettings> asked = circuit.map(name -> List.of(settings(name))).orElse(List.copyOf(wanted.get().values()));
        CircuitReader reader = new CircuitReader(need(arm, "azure-arm"));
        asked.forEach(each -> reader.read(each).ifPresent(found -> seen.put(each.name(), found)));
        Map<String, CircuitPlan> plans = CircuitReconciler.plans(wanted.get(), seen);
        return CircuitReports.plans(asked.stream().map(each -> plans.get(each.name())).toList());
    }

    @Override
    public Asked ask(String circuit) {
        CircuitSettings settings = settings(circuit);
        CircuitPlan plan = planner(settings).plan(new CircuitReader(need(arm, "azure-arm")).read(settings));
        return new Asked(CircuitReports.plans(List.of(plan)), plan.token(), plan.needsConsent());
    }

    /** Overlaps are between all circuits, so all that are wanted take part. */
    private Circuits.Planner planner(CircuitSettings settings) {
        Map<String, CircuitSettings> all = wanted.get();
        return seen -> {
            CircuitPlan plan = CircuitReconciler.plans(all, seen.map(found -> Map.of(settings.name(), found)).orElse(Map.of())).get(settings.name());
            if (plan == null) {
                throw noSuch(settings.name());
            }
            return plan;
        };
    }

    @Override
    public Report apply(String circuit, Consent consent, Consumer<String> progress) {
        CircuitSettings settings = settings(circuit);
        try (CircuitHold hold = hold(settings)) {
            return CircuitReports.plans(List.of(work().apply(hold, settings, planner(settings), consent, progress)));
        }
    }

    @Override
    public Report key(String circuit, boolean open) {
        CircuitSnapshot seen = seen(settings(circuit));
        return CircuitReports.key(circuit, open ? seen.serviceKey().value() : seen.serviceKey().masked());
    }

    @Override
    public Report authorizations(String circuit) {
        CircuitSnapshot seen = seen(settings(circuit));
        return CircuitReports.authorizations(seen.authorizations(), seen.links(), Map.of());
    }

    @Override
    public Report createAuthorizations(String circuit, String description, int limit, Consumer<String> progress) {
        CircuitSettings settings = settings(circuit);
        try (CircuitHold hold = hold(settings)) {
            return new LinkWork(hold, work(), settings, progress).createAuthorizations(description, limit);
        }
    }

    @Override
    public Report deleteAuthorizations(String circuit, String name, boolean cut, Consumer<String> progress) {
        CircuitSettings settings = settings(circuit);
        try (CircuitHold hold = hold(settings)) {
            return new LinkWork(hold, work(), settings, progress).deleteAuthorizations(name, cut);
        }
    }

    @Override
    public Report links(String circuit) {
        CircuitSettings settings = settings(circuit);
        CircuitReader reader = new CircuitReader(need(arm, "azure-arm"));
        // Lists leave out whether a connection stands; each by itself tells.
        return CircuitReports.links(seen(settings).links().stream().map(link -> reader.get(NetworkReader.owner(need(arm, "azure-arm"), link.id()).orElse(settings.subscription()), link.id()).map(ArmCircuits::link).orElse(link)).toList());
    }

    @Override
    public Report createLink(String circuit, String gateway, Optional<String> from, Optional<String> authorization, int weight, Consumer<String> progress) {
        CircuitSettings settings = byNameOrKey(circuit);
        try (CircuitHold hold = hold(settings)) {
            return new LinkWork(hold, work(), settings, progress).createLink(gateway, from, authorization, weight);
        }
    }

    @Override
    public Report deleteLink(String circuit, String link, boolean cut, Consumer<String> progress) {
        CircuitSettings settings = settings(circuit);
        try (CircuitHold hold = hold(settings)) {
            return new LinkWork(hold, work(), settings, progress).deleteLink(link, cut);
        }
    }

    @Override
    public Report routes(String circuit, Peering peering, Optional<Device> device, Consumer<String> progress) {
        Map<String, List<EdgeTables.Route>> tables = new TreeMap<>();
        devices(device).forEach(each -> tables.put(word(each), EdgeTables.routes(table(settings(circuit), peering, "routeTables", each, progress))));
        return CircuitReports.routes(tables);
    }

    @Override
    public Report arp(String circuit, Peering peering, Optional<Device> device, Consumer<String> progress) {
        Map<String, List<EdgeTables.Arp>> tables = new TreeMap<>();
        devices(device).forEach(each -> tables.put(word(each), EdgeTables.arp(table(settings(circuit), peering, "arpTables", each, progress))));
        return CircuitReports.arp(tables);
    }

    private static List<Device> devices(Optional<Device> device) {
        return device.map(List::of).orElse(List.of(Device.values()));
    }

    private static String word(Device device) {
        return device.name().toLowerCase(Locale.ROOT);
    }

    private Json.Obj table(CircuitSettings settings, Peering peering, String table, Device device, Consumer<String> progress) {
        Kind kind = peering == Peering.PRIVATE ? Kind.PRIVATE : Kind.MICROSOFT;
        String path = CircuitReader.path(settings) + "/peerings/" + kind.arm() + "/" + table + "/" + word(device);
        return work().operations().read(ArmRequest.post(settings.subscription(), path, CircuitReader.API), progress).orElse(Json.Obj.EMPTY);
    }

    @Override
    public Report stats(String circuit) {
        CircuitSettings settings = settings(circuit);
        return CircuitReports.stats(need(arm, "azure-arm").call(ArmRequest.get(settings.subscription(), CircuitReader.path(settings) + "/stats", CircuitReader.API)).body().orElse(Json.Obj.EMPTY));
    }

    @Override
    public Report cost(Optional<String> circuit, Optional<String> zone, Optional<Long> egressGigabytes) {
        Prices now;
        try {
            now = Prices.read(JsonText.parse(Files.readAllBytes(prices)));
        } catch (IOException | JsonText.Malformed | IllegalArgumentException e) {
            throw new ExpressRouteException("TMB-ER-250 the price snapshot " + prices.getFileName() + " in etc/ cannot be read: " + e.getMessage() + ". Bring the distribution's file back, or mend it.");
        }
        Map<String, List<Prices.Part>> costs = new TreeMap<>();
        for (CircuitSettings each : circuit.map(name -> List.of(settings(name))).orElse(List.copyOf(wanted.get().values()))) {
            List<String> gateways = new ArrayList<>();
            arm.get().ifPresent(azure -> each.links().forEach(gateway -> sku(azure, each, gateway).ifPresent(gateways::add)));
            costs.put(each.name(), now.monthly(each, zone, egressGigabytes, gateways));
        }
        return CircuitReports.cost(now, costs);
    }

    /** Empty where it cannot be told now: the price of a gateway is then left out, which the file's links show. */
    private static Optional<String> sku(Arm azure, CircuitSettings circuit, CircuitSettings.Gateway gateway) {
        try {
            return new CircuitReader(azure).get(circuit.subscription(), CircuitReader.gatewayPath(gateway)).map(ArmCircuits::gateway).map(CircuitSnapshot.GatewaySeen::sku);
        } catch (ArmException e) {
            return Optional.of("of unknown size (" + gateway + ")");
        }
    }

    @Override
    public Report config(String circuit, String dialect) {
        Optional<String> unknown = CeConfig.unknown(dialect).map(text -> "TMB-ER-260 " + text + ".");
        CircuitSettings settings = Optional.ofNullable(wanted.get().get(circuit)).orElseThrow(() -> unknown.map(text -> new ExpressRouteException(noSuch(circuit).getMessage() + " " + text))
                .orElse(noSuch(circuit)));
        unknown.ifPresent(text -> {
            throw new ExpressRouteException(text);
        });
        return CircuitReports.text("configuration", CeConfig.of(settings, dialect));
    }

    @Override
    public Report doctor(String circuit, Consumer<String> progress) {
        CircuitSettings settings = settings(circuit);
        Optional<CircuitSnapshot> seen = new CircuitReader(need(arm, "azure-arm")).read(settings);
        NodeView view = NodeReader.read(sessions.get(), tables.get(), ports.get(), paths.get(), NodeReader.VLANS);
        Map<Kind, Map<Doctor.Link, EdgeTables>> edges = edges(settings, seen, progress);
        Doctor.Patient patient = new Doctor.Patient(settings, seen, edges, networks(seen, progress), view);
        List<Finding> findings = new ArrayList<>();
        for (Doctor.Check check : Doctor.checks()) {
            List<Finding> found = check.run().apply(patient);
            found.forEach(finding -> progress.accept(CircuitReports.line(finding)));
            findings.addAll(found);
        }
        return CircuitReports.doctor(circuit, findings);
    }

    private List<NetworkSeen> networks(Optional<CircuitSnapshot> seen, Consumer<String> progress) {
        try {
            return seen.map(new CircuitReader(need(arm, "azure-arm"))::networks).orElse(List.of());
        } catch (ArmException e) {
            progress.accept("virtual networks: " + e.getMessage());
            return List.of();
        }
    }

    /** All tables at once: each is an operation of Azure's that takes some seconds, of which the doctor waits for the longest alone. */
    private Map<Kind, Map<Doctor.Link, EdgeTables>> edges(CircuitSettings settings, Optional<CircuitSnapshot> seen, Consumer<String> progress) {
        Map<Kind, Map<Doctor.Link, EdgeTables>> edges = new EnumMap<>(Kind.class);
        try (ExecutorService each = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("tombolo-er-table-", 0).factory())) {
            Map<Kind, Map<Device, Tables>> asked = new EnumMap<>(Kind.class);
            for (Kind kind : List.of(Kind.PRIVATE, Kind.MICROSOFT)) {
                if (seen.flatMap(found -> found.peering(kind)).isPresent()) {
                    Peering peering = kind == Kind.PRIVATE ? Peering.PRIVATE : Peering.MICROSOFT;
                    asked.put(kind, new EnumMap<>(Device.class));
                    for (Device device : Device.values()) {
                        asked.get(kind).put(device, new Tables(each.submit(() -> EdgeTables.arp(table(settings, peering, "arpTables", device, _ -> { }))),
                                each.submit(() -> EdgeTables.routes(table(settings, peering, "routeTables", device, _ -> { })))));
                    }
                }
            }
            asked.forEach((kind, devices) -> devices.forEach((device, tables) -> edges.computeIfAbsent(kind, _ -> new EnumMap<>(Doctor.Link.class))
                    .put(device == Device.PRIMARY ? Doctor.Link.PRIMARY : Doctor.Link.SECONDARY, new EdgeTables(answer(tables.arp(), device, progress), answer(tables.routes(), device, progress)))));
        }
        return edges;
    }

    private record Tables(Future<List<EdgeTables.Arp>> arp, Future<List<EdgeTables.Route>> routes) { }

    /** A table that cannot be had is one thing that the doctor says, and no reason to say nothing else. */
    private static <T> Optional<List<T>> answer(Future<List<T>> table, Device device, Consumer<String> progress) {
        try {
            return Optional.of(table.get());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof ArmException || e.getCause() instanceof ExpressRouteException)) {
                throw new IllegalStateException("a table of the " + word(device) + " edge: " + e.getCause(), e.getCause());
            }
            progress.accept("tables of the " + word(device) + " edge: " + e.getCause().getMessage());
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Circuits work() {
        Arm azure = need(arm, "azure-arm");
        return new Circuits(azure, new Operations(azure, clock, pause));
    }

    private CircuitHold hold(CircuitSettings settings) {
        return CircuitHold.take(need(store, "the datastore"), Circuits.name(need(arm, "azure-arm"), settings), node.get());
    }

    private CircuitSnapshot seen(CircuitSettings settings) {
        return work().seen(settings);
    }

    private CircuitSettings settings(String circuit) {
        return Optional.ofNullable(wanted.get().get(circuit)).orElseThrow(() -> noSuch(circuit));
    }

    /** By the file's name, or by the service key, which ARM does not search by: each circuit of the files is looked at. */
    private CircuitSettings byNameOrKey(String circuit) {
        if (wanted.get().containsKey(circuit) || !SERVICE_KEY.matcher(circuit).matches()) {
            return settings(circuit);
        }
        CircuitReader reader = new CircuitReader(need(arm, "azure-arm"));
        return wanted.get().values().stream().filter(each -> reader.get(each.subscription(), CircuitReader.path(each)).flatMap(found -> found.object("properties"))
                .flatMap(properties -> properties.text("serviceKey")).filter(circuit::equalsIgnoreCase).isPresent()).findFirst().orElseThrow(() ->
                new ExpressRouteException("TMB-ER-005 no circuit of etc/tombolo.expressroute.circuit-NAME.cfg has that service key. er:list shows them; er:key CIRCUIT --show its key."));
    }

    private ExpressRouteException noSuch(String circuit) {
        return new ExpressRouteException("TMB-ER-003 there is no circuit '" + circuit + "'; those of etc/tombolo.expressroute.circuit-NAME.cfg: "
                + (wanted.get().isEmpty() ? "none" : String.join(", ", wanted.get().keySet())) + ".");
    }

    private static <T> T need(Slot<T> slot, String what) {
        return slot.get().orElseThrow(() -> new ExpressRouteException("TMB-ER-001 " + what + " is not running. gateway:status shows the bundles; start it, then try again."));
    }
}
