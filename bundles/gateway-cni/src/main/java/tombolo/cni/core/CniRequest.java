package tombolo.cni.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.HashSet;
import java.util.TreeMap;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;

/**
 * A call of a container runtime: CNI_COMMAND with what that command needs, checked (CNI 1.1 §Execution Protocol).
 *
 * <pre>
 *            CONTAINERID  NETNS      IFNAME  ARGS  configuration
 *  ADD       needed       needed     needed  may   needed
 *  DEL       needed       may        needed  may   needed, prevResult may
 *  CHECK     needed       needed     needed  may   needed, from 0.4.0, with prevResult
 *  GC                                              needed, from 1.1.0, with the attachments that are to stay
 *  STATUS                                          needed, from 1.1.0
 *  VERSION                                         cniVersion alone
 * </pre>
 */
public sealed interface CniRequest {
    /** Bounds of what a request may name, far beyond any runtime's. */
    int MOST_ARGUMENTS = 256;
    int MOST_ATTACHMENTS = 20_000;

    /** @param path CNI_PATH: where other plugins are, such as a foreign IPAM's; @param arguments of CNI_ARGS, by key */
    record Add(EndpointId id, String netns, String path, Map<String, String> arguments, Annotations annotations, NetworkConfiguration network) implements CniRequest { }

    record Del(EndpointId id, Optional<String> netns, String path, Map<String, String> arguments, NetworkConfiguration network) implements CniRequest {
        /** Of a container that is known here: no plugin has to be looked for. */
        public Del(EndpointId id, Optional<String> netns, Map<String, String> arguments, NetworkConfiguration network) {
            this(id, netns, "", arguments, network);
        }
    }

    record Check(EndpointId id, String netns, String path, Map<String, String> arguments, NetworkConfiguration network, CniResult previous) implements CniRequest { }

    /** @param valid what is to stay; everything else of the network goes */
    record Gc(String path, NetworkConfiguration network, Set<EndpointId> valid) implements CniRequest { }

    record Status(String path, NetworkConfiguration network) implements CniRequest { }

    /** @param stated the version in the configuration, whatever it is */
    record Version(String stated) implements CniRequest { }

    /** Asks for all endpoints in the words of the plugin under whose name it was asked: the Azure CNI's own command, without a configuration. */
    record State(String plugin) implements CniRequest { }

    /** @param version in which the error is to be told, as far as one could be made out */
    record Refused(CniVersion version, CniError error) implements CniRequest { }

    /**
     * @param plugin        the name under which the plugin was executed
     * @param environment   the CNI_ variables
     * @param configuration what stood on stdin; empty: nothing
     */
    static CniRequest read(String plugin, Map<String, String> environment, Optional<Json> configuration) {
        CniVersion version = CniVersion.UNSTATED;
        try {
            String command = environment.getOrDefault("CNI_COMMAND", "");
            if (command.equals("VERSION")) {
                return new Version(configuration.map(json -> json instanceof Json.Obj tree ? tree : Json.Obj.EMPTY).flatMap(tree -> tree.text("cniVersion")).orElse(CniVersion.UNSTATED.text()));
            }
            if (command.equals("GET_ENDPOINT_STATE") && plugin.equals("azure-vnet")) {
                return new State(plugin);
            }
            if (!Set.of("ADD", "DEL", "CHECK", "GC", "STATUS").contains(command)) {
                throw new Refusal(CniError.INVALID_ENVIRONMENT, command.isEmpty() ? "CNI_COMMAND is not set" : "CNI_COMMAND is '" + shown(command) + "'",
                        "wanted ADD, DEL, CHECK, GC, STATUS or VERSION");
            }
            // As the reference's plugins do: what is missing in the environment is told before what is wrong with the configuration.
            Optional<EndpointId> id = Set.of("GC", "STATUS").contains(command) ? Optional.empty() : Optional.of(id(command, environment));
            if (!(configuration.orElse(Json.Null.NULL) instanceof Json.Obj tree)) {
                throw new Refusal(CniError.NOT_DECODABLE, "the network configuration on stdin is no JSON object", "");
            }
            version = NetworkConfiguration.version(tree);
            NetworkConfiguration network = NetworkConfiguration.of(plugin, tree);
            String path = environment.getOrDefault("CNI_PATH", "");
            return switch (command) {
                case "ADD" -> {
                    Map<String, String> arguments = arguments(environment);
                    network.checkLabels(arguments);
                    network.checkNamespace(arguments);
                    yield new Add(id.orElseThrow(), environment.get("CNI_NETNS"), path, arguments, Annotations.read(arguments, tree), network);
                }
                case "DEL" -> new Del(id.orElseThrow(), Optional.ofNullable(environment.get("CNI_NETNS")).filter(text -> !text.isEmpty()), path, arguments(environment), network);
                case "CHECK" -> {
                    since(network.version(), CniVersion.V0_4_0, command);
                    yield new Check(id.orElseThrow(), environment.get("CNI_NETNS"), path, arguments(environment), network, network.previous().orElseThrow(() ->
                            new Refusal(CniError.INVALID_CONFIGURATION, "CHECK needs prevResult, which the network configuration lacks", "")));
                }
                case "GC" -> {
                    since(network.version(), CniVersion.V1_1_0, command);
                    yield new Gc(path, network, attachments(tree));
                }
                default -> {
                    since(network.version(), CniVersion.V1_1_0, command);
                    yield new Status(path, network);
                }
            };
        } catch (Refusal e) {
            return new Refused(version, e.error());
        }
    }

    private static EndpointId id(String command, Map<String, String> environment) throws Refusal {
        List<String> missing = new ArrayList<>();
        for (String name : command.equals("DEL") ? List.of("CNI_CONTAINERID", "CNI_IFNAME") : List.of("CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME")) {
            if (environment.getOrDefault(name, "").isEmpty()) {
                missing.add(name);
            }
        }
        if (!missing.isEmpty()) {
            throw new Refusal(CniError.INVALID_ENVIRONMENT, "required environment variables are missing: " + String.join(", ", missing), "");
        }
        String container = environment.getOrDefault("CNI_CONTAINERID", "");
        String name = environment.getOrDefault("CNI_IFNAME", "");
        if (!EndpointId.isContainerId(container)) {
            throw new Refusal(CniError.INVALID_ENVIRONMENT, "CNI_CONTAINERID '" + shown(container) + "' is not valid",
                    "wanted a letter or digit, then letters, digits, '_', '.' and '-', at most " + EndpointId.MAX_CONTAINER_ID);
        }
        if (!EndpointId.isInterfaceName(name)) {
            throw new Refusal(CniError.INVALID_ENVIRONMENT, "CNI_IFNAME '" + shown(name) + "' is not valid",
                    "wanted 1 to 15 characters without '/', ':' and white space, neither '.' nor '..'");
        }
        return new EndpointId(container, name);
    }

    /** {@code K=V;K2=V2}. Unknown keys are kept; what has no '=' is refused, as by the reference (CNI_ARGS: "Alphanumeric key-value pairs"). */
    private static Map<String, String> arguments(Map<String, String> environment) throws Refusal {
        Map<String, String> arguments = new TreeMap<>();
        for (String pair : environment.getOrDefault("CNI_ARGS", "").split(";")) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            if (equals < 1 || arguments.size() >= MOST_ARGUMENTS) {
                throw new Refusal(CniError.INVALID_ENVIRONMENT, "CNI_ARGS has '" + shown(pair) + "'", "wanted at most " + MOST_ARGUMENTS + " pairs KEY=VALUE, separated by ';'");
            }
            arguments.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return arguments;
    }

    /** The key of the specification, and the one that libcni writes beside it. */
    private static Set<EndpointId> attachments(Json.Obj tree) throws Refusal {
        Optional<Json> list = tree.get("cni.dev/valid-attachments").or(() -> tree.get("cni.dev/attachments"));
        if (!(list.orElse(Json.Null.NULL) instanceof Json.Arr(List<Json> items)) || items.size() > MOST_ATTACHMENTS) {
            // Without the list everything would go: that must be said, not left out.
            throw new Refusal(CniError.INVALID_CONFIGURATION, "GC needs cni.dev/valid-attachments: a list of at most " + MOST_ATTACHMENTS, "");
        }
        Set<EndpointId> valid = new HashSet<>();
        for (Json item : items) {
            Json.Obj attachment = item instanceof Json.Obj object ? object : Json.Obj.EMPTY;
            String container = attachment.text("containerID").orElse("");
            String name = attachment.text("ifname").orElse("");
            if (!EndpointId.isContainerId(container) || !EndpointId.isInterfaceName(name)) {
                throw new Refusal(CniError.INVALID_CONFIGURATION, "cni.dev/valid-attachments has containerID '" + shown(container) + "' with ifname '" + shown(name) + "'", "");
            }
            valid.add(new EndpointId(container, name));
        }
        return valid;
    }

    private static void since(CniVersion stated, CniVersion first, String command) throws Refusal {
        if (!stated.atLeast(first)) {
            throw new Refusal(CniError.INCOMPATIBLE_VERSION, "the configuration's version " + stated.text() + " does not allow " + command, "it came with " + first.text());
        }
    }

    /** What a stranger wrote, cut to what fits a message. */
    static String shown(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "…";
    }
}
