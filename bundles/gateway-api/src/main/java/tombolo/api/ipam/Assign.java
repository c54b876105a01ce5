package tombolo.api.ipam;

import java.util.Map;
import java.util.Optional;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpPool;

/** A wish for one given address; the parts as in {@link AutoAssign}. */
public record Assign(IpAddress address, Optional<String> handle, Map<String, String> attributes, String node, IpPool.Use use, Optional<AutoAssign.HostReservation> reserved) {
    public Assign {
        attributes = Limits.attributes(attributes);
        handle.ifPresent(Limits::handle);
        BlockOwner.host(node);
    }

    /** For a workload on a node. */
    public static Assign of(IpAddress address, String node, String handle) {
        return new Assign(address, Optional.of(handle), Map.of(), node, IpPool.Use.WORKLOAD, Optional.empty());
    }

    /** Whom a new block will belong to. */
    public BlockOwner owner() {
        return use == IpPool.Use.LOAD_BALANCER ? new BlockOwner(BlockOwner.Kind.VIRTUAL, node) : BlockOwner.host(node);
    }
}
