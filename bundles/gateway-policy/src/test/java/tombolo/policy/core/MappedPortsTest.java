package tombolo.policy.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.PortCondition;
import tombolo.api.nat.PortMapping;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.policy.Policies.Explanation;
import tombolo.api.policy.Policies.Question;
import tombolo.api.resource.IpProtocol;

/** What is told of packets to ports of this host that lead to a container: port 8080 of every address to port 80 of {@code x/web}. */
class MappedPortsTest {
    private static final Map<String, Set<IpAddress>> INTERFACES = Map.of("eth0", Set.of(IpAddress.parse("192.0.2.1")), "eth1", Set.of(IpAddress.parse("192.0.2.129")));
    private static final PortMapping MAPPING = new PortMapping(8080, 80, PortMapping.Protocol.TCP, Optional.empty());

    private final Cluster cluster = new Cluster();

    @BeforeEach
    void twoPods() {
        cluster.pod("x", "web", "'role':'web'", "10.0.0.1");
        cluster.pod("x", "client", "'role':'client'", "10.0.0.2");
    }

    private Explanation explain(NodeParameters parameters, Exposed exposed, String from, String to, int port) {
        return new Answers(cluster.engine, Cluster.NOBODY, HostInterfaces.of(cluster.engine.endpoints().values(), INTERFACES), parameters, INTERFACES, new MappedPorts(List.of(exposed)))
                .explain(new Question(from, to, IpProtocol.TCP, OptionalInt.of(port)));
    }

    private Explanation explain(String from, int port) {
        return explain(NodeParameters.DEFAULT, exposed(MAPPING), from, "192.0.2.1", port);
    }

    private static Exposed exposed(PortMapping mapping, PortCondition... conditions) {
        return new Exposed(List.of(mapping), List.of(new InterfaceAddress(IpAddress.parse("10.0.0.1"), 32)), false, List.of(conditions));
    }

    @Test
    void aPacketToAMappedPortIsOneToTheContainerWhoseOwnPolicyDecides() {
        cluster.policy("x", "web", "'selector':'role == `web`','ingress':[{'action':'Allow','source':{'nets':['198.51.100.0/24']},'destination':{'ports':[80]},'protocol':'TCP'}]");
        Explanation allowed = explain("198.51.100.9", 8080);
        assertTrue(allowed.allowed());
        assertEquals("x/web", allowed.ends().getLast().endpoint());
        assertEquals("198.51.100.9 to 192.0.2.1 TCP port 8080 from port 49152, led to 10.0.0.1 port 80 by the mapped port 8080/tcp", allowed.traffic());
        assertFalse(explain("203.0.113.9", 8080).allowed());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> explain("203.0.113.9", 80)).getMessage().startsWith("TMB-POL-012"));
    }

    @Test
    void whatAPodSendsToAMappedPortIsForwardedAndNothingThatThisHostReceives() {
        assertTrue(explain(NodeParameters.DEFAULT.withDropToHost(true), exposed(MAPPING), "x/client", "192.0.2.1", 8080).allowed());
        assertFalse(explain(NodeParameters.DEFAULT.withDropToHost(true), exposed(MAPPING), "x/client", "192.0.2.1", 80).allowed());
        cluster.policy("x", "web", "'selector':'role == `web`','types':['Ingress']");
        assertFalse(explain("x/client", 8080).allowed());
        assertFalse(explain("x/web", 8080).allowed(), "it leaves the container and comes back");
    }

    @Test
    void whatHostEndpointsReceiveIsNotAskedOfAMappedPortButWhatIsAskedBeforeDestinationsAreChangedIsOfTheHostsPort() {
        cluster.put("HostEndpoint", "'name':'eth','labels':{'host':'eth'}", "'node':'here','interfaceName':'eth0'");
        cluster.put("HostEndpoint", "'name':'other','labels':{'host':'eth'}", "'node':'here','interfaceName':'eth1'");
        assertFalse(explain("198.51.100.9", 80).allowed(), "no policy and no profile");
        assertTrue(explain("198.51.100.9", 8080).allowed());
        cluster.put("GlobalNetworkPolicy", "'name':'before'", "'selector':'host == `eth`','preDNAT':true,'applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Deny','protocol':'TCP','destination':{'ports':[8080]}}]");
        assertFalse(explain("198.51.100.9", 8080).allowed());
    }

    @Test
    void aMappingThatIsForOneAddressOrHasConditionsLeadsOnlyWhatTheyMean() {
        cluster.policy("x", "web", "'selector':'role == `web`','types':['Ingress']");
        NodeParameters plain = NodeParameters.DEFAULT;
        Exposed one = exposed(new PortMapping(8080, 80, PortMapping.Protocol.TCP, Optional.of(IpAddress.parse("192.0.2.129"))));
        assertTrue(explain(plain, one, "x/client", "192.0.2.1", 8080).allowed());
        assertFalse(explain(plain, one, "x/client", "192.0.2.129", 8080).allowed());
        Exposed near = exposed(MAPPING, new PortCondition.OfAddress(PortCondition.Side.SOURCE, true, tombolo.api.net.Prefix.parse("10.0.0.2/32")));
        assertTrue(explain(plain, near, "x/client", "192.0.2.1", 8080).allowed());
        Exposed by = exposed(MAPPING, new PortCondition.ArrivedBy(AddressFamily.IPV4, false, "cali+"));
        assertFalse(explain(plain, by, "x/client", "192.0.2.1", 8080).allowed());
    }

    @Test
    void whereAMappingIsForOneOfTheInterfacesOutsideAPacketIsDeniedOnlyWhereItIsEitherWay() {
        cluster.policy("x", "web", "'selector':'role == `web`','types':['Ingress']");
        cluster.put("HostEndpoint", "'name':'all','labels':{'host':'all'}", "'node':'here','interfaceName':'*','profiles':['projectcalico-default-allow']");
        Exposed by = exposed(MAPPING, new PortCondition.ArrivedBy(AddressFamily.IPV4, false, "eth0"));
        Explanation either = explain(NodeParameters.DEFAULT, by, "198.51.100.9", "192.0.2.1", 8080);
        assertTrue(either.allowed());
        assertTrue(either.traffic().endsWith(", led to 10.0.0.1 port 80 by the mapped port 8080/tcp where interface eth0"), either.traffic());
        cluster.put("HostEndpoint", "'name':'all','labels':{'host':'all'}", "'node':'here','interfaceName':'*'");
        assertFalse(explain(NodeParameters.DEFAULT, by, "198.51.100.9", "192.0.2.1", 8080).allowed());
    }

    /** NAT passes over what connection tracking does not know. */
    @Test
    void whatADoNotTrackPolicyAllowsIsLedNowhere() {
        cluster.policy("x", "web", "'selector':'role == `web`','types':['Ingress']");
        cluster.put("HostEndpoint", "'name':'eth','labels':{'host':'eth'}", "'node':'here','interfaceName':'eth0'");
        cluster.put("HostEndpoint", "'name':'other','labels':{'host':'eth'}", "'node':'here','interfaceName':'eth1'");
        cluster.put("GlobalNetworkPolicy", "'name':'stateless'", "'selector':'host == `eth`','doNotTrack':true,'applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Allow','source':{'nets':['198.51.100.0/24']}}]");
        Explanation untracked = explain("198.51.100.9", 8080);
        assertTrue(untracked.allowed());
        assertFalse(untracked.traffic().contains("led to"), untracked.traffic());
        assertTrue(explain("203.0.113.9", 8080).traffic().contains("led to"), "what it does not decide is tracked");
        assertTrue(explain("x/client", 8080).traffic().contains("led to"), "what containers send is tracked");
    }

    @Test
    void whatAPodBehindTheBridgeSendsComesByTheBridge() {
        cluster.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-far-eth0','annotations':{'tombolo.io/mode':'bridge'}", "'orchestrator':'k8s','node':'here','pod':'far','endpoint':'eth0',"
                + "'containerID':'cfar','interfaceName':'azv1','mac':'02:00:00:00:00:01','ipNetworks':['10.0.0.3/32'],'profiles':['kns.x']");
        cluster.policy("x", "web", "'selector':'role == `web`','types':['Ingress']");
        HostInterfaces hosts = HostInterfaces.of(cluster.engine.endpoints().values(), INTERFACES, Optional.of(new HostInterfaces.Bridge("azure0", false)));
        Exposed by = exposed(MAPPING, new PortCondition.ArrivedBy(AddressFamily.IPV4, false, "azure0"));
        assertFalse(new Answers(cluster.engine, Cluster.NOBODY, hosts, NodeParameters.DEFAULT, INTERFACES, new MappedPorts(List.of(by)))
                .explain(new Question("x/far", "192.0.2.1", IpProtocol.TCP, OptionalInt.of(8080))).allowed());
    }
}
