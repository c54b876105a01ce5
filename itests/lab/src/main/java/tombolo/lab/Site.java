package tombolo.lab;

import java.util.ArrayList;
import java.util.List;
import tombolo.harness.Link;
import tombolo.harness.Link.End;
import tombolo.harness.Namespace;

/**
 * What both laboratories around one gateway have in common: a host behind the on-premises router, and a virtual network behind two edge routers. How the gateway
 * reaches the edges is each laboratory's own.
 *
 * <pre>
 *  host ── onprem ── gateway  ═ circuit ═  edge a, edge b ── vnet
 * </pre>
 */
record Site(Namespace host, Namespace onPremises, Namespace gateway, Namespace edgeA, Namespace edgeB, Namespace vnet) {
    /** Address pairs between which traffic is measured: more than one, since equal paths are chosen by a hash over the addresses. */
    private static final int FLOWS = 8;

    /** Namespaces {@code PREFIXhost} and so on; the two edge routers are called as a laboratory wants. */
    static Site of(String prefix, String host, String edge) {
        return new Site(new Namespace(prefix + host), new Namespace(prefix + "onprem"), new Namespace(prefix + "gw"), new Namespace(prefix + edge + "-a"), new Namespace(prefix + edge + "-b"),
            new Namespace(prefix + "vnet"));
    }

    List<Namespace> all() {
        return List.of(host, onPremises, gateway, edgeA, edgeB, vnet);
    }

    /** The ends of measured traffic. */
    Flows.Ends ends() {
        return new Flows.Ends(host, vnet, pairs());
    }

    /** Makes the cables and addresses in namespaces that are there. */
    void build() {
        cable(host, "eth0", "10.1.0.10/24", "fd00:1::10/64", onPremises, "lan", "10.1.0.1/24", "fd00:1::1/64");
        host.ip("route", "add", "default", "via", "10.1.0.1");
        host.ip("-6", "route", "add", "default", "via", "fd00:1::1");
        cable(onPremises, "gw", "172.16.0.1/30", "fd00:16::1/126", gateway, "onprem", "172.16.0.2/30", "fd00:16::2/126");
        cable(edgeA, "vnet", "10.100.255.1/30", "fd00:64:0:ff::1/126", vnet, "edge-a", "10.100.255.2/30", "fd00:64:0:ff::2/126");
        cable(edgeB, "vnet", "10.100.255.5/30", "fd00:64:0:ff::5/126", vnet, "edge-b", "10.100.255.6/30", "fd00:64:0:ff::6/126");
        for (int i = 0; i < FLOWS; i++) {
            vnet.address("lo", "10.100.0." + (4 + i) + "/32");
            vnet.address("lo", "fd00:64::" + Integer.toHexString(4 + i) + "/128");
            if (i > 0) {
                host.address("eth0", "10.1.0." + (10 + i) + "/24");
                host.address("eth0", "fd00:1::" + (10 + i) + "/64");
            }
        }
    }

    static void cable(Namespace a, String linkA, String v4a, String v6a, Namespace b, String linkB, String v4b, String v6b) {
        Link.veth(new End(a, linkA), new End(b, linkB));
        List.of(v4a, v6a).forEach(address -> a.address(linkA, address));
        List.of(v4b, v6b).forEach(address -> b.address(linkB, address));
    }

    /** Pairs {@code host=vnet} of addresses, IPv4 first. */
    private static List<String> pairs() {
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
