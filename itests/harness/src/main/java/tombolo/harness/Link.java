package tombolo.harness;

import java.util.Optional;

/** Links between namespaces. */
public final class Link {
    /** UDP port of the tagged link's stand-in; not VXLAN's own 4789, so that it meets nobody. */
    private static final int VXLAN_PORT = 14789;
    /** Room for VXLAN's 50 octets (70 over IPv6) around a full 1500-octet packet. */
    private static final int UNDERLAY_MTU = 1600;

    private Link() { }

    /** One end of a link. */
    public record End(Namespace namespace, String link) { }

    /** A cable: the two ends lose carrier together. Both ends are up afterwards. */
    public static void veth(End a, End b) {
        Command.run("ip", "link", "add", "name", a.link(), "netns", a.namespace().name(), "type", "veth",
            "peer", "name", b.link(), "netns", b.namespace().name());
        a.namespace().up(a.link());
        b.namespace().up(b.link());
    }

    /** How a tagged link was made. */
    public enum Tagging { DOT1Q, VXLAN }

    /**
     * A tagged subinterface {@code name} over the cable between {@code a} and {@code b}, on both sides.
     * Where the kernel has no 802.1Q device, a VXLAN device whose VNI is the VLAN id stands for it: a wrong tag still breaks the link.
     * One difference remains: a VXLAN device stays up when its cable loses carrier, so whoever follows links must look at the lower one.
     *
     * @param vlan 1-4094
     * @param underlay the first three numbers of a /24 for the cable itself, used by VXLAN only: "169.254.10"
     */
    public static Tagging tagged(End a, End b, String name, int vlan, String underlay) {
        if (dot1qAvailable(a)) {
            for (End end : new End[] {a, b}) {
                end.namespace().ip("link", "add", "link", end.link(), "name", name, "type", "vlan", "id", Integer.toString(vlan));
                end.namespace().up(name);
            }
            return Tagging.DOT1Q;
        }
        String first = underlay + ".1";
        String second = underlay + ".2";
        vxlan(a, name, vlan, first, second);
        vxlan(b, name, vlan, second, first);
        return Tagging.VXLAN;
    }

    private static void vxlan(End end, String name, int vlan, String local, String remote) {
        Namespace namespace = end.namespace();
        namespace.ip("link", "set", "dev", end.link(), "mtu", Integer.toString(UNDERLAY_MTU));
        namespace.address(end.link(), local + "/24");
        namespace.ip("link", "add", name, "type", "vxlan", "id", Integer.toString(vlan), "dev", end.link(),
            "local", local, "remote", remote, "dstport", Integer.toString(VXLAN_PORT));
        namespace.ip("link", "set", "dev", name, "mtu", "1500");
        namespace.up(name);
    }

    /** Tries it on the end itself, since a module may load on demand; the probe is removed again. */
    private static boolean dot1qAvailable(End end) {
        String probe = "probe4094";
        if (!Command.attempt("ip", "-n", end.namespace().name(), "link", "add", "link", end.link(), "name", probe, "type", "vlan", "id", "4094").ok()) {
            return false;
        }
        end.namespace().ip("link", "delete", probe);
        return true;
    }

    /** What the kernel says of a link, on one line; empty where there is none. */
    public static Optional<String> state(End end) {
        Command.Result result = Command.attempt("ip", "-n", end.namespace().name(), "-br", "link", "show", "dev", end.link());
        return result.ok() ? Optional.of(result.output().strip()) : Optional.empty();
    }
}
