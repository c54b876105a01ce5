package tombolo.api.kernel;

import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/**
 * A datagram that came, filled by {@link DatagramSockets#receive}. Used again for the next one, so that none costs an object: hence fields and no record.
 * One thread.
 */
public final class Datagram {
    /** Longer ones are cut, which {@link #length} shows; what is meant here has at most 52 octets. */
    public static final int BYTES = 512;

    public final byte[] bytes = new byte[BYTES];
    /** As sent; may be more than {@link #BYTES}. */
    public int length;
    public AddressFamily family = AddressFamily.IPV4;
    /** The sender, and the address to which it was sent, as in {@link IpAddress}. */
    public long sourceHi;
    public long sourceLo;
    public long destinationHi;
    public long destinationLo;
    public int sourcePort;
    /** On which it came. */
    public int port;
    /** TTL or hop limit on arrival; -1: the kernel did not say. */
    public int ttl;
    /** The index of the interface on which it came; 0: the kernel did not say. */
    public int interfaceIndex;

    public IpAddress source() {
        return new IpAddress(family, sourceHi, sourceLo);
    }
}
