package tombolo.cni.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.endpoint.Endpoint;
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

    private WorkloadDocument() { }

    /** Empty where the endpoint's names cannot be part of one: the container id has other signs than letters, digits and inner dashes. */
    public static Optional<ResourceId> id(String node, Endpoint endpoint) {
        Optional<String> pod = argument(endpoint, "K8S_POD_NAME");
        String workload = pod.orElse(endpoint.id().containerId());
        List<String> parts = List.of(node, pod.isPresent() ? "k8s" : "cni", workload, endpoint.id().interfaceName());
        if (parts.stream().anyMatch(part -> part.isEmpty() || part.startsWith("-") || part.endsWith("-")) || !endpoint.id().containerId().matches("[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?")) {
            return Optional.empty();
        }
        return Optional.of(ResourceId.of(KIND, namespace(endpoint), String.join("-", parts.stream().map(part -> part.replace("-", "--")).toList())));
    }

    /** @param id as {@link #id} says */
    public static Json.Obj of(String node, ResourceId id, Endpoint endpoint) {
        Optional<String> pod = argument(endpoint, "K8S_POD_NAME");
        Json.Obj spec = Json.Obj.of("orchestrator", new Json.Text(pod.isPresent() ? "k8s" : "cni")).with("node", node).with("containerID", endpoint.id().containerId())
                .with("endpoint", endpoint.id().interfaceName())
                .with("ipNetworks", Json.Arr.texts(endpoint.addresses().stream().map(address -> address.address() + "/" + address.address().family().bits()).toList()));
        spec = pod.isPresent() ? spec.with("pod", pod.get()) : spec.with("workload", endpoint.id().containerId());
        spec = spec.with("profiles", Json.Arr.texts(List.of(pod.isPresent() ? "kns." + namespace(endpoint) : endpoint.network())));
        spec = endpoint.hostInterface().isEmpty() ? spec : spec.with("interfaceName", endpoint.hostInterface());
        spec = endpoint.mac().isPresent() ? spec.with("mac", endpoint.mac().get().toString()) : spec;
        List<Json> sources = sources(endpoint);
        spec = sources.isEmpty() ? spec : spec.with("allowSpoofedSourcePrefixes", new Json.Arr(sources));
        Json.Obj metadata = Json.Obj.of("name", new Json.Text(id.name())).with("namespace", id.namespace().orElse("default"));
        Json.Obj labels = Json.Obj.EMPTY;
        for (Map.Entry<String, String> argument : endpoint.arguments().entrySet()) {
            labels = argument.getKey().startsWith(LABEL) ? labels.with(argument.getKey().substring(LABEL.length()), argument.getValue()) : labels;
        }
        metadata = labels.members().isEmpty() ? metadata : metadata.with("labels", labels);
        metadata = metadata.with("annotations", Json.Obj.of(EndpointMode.ANNOTATION, new Json.Text(endpoint.mode())));
        return Json.Obj.of("apiVersion", new Json.Text("projectcalico.org/v3")).with("kind", KIND).with("metadata", metadata).with("spec", spec);
    }

    /** They were checked when they were given. */
    private static List<Json> sources(Endpoint endpoint) {
        try {
            return JsonText.parse(endpoint.arguments().getOrDefault(Annotations.SOURCES, "[]")) instanceof Json.Arr(List<Json> items) ? items : List.of();
        } catch (JsonText.Malformed e) {
            return List.of();
        }
    }

    private static String namespace(Endpoint endpoint) {
        return argument(endpoint, "K8S_POD_NAMESPACE").orElse("default");
    }

    private static Optional<String> argument(Endpoint endpoint, String key) {
        Map<String, String> arguments = endpoint.arguments();
        return Optional.ofNullable(arguments.get(key)).filter(text -> !text.isEmpty());
    }
}
