package tombolo.bgp.session.core;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import tombolo.api.net.AddressFamily;

/**
 * A capability of an OPEN message (RFC 5492 §4). What is not understood stays as it came in {@link Unknown}.
 */
public sealed interface Capability {
    int MULTIPROTOCOL = 1;
    int ROUTE_REFRESH = 2;
    int EXTENDED_MESSAGE = 6;
    int GRACEFUL_RESTART = 64;
    int FOUR_OCTET_AS = 65;
    int ENHANCED_ROUTE_REFRESH = 70;
    /** Subsequent address family: unicast. */
    int UNICAST = 1;

    int code();

    /** The capability's value as it stands on the wire. */
    byte[] value();

    /** RFC 4760 §8. */
    record Multiprotocol(int afi, int safi) implements Capability {
        @Override
        public int code() {
            return MULTIPROTOCOL;
        }

        @Override
        public byte[] value() {
            return new byte[] {(byte) (afi >>> 8), (byte) afi, 0, (byte) safi};
        }

        @Override
        public String toString() {
            return "multiprotocol " + familyName(afi, safi);
        }
    }

    /** RFC 2918. */
    record RouteRefresh() implements Capability {
        @Override
        public int code() {
            return ROUTE_REFRESH;
        }

        @Override
        public byte[] value() {
            return new byte[0];
        }

        @Override
        public String toString() {
            return "route-refresh";
        }
    }

    /** RFC 7313. */
    record EnhancedRouteRefresh() implements Capability {
        @Override
        public int code() {
            return ENHANCED_ROUTE_REFRESH;
        }

        @Override
        public byte[] value() {
            return new byte[0];
        }

        @Override
        public String toString() {
            return "enhanced-route-refresh";
        }
    }

    /** RFC 8654. */
    record ExtendedMessage() implements Capability {
        @Override
        public int code() {
            return EXTENDED_MESSAGE;
        }

        @Override
        public byte[] value() {
            return new byte[0];
        }

        @Override
        public String toString() {
            return "extended-message";
        }
    }

    /** RFC 6793 §3. @param as unsigned 32 bits; may be the forbidden 0 (RFC 7607), which is for the checks of an OPEN to refuse */
    record FourOctetAs(long as) implements Capability {
        @Override
        public int code() {
            return FOUR_OCTET_AS;
        }

        @Override
        public byte[] value() {
            return new byte[] {(byte) (as >>> 24), (byte) (as >>> 16), (byte) (as >>> 8), (byte) as};
        }

        @Override
        public String toString() {
            return "4-octet-as " + as;
        }
    }

    /**
     * RFC 4724 §3, with the N bit of RFC 8538 §2.
     *
     * <pre>
     *  0 1 2 3 4 ... 15
     * |R|N|  |Restart Time|  then per family: AFI (2) SAFI (1) flags (1: F in the top bit)
     * </pre>
     */
    record GracefulRestart(boolean restarting, boolean notification, int restartSeconds, List<Family> families) implements Capability {
        public GracefulRestart {
            families = List.copyOf(families);
            if (restartSeconds < 0 || restartSeconds > 4095) {
                throw new IllegalArgumentException("restart time " + restartSeconds + ": 0 to 4095");
            }
        }

        /** @param forwarding F bit: forwarding state was kept */
        public record Family(int afi, int safi, boolean forwarding) { }

        @Override
        public int code() {
            return GRACEFUL_RESTART;
        }

        @Override
        public byte[] value() {
            byte[] value = new byte[2 + 4 * families.size()];
            int head = restartSeconds | (restarting ? 0x8000 : 0) | (notification ? 0x4000 : 0);
            value[0] = (byte) (head >>> 8);
            value[1] = (byte) head;
            for (int i = 0; i < families.size(); i++) {
                Family family = families.get(i);
                value[2 + 4 * i] = (byte) (family.afi >>> 8);
                value[3 + 4 * i] = (byte) family.afi;
                value[4 + 4 * i] = (byte) family.safi;
                value[5 + 4 * i] = (byte) (family.forwarding ? 0x80 : 0);
            }
            return value;
        }

        @Override
        public String toString() {
            String each = families.stream().map(f -> familyName(f.afi, f.safi) + (f.forwarding ? " F" : "")).collect(Collectors.joining(", "));
            return "graceful-restart " + restartSeconds + " s" + (restarting ? " R" : "") + (notification ? " N" : "") + (each.isEmpty() ? "" : " (" + each + ")");
        }
    }

    /** One that this speaker does not know: ignored (RFC 5492 §3), shown to people. */
    record Unknown(int code, byte[] value) implements Capability {
        public Unknown {
            value = value.clone();
        }

        @Override
        public byte[] value() {
            return value.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Unknown that && code == that.code && Arrays.equals(value, that.value);
        }

        @Override
        public int hashCode() {
            return 31 * code + Arrays.hashCode(value);
        }

        @Override
        public String toString() {
            String hex = HexFormat.of().formatHex(value, 0, Math.min(value.length, 16)) + (value.length > 16 ? "..." : "");
            return "capability " + code + (hex.isEmpty() ? "" : " " + hex);
        }
    }

    private static String familyName(int afi, int safi) {
        for (AddressFamily family : AddressFamily.values()) {
            if (family.afi() == afi && safi == UNICAST) {
                return family == AddressFamily.IPV4 ? "ipv4" : "ipv6";
            }
        }
        return afi + "/" + safi;
    }
}
