package tombolo.config.core;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import tombolo.api.config.CniSettings;
import tombolo.api.config.CniSettings.Policy;

/** {@code tombolo.cni.cfg}. */
final class CniFile {
    private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9]{0,3}");
    /** sun_path of a unix socket's address has 108 bytes with the closing NUL. */
    private static final Pattern SOCKET = Pattern.compile("/[^\\s]{1,100}");

    private static final Key<Boolean> ENABLED = Key.defaulting("enabled", ValueType.BOOLEAN, "false",
            "Whether container runtimes are served. Containers keep their network when it is switched off.");
    private static final Key<String> SOCKET_PATH = Key.defaulting("socket", ValueType.matching(SOCKET, "an absolute path of at most 101 characters without spaces"),
            "/run/tombolo/cni.sock",
            "The unix socket on which the plugin program reaches the node; another one must be in the program's environment as TOMBOLO_CNI_SOCKET.");
    private static final Key<String> INTERFACE_PREFIX = Key.defaulting("interface-prefix", ValueType.matching(PREFIX, "1 to 4 lower-case letters and digits, a letter first"),
            "cali", "What the host's ends of containers' interfaces begin with. A change is for new containers.");
    private static final Key<Long> MTU = Key.optional("mtu", ValueType.number(68, 65535), "what fits into the tunnels to other nodes, else that of the interface with the default route, else 1500", "1400",
            "The MTU of containers' interfaces where their network's configuration names none.").in("bytes");
    private static final Key<Policy> POLICY = Key.defaulting("policy", ValueType.choice(List.of(Policy.values())), "none",
            "Whether a container is added only once the rules of its policy are in the kernel. With required and no policy engine running, additions are answered"
            + " \"try again later\"; containers that are there keep their network and their rules. Either way a container's interface carries nothing"
            + " while the policy engine runs and does not know its endpoint; policy:status says of which names that holds. With required, containers of the mode"
            + " bridge and the wire of a bridge-uplink reach each other through the host alone.");
    static final List<Key<?>> KEYS = List.of(ENABLED, SOCKET_PATH, INTERFACE_PREFIX, MTU, POLICY);

    private CniFile() { }

    static CniSettings build(Values values) {
        return new CniSettings(values.need(ENABLED), values.need(SOCKET_PATH), values.need(INTERFACE_PREFIX),
                values.get(MTU).map(mtu -> OptionalInt.of(mtu.intValue())).orElse(OptionalInt.empty()), values.need(POLICY));
    }
}
