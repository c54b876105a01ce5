package tombolo.cni.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.cni.adapter.Attachments.Failed;
import tombolo.cni.core.AddressSource;
import tombolo.cni.core.AddressSource.Outcome;
import tombolo.cni.core.CniError;
import tombolo.cni.core.CniRequest.Add;
import tombolo.cni.core.CniRequest.Check;
import tombolo.cni.core.CniRequest.Del;
import tombolo.cni.core.NetworkConfiguration;

/**
 * Which addresses a call is about, and whose they are: the cluster's pools', another source's here, another IPAM plugin's, or nobody's.
 *
 * <pre>
 *  ipam.type of ours, or none    Origins: gateway-ipam, or who serves that type      by handle
 *  any other                     ForeignIpam, executed             by handle, with the call that was kept
 *  ipAddrsNoIpam                 as they stand                     nothing to give back
 * </pre>
 *
 * Any thread; calls may block until the answer is durable.
 */
final class Addressing {
    /** Types for which gateway-ipam gives the addresses. */
    static final Set<String> OURS = Set.of("tombolo-ipam", "tombolo", "calico-ipam", "azure-vnet-ipam", "azure-vnet-ipamv6", "azure-cns", "azure-ipam");

    private final ForeignIpam foreign;

    Addressing(ForeignIpam foreign) {
        this.foreign = foreign;
    }

    /** Where an ADD has its addresses from. */
    Origins.Origin origin(Means now, Add add) throws Failed {
        if (!add.annotations().byIpam()) {
            return new Origins.Origin(Origins.POOLS, new Stated(add.annotations().addresses()), List.of());
        }
        return ForeignIpam.wanted(add.network()) ? new Origins.Origin(ForeignIpam.SOURCE, foreign.source(add), List.of()) : now.addresses().of(add);
    }

    /** Addresses that nobody manages: nothing is held. */
    private record Stated(List<IpAddress> addresses) implements AddressSource {
        @Override
        public Outcome assign(Ask ask) {
            return new Outcome.Assigned(addresses.stream().map(address -> new InterfaceAddress(address, address.family().bits())).toList());
        }

        @Override
        public Optional<String> release(String handle) {
            return Optional.empty();
        }
    }

    static List<InterfaceAddress> assign(Origins.Origin origin, Means now, Add add) throws Failed {
        Outcome outcome = origin.source().assign(ask(now.node(), add, AddressSource.handle(add.network().name(), add.id())));
        return switch (outcome) {
            case Outcome.Assigned assigned -> assigned.addresses();
            case Outcome.Refused refused -> throw new Failed(refused.later() ? CniError.TRY_AGAIN_LATER : CniError.NO_ADDRESS, refused.reason(), "");
        };
    }

    /** What is wrong with what is asked for, before anybody is asked. */
    static void check(Add add) throws Failed {
        if (!ForeignIpam.wanted(add.network()) && families(add).isEmpty()) {
            throw new Failed(CniError.INVALID_CONFIGURATION, "ipam: neither assign_ipv4 nor assign_ipv6 is true", "the container would have no address");
        }
    }

    /** One address of each family that is expected: known ones as they are, else the family's unspecified one. */
    static List<InterfaceAddress> expected(Add add) throws Failed {
        List<IpAddress> fixed = fixed(add);
        if (!fixed.isEmpty()) {
            return fixed.stream().map(address -> new InterfaceAddress(address, address.family().bits())).toList();
        }
        List<AddressFamily> families = ForeignIpam.wanted(add.network()) ? List.of(AddressFamily.IPV4) : families(add);
        return families.stream().map(family -> new InterfaceAddress(IpAddress.any(family), family.bits())).toList();
    }

    private static AddressSource.Ask ask(String node, Add add, String handle) throws Failed {
        Map<String, String> attributes = new TreeMap<>(Map.of("node", node));
        Optional<String> namespace = argument(add.arguments(), "K8S_POD_NAMESPACE");
        namespace.ifPresent(text -> attributes.put("namespace", text));
        argument(add.arguments(), "K8S_POD_NAME").ifPresent(text -> attributes.put("pod", text));
        List<AddressFamily> families = families(add);
        NetworkConfiguration network = add.network();
        return new AddressSource.Ask(handle, attributes, namespace, families.contains(AddressFamily.IPV4), families.contains(AddressFamily.IPV6),
                add.annotations().ipv4Pools().orElseGet(() -> network.pools("ipv4_pools")), add.annotations().ipv6Pools().orElseGet(() -> network.pools("ipv6_pools")), fixed(add));
    }

    private static List<AddressFamily> families(Add add) throws Failed {
        List<IpAddress> fixed = fixed(add);
        if (!fixed.isEmpty()) {
            return fixed.stream().map(IpAddress::family).distinct().toList();
        }
        NetworkConfiguration network = add.network();
        Set<AddressFamily> stated = add.annotations().families().orElseGet(Set::of);
        boolean ipv4 = stated.isEmpty() ? network.assigns("assign_ipv4", true) : stated.contains(AddressFamily.IPV4);
        boolean ipv6 = stated.isEmpty() ? network.assigns("assign_ipv6", false) : stated.contains(AddressFamily.IPV6);
        List<AddressFamily> families = new ArrayList<>();
        if (ipv4) {
            families.add(AddressFamily.IPV4);
        }
        if (ipv6) {
            families.add(AddressFamily.IPV6);
        }
        return families;
    }

    /** By capability, by CNI_ARGS (the convention of host-local's and static's), by annotation: the first that says any. */
    private static List<IpAddress> fixed(Add add) throws Failed {
        if (!add.network().runtime().addresses().isEmpty()) {
            return add.network().runtime().addresses();
        }
        Optional<String> stated = argument(add.arguments(), "IP");
        if (stated.isEmpty()) {
            return add.annotations().addresses();
        }
        List<IpAddress> fixed = new ArrayList<>();
        try {
            for (String text : stated.get().split(",")) {
                fixed.add(IpAddress.parse(text.indexOf('/') < 0 ? text : text.substring(0, text.indexOf('/'))));
            }
        } catch (IllegalArgumentException e) {
            throw new Failed(CniError.INVALID_ENVIRONMENT, "CNI_ARGS IP: " + e.getMessage(), "");
        }
        return fixed;
    }

    /** Gives back what an endpoint holds. Empty: done; else why not. */
    Optional<String> release(Means now, Endpoint endpoint) {
        String handle = AddressSource.handle(endpoint.network(), endpoint.id());
        if (endpoint.source().equals(ForeignIpam.SOURCE)) {
            return foreign.release(handle);
        }
        Optional<AddressSource> source = now.addresses().named(endpoint.source());
        return source.isEmpty() ? Optional.of((endpoint.source().isEmpty() ? "gateway-ipam" : "the source " + endpoint.source()) + " is not running") : source.get().release(handle);
    }

    /** Of a container that is not known here. Empty: done, or nobody to ask; else why not. */
    Optional<String> releaseUnknown(Means now, Del del) {
        String handle = AddressSource.handle(del.network().name(), del.id());
        return ForeignIpam.wanted(del.network()) ? foreign.release(del, handle) : now.addresses().releaseEverywhere(handle);
    }

    /** Another plugin's CHECK of its addresses. Empty: it is content, or it is not asked. */
    Optional<String> check(Check check) {
        return ForeignIpam.wanted(check.network()) ? foreign.check(check) : Optional.empty();
    }

    private static Optional<String> argument(Map<String, String> arguments, String key) {
        return Optional.ofNullable(arguments.get(key)).filter(text -> !text.isEmpty());
    }
}
