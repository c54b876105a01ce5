package tombolo.api.overlay;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.MacAddress;

/** The hardware address of a node's VXLAN device where its Node resource names none. */
public final class TunnelMac {
    /** The letter f: locally administered, unicast. */
    private static final long FIRST_OCTET = 0x66;

    private TunnelMac() { }

    /** Octet 0x66 and the first five of the SHA-1 of the node's name, for IPv6 with {@code -v6} behind it. Source: projectcalico/calico, felix/calc/vxlan_resolver.go. */
    public static MacAddress of(String node, AddressFamily family) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((family == AddressFamily.IPV4 ? node : node + "-v6").getBytes(StandardCharsets.UTF_8));
            long bits = FIRST_OCTET;
            for (int i = 0; i < 5; i++) {
                bits = bits << 8 | hash[i] & 0xff;
            }
            return new MacAddress(bits);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
