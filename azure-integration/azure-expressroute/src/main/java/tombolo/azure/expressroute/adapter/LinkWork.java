package tombolo.azure.expressroute.adapter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import tombolo.api.azure.ArmRequest;
import tombolo.api.config.CircuitSettings;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.expressroute.Report;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.ArmCircuits;
import tombolo.azure.expressroute.core.CircuitLimits;
import tombolo.azure.expressroute.core.CircuitReconciler;
import tombolo.azure.expressroute.core.CircuitReports;
import tombolo.azure.expressroute.core.CircuitSnapshot;
import tombolo.azure.expressroute.core.CircuitSnapshot.AuthorizationSeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.GatewaySeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;
import tombolo.azure.expressroute.core.CircuitSnapshot.LinkSeen;
import tombolo.azure.expressroute.core.NetworkSeen;

/** Authorizations and links of one circuit, by hand. What is in flight is taken up first. */
final class LinkWork {
    /** Authorizations of one group: two circuits' worth of links in the lower tiers. */
    private static final int MOST_AUTHORIZATIONS = 20;
    /** A name of ARM's has 80 characters; the group's number stands behind it. */
    private static final int LONGEST_GROUP = 60;

    private final CircuitHold hold;
    private final Circuits work;
    private final CircuitSettings settings;
    private final Consumer<String> progress;

    /** @param wanted 0-32000; empty: the one that the link has, 0 for a new one. @param moves consent to another one than it has */
    record Weight(OptionalInt wanted, boolean moves) { }

    /** @param circuit its id */
    private record Wish(GatewaySeen gateway, String circuit, Optional<String> authorization, Weight weight) { }

    LinkWork(CircuitHold hold, Circuits work, CircuitSettings settings, Consumer<String> progress) {
        this.hold = hold;
        this.work = work;
        this.settings = settings;
        this.progress = progress;
        work.operations().resume(hold, progress);
    }

    private CircuitSnapshot seen() {
        return work.seen(settings);
    }

    Report createAuthorizations(String description, int limit) {
        String circuit = settings.name();
        String group = slug(description);
        if (group.isEmpty() || limit < 1 || limit > MOST_AUTHORIZATIONS) {
            throw new ExpressRouteException("TMB-ER-230 authorizations need a description with letters or digits and a limit of 1 to " + MOST_AUTHORIZATIONS + "; seen '" + description + "' and " + limit + ".");
        }
        CircuitSnapshot seen = seen();
        int allowed = CircuitLimits.links(CircuitLimits.tier(seen.tier()), seen.bandwidthMbps());
        if (seen.authorizations().size() + limit > allowed) {
            throw new ExpressRouteException("TMB-ER-231 circuit " + circuit + " takes " + allowed + " links, and has " + seen.authorizations().size() + " authorizations already; " + limit
                    + " more could never all be used. Delete some, or ask for fewer.");
        }
        List<String> names = new ArrayList<>();
        for (int number = 1; names.size() < limit; number++) { // goes on behind what the group has
            String name = group + "-" + number;
            if (seen.authorizations().stream().noneMatch(each -> each.name().equalsIgnoreCase(name))) {
                names.add(name);
            }
        }
        Map<String, String> keys = new HashMap<>();
        List<AuthorizationSeen> made = new ArrayList<>();
        for (String name : names) {
            String path = CircuitReader.path(settings) + "/authorizations/" + name;
            Json.Obj body = Json.Obj.of("properties", Json.Obj.EMPTY);
            work.operations().perform(hold, "authorize " + name, ArmRequest.put(settings.subscription(), path, work.reader().api(), body), progress);
            Json.Obj now = work.reader().get(settings.subscription(), path).orElse(Json.Obj.EMPTY);
            now.object("properties").flatMap(properties -> properties.text("authorizationKey")).ifPresent(key -> keys.put(name, key));
            made.add(ArmCircuits.authorization(now));
        }
        return CircuitReports.authorizations(made, List.of(), keys);
    }

    Report deleteAuthorizations(String name, boolean cut) {
        String circuit = settings.name();
        List<AuthorizationSeen> chosen = seen().authorizations().stream().filter(each -> each.name().equalsIgnoreCase(name) || each.name().matches("(?i)" + java.util.regex.Pattern.quote(slug(name))
                + "-[0-9]+")).toList();
        if (chosen.isEmpty()) {
            throw new ExpressRouteException("TMB-ER-232 circuit " + circuit + " has no authorization '" + name + "', and no group of that description. er:authorization-list " + circuit + " shows them.");
        }
        List<String> links = chosen.stream().filter(AuthorizationSeen::inUse).map(each -> each.name() + " (link " + CircuitReports.usedBy(each) + ")").sorted().toList();
        if (!links.isEmpty() && !cut) {
            throw new ExpressRouteException("TMB-ER-233 deleting " + (chosen.size() == 1 ? "this authorization" : "these authorizations") + " cuts links: " + String.join(", ", links)
                    + ". Their traffic stops at once. Nothing was deleted; again with --force if that is meant.");
        }
        for (AuthorizationSeen each : chosen) {
            work.operations().perform(hold, "delete the authorization " + each.name(),
                    ArmRequest.delete(settings.subscription(), CircuitReader.path(settings) + "/authorizations/" + each.name(), work.reader().api()), progress);
        }
        return CircuitReports.said("Deleted " + String.join(", ", chosen.stream().map(AuthorizationSeen::name).sorted().toList()) + ".");
    }

    /** What ARM takes as a name, of a description. */
    static String slug(String description) {
        String slug = description.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return slug.length() <= LONGEST_GROUP ? slug : slug.substring(0, LONGEST_GROUP).replaceAll("-$", "");
    }

    Report createLink(String gateway, Optional<String> from, Optional<String> authorization, Weight weight) {
        String circuit = settings.name();
        CircuitSettings.Gateway at = named(gateway, weight);
        String subscription = from.orElse(settings.subscription());
        CircuitSnapshot seen = seen();
        GatewaySeen there = gatewayAt(subscription, at);
        Optional<LinkSeen> already = seen.links().stream().filter(link -> link.gateway().equalsIgnoreCase(there.id())).findFirst();
        int allowed = CircuitLimits.links(CircuitLimits.tier(seen.tier()), seen.bandwidthMbps());
        if (already.isEmpty() && seen.linked() >= allowed) {
            throw new ExpressRouteException("TMB-ER-110 circuit " + circuit + " has " + seen.linked() + " links and takes " + allowed + ". Raise the tier or the bandwidth, or delete one.");
        }
        if (!seen.provisioned() || seen.peering(Kind.PRIVATE).isEmpty()) {
            throw new ExpressRouteException("TMB-ER-241 circuit " + circuit + " cannot be linked yet: the provider's state is " + seen.providerState() + ", private peering is "
                    + (seen.peering(Kind.PRIVATE).isPresent() ? "there" : "not there") + ". er:plan " + circuit + " shows what comes first.");
        }
        return link(subscription, at, already.map(LinkSeen::id), new Wish(there, seen.id(), authorization, weight));
    }

    /** @param already the id of the link between the two, where it is known */
    private Report link(String subscription, CircuitSettings.Gateway at, Optional<String> already, Wish wish) {
        String path = already.orElseGet(() -> LinkNames.free(work.reader(), subscription, at.resourceGroup(), wish.gateway().id(), wish.circuit()));
        Optional<Json.Obj> before = work.reader().get(subscription, path);
        CircuitReader.Link link = new CircuitReader.Link(wish.gateway(), wish.circuit(), weight(at, before.map(ArmCircuits::link), wish.weight()), wish.authorization());
        work.operations().perform(hold, "link " + at, work.reader().link(subscription, path, before, link), progress);
        return CircuitReports.said("Linked " + at + " as " + ArmCircuits.nameOf(path) + ".");
    }

    /** A weight that moves traffic is set by whoever means it, as er:apply has it too. */
    private int weight(CircuitSettings.Gateway at, Optional<LinkSeen> link, Weight weight) {
        int is = link.map(LinkSeen::weight).orElse(0);
        int wish = weight.wanted().orElse(is);
        if (link.isPresent() && wish != is && !weight.moves()) {
            throw new ExpressRouteException("TMB-ER-246 circuit " + settings.name() + " is linked to " + at + " already, by " + link.get().name() + " with weight " + is + ", and wanted " + wish + ": "
                    + CircuitReconciler.WEIGHT_MOVES + ". Nothing was changed; again with --yes if that is meant, or without --weight, which keeps " + is + ".");
        }
        return wish;
    }

    /**
     * Redeems an authorization for a circuit of another customer, which nobody here can read: what it can take, ARM alone knows.
     *
     * @param circuit its id, as its owner has told it with the key
     */
    Report redeem(String circuit, String gateway, String from, String authorization, Weight weight) {
        CircuitSettings.Gateway at = named(gateway, weight);
        return link(from, at, Optional.empty(), new Wish(gatewayAt(from, at), circuit, Optional.of(authorization), weight));
    }

    private static CircuitSettings.Gateway named(String gateway, Weight weight) {
        int wish = weight.wanted().orElse(0);
        int slash = gateway.indexOf('/');
        if (slash < 1 || slash == gateway.length() - 1 || wish < 0 || wish > 32_000) {
            throw new ExpressRouteException("TMB-ER-240 wanted RESOURCE-GROUP/GATEWAY and a weight of 0 to 32000, not '" + gateway + "' and " + wish + ".");
        }
        return new CircuitSettings.Gateway(gateway.substring(0, slash), gateway.substring(slash + 1));
    }

    private GatewaySeen gatewayAt(String subscription, CircuitSettings.Gateway at) {
        GatewaySeen there = work.reader().get(subscription, CircuitReader.gatewayPath(at)).or(() -> gatewayOf(subscription, at)).map(ArmCircuits::gateway).orElseThrow(() ->
                new ExpressRouteException("TMB-ER-108 there is no gateway " + at + " in subscription " + subscription + ", and no virtual network of that name that has one in its resource group."
                        + " A virtual network needs an ExpressRoute gateway before it can be linked."));
        if (!there.type().equalsIgnoreCase("ExpressRoute")) {
            throw new ExpressRouteException("TMB-ER-109 " + at + " is a gateway of type " + there.type() + "; wanted ExpressRoute.");
        }
        return there;
    }

    /** The ExpressRoute gateway of a virtual network, looked for among those of the network's resource group. */
    private Optional<Json.Obj> gatewayOf(String subscription, CircuitSettings.Gateway network) {
        String group = CircuitReader.group(network.resourceGroup()) + "/providers/Microsoft.Network/";
        return work.reader().get(subscription, group + "virtualNetworks/" + network.name()).flatMap(found -> found.text("id")).flatMap(id -> work.reader().list(subscription, group + "virtualNetworkGateways").stream()
                .filter(each -> ArmCircuits.gateway(each).type().equalsIgnoreCase("ExpressRoute") && NetworkSeen.networkOf(each).filter(id::equalsIgnoreCase).isPresent()).findFirst());
    }

    Report deleteLink(String link, boolean cut) {
        String circuit = settings.name();
        LinkSeen chosen = seen().links().stream().filter(each -> each.name().equalsIgnoreCase(link)).findFirst().orElseThrow(() ->
                new ExpressRouteException("TMB-ER-242 circuit " + circuit + " has no link '" + link + "' here. er:link-list " + circuit + " shows them."));
        if (!cut) {
            throw new ExpressRouteException("TMB-ER-243 deleting the link " + chosen.name() + " cuts the virtual network of " + ArmCircuits.nameOf(chosen.gateway())
                    + " off this circuit. Nothing was deleted; again with --yes if that is meant.");
        }
        work.operations().perform(hold, "delete the link " + chosen.name(), ArmRequest.delete(work.reader().owner(chosen.id()).orElse(settings.subscription()), chosen.id(), work.reader().api()), progress);
        return CircuitReports.said("Deleted the link " + chosen.name() + ".");
    }
}
