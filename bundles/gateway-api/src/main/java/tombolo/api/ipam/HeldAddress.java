package tombolo.api.ipam;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * An address that is held.
 *
 * @param block          that it is in
 * @param handle         under which it can be found and released again
 * @param attributes     {@code node}, {@code pod}, {@code namespace}, {@code timestamp}, {@code type}, …
 * @param sequenceNumber of the block when the address was given out, unsigned; 0: given out by a version of Calico that kept none. A release that names it
 *                       does nothing where the address has been given to somebody else since
 */
public record HeldAddress(IpAddress address, Prefix block, Optional<String> handle, Map<String, String> attributes, long sequenceNumber) {
    public HeldAddress {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }
}
