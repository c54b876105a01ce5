package tombolo.azure.expressroute.adapter;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.azure.RetailPrices;
import tombolo.api.bfd.Bfd;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.Contributions;
import tombolo.api.datastore.Datastore;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.expressroute.Report;
import tombolo.api.json.Json;
import tombolo.api.kernel.Links;
import tombolo.api.net.Asn;
import tombolo.api.subinterface.Subinterfaces;
import tombolo.azure.expressroute.core.ArmCircuits;
import tombolo.azure.expressroute.core.CeConfig;
import tombolo.azure.expressroute.core.CircuitPlan;
import tombolo.azure.expressroute.core.CircuitReconciler;
import tombolo.azure.expressroute.core.CircuitReports;
import tombolo.azure.expressroute.core.CircuitSnapshot;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;
import tombolo.azure.expressroute.core.CostReport;
import tombolo.azure.expressroute.core.EdgeTables;
import tombolo.azure.expressroute.core.NodePlanner;
import tombolo.azure.expressroute.core.NodeSide;

/** Answers for this node's circuits. Any thread; a call blocks while Azure is asked. */
public final class ExpressRouteNode implements ExpressRoute, AutoCloseable {
    private static final Pattern SERVICE_KEY = Pattern.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");

    private final PriceSnapshot prices;
    private final InstantSource clock;
    private final Operations.Pause pause;
    private final AtomicReference<Map<String, CircuitSettings>> wanted = new AtomicReference<>(Map.of());
    private final AtomicReference<String> node = new AtomicReference<>("");
    private final AtomicReference<Optional<Asn>> own = new AtomicReference<>(Optional.empty());
    private final NodeSides sides;
    private final Patrol patrol;
    private final Slot<Arm> arm = new Slot<>();
    private final Slot<RetailPrices> retail = new Slot<>();
    private final Slot<Datastore> store = new Slot<>();
    private final Slot<BgpSessions> sessions = new Slot<>();
    private final Slot<BgpRoutes> tables = new Slot<>();
    private final Slot<Links> ports = new Slot<>();
    private final Slot<Bfd> bfd = new Slot<>();
    private final Resumption resumption = new Resumption(arm, store, node::get, wanted::get, () -> work().operations());

    /** @param prices the price snapshot. @param kept the folder of what circuits have on this node */
    public ExpressRouteNode(Path prices, Path kept) {
        this(prices, Optional.of(kept), InstantSource.system(), time -> Thread.sleep(time), task -> Thread.ofVirtual().name("tombolo-er-look").start(task));
    }

    ExpressRouteNode(Path prices, InstantSource clock, Operations.Pause pause) {
        this(prices, Optional.empty(), clock, pause, Runnable::run);
    }

    /** @param looks runs looks of the watch */
    ExpressRouteNode(Path prices, Optional<Path> kept, InstantSource clock, Operations.Pause pause, Executor looks) {
        this.prices = new PriceSnapshot(prices, clock);
        this.clock = clock;
        this.pause = pause;
        this.sides = new NodeSides(kept);
        this.patrol = new Patrol(new OwnDesk(), clock, pause, looks);
    }

    public Slot<Arm> armSlot() {
        return arm;
    }

    public Slot<RetailPrices> retailSlot() {
        return retail;
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
        return bfd;
    }

    public void subinterfacesCame(Subinterfaces service) {
        sides.linksCame(service);
    }

    public void subinterfacesWent(Subinterfaces service) {
        sides.linksWent(service);
    }

    public void contributionsCame(Contributions service) {
        sides.contributionsCame(service);
    }

    public void contributionsWent(Contributions service) {
        sides.contributionsWent(service);
    }

    /** @param name the node's. @param as the node's AS; empty: none is set. @param circuits by the file's name */
    public void settings(String name, Optional<Asn> as, Map<String, CircuitSettings> circuits) {
        own.set(as);
        settings(name, circuits);
    }

    void settings(String name, Map<String, CircuitSettings> circuits) {
        node.set(name);
        Map<String, CircuitSettings> before = wanted.getAndSet(Collections.unmodifiableMap(new TreeMap<>(circuits)));
        circuits.values().stream().filter(each -> !each.equals(before.get(each.name()))).forEach(each -> patrol.changed(each.name()));
        resumeLater();
    }

    /** Looks at circuits from now on, until this is closed. */
    public void startWatch() {
        patrol.start(wanted::get);
    }

    /** One turn of the watch. @return how long to wait */
    Duration tick() {
        return patrol.tick(wanted.get());
    }

    /** What the watch said of a circuit last. */
    Optional<String> said(String circuit) {
        return patrol.said(circuit);
    }

    private final class OwnDesk implements Patrol.Desk {
        @Override
        public boolean open() {
            return arm.get().isPresent() && store.get().isPresent();
        }

        @Override
        public Circuits work() {
            return ExpressRouteNode.this.work();
        }

        @Override
        public CircuitHold hold(CircuitSettings circuit) {
            return CircuitHold.take(need(store, "the datastore"), Circuits.name(need(arm, "azure-arm"), circuit), node.get(), true);
        }

        @Override
        public Circuits.Planner planner(CircuitSettings circuit) {
            return ExpressRouteNode.this.planner(circuit);
        }
    }

    @Override
    public void close() {
        patrol.close();
        resumption.close();
    }

    /** Takes up what an earlier process or bundle has left in flight, once everything that this needs is there. Called when something has come. */
    public void resumeLater() {
        resumption.later();
    }

    /** The same at once. */
    void resume() {
        resumption.now();
    }

    @Override
    public List<String> circuits() {
        return List.copyOf(wanted.get().keySet());
    }

    @Override
    public Report list() {
        List<CircuitReports.Row> rows = new ArrayList<>();
        Optional<Arm> azure = arm.get().map(UntilUnreachable::new);
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
        OtherCircuits.Look others = azure.map(each -> new OtherCircuits(each).besides(wanted.get().values())).orElse(new OtherCircuits.Look(List.of(), List.of()));
        return CircuitReports.list(rows, flights, new CircuitReports.Undescribed(others.circuits().stream().map(each -> new CircuitReports.Other(each.subscription(), each.resourceGroup(), each.seen())).toList(),
                others.troubles(), sides.circuits().stream().filter(this::orphaned).map(name -> new CircuitReports.Left(name, sides.of(name))).toList()));
    }

    @Override
    public Report show(String circuit) {
        CircuitSettings settings = settings(circuit);
        return CircuitReports.show(settings, seen(settings), sides.of(circuit), sides.states(circuit), said(circuit), NodeReader.advertised(tables.get(), sides.of(circuit)));
    }

    @Override
    public Report providers(Optional<String> subscription) {
        Arm azure = need(arm, "azure-arm");
        String name = subscription.or(() -> azure.subscriptions().stream().findFirst().map(AzureSubscription::name)).orElseThrow(() ->
                new ExpressRouteException("TMB-ER-002 no subscription is configured. Make etc/tombolo.azure.subscription-NAME.cfg."));
        return CircuitReports.providers(ArmCircuits.offers(azure.list(ArmRequest.get(name, "/providers/Microsoft.Network/expressRouteServiceProviders", azure.networkVersion()))));
    }

    @Override
    public Report plan(Optional<String> circuit) {
        if (circuit.filter(this::orphaned).isPresent()) {
            return CircuitReports.plans(List.of(NodePlanner.orphan(circuit.get(), sides.of(circuit.get()))));
        }
        circuit.ifPresent(this::settings);
        Map<String, CircuitSnapshot> seen = new HashMap<>();
        List<CircuitSettings> asked = circuit.map(name -> List.of(settings(name))).orElse(List.copyOf(wanted.get().values()));
        CircuitReader reader = new CircuitReader(need(arm, "azure-arm"));
        asked.forEach(each -> reader.read(each).ifPresent(found -> seen.put(each.name(), found)));
        Map<String, CircuitPlan> plans = CircuitReconciler.plans(wanted.get(), seen);
        List<CircuitPlan> all = new ArrayList<>(asked.stream().map(each -> extended(plans.get(each.name()), each, Optional.ofNullable(seen.get(each.name())))).toList());
        if (circuit.isEmpty()) {
            sides.circuits().stream().filter(this::orphaned).forEach(name -> all.add(NodePlanner.orphan(name, sides.of(name))));
        }
        return CircuitReports.plans(all);
    }

    /** With what is to be done on this node, and what keeps it from being so. */
    private CircuitPlan extended(CircuitPlan plan, CircuitSettings circuit, Optional<CircuitSnapshot> seen) {
        NodeSide side = sides.of(circuit.name());
        List<String> trouble = new ArrayList<>();
        if (!side.equals(NodeSide.EMPTY)) {
            trouble.addAll(sides.missing());
            sides.states(circuit.name()).forEach(state -> state.refusal().map(List::of).orElse(state.differences()).forEach(text -> trouble.add("on this node: " + text)));
        }
        return NodePlanner.extend(plan, circuit, seen, own.get(), side).noting(trouble);
    }

    /** Whether there is no file of that circuit any more, and something of it on this node. */
    private boolean orphaned(String circuit) {
        return !wanted.get().containsKey(circuit) && sides.circuits().contains(circuit);
    }

    @Override
    public Asked ask(String circuit) {
        if (orphaned(circuit)) {
            CircuitPlan left = NodePlanner.orphan(circuit, sides.of(circuit));
            return new Asked(CircuitReports.plans(List.of(left)), left.token(), left.needsConsent());
        }
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
            return extended(plan, settings, seen);
        };
    }

    @Override
    public Report apply(String circuit, Consent consent, Consumer<String> progress) {
        if (orphaned(circuit)) {
            return applyOrphan(circuit, consent, progress);
        }
        CircuitSettings settings = settings(circuit);
        try (CircuitHold hold = hold(settings)) {
            return CircuitReports.plans(List.of(work().apply(hold, settings, planner(settings), consent, progress)));
        } finally {
            patrol.changed(circuit);
        }
    }

    private Report applyOrphan(String circuit, Consent consent, Consumer<String> progress) {
        CircuitPlan plan = NodePlanner.orphan(circuit, sides.of(circuit));
        if (plan.needsConsent() && !consent.everything() && !plan.token().equals(consent.plan())) {
            throw Circuits.refused(circuit, plan.steps().getFirst(), consent, 0);
        }
        Circuits.onNode(sides::apply, circuit, plan.steps(), progress);
        return CircuitReports.plans(List.of(NodePlanner.orphan(circuit, sides.of(circuit))));
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
        CircuitSnapshot seen = seen(settings);
        // Lists leave out whether a connection stands; each by itself tells.
        return CircuitReports.links(seen.id(), seen.links().stream().map(link -> reader.get(NetworkReader.owner(need(arm, "azure-arm"), link.id()).orElse(settings.subscription()), link.id()).map(ArmCircuits::link).orElse(link)).toList(), seen.authorizations());
    }

    @Override
    public Report createLink(String circuit, String gateway, Optional<String> from, Optional<String> authorization, OptionalInt weight, boolean moves, Consumer<String> progress) {
        if (OtherCircuits.isId(circuit)) {
            return redeem(circuit, gateway, from, authorization, new LinkWork.Weight(weight, moves), progress);
        }
        CircuitSettings settings = byNameOrKey(circuit);
        try (CircuitHold hold = hold(settings)) {
            return new LinkWork(hold, work(), settings, progress).createLink(gateway, from, authorization, new LinkWork.Weight(weight, moves));
        }
    }

    private Report redeem(String circuit, String gateway, Optional<String> from, Optional<String> authorization, LinkWork.Weight weight, Consumer<String> progress) {
        if (authorization.isEmpty() || from.isEmpty()) {
            throw new ExpressRouteException("TMB-ER-244 a circuit that is named by its id is another customer's: wanted --authorization-file with the key that its owner has given, and --subscription with"
                    + " the gateway's subscription.");
        }
        CircuitSettings foreign = OtherCircuits.foreign(circuit);
        try (CircuitHold hold = hold(foreign)) {
            return new LinkWork(hold, work(), foreign, progress).redeem(circuit, gateway, from.get(), authorization.get(), weight);
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

    static String word(Device device) {
        return device.name().toLowerCase(Locale.ROOT);
    }

    private Json.Obj table(CircuitSettings settings, Peering peering, String table, Device device, Consumer<String> progress) {
        return new DoctorVisit(work(), settings, progress).table(peering == Peering.PRIVATE ? Kind.PRIVATE : Kind.MICROSOFT, table, device);
    }

    @Override
    public Report stats(String circuit) {
        CircuitSettings settings = settings(circuit);
        Arm azure = need(arm, "azure-arm");
        return CircuitReports.stats(azure.call(ArmRequest.get(settings.subscription(), CircuitReader.path(settings) + "/stats", azure.networkVersion())).body().orElse(Json.Obj.EMPTY));
    }

    @Override
    public Report cost(Optional<String> circuit, Optional<String> zone, Optional<Long> egressGigabytes) {
        Optional<Arm> azure = arm.get().map(UntilUnreachable::new);
        Map<String, CircuitSettings> files = circuit.map(name -> Map.of(name, settings(name))).orElse(wanted.get());
        CostReport costs = new CostReport(prices.now(), zone, egressGigabytes);
        Map<String, CostReport.Look> looks = new HashMap<>();
        files.forEach((name, settings) -> looks.put(name, LinkedGateways.look(azure, settings)));
        costs.files(files, looks);
        if (circuit.isEmpty() && azure.isPresent()) {
            OtherCircuits.Look others = new OtherCircuits(azure.get()).besides(files.values());
            others.circuits().forEach(each -> costs.other(each.subscription() + "/" + each.resourceGroup() + "/" + each.seen().name(), each.seen()));
            others.troubles().forEach(why -> costs.warn("Circuits in no file are not counted: " + why));
        }
        return costs.report();
    }

    @Override
    public void refreshPrices(Consumer<String> progress) {
        prices.refresh(need(retail, "azure-arm"), progress);
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
        return new DoctorVisit(work(), settings, progress).report(() -> NodeReader.read(sessions.get(), tables.get(), ports.get(), bfd.get(), DoctorVisit.tags(sides.states(circuit)), NodeReader.VLANS),
                () -> NodeReader.advertised(tables.get(), sides.of(circuit)));
    }

    private Circuits work() {
        Arm azure = need(arm, "azure-arm");
        return new Circuits(azure, new Operations(azure, clock, pause), sides::apply);
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

    /** By the file's name, or by the service key, which ARM does not search by. */
    private CircuitSettings byNameOrKey(String circuit) {
        return wanted.get().containsKey(circuit) || !SERVICE_KEY.matcher(circuit).matches() ? settings(circuit) : new OtherCircuits(need(arm, "azure-arm")).byKey(circuit, wanted.get().values());
    }

    private ExpressRouteException noSuch(String circuit) {
        return new ExpressRouteException("TMB-ER-003 there is no circuit '" + circuit + "'; those of etc/tombolo.expressroute.circuit-NAME.cfg: "
                + (wanted.get().isEmpty() ? "none" : String.join(", ", wanted.get().keySet())) + ".");
    }

    private static <T> T need(Slot<T> slot, String what) {
        return slot.get().orElseThrow(() -> new ExpressRouteException("TMB-ER-001 " + what + " is not running. gateway:status shows the bundles; start it, then try again."));
    }
}
