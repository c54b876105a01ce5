package tombolo.api.config;

import java.util.OptionalInt;

/**
 * {@code etc/tombolo.cni.cfg}.
 *
 * @param enabled         {@code enabled}: whether container runtimes are served; default false
 * @param socket          {@code socket}: path of the unix socket; default {@code /run/tombolo/cni.sock}
 * @param interfacePrefix {@code interface-prefix}: what the host's ends of the routed mode begin with, 1-4 characters; default cali
 * @param mtu             {@code mtu}: of containers' interfaces, 68-65535; default what fits into the tunnels to other nodes, else that of the interface with the default route
 * @param policy          {@code policy}: whether a container is added only once its policy is in force; default none
 */
public record CniSettings(boolean enabled, String socket, String interfacePrefix, OptionalInt mtu, Policy policy) {
    /** What an ADD waits for. */
    public enum Policy { NONE, REQUIRED }

    public static final CniSettings OFF = new CniSettings(false, "/run/tombolo/cni.sock", "cali", OptionalInt.empty(), Policy.NONE);

    public CniSettings(boolean enabled, String socket, String interfacePrefix, OptionalInt mtu) {
        this(enabled, socket, interfacePrefix, mtu, Policy.NONE);
    }
}
