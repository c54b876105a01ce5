package tombolo.dataplane.adapter.nat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.Nat.Outcome;
import tombolo.api.nat.PortMapping.Protocol;
import tombolo.api.nat.PortCondition;
import tombolo.api.nat.PortMapping;
import tombolo.api.nat.SourceTranslation;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener.Changes;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.dataplane.adapter.nftables.Space;
import tombolo.linux.adapter.LinuxNetlink;

/**
 * Translations, seen by real connections: three namespaces in a row, and in two of them a server that says who asks.
 *
 * <pre>
 *  far 192.0.2.9 ── 192.0.2.1 host ── container 10.65.0.2 (and 2001:db8:1::9, ::1, 2001:db8:65::2)
 * </pre>
 */
class KernelNatTest {
    private static final EndpointId WEB = new EndpointId("web", "eth0");
    /** Says to each that connects from which address it comes. Perl's base is part of every Debian. */
    private static final String SERVER = "use IO::Socket::IP; $s=IO::Socket::IP->new(LocalHost=>$ARGV[0],LocalPort=>$ARGV[1],Listen=>5,ReuseAddr=>1) or die $@; $|=1; print qq(up\\n);"
            + "while($c=$s->accept){print $c $c->peerhost.qq(\\n);close $c}";
    private static final String CLIENT = "use IO::Socket::IP; $c=IO::Socket::IP->new(PeerHost=>$ARGV[0],PeerPort=>$ARGV[1],Timeout=>3) or do {print qq(refused); exit}; "
            + "$l=<$c>; chomp $l; print $l";
    private final LinuxNetlink netlink = new LinuxNetlink();
    private final List<Process> servers = new ArrayList<>();
    private Space host;
    private Space far;
    private Space container;
    private NftablesWriter writer;
    private final KernelNat nat = new KernelNat();

    @BeforeEach
    void open() throws IOException {
        host = new Space();
        far = new Space();
        container = new Space();
        Namespace.run(List.of("ip", "-n", host.name(), "link", "add", "up0", "type", "veth", "peer", "name", "eth0", "netns", far.name()));
        Namespace.run(List.of("ip", "-n", host.name(), "link", "add", "cali1", "type", "veth", "peer", "name", "eth0", "netns", container.name()));
        Namespace.run(host.inside("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.route_localnet=1", "net.ipv4.conf.cali1.proxy_arp=1"));
        address(host, "up0", "192.0.2.1/24", "192.0.2.2/24", "2001:db8:1::1/64");
        address(far, "eth0", "192.0.2.9/24", "2001:db8:1::9/64");
        address(host, "cali1", "10.65.0.1/32", "2001:db8:65::1/64");
        address(container, "eth0", "10.65.0.2/32", "2001:db8:65::2/64");
        host.ip("route add 10.65.0.2/32 dev cali1");
        container.ip("route add 10.65.0.1/32 dev eth0");
        container.ip("route add default via 10.65.0.1");
        container.ip("-6 route add default via 2001:db8:65::1");
        far.ip("-6 route add default via 2001:db8:1::1");
        writer = new NftablesWriter(netlink, Optional.of(host.path()));
        nat.writer(writer);
        nat.connections(Optional.of(new Connections(netlink, Optional.of(host.path()))));
    }

    private static void address(Space space, String name, String... addresses) {
        for (String address : addresses) {
            space.ip("addr add " + address + " dev " + name + (address.contains(":") ? " nodad" : ""));
        }
        space.ip("link set " + name + " up");
    }

    @AfterEach
    void close() throws InterruptedException {
        for (Process server : servers) {
            server.destroyForcibly().waitFor();
        }
        writer.close();
        netlink.close();
        container.close();
        far.close();
        host.close();
    }

    private void serve(Space where, String address, int port) throws IOException {
        Process server = new ProcessBuilder(where.inside("perl", "-e", SERVER, address, Integer.toString(port))).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        servers.add(server);
        assertEquals('u', server.getInputStream().read());
    }

    /** What a server says to one that connects: who it seems to be. */
    private static String ask(Space from, String address, int port) {
        return Namespace.run(from.inside("perl", "-e", CLIENT, address, Integer.toString(port)));
    }

    private static PortMapping tcp(int hostPort, String hostAddress) {
        return new PortMapping(hostPort, 80, Protocol.TCP, hostAddress.isEmpty() ? Optional.empty() : Optional.of(IpAddress.parse(hostAddress)));
    }

    private static Exposed exposed(PortMapping... mappings) {
        return new Exposed(List.of(mappings), List.of(new InterfaceAddress(IpAddress.parse("10.65.0.2"), 32), new InterfaceAddress(IpAddress.parse("2001:db8:65::2"), 128)), true);
    }

    private static Resource pool(String name, String cidr, boolean natOutgoing) {
        IpPool spec = new IpPool(Prefix.parse(cidr), IpPool.Encapsulation.NEVER, IpPool.Encapsulation.NEVER, natOutgoing, false, false, cidr.contains(":") ? 122 : 26, "all()", Optional.empty(),
                Set.of(IpPool.Use.WORKLOAD), IpPool.AssignmentMode.AUTOMATIC);
        return new Resource(ResourceId.of("IPPool", name), Map.of(), spec, Json.Obj.EMPTY, 1);
    }

    /** What azure-cns's containers need: the service knows one address of this host alone, and no pool's. */
    @Test
    void aServiceSeesContainersUnderTheAddressThatItAnswersTo() throws IOException {
        serve(far, "192.0.2.9", 80);
        serve(far, "192.0.2.9", 81);
        far.ip("route add 10.65.0.0/24 via 192.0.2.1");
        nat.changed(new Changes(true, List.of(pool("p", "10.65.0.0/16", true)), List.of()));
        Space.eventually("masqueraded", () -> ask(container, "192.0.2.9", 80).equals("192.0.2.1"));
        SourceTranslation web = new SourceTranslation(Prefix.parse("10.65.0.0/24"), IpAddress.parse("192.0.2.9"), Protocol.TCP, 80, IpAddress.parse("192.0.2.2"));
        assertEquals(new Outcome.Done(), nat.sources(Set.of(web)));
        assertEquals("192.0.2.2", ask(container, "192.0.2.9", 80), "before what is masqueraded");
        assertEquals("192.0.2.1", ask(container, "192.0.2.9", 81), "another service");
        assertEquals(List.of(web), nat.view().sources());
        String shown = host.list();
        nat.writerGone(writer);
        writer.close();
        assertInstanceOf(Outcome.Refused.class, nat.sources(Set.of()), "nobody writes");
        assertEquals(List.of(web), nat.view().sources(), "what is refused changes nothing");
        writer = new NftablesWriter(netlink, Optional.of(host.path()));
        nat.writer(writer);
        assertEquals(new Outcome.Done(), nat.sources(Set.of(web)));
        assertEquals(shown.replaceAll("packets \\d+ bytes \\d+", ""), host.list().replaceAll("packets \\d+ bytes \\d+", ""));
        assertEquals(new Outcome.Done(), nat.sources(Set.of()));
        assertEquals("192.0.2.1", ask(container, "192.0.2.9", 80));
        assertFalse(host.list().contains("sources-"), host.list());
    }

    /** Two network containers of one subnet: each container's source is its own, whatever its subnet's is, and the rules are as many as there are sources. */
    @Test
    void ofTwoContainersOfOneSubnetEachIsSeenUnderItsOwnSource() throws IOException {
        serve(far, "192.0.2.9", 80);
        far.ip("route add 10.65.0.0/24 via 192.0.2.1");
        container.ip("addr add 10.65.0.3/32 dev eth0");
        host.ip("route add 10.65.0.3/32 dev cali1");
        Set<SourceTranslation> all = new java.util.HashSet<>(Set.of(web("10.65.0.0/24", "192.0.2.1"), web("10.65.0.3/32", "192.0.2.2")));
        assertEquals(new Outcome.Done(), nat.sources(all));
        assertEquals("192.0.2.1 192.0.2.2", askAs("10.65.0.2") + " " + askAs("10.65.0.3"), "the smaller range decides");
        for (int i = 5; i < 250; i++) {
            all.add(web("10.65.0." + i + "/32", i % 2 == 0 ? "192.0.2.1" : "192.0.2.2"));
        }
        assertEquals(new Outcome.Done(), nat.sources(all));
        assertEquals("192.0.2.1 192.0.2.2", askAs("10.65.0.2") + " " + askAs("10.65.0.3"));
        String shown = host.list();
        assertEquals(3, shown.lines().filter(line -> line.contains("snat")).count(), shown);
        nat.sources(Set.of(web("10.65.0.2/32", "192.0.2.2"), web("10.65.0.3/32", "192.0.2.1")));
        assertEquals("192.0.2.2 192.0.2.1", askAs("10.65.0.2") + " " + askAs("10.65.0.3"));
        assertFalse(host.list().contains("set sources-"), host.list());
    }

    private static SourceTranslation web(String from, String source) {
        return new SourceTranslation(Prefix.parse(from), IpAddress.parse("192.0.2.9"), Protocol.TCP, 80, IpAddress.parse(source));
    }

    /** What the service says to the container under one of its addresses. */
    private String askAs(String address) {
        container.ip("route change default via 10.65.0.1 src " + address);
        return ask(container, "192.0.2.9", 80);
    }

    @Test
    void aPortOfTheHostLeadsToTheContainerFromFarAwayFromTheHostAndFromTheContainerItself() throws IOException {
        serve(container, "10.65.0.2", 80);
        serve(container, "2001:db8:65::2", 80);
        assertEquals(new Outcome.Done(), nat.all(Map.of()));
        assertEquals("refused", ask(far, "192.0.2.1", 8080));
        assertEquals(new Outcome.Done(), nat.map(WEB, exposed(tcp(8080, ""), tcp(8081, "192.0.2.2"))));
        assertEquals("192.0.2.9", ask(far, "192.0.2.1", 8080), "nothing but the destination is translated");
        assertEquals("2001:db8:1::9", ask(far, "2001:db8:1::1", 8080));
        assertEquals("192.0.2.9", ask(far, "192.0.2.2", 8081));
        assertEquals("refused", ask(far, "192.0.2.1", 8081), "another address of the host");
        assertEquals("10.65.0.1", ask(host, "192.0.2.1", 8080).replace("192.0.2.1", "10.65.0.1"), "from the host itself, by its own address");
        assertTrue(List.of("10.65.0.1", "192.0.2.1").contains(ask(host, "127.0.0.1", 8080)), "from loopback, masqueraded");
        assertTrue(List.of("10.65.0.1", "192.0.2.1").contains(ask(container, "192.0.2.1", 8080)), "hairpin");
        assertEquals("2001:db8:65::1", ask(container, "2001:db8:1::1", 8080), "hairpin");
        assertEquals(new Outcome.Done(), nat.unmap(WEB));
        assertEquals("refused", ask(far, "192.0.2.1", 8080));
        String left = host.list();
        assertFalse(left.contains("chain") || left.contains("map"), "without a mapping there is nothing that connection tracking would be needed for: " + left);
    }

    private static Exposed only(Exposed all, PortCondition... conditions) {
        return new Exposed(all.mappings(), all.addresses(), all.masked(), List.of(conditions));
    }

    /** The reference's portmap hands conditions to iptables; containers with other conditions, or none, are not touched by them. */
    @Test
    void aPortWithConditionsIsThereForThoseAloneOfWhomTheyHold() throws IOException {
        serve(container, "10.65.0.2", 80);
        serve(container, "2001:db8:65::2", 80);
        nat.all(Map.of());
        PortCondition notThere = new PortCondition.OfAddress(PortCondition.Side.SOURCE, true, Prefix.parse("192.0.2.0/24"));
        PortCondition there = new PortCondition.OfAddress(PortCondition.Side.SOURCE, false, Prefix.parse("192.0.2.8/30"));
        PortCondition second = new PortCondition.OfAddress(PortCondition.Side.DESTINATION, false, Prefix.parse("192.0.2.2/32"));
        assertEquals(new Outcome.Done(), nat.map(WEB, only(exposed(tcp(8080, ""), tcp(8081, "192.0.2.2")), notThere)));
        assertEquals("refused", ask(far, "192.0.2.1", 8080));
        assertEquals("refused", ask(far, "192.0.2.2", 8081));
        assertEquals("2001:db8:1::9", ask(far, "2001:db8:1::1", 8080), "of the other family nothing was said");
        EndpointId other = new EndpointId("other", "eth0");
        assertEquals(new Outcome.Done(), nat.map(other, only(exposed(tcp(9090, ""), tcp(9091, "192.0.2.2")), there, second)));
        assertEquals("refused", ask(far, "192.0.2.1", 9090), "the second condition does not hold");
        assertEquals("192.0.2.9", ask(far, "192.0.2.2", 9090));
        assertEquals("192.0.2.9", ask(far, "192.0.2.2", 9091));
        EndpointId third = new EndpointId("third", "eth0");
        assertEquals(new Outcome.Done(), nat.map(third, exposed(tcp(7070, ""))));
        assertEquals("192.0.2.9", ask(far, "192.0.2.1", 7070), "one without conditions");
        assertEquals(new Outcome.Done(), nat.map(WEB, only(exposed(tcp(8080, "")), there, second)), "the same as the other's: the maps are shared");
        assertEquals("192.0.2.9", ask(far, "192.0.2.2", 8080));
        assertEquals("192.0.2.9", ask(far, "192.0.2.2", 9090));
        nat.unmap(WEB);
        assertEquals("192.0.2.9", ask(far, "192.0.2.2", 9090));
        nat.unmap(other);
        assertEquals("192.0.2.9", ask(far, "192.0.2.1", 7070));
        assertFalse(host.list().contains("192.0.2.8"), "conditions that nobody has are gone: " + host.list());
    }

    /** A host with several interfaces, of which one is to have the port. */
    @Test
    void aPortMayBeForOneInterfaceOfTheHost() throws IOException {
        serve(container, "10.65.0.2", 80);
        nat.all(Map.of());
        PortCondition up = new PortCondition.ArrivedBy(AddressFamily.IPV4, false, "up0");
        PortCondition notUp = new PortCondition.ArrivedBy(AddressFamily.IPV4, true, "up+");
        assertEquals(new Outcome.Done(), nat.map(WEB, only(exposed(tcp(8080, "")), up)));
        assertEquals(new Outcome.Done(), nat.map(new EndpointId("other", "eth0"), only(exposed(tcp(9090, "")), notUp)));
        assertEquals("192.0.2.9", ask(far, "192.0.2.1", 8080));
        assertEquals("refused", ask(container, "192.0.2.1", 8080), "it came by cali1");
        assertEquals("refused", ask(host, "192.0.2.1", 8080), "it came by none");
        assertEquals("refused", ask(far, "192.0.2.1", 9090));
        assertTrue(List.of("10.65.0.1", "192.0.2.1").contains(ask(container, "192.0.2.1", 9090)), "hairpin");
        assertTrue(host.list().contains("iifname \"up0\"") && host.list().contains("iifname != \"up*\""), host.list());
    }

    @Test
    void aClientOfUdpThatGoesOnSendingReachesTheContainerFromNowOn() {
        nat.all(Map.of());
        nat.map(new EndpointId("other", "eth0"), exposed(tcp(9090, ""))); // so that connections are tracked
        String send = "use IO::Socket::IP; $s=IO::Socket::IP->new(Proto=>'udp',LocalPort=>4000,PeerHost=>'192.0.2.1',PeerPort=>5353); $s->send('x'); close $s; $s=IO::Socket::IP->new(Proto=>'udp',"
                + "LocalPort=>4000,PeerHost=>'192.0.2.1',PeerPort=>5454); $s->send('x')";
        Namespace.run(far.inside("perl", "-e", send));
        String before = tracked();
        assertTrue(before.contains("dport=5353") && before.contains("dport=5454"), before);
        nat.map(WEB, exposed(new PortMapping(5353, 53, Protocol.UDP, Optional.empty())));
        assertFalse(tracked().contains("dport=5353"), tracked());
        assertTrue(tracked().contains("dport=5454"), "those to other ports stay");
        Namespace.run(far.inside("perl", "-e", send));
        assertTrue(tracked().contains("src=10.65.0.2 dst=192.0.2.9 sport=53"), tracked());
        nat.unmap(WEB);
        assertFalse(tracked().contains("dport=5353"), tracked());
    }

    private String tracked() {
        return Namespace.run(host.inside("cat", "/proc/net/nf_conntrack"));
    }

    @Test
    void aPortThatIsTakenIsRefusedAndNothingOfTheOtherMappingsIsLeft() {
        nat.all(Map.of());
        nat.map(WEB, exposed(tcp(8080, "")));
        EndpointId other = new EndpointId("other", "eth0");
        Outcome.Taken taken = assertInstanceOf(Outcome.Taken.class, nat.map(other, exposed(tcp(9090, ""), tcp(8080, "192.0.2.1"))));
        assertEquals(WEB, taken.by());
        assertFalse(host.list().contains("9090"), host.list());
        assertEquals(new Outcome.Done(), nat.map(other, exposed(new PortMapping(8080, 80, Protocol.UDP, Optional.empty()), new PortMapping(8080, 80, Protocol.SCTP, Optional.empty()))));
        assertInstanceOf(Outcome.Taken.class, nat.map(new EndpointId("third", "eth0"), exposed(tcp(7070, ""), tcp(7070, ""))), "twice by one container");
        assertTrue(host.list().contains("udp . 8080 comment \"other/eth0\" : 10.65.0.2 . 80"), host.list());
        assertTrue(host.list().contains("sctp . 8080"), host.list());
    }

    @Test
    void whatLeavesTheClusterHasTheNodesAddressAndWhatStaysInItHasItsOwn() throws IOException {
        serve(far, "192.0.2.9", 80);
        serve(far, "2001:db8:1::9", 80);
        far.ip("route add 10.65.0.0/16 via 192.0.2.1");
        assertEquals("10.65.0.2", ask(container, "192.0.2.9", 80));
        nat.changed(new Changes(true, List.of(pool("a", "10.65.0.0/16", true), pool("b", "2001:db8:65::/64", true)), List.of()));
        Space.eventually("masqueraded", () -> ask(container, "192.0.2.9", 80).equals("192.0.2.1"));
        assertEquals("2001:db8:1::1", ask(container, "2001:db8:1::9", 80));
        nat.changed(new Changes(false, List.of(pool("c", "192.0.2.0/24", false)), List.of()));
        Space.eventually("a pool of the cluster", () -> ask(container, "192.0.2.9", 80).equals("10.65.0.2"));
        nat.changed(new Changes(false, List.of(), List.of(ResourceId.of("IPPool", "c"))));
        Space.eventually("masqueraded again", () -> ask(container, "192.0.2.9", 80).equals("192.0.2.1"));
        assertEquals(List.of("10.65.0.0/16", "2001:db8:65::/64"), nat.view().masqueraded().stream().map(Object::toString).toList());
    }

    /** The writer goes and another comes, as when the bundle is swapped or the process killed; connections and pings go on meanwhile. */
    @Test
    void anotherWriterAdoptsWhatIsInForceAndNoPacketIsLost() throws Exception {
        serve(container, "10.65.0.2", 80);
        nat.all(Map.of());
        nat.map(WEB, exposed(tcp(8080, "")));
        nat.changed(new Changes(true, List.of(pool("a", "10.65.0.0/16", true)), List.of()));
        Space.eventually("a connection is translated as its first packet is", () -> host.list().contains("masq-postrouting"));
        Process ping = new ProcessBuilder(container.inside("ping", "-i", "0.01", "-c", "100", "-W", "2", "192.0.2.9")).redirectErrorStream(true).start();
        for (int round = 0; round < 3; round++) {
            nat.writerGone(writer);
            assertEquals("192.0.2.9", ask(far, "192.0.2.1", 8080), "without a writer the kernel goes on");
            writer.close();
            writer = new NftablesWriter(netlink, Optional.of(host.path()));
            KernelNat fresh = new KernelNat();
            fresh.writer(writer);
            fresh.changed(new Changes(true, List.of(pool("a", "10.65.0.0/16", true)), List.of()));
            assertEquals(new Outcome.Done(), fresh.all(Map.of(WEB, exposed(tcp(8080, "")))));
            assertEquals(0, writer.status().transactions(), "what is there is as it should be");
            assertEquals("192.0.2.9", ask(far, "192.0.2.1", 8080));
        }
        String output = new String(ping.getInputStream().readAllBytes());
        assertEquals(0, ping.waitFor(), output);
        assertTrue(output.contains("100 received"), output);
    }

    @Test
    void aMappingThatAnEarlierLifeLeftAndNobodyRecordedGoes() {
        nat.all(Map.of(WEB, exposed(tcp(8080, ""))));
        assertTrue(host.list().contains("8080"));
        KernelNat fresh = new KernelNat();
        writer.close();
        writer = new NftablesWriter(netlink, Optional.of(host.path()));
        fresh.writer(writer);
        assertInstanceOf(Outcome.Refused.class, fresh.map(WEB, exposed(tcp(8080, ""))), "what else there is has not been told");
        assertTrue(host.list().contains("8080"));
        assertEquals(new Outcome.Done(), fresh.all(Map.of()));
        assertFalse(host.list().contains("8080"), host.list());
    }
}
