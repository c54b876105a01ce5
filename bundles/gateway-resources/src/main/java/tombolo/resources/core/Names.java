package tombolo.resources.core;

import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tombolo.api.json.Json;
import tombolo.api.resource.LabelForm;

/** What the metadata of a document may hold. Source: {@code libcalico-go/lib/validator/v3} and Kubernetes' {@code apimachinery/pkg/util/validation}. */
final class Names {
    private static final int MAX_NAME_CHARS = 253;
    private static final int MAX_TIER_CHARS = 63;
    private static final int MAX_ANNOTATION_BYTES = 256 << 10;
    private static final Pattern POLICY = Pattern.compile("(" + Forms.LABEL + ")(\\." + Forms.LABEL + ")?|(?:knp|ossg)\\.default\\.(" + Forms.NAME.pattern() + ")");
    private static final Pattern GLOBAL_POLICY = Pattern.compile("(" + Forms.LABEL + "\\.)?" + Forms.LABEL + "|kcnp\\.(?:admin|baseline)\\.(" + Forms.NAME.pattern() + ")");
    private static final Set<String> SINGLETONS = Set.of("ClusterInformation", "KubeControllersConfiguration", "IPAMConfiguration");

    private Names() { }

    static void check(Kind kind, String name, Fields metadata) {
        switch (kind.name()) {
            case "NetworkPolicy", "StagedNetworkPolicy" -> form(metadata, name, Forms.is(POLICY), MAX_NAME_CHARS, "wanted lower case letters, digits and '-', with one '.' at most");
            case "GlobalNetworkPolicy", "StagedGlobalNetworkPolicy" ->
                    form(metadata, name, Forms.is(GLOBAL_POLICY), MAX_NAME_CHARS, "wanted lower case letters, digits and '-', with one '.' at most");
            case "Tier" -> form(metadata, name, Forms.is(Forms.SIMPLE_NAME), MAX_TIER_CHARS, "wanted up to " + MAX_TIER_CHARS + " lower case letters, digits and '-'");
            case "IPAMBlock", "IPAMHandle", "BlockAffinity" -> { }
            default -> form(metadata, name, LabelForm::isDnsName, MAX_NAME_CHARS, Forms.NAME_RULE);
        }
        if (SINGLETONS.contains(kind.name()) && !name.equals("default")) {
            metadata.problem(Fields.RULE, "name", name, "there is one resource of this kind, named default");
        }
        if (kind.name().equals("BGPConfiguration") && !name.equals("default") && !name.startsWith("node.")) {
            metadata.problem(Fields.RULE, "name", name, "wanted default, or node.NAME for one node");
        }
    }

    private static void form(Fields metadata, String name, Predicate<String> form, int most, String rule) {
        if (name.length() > most) {
            metadata.problem(Fields.RANGE, "name", name, "the most is " + most + " characters");
        } else if (!form.test(name)) {
            metadata.problem(Fields.FORM, "name", name, rule);
        }
    }

    static void checkLabels(Fields metadata, Map<String, String> labels) {
        labels.forEach((key, value) -> {
            checkKey(metadata, "labels", key);
            if (!LabelForm.isValue(value)) {
                metadata.problem(Fields.FORM, "labels." + key, value, LabelForm.VALUE_RULE);
            }
        });
    }

    static void checkAnnotations(Fields metadata, Map<String, String> annotations) {
        long size = 0;
        for (Map.Entry<String, String> annotation : annotations.entrySet()) {
            checkKey(metadata, "annotations", annotation.getKey());
            size += annotation.getKey().length() + annotation.getValue().length();
        }
        if (size > MAX_ANNOTATION_BYTES) {
            metadata.problem(Fields.RANGE, "annotations", size + " bytes", "the most is " + MAX_ANNOTATION_BYTES);
        }
    }

    private static void checkKey(Fields metadata, String list, String key) {
        if (!LabelForm.isKey(key)) {
            metadata.problem(Fields.FORM, list, key, LabelForm.KEY_RULE);
        }
    }

    /** Members of metadata that programs may add. */
    static Fields knowAll(Fields metadata) {
        return metadata.knows("name", "namespace", "labels", "annotations", "uid", "resourceVersion", "creationTimestamp", "generation", "deletionTimestamp",
                "deletionGracePeriodSeconds", "finalizers", "ownerReferences", "managedFields", "selfLink", "generateName");
    }

    static Json.Obj metadata(Json.Obj document) {
        return document.object("metadata").orElse(Json.Obj.EMPTY);
    }
}
