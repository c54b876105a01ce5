package tombolo.cni.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.endpoint.Bandwidth;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.PortMapping;
import tombolo.api.net.IpAddress;

/**
 * What a runtime asks the host to do for an attachment beside its network: ports that lead to it, and limits of what passes.
 *
 * @param network       the name in the CNI configuration
 * @param hostInterface where limits are; "" where there are none
 */
public record HostPart(String network, String netns, String hostInterface, Optional<Exposed> exposed, Optional<Bandwidth> bandwidth) {
    /** The state by which its line in the record is told from an endpoint's. */
    public static final String STATE = "HOST";

    /** What a configuration asks for. */
    public record Wishes(List<PortMapping> mappings, boolean masked, Optional<Bandwidth> bandwidth) {
        public Wishes {
            mappings = List.copyOf(mappings);
        }

        public boolean isNothing() {
            return mappings.isEmpty() && bandwidth.isEmpty();
        }
    }

    /**
     * Reads {@code runtimeConfig.portMappings}, {@code runtimeConfig.bandwidth} and portmap's {@code snat} (default true). What cannot be done is refused: asked for and
     * not given would be worse.
     */
    public static Wishes wishes(NetworkConfiguration network) throws Unfit {
        List<PortMapping> mappings = new ArrayList<>();
        for (NetworkConfiguration.PortMapping one : network.runtime().portMappings()) {
            PortMapping.Protocol protocol = switch (one.protocol().toLowerCase(java.util.Locale.ROOT)) {
                case "", "tcp" -> PortMapping.Protocol.TCP;
                case "udp" -> PortMapping.Protocol.UDP;
                case "sctp" -> PortMapping.Protocol.SCTP;
                default -> throw new Unfit(new CniError(CniError.INVALID_CONFIGURATION, "runtimeConfig.portMappings: protocol '" + CniRequest.shown(one.protocol()) + "'", "wanted tcp, udp or sctp"));
            };
            try {
                mappings.add(new PortMapping(one.hostPort(), one.containerPort(), protocol, one.hostIp()));
            } catch (IllegalArgumentException e) {
                throw new Unfit(new CniError(CniError.INVALID_CONFIGURATION, "runtimeConfig.portMappings: " + e.getMessage(), ""));
            }
        }
        for (String key : List.of("conditionsV4", "conditionsV6")) {
            if (!mappings.isEmpty() && !network.tree().array(key).isEmpty()) {
                throw new Unfit(new CniError(CniError.UNSUPPORTED_FIELD, key + ": '" + CniRequest.shown(String.valueOf(network.tree().array(key).getFirst())) + "' cannot be a condition here",
                        "conditions are words of iptables, which is not used; name an address in hostIP instead"));
            }
        }
        Optional<Bandwidth> bandwidth = Optional.empty();
        if (network.runtime().bandwidth().isPresent()) {
            Json.Obj limits = network.runtime().bandwidth().get();
            try {
                bandwidth = Optional.of(new Bandwidth(limits.integer("ingressRate").orElse(0), limits.integer("ingressBurst").orElse(0), limits.integer("egressRate").orElse(0),
                        limits.integer("egressBurst").orElse(0))).filter(one -> !one.isUnlimited());
            } catch (IllegalArgumentException e) {
                throw new Unfit(new CniError(CniError.INVALID_CONFIGURATION, "runtimeConfig.bandwidth: " + e.getMessage(), ""));
            }
        }
        return new Wishes(mappings, network.tree().bool("snat").orElse(true), bandwidth);
    }

    /** Ends the reading of wishes with the error that answers them. */
    public static final class Unfit extends Exception {
        private static final long serialVersionUID = 1;
        private final transient CniError error;

        Unfit(CniError error) {
            super(error.message(), null, false, false);
            this.error = error;
        }

        public CniError error() {
            return error;
        }
    }

    // ------------------------------------------------------------------------------------------------ the record

    public Json.Obj toJson(EndpointId id) {
        Json.Obj tree = Json.Obj.of("container", new Json.Text(id.containerId())).with("interface", id.interfaceName()).with("state", STATE).with("network", network).with("netns", netns)
                .with("host", hostInterface);
        if (exposed.isPresent()) {
            List<Json> ports = new ArrayList<>();
            for (PortMapping mapping : exposed.get().mappings()) {
                Json.Obj port = Json.Obj.EMPTY.with("host", mapping.hostPort()).with("port", mapping.containerPort()).with("protocol", mapping.protocol().name());
                ports.add(mapping.hostAddress().isPresent() ? port.with("address", mapping.hostAddress().get().toString()) : port);
            }
            tree = tree.with("ports", new Json.Arr(ports)).with("masked", Json.Bool.of(exposed.get().masked()))
                    .with("addresses", Json.Arr.texts(exposed.get().addresses().stream().map(address -> address.address() + "/" + address.prefixLength()).toList()));
        }
        if (bandwidth.isPresent()) {
            Bandwidth limits = bandwidth.get();
            tree = tree.with("bandwidth", Json.Obj.EMPTY.with("ingressRate", limits.ingressRate()).with("ingressBurst", limits.ingressBurst()).with("egressRate", limits.egressRate())
                    .with("egressBurst", limits.egressBurst()));
        }
        return tree;
    }

    /** @throws IllegalArgumentException where the tree is no such part */
    public static HostPart read(Json.Obj tree) {
        Optional<Exposed> exposed = Optional.empty();
        if (tree.get("ports").isPresent()) {
            List<PortMapping> mappings = new ArrayList<>();
            for (Json item : tree.array("ports")) {
                Json.Obj port = item instanceof Json.Obj object ? object : Json.Obj.EMPTY;
                mappings.add(new PortMapping((int) port.integer("host").orElse(0), (int) port.integer("port").orElse(0), PortMapping.Protocol.valueOf(port.text("protocol").orElse("")),
                        port.text("address").map(IpAddress::parse)));
            }
            List<InterfaceAddress> addresses = new ArrayList<>();
            for (Json item : tree.array("addresses")) {
                String text = item instanceof Json.Text(String value) ? value : "";
                int slash = text.indexOf('/');
                if (slash < 0) {
                    throw new IllegalArgumentException("'" + text + "' is no address with a prefix length");
                }
                addresses.add(new InterfaceAddress(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1))));
            }
            exposed = Optional.of(new Exposed(mappings, addresses, tree.bool("masked").orElse(true)));
        }
        Optional<Bandwidth> bandwidth = tree.object("bandwidth").map(limits -> new Bandwidth(limits.integer("ingressRate").orElse(0), limits.integer("ingressBurst").orElse(0),
                limits.integer("egressRate").orElse(0), limits.integer("egressBurst").orElse(0)));
        return new HostPart(tree.text("network").orElse(""), tree.text("netns").orElse(""), tree.text("host").orElse(""), exposed, bandwidth);
    }
}
