package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables.Outcome;
import tombolo.api.nftables.Owner;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.policy.core.Cluster;
import tombolo.policy.core.NodeParameters;

/** Two pods (0, 1) behind a bridge beside an uplink that is not isolated: the machine on its wire (2) reaches them without the host, and they answer through it, as with {@code policy = none}. */
class OpenUplinkTest {
    private static final int WIRE = 2;
    private static final long PATIENCE_NANOS = 10_000_000_000L;
    private static final long REFUSED_NANOS = 1_500_000_000L;
    private final Cluster cluster = new Cluster();

    private static void inForce(NftablesWriter writer, Change change) throws Exception {
        assertInstanceOf(Outcome.InForce.class, writer.change(Owner.POLICY, change).get(30, TimeUnit.SECONDS), change::toString);
    }

    /** The third of a connection's packets comes through too where something that is said arrives. */
    private static boolean connects(Pods pods, int from, int to, boolean expected) throws IOException {
        ServerSocketChannel listener = pods.server(to, true, 80);
        try (SocketChannel client = pods.client(from, true)) {
            client.configureBlocking(false);
            client.connect(new InetSocketAddress(Pods.address(to, true), 80));
            long deadline = System.nanoTime() + (expected ? PATIENCE_NANOS : REFUSED_NANOS);
            SocketChannel server = null;
            boolean connected = false;
            while (System.nanoTime() - deadline < 0) {
                server = server == null ? listener.accept() : server;
                connected = connected || client.finishConnect();
                if (connected && server != null) {
                    try (FlowCutTest.Both both = new FlowCutTest.Both(client, server)) {
                        server.configureBlocking(false);
                        return both.carries(expected, false) && both.carries(expected, true);
                    }
                }
                LockSupport.parkNanos(2_000_000);
            }
            return false;
        }
    }

    @Test
    void whatContainersAnswerToTheWireIsNotDroppedForBeingHalfOfAFlow() throws Exception {
        try (Pods pods = Pods.besideUplink(WIRE + 1, List.of(80)); LinuxNetlink netlink = new LinuxNetlink(); NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()))) {
            Namespace.run(List.of("ip", "-n", pods.router(), "link", "set", "up" + WIRE, "type", "bridge_slave", "isolated", "off"));
            // Where br_netfilter is loaded it shows connection tracking the other half too; without it, as on most machines, what is bridged is not seen.
            Namespace.run(List.of("ip", "netns", "exec", pods.router(), "sh", "-c", "for each in /proc/sys/net/bridge/bridge-nf-call-ip*tables; do if [ -e $each ]; then echo 0 >$each; fi; done"));
            for (String namespace : List.of(pods.router(), pods.namespace(0), pods.namespace(1), pods.namespace(WIRE))) { // else they would learn of a way past the host, as a fabric's machines do not
                Namespace.run(List.of("ip", "netns", "exec", namespace, "sh", "-c", "cd /proc/sys/net/ipv4/conf; for each in */send_redirects */accept_redirects; do echo 0 >$each; done"));
            }
            for (int pod = 0; pod < WIRE; pod++) { // what proxy_arp_wifi tells the wire
                String machine = pods.namespace(WIRE);
                Namespace.run(List.of("ip", "-n", machine, "route", "add", Pods.address(pod, true) + "/32", "dev", "eth0"));
                Namespace.run(List.of("ip", "-n", machine, "neigh", "replace", Pods.address(pod, true), "lladdr", Pods.mac(pod), "dev", "eth0", "nud", "permanent"));
            }
            for (int pod = 0; pod < WIRE; pod++) {
                cluster.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod" + pod + "-eth0','labels':{'pod':'p" + pod + "'},'annotations':{'tombolo.io/mode':'bridge'}",
                        "'orchestrator':'k8s','node':'here','pod':'pod" + pod + "','endpoint':'eth0','containerID':'c" + pod + "','interfaceName':'azv" + pod + "','mac':'" + Pods.mac(pod)
                                + "','ipNetworks':['" + Pods.address(pod, true) + "/32','" + Pods.address(pod, false) + "/128'],'profiles':['kns.x']");
            }
            inForce(writer, new NftTable(cluster.engine, NodeParameters.DEFAULT, Map.of(), new NftOptions(NftLog.DEFAULT, false, Optional.of("azure0"), true)).whole());
            assertFalse(connects(pods, WIRE, 0, false), "where the two are said to be apart, half a flow is of none");
            for (boolean wholeFlows : List.of(false, true)) {
                NftOptions options = new NftOptions(NftLog.DEFAULT, wholeFlows, Optional.of("azure0"), true);
                NftTable table = new NftTable(cluster.engine, NodeParameters.DEFAULT, Map.of(), options.apart(false));
                inForce(writer, table.whole());
                assertTrue(connects(pods, WIRE, 0, true), "what the wire begins");
                assertTrue(connects(pods, 0, WIRE, true), "what a container begins");
                assertTrue(connects(pods, 0, 1, true), "between containers, through the host");
                inForce(writer, table.change(cluster.policy("x", "shut", "'selector':'pod == `p0`','types':['Egress'],'egress':[{'action':'Deny','destination':{'nets':['" + Pods.address(WIRE, true) + "/32']}},{'action':'Allow'}]")));
                assertFalse(connects(pods, 0, WIRE, false), "the container's policy decides");
                assertTrue(connects(pods, 1, WIRE, true));
                inForce(writer, table.change(cluster.remove(tombolo.api.resource.ResourceId.of("NetworkPolicy", "x", "shut"))));
                assertEquals(new Outcome.InForce(0), writer.change(Owner.POLICY, new NftTable(cluster.engine, NodeParameters.DEFAULT, Map.of(), options.apart(false)).whole()).get(30, TimeUnit.SECONDS));
            }
        }
    }
}
