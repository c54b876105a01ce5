package tombolo.api.ipam;

import java.util.Optional;
import java.util.OptionalLong;
import tombolo.api.net.IpAddress;

/**
 * An address to give back.
 *
 * @param handle         only while it is held under this handle
 * @param sequenceNumber only while it has not been given out again since
 */
public record Release(IpAddress address, Optional<String> handle, OptionalLong sequenceNumber) {
    /** Whoever holds it. */
    public static Release of(IpAddress address) {
        return new Release(address, Optional.empty(), OptionalLong.empty());
    }

    /** Only this very holding of the address. */
    public static Release of(HeldAddress held) {
        return new Release(held.address(), held.handle(), held.sequenceNumber() == 0 ? OptionalLong.empty() : OptionalLong.of(held.sequenceNumber()));
    }
}
