package tombolo.api.endpoint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;

/**
 * A way of joining a container to the host: whiteboard service, found by its name. Pure: same wish, same plan. Any thread may call.
 */
public interface EndpointMode {
    /** As it stands in configurations: {@code routed}, {@code transparent}, {@code bridge}. */
    String name();

    /** Modes of other plugins' configurations that come to the same as this one, as the node is set up now. */
    default Set<String> standsFor() {
        return Set.of();
    }

    /** The name of the host's end. A container that is made anew under the same pod name may get the same. */
    String hostInterface(EndpointId id, String network, Map<String, String> arguments);

    /** What has to be in the kernel. */
    EndpointPlan plan(Wish wish);

    /**
     * The two ends of the pair and their settings while the addresses are not known yet, so that the kernel can make them meanwhile; empty: nothing can be made
     * before. What {@link #plan} says later names the same ends.
     *
     * @param wish with one address of each family that is expected, the unspecified one where it is not known
     */
    default Optional<EndpointPlan> begin(Wish wish) {
        return Optional.empty();
    }

    /** The gateway of a family where an address says nothing else about it. */
    IpAddress gateway(boolean ipv4);

    /** The gateway that the container's result names for one of its addresses. */
    default IpAddress gateway(InterfaceAddress address) {
        return gateway(address.address().isIpv4());
    }

    /** The annotation of a WorkloadEndpoint that says the name of its mode. */
    String ANNOTATION = "tombolo.io/mode";
    /** The mode of which policy must know: what its containers send comes in under the bridge's name, not under that of their own interface. */
    String BRIDGE = "bridge";
    /** Calico's annotation, as it stands in a wish's arguments. */
    String SOURCES = "cni.projectcalico.org/allowedSourcePrefixes";
    /** rp_filter: the source has a route, over whatever interface (RFC 3704 §2.4). The kernel takes the larger of this and conf/all, so that 0 would loosen nothing where that is 1. */
    String LOOSE_REVERSE_PATH = "2";
    /** Characters of a name that are a hash; a prefix has room for four more. */
    int HASH_LENGTH = 11;

    /** The prefix and the first {@value #HASH_LENGTH} hexadecimal digits of the SHA-1 of a text: how Calico and the Azure CNI name a host's end. */
    static String named(String prefix, String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return prefix + HexFormat.of().formatHex(digest).substring(0, HASH_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-1", e);
        }
    }

    /**
     * @param addresses  of the container, with the prefix lengths of their subnets
     * @param arguments  of CNI_ARGS
     * @param mac        of the container's interface; empty: any
     * @param hostInterface as {@link #hostInterface} said
     */
    record Wish(EndpointId id, String network, String netns, String hostInterface, List<InterfaceAddress> addresses, Optional<MacAddress> mac, int mtu,
                Map<String, String> arguments) {
        public Wish {
            addresses = List.copyOf(addresses);
            arguments = Collections.unmodifiableMap(new TreeMap<>(arguments));
        }

        /**
         * Whether the container asks to send from other addresses than its own (Calico's annotation). Which of them pass, policy says, for both families; the kernel's own filter of
         * reverse paths knows no such networks and must not be strict then.
         */
        public boolean asksForSources() {
            return !arguments.getOrDefault(SOURCES, "").isEmpty();
        }
    }
}
