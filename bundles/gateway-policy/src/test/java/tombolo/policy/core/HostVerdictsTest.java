package tombolo.policy.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.net.IpAddress;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.policy.Policies.Explanation;
import tombolo.api.policy.Policies.Question;
import tombolo.api.resource.HostEndpoint;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.policy.core.NodeParameters.Failsafe;
import tombolo.policy.oracle.HostOracle;
import tombolo.policy.oracle.Oracle;

/** What is told of host endpoints. */
class HostVerdictsTest {
    private static final int WORLDS = 150;
    /** More of these: few have a policy that decides what no other place does. */
    private static final int ANSWERED = 1500;
    private static final NodeParameters OPEN = new NodeParameters(false, List.of(new Failsafe(IpProtocol.UDP, 82, Optional.empty())), List.of(new Failsafe(IpProtocol.TCP, 82, Optional.empty())),
            List.of("cali"));
    private static final Map<String, Set<IpAddress>> INTERFACES = Map.of("eth0", Set.of(IpAddress.parse("192.0.2.1")), "eth1", Set.of(IpAddress.parse("192.0.2.129")));
    private final Cluster cluster = new Cluster();

    private Answers answers() {
        return new Answers(cluster.engine, Cluster.NOBODY, HostInterfaces.of(cluster.engine.endpoints().values(), INTERFACES), NodeParameters.DEFAULT, Map.of());
    }

    private void host(String name, String spec) {
        cluster.put("HostEndpoint", "'name':'" + name + "','labels':{'host':'" + name + "'}", "'node':'here'," + spec);
    }

    private Explanation explain(String from, String to, int port) {
        return answers().explain(new Question(from, to, IpProtocol.TCP, OptionalInt.of(port)));
    }

    /** So many policies of host endpoints at any of their stages, and so many other resources, but for those of some kinds. */
    private static Map<ResourceId, Resource> there(Random random, RandomWorld world, int policies, int others, Class<?>... not) {
        Map<ResourceId, Resource> there = new HashMap<>();
        for (int i = 0; i < policies + others; i++) {
            Resource resource = i < policies ? world.hostPolicy(RandomWorld.Place.values()[random.nextInt(4)]) : world.resource();
            if (List.of(not).stream().noneMatch(kind -> kind.isInstance(resource.spec()))) {
                there.put(resource.id(), resource);
            }
        }
        return there;
    }

    @Test
    void theVerdictAtEachStageIsThatOfAnEvaluatorThatReadsTheResourcesAnew() {
        long first = Long.getLong("tombolo.seed", System.nanoTime());
        System.out.println("HostVerdictsTest seeds " + first + " to " + (first + WORLDS - 1));
        int[] seen = new int[2];
        for (long seed = first; seed < first + WORLDS; seed++) {
            Random random = new Random(seed);
            RandomWorld world = new RandomWorld(random);
            Map<ResourceId, Resource> there = there(random, world, 6, 4, HostEndpoint.class);
            for (int i = 0; i < 2; i++) {
                Resource host = world.hostEndpoint("hep-" + i, Optional.of(i == 0 ? "eth0" : HostInterfaces.ALL), List.of(IpAddress.parse("10.0.0.1" + i)));
                there.put(host.id(), host);
            }
            PolicyEngine engine = new PolicyEngine(RandomWorld.NODE);
            engine.apply(there.values(), List.of());
            HostInterfaces interfaces = HostInterfaces.of(engine.endpoints().values(), INTERFACES);
            HostVerdicts verdicts = new HostVerdicts(engine, interfaces, OPEN);
            HostOracle oracle = new HostOracle(there.values(), new HostOracle.Node(RandomWorld.NODE, INTERFACES, Set.of("17 82"), Set.of("6 82"), false));
            for (int i = 0; i < 40; i++) {
                compare(seed, random, engine, interfaces, verdicts, oracle, seen);
            }
        }
        assertTrue(seen[0] > 500 && seen[1] > 500, "the worlds were too plain: " + seen[0] + " denied, " + seen[1] + " allowed");
    }

    private static void compare(long seed, Random random, PolicyEngine engine, HostInterfaces interfaces, HostVerdicts verdicts, HostOracle oracle, int[] seen) {
        String name = random.nextBoolean() ? "eth0" : "eth1";
        Model.Endpoint host = engine.endpoints().get(Optional.ofNullable(interfaces.named().get(name)).or(interfaces::all).orElseThrow());
        IpAddress source = IpAddress.v4(0x0a000000 | random.nextInt(20));
        IpAddress destination = IpAddress.v4(0x0a000000 | random.nextInt(20));
        boolean tcp = random.nextBoolean();
        int port = 79 + random.nextInt(5);
        boolean in = random.nextBoolean();
        Packet packet = Packet.to(source, destination, tcp ? IpProtocol.TCP : IpProtocol.UDP, port);
        boolean expected = oracle.fate(in ? Optional.of(name) : Optional.empty(), in ? Optional.empty() : Optional.of(name),
                new Oracle.Probe(source, destination, tcp ? 6 : 17, packet.sourcePort(), port, -1, -1)).passes();
        Verdicts.Verdict verdict = verdicts.own(host, in ? Direction.INGRESS : Direction.EGRESS, packet, false);
        assertEquals(expected, verdict.allowed(), () -> "seed " + seed + ": " + name + (in ? " in " : " out ") + packet + ": " + verdict.steps());
        seen[expected ? 1 : 0]++;
    }

    /** The evaluator is held against the kernel by {@code HostMatrixTest}. */
    @Test
    void theAnswerAboutAPacketBetweenPodsTheHostAndTheOutsideIsThatOfAnEvaluatorThatReadsTheResourcesAnew() {
        long first = Long.getLong("tombolo.seed", System.nanoTime());
        System.out.println("HostVerdictsTest answers, seeds " + first + " to " + (first + ANSWERED - 1));
        int[] seen = new int[2];
        for (long seed = first; seed < first + ANSWERED; seed++) {
            Random random = new Random(seed);
            RandomWorld world = new RandomWorld(random);
            Map<ResourceId, Resource> there = there(random, world, 8, 6, HostEndpoint.class, WorkloadEndpoint.class);
            for (int i = 0; i < 2; i++) {
                Resource pod = world.pod(i);
                there.put(pod.id(), pod);
            }
            int hosts = random.nextInt(4);
            if ((hosts & 1) != 0) {
                Resource up = world.hostEndpoint("hep-up", Optional.of("up"), random.nextBoolean() ? List.of(Ends.HOST) : List.of());
                there.put(up.id(), up);
            }
            if ((hosts & 2) != 0) {
                Resource all = world.hostEndpoint("hep-all", Optional.of(HostInterfaces.ALL), List.of());
                there.put(all.id(), all);
            }
            new Ends(seed, there, random.nextInt(4) == 0).compare(random, seen);
        }
        assertTrue(seen[0] > 3000 && seen[1] > 3000, "the worlds were too plain: " + seen[0] + " denied, " + seen[1] + " allowed");
    }

    /** Two pods, the host, and a machine outside behind the interface {@code up}. */
    private record Ends(long seed, Map<ResourceId, Resource> there, boolean dropToHost) {
        static final IpAddress HOST = IpAddress.parse("10.0.0.30");
        private static final Map<String, Set<IpAddress>> INTERFACES = Map.of("up", Set.of(HOST), "cali0", Set.of(), "cali1", Set.of());
        private static final List<IpAddress> ENDS = List.of(IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.2"), HOST, IpAddress.parse("10.0.0.20"));
        private static final List<Optional<String>> BY = List.of(Optional.of("cali0"), Optional.of("cali1"), Optional.empty(), Optional.of("up"));

        void compare(Random random, int[] seen) {
            PolicyEngine engine = new PolicyEngine(RandomWorld.NODE);
            engine.apply(there.values(), List.of());
            Answers answers = new Answers(engine, Cluster.NOBODY, HostInterfaces.of(engine.endpoints().values(), INTERFACES), OPEN.withDropToHost(dropToHost), INTERFACES);
            HostOracle oracle = new HostOracle(there.values(), new HostOracle.Node(RandomWorld.NODE, INTERFACES, Set.of("17 82"), Set.of("6 82"), dropToHost));
            for (int from = 0; from < ENDS.size(); from++) {
                for (int to = 0; to < ENDS.size(); to++) {
                    boolean tcp = random.nextBoolean();
                    int port = 79 + random.nextInt(5);
                    if (from == to) {
                        continue;
                    }
                    boolean expected = oracle.fate(BY.get(from), BY.get(to), new Oracle.Probe(ENDS.get(from), ENDS.get(to), tcp ? 6 : 17, Packet.UNPRIVILEGED, port, -1, -1)).passes();
                    Question question = new Question(ENDS.get(from).toString(), ENDS.get(to).toString(), tcp ? IpProtocol.TCP : IpProtocol.UDP, OptionalInt.of(port));
                    String said = said(answers, question);
                    assertEquals(expected, said.startsWith("true"), () -> "seed " + seed + ": " + said);
                    seen[expected ? 1 : 0]++;
                }
            }
        }

        private static String said(Answers answers, Question question) {
            try {
                Explanation explanation = answers.explain(question);
                return explanation.allowed() + " " + explanation;
            } catch (IllegalArgumentException nobodyDecides) {
                assertTrue(nobodyDecides.getMessage().startsWith("TMB-POL-012"), nobodyDecides.getMessage());
                return "true, since nobody here decides";
            }
        }
    }

    @Test
    void aDoNotTrackPolicyOfTheInterfaceByWhichAPacketComesIsAskedAboutWhatIsForwardedToo() {
        cluster.pod("x", "web", "'role':'web'", "10.0.0.1");
        host("eth", "'interfaceName':'eth0'");
        cluster.put("GlobalNetworkPolicy", "'name':'raw'", "'selector':'host == `eth`','doNotTrack':true,'applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Deny','protocol':'TCP'}]");
        Explanation one = explain("198.51.100.9", "x/web", 80);
        assertEquals("deny, if it comes by eth0", one.ends().getFirst().verdict(), "there may be other interfaces");
        HostInterfaces hosts = HostInterfaces.of(cluster.engine.endpoints().values(), Map.of());
        Answers only = new Answers(cluster.engine, Cluster.NOBODY, hosts, NodeParameters.DEFAULT, Map.of("lo", Set.of(), "caliweb", Set.of(), "eth0", Set.of()));
        assertFalse(only.explain(new Question("198.51.100.9", "x/web", IpProtocol.TCP, OptionalInt.of(80))).allowed(), "it can come by eth0 alone");
        Answers two = new Answers(cluster.engine, Cluster.NOBODY, hosts, NodeParameters.DEFAULT, Map.of("eth0", Set.of(), "eth1", Set.of()));
        assertTrue(two.explain(new Question("198.51.100.9", "x/web", IpProtocol.TCP, OptionalInt.of(80))).allowed());
    }

    @Test
    void whatAPodSendsToAnAddressOfThisHostIsAskedBeforeDestinationsAreChangedAndOfTheHostsOwnSetting() {
        cluster.pod("x", "web", "'role':'web'", "10.0.0.1");
        HostInterfaces none = HostInterfaces.NONE;
        Question question = new Question("x/web", "192.0.2.129", IpProtocol.TCP, OptionalInt.of(80));
        assertTrue(new Answers(cluster.engine, Cluster.NOBODY, none, NodeParameters.DEFAULT, INTERFACES).explain(question).allowed());
        Explanation dropped = new Answers(cluster.engine, Cluster.NOBODY, none, NodeParameters.DEFAULT.withDropToHost(true), INTERFACES).explain(question);
        assertFalse(dropped.allowed());
        assertEquals("this host: deny", dropped.ends().getLast().endpoint() + ": " + dropped.ends().getLast().verdict());
        host("all", "'interfaceName':'*'");
        cluster.put("GlobalNetworkPolicy", "'name':'before'", "'selector':'host == `all`','preDNAT':true,'applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Deny','protocol':'TCP'}]");
        Explanation before = new Answers(cluster.engine, Cluster.NOBODY, HostInterfaces.of(cluster.engine.endpoints().values(), INTERFACES), NodeParameters.DEFAULT, INTERFACES).explain(question);
        assertFalse(before.allowed());
        assertEquals(Optional.of("GlobalNetworkPolicy(before)"), before.ends().getFirst().steps().getFirst().policy());
    }

    @Test
    void aStagedPolicyForWhatIsForwardedCountsWhereWhatIsStagedIsAskedFor() {
        cluster.pod("x", "web", "'role':'web'", "10.0.0.1");
        host("all", "'interfaceName':'*'");
        cluster.put("StagedGlobalNetworkPolicy", "'name':'later'", "'selector':'host == `all`','applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Deny'}]");
        Explanation answer = explain("198.51.100.9", "x/web", 80);
        assertTrue(answer.allowed());
        assertEquals(1, answer.ends().size(), "what is staged only is no place where it is decided");
        assertEquals(Optional.of(false), answer.pending());
    }

    @Test
    void ofSeveralEndpointsThatMatchAnInterfaceTheFirstByNameGovernsIt() {
        host("b", "'interfaceName':'eth0'");
        host("a", "'expectedIPs':['192.0.2.1','192.0.2.129']");
        host("c", "'interfaceName':'*'");
        host("d", "'interfaceName':'*'");
        host("e", "'expectedIPs':['198.51.100.1']");
        HostInterfaces interfaces = HostInterfaces.of(cluster.engine.endpoints().values(), INTERFACES);
        assertEquals("{eth0=HostEndpoint(a), eth1=HostEndpoint(a)}", interfaces.named().toString());
        assertEquals("HostEndpoint(c)", interfaces.all().orElseThrow().toString());
        assertEquals(Set.of("b", "d", "e"), Set.copyOf(interfaces.idle().keySet().stream().map(ResourceId::name).toList()));
        List<String> problems = answers().status("here").problems().stream().map(problem -> problem.message()).toList();
        assertEquals(3, problems.size(), problems::toString);
        assertTrue(problems.getFirst().startsWith("TMB-POL-040 HostEndpoint(b) governs no interface: eth0 is governed by a"), problems::toString);
        assertEquals(Optional.of("eth0, eth1"), answers().show("a").interfaceName());
        assertTrue(answers().show("e").interfaceName().orElseThrow().startsWith("none: no interface"), () -> answers().show("e").toString());
    }

    @Test
    void aHostEndpointIsClosedButForItsFailsafePortsUntilAPolicyOrProfileOpensIt() {
        host("up", "'interfaceName':'eth0','expectedIPs':['192.0.2.1']");
        assertFalse(explain("198.51.100.9", "up", 80).allowed());
        assertTrue(explain("198.51.100.9", "up", 22).allowed());
        assertEquals("failsafe ports", explain("198.51.100.9", "up", 22).ends().getFirst().steps().getFirst().tier());
        assertFalse(explain("up", "198.51.100.9", 22).allowed(), "it is one for what comes in");
        assertTrue(explain("up", "198.51.100.9", 179).allowed());
        cluster.put("GlobalNetworkPolicy", "'name':'web'", "'selector':'host == `up`','ingress':[{'action':'Allow','protocol':'TCP','destination':{'ports':[80]}}]");
        assertTrue(explain("198.51.100.9", "up", 80).allowed());
        host("up", "'interfaceName':'eth0','expectedIPs':['192.0.2.1'],'profiles':['projectcalico-default-allow']");
        assertTrue(explain("up", "198.51.100.9", 22).allowed());
        assertFalse(explain("198.51.100.9", "up", 81).allowed(), "the tier's end comes before the profiles");
    }

    @Test
    void aPolicyForHostEndpointsAloneThatSelectsContainersAndNoHostEndpointIsToldOf() {
        cluster.pod("x", "web", "'role':'web'", "10.0.0.1");
        for (String place : List.of("doNotTrack", "preDNAT")) {
            String spec = "'" + place + "':true,'applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Deny'}]";
            cluster.put("GlobalNetworkPolicy", "'name':'raw'", "'selector':'role == `web`'," + spec);
            assertTrue(explain("198.51.100.9", "x/web", 80).allowed(), "Felix: such policies are host endpoints'");
            List<String> problems = answers().status("here").problems().stream().map(problem -> problem.message() + " -> " + problem.inForce()).toList();
            assertEquals(1, problems.size(), problems::toString);
            assertTrue(problems.getFirst().startsWith("TMB-POL-052 GlobalNetworkPolicy(raw): " + place + " is for host endpoints") && problems.getFirst().endsWith(" -> nothing of it"), problems::toString);
            cluster.put("GlobalNetworkPolicy", "'name':'raw'", "'selector':'role == `db`'," + spec);
            assertEquals(List.of(), answers().status("here").problems(), "it selects nobody");
            host("up", "'interfaceName':'eth0'");
            cluster.put("GlobalNetworkPolicy", "'name':'raw'", "'selector':'all()'," + spec);
            assertEquals(List.of(), answers().status("here").problems(), "it selects a host endpoint too");
            cluster.remove(ResourceId.of("HostEndpoint", "up"));
        }
    }

    @Test
    void whatAContainerSendsToTheHostAndTheHostToItIsNoMatterOfHostEndpoints() {
        cluster.pod("x", "web", "'role':'web'", "10.0.0.1");
        host("up", "'interfaceName':'*','expectedIPs':['192.0.2.1']");
        assertTrue(explain("x/web", "up", 80).allowed());
        assertTrue(explain("up", "x/web", 80).allowed());
        assertEquals(1, explain("up", "x/web", 80).ends().size());
    }

    @Test
    void whatIsForwardedIsAskedOfPoliciesThatSaySo() {
        cluster.pod("x", "web", "'role':'web'", "10.0.0.1");
        host("all", "'interfaceName':'*'");
        assertTrue(explain("198.51.100.9", "x/web", 80).allowed());
        cluster.put("GlobalNetworkPolicy", "'name':'forward'", "'selector':'host == `all`','applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Allow','source':{'nets':['203.0.113.0/24']}}]");
        assertFalse(explain("198.51.100.9", "x/web", 80).allowed());
        assertTrue(explain("203.0.113.9", "x/web", 80).allowed());
        assertEquals("applyOnForward", answers().show("all").tiers().getFirst().ingress().getFirst().stage());
        host("eth", "'interfaceName':'eth0'");
        assertTrue(explain("198.51.100.9", "x/web", 80).ends().stream().anyMatch(end -> end.verdict().equals("deny, if it comes by all but lo, eth0")), () -> explain("198.51.100.9", "x/web", 80).toString());
    }

    @Test
    void pairsAreWhatHostEndpointsLetThroughBetweenTheirInterfacesToo() {
        cluster.pod("x", "web", "'role':'web'", "10.0.0.1");
        cluster.pod("x", "db", "'role':'db'", "10.0.0.2");
        host("all", "'interfaceName':'*'");
        assertEquals(List.of("all", "all"), allowed());
        cluster.put("GlobalNetworkPolicy", "'name':'before'", "'selector':'host == `all`','preDNAT':true,'applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Deny','protocol':'TCP',"
                + "'source':{'selector':'role == `web`'},'destination':{'ports':['20:30']}}]");
        assertEquals(List.of("all", "ICMP TCP 1:19,22,31:65535 UDP SCTP others"), allowed(), "22 is a failsafe port");
        cluster.remove(ResourceId.of("GlobalNetworkPolicy", "before"));
        cluster.put("GlobalNetworkPolicy", "'name':'onward'", "'selector':'host == `all`','applyOnForward':true,'types':['Egress'],'egress':[{'action':'Allow','protocol':'TCP',"
                + "'destination':{'selector':'role == `web`','ports':[80]}}]");
        assertEquals(List.of("TCP 80", "-"), allowed());
        cluster.put("GlobalNetworkPolicy", "'name':'onward'", "'selector':'host == `all`','applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Deny'}]");
        assertEquals(List.of("-", "-"), allowed());
        assertFalse(explain("x/web", "x/db", 80).allowed());
    }

    /** From db to web, from web to db. */
    private List<String> allowed() {
        return answers().pairs(Optional.empty(), Optional.empty()).pairs().stream().map(pair -> pair.allowed()).toList();
    }

    @Test
    void doNotTrackAtAnEndpointForAllInterfacesIsToldAsNotInForce() {
        host("all", "'interfaceName':'*'");
        cluster.put("GlobalNetworkPolicy", "'name':'fast'", "'selector':'host == `all`','doNotTrack':true,'applyOnForward':true,'ingress':[{'action':'Allow'}]");
        String problem = answers().status("here").problems().getFirst().message();
        assertTrue(problem.startsWith("TMB-POL-042 GlobalNetworkPolicy(fast): doNotTrack is not supported at HostEndpoint(all)"), problem);
    }

    @Test
    void tunnelsToOtherNodesAreKnownWhereThisNodeHasAnEndOfOne() {
        Resource own = Cluster.read("Node", "'name':'here'", "'bgp':{'ipv4Address':'192.0.2.1/24'},'ipv4VXLANTunnelAddr':'10.65.0.1'", 1);
        Resource other = Cluster.read("Node", "'name':'there'", "'bgp':{'ipv4Address':'192.0.2.2/24'},'ipv4VXLANTunnelAddr':'10.65.0.2'", 2);
        assertEquals(new NodeParameters.Tunnels(Set.of(IpAddress.parse("192.0.2.2")), OptionalInt.of(4789), false), NodeParameters.of("here", Map.of(), List.of(own, other), List.of()).tunnels());
        assertEquals(NodeParameters.Tunnels.NONE, NodeParameters.of("elsewhere", Map.of(), List.of(own, other), List.of()).tunnels());
    }

    @Test
    void whatWorkloadsMaySendOfWhatTunnelsCarryIsSaidAndNothingByDefault() {
        assertEquals(NodeParameters.Wrapped.DROPPED, NodeParameters.of("here", Map.of(), List.of(), List.of()).wrapped());
        Resource said = Cluster.read("FelixConfiguration", "'name':'default'", "'allowVXLANPacketsFromWorkloads':true,'vxlanPort':8472", 1);
        Resource own = Cluster.read("FelixConfiguration", "'name':'node.here'", "'allowIPIPPacketsFromWorkloads':true", 2);
        assertEquals(new NodeParameters.Wrapped(true, 8472, true), NodeParameters.of("here", Map.of(), List.of(said, own), List.of()).wrapped());
        assertEquals(new NodeParameters.Wrapped(true, 8472, false), NodeParameters.of("there", Map.of(), List.of(said, own), List.of()).wrapped());
    }

    @Test
    void parametersAreTakenKeyByKeyAndAnEmptyListOfFailsafesMeansNone() {
        Resource all = Cluster.read("FelixConfiguration", "'name':'default'", "'failsafeInboundHostPorts':[],'failsafeOutboundHostPorts':[{'protocol':'UDP','port':53,'net':'192.0.2.0/24'}],"
                + "'interfacePrefix':'tap,lo','defaultEndpointToHostAction':'Drop'", 1);
        Resource own = Cluster.read("FelixConfiguration", "'name':'node.here'", "'defaultEndpointToHostAction':'Accept'", 2);
        NodeParameters parameters = NodeParameters.of("here", Map.of(), List.of(all, own), List.of("azv"));
        assertEquals(new NodeParameters(false, List.of(), List.of(new Failsafe(IpProtocol.UDP, 53, Optional.of(tombolo.api.net.Prefix.parse("192.0.2.0/24")))), List.of("azv", "tap")), parameters);
        assertEquals(List.of(22, 68, 179, 2379, 2380, 5473, 6443, 6666, 6667), NodeParameters.DEFAULT.inbound().stream().map(Failsafe::port).sorted().toList());
        assertEquals(List.of(53, 67, 179, 2379, 2380, 5473, 6443, 6666, 6667), NodeParameters.DEFAULT.outbound().stream().map(Failsafe::port).sorted().toList());
    }
}
