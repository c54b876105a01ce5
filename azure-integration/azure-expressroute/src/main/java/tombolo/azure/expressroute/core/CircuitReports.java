package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.Contribution;
import tombolo.api.config.Contribution.Part;
import tombolo.api.expressroute.MicrosoftCommunities;
import tombolo.api.expressroute.Report;
import tombolo.api.expressroute.Report.Block;
import tombolo.api.expressroute.Report.Cell;
import tombolo.api.expressroute.Report.Tone;
import tombolo.api.json.Json;
import tombolo.api.net.AddressFamily;
import tombolo.api.subinterface.Subinterfaces;
import tombolo.azure.expressroute.core.CircuitSnapshot.AuthorizationSeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.LinkSeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.PeeringSeen;
import tombolo.azure.expressroute.core.Finding.Verdict;

/** Answers in both forms. No secret is in any, but where the caller hands one in. */
public final class CircuitReports {
    /** What {@link #standing} begins with where nothing is to be done. */
    public static final String AS_WANTED = "TMB-ER-281";
    /** Of a line in the log. */
    private static final int MOST_TOLD = 5;

    private CircuitReports() { }

    /** What a session is told of one family. @param limit the circuit's. @param note operator text with a code where it is near the limit or past it; "" else */
    public record Advertised(String session, AddressFamily family, long prefixes, String limit, String note) {
        private static final Map<String, String> CODES = Map.of("TMB-BGP-370", "TMB-ER-300", "TMB-BGP-371", "TMB-ER-301", "TMB-BGP-372", "TMB-ER-302");

        /** In place of all of them, where gateway-bgp does not answer. */
        public static final Finding UNKNOWN = new Finding(2, "budget of the sessions", Verdict.UNKNOWN, "-", "gateway-bgp does not say what is advertised against the limits",
                "start gateway-bgp; where it is busy, ask again");

        /** @param counted what gateway-bgp says of it; of its notes those about the limit are a circuit's */
        public static Advertised of(String session, AddressFamily family, long prefixes, String limit, String counted) {
            for (Map.Entry<String, String> code : CODES.entrySet()) {
                int at = counted.indexOf(code.getKey());
                if (at >= 0) {
                    return new Advertised(session, family, prefixes, limit, code.getValue() + " " + session + ":" + counted.substring(at + code.getKey().length()));
                }
            }
            return new Advertised(session, family, prefixes, limit, "");
        }

        /** Trouble 2 of the doctor's list. */
        public Finding finding() {
            return new Finding(2, session + " " + family + " budget", note.isEmpty() ? Verdict.GOOD : Verdict.WARN, "at most " + limit, note.isEmpty() ? prefixes + " advertised" : note,
                    note.isEmpty() ? "" : "advertise less, set prefix-aggregate and prefix-least-important, or go to premium");
        }
    }

    /** A line of er:list. @param trouble why it could not be read; empty text where it could */
    public record Row(CircuitSettings wanted, Optional<CircuitSnapshot> seen, String trouble) { }

    /** A circuit in Azure that no file describes. @param subscription by the operator's name */
    public record Other(String subscription, String resourceGroup, CircuitSnapshot seen) { }

    /** What a circuit has on this node, of which there is no file any more. */
    public record Left(String name, NodeSide side) { }

    /** What is there and in no file. @param troubles why it could not be looked for everywhere */
    public record Undescribed(List<Other> circuits, List<String> troubles, List<Left> onNode) {
        public static final Undescribed NOTHING = new Undescribed(List.of(), List.of(), List.of());
    }

    /** @param flights operations in flight: what, since when, whose circuit */
    public static Report list(List<Row> rows, List<List<String>> flights, Undescribed others) {
        List<Json> json = new ArrayList<>();
        List<List<Cell>> cells = new ArrayList<>();
        for (Row row : rows) {
            CircuitSettings wanted = row.wanted();
            String state = !row.trouble().isEmpty() ? "not read" : row.seen().map(CircuitSnapshot::circuitState).orElse("not there");
            String provider = row.seen().map(CircuitSnapshot::providerState).orElse("-");
            List<String> peerings = row.seen().map(seen -> seen.peerings().stream().map(PeeringSeen::type).sorted().toList()).orElse(List.of());
            json.add(Json.Obj.EMPTY.with("name", wanted.name()).with("circuit", wanted.circuit()).with("subscription", wanted.subscription()).with("resourceGroup", wanted.resourceGroup())
                    .with("provider", wanted.provider()).with("peeringLocation", wanted.peeringLocation()).with("bandwidthMbps", row.seen().map(CircuitSnapshot::bandwidthMbps).orElse(wanted.bandwidthMbps()))
                    .with("tier", row.seen().map(CircuitSnapshot::tier).orElse("")).with("family", row.seen().map(CircuitSnapshot::family).orElse("")).with("exists", row.seen().isPresent())
                    .with("circuitState", state).with("providerState", provider).with("peerings", Json.Arr.texts(peerings)).with("links", row.seen().map(seen -> seen.links().size()).orElse(0))
                    .with("trouble", row.trouble()));
            cells.add(List.of(Cell.of(wanted.name()), Cell.of(wanted.provider()), Cell.of(wanted.peeringLocation()),
                    Cell.of(CircuitReconciler.bandwidth(row.seen().map(CircuitSnapshot::bandwidthMbps).orElse(wanted.bandwidthMbps()))), Cell.of(row.seen().map(seen -> seen.tier() + " " + seen.family()).orElse("-")),
                    new Cell(state, state.equals("Enabled") ? Tone.GOOD : Tone.WARN), new Cell(provider, provider.equals("Provisioned") ? Tone.GOOD : Tone.WARN),
                    Cell.of(row.seen().map(seen -> String.valueOf(seen.links().size())).orElse("-"))));
        }
        List<Block> blocks = new ArrayList<>();
        blocks.add(rows.isEmpty() ? lines(Tone.PLAIN, "No circuits: no etc/tombolo.expressroute.circuit-NAME.cfg is in force.")
                : new Block.Table(List.of("CIRCUIT", "PROVIDER", "PLACE", "BANDWIDTH", "SKU", "STATE", "PROVIDER STATE", ">LINKS"), cells));
        rows.stream().filter(row -> !row.trouble().isEmpty()).forEach(row -> blocks.add(lines(Tone.BAD, row.wanted().name() + ": " + row.trouble())));
        if (!flights.isEmpty()) {
            blocks.add(new Block.Table(List.of("IN FLIGHT", "SINCE", "CIRCUIT"), flights.stream().map(flight -> flight.stream().map(Cell::of).toList()).toList()));
        }
        List<Json> undescribed = others(others, blocks);
        List<Json> left = left(others.onNode(), blocks);
        List<Json> inFlight = flights.stream().<Json>map(flight -> Json.Obj.EMPTY.with("what", flight.get(0)).with("since", flight.get(1)).with("circuit", flight.get(2))).toList();
        return new Report(Json.Obj.EMPTY.with("circuits", new Json.Arr(json)).with("inFlight", new Json.Arr(inFlight)).with("others", new Json.Arr(undescribed)).with("leftOnNode", new Json.Arr(left)), blocks);
    }

    private static List<Json> others(Undescribed others, List<Block> blocks) {
        List<Json> json = new ArrayList<>();
        List<List<Cell>> cells = new ArrayList<>();
        for (Other each : others.circuits().stream().sorted(Comparator.comparing(Other::subscription).thenComparing(Other::resourceGroup).thenComparing(other -> other.seen().name())).toList()) {
            CircuitSnapshot seen = each.seen();
            json.add(Json.Obj.EMPTY.with("circuit", seen.name()).with("subscription", each.subscription()).with("resourceGroup", each.resourceGroup()).with("provider", seen.provider())
                    .with("peeringLocation", seen.peeringLocation()).with("bandwidthMbps", seen.bandwidthMbps()).with("tier", seen.tier()).with("family", seen.family())
                    .with("circuitState", seen.circuitState()).with("providerState", seen.providerState()));
            cells.add(List.of(Cell.of(each.subscription() + "/" + each.resourceGroup() + "/" + seen.name()), Cell.of(seen.provider()), Cell.of(seen.peeringLocation()),
                    Cell.of(CircuitReconciler.bandwidth(seen.bandwidthMbps())), Cell.of(seen.tier() + " " + seen.family()), Cell.of(seen.circuitState()), Cell.of(seen.providerState())));
        }
        if (!cells.isEmpty()) {
            blocks.add(new Block.Table(List.of("IN AZURE, IN NO FILE", "PROVIDER", "PLACE", "BANDWIDTH", "SKU", "STATE", "PROVIDER STATE"), cells));
            blocks.add(lines(Tone.WARN, "Each is billed until it is deleted. A file for it (etc/tombolo.expressroute.circuit-NAME.cfg) takes it over; state = absent in it lets it go."));
        }
        others.troubles().forEach(text -> blocks.add(lines(Tone.WARN, text)));
        return json;
    }

    private static List<Json> left(List<Left> all, List<Block> blocks) {
        List<Json> json = new ArrayList<>();
        for (Left each : all) {
            long peers = each.side().parts().stream().filter(part -> part.kind() == Contribution.Kind.PEER).count();
            json.add(Json.Obj.EMPTY.with("name", each.name()).with("interfaces", each.side().links().size()).with("sessions", peers));
            blocks.add(lines(Tone.WARN, "On this node, in no file: circuit " + each.name() + ", " + each.side().links().size() + " interfaces and " + peers + " sessions. They stand until er:apply " + each.name()
                    + " --yes lets them go, or the file comes back."));
        }
        return json;
    }

    /**
     * A circuit in one line: how it stands to its file.
     *
     * @param vanished whether it was there at the look before, and is not now
     */
    public static String standing(CircuitPlan plan, boolean vanished) {
        String circuit = "circuit " + plan.circuit();
        if (vanished) {
            return "TMB-ER-282 " + circuit + ": Azure has it no more, and nobody here deleted it. What this node has of it stays. er:plan " + plan.circuit() + " shows how it is ordered anew; state = absent lets it go.";
        }
        if (!plan.refusals().isEmpty()) {
            return plan.refusals().getFirst() + (plan.refusals().size() > 1 ? " And " + (plan.refusals().size() - 1) + " more: er:plan " + plan.circuit() + "." : "");
        }
        if (!plan.steps().isEmpty()) {
            List<String> steps = plan.steps().stream().limit(MOST_TOLD).map(step -> step.what() + " (" + step.reason() + ")").toList();
            return "TMB-ER-280 " + circuit + ": not as its file says; to do: " + String.join("; ", steps) + (plan.steps().size() > MOST_TOLD ? "; and " + (plan.steps().size() - MOST_TOLD) + " more" : "")
                    + ". er:plan " + plan.circuit() + " shows it, er:apply " + plan.circuit() + " does it.";
        }
        return AS_WANTED + " " + circuit + ": " + (plan.waits().isEmpty() ? "as its file says." : "waits: " + String.join("; ", plan.waits()) + ".");
    }

    /**
     * @param side   what it has on this node
     * @param states of its interfaces in the kernel
     * @param said   what the watch said last
     * @param budget what its sessions are told, against their limits; empty: not known
     */
    public static Report show(CircuitSettings wanted, CircuitSnapshot seen, NodeSide side, List<Subinterfaces.State> states, Optional<String> said, Optional<List<Advertised>> budget) {
        Report azure = show(wanted, seen);
        Map<String, Subinterfaces.State> byName = new TreeMap<>();
        states.forEach(state -> byName.put(state.wanted().name(), state));
        List<Block> blocks = new ArrayList<>(azure.blocks());
        if (!side.links().isEmpty()) {
            blocks.add(new Block.Table(List.of("INTERFACE", "TAG", "ADDRESSES", ">MTU", ">TCP MSS", "KERNEL"), side.links().stream().map(link -> {
                Optional<Subinterfaces.State> state = Optional.ofNullable(byName.get(link.name()));
                String kernel = state.map(each -> each.refusal().orElse(each.differences().isEmpty() ? "as wanted" : String.join("; ", each.differences()))).orElse("not known");
                return List.of(Cell.of(link.name()), Cell.of(link.encapsulation().text()), Cell.of(NodePlanner.addresses(link)), Cell.of(link.mtu()),
                        Cell.of(link.tcpMss().isPresent() ? link.tcpMss().getAsInt() : "-"), new Cell(kernel, kernel.equals("as wanted") ? Tone.GOOD : Tone.WARN));
            }).toList()));
        }
        List<Part> peers = side.parts().stream().filter(each -> each.kind() == Contribution.Kind.PEER).toList();
        if (!peers.isEmpty()) {
            blocks.add(new Block.Table(List.of("SESSION", "FROM", "TO", "BFD", "MD5"), peers.stream().map(peer -> List.of(Cell.of(peer.name()), Cell.of(peer.values().getOrDefault("local-address", "")),
                    Cell.of(peer.values().getOrDefault("remote-address", "")), Cell.of(peer.values().getOrDefault("bfd", "off")),
                    Cell.of(peer.values().containsKey("password-file") || peer.values().containsKey("password-env") ? "yes" : "no"))).toList()));
        }
        if (budget.isEmpty()) {
            blocks.add(lines(Tone.WARN, "What its sessions are told, against their limits: not known, gateway-bgp does not answer."));
        }
        List<Advertised> told = budget.orElse(List.of());
        if (!told.isEmpty()) {
            blocks.add(new Block.Table(List.of("ADVERTISED TO", "FAMILY", ">PREFIXES", ">LIMIT", "NOTE"), told.stream().map(each -> List.of(Cell.of(each.session()), Cell.of(each.family()),
                    Cell.of(each.prefixes()), Cell.of(each.limit()), new Cell(each.note().isEmpty() ? "-" : each.note(), each.note().isEmpty() ? Tone.GOOD : Tone.WARN))).toList()));
        }
        said.ifPresent(text -> blocks.add(lines(text.startsWith(AS_WANTED) ? Tone.GOOD : Tone.WARN, text)));
        List<Json> kernel = states.stream().<Json>map(state -> Json.Obj.EMPTY.with("name", state.wanted().name()).with("differences", Json.Arr.texts(state.differences())).with("refusal", state.refusal().orElse("")))
                .toList();
        Json.Obj json = ((Json.Obj) azure.json()).with("node", side.json().with("kernel", new Json.Arr(kernel))).with("standing", said.orElse(""))
                .with("advertised", budget.isEmpty() ? Json.Null.NULL : new Json.Arr(told.stream().<Json>map(each -> Json.Obj.EMPTY.with("session", each.session()).with("family", each.family().name()).with("prefixes", each.prefixes())
                        .with("limit", each.limit()).with("note", each.note())).toList()));
        return new Report(json, blocks);
    }

    public static Report show(CircuitSettings wanted, CircuitSnapshot seen) {
        Json.Obj json = Json.Obj.EMPTY.with("name", wanted.name()).with("id", seen.id()).with("location", seen.location()).with("provider", seen.provider()).with("peeringLocation", seen.peeringLocation())
                .with("bandwidthMbps", seen.bandwidthMbps()).with("tier", seen.tier()).with("family", seen.family()).with("provisioningState", seen.provisioningState()).with("circuitState", seen.circuitState())
                .with("providerState", seen.providerState()).with("serviceKey", seen.serviceKey().masked()).with("model", wanted.model().word()).with("layer3", wanted.layer3().name().toLowerCase(java.util.Locale.ROOT))
                .with("direct", seen.direct()).with("globalReach", seen.globalReach()).with("linkLimit", CircuitLimits.links(CircuitLimits.tier(seen.tier()), seen.bandwidthMbps()))
                .with("peerings", new Json.Arr(seen.peerings().stream().<Json>map(CircuitReports::json).toList())).with("links", new Json.Arr(seen.links().stream().<Json>map(CircuitReports::json).toList()))
                .with("routeFilter", seen.routeFilter().filter(CircuitSnapshot.RouteFilterSeen::exists).<Json>map(filter -> Json.Obj.EMPTY.with("id", filter.id()).with("communities", communities(filter.communities())))
                        .orElse(Json.Null.NULL));
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Facts(List.of("Circuit", seen.name(), "Id", seen.id(), "Provider", seen.provider() + " at " + seen.peeringLocation(), "Bandwidth", CircuitReconciler.bandwidth(seen.bandwidthMbps()),
                "SKU", seen.tier() + " " + seen.family(), "State", seen.circuitState() + ", " + seen.provisioningState(), "Provider state", seen.providerState(), "Service key", seen.serviceKey().masked(),
                "Connected by", wanted.model().word() + ", layer 3 by the " + wanted.layer3().name().toLowerCase(java.util.Locale.ROOT), "Direct port", seen.direct() ? "yes" : "no", "Global Reach",
                seen.globalReach() == 0 ? "none" : seen.globalReach() + " connections", "Links", seen.links().size() + " known here" + (seen.linked() == seen.links().size() ? "" : ", " + seen.linked() + " with those that authorizations name and Global Reach") + ", of at most " + CircuitLimits.links(CircuitLimits.tier(seen.tier()), seen.bandwidthMbps()))));
        if (!seen.peerings().isEmpty()) {
            blocks.add(new Block.Table(List.of("PEERING", "STATE", ">VLAN", ">PEER ASN", "PRIMARY", "SECONDARY", "IPV6", "ROUTE FILTER", "VALIDATION"), seen.peerings().stream().map(peering -> List.of(Cell.of(peering.type()),
                    new Cell(peering.state(), peering.state().equals("Enabled") ? Tone.GOOD : Tone.WARN), Cell.of(peering.vlan()), Cell.of(peering.peerAsn()), Cell.of(peering.primary()), Cell.of(peering.secondary()),
                    Cell.of(peering.primary6().isEmpty() ? "-" : peering.primary6() + " " + peering.secondary6()), Cell.of(peering.routeFilter().map(ArmCircuits::nameOf).orElse("-")),
                    peering.prefixesState().isEmpty() ? Cell.of("-") : new Cell(peering.prefixesState(), peering.prefixesState().equalsIgnoreCase("Configured") ? Tone.GOOD : Tone.WARN))).toList()));
        }
        List<CircuitSnapshot.Validation> validations = seen.peerings().stream().flatMap(peering -> peering.validations().stream()).toList();
        if (!validations.isEmpty()) {
            blocks.add(new Block.Table(List.of("PUBLIC PREFIX", "VALIDATION"), validations.stream().map(each -> List.of(Cell.of(each.prefix()), new Cell(each.state(), each.good() ? Tone.GOOD : Tone.WARN))).toList()));
        }
        seen.routeFilter().filter(CircuitSnapshot.RouteFilterSeen::exists).ifPresent(filter -> blocks.add(lines(Tone.PLAIN, "Route filter " + ArmCircuits.nameOf(filter.id()) + ": " + MicrosoftCommunities.named(filter.communities()))));
        return new Report(json, blocks);
    }

    private static Json.Obj json(PeeringSeen peering) {
        return Json.Obj.EMPTY.with("type", peering.type()).with("state", peering.state()).with("vlan", peering.vlan()).with("azureAsn", peering.azureAsn()).with("peerAsn", peering.peerAsn())
                .with("primary", peering.primary()).with("secondary", peering.secondary()).with("primaryIpv6", peering.primary6()).with("secondaryIpv6", peering.secondary6()).with("lastModifiedBy", peering.modifiedBy())
                .with("advertisedPublicPrefixes", Json.Arr.texts(peering.advertised())).with("advertisedPublicPrefixesState", peering.prefixesState())
                .with("advertisedPublicPrefixInfo", new Json.Arr(peering.validations().stream().<Json>map(each -> Json.Obj.EMPTY.with("prefix", each.prefix()).with("validationState", each.state())).toList()));
    }

    private static Json communities(List<String> communities) {
        return new Json.Arr(communities.stream().<Json>map(each -> Json.Obj.EMPTY.with("community", each).with("name", MicrosoftCommunities.name(each).orElse(""))).toList());
    }

    private static Json.Obj json(LinkSeen link) {
        return Json.Obj.EMPTY.with("name", link.name()).with("id", link.id()).with("gateway", link.gateway()).with("status", link.status()).with("provisioningState", link.provisioningState())
                .with("weight", link.weight()).with("fastPath", link.fastPath()).with("authorized", link.authorized());
    }

    public static Report plans(List<CircuitPlan> plans) {
        List<Block> blocks = new ArrayList<>();
        List<Json> json = new ArrayList<>();
        for (CircuitPlan plan : plans) {
            json.add(Json.Obj.EMPTY.with("circuit", plan.circuit()).with("inSync", plan.inSync()).with("needsConsent", plan.needsConsent()).with("token", plan.token())
                    .with("steps", new Json.Arr(plan.steps().stream().<Json>map(step -> Json.Obj.EMPTY.with("what", step.what()).with("reason", step.reason()).with("costs", step.costs().orElse(""))
                            .with("cuts", step.cuts().orElse("")).with("needsConsent", step.needsConsent())).toList()))
                    .with("refusals", Json.Arr.texts(plan.refusals())).with("waits", Json.Arr.texts(plan.waits())).with("notes", Json.Arr.texts(plan.notes())));
            blocks.add(lines(plan.inSync() ? Tone.GOOD : Tone.PLAIN, "Circuit " + plan.circuit() + ": " + (plan.inSync() ? "as wanted" : plan.refusals().isEmpty() ? plan.steps().size() + " to do" : "refused")));
            int number = 1;
            for (CircuitPlan.Step step : plan.steps()) {
                blocks.add(lines(Tone.PLAIN, "  " + number++ + ". " + step.what(), "     because: " + step.reason()));
                step.costs().ifPresent(costs -> blocks.add(lines(Tone.WARN, "     costs: " + costs)));
                step.cuts().ifPresent(cuts -> blocks.add(lines(Tone.WARN, "     cuts: " + cuts)));
            }
            plan.refusals().forEach(text -> blocks.add(lines(Tone.BAD, "  " + text)));
            plan.waits().forEach(text -> blocks.add(lines(Tone.PLAIN, "  waits: " + text)));
            plan.notes().forEach(text -> blocks.add(lines(Tone.PLAIN, "  note: " + text)));
            if (plan.needsConsent()) {
                blocks.add(lines(Tone.WARN, "  er:apply " + plan.circuit() + " asks for consent to what costs or cuts."));
            }
        }
        if (plans.isEmpty()) {
            blocks.add(lines(Tone.PLAIN, "No circuits."));
        }
        return new Report(new Json.Arr(json), blocks);
    }

    /** A key that the caller has decided to show, or a masked one. */
    public static Report key(String circuit, String key) {
        return new Report(Json.Obj.EMPTY.with("circuit", circuit).with("serviceKey", key), List.of(lines(Tone.PLAIN, key)));
    }

    /** @param keys of those that are to be shown, by name */
    public static Report authorizations(List<AuthorizationSeen> all, List<LinkSeen> links, Map<String, String> keys) {
        Map<String, AuthorizationSeen> sorted = new TreeMap<>();
        all.forEach(each -> sorted.put(each.name(), each));
        List<List<Cell>> rows = new ArrayList<>();
        List<Json> json = new ArrayList<>();
        for (AuthorizationSeen each : sorted.values()) {
            String link = usedBy(each);
            rows.add(List.of(Cell.of(each.name()), new Cell(each.use().isEmpty() ? "-" : each.use(), each.inUse() ? Tone.WARN : Tone.GOOD), Cell.of(link.isEmpty() ? "-" : link), Cell.of(keys.getOrDefault(each.name(), "masked"))));
            json.add(Json.Obj.EMPTY.with("name", each.name()).with("use", each.use()).with("link", each.connection().orElse("")).with("key", keys.getOrDefault(each.name(), "")));
        }
        return new Report(new Json.Arr(json), List.of(rows.isEmpty() ? lines(Tone.PLAIN, "No authorizations.") : new Block.Table(List.of("AUTHORIZATION", "USE", "LINK", "KEY"), rows)));
    }

    /** The link that uses an authorization, as ARM names it; text for people where it names none. */
    public static String usedBy(AuthorizationSeen authorization) {
        return !authorization.inUse() ? "" : authorization.connection().map(ArmCircuits::nameOf).orElse("in another subscription, whose link Azure does not name here");
    }

    /**
     * With what authorization each was made, which the link itself need not tell: ARM hides its key.
     *
     * @param authorizations the circuit's: one that is in use names its link
     */
    public static Report links(String circuit, List<LinkSeen> links, List<AuthorizationSeen> authorizations) {
        List<LinkSeen> sorted = links.stream().sorted((one, other) -> one.name().compareTo(other.name())).toList();
        Map<String, Authorized> by = new HashMap<>();
        sorted.forEach(link -> by.put(link.id(), Authorized.of(circuit, link, authorizations)));
        List<List<Cell>> rows = sorted.stream().map(link -> List.of(Cell.of(link.name()), Cell.of(ArmCircuits.nameOf(link.gateway())), new Cell(link.status().isEmpty() ? "-" : link.status(),
                link.status().equals("Connected") ? Tone.GOOD : Tone.WARN), Cell.of(link.weight()), Cell.of(link.fastPath() ? "yes" : "no"), Cell.of(by.get(link.id()).text()))).toList();
        return new Report(new Json.Arr(sorted.stream().<Json>map(link -> json(link).with("authorized", by.get(link.id()).yes()).with("authorization", by.get(link.id()).name())).toList()), List.of(rows.isEmpty() ? lines(Tone.PLAIN, "No links in the resource groups that were looked into.")
                : new Block.Table(List.of("LINK", "GATEWAY", "STATUS", ">WEIGHT", "FASTPATH", "AUTHORIZED"), rows)));
    }

    /** @param name of the authorization; empty text: none, or not told */
    private record Authorized(boolean yes, String name) {
        /** A link from another subscription than the circuit's is never made without an authorization. */
        static Authorized of(String circuit, LinkSeen link, List<AuthorizationSeen> authorizations) {
            Optional<String> named = authorizations.stream().filter(each -> each.connection().filter(id -> ArmCircuits.same(id, link.id())).isPresent()).map(AuthorizationSeen::name).findFirst();
            return new Authorized(named.isPresent() || link.authorized() || !subscription(circuit).equalsIgnoreCase(subscription(link.id())), named.orElse(""));
        }

        private static String subscription(String id) {
            String[] words = id.split("/");
            return words.length > 2 ? words[2] : "";
        }

        String text() {
            return name.isEmpty() ? yes ? "yes" : "no" : "by " + name;
        }
    }

    public static Report providers(Map<String, ArmCircuits.Offer> offers) {
        Map<String, ArmCircuits.Offer> sorted = new TreeMap<>(offers);
        List<Json> json = new ArrayList<>();
        List<List<Cell>> rows = new ArrayList<>();
        sorted.forEach((name, offer) -> {
            json.add(Json.Obj.EMPTY.with("name", name).with("peeringLocations", Json.Arr.texts(offer.places())).with("bandwidthsMbps", new Json.Arr(offer.bandwidths().stream().<Json>map(Json.Num::of).toList())));
            rows.add(List.of(Cell.of(name), Cell.of(String.join(", ", offer.bandwidths().stream().map(String::valueOf).toList())), Cell.of(String.join(", ", offer.places()))));
        });
        return new Report(new Json.Arr(json), List.of(new Block.Table(List.of("PROVIDER", "MBIT/S", "PLACES"), rows)));
    }

    public static Report routes(Map<String, List<EdgeTables.Route>> tables) {
        List<Json> json = new ArrayList<>();
        List<List<Cell>> rows = new ArrayList<>();
        tables.forEach((device, routes) -> routes.forEach(route -> {
            json.add(Json.Obj.EMPTY.with("device", device).with("network", route.network()).with("nextHop", route.nextHop()).with("localPreference", route.localPreference()).with("weight", route.weight())
                    .with("path", route.path()));
            rows.add(List.of(Cell.of(device), Cell.of(route.network()), Cell.of(route.nextHop()), Cell.of(route.localPreference()), Cell.of(route.weight()), Cell.of(route.path())));
        }));
        return new Report(new Json.Arr(json), List.of(rows.isEmpty() ? lines(Tone.PLAIN, "No routes.") : new Block.Table(List.of("EDGE", "NETWORK", "NEXT HOP", ">LOCPREF", ">WEIGHT", "PATH"), rows)));
    }

    public static Report arp(Map<String, List<EdgeTables.Arp>> tables) {
        List<Json> json = new ArrayList<>();
        List<List<Cell>> rows = new ArrayList<>();
        tables.forEach((device, entries) -> entries.forEach(entry -> {
            json.add(Json.Obj.EMPTY.with("device", device).with("where", entry.where()).with("address", entry.address()).with("mac", entry.mac()).with("ageMinutes", entry.ageMinutes()));
            rows.add(List.of(Cell.of(device), Cell.of(entry.where()), Cell.of(entry.address()), new Cell(entry.mac(), entry.complete() ? Tone.GOOD : Tone.BAD), Cell.of(entry.ageMinutes())));
        }));
        return new Report(new Json.Arr(json), List.of(rows.isEmpty() ? lines(Tone.WARN, "The tables are empty: the provider has not built the links' layer 2.")
                : new Block.Table(List.of("EDGE", "SIDE", "ADDRESS", "MAC", ">AGE MIN"), rows)));
    }

    public static Report stats(Json.Obj stats) {
        long[] bytes = {number(stats, "primarybytesIn"), number(stats, "primarybytesOut"), number(stats, "secondarybytesIn"), number(stats, "secondarybytesOut")};
        return new Report(Json.Obj.EMPTY.with("primaryBytesIn", bytes[0]).with("primaryBytesOut", bytes[1]).with("secondaryBytesIn", bytes[2]).with("secondaryBytesOut", bytes[3]),
                List.of(new Block.Table(List.of("LINK", ">BYTES IN", ">BYTES OUT"), List.of(List.of(Cell.of("primary"), Cell.of(bytes[0]), Cell.of(bytes[1])), List.of(Cell.of("secondary"), Cell.of(bytes[2]), Cell.of(bytes[3]))))));
    }

    private static long number(Json.Obj stats, String name) {
        return stats.members().entrySet().stream().filter(each -> each.getKey().equalsIgnoreCase(name)).findFirst()
                .map(each -> each.getValue() instanceof Json.Num number ? number.integer().orElse(0) : 0L).orElse(0L);
    }

    /** One finding in one line, as the doctor says it while he works. */
    public static String line(Finding finding) {
        return String.format("%-7s %s: Azure: %s; here: %s%s", finding.verdict(), finding.check(), finding.azure(), finding.node(), finding.todo().isEmpty() ? "" : " -> " + finding.todo());
    }

    public static Report doctor(String circuit, List<Finding> findings) {
        List<Json> json = findings.stream().<Json>map(each -> Json.Obj.EMPTY.with("pain", each.pain()).with("check", each.check()).with("verdict", each.verdict().name()).with("azure", each.azure())
                .with("node", each.node()).with("todo", each.todo())).toList();
        List<Block> blocks = new ArrayList<>();
        for (Finding each : findings) {
            if (each.verdict() != Verdict.GOOD) {
                List<String> text = new ArrayList<>(List.of(each.verdict() + " " + each.check(), "    Azure: " + each.azure(), "    here:  " + each.node()));
                if (!each.todo().isEmpty()) {
                    text.add("    do:    " + each.todo());
                }
                blocks.add(new Block.Lines(each.verdict() == Verdict.BAD ? Tone.BAD : Tone.WARN, text));
            }
        }
        Map<Verdict, Long> counts = new TreeMap<>();
        findings.forEach(each -> counts.merge(each.verdict(), 1L, Long::sum));
        blocks.add(lines(counts.containsKey(Verdict.BAD) ? Tone.BAD : Tone.GOOD, "Circuit " + circuit + ": " + counts.getOrDefault(Verdict.GOOD, 0L) + " good, " + counts.getOrDefault(Verdict.WARN, 0L)
                + " to look at, " + counts.getOrDefault(Verdict.BAD, 0L) + " bad, " + counts.getOrDefault(Verdict.UNKNOWN, 0L) + " not known"));
        return new Report(Json.Obj.EMPTY.with("circuit", circuit).with("findings", new Json.Arr(json)), blocks);
    }

    public static Report text(String name, String text) {
        return new Report(Json.Obj.of(name, new Json.Text(text)), List.of(new Block.Lines(Tone.PLAIN, text.lines().toList())));
    }

    public static Report said(String text) {
        return new Report(Json.Obj.of("done", new Json.Text(text)), List.of(lines(Tone.GOOD, text)));
    }

    static Block lines(Tone tone, String... lines) {
        return new Block.Lines(tone, List.of(lines));
    }
}
