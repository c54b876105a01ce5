package tombolo.lab;

import java.util.ArrayList;
import java.util.List;
import tombolo.harness.Link;
import tombolo.harness.Link.End;
import tombolo.harness.Namespace;

/** The namespaces and cables of the laboratory; see the picture in the package's description. */
final class Topology {
    static final String PREFIX = "tmbl-";
    static final Namespace HOST = new Namespace(PREFIX + "host1");
    static final Namespace ONPREM = new Namespace(PREFIX + "onprem");
    static final Namespace GATEWAY = new Namespace(PREFIX + "gw");
    static final Namespace MSEE_A = new Namespace(PREFIX + "msee-a");
    static final Namespace MSEE_B = new Namespace(PREFIX + "msee-b");
    static final Namespace VNET = new Namespace(PREFIX + "vnet");
    static final List<Namespace> ALL = List.of(HOST, ONPREM, GATEWAY, MSEE_A, MSEE_B, VNET);

    /** Address pairs between which traffic is measured: more than one, since equal paths are chosen by a hash over the addresses. */
    private static final int FLOWS = 8;
    /** The ends of measured traffic. */
    static final Flows.Ends ENDS = new Flows.Ends(HOST, VNET, pairs());

    private Topology() { }

    /** Makes everything; returns how the tagged links were made. */
    static Link.Tagging create() {
        ALL.forEach(namespace -> Namespace.create(namespace.name()));
        cable(HOST, "eth0", "10.1.0.10/24", "fd00:1::10/64", ONPREM, "lan", "10.1.0.1/24", "fd00:1::1/64");
        HOST.ip("route", "add", "default", "via", "10.1.0.1");
        HOST.ip("-6", "route", "add", "default", "via", "fd00:1::1");
        cable(ONPREM, "gw", "172.16.0.1/30", "fd00:16::1/126", GATEWAY, "onprem", "172.16.0.2/30", "fd00:16::2/126");
        Link.Tagging tagging = circuit(MSEE_A, "a", 100);
        circuit(MSEE_B, "b", 101);
        cable(MSEE_A, "vnet", "10.100.255.1/30", "fd00:64:0:ff::1/126", VNET, "edge-a", "10.100.255.2/30", "fd00:64:0:ff::2/126");
        cable(MSEE_B, "vnet", "10.100.255.5/30", "fd00:64:0:ff::5/126", VNET, "edge-b", "10.100.255.6/30", "fd00:64:0:ff::6/126");
        for (int i = 0; i < FLOWS; i++) {
            VNET.address("lo", "10.100.0." + (4 + i) + "/32");
            VNET.address("lo", "fd00:64::" + Integer.toHexString(4 + i) + "/128");
            if (i > 0) {
                HOST.address("eth0", "10.1.0." + (10 + i) + "/24");
                HOST.address("eth0", "fd00:1::" + (10 + i) + "/64");
            }
        }
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

    private static void cable(Namespace a, String linkA, String v4a, String v6a, Namespace b, String linkB, String v4b, String v6b) {
        Link.veth(new End(a, linkA), new End(b, linkB));
        a.address(linkA, v4a);
        a.address(linkA, v6a);
        b.address(linkB, v4b);
        b.address(linkB, v6b);
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

    /** Pairs {@code host=vnet} of addresses, IPv4 first. */
    static List<String> pairs() {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < FLOWS; i++) {
            pairs.add("10.1.0." + (10 + i) + "=10.100.0." + (4 + i));
        }
        for (int i = 0; i < FLOWS; i++) {
            pairs.add("fd00:1::" + (10 + i) + "=fd00:64::" + Integer.toHexString(4 + i));
        }
        return pairs;
    }
}
