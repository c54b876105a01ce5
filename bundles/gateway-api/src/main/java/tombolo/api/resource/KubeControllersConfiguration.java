package tombolo.api.resource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.net.Prefix;
import tombolo.api.selector.Selector;

/**
 * {@code KubeControllersConfiguration} named {@code default}; defaults applied.
 *
 * @param prometheusMetricsPort 0–65535, default 9094; 0: none
 * @param debugProfilePort      0–65535
 * @param node                  empty: that controller is off
 * @param reconcilerPeriods     of the other controllers that are on, by their names ({@code policy}, {@code workloadEndpoint}, {@code serviceAccount},
 *                              {@code namespace}); default 5 min each
 * @param assignLoadBalancerIps {@code loadBalancer.assignIPs}; empty: that controller is off
 */
public record KubeControllersConfiguration(Optional<String> logSeverityScreen, boolean healthChecks, Duration etcdV3CompactionPeriod, int prometheusMetricsPort,
                                           OptionalInt debugProfilePort, Optional<NodeController> node, Map<String, Duration> reconcilerPeriods,
                                           Optional<AssignIps> assignLoadBalancerIps) implements ResourceSpec {
    public KubeControllersConfiguration {
        reconcilerPeriods = Map.copyOf(reconcilerPeriods);
    }

    /**
     * @param leakGracePeriod how long an address must look leaked before it is released; default 15 min; 0: never
     * @param hostEndpointAutoCreate whether a host endpoint is made for each node
     */
    public record NodeController(Duration reconcilerPeriod, boolean syncLabels, boolean hostEndpointAutoCreate, boolean createDefaultHostEndpoint, List<Template> templates,
                                 Duration leakGracePeriod) {
        public NodeController {
            templates = List.copyOf(templates);
        }
    }

    /**
     * Which host endpoints are made, and for which nodes.
     *
     * @param interfaceCidrs   addresses of the node in one of these become the endpoint's
     * @param interfacePattern a regular expression that is found in the name: an endpoint for each such interface of the node; empty: one, by its addresses alone
     */
    public record Template(Optional<String> generateName, List<Prefix> interfaceCidrs, Optional<String> interfacePattern, Map<String, String> labels, Map<String, String> annotations,
                           Optional<Selector> nodeSelector) {
        public Template {
            interfaceCidrs = List.copyOf(interfaceCidrs);
            labels = Map.copyOf(labels);
            annotations = Map.copyOf(annotations);
        }
    }

    public enum AssignIps { ALL_SERVICES, REQUESTED_SERVICES_ONLY }
}
