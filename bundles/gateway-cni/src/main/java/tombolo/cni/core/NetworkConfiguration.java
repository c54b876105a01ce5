package tombolo.cni.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.LabelForm;
import tombolo.runtime.json.JsonText;

/**
 * One plugin's part of a network configuration, whoever's it is: ours, Calico's or Azure's, as they are in the field. What is not known here stays in the tree
 * and is no error.
 *
 * @param name     of the network
 * @param kind     whose configuration it is and thus what its keys mean
 * @param ipam     {@code ipam.type}; "" where there is none
 * @param previous what the plugins before us in the chain came to
 * @param runtime  what the runtime asks for by capabilities (CNI conventions, dynamic plugin fields)
 * @param dns      as stated, passed on in the result
 */
public record NetworkConfiguration(CniVersion version, String name, Kind kind, Json.Obj tree, String ipam, Optional<CniResult> previous, RuntimeWishes runtime,
                                   Json.Obj dns) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,199}");
    private static final int MOST_PORT_MAPPINGS = 1_000;
    private static final int MOST_ADDRESSES = 64;
    private static final int MOST_LABELS = 256;

    /** Whose configuration it is. */
    public enum Kind {
        TOMBOLO, CALICO, AZURE,
        /** The reference's own plugins behind whichever makes the interface, which Calico's list has both. */
        PORTMAP, BANDWIDTH,
        IPAM;

        /** Whether interface and addresses are another plugin's of the list, and what is said of the container is that one's. */
        public boolean isBesideAnother() {
            return this == PORTMAP || this == BANDWIDTH || this == IPAM;
        }
    }

    /** @param hostIp empty: every address of the host */
    public record PortMapping(int hostPort, int containerPort, String protocol, Optional<IpAddress> hostIp) { }

    /** @param addresses fixed ones that are asked for; @param mac of the container's interface */
    public record RuntimeWishes(List<PortMapping> portMappings, List<IpAddress> addresses, Optional<MacAddress> mac, Optional<Json.Obj> bandwidth) {
        public RuntimeWishes {
            portMappings = List.copyOf(portMappings);
            addresses = List.copyOf(addresses);
        }
    }

    /** The version stated; what no version may be is refused. */
    static CniVersion version(Json.Obj tree) throws Refusal {
        Optional<Json> stated = tree.get("cniVersion");
        if (stated.isEmpty()) {
            return CniVersion.UNSTATED;
        }
        String text = tree.text("cniVersion").orElseThrow(() -> new Refusal(CniError.INVALID_CONFIGURATION, "cniVersion is no text", ""));
        return text.isEmpty() ? CniVersion.UNSTATED : CniVersion.of(text).orElseThrow(() ->
                new Refusal(CniError.INCOMPATIBLE_VERSION, "incompatible CNI version '" + CniRequest.shown(text) + "'", "supported: " + String.join(", ", CniVersion.texts())));
    }

    /** @param plugin the name under which the plugin was executed */
    static NetworkConfiguration of(String plugin, Json.Obj tree) throws Refusal {
        CniVersion version = version(tree);
        String name = tree.text("name").orElse("");
        if (!NAME.matcher(name).matches()) {
            throw new Refusal(CniError.INVALID_CONFIGURATION, name.isEmpty() ? "the network configuration has no name" : "the network's name '" + CniRequest.shown(name) + "' is not valid",
                    "wanted a letter or digit, then letters, digits, '_', '.' and '-'");
        }
        Optional<CniResult> previous = Optional.empty();
        if (tree.get("prevResult").filter(json -> json != Json.Null.NULL).isPresent()) {
            Json.Obj object = tree.object("prevResult").orElseThrow(() -> new Refusal(CniError.INVALID_CONFIGURATION, "prevResult is no JSON object", ""));
            previous = Optional.of(CniResult.read(version, object));
        }
        Json.Obj ipam = tree.object("ipam").orElse(Json.Obj.EMPTY);
        return new NetworkConfiguration(version, name, kind(plugin, tree), tree, ipam.text("type").orElse(""), previous, wishes(tree), dns(tree));
    }

    /** Of the runtime by its capability {@code dns} (CNI conventions, dynamic plugin fields), else as it stands in the configuration. */
    private static Json.Obj dns(Json.Obj tree) {
        Json.Obj told = tree.object("runtimeConfig").flatMap(runtime -> runtime.object("dns")).orElse(Json.Obj.EMPTY);
        Json.Obj dns = Json.Obj.EMPTY;
        for (Map.Entry<String, String> names : Map.of("servers", "nameservers", "searches", "search", "options", "options").entrySet()) {
            if (!told.array(names.getKey()).isEmpty()) {
                dns = dns.with(names.getValue(), new Json.Arr(told.array(names.getKey()).stream().filter(item -> item instanceof Json.Text).toList()));
            }
        }
        return dns.members().isEmpty() ? tree.object("dns").orElse(Json.Obj.EMPTY) : dns;
    }

    /** A part of the configuration, and what to say of it. */
    public Optional<String> text(String key) {
        return tree.text(key);
    }

    /** The names of the pools that the configuration limits the network to (calico-ipam's {@code ipv4_pools}, {@code ipv6_pools}). */
    public List<String> pools(String key) {
        return tree.object("ipam").orElse(Json.Obj.EMPTY).array(key).stream().flatMap(item -> item instanceof Json.Text(String value) ? java.util.stream.Stream.of(value)
                : java.util.stream.Stream.empty()).toList();
    }

    /** calico-ipam's {@code assign_ipv4} (default true) and {@code assign_ipv6} (default false), which are texts in the field. */
    public boolean assigns(String key, boolean otherwise) {
        Json.Obj ipam = tree.object("ipam").orElse(Json.Obj.EMPTY);
        return ipam.bool(key).or(() -> ipam.text(key).map(Boolean::parseBoolean)).orElse(otherwise);
    }

    /** Calico's {@code container_settings.allow_ip_forwarding}: whether the container may route, which it may not by itself. */
    public boolean allowsForwarding() {
        return tree.object("container_settings").flatMap(settings -> settings.bool("allow_ip_forwarding")).orElse(false);
    }

    /** {@code args.cni} of the CNI conventions. */
    private static Json.Obj arguments(Json.Obj tree) {
        return tree.object("args").flatMap(arguments -> arguments.object("cni")).orElse(Json.Obj.EMPTY);
    }

    /** {@code args.cni.labels}: {@code [{"key": ..., "value": ...}]}, which {@link #checkLabels} has let through. */
    public Map<String, String> labels() {
        Map<String, String> labels = new TreeMap<>();
        for (Json item : arguments(tree).array("labels")) {
            if (item instanceof Json.Obj label) {
                labels.put(label.text("key").orElse(""), label.text("value").orElse(""));
            }
        }
        return labels;
    }

    /**
     * Refuses what no endpoint can have for a label, of the network's arguments and of CNI_ARGS ({@code label/KEY=VALUE}). Its WorkloadEndpoint would be refused
     * later, and the container, of which policy then never hears, would stay closed with nobody to say why.
     */
    void checkLabels(Map<String, String> given) throws Refusal {
        if (kind.isBesideAnother()) {
            return; // whoever makes the endpoint is another plugin of the list, and its labels are that one's
        }
        List<Json> stated = arguments(tree).array("labels");
        if (stated.size() > MOST_LABELS) {
            throw new Refusal(CniError.INVALID_CONFIGURATION, "args.cni.labels has " + stated.size() + " entries", "the most is " + MOST_LABELS);
        }
        for (Json item : stated) {
            Json.Obj label = item instanceof Json.Obj object ? object : Json.Obj.EMPTY;
            boolean texts = label.text("key").isPresent() && (label.get("value").isEmpty() || label.text("value").isPresent());
            if (!texts) {
                throw new Refusal(CniError.INVALID_CONFIGURATION, "args.cni.labels has the entry " + CniRequest.shown(JsonText.line(item)), "wanted {\"key\": ..., \"value\": ...}, both of them texts");
            }
            checkLabel("args.cni.labels", label.text("key").get(), label.text("value").orElse(""));
        }
        for (Map.Entry<String, String> argument : given.entrySet()) {
            if (argument.getKey().startsWith(WorkloadDocument.LABEL)) {
                checkLabel("CNI_ARGS", argument.getKey().substring(WorkloadDocument.LABEL.length()), argument.getValue());
            }
        }
    }

    /** Refuses a pod of a namespace that cannot be: elsewhere than in its own its endpoint would have other policies. */
    void checkNamespace(Map<String, String> given) throws Refusal {
        if (kind.isBesideAnother()) {
            return; // see checkLabels
        }
        Optional<String> tooLong = WorkloadDocument.longNamespace(given);
        if (tooLong.isPresent()) {
            throw new Refusal(CniError.INVALID_CONFIGURATION, "CNI_ARGS: K8S_POD_NAMESPACE '" + CniRequest.shown(tooLong.get()) + "' has " + tooLong.get().length() + " characters",
                    "a namespace has at most 63 (RFC 1123): the pod's endpoint could not be stored in it, and no policy of it would apply");
        }
    }

    private static void checkLabel(String where, String key, String value) throws Refusal {
        Optional<String> wrong = LabelForm.wrong(key, value);
        if (wrong.isPresent()) {
            throw new Refusal(CniError.INVALID_CONFIGURATION, where + ": the label '" + CniRequest.shown(key) + "' = '" + CniRequest.shown(value) + "' is not valid", wrong.get());
        }
    }

    private static Kind kind(String plugin, Json.Obj tree) throws Refusal {
        String type = tree.text("type").orElse("");
        return switch (plugin) {
            case "calico-ipam", "azure-vnet-ipam", "azure-vnet-ipamv6", "azure-cns", "azure-ipam", "tombolo-ipam" -> Kind.IPAM;
            default -> switch (type.isEmpty() ? plugin : type) {
                case "tombolo" -> Kind.TOMBOLO;
                case "calico" -> Kind.CALICO;
                case "azure-vnet" -> Kind.AZURE;
                case "portmap" -> Kind.PORTMAP;
                case "bandwidth" -> Kind.BANDWIDTH;
                default -> throw new Refusal(CniError.UNSUPPORTED_FIELD, "type: '" + CniRequest.shown(type) + "' is no plugin of this one",
                        "wanted tombolo, calico, azure-vnet, portmap or bandwidth; executed as " + CniRequest.shown(plugin));
            };
        };
    }

    private static RuntimeWishes wishes(Json.Obj tree) throws Refusal {
        Json.Obj runtime = tree.object("runtimeConfig").orElse(Json.Obj.EMPTY);
        List<PortMapping> mappings = new ArrayList<>();
        List<Json> stated = runtime.array("portMappings");
        if (stated.size() > MOST_PORT_MAPPINGS) {
            throw new Refusal(CniError.INVALID_CONFIGURATION, "runtimeConfig.portMappings has " + stated.size() + " entries", "the most is " + MOST_PORT_MAPPINGS);
        }
        for (Json item : stated) {
            Json.Obj one = item instanceof Json.Obj object ? object : Json.Obj.EMPTY;
            int hostPort = (int) one.integer("hostPort").orElse(0);
            if (hostPort != 0) { // the reference's portmap skips those
                mappings.add(new PortMapping(hostPort, (int) one.integer("containerPort").orElse(0), one.text("protocol").orElse("tcp"),
                        one.text("hostIP").filter(text -> !text.isEmpty()).isPresent() ? Optional.of(address("runtimeConfig.portMappings.hostIP", one.text("hostIP").get())) : Optional.empty()));
            }
        }
        List<IpAddress> addresses = new ArrayList<>();
        // By capability, else as an argument for all plugins of the network (CNI conventions, "args").
        List<Json> wanted = runtime.array("ips").isEmpty() ? arguments(tree).array("ips") : runtime.array("ips");
        if (wanted.size() > MOST_ADDRESSES) {
            throw new Refusal(CniError.INVALID_CONFIGURATION, wanted.size() + " addresses are asked for", "the most is " + MOST_ADDRESSES);
        }
        for (Json item : wanted) {
            addresses.add(address("runtimeConfig.ips", item instanceof Json.Text(String text) ? text : ""));
        }
        Optional<MacAddress> mac = runtime.text("mac").filter(text -> !text.isEmpty()).isPresent() ? Optional.of(mac("runtimeConfig.mac", runtime.text("mac").get())) : Optional.empty();
        // The bandwidth plugin's limits may stand in its configuration as well.
        Optional<Json.Obj> limits = runtime.object("bandwidth").or(() -> tree.text("type").equals(Optional.of("bandwidth")) ? Optional.of(tree) : Optional.empty());
        return new RuntimeWishes(mappings, addresses, mac, limits);
    }

    /** An address, or one with a prefix length, which is not looked at. */
    static IpAddress address(String field, String text) throws Refusal {
        try {
            int slash = text.indexOf('/');
            return IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        } catch (IllegalArgumentException e) {
            throw new Refusal(CniError.INVALID_CONFIGURATION, field + ": " + e.getMessage(), "");
        }
    }

    static Prefix prefix(String field, String text) throws Refusal {
        try {
            return Prefix.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Refusal(CniError.INVALID_CONFIGURATION, field + ": " + e.getMessage(), "");
        }
    }

    static MacAddress mac(String field, String text) throws Refusal {
        try {
            MacAddress mac = MacAddress.parse(text);
            if (mac.isMulticast()) {
                throw new IllegalArgumentException(mac + " is a group address");
            }
            return mac;
        } catch (IllegalArgumentException e) {
            throw new Refusal(CniError.INVALID_CONFIGURATION, field + ": " + e.getMessage(), "");
        }
    }
}
