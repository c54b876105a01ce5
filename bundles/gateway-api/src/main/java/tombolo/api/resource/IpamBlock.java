package tombolo.api.resource;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.net.Prefix;

/**
 * {@code IPAMBlock}: kept by IPAM at its own key, {@code /calico/ipam/v2/assignment/ipv4/block/<cidr>}; nobody else writes it.
 *
 * @param affinity    {@code host:<node>} or {@code virtual:<name>}
 * @param allocations per ordinal the index of its attributes; empty: free
 * @param unallocated free ordinals, the next one first
 */
public record IpamBlock(Prefix cidr, Optional<String> affinity, List<OptionalInt> allocations, List<Integer> unallocated, boolean deleted) implements ResourceSpec {
    public IpamBlock {
        allocations = List.copyOf(allocations);
        unallocated = List.copyOf(unallocated);
    }
}
