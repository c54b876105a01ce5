package tombolo.api.ipam;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;

/**
 * A wish for any free addresses.
 *
 * @param ipv4             how many, 0 to {@value #MAX_ADDRESSES}
 * @param ipv6             how many, 0 to {@value #MAX_ADDRESSES}; one of the two is at least 1
 * @param handle           to find them again; Calico's plug-ins use {@code <network>.<container>}
 * @param attributes       kept with each address
 * @param node             whose blocks are used; for {@code LOAD_BALANCER} the name of the virtual owner
 * @param namespace        of the workload, for pools with a namespace selector
 * @param pools            by CIDR; empty: those that select the node and the namespace. Named pools are used whatever they select
 * @param use              what for: a pool allows uses
 * @param reserved         addresses of each new block that its node keeps for itself
 * @param maxBlocksPerHost a tighter limit than the configured one
 */
public record AutoAssign(int ipv4, int ipv6, Optional<String> handle, Map<String, String> attributes, String node, Optional<String> namespace, List<Prefix> pools, IpPool.Use use,
                         Optional<HostReservation> reserved, OptionalInt maxBlocksPerHost) {
    /** More is a block or two, and asked for by mistake. */
    public static final int MAX_ADDRESSES = 1024;

    public AutoAssign {
        if (ipv4 < 0 || ipv6 < 0 || ipv4 + ipv6 < 1 || ipv4 > MAX_ADDRESSES || ipv6 > MAX_ADDRESSES) {
            throw new IllegalArgumentException(ipv4 + " IPv4 and " + ipv6 + " IPv6 addresses: 0 to " + MAX_ADDRESSES + " each, at least one");
        }
        attributes = Limits.attributes(attributes);
        handle.ifPresent(Limits::handle);
        pools = List.copyOf(pools);
        BlockOwner.host(node);
    }

    /** One IPv4 address for a workload on a node. */
    public static AutoAssign ipv4(String node, String handle) {
        return new AutoAssign(1, 0, Optional.of(handle), Map.of(), node, Optional.empty(), List.of(), IpPool.Use.WORKLOAD, Optional.empty(), OptionalInt.empty());
    }

    /** Whom new blocks will belong to. */
    public BlockOwner owner() {
        return use == IpPool.Use.LOAD_BALANCER ? new BlockOwner(BlockOwner.Kind.VIRTUAL, node) : BlockOwner.host(node);
    }

    /**
     * Addresses at the ends of each new block that its node keeps (Windows nodes do).
     *
     * @param atStart 0 or more; @param atEnd 0 or more
     */
    public record HostReservation(int atStart, int atEnd, String handle, String note) {
        public HostReservation {
            if (atStart < 0 || atEnd < 0 || atStart + atEnd < 1 || atStart + atEnd > MAX_ADDRESSES) {
                throw new IllegalArgumentException(atStart + " addresses at the start of a block and " + atEnd + " at its end");
            }
            Limits.handle(handle);
        }
    }
}
