package tombolo.lab;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tombolo.harness.Link;
import tombolo.harness.Link.End;
import tombolo.harness.Namespace;

/**
 * The namespaces and cables of the ExpressRoute laboratory; see the picture at {@link AzureLab}. A tagged interface that is made by hand on the gateway's side is
 * {@code er-a.100}: the link's letter and the VLAN id. VXLAN stands for 802.1Q, with the VLAN id as VNI; since the kernel takes a VNI once for each UDP port, each cable has its own.
 */
final class AzureTopology {
    static final String PREFIX = "tmba-";
    private static final Site SITE = Site.of(PREFIX, "host", "edge");
    static final Namespace HOST = SITE.host();
    static final Namespace ONPREM = SITE.onPremises();
    static final Namespace GATEWAY = SITE.gateway();
    static final Namespace EDGE_A = SITE.edgeA();
    static final Namespace EDGE_B = SITE.edgeB();
    static final Namespace VNET = SITE.vnet();
    /** Azure Resource Manager, and whoever asks it. */
    static final Namespace ARM = new Namespace(PREFIX + "arm");
    static final Namespace ISP = new Namespace(PREFIX + "isp");
    static final List<Namespace> ALL = Stream.concat(SITE.all().stream(), Stream.of(ARM, ISP)).toList();

    /** Private peering's interfaces and all sessions to Microsoft, as they are called once the circuit's file describes them. */
    static final String PRIMARY = "er-lab-p100";
    static final String SECONDARY = "er-lab-s100";
    static final List<String> PRIMARY_PEERS = List.of("er-lab-private-primary", "er-lab-private-primary-v6", "er-lab-microsoft-primary");
    static final List<String> PEERS = List.of("er-lab-private-primary", "er-lab-private-primary-v6", "er-lab-private-secondary", "er-lab-private-secondary-v6", "er-lab-microsoft-primary",
        "er-lab-microsoft-secondary");

    static final int PRIVATE = 100;
    static final int MICROSOFT = 200;
    private static final int MTU = 1_500;
    /** Room for VXLAN's 50 octets around a full packet, 70 over IPv6. */
    private static final int UNDERLAY_MTU = 1_600;
    private static final Map<String, Integer> UDP_PORTS = Map.of("a", 14_790, "b", 14_791);
    /** The ends of measured traffic: the addresses are those of the other laboratory. */
    static final Flows.Ends ENDS = SITE.ends();

    private AzureTopology() { }

    static void create() {
        ALL.forEach(namespace -> Namespace.create(namespace.name()));
        SITE.build();
        Site.cable(ARM, "gw", "172.31.0.1/30", "fd00:31::1/126", GATEWAY, "arm", "172.31.0.2/30", "fd00:31::2/126");
        Site.cable(ISP, "gw", "100.64.0.1/30", "fd00:40::1/126", GATEWAY, "isp", "100.64.0.2/30", "fd00:40::2/126");
        circuit("a", EDGE_A);
        circuit("b", EDGE_B);
    }

    /** The cable to one edge, as the provider builds it; the edge's own side comes with the peering. */
    private static void circuit(String letter, Namespace edge) {
        String port = "er-" + letter;
        Link.veth(new End(GATEWAY, port), new End(edge, "port"));
        GATEWAY.ip("link", "set", "dev", port, "mtu", Integer.toString(UNDERLAY_MTU));
        GATEWAY.address(port, underlay(letter) + ".2/24");
    }

    private static String underlay(String letter) {
        return "a".equals(letter) ? "172.30.10" : "172.30.11";
    }

    /** How the simulator is told where an edge router is. */
    static String place(String letter) {
        Namespace edge = "a".equals(letter) ? EDGE_A : EDGE_B;
        String routers = "a".equals(letter) ? "10.100.255.2,fd00:64:0:ff::2" : "10.100.255.6,fd00:64:0:ff::6";
        return String.join(",", edge.name(), "port", underlay(letter) + ".1", underlay(letter) + ".2", UDP_PORTS.get(letter).toString(), routers);
    }

    static String tagged(String letter, int vlan) {
        return "er-" + letter + "." + vlan;
    }

    /** Both peerings' interfaces on both links, with this side's addresses. */
    static void customerSide() {
        for (String letter : List.of("a", "b")) {
            for (int vlan : List.of(PRIVATE, MICROSOFT)) {
                tag(letter, vlan, vlan);
            }
        }
    }

    static void removeCustomerSide() {
        List.of("a", "b").forEach(letter -> List.of(PRIVATE, MICROSOFT).forEach(vlan -> GATEWAY.ip("link", "delete", tagged(letter, vlan))));
    }

    /** Makes the interface of a VLAN (anew). @param tag what it puts on the wire: {@code vlan}, unless something is wrong */
    static void tag(String letter, int vlan, int tag) {
        String name = tagged(letter, vlan);
        GATEWAY.attempt("ip", "link", "delete", name);
        GATEWAY.ip("link", "add", name, "type", "vxlan", "id", Integer.toString(tag), "dev", "er-" + letter, "local", underlay(letter) + ".2", "remote", underlay(letter) + ".1",
            "dstport", UDP_PORTS.get(letter).toString());
        mtu(letter, vlan, MTU);
        GATEWAY.up(name);
        addresses(letter, vlan, "1");
    }

    static void mtu(String letter, int vlan, int octets) {
        GATEWAY.ip("link", "set", "dev", tagged(letter, vlan), "mtu", Integer.toString(octets));
    }

    /** Sets this side's addresses. @param end the last number of an IPv4 address of private peering: 1 is ours */
    static void addresses(String letter, int vlan, String end) {
        String name = tagged(letter, vlan);
        GATEWAY.ip("addr", "flush", "dev", name, "scope", "global");
        if (vlan == MICROSOFT) {
            GATEWAY.address(name, "a".equals(letter) ? "203.0.113.1/30" : "203.0.113.5/30");
        } else {
            String number = "a".equals(letter) ? "100" : "101";
            GATEWAY.address(name, "192.168." + number + "." + end + "/30");
            GATEWAY.address(name, "fd00:" + number + "::1/126");
        }
    }
}
