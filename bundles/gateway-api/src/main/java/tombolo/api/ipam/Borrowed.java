package tombolo.api.ipam;

import java.util.List;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * Addresses that nodes hold in blocks that are not theirs.
 *
 * @param unclassified held addresses without a node among their attributes
 */
public record Borrowed(List<Address> addresses, int unclassified) {
    public Borrowed {
        addresses = List.copyOf(addresses);
    }

    /**
     * One of them.
     *
     * @param owner of the block; empty text: nobody
     * @param type  {@code vmi}, {@code pod}, or the attribute {@code type}; may be empty
     * @param to    namespace and name, where known
     */
    public record Address(IpAddress address, String node, Prefix block, String owner, String type, String to) { }
}
