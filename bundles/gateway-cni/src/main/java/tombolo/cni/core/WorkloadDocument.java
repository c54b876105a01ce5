package tombolo.cni.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.json.Json;
import tombolo.api.resource.ResourceId;
import tombolo.runtime.json.JsonText;

/**
 * An endpoint as Calico's {@code WorkloadEndpoint}, so that whoever shares the datastore sees it. With a pod's name it is Kubernetes' ({@code k8s}), else
 * {@code cni}; the profiles are those that Calico's plugin sets.
 */
public final class WorkloadDocument {
    public static final String KIND = "WorkloadEndpoint";
    /** Marks what among an endpoint's arguments is a label. */
    public static final String LABEL = "label/";

    private static final String CONTAINER = "tombolo.io/container";
    private static final String DEFAULT = "default";
    /** A name of Kubernetes (RFC 1123). */
    private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*");
    /** As long as runtimes' ids: with two of them, a node's name and doubled dashes a name stays within {@link #LONGEST_NAME}. */
    private static final int LONGEST_PART = 64;
    /** Of a resource (RFC 1123 §2.1). */
    private static final int LONGEST_NAME = 253;
    /** Of a namespace, which is a label of the endpoint's too. */
    private static final int LONGEST_NAMESPACE = 63;
    private static final int HASH_OCTETS = 16;

    private WorkloadDocument() { }

    public static ResourceId id(String node, Endpoint endpoint) {
        Optional<String> pod = pod(node, endpoint);
        return ResourceId.of(KIND, namespace(node, endpoint), name(node, pod.isPresent() ? "k8s" : "cni", pod.orElse(containerId(endpoint.id())), endpoint));
    }

    private static String name(String node, String orchestrator, String workload, Endpoint endpoint) {
        return String.join("-", Stream.of(node, orchestrator, workload, part(endpoint.id().interfaceName())).map(part -> part.replace("-", "--")).toList());
    }

    /** As the document says it; what it really is, where that is something else, is an annotation of it. */
    public static String containerId(EndpointId id) {
        String text = id.containerId();
        return text.indexOf('.') < 0 ? part(text) : "x" + hash(text); // a name may have a dot, a containerID not
    }

    public static Json.Obj of(String node, Endpoint endpoint) {
        Optional<String> pod = pod(node, endpoint);
        String container = containerId(endpoint.id());
        Json.Obj spec = Json.Obj.of("orchestrator", new Json.Text(pod.isPresent() ? "k8s" : "cni")).with("node", node).with("containerID", container)
                .with("endpoint", part(endpoint.id().interfaceName()))
                .with("ipNetworks", Json.Arr.texts(endpoint.addresses().stream().map(address -> address.address() + "/" + address.address().family().bits()).toList()));
        spec = pod.isPresent() ? spec.with("pod", pod.get()) : spec.with("workload", container);
        spec = spec.with("profiles", Json.Arr.texts(List.of(pod.isPresent() ? "kns." + namespace(node, endpoint) : part(endpoint.network()))));
        spec = endpoint.hostInterface().isEmpty() ? spec : spec.with("interfaceName", endpoint.hostInterface());
        spec = endpoint.mac().isPresent() ? spec.with("mac", endpoint.mac().get().toString()) : spec;
        List<Json> sources = sources(endpoint);
        spec = sources.isEmpty() ? spec : spec.with("allowSpoofedSourcePrefixes", new Json.Arr(sources));
        Json.Obj metadata = Json.Obj.of("name", new Json.Text(id(node, endpoint).name())).with("namespace", namespace(node, endpoint));
        Json.Obj labels = Json.Obj.EMPTY;
        for (Map.Entry<String, String> argument : endpoint.arguments().entrySet()) {
            labels = argument.getKey().startsWith(LABEL) ? labels.with(argument.getKey().substring(LABEL.length()), argument.getValue()) : labels;
        }
        metadata = labels.members().isEmpty() ? metadata : metadata.with("labels", labels);
        Json.Obj annotations = Json.Obj.of(EndpointMode.ANNOTATION, new Json.Text(endpoint.mode()));
        annotations = container.equals(endpoint.id().containerId()) ? annotations : annotations.with(CONTAINER, endpoint.id().containerId());
        metadata = metadata.with("annotations", annotations);
        return Json.Obj.of("apiVersion", new Json.Text("projectcalico.org/v3")).with("kind", KIND).with("metadata", metadata).with("spec", spec);
    }

    /** An endpoint that is not in the store has no policy and carries nothing: what no name can have in it has a name by its hash. */
    private static String part(String text) {
        return text.length() <= LONGEST_PART && NAME.matcher(text).matches() ? text : "x" + hash(text);
    }

    private static String hash(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)), 0, HASH_OCTETS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** They were checked when they were given. */
    private static List<Json> sources(Endpoint endpoint) {
        try {
            return JsonText.parse(endpoint.arguments().getOrDefault(Annotations.SOURCES, "[]")) instanceof Json.Arr(List<Json> items) ? items : List.of();
        } catch (JsonText.Malformed e) {
            return List.of();
        }
    }

    /** Empty where no pod can be called so: podman says of its containers that they are pods named like {@code brave_curie}. */
    private static Optional<String> pod(String node, Endpoint endpoint) {
        String namespace = argument(endpoint, "K8S_POD_NAMESPACE").orElse(DEFAULT);
        boolean fits = namespace.length() <= LONGEST_NAMESPACE && NAME.matcher(namespace).matches();
        return argument(endpoint, "K8S_POD_NAME").filter(pod -> fits && pod.length() <= LONGEST_NAME && NAME.matcher(pod).matches() && name(node, "k8s", pod, endpoint).length() <= LONGEST_NAME);
    }

    private static String namespace(String node, Endpoint endpoint) {
        return pod(node, endpoint).flatMap(_ -> argument(endpoint, "K8S_POD_NAMESPACE")).orElse(DEFAULT);
    }

    private static Optional<String> argument(Endpoint endpoint, String key) {
        Map<String, String> arguments = endpoint.arguments();
        return Optional.ofNullable(arguments.get(key)).filter(text -> !text.isEmpty());
    }
}
