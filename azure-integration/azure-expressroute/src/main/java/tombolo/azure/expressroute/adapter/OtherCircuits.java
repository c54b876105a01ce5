package tombolo.azure.expressroute.adapter;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.config.CircuitSettings;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.ArmCircuits;
import tombolo.azure.expressroute.core.CircuitLimits;
import tombolo.azure.expressroute.core.CircuitSnapshot;

/** Circuits of Azure that no file here describes: left by a file that was deleted, ordered elsewhere, or another customer's. One request for each subscription. */
final class OtherCircuits {
    private static final Pattern ID = Pattern.compile("(?i)/subscriptions/([^/]{1,64})/resourceGroups/([^/]{1,90})/providers/Microsoft\\.Network/expressRouteCircuits/([^/]{1,80})");

    private final Arm arm;

    /** @param subscription by the operator's name */
    record Found(String subscription, String resourceGroup, CircuitSnapshot seen) { }

    /** @param troubles why a subscription could not be asked, operator text */
    record Look(List<Found> circuits, List<String> troubles) { }

    OtherCircuits(Arm arm) {
        this.arm = arm;
    }

    /** All that are in the configured subscriptions and in none of these files. */
    Look besides(Collection<CircuitSettings> files) {
        Set<String> described = new HashSet<>();
        files.forEach(each -> described.add(Circuits.name(arm, each)));
        List<Found> circuits = new ArrayList<>();
        List<String> troubles = new ArrayList<>();
        for (AzureSubscription subscription : arm.subscriptions()) {
            try {
                in(subscription).stream().filter(each -> !described.contains((subscription.id() + "/" + each.resourceGroup() + "/" + each.seen().name()).toLowerCase(Locale.ROOT))).forEach(circuits::add);
            } catch (ArmException e) {
                troubles.add("subscription " + subscription.name() + ": " + e.getMessage());
            }
        }
        return new Look(circuits, troubles);
    }

    /**
     * The circuit with that service key: as its file describes it, where there is one.
     *
     * @throws ExpressRouteException where there is none
     * @throws ArmException          where a subscription cannot be asked, and the key is in none of the others
     */
    CircuitSettings byKey(String serviceKey, Collection<CircuitSettings> files) {
        CircuitSettings found = described(byKey(serviceKey).orElseThrow(() -> new ExpressRouteException("TMB-ER-005 no circuit of the subscriptions of etc/tombolo.azure.subscription-NAME.cfg has that service"
                + " key. A circuit of another customer is named by its id (/subscriptions/...), with an authorization of its owner's. er:list shows those that can be seen here.")));
        return files.stream().filter(each -> Circuits.name(arm, each).equals(Circuits.name(arm, found))).findFirst().orElse(found);
    }

    private Optional<Found> byKey(String serviceKey) {
        Optional<ArmException> trouble = Optional.empty();
        for (AzureSubscription subscription : arm.subscriptions()) {
            try {
                Optional<Found> found = in(subscription).stream().filter(each -> each.seen().serviceKey().value().equalsIgnoreCase(serviceKey)).findFirst();
                if (found.isPresent()) {
                    return found;
                }
            } catch (ArmException e) {
                trouble = Optional.of(e);
            }
        }
        if (trouble.isPresent()) {
            throw trouble.get();
        }
        return Optional.empty();
    }

    private List<Found> in(AzureSubscription subscription) {
        List<Found> found = new ArrayList<>();
        for (Json.Obj circuit : arm.list(ArmRequest.get(subscription.name(), "/providers/Microsoft.Network/expressRouteCircuits", arm.networkVersion()))) {
            Matcher id = ID.matcher(circuit.text("id").orElse(""));
            if (id.matches()) {
                found.add(new Found(subscription.name(), id.group(2), ArmCircuits.read(circuit, Optional.empty(), List.of(), Map.of(), Optional.empty())));
            }
        }
        return found;
    }

    /** As a file would describe it that wants nothing changed. */
    static CircuitSettings described(Found found) {
        CircuitSnapshot seen = found.seen();
        return described(seen.name(), found.subscription(), found.resourceGroup(), seen.location(), seen.provider(), seen.peeringLocation(), seen.bandwidthMbps(), seen.tier());
    }

    private static CircuitSettings described(String name, String subscription, String group, String location, String provider, String place, int bandwidth, String tier) {
        return new CircuitSettings(name, CircuitSettings.State.PRESENT, subscription, group, name, location, provider, place, bandwidth, CircuitLimits.tier(tier), CircuitSettings.Plan.METERED,
                CircuitSettings.Model.CLOUD_EXCHANGE, CircuitSettings.Layer3.CUSTOMER, Optional.empty(), Optional.empty(), List.of(), 0, List.of(), CircuitSettings.Budget.DEFAULT);
    }

    static boolean isId(String circuit) {
        return ID.matcher(circuit).matches();
    }

    /**
     * A circuit that cannot be read here, by its id: enough to link it by an authorization.
     *
     * @param id as its owner has told it
     */
    static CircuitSettings foreign(String id) {
        Matcher matcher = ID.matcher(id);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(id);
        }
        return described(matcher.group(3), matcher.group(1).toLowerCase(Locale.ROOT), matcher.group(2), "", "", "", CircuitSettings.BANDWIDTHS.getFirst(), "Standard");
    }
}
