package tombolo.resources.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.json.Json;
import tombolo.api.net.AddressFamily;
import tombolo.api.resource.PolicyRule;

/**
 * Turns Kubernetes' ClusterNetworkPolicy ({@code policy.networking.k8s.io/v1alpha2}) into a GlobalNetworkPolicy {@code kcnp.<tier>.<name>} of the tier
 * {@code kube-admin} or {@code kube-baseline}, its priority as the order. Source: {@code libcalico-go/lib/backend/k8s/conversion/clusternetworkpolicy.go}.
 *
 * <p>A rule that cannot be converted allows nothing: one that denies or passes becomes a rule that denies everything, one that accepts is left out. So are the
 * peers {@code nodes} and {@code domainNames} and named ports, as in Calico. Ports are read in both spellings of the version: {@code ports} and {@code protocols}.
 */
final class ClusterPolicy {
    static final String API = "policy.networking.k8s.io/v1alpha2";
    static final String KIND = "ClusterNetworkPolicy";
    static final String PREFIX = "kcnp.";
    private static final Map<String, String> TIERS = Map.of("Admin", "kube-admin", "Baseline", "kube-baseline");
    private static final Map<String, String> ACTIONS = Map.of("Accept", "Allow", "Deny", "Deny", "Pass", "Pass");
    private static final Map<String, String> PROTOCOLS = Map.of("tcp", "TCP", "udp", "UDP", "sctp", "SCTP");

    private ClusterPolicy() { }

    static String name(Json.Obj spec, String name) {
        return PREFIX + spec.text("tier").orElse("").toLowerCase(java.util.Locale.ROOT) + "." + name;
    }

    static Json.Obj spec(Json.Obj spec, List<String> dropped) {
        String tier = spec.text("tier").orElse("");
        List<Json> ingress = rules(spec, "ingress", dropped);
        List<Json> egress = rules(spec, "egress", dropped);
        List<String> types = new ArrayList<>();
        // a tier that passes at its end: a direction without rules is none of the policy's business. What is not known is left for the decoder to refuse
        Json.Obj result = Json.Obj.of("tier", new Json.Text(TIERS.getOrDefault(tier, "'" + tier + "'"))).with("order", spec.get("priority").orElse(Json.Num.of(0)));
        result = subject(spec.object("subject").orElse(Json.Obj.EMPTY), result);
        if (!ingress.isEmpty()) {
            result = result.with("ingress", new Json.Arr(ingress));
            types.add("Ingress");
        }
        if (!egress.isEmpty()) {
            result = result.with("egress", new Json.Arr(egress));
            types.add("Egress");
        }
        return result.with("types", Json.Arr.texts(types));
    }

    private static Json.Obj subject(Json.Obj subject, Json.Obj result) {
        Optional<Json.Obj> pods = subject.object("pods");
        Optional<Json.Obj> namespaces = pods.isPresent() ? Optional.of(pods.get().object("namespaceSelector").orElse(Json.Obj.EMPTY)) : subject.object("namespaces");
        if (namespaces.isEmpty()) {
            return result.with("selector", "subject: wanted namespaces or pods");
        }
        return result.with("selector", KubernetesKinds.selectorOrReason(pods.flatMap(each -> each.object("podSelector")), true))
                .with("namespaceSelector", KubernetesKinds.selectorOrReason(namespaces, false));
    }

    private static List<Json> rules(Json.Obj spec, String direction, List<String> dropped) {
        List<Json> rules = new ArrayList<>();
        int index = 0;
        for (Json item : spec.array(direction)) {
            Json.Obj rule = item instanceof Json.Obj object ? object : Json.Obj.EMPTY;
            String where = "spec." + direction + "[" + index++ + "]";
            try {
                rules.addAll(rule(rule, direction.equals("ingress")));
            } catch (IllegalArgumentException e) {
                boolean accepts = rule.text("action").filter("Accept"::equals).isPresent();
                dropped.add(where + (accepts ? " is left out: " : " is replaced by a rule that denies everything: ") + e.getMessage());
                if (!accepts) {
                    // DEVIATION: Calico leaves a rule with an unknown action out; it may have been meant to deny
                    rules.add(Json.Obj.of("action", new Json.Text("Deny")));
                }
            }
        }
        return rules;
    }

    /** One rule per protocol and peer, its ports merged; networks of both families are two. */
    private static List<Json> rule(Json.Obj rule, boolean ingress) {
        String action = Optional.ofNullable(ACTIONS.get(rule.text("action").orElse("")))
                .orElseThrow(() -> new IllegalArgumentException("action '" + rule.text("action").orElse("") + "': wanted Accept, Deny or Pass"));
        List<Json> peers = rule.array(ingress ? "from" : "to");
        if (peers.isEmpty()) {
            throw new IllegalArgumentException("no peer in '" + (ingress ? "from" : "to") + "'");
        }
        List<Json.Obj> entities = peers.stream().flatMap(peer -> entities(peer instanceof Json.Obj given ? given : Json.Obj.EMPTY, ingress).stream()).toList();
        List<Json> rules = new ArrayList<>();
        ports(rule).forEach((protocol, ports) -> {
            for (Json.Obj entity : entities) {
                Json.Obj destination = KubernetesKinds.withPorts(ingress ? Json.Obj.EMPTY : entity, ports.orElse(List.of()));
                Json.Obj result = Json.Obj.of("action", new Json.Text(action));
                Optional<String> name = rule.text("name").filter(text -> !text.isEmpty());
                if (name.isPresent()) {
                    result = result.with("metadata", Json.Obj.of("annotations", Json.Obj.of("name", new Json.Text(name.get()))));
                }
                if (!protocol.isEmpty()) {
                    result = result.with("protocol", protocol);
                }
                if (ingress) {
                    result = result.with("source", entity);
                }
                rules.add(destination.members().isEmpty() ? result : result.with("destination", destination));
            }
        });
        return rules;
    }

    /** One, but for networks: a rule has those of one family only. */
    private static List<Json.Obj> entities(Json.Obj peer, boolean ingress) {
        Optional<Json.Obj> pods = peer.object("pods");
        if (pods.isPresent()) {
            return List.of(Json.Obj.of("selector", new Json.Text(KubernetesKinds.selector(Optional.of(pods.get().object("podSelector").orElse(Json.Obj.EMPTY)), true)))
                    .with("namespaceSelector", KubernetesKinds.selector(Optional.of(pods.get().object("namespaceSelector").orElse(Json.Obj.EMPTY)), false)));
        }
        if (peer.object("namespaces").isPresent()) {
            return List.of(Json.Obj.of("namespaceSelector", new Json.Text(KubernetesKinds.selector(peer.object("namespaces"), false))));
        }
        if (!ingress && !peer.array("networks").isEmpty()) {
            Map<AddressFamily, List<String>> networks = new TreeMap<>();
            peer.array("networks").stream().map(each -> Forms.looseNetwork(Fields.show(each))).forEach(net -> networks.computeIfAbsent(net.family(), _ -> new ArrayList<>()).add(net.toString()));
            return networks.values().stream().map(nets -> Json.Obj.of("nets", Json.Arr.texts(nets))).toList();
        }
        throw new IllegalArgumentException("the peer " + peer.members().keySet() + ": wanted namespaces" + (ingress ? " or pods" : ", pods or networks"));
    }

    /** Ports by protocol, sorted; a protocol with an empty value stands for all its ports, an empty protocol for all protocols. */
    private static Map<String, Optional<List<PolicyRule.Port>>> ports(Json.Obj rule) {
        Map<String, Optional<List<PolicyRule.Port>>> ports = new TreeMap<>();
        for (Json item : rule.array("ports")) {
            Json.Obj port = item instanceof Json.Obj object ? object : Json.Obj.EMPTY;
            Json.Obj number = port.object("portNumber").or(() -> port.object("portRange")).orElseThrow(() -> new IllegalArgumentException("ports: named ports are not supported"));
            add(ports, number.text("protocol").orElse("TCP"), number.get("port").isPresent() ? number.get("port") : Optional.of(number));
        }
        for (Json item : rule.array("protocols")) {
            Json.Obj protocol = item instanceof Json.Obj object ? object : Json.Obj.EMPTY;
            String word = protocol.members().keySet().stream().filter(PROTOCOLS::containsKey).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("protocols: " + protocol.members().keySet() + ": wanted tcp, udp or sctp; named ports are not supported"));
            Optional<Json.Obj> destination = protocol.object(word).flatMap(each -> each.object("destinationPort"));
            add(ports, PROTOCOLS.get(word), destination.flatMap(each -> each.get("number").or(() -> each.get("range"))));
        }
        return ports.isEmpty() ? Map.of("", Optional.empty()) : ports;
    }

    private static void add(Map<String, Optional<List<PolicyRule.Port>>> ports, String protocol, Optional<Json> given) {
        if (given.isEmpty()) {
            ports.put(protocol, Optional.empty());
        } else if (ports.getOrDefault(protocol, Optional.of(List.of())).isPresent()) {
            String text = given.get() instanceof Json.Obj range ? Fields.show(range.get("start").orElse(Json.Null.NULL)) + ":" + Fields.show(range.get("end").orElse(Json.Null.NULL))
                    : Fields.show(given.get());
            PolicyRule.Port port = Forms.port(text);
            if (port instanceof PolicyRule.Port.Named) {
                throw new IllegalArgumentException("the port '" + text + "': wanted a number");
            }
            ports.computeIfAbsent(protocol, _ -> Optional.of(new ArrayList<>())).orElseThrow().add(port);
        }
    }
}
