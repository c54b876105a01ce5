package tombolo.azure.expressroute.adapter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.config.CircuitSettings;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.ArmCircuits;
import tombolo.azure.expressroute.core.CircuitSnapshot;
import tombolo.azure.expressroute.core.CircuitSnapshot.AuthorizationSeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.GatewaySeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.LinkSeen;
import tombolo.azure.expressroute.core.CostReport.Look;
import tombolo.azure.expressroute.core.Prices.Gateway;

/** The gateways that a circuit's links lead to, and those that its file wants linked: what is paid beside the circuit. One request for each, behind those for the circuit. */
final class LinkedGateways {
    private final Arm arm;
    private final CircuitSettings wanted;
    private final Map<String, Gateway> found = new LinkedHashMap<>();

    private LinkedGateways(Arm arm, CircuitSettings wanted) {
        this.arm = arm;
        this.wanted = wanted;
    }

    /** @param azure empty: azure-arm does not run */
    static Look look(Optional<Arm> azure, CircuitSettings wanted) {
        if (azure.isEmpty()) {
            return unasked(wanted, "azure-arm is not running");
        }
        try {
            Optional<CircuitSnapshot> seen = new CircuitReader(azure.get()).read(wanted);
            LinkedGateways gateways = new LinkedGateways(azure.get(), wanted);
            seen.ifPresent(gateways::linked);
            wanted.links().forEach(gateways::named);
            return new Look(seen, "", gateways.found, seen.isEmpty() ? List.of() : List.copyOf(CircuitReader.linkGroups(wanted)));
        } catch (ArmException e) {
            return unasked(wanted, String.valueOf(e.getMessage()));
        }
    }

    private static Look unasked(CircuitSettings wanted, String why) {
        Map<String, Gateway> gateways = new TreeMap<>();
        wanted.links().forEach(each -> gateways.put(each.toString(), Gateway.uncounted(each.toString(), "what Azure has is not known")));
        return new Look(Optional.empty(), why, gateways, List.of());
    }

    private void linked(CircuitSnapshot circuit) {
        circuit.links().forEach(link -> add(link.gateway(), "", Optional.of(link)));
        List<String> known = circuit.links().stream().map(link -> link.id().toLowerCase(Locale.ROOT)).toList();
        for (AuthorizationSeen authorization : circuit.authorizations()) {
            if (authorization.inUse() && !authorization.globalReach() && authorization.connection().map(id -> id.toLowerCase(Locale.ROOT)).filter(known::contains).isEmpty()) {
                // ARM's way of saying that a link is there which is not ours to read, or is of another kind, as those of Virtual WAN are.
                String id = authorization.connection().orElse("authorization " + authorization.name());
                found.put(id.toLowerCase(Locale.ROOT), Gateway.uncounted("behind authorization " + authorization.name(), authorization.connection().map(this::hidden)
                        .orElse("it is in use, and Azure does not say by which link")));
            }
        }
    }

    private String hidden(String link) {
        return NetworkReader.owner(arm, link).map(own -> "its link " + link + " of subscription " + own + " is none of a virtual network gateway that is known here: its gateway is not counted")
                .orElse("its link " + link + " cannot be read here: whoever redeemed the authorization pays for the gateway");
    }

    /** One that the file names; most are linked already. */
    private void named(CircuitSettings.Gateway gateway) {
        String subscription = arm.subscriptions().stream().filter(each -> each.name().equals(wanted.subscription())).findFirst().map(AzureSubscription::id).orElse("");
        add("/subscriptions/" + subscription + CircuitReader.gatewayPath(gateway), goes() ? "not linked, and billed on" : "not linked yet", Optional.empty());
    }

    /** Whether the file lets the circuit go: what it names is not to come any more. */
    private boolean goes() {
        return wanted.state() == CircuitSettings.State.ABSENT;
    }

    /** @param id ids of ARM are equal in any case. @param link that leads to it; empty: the file alone names it */
    private void add(String id, String remark, Optional<LinkSeen> link) {
        String key = id.toLowerCase(Locale.ROOT);
        if (!found.containsKey(key)) {
            gateway(id, remark, link).ifPresent(gateway -> found.put(key, gateway));
        }
    }

    /** Empty where there is nothing to pay, now or later. */
    private Optional<Gateway> gateway(String id, String remark, Optional<LinkSeen> link) {
        String name = name(id);
        Optional<String> owner = NetworkReader.owner(arm, id);
        if (owner.isEmpty()) {
            return Optional.of(Gateway.uncounted(name, "it is in a subscription that is not configured here" + link.map(each -> "; link " + each.name() + " leads to it").orElse("")));
        }
        try {
            Optional<Json.Obj> resource = new CircuitReader(arm).get(owner.get(), id);
            if (resource.isEmpty() && link.isEmpty() && goes()) {
                return Optional.empty();
            }
            return Optional.of(resource.map(each -> priced(name + (owner.get().equals(wanted.subscription()) ? "" : " of " + owner.get()), each, remark))
                    .orElse(Gateway.uncounted(name, link.isEmpty() ? "Azure has no such gateway yet: its size is not known" : "link " + link.get().name() + " leads to it, and Azure does not show it")));
        } catch (ArmException e) {
            return Optional.of(Gateway.uncounted(name, String.valueOf(e.getMessage())));
        }
    }

    private static Gateway priced(String name, Json.Obj resource, String remark) {
        GatewaySeen seen = ArmCircuits.gateway(resource);
        return new Gateway(name, seen.sku(), seen.location(), ArmCircuits.units(resource), remark, "");
    }

    /** As files name gateways. */
    private static String name(String id) {
        String[] parts = id.split("/", -1);
        return parts.length > 8 ? parts[4] + "/" + parts[8] : id;
    }
}
