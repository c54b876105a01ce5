package tombolo.resources.core;

import static tombolo.resources.core.Forms.words;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tombolo.api.resource.CalicoNodeStatus;
import tombolo.api.resource.ClusterInformation;
import tombolo.api.resource.KubeControllersConfiguration;
import tombolo.api.resource.KubeControllersConfiguration.AssignIps;
import tombolo.api.resource.ResourceSpec;

/** The cluster's own settings. Source: {@code api/pkg/apis/projectcalico/v3/{kubecontrollersconfig,clusterinfo,nodestatus}.go}. */
final class ConfigKinds {
    private static final Map<String, Boolean> ENABLED = words("Enabled", true, "Disabled", false);
    private static final Duration RECONCILE = Duration.ofMinutes(5);

    private ConfigKinds() { }

    static ResourceSpec kubeControllers(Reading reading) {
        Fields spec = reading.spec();
        Fields controllers = spec.objectOrEmpty("controllers");
        Map<String, Duration> periods = new LinkedHashMap<>();
        for (String name : List.of("policy", "workloadEndpoint", "serviceAccount", "namespace")) {
            controllers.object(name).ifPresent(each -> {
                periods.put(name, each.duration("reconcilerPeriod").orElse(RECONCILE));
                each.checkRest();
            });
        }
        Optional<AssignIps> assign = controllers.object("loadBalancer").map(each -> {
            AssignIps read = each.choice("assignIPs", Forms.<AssignIps>words("AllServices", AssignIps.ALL_SERVICES, "RequestedServicesOnly", AssignIps.REQUESTED_SERVICES_ONLY)).orElse(AssignIps.ALL_SERVICES);
            each.checkRest();
            return read;
        });
        Optional<KubeControllersConfiguration.NodeController> node = controllers.object("node").map(ConfigKinds::nodeController);
        controllers.knows("migration", "policyMigration").checkRest();
        Map<String, String> levels = words("None", "None", "Debug", "Debug", "Info", "Info", "Warning", "Warning", "Error", "Error", "Fatal", "Fatal", "Panic", "Panic");
        return new KubeControllersConfiguration(spec.choice("logSeverityScreen", levels), spec.choice("healthChecks", ENABLED).orElse(true),
                spec.duration("etcdV3CompactionPeriod").orElse(Duration.ofMinutes(10)), spec.smallInteger("prometheusMetricsPort", 0, 65535).orElse(9094),
                spec.smallInteger("debugProfilePort", 0, 65535), node, periods, assign);
    }

    private static KubeControllersConfiguration.NodeController nodeController(Fields node) {
        Fields endpoints = node.objectOrEmpty("hostEndpoint");
        KubeControllersConfiguration.NodeController read = new KubeControllersConfiguration.NodeController(node.duration("reconcilerPeriod").orElse(RECONCILE),
                node.choice("syncLabels", ENABLED).orElse(true), endpoints.choice("autoCreate", ENABLED).orElse(false),
                endpoints.choice("createDefaultHostEndpoint", ENABLED).orElse(true), endpoints.objects("templates", Integer.MAX_VALUE, ConfigKinds::template),
                node.duration("leakGracePeriod").orElse(Duration.ofMinutes(15)));
        endpoints.checkRest();
        node.checkRest();
        return read;
    }

    private static KubeControllersConfiguration.Template template(Fields each) {
        KubeControllersConfiguration.Template template = new KubeControllersConfiguration.Template(each.text("generateName", Forms.is(Forms.NAME), Forms.NAME_RULE),
                each.parsedList("interfaceCIDRs", Integer.MAX_VALUE, Forms::looseNetwork), each.text("interfacePattern", ConfigKinds::isPattern, "wanted a regular expression"),
                each.textMap("labels"), each.textMap("annotations"), each.parsed("nodeSelector", Forms::selector));
        each.require(each.has("interfacePattern") || !each.object().array("interfaceCIDRs").isEmpty(), "interfacePattern", "one of interfaceCIDRs and interfacePattern must be given");
        each.checkRest();
        return template;
    }

    static boolean isPattern(String text) {
        try {
            Pattern.compile(text);
            return true;
        } catch (PatternSyntaxException _) {
            return false; // the rule says what was wanted
        }
    }

    static ResourceSpec clusterInformation(Reading reading) {
        Fields spec = reading.spec();
        return new ClusterInformation(spec.text("clusterGUID"), spec.text("clusterType"), spec.text("calicoVersion"), spec.bool("datastoreReady"), spec.text("variant"));
    }

    static ResourceSpec nodeStatus(Reading reading) {
        Fields spec = reading.spec();
        Set<CalicoNodeStatus.StatusClass> classes = spec.choices("classes", words("Agent", CalicoNodeStatus.StatusClass.AGENT, "BGP", CalicoNodeStatus.StatusClass.BGP, "Routes",
                CalicoNodeStatus.StatusClass.ROUTES));
        return new CalicoNodeStatus(spec.required("node", spec.text("node"), ""), classes, spec.smallInteger("updatePeriodSeconds", 0, 86_400).orElse(0));
    }
}
