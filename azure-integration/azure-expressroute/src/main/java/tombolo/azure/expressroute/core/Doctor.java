package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.config.CircuitSettings.Plan;
import tombolo.api.expressroute.MicrosoftCommunities;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;
import tombolo.azure.expressroute.core.CircuitSnapshot.PeeringSeen;
import tombolo.azure.expressroute.core.Finding.Verdict;

/**
 * Compares Azure's view of a circuit with this node's. Each check is about one of the usual troubles, by number:
 *
 * <pre>
 *  1 asymmetric routing        5 MD5, AS numbers         9 route filter, validation      13 no BFD
 *  2 prefix limit              6 ends of a /30 swapped  10 private AS in prepends        14 one of two links
 *  3 VLAN tags, ARP            7 provider not ready     11 a prefix on both ways out     15 billing
 *  4 tags stripped (QinQ)      8 overwritten peering    12 default route                 16 MTU
 *                                                                                       17 gateway transit
 * </pre>
 *
 * Of the circuit as a whole here, of each link in {@link LinkDoctor}.
 */
public final class Doctor {
    /** What a check looks at beside the circuit itself and this node. Tables take Azure some seconds; what needs none is said before. */
    public enum Needs { NOTHING, TABLES, NETWORKS }

    /** A check by its name, so that a command can show it as soon as it is done. */
    public record Check(String name, Needs needs, Function<Patient, List<Finding>> run) { }

    /** The two links of a circuit. */
    public enum Link { PRIMARY, SECONDARY }

    /**
     * Both views.
     *
     * @param seen   empty: there is no such circuit
     * @param tables by peering and link; {@link EdgeTables#NONE} where they could not be had
     * @param networks the virtual networks that it is linked to, as far as they could be read
     */
    public record Patient(CircuitSettings wanted, Optional<CircuitSnapshot> seen, Map<Kind, Map<Link, EdgeTables>> tables, List<NetworkSeen> networks, NodeView node) {
        public Patient {
            networks = List.copyOf(networks);
        }

        Optional<Peering> wish(Kind kind) {
            return kind == Kind.PRIVATE ? wanted.privatePeering() : kind == Kind.MICROSOFT ? wanted.microsoft() : Optional.empty();
        }

        EdgeTables tables(Kind kind, Link link) {
            return tables.getOrDefault(kind, new EnumMap<>(Link.class)).getOrDefault(link, EdgeTables.NONE);
        }
    }

    private Doctor() { }

    /** All checks in the order in which they make sense: what is wrong further up explains what is wrong further down. */
    public static List<Check> checks() {
        List<Check> checks = new ArrayList<>(List.of(new Check("circuit", Needs.NOTHING, Doctor::circuit), new Check("provider", Needs.NOTHING, Doctor::provider),
                new Check("billing", Needs.NOTHING, Doctor::billing)));
        for (Kind kind : List.of(Kind.PRIVATE, Kind.MICROSOFT)) {
            checks.add(new Check(kind.word(), Needs.NOTHING, patient -> peering(patient, kind)));
            for (Link link : Link.values()) {
                checks.add(new Check(kind.word() + ", " + link.name().toLowerCase(java.util.Locale.ROOT) + " link", Needs.TABLES, patient -> LinkDoctor.link(patient, kind, link)));
            }
            checks.add(new Check(kind.word() + ", both links", Needs.TABLES, patient -> LinkDoctor.bothLinks(patient, kind)));
        }
        checks.add(new Check("virtual networks", Needs.NETWORKS, patient -> patient.networks().stream().flatMap(network -> network.peerings().stream().map(peering -> NetworkReports.transit(network, peering))).toList()));
        return checks;
    }

    public static List<Finding> examine(Patient patient) {
        return checks().stream().flatMap(check -> check.run().apply(patient).stream()).toList();
    }

    private static List<Finding> circuit(Patient patient) {
        if (patient.seen().isEmpty()) {
            return List.of(new Finding(7, "circuit", Verdict.BAD, "there is no circuit " + patient.wanted().circuit(), "the file wants one", "er:plan " + patient.wanted().name()
                    + " shows how it is ordered; if it was deleted by hand, the provider must be told too"));
        }
        CircuitSnapshot circuit = patient.seen().get();
        boolean good = circuit.circuitState().equalsIgnoreCase("Enabled") && circuit.provisioningState().equalsIgnoreCase("Succeeded");
        return List.of(new Finding(7, "circuit", good ? Verdict.GOOD : circuit.busy() ? Verdict.WARN : Verdict.BAD, circuit.circuitState() + ", " + circuit.provisioningState(), "wanted Enabled, Succeeded",
                good ? "" : circuit.busy() ? "wait until Azure is done" : "look at the circuit's activity log in Azure, then er:plan " + patient.wanted().name()));
    }

    private static List<Finding> provider(Patient patient) {
        return patient.seen().map(circuit -> List.of(new Finding(7, "provider", circuit.provisioned() ? Verdict.GOOD : Verdict.BAD, circuit.providerState(), "wanted Provisioned", circuit.provisioned() ? ""
                : circuit.providerState().equalsIgnoreCase("NotProvisioned") ? "no BGP can come up yet: give the provider the service key (er:key " + patient.wanted().name() + " --show)"
                : "wait for the provider, or ask there"))).orElse(List.of());
    }

    private static List<Finding> billing(Patient patient) {
        if (patient.seen().isEmpty()) {
            return List.of();
        }
        CircuitSnapshot circuit = patient.seen().get();
        List<Finding> findings = new ArrayList<>();
        findings.add(circuit.provisioned() ? new Finding(15, "billing", Verdict.GOOD, "billed and provisioned", "-", "")
                : new Finding(15, "billing", Verdict.WARN, "billed since the service key was issued, and not usable: " + circuit.providerState(), "-",
                "press the provider, or delete the circuit (state = absent); er:cost " + patient.wanted().name() + " shows what it costs"));
        if (patient.wanted().bandwidthMbps() < circuit.bandwidthMbps() || patient.wanted().plan() == Plan.METERED && circuit.family().equalsIgnoreCase("UnlimitedData")) {
            findings.add(new Finding(15, "billing: what was ordered", Verdict.WARN, CircuitReconciler.bandwidth(circuit.bandwidthMbps()) + ", " + circuit.family(),
                    CircuitReconciler.bandwidth(patient.wanted().bandwidthMbps()) + ", " + patient.wanted().plan() + " wanted",
                    "neither bandwidth nor unlimited data can be taken back; only another circuit is cheaper"));
        }
        return findings;
    }

    private static List<Finding> peering(Patient patient, Kind kind) {
        Optional<Peering> wish = patient.wish(kind);
        Optional<PeeringSeen> seen = patient.seen().flatMap(circuit -> circuit.peering(kind));
        if (wish.isEmpty() && seen.isEmpty() || patient.seen().isEmpty()) {
            return List.of();
        }
        if (seen.isEmpty()) {
            return List.of(new Finding(8, kind.word(), Verdict.BAD, "there is none", "the file wants it", "er:apply " + patient.wanted().name()));
        }
        List<Finding> findings = new ArrayList<>();
        boolean enabled = seen.get().state().equalsIgnoreCase("Enabled");
        findings.add(new Finding(8, kind.word() + ": state", enabled ? Verdict.GOOD : Verdict.BAD, seen.get().state(), "wanted Enabled", enabled ? "" : "enable the peering in Azure; Azure or somebody has disabled it"));
        wish.ifPresent(peering -> {
            PeeringRules.Differences differences = PeeringRules.differences(seen.get(), peering, Optional.empty());
            String by = seen.get().modifiedBy().isEmpty() ? "" : ", last changed by " + seen.get().modifiedBy();
            findings.add(differences.none() ? new Finding(8, kind.word() + ": as in the file", Verdict.GOOD, "the same" + by, "the same", "")
                    : new Finding(8, kind.word() + ": as in the file", Verdict.BAD, "differs" + by, "wanted: " + differences.text(),
                    "er:plan " + patient.wanted().name() + " and er:apply, or put Azure's values into the file, if the provider set them"));
        });
        if (kind == Kind.MICROSOFT) {
            microsoft(patient, seen.get(), findings);
        }
        return findings;
    }

    private static void microsoft(Patient patient, PeeringSeen peering, List<Finding> findings) {
        boolean filter = peering.routeFilter().isPresent();
        findings.add(new Finding(9, "Microsoft peering: route filter", filter ? Verdict.GOOD : Verdict.BAD, filter ? ArmCircuits.nameOf(peering.routeFilter().orElseThrow())
                + patient.seen().flatMap(CircuitSnapshot::routeFilter).map(each -> ": " + MicrosoftCommunities.named(each.communities())).orElse("") : "none: Microsoft advertises nothing", "-",
                filter ? "" : "set microsoft-communities and er:apply " + patient.wanted().name()));
        String state = peering.prefixesState();
        List<String> waiting = peering.validations().stream().filter(each -> !each.good()).map(each -> each.prefix() + ": " + each.state()).toList();
        Verdict verdict = state.equalsIgnoreCase("Configured") ? waiting.isEmpty() ? Verdict.GOOD : Verdict.WARN : state.equalsIgnoreCase("Configuring") || state.isEmpty() ? Verdict.WARN : Verdict.BAD;
        String said = (state.isEmpty() ? "not said" : state) + (waiting.isEmpty() ? "" : " (" + String.join(", ", waiting) + ")");
        findings.add(new Finding(9, "Microsoft peering: validation of the prefixes", verdict, said, "advertised: " + String.join(" ", peering.advertised()),
                verdict == Verdict.BAD ? "BGP stays down until Microsoft knows that the prefixes are yours: register them for the AS (" + (peering.registry().isEmpty() ? "no registry is named" : peering.registry())
                        + "), then open a ticket with proof" : verdict == Verdict.GOOD ? "" : waiting.isEmpty() ? "wait until Microsoft has said more of them, and look at the peering in Azure if that takes long" : "register what is not taken yet for the AS, or leave it out of microsoft-prefixes"));
    }
}
