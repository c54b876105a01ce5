package tombolo.azure.cni.core;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tombolo.api.json.Json;
import tombolo.api.nat.PortMapping.Protocol;
import tombolo.api.nat.SourceTranslation;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * How containers of a network container (a subnet that CNS gives addresses of) reach the services that Azure has for the machine: these answer to the machine's
 * addresses alone. The Azure CNI does the same in its chain SWIFT ({@code cni/network/invoker_cns.go}, 2026-08).
 *
 * <pre>
 *  168.63.129.16   udp and tcp 53   name service        sees the network container's primary address
 *  169.254.169.254 tcp 80           instance metadata   sees the machine's
 * </pre>
 *
 * @param subnet  of the containers
 * @param primary the network container's own address
 * @param machine the machine's primary address; both are ones that answers come back for, or there is no such access ({@link IllegalArgumentException})
 */
public record HostAccess(Prefix subnet, IpAddress primary, IpAddress machine) {
    private static final IpAddress NAMES = IpAddress.parse("168.63.129.16");
    private static final IpAddress METADATA = IpAddress.parse("169.254.169.254");
    private static final int NAMES_PORT = 53;
    private static final int METADATA_PORT = 80;

    public HostAccess {
        if (!subnet.address().isIpv4() || !primary.isIpv4() || !machine.isIpv4()) {
            throw new IllegalArgumentException("the services are reached over IPv4 alone, and not from " + subnet + " by " + primary + " and " + machine);
        }
        translations(subnet, primary, machine); // what cannot be translated to is none: later nobody would be there to say it to
    }

    public Set<SourceTranslation> translations() {
        return translations(subnet, primary, machine);
    }

    /**
     * What all containers of a machine need. A network container's subnet says it in one line for all of its containers; where another one has addresses of the same
     * subnet and is seen otherwise (CNS gives a machine several network containers of one subnet), each container has lines of its own.
     *
     * @param containers the IPv4 addresses of each network container's
     */
    public static Set<SourceTranslation> translations(Map<HostAccess, ? extends Collection<IpAddress>> containers) {
        Set<SourceTranslation> all = new TreeSet<>();
        containers.forEach((access, addresses) -> {
            if (containers.keySet().stream().anyMatch(access::isConfusedWith)) {
                addresses.forEach(address -> all.addAll(translations(Prefix.host(address), access.primary, access.machine)));
            } else {
                all.addAll(access.translations());
            }
        });
        return all;
    }

    private boolean isConfusedWith(HostAccess other) {
        boolean overlaps = subnet.covers(other.subnet) || other.subnet.covers(subnet);
        return overlaps && !(primary.equals(other.primary) && machine.equals(other.machine));
    }

    private static Set<SourceTranslation> translations(Prefix subnet, IpAddress primary, IpAddress machine) {
        return new TreeSet<>(Set.of(new SourceTranslation(subnet, NAMES, Protocol.UDP, NAMES_PORT, primary), new SourceTranslation(subnet, NAMES, Protocol.TCP, NAMES_PORT, primary),
                new SourceTranslation(subnet, METADATA, Protocol.TCP, METADATA_PORT, machine)));
    }

    public Json.Obj toJson() {
        return Json.Obj.of("subnet", new Json.Text(subnet.toString())).with("primary", primary.toString()).with("machine", machine.toString());
    }

    /** @throws IllegalArgumentException where the tree is none */
    public static HostAccess read(Json.Obj tree) {
        return new HostAccess(Prefix.parse(tree.text("subnet").orElse("")), IpAddress.parse(tree.text("primary").orElse("")), IpAddress.parse(tree.text("machine").orElse("")));
    }
}
