package tombolo.api.bfd;

import java.util.Optional;
import tombolo.api.net.IpAddress;

/**
 * Between what a session runs; there is at most one session for a path.
 *
 * @param remote        the neighbour
 * @param local         our address; empty: the kernel's choice
 * @param interfaceName of a single hop (RFC 5881): where packets leave and must arrive; empty: any, and always for several hops
 * @param multihop      RFC 5883: several hops may lie between, and the TTL of what arrives is not checked
 */
public record BfdPath(IpAddress remote, Optional<IpAddress> local, Optional<String> interfaceName, boolean multihop) {
    public BfdPath {
        if (remote.isUnspecified() || remote.isMulticast()) {
            throw new IllegalArgumentException(remote + " is not the address of one neighbour");
        }
        if (local.isPresent() && local.get().family() != remote.family()) {
            throw new IllegalArgumentException(local.get() + " and " + remote + " are of different families");
        }
        if (multihop && interfaceName.isPresent()) {
            throw new IllegalArgumentException("a path of several hops is not bound to interface " + interfaceName.get());
        }
    }
}
