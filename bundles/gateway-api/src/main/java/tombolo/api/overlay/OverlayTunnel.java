package tombolo.api.overlay;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;

/**
 * A tunnel device as it should be, with its far ends.
 *
 * @param device  its name: {@code vxlan.calico}, {@code vxlan-v6.calico}, {@code tunl0}
 * @param vni     of VXLAN, 1 to 16777215; 0 for IP in IP
 * @param port    UDP, 1 to 65535; 0 for IP in IP
 * @param local   this node's underlay address, which outer packets come from
 * @param mtu     68 to 65535
 * @param mac     of the device; VXLAN only
 * @param address this node's tunnel address, which its own packets into the tunnel come from; empty: none is assigned yet
 * @param peers   by node name
 */
public record OverlayTunnel(Kind kind, String device, int vni, int port, IpAddress local, int mtu, Optional<MacAddress> mac, Optional<IpAddress> address, Map<String, Peer> peers) {
    public OverlayTunnel {
        if (mtu < 68 || mtu > 65535) {
            throw new IllegalArgumentException("MTU " + mtu + " of " + device + ": 68 to 65535");
        }
        if (kind == Kind.VXLAN && (vni < 1 || vni > 0xff_ffff || port < 1 || port > 0xffff || mac.isEmpty())) {
            throw new IllegalArgumentException("VXLAN " + device + " with VNI " + vni + ", port " + port + " and MAC " + mac);
        }
        peers = Collections.unmodifiableMap(new TreeMap<>(peers));
    }

    public AddressFamily family() {
        return local.family();
    }

    public enum Kind {
        VXLAN("vxlan", 50, 70),
        /** Over IPv4 only. */
        IPIP("ipip", 20, 20);

        private final String word;
        private final int overhead4;
        private final int overhead6;

        Kind(String word, int overhead4, int overhead6) {
            this.word = word;
            this.overhead4 = overhead4;
            this.overhead6 = overhead6;
        }

        /** As rtnetlink and people call it. */
        public String word() {
            return word;
        }

        /** Bytes that wrapping adds: outer IP, and for VXLAN UDP, VXLAN and the inner Ethernet header. */
        public int overhead(AddressFamily underlay) {
            return underlay == AddressFamily.IPV4 ? overhead4 : overhead6;
        }
    }

    /**
     * A far end.
     *
     * @param underlay where outer packets go
     * @param tunnel   the peer's tunnel address, the gateway of routes into a VXLAN; for IP in IP the underlay address
     * @param mac      of the peer's device; VXLAN only
     */
    public record Peer(IpAddress underlay, IpAddress tunnel, Optional<MacAddress> mac) { }
}
