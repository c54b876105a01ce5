package tombolo.resources.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import tombolo.api.json.Json;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.PolicyRule;

/**
 * Turns Kubernetes' NetworkPolicy, ClusterNetworkPolicy, Namespace and ServiceAccount into what Calico's controllers make of them: policies
 * {@code knp.default.<name>} and those of {@link ClusterPolicy}, profiles {@code kns.<namespace>} and {@code ksa.<namespace>.<name>}. Source:
 * {@code libcalico-go/lib/backend/k8s/conversion}.
 */
public final class KubernetesKinds {
    public static final String POLICY_PREFIX = "knp.default.";
    public static final String CLUSTER_POLICY_PREFIX = ClusterPolicy.PREFIX;
    static final String NAMESPACE_PROFILE_PREFIX = "kns.";
    static final String ACCOUNT_PROFILE_PREFIX = "ksa.";
    private static final String NAMESPACE_LABEL_PREFIX = "pcns.";
    private static final String ACCOUNT_LABEL_PREFIX = "pcsa.";
    private static final String NAME_LABEL = "projectcalico.org/name";
    private static final long POLICY_ORDER = 1000;
    private static final String API = "projectcalico.org/v3";

    private KubernetesKinds() { }

    /** @param dropped rules that could not be converted, each with its reason: they allow nothing, which is the safe side */
    public record Converted(Json.Obj document, List<String> dropped) { }

    /** Whether a document is one of the kinds that are converted. */
    public static boolean known(String apiVersion, String kind) {
        return apiVersion.equals("networking.k8s.io/v1") && kind.equals("NetworkPolicy") || apiVersion.equals(ClusterPolicy.API) && kind.equals(ClusterPolicy.KIND) || apiVersion.equals("v1") && (kind.equals("Namespace") || kind.equals("ServiceAccount"));
    }

    /** @param document of a known kind, with a name */
    public static Converted convert(Json.Obj document) {
        Json.Obj metadata = document.object("metadata").orElse(Json.Obj.EMPTY);
        String name = metadata.text("name").orElse("");
        String namespace = metadata.text("namespace").orElse("default");
        List<String> dropped = new ArrayList<>();
        Json.Obj result = switch (document.text("kind").orElse("")) {
            case "NetworkPolicy" -> document("NetworkPolicy", Json.Obj.of("name", new Json.Text(POLICY_PREFIX + name)).with("namespace", namespace),
                    policySpec(document.object("spec").orElse(Json.Obj.EMPTY), dropped));
            case ClusterPolicy.KIND -> {
                Json.Obj spec = document.object("spec").orElse(Json.Obj.EMPTY);
                yield document("GlobalNetworkPolicy", Json.Obj.of("name", new Json.Text(ClusterPolicy.name(spec, name))), ClusterPolicy.spec(spec, dropped));
            }
            case "Namespace" -> profile(NAMESPACE_PROFILE_PREFIX + name, NAMESPACE_LABEL_PREFIX, name, metadata, true);
            default -> profile(ACCOUNT_PROFILE_PREFIX + namespace + "." + name, ACCOUNT_LABEL_PREFIX, name, metadata, false);
        };
        return new Converted(result, dropped);
    }

    private static Json.Obj document(String kind, Json.Obj metadata, Json.Obj spec) {
        return Json.Obj.of("apiVersion", new Json.Text(API)).with("kind", kind).with("metadata", metadata).with("spec", spec);
    }

    private static Json.Obj profile(String profile, String prefix, String name, Json.Obj metadata, boolean allow) {
        Json.Obj labels = Json.Obj.EMPTY;
        for (Map.Entry<String, Json> label : metadata.object("labels").orElse(Json.Obj.EMPTY).members().entrySet()) {
            labels = labels.with(prefix + label.getKey(), label.getValue());
        }
        Json.Obj spec = Json.Obj.EMPTY;
        if (allow) {
            Json.Arr all = Json.Arr.of(Json.Obj.of("action", new Json.Text("Allow")));
            spec = spec.with("ingress", all).with("egress", all);
        }
        return document("Profile", Json.Obj.of("name", new Json.Text(profile)), spec.with("labelsToApply", labels.with(prefix + NAME_LABEL, name)));
    }

    // ---------------------------------------------------------------- policies

    /** The spec of the policy that a Kubernetes policy's spec comes to. */
    static Json.Obj policySpec(Json.Obj spec, List<String> dropped) {
        List<String> types = new ArrayList<>();
        for (String type : List.of("Ingress", "Egress")) {
            if (spec.array("policyTypes").contains(new Json.Text(type))) {
                types.add(type);
            }
        }
        if (types.isEmpty()) {
            // As an API server fills it in, which a document that comes by another way has not met (k8s.io/api/networking/v1, NetworkPolicySpec.PolicyTypes).
            types.add("Ingress");
            if (!spec.array("egress").isEmpty()) {
                types.add("Egress");
            }
        }
        Json.Obj result = Json.Obj.of("order", Json.Num.of(POLICY_ORDER)).with("selector", selectorOrReason(spec.object("podSelector"), true));
        List<Json> ingress = rules(spec, "ingress", dropped);
        List<Json> egress = rules(spec, "egress", dropped);
        if (!ingress.isEmpty()) {
            result = result.with("ingress", new Json.Arr(ingress));
        }
        if (!egress.isEmpty()) {
            result = result.with("egress", new Json.Arr(egress));
        }
        return result.with("types", Json.Arr.texts(types));
    }

    private static List<Json> rules(Json.Obj spec, String direction, List<String> dropped) {
        List<Json> rules = new ArrayList<>();
        int index = 0;
        for (Json item : spec.array(direction)) {
            String where = "spec." + direction + "[" + index++ + "]";
            try {
                rules.addAll(rule(item instanceof Json.Obj rule ? rule : Json.Obj.EMPTY, direction.equals("ingress")));
            } catch (IllegalArgumentException e) {
                dropped.add(where + " is left out: " + e.getMessage());
            }
        }
        return rules;
    }

    /** One rule per protocol and peer, its ports merged. */
    private static List<Json> rule(Json.Obj rule, boolean ingress) {
        Map<String, Optional<List<PolicyRule.Port>>> ports = ports(rule.array("ports"));
        List<Json> peers = rule.array(ingress ? "from" : "to");
        List<Json> rules = new ArrayList<>();
        for (Map.Entry<String, Optional<List<PolicyRule.Port>>> protocol : ports.entrySet()) {
            for (Json peer : peers.isEmpty() ? List.of((Json) Json.Null.NULL) : peers) {
                Json.Obj entity = peer instanceof Json.Obj given ? peer(given) : Json.Obj.EMPTY;
                Json.Obj destination = withPorts(ingress ? Json.Obj.EMPTY : entity, protocol.getValue().orElse(List.of()));
                Json.Obj result = Json.Obj.of("action", new Json.Text("Allow"));
                if (!protocol.getKey().isEmpty()) {
                    result = result.with("protocol", protocol.getKey());
                }
                if (ingress && !entity.members().isEmpty()) {
                    result = result.with("source", entity);
                }
                rules.add(destination.members().isEmpty() ? result : result.with("destination", destination));
            }
        }
        return rules;
    }

    /** The destination with its ports, as few as say the same. */
    static Json.Obj withPorts(Json.Obj destination, List<PolicyRule.Port> ports) {
        List<Json> spelled = new ArrayList<>();
        simplify(ports).forEach(port -> spelled.add(port instanceof PolicyRule.Port.Range(int min, int max) && min == max ? Json.Num.of(min) : new Json.Text(port.toString())));
        return spelled.isEmpty() ? destination : destination.with("ports", new Json.Arr(spelled));
    }

    /** Ports by protocol, sorted; a protocol without a port stands for all its ports. No ports at all: any protocol. */
    private static Map<String, Optional<List<PolicyRule.Port>>> ports(List<Json> given) {
        Map<String, Optional<List<PolicyRule.Port>>> ports = new TreeMap<>();
        for (Json item : given) {
            Json.Obj port = item instanceof Json.Obj object ? object : Json.Obj.EMPTY;
            String protocol = IpProtocol.parse(port.text("protocol").orElse("TCP")).toString();
            Optional<Json> number = port.get("port").filter(value -> !(value instanceof Json.Null));
            if (number.isEmpty()) {
                ports.put(protocol, Optional.empty());
                continue;
            }
            String text = Fields.show(number.get()) + (port.get("endPort").isPresent() ? ":" + Fields.show(port.get("endPort").get()) : "");
            PolicyRule.Port read = Forms.port(text);
            if (ports.getOrDefault(protocol, Optional.of(List.of())).isPresent()) {
                ports.computeIfAbsent(protocol, _ -> Optional.of(new ArrayList<>())).orElseThrow().add(read);
            }
        }
        return ports.isEmpty() ? Map.of("", Optional.empty()) : ports;
    }

    /** The fewest ports and ranges that cover the same: names first, then numbers in order. */
    static List<PolicyRule.Port> simplify(List<PolicyRule.Port> ports) {
        List<PolicyRule.Port> result = new ArrayList<>();
        TreeSet<PolicyRule.Port.Range> ranges = new TreeSet<>((one, other) -> one.min() != other.min() ? Integer.compare(one.min(), other.min()) : Integer.compare(one.max(), other.max()));
        for (PolicyRule.Port port : ports) {
            switch (port) {
                case PolicyRule.Port.Named named -> result.add(named);
                case PolicyRule.Port.Range range -> ranges.add(range);
            }
        }
        int min = 0;
        int max = -1;
        for (PolicyRule.Port.Range range : ranges) {
            if (max >= 0 && range.min() > max + 1) {
                result.add(new PolicyRule.Port.Range(min, max));
                max = -1;
            }
            min = max < 0 ? range.min() : min;
            max = Math.max(max, range.max());
        }
        if (max >= 0) {
            result.add(new PolicyRule.Port.Range(min, max));
        }
        return result;
    }

    private static Json.Obj peer(Json.Obj peer) {
        Optional<Json.Obj> block = peer.object("ipBlock");
        if (block.isPresent()) {
            // DEVIATION: Calico makes of a block that it cannot read a rule for any address; here the rule is refused, so that it allows nothing.
            Json.Obj entity = Json.Obj.of("nets", Json.Arr.texts(List.of(Forms.looseNetwork(block.get().text("cidr").orElse("")).toString())));
            List<String> except = new ArrayList<>();
            block.get().array("except").forEach(each -> except.add(Forms.looseNetwork(Fields.show(each)).toString()));
            return except.isEmpty() ? entity : entity.with("notNets", Json.Arr.texts(except));
        }
        Json.Obj entity = Json.Obj.of("selector", new Json.Text(selector(peer.object("podSelector"), true)));
        String namespaces = selector(peer.object("namespaceSelector"), false);
        return namespaces.isEmpty() ? entity : entity.with("namespaceSelector", namespaces);
    }

    /** The selector of a whole policy; where it cannot be converted, the reason in its place: the decoder refuses that, and with it the policy. */
    static String selectorOrReason(Optional<Json.Obj> given, boolean pods) {
        try {
            return selector(given, pods);
        } catch (IllegalArgumentException e) {
            return e.getMessage() + "!";
        }
    }

    /** A label selector of Kubernetes in Calico's language; empty for a namespace selector that is absent. */
    static String selector(Optional<Json.Obj> given, boolean pods) {
        List<String> terms = new ArrayList<>();
        if (pods) {
            terms.add("projectcalico.org/orchestrator == 'k8s'");
        }
        if (given.isEmpty()) {
            return String.join(" && ", terms);
        }
        Map<String, Json> labels = new TreeMap<>(given.get().object("matchLabels").orElse(Json.Obj.EMPTY).members());
        List<Json> expressions = given.get().array("matchExpressions");
        if (!pods && labels.isEmpty() && expressions.isEmpty()) {
            return "all()";
        }
        labels.forEach((key, value) -> terms.add(key + " == '" + Fields.show(value) + "'"));
        for (Json item : expressions) {
            Json.Obj each = item instanceof Json.Obj object ? object : Json.Obj.EMPTY;
            String key = each.text("key").orElse("");
            List<String> quoted = new ArrayList<>();
            each.array("values").forEach(value -> quoted.add("'" + Fields.show(value) + "'"));
            String values = "{ " + String.join(", ", quoted) + " }";
            terms.add(switch (each.text("operator").orElse("")) {
                case "In" -> key + " in " + values;
                case "NotIn" -> key + " not in " + values;
                case "Exists" -> "has(" + key + ")";
                case "DoesNotExist" -> "! has(" + key + ")";
                default -> throw new IllegalArgumentException("operator '" + each.text("operator").orElse("") + "': wanted In, NotIn, Exists or DoesNotExist");
            });
        }
        String text = String.join(" && ", terms);
        Forms.selector(text);
        return text;
    }

    /**
     * The labels of a pod's endpoint: those of the pod, and those that Calico keeps for itself.
     *
     * @param stored labels of the endpoint as it is
     */
    public static Map<String, String> endpointLabels(Json.Obj pod, Map<String, String> stored) {
        Map<String, String> labels = new LinkedHashMap<>();
        pod.object("metadata").flatMap(metadata -> metadata.object("labels")).orElse(Json.Obj.EMPTY).members().forEach((key, value) -> labels.put(key, Fields.show(value)));
        stored.forEach((key, value) -> {
            if (key.startsWith("projectcalico.org/")) {
                labels.put(key, value);
            }
        });
        pod.object("spec").flatMap(spec -> spec.text("serviceAccountName")).ifPresent(account -> labels.put("projectcalico.org/serviceaccount", account));
        return labels;
    }
}
