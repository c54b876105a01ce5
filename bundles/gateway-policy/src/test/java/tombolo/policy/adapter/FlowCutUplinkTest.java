package tombolo.policy.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Connection;
import tombolo.api.kernel.Connections;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpProtocol;
import tombolo.policy.core.Cluster;
import tombolo.policy.core.HostInterfaces;
import tombolo.policy.core.NodeParameters;
import tombolo.runtime.Loop;

/** Which connections are cut beside an uplink, and of what tunnels carry; the kernel's connections are said by the test. */
class FlowCutUplinkTest {
    private static final String DENY = "'selector':'host == `outer`','applyOnForward':true,'types':['Ingress','Egress'],'ingress':[{'action':'Deny'}],'egress':[{'action':'Deny'}]";
    private static final String EARLY = "'selector':'host == `outer`','applyOnForward':true,'preDNAT':true,'types':['Ingress'],'ingress':[{'action':'Deny'}]";

    private final Cluster cluster = new Cluster();

    FlowCutUplinkTest() {
        for (int number = 1; number <= 2; number++) {
            cluster.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod" + number + "-eth0','annotations':{'tombolo.io/mode':'bridge'}", "'orchestrator':'k8s','node':'here','pod':'pod"
                    + number + "','endpoint':'eth0','containerID':'c" + number + "','interfaceName':'azv" + number + "','mac':'02:00:00:00:00:0" + number + "','ipNetworks':['10.0.0." + number + "/32'],'profiles':['kns.x']");
        }
        cluster.put("HostEndpoint", "'name':'outer','labels':{'host':'outer'}", "'node':'here','interfaceName':'azure0'");
    }

    private static Connections.Routed flow(IpProtocol protocol, String from, String to, int port) {
        IpAddress destination = IpAddress.parse(to);
        return new Connections.Routed(new Connection(protocol, IpAddress.parse(from), 40000, destination, port, destination, port, -1, -1, 0, 0, 1), Optional.of("azure0"), Optional.of("azure0"));
    }

    /** Source and destination of what is cut. */
    private Set<String> cut(Connections.Routed... flows) throws Exception {
        CompletableFuture<List<Connection>> forgotten = new CompletableFuture<>();
        Connections kernel = new Connections() {
            @Override
            public List<Connection> of(Set<IpAddress> ends) {
                return List.of(flows).stream().map(Routed::connection).toList();
            }

            @Override
            public List<Routed> routed() {
                return List.of(flows);
            }

            @Override
            public int forget(List<Connection> connections) {
                forgotten.complete(connections);
                return connections.size();
            }
        };
        HostInterfaces hosts = HostInterfaces.of(cluster.engine.endpoints().values(), Map.of());
        try (Loop loop = new Loop("test-cut", 16)) {
            loop.offer(() -> {
                FlowCut cut = new FlowCut(loop, () -> Optional.of(cluster.engine), () -> hosts, () -> NodeParameters.DEFAULT, () -> Optional.of("azure0"), _ -> { });
                cut.wanted(true);
                cut.meansCame(kernel);
            });
            Set<String> pairs = new TreeSet<>();
            forgotten.get(20, TimeUnit.SECONDS).forEach(one -> pairs.add(one.source() + ">" + one.destination()));
            return pairs;
        }
    }

    @Test
    void theHostEndpointAtABridgeWithAnUplinkCutsWhatTheWireBeganAndNothingThatContainersBegan() throws Exception {
        for (String policy : List.of(DENY, EARLY)) {
            cluster.put("GlobalNetworkPolicy", "'name':'wire'", policy);
            Set<String> cut = cut(flow(IpProtocol.TCP, "192.0.2.1", "10.0.0.1", 80), flow(IpProtocol.TCP, "10.0.0.1", "10.0.0.2", 80), flow(IpProtocol.TCP, "192.0.2.1", "192.0.2.2", 80));
            assertEquals(Set.of("192.0.2.1>10.0.0.1", "192.0.2.1>192.0.2.2"), cut);
        }
    }

    @Test
    void whatTunnelsCarryIsCutWhereAContainerSendsIt() throws Exception {
        assertEquals(Set.of("10.0.0.1>192.0.2.2"), cut(flow(IpProtocol.UDP, "10.0.0.1", "192.0.2.2", 4789), flow(IpProtocol.UDP, "10.0.0.2", "192.0.2.2", 4788),
                flow(IpProtocol.UDP, "192.0.2.1", "10.0.0.2", 4789)));
    }

    /** The endpoint for all interfaces is asked about them as about any other container. */
    @Test
    void theHostEndpointForAllInterfacesCutsWhatContainersBehindTheBridgeBegan() throws Exception {
        cluster.put("HostEndpoint", "'name':'rest','labels':{'host':'rest'}", "'node':'here','interfaceName':'*'");
        cluster.put("GlobalNetworkPolicy", "'name':'rest'", DENY.replace("outer", "rest"));
        assertEquals(Set.of("10.0.0.1>10.0.0.2"), cut(flow(IpProtocol.TCP, "10.0.0.1", "10.0.0.2", 80), flow(IpProtocol.TCP, "192.0.2.1", "192.0.2.2", 80)));
    }
}
