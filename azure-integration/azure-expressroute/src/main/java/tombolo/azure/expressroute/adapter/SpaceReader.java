package tombolo.azure.expressroute.adapter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.config.CircuitSettings;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.ArmCircuits;
import tombolo.azure.expressroute.core.CircuitSnapshot.AuthorizationSeen;
import tombolo.azure.expressroute.core.NetworkSeen;
import tombolo.azure.expressroute.core.NetworkSpace;

/**
 * Reads which address space the virtual networks have that one circuit leads to, by its links, or is to lead to, by the gateways of its file. Each step of the way is
 * asked for by itself, and the circuit not at all: one that is not ordered yet, or that may not be read, has gateways all the same. Of what cannot be read the
 * answer is the one before. About three requests, and two for each gateway. One thread.
 */
final class SpaceReader {
    /**
     * @param ways   where each resource or list on the way leads to, by its key: ids of the next
     * @param spaces of each network, by its key
     * @param unread in the order of asking
     */
    record Answer(Map<String, List<String>> ways, Map<String, List<NetworkSpace.Part>> spaces, List<Unread> unread) {
        static final Answer NONE = new Answer(Map.of(), Map.of(), List.of());

        Answer {
            ways = Map.copyOf(ways);
            spaces = Map.copyOf(spaces);
            unread = List.copyOf(unread);
        }
    }

    /** What could not be read. @param known whether it was answered before, so that this answer stands. @param why operator text with ARM's request id, and thus never twice the same */
    record Unread(String resource, ArmException.Reason reason, boolean known, String why) { }

    private final Arm arm;
    private final CircuitSettings circuit;
    private final Answer before;
    private final String root;
    private final Map<String, List<String>> ways = new HashMap<>();
    private final Map<String, List<NetworkSpace.Part>> spaces = new LinkedHashMap<>();
    private final List<Unread> unread = new ArrayList<>();
    /** Subscriptions that do not answer now: each further request would wait for its deadline. */
    private final Map<String, ArmException> silent = new HashMap<>();

    private SpaceReader(Arm arm, CircuitSettings circuit, Answer before) {
        this.arm = arm;
        this.circuit = circuit;
        this.before = before;
        this.root = "/subscriptions/" + arm.subscriptions().stream().filter(each -> each.name().equals(circuit.subscription())).findFirst().map(AzureSubscription::id)
                .orElseThrow(() -> new ArmException(ArmException.Reason.NOT_CONFIGURED, ArmException.Applied.NO, "TMB-ER-002 there is no subscription '" + circuit.subscription()
                        + "'. Make etc/tombolo.azure.subscription-" + circuit.subscription() + ".cfg.", Optional.empty(), Optional.empty()));
    }

    /**
     * @param before the answer before, of the same circuit; what is not on the way any more is forgotten
     * @throws ArmException where the circuit's subscription is not configured; all else is in the answer
     */
    static Answer read(Arm arm, CircuitSettings circuit, Answer before) {
        return new SpaceReader(arm, circuit, before).read();
    }

    private Answer read() {
        Set<String> networks = new LinkedHashSet<>();
        for (String gateway : gateways()) {
            networks.addAll(step(before.ways(), ways, gateway, gateway, owner -> NetworkSeen.networkOf(get(owner, gateway)).stream().toList()));
        }
        for (String network : networks) {
            step(before.spaces(), spaces, network, network, owner -> NetworkSpace.of(get(owner, network)));
        }
        return new Answer(ways, spaces, unread);
    }

    /** Of its links, and of its file; each once. */
    private List<String> gateways() {
        String own = root + CircuitReader.path(circuit);
        List<String> found = new ArrayList<>();
        List<String> lists = CircuitReader.linkGroups(circuit).stream().map(group -> root + CircuitReader.group(group) + "/providers/Microsoft.Network/connections").toList();
        for (String list : lists) {
            found.addAll(step(before.ways(), ways, key(list) + " of " + key(own), list, owner -> list(owner, list).stream().flatMap(link -> gateway(link, own).stream()).toList()));
        }
        String authorizations = own + "/authorizations";
        for (String link : step(before.ways(), ways, authorizations, authorizations, owner -> list(owner, authorizations).stream().map(ArmCircuits::authorization)
                .filter(each -> !each.globalReach()).map(AuthorizationSeen::connection).flatMap(Optional::stream).toList())) {
            if (lists.stream().noneMatch(list -> key(link).startsWith(key(list) + "/"))) {
                found.addAll(step(before.ways(), ways, link + " of " + own, link, owner -> gateway(get(owner, link), own).stream().toList()));
            }
        }
        circuit.links().forEach(gateway -> found.add(root + CircuitReader.gatewayPath(gateway)));
        Set<String> keys = new HashSet<>();
        return found.stream().filter(id -> keys.add(key(id))).toList();
    }

    /** The gateway that a link leads from; empty where it is no link of the circuit. */
    private static Optional<String> gateway(Json.Obj link, String own) {
        return ArmCircuits.peer(link).filter(peer -> key(peer).equals(key(own))).map(_ -> ArmCircuits.link(link).gateway()).filter(id -> !id.isEmpty());
    }

    private Json.Obj get(String subscription, String id) {
        return arm.call(ArmRequest.get(subscription, CircuitReader.ascii(id), arm.networkVersion())).body().orElse(Json.Obj.EMPTY);
    }

    private List<Json.Obj> list(String subscription, String path) {
        return arm.list(ArmRequest.get(subscription, path, arm.networkVersion()));
    }

    /** Asks for one thing. @param ask given the name of the subscription that it is in; not called where that is none of ours, or does not answer now */
    private <T> List<T> step(Map<String, List<T>> earlier, Map<String, List<T>> now, String name, String id, Function<String, List<T>> ask) {
        String key = key(name);
        Optional<List<T>> known = Optional.ofNullable(earlier.get(key));
        Optional<String> owner = key(id).startsWith(key(root) + "/") ? Optional.of(circuit.subscription()) : NetworkReader.owner(arm, id);
        try {
            if (owner.map(silent::get).isPresent()) {
                throw silent.get(owner.get());
            }
            owner.map(ask).or(() -> known).ifPresent(answer -> now.put(key, List.copyOf(answer)));
        } catch (ArmException e) {
            known.ifPresent(answer -> now.put(key, answer));
            switch (e.reason()) {
                case NOT_FOUND -> {
                    if (known.filter(answer -> !answer.isEmpty()).isEmpty()) {
                        now.put(key, List.of()); // not there yet
                        return List.of();
                    }
                }
                case NOT_CONFIGURED, NOT_AUTHENTICATED, THROTTLED, UNREACHABLE -> silent.putIfAbsent(owner.orElseThrow(), e);
                case FORBIDDEN, CONFLICT, CHANGED, REFUSED, BROKEN -> { }
            }
            unread.add(new Unread(key, e.reason(), known.isPresent(), String.valueOf(e.getMessage())));
        }
        return now.getOrDefault(key, List.of());
    }

    /** Ids of ARM are equal in any case, and letters of other scripts are written in two ways. */
    private static String key(String id) {
        return CircuitReader.ascii(id).toLowerCase(Locale.ROOT);
    }
}
