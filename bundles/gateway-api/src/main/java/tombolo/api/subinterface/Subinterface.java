package tombolo.api.subinterface;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;

/**
 * An interface that takes the packets of one tag out of another interface.
 *
 * @param name      1-15 characters, as the kernel takes them
 * @param mtu       bytes of an IP packet: 576-9216
 * @param addresses with their prefix lengths; none but these
 * @param tcpMss    what TCP's largest segments over this interface are lowered to, in bytes, for IPv4: 536-9140; IPv6 gets 20 less, its header being that much longer
 *                  (RFC 9293 §3.7.1). Empty: they are left alone
 */
public record Subinterface(String name, Encapsulation encapsulation, int mtu, List<InterfaceAddress> addresses, OptionalInt tcpMss) {
    /** IFNAMSIZ less the zero byte. */
    public static final int LONGEST_NAME = 15;
    /** RFC 791 §3.1: what every host takes; the greatest is that of jumbo frames. */
    public static final int LEAST_MTU = 576;
    public static final int MOST_MTU = 9_216;

    public Subinterface {
        if (name.isEmpty() || name.length() > LONGEST_NAME || name.chars().anyMatch(c -> c <= ' ' || c == '/' || c == ':' || c > '~') || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("'" + name + "' is not the name of an interface");
        }
        if (mtu < LEAST_MTU || mtu > MOST_MTU) {
            throw new IllegalArgumentException(name + ": an MTU of " + mtu + "; wanted " + LEAST_MTU + " to " + MOST_MTU);
        }
        if (tcpMss.isPresent() && (tcpMss.getAsInt() < 536 || tcpMss.getAsInt() > MOST_MTU)) {
            throw new IllegalArgumentException(name + ": segments of " + tcpMss.getAsInt() + " bytes; wanted 536 to " + MOST_MTU);
        }
        addresses = List.copyOf(addresses);
    }

    /** How its packets are told from others on the wire. */
    public sealed interface Encapsulation {
        /** The interface that carries it. */
        String parent();

        /** @param id 1-4094 */
        record Vlan(String parent, Protocol protocol, int id) implements Encapsulation {
            public Vlan {
                if (id < 1 || id > 4094) {
                    throw new IllegalArgumentException("VLAN " + id + "; wanted 1 to 4094 (IEEE 802.1Q)");
                }
            }
        }

        /**
         * RFC 7348, towards one far end: where the kernel, or the network between, has no tags.
         *
         * @param vni   1-16777215
         * @param local our address below; empty: the kernel's choice
         * @param port  of UDP; the kernel takes a VNI once for a port
         */
        record Vxlan(String parent, int vni, Optional<IpAddress> local, IpAddress remote, int port) implements Encapsulation {
            public Vxlan {
                if (vni < 1 || vni >>> 24 != 0 || port < 1 || port > 65_535) {
                    throw new IllegalArgumentException("VNI " + vni + ", port " + port + "; wanted 1 to 16777215 and 1 to 65535");
                }
                if (local.filter(address -> address.family() != remote.family()).isPresent()) {
                    throw new IllegalArgumentException(local.get() + " does not reach " + remote);
                }
            }
        }

        /** For people. */
        default String text() {
            return switch (this) {
                case Vlan vlan -> vlan.protocol().word() + " " + vlan.id() + " on " + vlan.parent();
                case Vxlan vxlan -> "VXLAN " + vxlan.vni() + " to " + vxlan.remote() + " port " + vxlan.port() + " on " + vxlan.parent();
            };
        }
    }

    /** The tag's protocol, by its Ethertype. */
    public enum Protocol {
        DOT1Q("802.1Q", 0x8100), DOT1AD("802.1ad", 0x88a8);

        private final String word;
        private final int ethertype;

        Protocol(String word, int ethertype) {
            this.word = word;
            this.ethertype = ethertype;
        }

        public String word() {
            return word;
        }

        public int ethertype() {
            return ethertype;
        }

        /** By its word, in any case. */
        public static Optional<Protocol> of(String word) {
            for (Protocol each : values()) {
                if (each.word.toLowerCase(Locale.ROOT).equals(word.toLowerCase(Locale.ROOT))) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }
    }
}
