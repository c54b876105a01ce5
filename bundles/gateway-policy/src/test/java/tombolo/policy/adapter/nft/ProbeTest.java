package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.Endpoints;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.Links;
import tombolo.api.net.IpAddress;
import tombolo.api.policy.Policies.Probed;
import tombolo.api.policy.Policies.Question;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.ResourceId;
import tombolo.dataplane.adapter.nftables.KernelProbe;
import tombolo.linux.adapter.LinuxRawPackets;

/** What a packet meets in the kernel against what the model says of it, both families. */
class ProbeTest {
    /** What gateway-cni would know. */
    record Containers(List<Endpoint> list) implements Endpoints {
        static Containers of(RunningPolicy running, int count) {
            List<Endpoint> all = new ArrayList<>();
            for (int pod = 0; pod < count; pod++) {
                all.add(new Endpoint(new EndpointId("c" + pod, "eth0"), "net", "routed", "/run/netns/" + running.pods.namespace(pod), "cali" + pod, Optional.empty(), 1500, List.of(),
                        java.util.Map.of(), Endpoint.State.READY, 0));
            }
            return new Containers(List.copyOf(all));
        }

        @Override
        public Optional<Endpoint> get(EndpointId id) {
            return list.stream().filter(one -> one.id().equals(id)).findFirst();
        }

        @Override
        public Optional<Explanation> explain(EndpointId id) {
            return Optional.empty();
        }

        @Override
        public Status status() {
            return new Status(Optional.empty(), List.of(), list.size(), 0, 0, java.util.Map.of(), List.of());
        }
    }

    private static Probed probe(RunningPolicy running, String from, String to, IpProtocol protocol, int port) {
        return running.node.probe(new Question(from, to, protocol, port == 0 ? OptionalInt.empty() : OptionalInt.of(port)));
    }

    private static void says(boolean passed, Probed probed) {
        assertEquals(Optional.of(passed), probed.passed(), probed.toString());
        assertTrue(probed.agrees() && probed.explanation().allowed() == passed, probed.toString());
    }

    @Test
    void aPacketIsFollowedThroughTheKernelsRulesAndComparedWithTheModel() {
        try (RunningPolicy running = new RunningPolicy(2, List.of(80))) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> probe(running, "x/pod0", "x/pod1", IpProtocol.TCP, 80)).getMessage().startsWith("TMB-POL-022"));
            KernelProbe kernel = new KernelProbe(running.netlink, new LinuxRawPackets(running.netlink), running.writer, Optional.of("/run/netns/" + running.pods.router()));
            kernel.begin();
            running.node.packetProbe(Optional.of(kernel));
            assertTrue(assertThrows(IllegalArgumentException.class, () -> probe(running, "x/pod0", "x/pod1", IpProtocol.TCP, 80)).getMessage().startsWith("TMB-POL-023"));
            running.node.containers(Optional.of(Containers.of(running, 2)));
            running.policy("web", "'selector':'pod == `p1`','ingress':[{'action':'Deny','protocol':'TCP','destination':{'ports':[81]}},{'action':'Allow','protocol':'TCP'},"
                    + "{'action':'Allow','protocol':'ICMP','icmp':{'type':8}},{'action':'Allow','protocol':'ICMPv6','icmp':{'type':128}},{'action':'Allow','protocol':47},{'action':'Allow','protocol':'SCTP','destination':{'ports':[90,'100:110']}},{'action':'Allow','protocol':'UDPLite'}]");
            running.policy("closed", "'selector':'pod == `p0`','types':['Ingress']");
            allowedAndDenied(running);
            whatTheModelDoesNotKnow(running);
            String rules = running.pods.nft("list", "table", "inet", "tombolo");
            assertTrue(rules.contains("sctp dport @policy-portlist") && rules.contains("meta l4proto udplite counter"), rules);
            assertFalse(running.pods.nft("list", "table", "inet", "tombolo").contains("probe-"), "nothing of a probe is left");
        }
    }

    /** Of the router, as gateway-dataplane would tell them. */
    record Interfaces(List<Link> links) implements Links {
        Interfaces(String... names) {
            this(IntStream.range(0, names.length).mapToObj(i -> new Link(i + 2, names[i], Optional.empty(), true, true, 1500, List.of(
                    new Link.InterfaceAddress(IpAddress.parse("10.0.0.254"), 32), new Link.InterfaceAddress(IpAddress.parse("fd00::fe"), 128)))).toList());
        }

        @Override
        public Optional<Link> connectedTo(IpAddress address) {
            return Optional.empty();
        }

        @Override
        public boolean usable(String interfaceName) {
            return true;
        }
    }

    @Test
    void whatAPodSendsToItsOwnHostIsDroppedByTheHostsSettingAndByWhatIsAskedBeforeDestinationsAreChangedAsTheModelSays() {
        try (RunningPolicy running = new RunningPolicy(1, List.of(80))) {
            KernelProbe kernel = new KernelProbe(running.netlink, new LinuxRawPackets(running.netlink), running.writer, Optional.of("/run/netns/" + running.pods.router()));
            kernel.begin();
            running.node.packetProbe(Optional.of(kernel));
            running.node.containers(Optional.of(Containers.of(running, 1)));
            running.node.linksCame(new Interfaces("cali0"));
            for (String host : List.of("10.0.0.254", "fd00::fe")) {
                says(true, probe(running, "x/pod0", host, IpProtocol.TCP, 80));
                running.put("FelixConfiguration", "'name':'default'", "'defaultEndpointToHostAction':'Drop'");
                says(false, probe(running, "x/pod0", host, IpProtocol.TCP, 80));
                running.put("FelixConfiguration", "'name':'default'", "'defaultEndpointToHostAction':'Accept'");
                running.put("HostEndpoint", "'name':'all','labels':{'host':'all'}", "'node':'here','interfaceName':'*'");
                says(true, probe(running, "x/pod0", host, IpProtocol.TCP, 80));
                running.put("GlobalNetworkPolicy", "'name':'before'", "'selector':'host == `all`','preDNAT':true,'applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Deny','protocol':'TCP'}]");
                says(false, probe(running, "x/pod0", host, IpProtocol.TCP, 80));
                says(true, probe(running, "x/pod0", host, IpProtocol.TCP, 22)); // a failsafe port
                says(true, probe(running, "x/pod0", host, IpProtocol.UDP, 80));
                running.remove(ResourceId.of("GlobalNetworkPolicy", "before"));
                running.remove(ResourceId.of("HostEndpoint", "all"));
            }
        }
    }

    private static void allowedAndDenied(RunningPolicy running) {
        for (boolean ipv4 : List.of(true, false)) {
            String to = Pods.address(1, ipv4);
            says(true, probe(running, "x/pod0", to, IpProtocol.TCP, 80));
            Probed denied = probe(running, "x/pod0", to, IpProtocol.TCP, 81);
            says(false, denied);
            assertTrue(denied.path().stream().anyMatch(step -> step.rule().equals("NetworkPolicy(x/web) ingress rule 1") && step.verdict().startsWith("goto ")), denied.path().toString());
            assertEquals("drop", denied.path().getLast().verdict());
            says(false, probe(running, "x/pod0", to, IpProtocol.UDP, 80));
            says(true, probe(running, "x/pod0", to, ipv4 ? IpProtocol.ICMP : IpProtocol.ICMPV6, 0));
            says(true, probe(running, "x/pod0", to, new IpProtocol(47), 0));
            says(false, probe(running, "x/pod0", to, IpProtocol.SCTP, 80));
            // No socket of this kernel speaks these: a real packet through the real rules decides.
            says(true, probe(running, "x/pod0", to, IpProtocol.SCTP, 90));
            says(true, probe(running, "x/pod0", to, IpProtocol.SCTP, 105));
            says(false, probe(running, "x/pod0", to, IpProtocol.SCTP, 111));
            says(true, probe(running, "x/pod0", to, IpProtocol.UDPLITE, 0));
            says(false, probe(running, "x/pod1", Pods.address(0, ipv4), IpProtocol.UDPLITE, 0));
            says(false, probe(running, "x/pod0", to, new IpProtocol(50), 0));
            says(true, probe(running, "x/pod1", ipv4 ? "10.0.0.254" : "fd00::fe", IpProtocol.UDP, 53));
        }
        assertTrue(running.pods.nobodyHeard(), "no probe comes to a server");
    }

    private static void whatTheModelDoesNotKnow(RunningPolicy running) {
        running.pods.nft("add table ip other; add chain ip other f { type filter hook forward priority 10; }; add rule ip other f tcp dport 80 drop");
        Probed elsewhere = probe(running, "x/pod0", "x/pod1", IpProtocol.TCP, 80);
        assertEquals(Optional.of(false), elsewhere.passed());
        assertFalse(elsewhere.agrees());
        assertEquals("ip other f drop", elsewhere.path().getLast().table() + " " + elsewhere.path().getLast().chain() + " " + elsewhere.path().getLast().verdict());
        running.pods.nft("delete table ip other");
        Probed nowhere = probe(running, "x/pod0", "192.0.2.1", IpProtocol.TCP, 80);
        assertEquals(Optional.empty(), nowhere.passed());
        assertTrue(nowhere.result().contains("no route"), nowhere.result());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> probe(running, "192.0.2.1", "x/pod1", IpProtocol.TCP, 80)).getMessage().startsWith("TMB-POL-021"));
    }
}
