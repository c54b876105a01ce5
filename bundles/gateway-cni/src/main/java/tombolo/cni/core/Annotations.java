package tombolo.cni.core;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import tombolo.api.json.Json;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.net.Prefix;
import tombolo.runtime.json.JsonText;

/**
 * What Calico's annotations of a pod ask for. No orchestrator is asked: a caller gives them in CNI_ARGS under their own names
 * ({@code cni.projectcalico.org/ipAddrs=["10.65.0.9"]}), or the runtime hands the pod's annotations on by containerd's capability
 * {@code io.kubernetes.cri.pod-annotations}. CNI_ARGS, which speak of one call, win.
 *
 * <pre>
 *  ipAddrs                these, of the pools; at most one of each family      ipAddrsNoIpam   these, whoever else has them; feature_control.ip_addrs_no_ipam
 *  ipv4pools, ipv6pools   these pools, by name or range, in place of those of the configuration
 *  ipFamilies             in place of assign_ipv4 and assign_ipv6              hwAddr          of the container's interface
 *  allowedSourcePrefixes  written down for policy, which decides; the reverse path filter of the pair's host end becomes loose
 *  floatingIPs            refused: nothing here translates them
 * </pre>
 *
 * @param addresses  empty: any
 * @param byIpam     whether the addresses are taken from the pools
 * @param families   empty: as the configuration says
 * @param sources    what the container may send from besides its own addresses
 * @param stated     the annotations as they were given, by their full names
 */
public record Annotations(List<IpAddress> addresses, boolean byIpam, Optional<List<String>> ipv4Pools, Optional<List<String>> ipv6Pools, Optional<Set<AddressFamily>> families,
                          Optional<MacAddress> mac, List<Prefix> sources, Map<String, String> stated) {
    public static final String PREFIX = "cni.projectcalico.org/";
    public static final String SOURCES = PREFIX + "allowedSourcePrefixes";
    static final String CAPABILITY = "io.kubernetes.cri.pod-annotations";
    /** Entries of one list: far beyond a pod's. */
    private static final int MOST = 100;

    public Annotations {
        addresses = List.copyOf(addresses);
        ipv4Pools = ipv4Pools.map(List::copyOf);
        ipv6Pools = ipv6Pools.map(List::copyOf);
        families = families.map(Set::copyOf);
        sources = List.copyOf(sources);
        stated = Map.copyOf(stated);
    }

    /** @param arguments of CNI_ARGS; @param tree the network's configuration with its {@code runtimeConfig} and {@code feature_control} */
    static Annotations read(Map<String, String> arguments, Json.Obj tree) throws Refusal {
        Map<String, String> stated = new TreeMap<>();
        tree.object("runtimeConfig").flatMap(runtime -> runtime.object(CAPABILITY)).orElse(Json.Obj.EMPTY).members().forEach((name, value) -> {
            if (name.startsWith(PREFIX) && value instanceof Json.Text(String text) && stated.size() < CniRequest.MOST_ARGUMENTS) {
                stated.put(name, text);
            }
        });
        arguments.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                stated.put(name, value);
            }
        });
        Json.Obj features = tree.object("feature_control").orElse(Json.Obj.EMPTY);
        if (!texts(stated, "floatingIPs").orElse(List.of()).isEmpty()) {
            throw refused("floatingIPs", stated, features.bool("floating_ips").orElse(false) ? "no address is translated here: leave it out" : "feature_control.floating_ips is not true");
        }
        List<IpAddress> pooled = addresses(stated, "ipAddrs");
        List<IpAddress> unmanaged = addresses(stated, "ipAddrsNoIpam");
        if (!pooled.isEmpty() && !unmanaged.isEmpty()) {
            throw new Refusal(CniError.INVALID_CONFIGURATION, "the annotations ipAddrs and ipAddrsNoIpam exclude each other", "leave one of them out");
        }
        if (!unmanaged.isEmpty() && !features.bool("ip_addrs_no_ipam").orElse(false)) {
            throw refused("ipAddrsNoIpam", stated, "feature_control.ip_addrs_no_ipam is not true");
        }
        Optional<Set<AddressFamily>> families = families(stated);
        Optional<MacAddress> mac = Optional.ofNullable(stated.get(PREFIX + "hwAddr")).filter(text -> !text.isEmpty()).isPresent()
                ? Optional.of(NetworkConfiguration.mac("annotation hwAddr", stated.get(PREFIX + "hwAddr"))) : Optional.empty();
        List<Prefix> sources = new ArrayList<>();
        for (String text : texts(stated, "allowedSourcePrefixes").orElse(List.of())) {
            sources.add(NetworkConfiguration.prefix("annotation allowedSourcePrefixes", text));
        }
        return new Annotations(unmanaged.isEmpty() ? pooled : unmanaged, unmanaged.isEmpty(), texts(stated, "ipv4pools"), texts(stated, "ipv6pools"), families, mac, sources, stated);
    }

    private static List<IpAddress> addresses(Map<String, String> stated, String name) throws Refusal {
        List<IpAddress> addresses = new ArrayList<>();
        for (String text : texts(stated, name).orElse(List.of())) {
            addresses.add(NetworkConfiguration.address("annotation " + name, text));
        }
        for (AddressFamily family : AddressFamily.values()) {
            if (addresses.stream().filter(address -> address.family() == family).count() > 1) {
                throw refused(name, stated, "wanted at most one address of each family");
            }
        }
        return addresses;
    }

    private static Optional<Set<AddressFamily>> families(Map<String, String> stated) throws Refusal {
        Optional<List<String>> names = texts(stated, "ipFamilies");
        if (names.isEmpty()) {
            return Optional.empty();
        }
        Set<AddressFamily> families = EnumSet.noneOf(AddressFamily.class);
        for (String name : names.get()) {
            switch (name.toLowerCase(java.util.Locale.ROOT)) {
                case "ipv4" -> families.add(AddressFamily.IPV4);
                case "ipv6" -> families.add(AddressFamily.IPV6);
                default -> throw refused("ipFamilies", stated, "wanted ipv4 and ipv6");
            }
        }
        return Optional.of(families);
    }

    /** A list of texts in JSON, which all of them are but hwAddr. */
    private static Optional<List<String>> texts(Map<String, String> stated, String name) throws Refusal {
        String text = stated.getOrDefault(PREFIX + name, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Function<Json, Optional<String>> plain = item -> item instanceof Json.Text(String value) ? Optional.of(value) : Optional.empty();
        try {
            if (JsonText.parse(text) instanceof Json.Arr(List<Json> items) && items.size() <= MOST && items.stream().allMatch(item -> plain.apply(item).isPresent())) {
                return Optional.of(items.stream().map(item -> plain.apply(item).orElseThrow()).toList());
            }
        } catch (JsonText.Malformed e) {
            throw refused(name, stated, "no JSON: " + e.getMessage());
        }
        throw refused(name, stated, "wanted a list of at most " + MOST + " texts in JSON, such as [\"a\"]");
    }

    private static Refusal refused(String name, Map<String, String> stated, String why) {
        return new Refusal(CniError.INVALID_CONFIGURATION, "annotation " + PREFIX + name + " is '" + CniRequest.shown(stated.getOrDefault(PREFIX + name, "")) + "'", why);
    }
}
