package tombolo.azure.expressroute.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.expressroute.ExpressRoute.Consent;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.ArmBodies;
import tombolo.azure.expressroute.core.ArmCircuits;
import tombolo.azure.expressroute.core.CircuitPlan;
import tombolo.azure.expressroute.core.CircuitPlan.Action;
import tombolo.azure.expressroute.core.CircuitPlan.Step;
import tombolo.azure.expressroute.core.CircuitSnapshot;
import tombolo.azure.expressroute.core.CircuitSnapshot.GatewaySeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;
import tombolo.azure.expressroute.core.NodeSide;

/** Does the steps of a plan. */
final class Circuits {
    /** A plan is made anew behind each step; more rounds than a circuit has steps mean that Azure does not keep what it was told. */
    private static final int MOST_STEPS = 150;

    /** Makes the plan of a circuit from what Azure shows. */
    @FunctionalInterface
    interface Planner {
        CircuitPlan plan(Optional<CircuitSnapshot> seen);
    }

    /** Does changes on this node. */
    @FunctionalInterface
    interface Here {
        void apply(String circuit, List<NodeSide.Change> changes);
    }

    private final CircuitReader reader;
    private final Operations operations;
    private final Here here;

    Circuits(Arm arm, Operations operations, Here here) {
        this.reader = new CircuitReader(arm);
        this.operations = operations;
        this.here = here;
    }

    /** What the circuit is called in the datastore, by every gateway alike. ARM's names are equal in any case. */
    static String name(Arm arm, CircuitSettings circuit) {
        String subscription = arm.subscriptions().stream().filter(each -> each.name().equals(circuit.subscription())).findFirst().map(AzureSubscription::id).orElse(circuit.subscription());
        return (subscription + "/" + circuit.resourceGroup() + "/" + circuit.circuit()).toLowerCase(Locale.ROOT);
    }

    /**
     * Does what can be done now, one step at a time, and reads Azure again behind each.
     *
     * @return the plan of what is left
     * @throws ExpressRouteException where a step needs a consent that was not given
     */
    CircuitPlan apply(CircuitHold hold, CircuitSettings wanted, Planner planner, Consent consent, Consumer<String> progress) {
        return new Run(hold, wanted, planner, progress, Optional.of(consent)).run();
    }

    /** The same without anybody who could be asked: what the file does not allow by itself is left, with what cannot be done before it. */
    CircuitPlan applyAlone(CircuitHold hold, CircuitSettings wanted, Planner planner, Consumer<String> progress) {
        return new Run(hold, wanted, planner, progress, Optional.empty()).run();
    }

    /** @param consent of whoever gave the command; empty: nobody did */
    private final class Run {
        private final CircuitHold hold;
        private final CircuitSettings wanted;
        private final Planner planner;
        private final Consumer<String> progress;
        private final Optional<Consent> consent;
        private final List<Step> done = new ArrayList<>();
        private boolean consented;

        Run(CircuitHold hold, CircuitSettings wanted, Planner planner, Consumer<String> progress, Optional<Consent> consent) {
            this.hold = hold;
            this.wanted = wanted;
            this.planner = planner;
            this.progress = progress;
            this.consent = consent;
        }

        CircuitPlan run() {
            operations.resume(hold, progress);
            for (int round = 0; round < MOST_STEPS; round++) {
                Optional<CircuitSnapshot> seen = reader.read(wanted);
                CircuitPlan plan = planner.plan(seen);
                if (round == 0) {
                    consented = consent.filter(given -> given.everything() || plan.token().equals(given.plan())).isPresent();
                }
                if (plan.steps().isEmpty()) {
                    return plan;
                }
                if (consent.isPresent() && !allowed(plan.steps().getFirst())) {
                    throw refused(wanted.name(), plan.steps().getFirst(), consent.get(), done.size());
                }
                Optional<Step> step = plan.next(this::allowed);
                if (step.isEmpty()) {
                    return plan;
                }
                perform(step.get(), plan, seen);
            }
            throw new ExpressRouteException("TMB-ER-206 circuit " + wanted.name() + ": not as wanted after " + MOST_STEPS + " steps. er:plan " + wanted.name() + " shows what is left.");
        }

        private boolean allowed(Step step) {
            CircuitSettings.Applying applying = wanted.applying();
            return consented || !step.needsConsent()
                    || consent.isEmpty() && (step.costs().isEmpty() || applying.mayCost()) && (step.cuts().isEmpty() || applying.mayCut());
        }

        private void perform(Step step, CircuitPlan plan, Optional<CircuitSnapshot> seen) {
            if (step.action() instanceof Action.OnNode) {
                List<Step> together = plan.steps().stream().dropWhile(each -> !each.equals(step)).takeWhile(each -> each.action() instanceof Action.OnNode && allowed(each)).toList();
                onNode(here, wanted.name(), together, progress);
                done.addAll(together);
                return;
            }
            if (done.contains(step)) {
                throw new ExpressRouteException("TMB-ER-206 circuit " + wanted.name() + ": '" + step.what() + "' was done, and Azure shows it undone (" + step.reason()
                        + "). Somebody else may change it too; look at the activity log in Azure.");
            }
            if (step.action() instanceof Action.CreateCircuit) {
                offered(wanted, progress);
            }
            operations.perform(hold, step.what(), request(wanted, seen, step.action()), progress);
            done.add(step);
        }
    }

    /** What nobody offers is refused before it is ordered, with what is. Azure that lists nobody is asked all the same. */
    private void offered(CircuitSettings wanted, Consumer<String> progress) {
        Map<String, ArmCircuits.Offer> offers = offers(wanted, progress);
        if (offers.isEmpty()) {
            return;
        }
        String end = ". Nothing was ordered. er:providers shows what is offered; mend the circuit's file.";
        ArmCircuits.Offer offer = offers.entrySet().stream().filter(each -> each.getKey().equalsIgnoreCase(wanted.provider())).map(Map.Entry::getValue).findFirst().orElseThrow(() ->
                new ExpressRouteException("TMB-ER-114 circuit " + wanted.name() + ": no provider is called '" + wanted.provider() + "' in " + wanted.subscription() + end));
        if (!offer.places().isEmpty() && offer.places().stream().noneMatch(wanted.peeringLocation()::equalsIgnoreCase)) {
            throw new ExpressRouteException("TMB-ER-114 circuit " + wanted.name() + ": " + wanted.provider() + " is not at '" + wanted.peeringLocation() + "'; it is at " + String.join(", ", offer.places()) + end);
        }
        if (!offer.bandwidths().isEmpty() && !offer.bandwidths().contains(wanted.bandwidthMbps())) {
            throw new ExpressRouteException("TMB-ER-114 circuit " + wanted.name() + ": " + wanted.provider() + " offers no " + wanted.bandwidthMbps() + " Mbit/s; it offers "
                    + String.join(", ", offer.bandwidths().stream().map(String::valueOf).toList()) + end);
        }
    }

    /** The list is the subscription's: whoever has a role on a resource group alone may order there, and not read it. */
    private Map<String, ArmCircuits.Offer> offers(CircuitSettings wanted, Consumer<String> progress) {
        try {
            return ArmCircuits.offers(reader.list(wanted.subscription(), "/providers/Microsoft.Network/expressRouteServiceProviders"));
        } catch (ArmException e) {
            if (e.reason() != ArmException.Reason.FORBIDDEN && e.reason() != ArmException.Reason.NOT_FOUND) {
                throw e;
            }
            progress.accept("whether " + wanted.provider() + " offers this could not be checked before it is ordered: " + e.getMessage());
            return Map.of();
        }
    }

    /** Changes on this node are made together: each is in force within moments, and none asks Azure. */
    static void onNode(Here here, String circuit, List<Step> steps, Consumer<String> progress) {
        List<NodeSide.Change> changes = new ArrayList<>();
        for (Step step : steps) {
            if (step.action() instanceof Action.OnNode(NodeSide.Change change)) {
                changes.add(change);
            }
        }
        here.apply(circuit, changes);
        steps.forEach(step -> progress.accept(step.what() + ": done"));
    }

    static ExpressRouteException refused(String circuit, Step step, Consent consent, int done) {
        return new ExpressRouteException("TMB-ER-205 circuit " + circuit + ": '" + step.what() + "' needs consent"
                + (consent.plan().isEmpty() ? "" : ", and the plan has changed since it was given") + ": " + step.costs().orElse("") + step.cuts().map(cuts -> (step.costs().isPresent() ? "; " : "") + cuts)
                .orElse("") + ". Read er:plan " + circuit + ", then er:apply " + circuit + " --yes. " + (done == 0 ? "Nothing was done." : done + " steps were done before."));
    }

    private ArmRequest request(CircuitSettings wanted, Optional<CircuitSnapshot> seen, Action action) {
        String path = CircuitReader.path(wanted);
        return switch (action) {
            case Action.CreateCircuit _ -> put(wanted, path, ArmBodies.createCircuit(wanted));
            case Action.ChangeCircuit _ -> {
                CircuitSnapshot circuit = seen.orElseThrow();
                yield under(circuit.etag(), put(wanted, path, ArmBodies.changeCircuit(wanted, circuit, kind -> SharedKeys.key(peering(wanted, kind)))));
            }
            case Action.DeleteCircuit _ -> ArmRequest.delete(wanted.subscription(), path, reader.api());
            case Action.PutPeering(Kind kind) -> {
                Peering wish = peering(wanted, kind).orElseThrow();
                Optional<CircuitSnapshot.PeeringSeen> is = seen.flatMap(circuit -> circuit.peering(kind));
                Optional<String> filter = wish.communities().isEmpty() ? Optional.empty() : seen.flatMap(CircuitSnapshot::routeFilter).map(CircuitSnapshot.RouteFilterSeen::id);
                yield under(is.flatMap(there -> there.raw().text("etag")), put(wanted, path + "/peerings/" + kind.arm(), ArmBodies.peering(kind, wish, is, SharedKeys.key(Optional.of(wish)), filter)));
            }
            case Action.PutRouteFilter _ -> {
                Optional<CircuitSnapshot.RouteFilterSeen> filter = seen.flatMap(CircuitSnapshot::routeFilter);
                yield under(filter.flatMap(CircuitSnapshot.RouteFilterSeen::etag), put(wanted, filter.orElseThrow().id(), ArmBodies.routeFilter(wanted, filter)));
            }
            case Action.PutLink(CircuitSettings.Gateway gateway, Optional<String> existing) -> {
                GatewaySeen at = seen.orElseThrow().gateways().get(gateway);
                String link = existing.orElseGet(() -> LinkNames.free(reader, wanted.subscription(), gateway.resourceGroup(), at.id(), seen.orElseThrow().id()));
                yield reader.link(wanted.subscription(), link, new CircuitReader.Link(at, seen.orElseThrow().id(), wanted.linkWeight(), Optional.empty()));
            }
            case Action.OnNode _ -> throw new IllegalStateException("what is done here is not asked of Azure");
        };
    }

    private ArmRequest put(CircuitSettings wanted, String path, Json.Obj body) {
        return ArmRequest.put(wanted.subscription(), path, reader.api(), body);
    }

    /** Whoever has changed it since it was read is not overwritten. */
    private static ArmRequest under(Optional<String> etag, ArmRequest change) {
        return etag.map(change::withEtag).orElse(change);
    }

    private static Optional<Peering> peering(CircuitSettings wanted, Kind kind) {
        return kind == Kind.PRIVATE ? wanted.privatePeering() : kind == Kind.MICROSOFT ? wanted.microsoft() : Optional.empty();
    }

    /** @throws ExpressRouteException where it does not exist */
    CircuitSnapshot seen(CircuitSettings settings) {
        return reader.read(settings).orElseThrow(() -> new ExpressRouteException("TMB-ER-004 circuit " + settings.name() + ": there is no circuit " + settings.circuit() + " in "
                + settings.subscription() + "/" + settings.resourceGroup() + ". er:plan " + settings.name() + " shows how it is ordered."));
    }

    CircuitReader reader() {
        return reader;
    }

    Operations operations() {
        return operations;
    }
}
