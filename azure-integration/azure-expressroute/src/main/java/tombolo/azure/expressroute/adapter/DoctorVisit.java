package tombolo.azure.expressroute.adapter;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmRequest;
import tombolo.api.config.CircuitSettings;
import tombolo.api.expressroute.ExpressRoute.Device;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.expressroute.Report;
import tombolo.api.json.Json;
import tombolo.api.subinterface.Subinterface;
import tombolo.api.subinterface.Subinterfaces;
import tombolo.azure.expressroute.core.CircuitReports;
import tombolo.azure.expressroute.core.CircuitSnapshot;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;
import tombolo.azure.expressroute.core.Doctor;
import tombolo.azure.expressroute.core.Doctor.Needs;
import tombolo.azure.expressroute.core.EdgeTables;
import tombolo.azure.expressroute.core.Finding;
import tombolo.azure.expressroute.core.NetworkSeen;
import tombolo.azure.expressroute.core.NodeView;

/** Gathers both views of one circuit for the doctor, and tells what he finds as he finds it. */
final class DoctorVisit {
    private final Circuits work;
    private final CircuitSettings settings;
    private final Consumer<String> progress;

    DoctorVisit(Circuits work, CircuitSettings settings, Consumer<String> progress) {
        this.work = work;
        this.settings = settings;
        this.progress = progress;
    }

    /** @param here this node's view. @param budget what its sessions are told against their limits; empty: not known */
    Report report(Supplier<NodeView> here, Supplier<Optional<List<CircuitReports.Advertised>>> budget) {
        Optional<CircuitSnapshot> seen = work.reader().read(settings);
        Map<Doctor.Check, List<Finding>> found = new LinkedHashMap<>();
        Doctor.checks().forEach(check -> found.put(check, List.of()));
        try (ExecutorService each = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("tombolo-er-table-", 0).factory())) {
            Map<Kind, Map<Device, Tables>> asked = ask(seen, each);
            Future<List<NetworkSeen>> networks = each.submit(() -> seen.map(work.reader()::networks).orElse(List.of()));
            Doctor.Patient patient = new Doctor.Patient(settings, seen, Map.of(), List.of(), here.get());
            examine(found, Needs.NOTHING, patient);
            examine(found, Needs.TABLES, new Doctor.Patient(settings, seen, edges(asked), List.of(), patient.node()));
            examine(found, Needs.NETWORKS, new Doctor.Patient(settings, seen, Map.of(), networks(networks), patient.node()));
        }
        List<Finding> findings = new ArrayList<>();
        found.values().forEach(findings::addAll);
        for (Finding each : budget.get().map(all -> all.stream().map(CircuitReports.Advertised::finding).toList()).orElse(List.of(CircuitReports.Advertised.UNKNOWN))) {
            progress.accept(CircuitReports.line(each));
            findings.add(each);
        }
        return CircuitReports.doctor(settings.name(), findings);
    }

    /** Makes the checks that need no more than that; each is told as soon as it is done. */
    private void examine(Map<Doctor.Check, List<Finding>> found, Needs needs, Doctor.Patient patient) {
        found.replaceAll((check, before) -> {
            if (check.needs() != needs) {
                return before;
            }
            List<Finding> findings = check.run().apply(patient);
            findings.forEach(finding -> progress.accept(CircuitReports.line(finding)));
            return findings;
        });
    }

    private List<NetworkSeen> networks(Future<List<NetworkSeen>> asked) {
        try {
            return asked.get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof ArmException)) {
                throw new IllegalStateException("the virtual networks: " + e.getCause(), e.getCause());
            }
            progress.accept("virtual networks: " + e.getCause().getMessage());
            return List.of();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** All tables at once: each is an operation of Azure's that takes some seconds, of which the doctor waits for the longest alone. */
    private Map<Kind, Map<Device, Tables>> ask(Optional<CircuitSnapshot> seen, ExecutorService each) {
        Map<Kind, Map<Device, Tables>> asked = new EnumMap<>(Kind.class);
        for (Kind kind : List.of(Kind.PRIVATE, Kind.MICROSOFT)) {
            if (seen.flatMap(found -> found.peering(kind)).isPresent()) {
                asked.put(kind, new EnumMap<>(Device.class));
                for (Device device : Device.values()) {
                    asked.get(kind).put(device, new Tables(each.submit(() -> EdgeTables.arp(table(kind, "arpTables", device, _ -> { }))),
                            each.submit(() -> EdgeTables.routes(table(kind, "routeTables", device, _ -> { })))));
                }
            }
        }
        return asked;
    }

    private Map<Kind, Map<Doctor.Link, EdgeTables>> edges(Map<Kind, Map<Device, Tables>> asked) {
        Map<Kind, Map<Doctor.Link, EdgeTables>> edges = new EnumMap<>(Kind.class);
        asked.forEach((kind, devices) -> devices.forEach((device, tables) -> edges.computeIfAbsent(kind, _ -> new EnumMap<>(Doctor.Link.class))
                .put(device == Device.PRIMARY ? Doctor.Link.PRIMARY : Doctor.Link.SECONDARY, new EdgeTables(answer(tables.arp(), device), answer(tables.routes(), device)))));
        return edges;
    }

    private record Tables(Future<List<EdgeTables.Arp>> arp, Future<List<EdgeTables.Route>> routes) { }

    /** A table that cannot be had is one thing that the doctor says, and no reason to say nothing else. */
    private <T> Optional<List<T>> answer(Future<List<T>> table, Device device) {
        try {
            return Optional.of(table.get());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof ArmException || e.getCause() instanceof ExpressRouteException)) {
                throw new IllegalStateException("a table of the " + ExpressRouteNode.word(device) + " edge: " + e.getCause(), e.getCause());
            }
            progress.accept("tables of the " + ExpressRouteNode.word(device) + " edge: " + e.getCause().getMessage());
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** @param table of an edge router, by ARM's name */
    Json.Obj table(Kind kind, String table, Device device) {
        return table(kind, table, device, progress);
    }

    private Json.Obj table(Kind kind, String table, Device device, Consumer<String> told) {
        String path = CircuitReader.path(settings) + "/peerings/" + kind.arm() + "/" + table + "/" + ExpressRouteNode.word(device);
        return work.operations().read(ArmRequest.post(settings.subscription(), path, work.reader().api()), told).orElse(Json.Obj.EMPTY);
    }

    /** The tags of a circuit's own interfaces that are in the kernel as they were applied; VXLAN's stands for a VLAN's. */
    static Map<String, Integer> tags(List<Subinterfaces.State> states) {
        Map<String, Integer> tags = new HashMap<>();
        for (Subinterfaces.State state : states) {
            if (state.differences().isEmpty()) {
                tags.put(state.wanted().name(), switch (state.wanted().encapsulation()) {
                    case Subinterface.Encapsulation.Vlan vlan -> vlan.id();
                    case Subinterface.Encapsulation.Vxlan vxlan -> vxlan.vni();
                });
            }
        }
        return tags;
    }
}
