package tombolo.policy.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.net.IpAddress;
import tombolo.api.policy.Policies.Explanation;
import tombolo.api.policy.Policies.Question;
import tombolo.api.resource.IpProtocol;

/** What is told of two things that the kernel's rules have a place of their own for. */
class LoopbackAndNeighboursTest {
    private static final Map<String, Set<IpAddress>> INTERFACES = Map.of("lo", Set.of(IpAddress.parse("127.0.0.1")), "eth0", Set.of(IpAddress.parse("192.0.2.1"), IpAddress.parse("fd00::fe")));
    private final Cluster cluster = new Cluster();

    private Explanation explain(NodeParameters parameters, String from, String to, IpProtocol protocol, int port) {
        return new Answers(cluster.engine, Cluster.NOBODY, HostInterfaces.of(cluster.engine.endpoints().values(), INTERFACES), parameters, INTERFACES)
                .explain(new Question(from, to, protocol, OptionalInt.of(port)));
    }

    /** RFC 4861, RFC 2710; source: felix/rules/static.go. */
    @Test
    void theMessagesByWhichAPodFindsItsNeighboursAreDeniedByNoPolicyOnTheirWayToThisHost() {
        cluster.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod-eth0'", "'orchestrator':'k8s','node':'here','pod':'pod','endpoint':'eth0','containerID':'c','interfaceName':'cali0',"
                + "'ipNetworks':['fd00::1/128'],'profiles':['kns.x']");
        cluster.policy("x", "shut", "'selector':'all()','types':['Egress']");
        NodeParameters drop = NodeParameters.DEFAULT.withDropToHost(true);
        for (int type : List.of(130, 131, 132, 133, 135, 136)) {
            assertTrue(explain(drop, "x/pod", "fd00::fe", IpProtocol.ICMPV6, type).allowed(), "type " + type);
        }
        assertTrue(explain(drop, "x/pod", "ff02::2", IpProtocol.ICMPV6, 133).allowed(), "to the routers of its link, of which this host is one");
        assertFalse(explain(drop, "x/pod", "ff02::2", IpProtocol.ICMPV6, 128).allowed());
        for (int type : List.of(128, 129, 134, 137)) {
            assertFalse(explain(drop, "x/pod", "fd00::fe", IpProtocol.ICMPV6, type).allowed(), "type " + type);
        }
        assertFalse(explain(drop, "x/pod", "fd00::9", IpProtocol.ICMPV6, 135).allowed(), "forwarded it is what any other is");
    }

    @Test
    void aHostEndpointThatNamesTheLoopbackInterfaceIsAskedBothWaysAboutWhatTheHostSaysToItself() {
        assertTrue(explain(NodeParameters.DEFAULT, "127.0.0.1", "192.0.2.1", IpProtocol.TCP, 80).allowed());
        cluster.put("HostEndpoint", "'name':'all'", "'node':'here','interfaceName':'*'");
        assertTrue(explain(NodeParameters.DEFAULT, "127.0.0.1", "192.0.2.1", IpProtocol.TCP, 80).allowed(), "one for all interfaces leaves it alone");
        cluster.put("HostEndpoint", "'name':'loop','labels':{'host':'loop'}", "'node':'here','interfaceName':'lo'");
        Explanation denied = explain(NodeParameters.DEFAULT, "127.0.0.1", "192.0.2.1", IpProtocol.TCP, 80);
        assertFalse(denied.allowed());
        assertEquals(List.of("loop EGRESS deny", "loop INGRESS deny"), denied.ends().stream().map(end -> end.endpoint() + " " + end.direction() + " " + end.verdict()).toList());
        assertFalse(explain(NodeParameters.DEFAULT, "127.0.0.1", "192.0.2.1", IpProtocol.TCP, 22).allowed(), "open to be received, and not to be sent to");
        assertTrue(explain(NodeParameters.DEFAULT, "127.0.0.1", "192.0.2.1", IpProtocol.TCP, 179).allowed(), "a failsafe port both ways");
        cluster.put("GlobalNetworkPolicy", "'name':'loop'", "'selector':'host == `loop`','types':['Ingress','Egress'],'ingress':[{'action':'Allow'}],'egress':[{'action':'Allow','protocol':'TCP'}]");
        assertTrue(explain(NodeParameters.DEFAULT, "127.0.0.1", "192.0.2.1", IpProtocol.TCP, 80).allowed());
        assertFalse(explain(NodeParameters.DEFAULT, "127.0.0.1", "192.0.2.1", IpProtocol.UDP, 80).allowed());
    }
}
