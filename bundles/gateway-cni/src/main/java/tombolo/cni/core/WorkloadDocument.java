package tombolo.cni.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.json.Json;
import tombolo.api.resource.LabelForm;
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
    /** A pod's real name, where {@code spec.pod} is its hash. */
    private static final String POD = "tombolo.io/pod";
    private static final String POD_NAME = "K8S_POD_NAME";
    private static final String POD_NAMESPACE = "K8S_POD_NAMESPACE";
    private static final String DEFAULT = "default";
    /** As long as runtimes' ids: with two of them, a node's name and doubled dashes a name stays within {@link #LONGEST_NAME}. */
    private static final int LONGEST_PART = 64;
    /** Of a resource (RFC 1123 §2.1). */
    private static final int LONGEST_NAME = 253;
    /** Of a namespace (RFC 1123 §2.1, one label), which is a label of the endpoint's too. */
    private static final int LONGEST_NAMESPACE = 63;
    private static final int HASH_OCTETS = 16;

    private WorkloadDocument() { }

    public static ResourceId id(String node, Endpoint endpoint) {
        Optional<String> pod = pod(node, endpoint);
        return ResourceId.of(KIND, namespace(node, endpoint), name(node, pod.isPresent() ? "k8s" : "cni", pod.orElse(containerId(endpoint.id())), endpoint));
    }

    private static String name(String node, String orchestrator, String workload, Endpoint endpoint) {
        return String.join("-", Stream.of(node, orchestrator, workload, interfaceName(endpoint.id())).map(part -> part.replace("-", "--")).toList());
    }

    /** As the document says it; what it really is, where that is something else, is an annotation of it. */
    public static String containerId(EndpointId id) {
        String text = id.containerId();
        return text.indexOf('.') < 0 ? part(text) : "x" + hash(text); // a name may have a dot, a containerID not
    }

    /** {@code spec.endpoint}: the container's interface, as the document says it. */
    public static String interfaceName(EndpointId id) {
        return part(id.interfaceName());
    }

    /** The mode of the endpoint that a document is of, where a gateway of that node's name wrote it; empty: another node's, or another writer's. */
    public static Optional<String> mode(String node, Json.Obj document) {
        Json.Obj spec = document.object("spec").orElse(Json.Obj.EMPTY);
        boolean form = spec.text("node").equals(Optional.of(node)) && spec.text("orchestrator").filter(one -> one.equals("k8s") || one.equals("cni")).isPresent();
        return document.object("metadata").flatMap(metadata -> metadata.object("annotations")).flatMap(annotations -> annotations.text(EndpointMode.ANNOTATION)).filter(_ -> form);
    }

    public static Json.Obj of(String node, Endpoint endpoint) {
        Optional<String> pod = pod(node, endpoint);
        String container = containerId(endpoint.id());
        String namespace = namespace(node, endpoint);
        String interfaceName = interfaceName(endpoint.id());
        Json.Obj.Builder spec = new Json.Obj.Builder().with("orchestrator", pod.isPresent() ? "k8s" : "cni").with("node", node).with("containerID", container).with("endpoint", interfaceName)
                .with("ipNetworks", Json.Arr.texts(endpoint.addresses().stream().map(address -> address.address() + "/" + address.address().family().bits()).toList()))
                .with(pod.isPresent() ? "pod" : "workload", pod.orElse(container))
                .with("profiles", Json.Arr.texts(List.of(pod.isPresent() ? "kns." + namespace : part(endpoint.network()))));
        if (!endpoint.hostInterface().isEmpty()) {
            spec.with("interfaceName", endpoint.hostInterface());
        }
        endpoint.mac().ifPresent(mac -> spec.with("mac", mac.toString()));
        List<Json> sources = sources(endpoint);
        if (!sources.isEmpty()) {
            spec.with("allowSpoofedSourcePrefixes", new Json.Arr(sources));
        }
        Json.Obj.Builder metadata = new Json.Obj.Builder().with("name", name(node, pod.isPresent() ? "k8s" : "cni", pod.orElse(container), endpoint)).with("namespace", namespace);
        Json.Obj.Builder labels = new Json.Obj.Builder();
        endpoint.arguments().forEach((key, value) -> {
            if (key.startsWith(LABEL)) {
                labels.with(key.substring(LABEL.length()), value);
            }
        });
        Json.Obj labelled = labels.build();
        if (!labelled.members().isEmpty()) {
            metadata.with("labels", labelled);
        }
        Json.Obj.Builder annotations = new Json.Obj.Builder().with(EndpointMode.ANNOTATION, endpoint.mode());
        if (!container.equals(endpoint.id().containerId())) {
            annotations.with(CONTAINER, endpoint.id().containerId());
        }
        argument(endpoint.arguments(), POD_NAME).filter(name -> pod.isPresent() && !pod.get().equals(name))
                .ifPresent(name -> annotations.with(POD, name.substring(0, Math.min(name.length(), LONGEST_NAME)))); // Kubernetes has no longer ones
        metadata.with("annotations", annotations.build());
        return new Json.Obj.Builder().with("apiVersion", "projectcalico.org/v3").with("kind", KIND).with("metadata", metadata.build()).with("spec", spec.build()).build();
    }

    /** An endpoint that is not in the store has no policy and carries nothing: what no name can have in it has a name by its hash. */
    private static String part(String text) {
        return text.length() <= LONGEST_PART && LabelForm.isDnsName(text) ? text : "x" + hash(text);
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

    /**
     * The name of its pod, or the hash of a name that is too long. Empty where no pod can be called so: podman says of its containers that they are pods named like
     * {@code brave_curie}. Length alone makes no container of a pod: as one it would leave the policies of its namespace, since the profile of a network allows
     * everything where none is stored.
     */
    private static Optional<String> pod(String node, Endpoint endpoint) {
        return namedPod(endpoint.arguments()).map(pod -> isHash(pod) || name(node, "k8s", pod, endpoint).length() > LONGEST_NAME ? "x" + hash(pod) : pod);
    }

    /** Those of {@link #hash}: a pod that is called like the hash of another has one of its own, and so does not take the other's place. */
    private static boolean isHash(String pod) {
        return pod.length() == 1 + 2 * HASH_OCTETS && pod.charAt(0) == 'x' && pod.chars().skip(1).allMatch(HexFormat::isHexDigit);
    }

    private static Optional<String> namedPod(Map<String, String> arguments) {
        boolean formed = LabelForm.isDnsName(argument(arguments, POD_NAMESPACE).orElse(DEFAULT));
        return argument(arguments, POD_NAME).filter(pod -> formed && LabelForm.isDnsName(pod));
    }

    private static String namespace(String node, Endpoint endpoint) {
        return pod(node, endpoint).flatMap(_ -> argument(endpoint.arguments(), POD_NAMESPACE)).orElse(DEFAULT);
    }

    /** The namespace of a pod whose endpoint could not be stored in it, and would stay closed with nobody to say why; empty: it can, or it is no pod. */
    static Optional<String> longNamespace(Map<String, String> arguments) {
        return namedPod(arguments).flatMap(_ -> argument(arguments, POD_NAMESPACE)).filter(namespace -> namespace.length() > LONGEST_NAMESPACE);
    }

    private static Optional<String> argument(Map<String, String> arguments, String key) {
        return Optional.ofNullable(arguments.get(key)).filter(text -> !text.isEmpty());
    }
}
