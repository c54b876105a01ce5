package tombolo.api.resource;

import java.util.Optional;
import java.util.Set;
import tombolo.api.net.Prefix;

/**
 * {@code IPPool}: a range from which blocks are taken. What is valid, gateway-resources says before anything is stored; a pool that another program stored
 * invalid is reported and left out.
 *
 * @param blockSize         prefix length of a block: IPv4 20–32 (default 26), IPv6 116–128 (default 122)
 * @param nodeSelector      canonical selector; default {@code all()}
 * @param namespaceSelector canonical selector; empty: any namespace
 * @param allowedUses       default Workload and Tunnel
 */
public record IpPool(Prefix cidr, Encapsulation vxlanMode, Encapsulation ipipMode, boolean natOutgoing, boolean disabled, boolean disableBgpExport, int blockSize,
                     String nodeSelector, Optional<String> namespaceSelector, Set<Use> allowedUses, AssignmentMode assignmentMode) implements ResourceSpec {
    public IpPool {
        allowedUses = Set.copyOf(allowedUses);
    }

    /** When packets between nodes are wrapped. */
    public enum Encapsulation { NEVER, ALWAYS, CROSS_SUBNET }

    public enum Use { WORKLOAD, TUNNEL, LOAD_BALANCER }

    public enum AssignmentMode {
        AUTOMATIC,
        /** Only where it is asked for by name. */
        MANUAL
    }
}
