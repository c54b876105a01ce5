package tombolo.cni.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import tombolo.api.endpoint.EndpointKernel;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.json.Json;
import tombolo.api.net.MacAddress;
import tombolo.cni.core.CniError;
import tombolo.cni.core.CniRequest;
import tombolo.cni.core.CniRequest.Add;
import tombolo.cni.core.CniResult;
import tombolo.cni.core.NetworkConfiguration;
import tombolo.cni.core.RoutedMode;
import tombolo.cni.core.WorkloadDocument;

/** What an ADD asks for, out of its configuration, its arguments and the container's annotations; and what it is told in the end. */
final class Wanted {
    private static final int DEFAULT_MTU = 1500;

    private Wanted() { }

    /** CNI_ARGS with what else is known of the container: annotations, and labels of the network's arguments. */
    static Map<String, String> arguments(Add add) {
        Map<String, String> all = new TreeMap<>(add.annotations().stated());
        all.putAll(add.arguments());
        if (add.network().allowsForwarding()) {
            all.put(RoutedMode.FORWARDING, "1");
        }
        add.network().labels().forEach((key, value) -> all.put(WorkloadDocument.LABEL + key, value));
        return all;
    }

    /** What the runtime is told of the pair. */
    static CniResult result(EndpointMode mode, EndpointPlan plan, MacAddress mac, Json.Obj dns) {
        List<CniResult.Interface> interfaces = List.of(
                new CniResult.Interface(plan.host().interfaceName(), plan.host().mac().map(MacAddress::toString).orElse(""), "", plan.host().mtu()),
                new CniResult.Interface(plan.container().interfaceName(), mac.toString(), plan.netns(), plan.container().mtu()));
        List<CniResult.Ip> ips = plan.container().addresses().stream()
                .map(address -> new CniResult.Ip(address, Optional.of(mode.gateway(address)), OptionalInt.of(1))).toList();
        List<CniResult.Route> routes = plan.container().routes().stream().filter(route -> route.gateway().isPresent())
                .map(route -> new CniResult.Route(route.destination(), route.gateway())).toList();
        return new CniResult(interfaces, ips, routes, dns, Optional.empty());
    }

    /** Asked for and not given would be worse than refused. */
    static void refuseWhatIsNotDone(NetworkConfiguration network) throws Attachments.Failed {
        if (network.kind() == NetworkConfiguration.Kind.AZURE && network.tree().bool("multiTenancy").orElse(false)) {
            throw new Attachments.Failed(CniError.UNSUPPORTED_FIELD, "multiTenancy: 'true' is not available", "one tenant a node: leave it out");
        }
        Optional<String> podCidr = ForeignIpam.podCidr(network);
        if (podCidr.isPresent()) {
            throw new Attachments.Failed(CniError.UNSUPPORTED_FIELD, "ipam.subnet: '" + podCidr.get() + "' is not available", "what Kubernetes has given this node for its pods is not known here:"
                    + " write it as a prefix (spec.podCIDR of the Node in Kubernetes), or have addresses of the cluster's pools by ipam.type calico-ipam");
        }
    }

    /** The mode that the configuration names, or its plugin's own default. */
    static EndpointMode mode(Means now, NetworkConfiguration network) throws Attachments.Failed {
        // azure-vnet's own default is tunnel; calico has no such key.
        String stated = network.kind() == NetworkConfiguration.Kind.CALICO ? RoutedMode.NAME
                : network.text("mode").filter(text -> !text.isEmpty()).orElse(network.kind() == NetworkConfiguration.Kind.AZURE ? "tunnel" : RoutedMode.NAME);
        return Optional.ofNullable(now.modes().get(stated)).or(() -> now.modes().values().stream().filter(one -> one.standsFor().contains(stated)).findFirst()).orElseThrow(() ->
                new Attachments.Failed(CniError.UNSUPPORTED_FIELD, "mode: '" + CniRequest.shown(stated) + "' is not available", "available: "
                        + String.join(", ", now.modes().keySet().stream().sorted().toList()) + (stated.contains("tunnel") ? "; where a VNET's fabric must see each packet between containers "
                        + "of one machine, none of these does that: with mode bridge or transparent the policies of this node decide about them. At a site, where "
                        + "there is no such fabric, address-mode = edge-prefix in etc/tombolo.azure.cni.cfg says so, and bridge and transparent stand for both" : "")));
    }

    /** What is missing without which an ADD of this network cannot make an interface. */
    static List<String> missing(Means now, NetworkConfiguration network) {
        List<String> missing = new ArrayList<>(now.missing(false));
        if (network.tree().integer("mtu").orElse(0) == 0) {
            now.missingForMtu().ifPresent(missing::add);
        }
        return missing;
    }

    /** What the network says, else etc/, else what fits into the tunnels to other nodes, else what the way out takes. */
    static int mtu(Means now, EndpointKernel kernel, NetworkConfiguration network) throws Attachments.Failed {
        long stated = network.tree().integer("mtu").orElse(0);
        if (stated != 0 && (stated < 68 || stated > 65535)) {
            throw new Attachments.Failed(CniError.INVALID_CONFIGURATION, "mtu " + stated + " is out of range", "wanted 68 to 65535");
        }
        if (stated != 0 || now.settings().mtu().isPresent()) {
            return stated != 0 ? (int) stated : now.settings().mtu().getAsInt();
        }
        return now.overlayMtu().orElseGet(() -> kernel.uplinkMtu().orElse(DEFAULT_MTU));
    }

    /** The capability before CNI_ARGS, and these before the annotation. */
    static Optional<MacAddress> mac(Add add) throws Attachments.Failed {
        Optional<String> argument = argument(add.arguments(), "MAC");
        try {
            return add.network().runtime().mac().or(() -> argument.map(MacAddress::parse)).or(add.annotations()::mac);
        } catch (IllegalArgumentException e) {
            throw new Attachments.Failed(CniError.INVALID_ENVIRONMENT, "CNI_ARGS MAC: " + e.getMessage(), "");
        }
    }

    private static Optional<String> argument(Map<String, String> arguments, String key) {
        return Optional.ofNullable(arguments.get(key)).filter(text -> !text.isEmpty());
    }
}
