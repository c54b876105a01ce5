package tombolo.resources.adapter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.Resources.Verb;
import tombolo.api.resource.Resources.WriteOutcome;
import tombolo.resources.core.Arguments;
import tombolo.resources.core.Document;
import tombolo.resources.core.KubernetesKinds;

/** A Kubernetes Pod as input: its labels become those of its endpoints, as Calico's pod controller does. */
final class PodLabels {
    /** Set by gateway-cni. */
    private static final String REAL_NAME = "tombolo.io/pod";

    private PodLabels() { }

    static boolean isPod(Document document) {
        return document.tree().text("apiVersion").filter("v1"::equals).isPresent() && document.tree().text("kind").filter("Pod"::equals).isPresent();
    }

    /** @return what went wrong */
    static Optional<String> apply(StoredResources resources, Arguments arguments, Document document, Output output) {
        String place = document.place(document.line("")) + ", Pod(" + Stored.text(document.tree(), "metadata", "namespace").orElse("default") + "/"
                + Stored.text(document.tree(), "metadata", "name").orElse("?") + "): ";
        if (!arguments.verb().equals("apply") && !arguments.verb().equals("replace")) {
            return Optional.of(place + "TMB-RES-011 a Pod is only applied: its labels become those of its endpoints, which the CNI makes.");
        }
        String namespace = Stored.text(document.tree(), "metadata", "namespace").orElse("default");
        String name = Stored.text(document.tree(), "metadata", "name").orElse("");
        List<Resource> endpoints = resources.list("WorkloadEndpoint", Optional.of(namespace)).stream()
                .filter(each -> pod(each).filter(name::equals).isPresent()).toList();
        if (endpoints.isEmpty()) {
            return Optional.of(place + "TMB-RES-013 no endpoint of this pod exists yet; its labels have nowhere to go.");
        }
        for (Resource endpoint : endpoints) {
            Json.Obj labels = Json.Obj.EMPTY;
            for (Map.Entry<String, String> label : KubernetesKinds.endpointLabels(document.tree(), endpoint.labels()).entrySet()) {
                labels = labels.with(label.getKey(), label.getValue());
            }
            Json.Obj metadata = endpoint.tree().object("metadata").orElse(Json.Obj.EMPTY).with("labels", labels);
            WriteOutcome outcome = resources.write(Verb.REPLACE, endpoint.tree().with("metadata", metadata), arguments.has("--dry-run"));
            switch (outcome) {
                case WriteOutcome.Refused refused -> {
                    return Optional.of(place + refused.problems().getFirst().message());
                }
                case WriteOutcome.Done done -> {
                    if (arguments.has("--dry-run")) {
                        output.line(CalicoCommands.preview("apply", endpoint.id(), Optional.of(endpoint), done));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** What the endpoint's pod is called; of one whose name is too long an annotation tells, and the spec has its hash. */
    private static Optional<String> pod(Resource endpoint) {
        return endpoint.tree().object("metadata").flatMap(metadata -> metadata.object("annotations")).flatMap(annotations -> annotations.text(REAL_NAME))
                .or(() -> endpoint.tree().object("spec").flatMap(spec -> spec.text("pod")));
    }
}
