package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Layer3;
import tombolo.api.config.CircuitSettings.Plan;
import tombolo.api.config.CircuitSettings.State;
import tombolo.api.config.CircuitSettings.Tier;
import tombolo.api.expressroute.MicrosoftCommunities;
import tombolo.api.net.Prefix;
import tombolo.azure.expressroute.core.CircuitPlan.Action;
import tombolo.azure.expressroute.core.CircuitPlan.Step;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;
import tombolo.azure.expressroute.core.CircuitSnapshot.LinkSeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.PeeringSeen;

/** Compares circuits as wanted with circuits as seen. A pure function of both. */
public final class CircuitReconciler {
    /** Nothing stands for prices here: they change, and er:cost has them with their date. */
    private static final String BILL = "er:cost shows it";
    /** What another weight of a link does. */
    public static final String WEIGHT_MOVES = "traffic of the virtual network may move to or from other circuits";

    private final CircuitSettings wanted;
    private final Optional<CircuitSnapshot> seen;
    private final List<Step> steps = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();
    private final List<String> waits = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private CircuitReconciler(CircuitSettings wanted, Optional<CircuitSnapshot> seen) {
        this.wanted = wanted;
        this.seen = seen;
    }

    /**
     * Plans of all circuits, by the file's name.
     *
     * @param seen by the file's name; a circuit that is not in it does not exist in Azure
     */
    public static Map<String, CircuitPlan> plans(Map<String, CircuitSettings> wanted, Map<String, CircuitSnapshot> seen) {
        Map<String, List<String>> overlaps = PeeringRules.overlaps(wanted.values());
        Map<String, CircuitPlan> plans = new TreeMap<>();
        wanted.forEach((name, settings) -> {
            CircuitReconciler one = new CircuitReconciler(settings, Optional.ofNullable(seen.get(name)));
            one.refusals.addAll(overlaps.getOrDefault(name, List.of()));
            plans.put(name, one.plan());
        });
        return plans;
    }

    private CircuitPlan plan() {
        if (wanted.state() == State.ABSENT) {
            seen.ifPresent(this::delete);
        } else if (seen.isEmpty()) {
            create();
        } else if (seen.get().direct()) {
            refuse("100", "is on a port of ExpressRoute Direct; those are shown here and not managed. Remove the file, or manage the circuit elsewhere");
        } else {
            compare(seen.get());
        }
        return new CircuitPlan(wanted.name(), refusals.isEmpty() ? steps : List.of(), refusals, waits, notes);
    }

    private void create() {
        steps.add(new Step(new Action.CreateCircuit(), "create the circuit " + wanted.circuit() + ": " + wanted.provider() + " at " + wanted.peeringLocation() + ", " + bandwidth(wanted.bandwidthMbps())
                + ", " + tierWord(wanted.tier()) + " " + lower(wanted.plan()), "there is none of that name in " + wanted.subscription() + "/" + wanted.resourceGroup(),
                Optional.of("billing starts as soon as the service key is issued, before the provider has done anything, and ends when the circuit is deleted; " + BILL),
                Optional.empty()));
        waits.add("then the provider is given the service key (er:key " + wanted.name() + " --show) and provisions; peerings and links follow");
    }

    private void delete(CircuitSnapshot circuit) {
        if (!circuit.links().isEmpty()) {
            refuse("101", "cannot be deleted while it is linked: " + names(circuit.links()) + ". Delete the links first: er:link-delete");
        }
        List<String> used = circuit.authorizations().stream().filter(CircuitSnapshot.AuthorizationSeen::inUse).map(CircuitSnapshot.AuthorizationSeen::name).sorted().toList();
        if (!used.isEmpty()) {
            refuse("102", "cannot be deleted while authorizations are in use, by links of other subscriptions as a rule: " + String.join(", ", used) + ". er:authorization-list names the links");
        }
        if (!circuit.providerState().equalsIgnoreCase("NotProvisioned")) {
            waits.add("the provider must deprovision the circuit first; its state is " + circuit.providerState() + ". Billing goes on until the circuit is deleted");
        } else if (circuit.busy()) {
            waits.add("Azure works on the circuit (" + circuit.provisioningState() + ")");
        } else {
            steps.add(new Step(new Action.DeleteCircuit(), "delete the circuit " + circuit.name(), "state = absent", Optional.empty(),
                    Optional.of("the service key becomes void for good; a new circuit must be ordered and provisioned anew. A gateway of a virtual network is billed on by itself")));
        }
    }

    private void compare(CircuitSnapshot circuit) {
        unchangeable("provider", circuit.provider(), wanted.provider(), "103");
        unchangeable("peering-location", circuit.peeringLocation(), wanted.peeringLocation(), "103");
        unchangeable("location", circuit.location(), wanted.location(), "103");
        sku(circuit);
        if (circuit.busy()) {
            steps.clear();
            waits.add("Azure works on the circuit (" + circuit.provisioningState() + "); what is to be done is planned when it is done");
            return;
        }
        if (circuit.circuitState().equalsIgnoreCase("Disabled")) {
            notes.add("the circuit is Disabled in Azure");
        }
        if (wanted.layer3() == Layer3.PROVIDER) {
            notes.add("layer-3 = provider: peerings are left to the provider");
        } else {
            routeFilter(circuit);
            peering(circuit, Kind.PRIVATE, wanted.privatePeering());
            peering(circuit, Kind.MICROSOFT, wanted.microsoft());
        }
        links(circuit);
    }

    private void unchangeable(String key, String is, String wish, String code) {
        if (!is.equalsIgnoreCase(wish) && !is.replace(" ", "").equalsIgnoreCase(wish.replace(" ", ""))) {
            refuse(code, key + " is " + is + " and wanted " + wish + ": Azure cannot change it. Set " + key + " = " + is + ", or order another circuit in a file of its own and move over");
        }
    }

    /** The transitions that Azure allows: Local up, Standard and Premium both ways, metered to unlimited, bandwidth up. */
    private void sku(CircuitSnapshot circuit) {
        Tier tier = CircuitLimits.tier(circuit.tier());
        Plan plan = CircuitLimits.plan(circuit.family());
        List<String> changes = new ArrayList<>();
        List<String> costs = new ArrayList<>();
        List<String> cuts = new ArrayList<>();
        if (tier != wanted.tier()) {
            changes.add("tier " + tierWord(tier) + " to " + tierWord(wanted.tier()));
            if (wanted.tier() == Tier.LOCAL) {
                refuse("104", "cannot go from " + tierWord(tier) + " to local. Set tier = " + lower(tier) + ", or order another circuit");
            } else if (tier == Tier.PREMIUM) {
                cuts.add("virtual networks of other geopolitical regions are cut off, and Microsoft ends a session on which more than " + CircuitLimits.STANDARD_PREFIXES + " prefixes are advertised");
            } else {
                costs.add("the circuit costs more");
            }
        }
        if (plan != wanted.plan()) {
            changes.add("plan " + lower(plan) + " to " + lower(wanted.plan()));
            if (wanted.plan() == Plan.METERED) {
                refuse("105", "cannot go from unlimited to metered. Set plan = unlimited, or order another circuit");
            } else {
                costs.add("the fee of an unlimited circuit replaces the charge by volume");
                cuts.add("unlimited can never be taken back to metered");
            }
        }
        if (circuit.bandwidthMbps() != wanted.bandwidthMbps()) {
            changes.add("bandwidth " + bandwidth(circuit.bandwidthMbps()) + " to " + bandwidth(wanted.bandwidthMbps()));
            if (wanted.bandwidthMbps() < circuit.bandwidthMbps()) {
                refuse("106", "bandwidth is " + bandwidth(circuit.bandwidthMbps()) + " and wanted " + bandwidth(wanted.bandwidthMbps())
                        + ": it can only be raised. Set bandwidth = " + circuit.bandwidthMbps() + ", or order another circuit");
            } else {
                costs.add("more bandwidth costs more, and cannot be given back; the provider's port must have it");
            }
        }
        int allowed = CircuitLimits.links(wanted.tier(), wanted.bandwidthMbps());
        if (!changes.isEmpty() && circuit.linked() > allowed) {
            refuse("107", "has " + circuit.linked() + " links, and " + tierWord(wanted.tier()) + " at " + bandwidth(wanted.bandwidthMbps()) + " takes " + allowed
                    + ". Delete links first, or keep the tier");
        }
        if (changes.isEmpty()) {
            return;
        }
        // A PUT replaces the whole circuit, its peerings too, and ARM need not have told their keys.
        List<String> keyless = circuit.peerings().stream().filter(each -> !each.keySaid() && wantedKey(each).isEmpty()).map(PeeringSeen::type).sorted().toList();
        if (!keyless.isEmpty()) {
            cuts.add("an MD5 key that was set by hand on " + String.join(", ", keyless) + " and is not in the file is lost, and its sessions with it");
        }
        if (!costs.isEmpty()) {
            costs.add(BILL);
        }
        steps.add(new Step(new Action.ChangeCircuit(), "change the circuit " + circuit.name(), String.join(", ", changes), joined(costs), joined(cuts)));
    }

    private Optional<?> wantedKey(PeeringSeen peering) {
        return (peering.is(Kind.PRIVATE) ? wanted.privatePeering() : peering.is(Kind.MICROSOFT) ? wanted.microsoft() : Optional.<CircuitSettings.Peering>empty())
                .flatMap(CircuitSettings.Peering::sharedKey);
    }

    private void peering(CircuitSnapshot circuit, Kind kind, Optional<CircuitSettings.Peering> wish) {
        Optional<PeeringSeen> is = circuit.peering(kind);
        if (wish.isEmpty()) {
            is.ifPresent(there -> notes.add(kind.word() + " is there and not in the file; it is left as it is"
                    + (there.advertised().isEmpty() ? "" : ", with its public prefixes " + String.join(", ", there.advertised()))));
            return;
        }
        refusals.addAll(PeeringRules.refusals(wanted.name(), circuit, kind, wish.get()));
        if (!circuit.provisioned()) {
            waits.add(kind.word() + " follows when the provider has provisioned the circuit; its state is " + circuit.providerState()
                    + (circuit.providerState().equalsIgnoreCase("NotProvisioned") ? ". Give the provider the service key: er:key " + wanted.name() + " --show" : ""));
            return;
        }
        Optional<String> filter = kind == Kind.MICROSOFT && !wish.get().communities().isEmpty() ? circuit.routeFilter().map(CircuitSnapshot.RouteFilterSeen::id) : Optional.empty();
        if (is.isEmpty()) {
            steps.add(new Step(new Action.PutPeering(kind), "configure " + kind.word(), "there is none", Optional.empty(), Optional.empty()));
            return;
        }
        if (is.get().state().equalsIgnoreCase("Disabled")) {
            notes.add(kind.word() + " is Disabled in Azure; enable it there, or let er:doctor " + wanted.name() + " say more");
        }
        notes.addAll(PeeringRules.leftAlone(kind, is.get(), wish.get()));
        PeeringRules.Differences differences = PeeringRules.differences(is.get(), wish.get(), filter);
        if (differences.none()) {
            return;
        }
        List<String> cuts = new ArrayList<>();
        if (!differences.cutting().isEmpty()) {
            cuts.add("both BGP sessions of " + kind.word() + " restart.");
        }
        if (!differences.replaced().isEmpty()) {
            cuts.add("Microsoft withdraws what the filter that is replaced alone lets through (" + String.join(", ", differences.replaced()) + ").");
        }
        if (!differences.removed().isEmpty()) {
            cuts.add("Microsoft takes " + String.join(", ", differences.removed()) + " from here no more.");
        }
        // Where the file names a port, sessions need not stand there yet: a port tells nothing of a key.
        if (!is.get().keySaid() && wish.get().sharedKey().isEmpty()) {
            cuts.add("An MD5 key that was set by hand and is not in the file is lost, and its sessions with it.");
        }
        if (is.get().modifiedBy().toLowerCase(java.util.Locale.ROOT).contains("provider")) {
            cuts.add("It was last changed by the provider, whose values are overwritten.");
        }
        steps.add(new Step(new Action.PutPeering(kind), "change " + kind.word(), differences.text(), Optional.empty(), Optional.of(String.join(" ", cuts)).filter(text -> !text.isEmpty())));
    }

    private void routeFilter(CircuitSnapshot circuit) {
        List<String> wish = wanted.microsoft().map(CircuitSettings.Peering::communities).orElse(List.of()).stream().sorted().distinct().toList();
        if (wish.isEmpty() || !circuit.provisioned()) {
            return;
        }
        Optional<CircuitSnapshot.RouteFilterSeen> is = circuit.routeFilter();
        if (is.isEmpty() || !is.get().exists()) {
            steps.add(new Step(new Action.PutRouteFilter(), "create the route filter " + is.map(filter -> ArmCircuits.nameOf(filter.id())).orElse(""), "wanted " + MicrosoftCommunities.named(wish), Optional.empty(),
                    Optional.empty()));
            return;
        }
        List<String> gone = is.get().communities().stream().filter(each -> !wish.contains(each)).toList();
        List<String> more = wish.stream().filter(each -> !is.get().communities().contains(each)).toList();
        if (!gone.isEmpty() || !more.isEmpty()) {
            String reason = (more.isEmpty() ? "" : "adds " + MicrosoftCommunities.named(more)) + (gone.isEmpty() ? "" : (more.isEmpty() ? "" : "; ") + "takes away " + MicrosoftCommunities.named(gone));
            steps.add(new Step(new Action.PutRouteFilter(), "change the route filter " + ArmCircuits.nameOf(is.get().id()), reason, Optional.empty(),
                    gone.isEmpty() ? Optional.empty() : Optional.of("Microsoft withdraws the routes of " + MicrosoftCommunities.named(gone))));
        }
    }

    private void links(CircuitSnapshot circuit) {
        Map<CircuitSettings.Gateway, Optional<LinkSeen>> wish = new HashMap<>();
        for (CircuitSettings.Gateway gateway : wanted.links()) {
            CircuitSnapshot.GatewaySeen is = circuit.gateways().get(gateway);
            if (is == null) {
                refuse("108", "is to be linked to " + gateway + ", and there is no such gateway. A virtual network needs an ExpressRoute gateway before it can be linked");
            } else if (!is.type().equalsIgnoreCase("ExpressRoute")) {
                refuse("109", "is to be linked to " + gateway + ", which is a gateway of type " + is.type() + "; wanted ExpressRoute");
            } else {
                wish.put(gateway, circuit.links().stream().filter(link -> ArmCircuits.same(link.gateway(), is.id())).findFirst());
            }
        }
        long missing = wish.values().stream().filter(Optional::isEmpty).count();
        int allowed = CircuitLimits.links(wanted.tier(), wanted.bandwidthMbps());
        if (missing > 0 && circuit.linked() + missing > allowed) {
            refuse("110", "would have " + (circuit.linked() + missing) + " links, and " + tierWord(wanted.tier()) + " at " + bandwidth(wanted.bandwidthMbps()) + " takes "
                    + allowed + ". Raise the tier or the bandwidth, or link fewer");
        }
        for (CircuitSettings.Gateway gateway : wanted.links()) {
            Optional<LinkSeen> link = wish.getOrDefault(gateway, Optional.empty());
            if (!wish.containsKey(gateway)) {
                continue;
            }
            if (!circuit.provisioned() || circuit.peering(Kind.PRIVATE).isEmpty()) {
                if (link.isEmpty()) {
                    waits.add("the link to " + gateway + " follows when private peering is there");
                }
            } else if (link.isEmpty()) {
                steps.add(new Step(new Action.PutLink(gateway, Optional.empty()), "link " + gateway, "there is no link", Optional.empty(), Optional.empty()));
            } else if (link.get().weight() != wanted.linkWeight()) {
                steps.add(new Step(new Action.PutLink(gateway, Optional.of(link.get().id())), "change the link to " + gateway, "weight " + link.get().weight() + " to " + wanted.linkWeight(),
                        Optional.empty(), Optional.of(WEIGHT_MOVES)));
            }
        }
    }

    private void refuse(String code, String what) {
        refusals.add("TMB-ER-" + code + " circuit " + wanted.name() + ": " + what + ".");
    }

    private static String names(List<LinkSeen> links) {
        return links.stream().map(LinkSeen::name).sorted().collect(Collectors.joining(", "));
    }

    private static Optional<String> joined(List<String> parts) {
        return parts.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", parts));
    }

    static String bandwidth(int mbps) {
        return mbps >= 1_000 && mbps % 1_000 == 0 ? mbps / 1_000 + " Gbit/s" : mbps + " Mbit/s";
    }

    static String tierWord(Tier tier) {
        return tier.name().charAt(0) + tier.name().substring(1).toLowerCase(java.util.Locale.ROOT);
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether two prefixes have an address in common. */
    static boolean overlap(Prefix left, Prefix right) {
        return left.family() == right.family() && (left.covers(right) || right.covers(left));
    }
}
