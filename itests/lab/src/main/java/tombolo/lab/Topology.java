package tombolo.lab;

import java.util.List;
import tombolo.harness.Link;
import tombolo.harness.Link.End;
import tombolo.harness.Namespace;

/** The namespaces and cables of the laboratory; see the picture in the package's description. */
final class Topology {
    static final String PREFIX = "tmbl-";
    private static final Site SITE = Site.of(PREFIX, "host1", "msee");
    static final Namespace HOST = SITE.host();
    static final Namespace ONPREM = SITE.onPremises();
    static final Namespace GATEWAY = SITE.gateway();
    static final Namespace MSEE_A = SITE.edgeA();
    static final Namespace MSEE_B = SITE.edgeB();
    static final Namespace VNET = SITE.vnet();
    static final List<Namespace> ALL = SITE.all();
    /** The ends of measured traffic. */
    static final Flows.Ends ENDS = SITE.ends();

    private Topology() { }

    /** Makes everything; returns how the tagged links were made. */
    static Link.Tagging create() {
        ALL.forEach(namespace -> Namespace.create(namespace.name()));
        SITE.build();
        Link.Tagging tagging = circuit(MSEE_A, "a", 100);
        circuit(MSEE_B, "b", 101);
        return tagging;
    }

    /** One of the two links of the circuit: port er-x on the gateway, the tagged er-x.VLAN over it; customer first address, Microsoft second. */
    private static Link.Tagging circuit(Namespace edge, String letter, int vlan) {
        End ours = new End(GATEWAY, "er-" + letter);
        End theirs = new End(edge, "port");
        Link.veth(ours, theirs);
        String tagged = tagged(letter, vlan);
        Link.Tagging tagging = Link.tagged(ours, theirs, tagged, vlan, "169.254." + vlan);
        GATEWAY.address(tagged, "192.168." + vlan + ".1/30");
        GATEWAY.address(tagged, "fd00:" + vlan + "::1/126");
        edge.address(tagged, "192.168." + vlan + ".2/30");
        edge.address(tagged, "fd00:" + vlan + "::2/126");
        return tagging;
    }

    static String tagged(String letter, int vlan) {
        return "er-" + letter + "." + vlan;
    }

    /**
     * Takes the carrier from the cable between the gateway and the primary edge router. The edge router's tagged interface goes down with its port,
     * as the kernel does by itself for 802.1Q; for VXLAN it is done here. On the gateway's side nothing is done: it has to see it.
     */
    static void cutPrimary() {
        MSEE_A.down("port");
        MSEE_A.down(tagged("a", 100));
    }

    static void mendPrimary() {
        MSEE_A.up("port");
        MSEE_A.up(tagged("a", 100));
    }
}
