package tombolo.policy.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
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
import tombolo.api.resource.ResourceId;
import tombolo.policy.core.Cluster;
import tombolo.policy.core.HostInterfaces;
import tombolo.policy.core.NodeParameters;
import tombolo.runtime.Loop;

/** Which connections are cut beside an uplink, of what tunnels carry, and of what endpoints send to this host or from others' addresses; the kernel's connections are said by the test. */
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

    /** A node that forwards more connections for others than one answer holds. */
    @Test
    void whatContainersBeganIsCutHoweverManyConnectionsAreOthers() throws Exception {
        cluster.remove(ResourceId.of("HostEndpoint", "outer"));
        cluster.policy("x", "shut", "'selector':'all()','types':['Egress'],'egress':[{'action':'Allow','destination':{'nets':['192.0.2.8/32']}}]");
        List<Connections.Routed> first = Collections.nCopies(Connections.MOST, flow("203.0.113.1", "192.0.2.9", Optional.of("eth1"), Optional.of("eth0")));
        List<Connection> ours = List.of(flow("10.0.0.1", "192.0.2.9", Optional.of("azure0"), Optional.of("eth0")).connection(), flow("10.0.0.1", "192.0.2.8", Optional.of("azure0"), Optional.of("eth0")).connection());
        assertEquals(Set.of("10.0.0.1>192.0.2.9"), cut(NodeParameters.DEFAULT.withDropToHost(true), first, ours));
    }

    /** While a route is lost and comes back, nothing is said of the interface to that end, and policies that need none decide. */
    @Test
    void aFlowToAnEndThatNoRouteLeadsToIsJudgedByWhatIsKnownOfIt() throws Exception {
        cluster.put("GlobalNetworkPolicy", "'name':'wire'", DENY);
        cluster.policy("x", "shut", "'selector':'all()','types':['Egress']");
        assertEquals(Set.of("10.0.0.1>192.0.2.9", "192.0.2.1>192.0.2.9"), cut(flow("10.0.0.1", "192.0.2.9", Optional.of("azure0"), Connections.Routed.SOMEWHERE),
                flow("192.0.2.1", "192.0.2.9", Optional.of("azure0"), Connections.Routed.SOMEWHERE), flow("192.0.2.1", "192.0.2.8", Connections.Routed.SOMEWHERE, Optional.of("eth0"))));
    }

    /** Source and destination of what is cut. */
    private Set<String> cut(Connections.Routed... flows) throws Exception {
        return cut(NodeParameters.DEFAULT, flows);
    }

    private Set<String> cut(NodeParameters parameters, Connections.Routed... flows) throws Exception {
        return cut(parameters, List.of(flows), List.of(flows).stream().map(Connections.Routed::connection).toList());
    }

    private Set<String> cut(NodeParameters parameters, List<Connections.Routed> routed, List<Connection> ofWorkloads) throws Exception {
        CompletableFuture<List<Connection>> forgotten = new CompletableFuture<>();
        Connections kernel = new Connections() {
            @Override
            public List<Connection> of(Set<IpAddress> ends) {
                return ofWorkloads;
            }

            @Override
            public List<Routed> routed() {
                return routed;
            }

            @Override
            public int forget(List<Connection> connections) {
                forgotten.complete(connections);
                return connections.size();
            }
        };
        HostInterfaces hosts = HostInterfaces.of(cluster.engine.endpoints().values(), Map.of(), Optional.of(new HostInterfaces.Bridge("azure0", true)));
        try (Loop loop = new Loop("test-cut", 16)) {
            loop.offer(() -> {
                FlowCut cut = new FlowCut(loop, () -> Optional.of(cluster.engine), () -> hosts, () -> parameters, _ -> { });
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

    private static Connections.Routed flow(String from, String to, Optional<String> by, Optional<String> onward) {
        IpAddress destination = IpAddress.parse(to);
        return new Connections.Routed(new Connection(IpProtocol.TCP, IpAddress.parse(from), 40000, destination, 80, destination, 80, -1, -1, 0, 0, 1), by, onward);
    }

    @Test
    void whatAContainerSendsToThisHostIsCutWhereTheHostTakesItNoLonger() throws Exception {
        cluster.remove(ResourceId.of("HostEndpoint", "outer"));
        cluster.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod3-eth0'", "'orchestrator':'k8s','node':'here','pod':'pod3','endpoint':'eth0','containerID':'c3','interfaceName':'cali3',"
                + "'ipNetworks':['10.0.0.3/32'],'profiles':['kns.x']");
        assertEquals(Set.of("10.0.0.3>192.0.2.1"), cut(NodeParameters.DEFAULT.withDropToHost(true), flow("10.0.0.3", "192.0.2.1", Optional.of("cali3"), Optional.empty()),
                flow("10.0.0.3", "192.0.2.9", Optional.of("cali3"), Optional.of("eth0")), flow("192.0.2.1", "10.0.0.3", Optional.empty(), Optional.of("cali3")),
                flow("192.0.2.9", "192.0.2.1", Optional.of("eth0"), Optional.empty())));
    }

    @Test
    void whatThisHostSaysToItselfIsCutWhereAHostEndpointNamesTheLoopbackInterface() throws Exception {
        cluster.put("HostEndpoint", "'name':'loop','labels':{'host':'loop'}", "'node':'here','interfaceName':'lo'");
        cluster.put("GlobalNetworkPolicy", "'name':'loop'", "'selector':'host == `loop`','types':['Ingress','Egress'],'ingress':[{'action':'Allow','source':{'nets':['127.0.0.1/32']}}],'egress':[{'action':'Allow'}]");
        assertEquals(Set.of("192.0.2.1>127.0.0.1"), cut(flow("192.0.2.1", "127.0.0.1", Optional.empty(), Optional.empty()), flow("127.0.0.1", "127.0.0.1", Optional.empty(), Optional.empty())));
    }

    /** As the kernel has it: at -150 what comes in by any interface is asked, a container's too. */
    @Test
    void whatAContainerSendsToThisHostIsCutWhereAPolicyBeforeDestinationsAreChangedDeniesIt() throws Exception {
        cluster.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod3-eth0'", "'orchestrator':'k8s','node':'here','pod':'pod3','endpoint':'eth0','containerID':'c3','interfaceName':'cali3',"
                + "'ipNetworks':['10.0.0.3/32'],'profiles':['kns.x']");
        cluster.put("HostEndpoint", "'name':'rest','labels':{'host':'rest'}", "'node':'here','interfaceName':'*'");
        cluster.put("GlobalNetworkPolicy", "'name':'early'", EARLY.replace("outer", "rest").replace("{'action':'Deny'}", "{'action':'Deny','destination':{'nets':['192.0.2.1/32']}}"));
        cluster.put("GlobalNetworkPolicy", "'name':'own'", "'selector':'host == `rest`','types':['Ingress','Egress'],'ingress':[{'action':'Deny'}],'egress':[{'action':'Deny'}]");
        assertEquals(Set.of("10.0.0.3>192.0.2.1"), cut(flow("10.0.0.3", "192.0.2.1", Optional.of("cali3"), Optional.empty()), flow("10.0.0.3", "192.0.2.2", Optional.of("cali3"), Optional.empty()),
                flow("192.0.2.1", "10.0.0.3", Optional.empty(), Optional.of("cali3")), flow("10.0.0.3", "192.0.2.9", Optional.of("cali3"), Optional.of("eth0"))));
    }

    @Test
    void whatAContainerSendsFromAnAddressThatItIsGrantedIsJudgedByItsPolicy() throws Exception {
        cluster.remove(ResourceId.of("HostEndpoint", "outer"));
        cluster.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod3-eth0','labels':{'role':'router'}", "'orchestrator':'k8s','node':'here','pod':'pod3','endpoint':'eth0','containerID':'c3',"
                + "'interfaceName':'cali3','ipNetworks':['10.0.0.3/32'],'profiles':['kns.x'],'allowSpoofedSourcePrefixes':['198.51.100.0/24']");
        cluster.policy("x", "shut", "'selector':'role == `router`','types':['Egress'],'egress':[{'action':'Allow','destination':{'nets':['192.0.2.8/32']}}]");
        assertEquals(Set.of("198.51.100.7>192.0.2.9"), cut(NodeParameters.DEFAULT.withSources(true), flow("198.51.100.7", "192.0.2.9", Optional.of("cali3"), Optional.of("eth0")),
                flow("198.51.100.7", "192.0.2.8", Optional.of("cali3"), Optional.of("eth0")), flow("198.51.100.8", "192.0.2.9", Optional.of("eth1"), Optional.of("eth0")),
                flow("203.0.113.1", "192.0.2.9", Optional.of("cali3"), Optional.of("eth0"))));
    }

    /** The endpoint for all interfaces is asked about them as about any other container. */
    @Test
    void theHostEndpointForAllInterfacesCutsWhatContainersBehindTheBridgeBegan() throws Exception {
        cluster.put("HostEndpoint", "'name':'rest','labels':{'host':'rest'}", "'node':'here','interfaceName':'*'");
        cluster.put("GlobalNetworkPolicy", "'name':'rest'", DENY.replace("outer", "rest"));
        assertEquals(Set.of("10.0.0.1>10.0.0.2"), cut(flow(IpProtocol.TCP, "10.0.0.1", "10.0.0.2", 80), flow(IpProtocol.TCP, "192.0.2.1", "192.0.2.2", 80)));
    }
}
