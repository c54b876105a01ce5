package tombolo.cni.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.endpoint.Bandwidth;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.PortCondition.Side;
import tombolo.api.nat.PortCondition;
import tombolo.api.nat.PortMapping;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * What a runtime asks the host to do for an attachment beside its network: ports that lead to it, and limits of what passes.
 *
 * @param network       the name in the CNI configuration
 * @param hostInterface where limits are; "" where there are none
 */
public record HostPart(String network, String netns, String hostInterface, Optional<Exposed> exposed, Optional<Bandwidth> bandwidth) {
    /** The state by which its line in the record is told from an endpoint's. */
    public static final String STATE = "HOST";

    /** Words of iptables that a condition may begin with. */
    private static final Map<String, Side> SIDES = Map.of("-s", Side.SOURCE, "--src", Side.SOURCE, "--source", Side.SOURCE,
            "-d", Side.DESTINATION, "--dst", Side.DESTINATION, "--destination", Side.DESTINATION);
    private static final Set<String> INTERFACES = Set.of("-i", "--in-interface");
    /** Of one family: each is a part of a rule. */
    private static final int MOST_CONDITIONS = 16;

    /** What a configuration asks for. */
    public record Wishes(List<PortMapping> mappings, boolean masked, List<PortCondition> conditions, Optional<Bandwidth> bandwidth) {
        public Wishes {
            mappings = List.copyOf(mappings);
            conditions = List.copyOf(conditions);
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
        List<PortCondition> conditions = new ArrayList<>();
        for (AddressFamily family : mappings.isEmpty() ? new AddressFamily[0] : AddressFamily.values()) {
            conditions.addAll(conditions(network, family == AddressFamily.IPV4 ? "conditionsV4" : "conditionsV6", family));
        }
        Optional<Bandwidth> bandwidth = Optional.empty();
        for (String key : List.of("unshapedSubnets", "shapedSubnets")) {
            if (network.kind() == NetworkConfiguration.Kind.BANDWIDTH && !network.tree().array(key).isEmpty()) {
                throw new Unfit(new CniError(CniError.UNSUPPORTED_FIELD, key + " is not available", "all of a container's traffic is limited: leave it out"));
            }
        }
        if (network.runtime().bandwidth().isPresent()) {
            Json.Obj limits = network.runtime().bandwidth().get();
            try {
                bandwidth = Optional.of(new Bandwidth(limits.integer("ingressRate").orElse(0), limits.integer("ingressBurst").orElse(0), limits.integer("egressRate").orElse(0),
                        limits.integer("egressBurst").orElse(0))).filter(one -> !one.isUnlimited());
            } catch (IllegalArgumentException e) {
                throw new Unfit(new CniError(CniError.INVALID_CONFIGURATION, "runtimeConfig.bandwidth: " + e.getMessage(), ""));
            }
        }
        return new Wishes(mappings, network.tree().bool("snat").orElse(true), conditions, bandwidth);
    }

    /**
     * Of what portmap's conditions may be, which is whatever iptables takes: addresses and the interface that a packet came by. Anything else is refused, since a port that
     * is open to all would be worse.
     */
    private static List<PortCondition> conditions(NetworkConfiguration network, String key, AddressFamily family) throws Unfit {
        List<PortCondition> conditions = new ArrayList<>();
        boolean negated = false;
        Optional<String> about = Optional.empty();
        for (Json item : network.tree().array(key)) {
            String word = item instanceof Json.Text(String text) ? text : "";
            if (about.isPresent()) {
                Optional<Side> side = Optional.ofNullable(SIDES.get(about.get()));
                conditions.add(side.isPresent() ? new PortCondition.OfAddress(side.get(), negated, prefix(key, family, word)) : arrivedBy(key, family, negated, word));
                about = Optional.empty();
                negated = false;
            } else if (word.equals("!") && !negated) {
                negated = true;
            } else if (SIDES.containsKey(word) || INTERFACES.contains(word)) {
                about = Optional.of(word);
            } else {
                throw unfit(key, word);
            }
        }
        if (about.isPresent() || negated || conditions.size() > MOST_CONDITIONS) {
            throw unfit(key, conditions.size() > MOST_CONDITIONS ? conditions.size() + " conditions" : "an end in the middle of a condition");
        }
        return conditions;
    }

    private static PortCondition arrivedBy(String key, AddressFamily family, boolean negated, String word) throws Unfit {
        try {
            return new PortCondition.ArrivedBy(family, negated, word);
        } catch (IllegalArgumentException _) {
            throw unfit(key, word);
        }
    }

    private static Prefix prefix(String key, AddressFamily family, String word) throws Unfit {
        try {
            int slash = word.indexOf('/');
            IpAddress address = IpAddress.parse(slash < 0 ? word : word.substring(0, slash));
            if (address.family() == family) {
                return slash < 0 ? Prefix.host(address) : Prefix.of(address, Integer.parseInt(word.substring(slash + 1)));
            }
        } catch (IllegalArgumentException _) {
            // as one of the other family
        }
        throw unfit(key, word);
    }

    private static Unfit unfit(String key, String word) {
        return new Unfit(new CniError(CniError.UNSUPPORTED_FIELD, key + ": '" + CniRequest.shown(word) + "' cannot be in a condition here",
                "wanted at most " + MOST_CONDITIONS + " of -s and -d, each with an address or ADDRESS/LENGTH behind it, and -i with an interface's name, perhaps with a '!' before;"
                        + " iptables' other words are not known here"));
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
            List<Json> conditions = new ArrayList<>();
            for (PortCondition condition : exposed.get().conditions()) {
                Json.Obj line = Json.Obj.EMPTY.with("not", condition.negated());
                conditions.add(switch (condition) {
                    case PortCondition.OfAddress(Side side, boolean _, Prefix prefix) -> line.with("side", side.name()).with("prefix", prefix.toString());
                    case PortCondition.ArrivedBy(AddressFamily family, boolean _, String name) -> line.with("family", family.name()).with("by", name);
                });
            }
            tree = conditions.isEmpty() ? tree : tree.with("conditions", new Json.Arr(conditions));
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
            List<PortCondition> conditions = new ArrayList<>();
            for (Json item : tree.array("conditions")) {
                Json.Obj condition = item instanceof Json.Obj object ? object : Json.Obj.EMPTY;
                boolean negated = condition.bool("not").orElse(false);
                conditions.add(condition.text("by").isPresent() ? new PortCondition.ArrivedBy(AddressFamily.valueOf(condition.text("family").orElse("")), negated, condition.text("by").get())
                        : new PortCondition.OfAddress(Side.valueOf(condition.text("side").orElse("")), negated, Prefix.parse(condition.text("prefix").orElse(""))));
            }
            exposed = Optional.of(new Exposed(mappings, addresses, tree.bool("masked").orElse(true), conditions));
        }
        Optional<Bandwidth> bandwidth = tree.object("bandwidth").map(limits -> new Bandwidth(limits.integer("ingressRate").orElse(0), limits.integer("ingressBurst").orElse(0),
                limits.integer("egressRate").orElse(0), limits.integer("egressBurst").orElse(0)));
        return new HostPart(tree.text("network").orElse(""), tree.text("netns").orElse(""), tree.text("host").orElse(""), exposed, bandwidth);
    }
}
