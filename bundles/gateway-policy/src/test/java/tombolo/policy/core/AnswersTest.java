package tombolo.policy.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.policy.Policies.Explanation;
import tombolo.api.policy.Policies.Pair;
import tombolo.api.policy.Policies.Plan;
import tombolo.api.policy.Policies.Problem;
import tombolo.api.policy.Policies.Question;
import tombolo.api.policy.Policies.Shown;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;

class AnswersTest {
    private static final int WORLDS = 150;
    private final Cluster cluster = new Cluster();

    @BeforeEach
    void threePods() {
        cluster.pod("x", "web", "'role':'web'", "10.0.0.1");
        cluster.pod("x", "db", "'role':'db'", "10.0.0.2");
        cluster.pod("y", "other", "'role':'web'", "10.0.0.3");
    }

    private Explanation explain(String from, String to, IpProtocol protocol, int port) {
        return cluster.answers().explain(new Question(from, to, protocol, port == 0 ? OptionalInt.empty() : OptionalInt.of(port)));
    }

    @Test
    void withoutAnyPolicyPodsReachEachOther() {
        assertEquals(List.of("x/db>x/web all", "x/db>y/other all", "x/web>x/db all", "x/web>y/other all", "y/other>x/db all", "y/other>x/web all"), cluster.pairs());
        assertEquals("allows: it is not stored, and one of this name allows everything by itself", explain("x/web", "x/db", IpProtocol.TCP, 80).ends().getLast().steps().getFirst().outcome());
    }

    @Test
    void aPolicyIsolatesWhatItSelectsAndItsSelectorsMeanItsNamespace() {
        cluster.policy("x", "db", "'selector':'role == `db`','ingress':[{'action':'Allow','protocol':'TCP','source':{'selector':'role == `web`'},'destination':{'ports':[5432,'web']}}]");
        assertEquals(List.of("x/web>x/db TCP 5432,8080", "y/other>x/db -"), cluster.pairs().stream().filter(line -> line.contains(">x/db")).toList());
        Explanation answer = explain("x/web", "10.0.0.2", IpProtocol.TCP, 5432);
        assertTrue(answer.allowed());
        assertEquals("NetworkPolicy(x/db)", answer.ends().getLast().steps().getFirst().policy().orElseThrow());
        assertEquals(1, answer.ends().getLast().steps().getFirst().rule());
        assertEquals("no rule matches: the tier denies", explain("y/other", "x/db", IpProtocol.TCP, 5432).ends().getLast().steps().getLast().outcome());
        assertFalse(explain("192.0.2.1", "calidb", IpProtocol.ICMP, 0).allowed());
        Shown shown = cluster.answers().show("x/db");
        assertEquals("(role == \"db\" && projectcalico.org/namespace == \"x\")", shown.tiers().getFirst().ingress().getFirst().why());
        assertEquals(List.of("1: allow TCP from (role == \"web\" && projectcalico.org/namespace == \"x\") to port 5432,web"), shown.tiers().getFirst().ingress().getFirst().rules());
    }

    /** Source: AllowVXLANPacketsFromWorkloads and AllowIPIPPacketsFromWorkloads in felix/rules/endpoints.go. */
    @Test
    void whatTunnelsCarryIsNothingThatAPodMaySendToAnotherUnlessTheParametersSaySo() {
        cluster.policy("x", "db", "'selector':'role == `db`','ingress':[{'action':'Allow','protocol':'UDP','destination':{'ports':['4000:5000']}},{'action':'Allow','protocol':4}]");
        assertEquals("x/web>x/db UDP 4000:4788,4790:5000", cluster.pairs().get(2));
        NodeParameters open = NodeParameters.DEFAULT.withWrapped(new NodeParameters.Wrapped(true, 4789, true));
        assertEquals("4 UDP 4000:5000", new Answers(cluster.engine, Cluster.NOBODY, HostInterfaces.NONE, open, Map.of()).pairs(Optional.of("x/web"), Optional.of("x/db")).pairs().getFirst().allowed());
        cluster.policy("x", "db", "'selector':'role == `db`','ingress':[{'action':'Allow','protocol':'UDP','destination':{'ports':[4789]}}]");
        assertEquals("x/web>x/db -", cluster.pairs().get(2));
        cluster.policy("x", "db", "'selector':'role == `db`','ingress':[{'action':'Allow','protocol':'UDP'}]");
        assertEquals("x/web>x/db UDP", cluster.pairs().get(2));
    }

    @Test
    void labelsOfNamespacesAreInheritedAndTheirChangeCounts() {
        cluster.put("Profile", "'name':'kns.x'", "'ingress':[{'action':'Allow'}],'egress':[{'action':'Allow'}],'labelsToApply':{'pcns.stage':'test'}");
        cluster.put("GlobalNetworkPolicy", "'name':'only-test'", "'namespaceSelector':'stage == `test`','ingress':[{'action':'Allow','source':{'namespaceSelector':'stage == `test`'}}]");
        assertEquals(List.of("x/db>x/web all", "x/db>y/other all", "x/web>x/db all", "x/web>y/other all", "y/other>x/db -", "y/other>x/web -"), cluster.pairs());
        Model.Delta delta = cluster.put("Profile", "'name':'kns.y'", "'ingress':[{'action':'Allow'}],'egress':[{'action':'Allow'}],'labelsToApply':{'pcns.stage':'test'}");
        assertEquals(1, delta.endpoints().size(), "the one endpoint of y and no other");
        assertTrue(cluster.pairs().stream().noneMatch(line -> line.endsWith(" -")));
    }

    @Test
    void aRuleThatCannotBeCompiledLeavesTheLastGoodVersionInForceAndSaysWhy() {
        cluster.policy("x", "db", "'selector':'role == `db`','ingress':[{'action':'Allow','protocol':'TCP','destination':{'ports':[80]}}]");
        Model before = cluster.engine.model();
        cluster.policy("x", "db", "'selector':'role == `db`','ingress':[{'action':'Allow','http':{'methods':['GET']}}]");
        assertEquals(before, cluster.engine.model());
        Problem problem = cluster.engine.problems().getFirst();
        assertTrue(problem.message().startsWith("TMB-POL-001 NetworkPolicy(x/db): spec.ingress[0]: http cannot be matched"), problem.message());
        assertEquals("the last good version, revision 4", problem.inForce());
        cluster.policy("x", "db", "'selector':'role == `db`','ingress':[{'action':'Allow'}]");
        assertEquals(List.of(), cluster.engine.problems());
    }

    @Test
    void aRuleThatNeverCompiledFailsClosed() {
        cluster.policy("x", "db", "'selector':'role == `db`','ingress':[{'action':'Allow','source':{'services':{'name':'s'}}},{'action':'Allow','protocol':'TCP','destination':{'ports':[80]}}]");
        assertEquals("x/web>x/db TCP 80", cluster.pairs().stream().filter(line -> line.startsWith("x/web>x/db")).findFirst().orElseThrow());
        cluster.put("GlobalNetworkPolicy", "'name':'deny'", "'order':1,'selector':'role == `db`','types':['Ingress'],'ingress':[{'action':'Deny','source':{'services':{'name':'s','namespace':'x'}}}]");
        assertEquals("x/web>x/db -", cluster.pairs().stream().filter(line -> line.startsWith("x/web>x/db")).findFirst().orElseThrow(), "what should deny something unknown denies everything");
        assertEquals(2, cluster.engine.problems().size());
    }

    @Test
    void aTierDeletedUnderItsPoliciesLeavesThemBehindAllOthersAndDenying() {
        cluster.put("Tier", "'name':'first'", "'order':10,'defaultAction':'Pass'");
        cluster.put("GlobalNetworkPolicy", "'name':'first.pass'", "'tier':'first','order':1,'selector':'role == `db`','types':['Ingress'],'ingress':[{'action':'Pass','protocol':'TCP'}]");
        assertEquals("x/web>x/db all", cluster.pairs().get(2));
        cluster.remove(ResourceId.of("Tier", "first"));
        assertEquals("x/web>x/db TCP", cluster.pairs().get(2), "TCP is passed on to the profiles; the rest meets the end of a tier that is not there");
        assertTrue(cluster.answers().status("here").problems().stream().anyMatch(problem -> problem.message().startsWith("TMB-POL-047 Tier(first) does not exist, and a policy names it: "
                + "GlobalNetworkPolicy(first.pass)")));
        cluster.put("Tier", "'name':'first'", "'order':10");
        assertEquals(List.of(), cluster.answers().status("here").problems());
    }

    @Test
    void twoPoliciesOfOneNameInDifferentTiersAndNamespacesAreTwo() {
        cluster.put("Tier", "'name':'first'", "'order':10");
        cluster.put("GlobalNetworkPolicy", "'name':'p'", "'tier':'first','order':1,'selector':'role == `db`','types':['Ingress'],'ingress':[{'action':'Pass'}]");
        cluster.policy("x", "p", "'selector':'role == `db`','types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP'}]");
        assertEquals(2, cluster.engine.activePolicies().size());
        assertEquals("x/web>x/db UDP", cluster.pairs().get(2));
    }

    @Test
    void stagedPoliciesAreToldOfAndNotEnforced() {
        cluster.put("StagedNetworkPolicy", "'namespace':'x','name':'db'", "'selector':'role == `db`','types':['Ingress']");
        Explanation answer = explain("x/web", "x/db", IpProtocol.TCP, 80);
        assertTrue(answer.allowed());
        assertEquals(Optional.of(false), answer.pending());
        assertTrue(cluster.answers().show("x/db").tiers().getFirst().ingress().getFirst().staged());
        cluster.policy("x", "db", "'selector':'role == `db`','types':['Ingress']");
        cluster.put("StagedNetworkPolicy", "'namespace':'x','name':'db'", "'stagedAction':'Delete'");
        answer = explain("x/web", "x/db", IpProtocol.TCP, 80);
        assertFalse(answer.allowed());
        assertEquals(Optional.of(true), answer.pending());
    }

    @Test
    void aPlanNamesThePairsThatGainOrLoseAndTheObjectsThatChange() {
        Resource policy = Cluster.read("NetworkPolicy", "'namespace':'x','name':'db'", "'selector':'role == `db`','ingress':[{'action':'Allow','protocol':'TCP','source':{'selector':'role == `web`'}}]", 9);
        Cluster after = new Cluster();
        after.pod("x", "web", "'role':'web'", "10.0.0.1");
        after.pod("x", "db", "'role':'db'", "10.0.0.2");
        after.pod("y", "other", "'role':'web'", "10.0.0.3");
        after.engine.apply(List.of(policy), List.of());
        Plan plan = cluster.answers().plan(after.answers(), List.of(), List.of(), () -> false);
        assertEquals(List.of("x/web", "y/other"), plan.after().stream().map(pair -> pair.from()).toList());
        assertEquals(List.of("TCP", "-"), plan.after().stream().map(pair -> pair.allowed()).toList());
        assertEquals(List.of("~ endpoint WorkloadEndpoint(x/here-k8s-db-eth0)", "+ policy NetworkPolicy(x/db)", "+ set (role == \"web\" && projectcalico.org/namespace == \"x\")"), plan.objects());
    }

    /** 110 pods are 11,990 pairs, more than an answer of pairs holds. */
    @Test
    void aPlanFindsTheChangeOfPairsThatAnAnswerOfPairsLeavesOutAndMakesNoneUpWhereAnEndpointComes() {
        Cluster before = many(110);
        Cluster after = many(110);
        after.policy("x", "closed", "'selector':'role == `109`','types':['Ingress'],'ingress':[{'action':'Allow','source':{'selector':'role != `108`'}}]");
        Plan plan = before.answers().plan(after.answers(), List.of(), List.of(), () -> false);
        assertEquals(0, plan.left());
        assertEquals(List.of("x/p108>x/p109 all"), plan.before().stream().map(pair -> pair.from() + ">" + pair.to() + " " + pair.allowed()).toList());
        Cluster more = many(110);
        more.pod("x", "a", "'role':'a'", "10.0.1.1");
        plan = before.answers().plan(more.answers(), List.of(), List.of(), () -> false);
        assertEquals(0, plan.left());
        assertEquals(220, plan.after().size());
        assertTrue(plan.after().stream().allMatch(pair -> pair.from().equals("x/a") || pair.to().equals("x/a")));
    }

    @Test
    void aPlanThatConcernsMorePairsThanAreComparedCountsTheRest() {
        Cluster after = many(110);
        after.policy("x", "closed", "'selector':'all()','types':['Ingress']");
        Plan plan = many(110).answers().plan(after.answers(), List.of(), List.of(), () -> false);
        assertEquals(Answers.MOST_PAIRS, plan.before().size());
        assertEquals(110 * 109 - Answers.MOST_PAIRS, plan.left());
    }

    private static Cluster many(int pods) {
        Cluster many = new Cluster();
        for (int pod = 0; pod < pods; pod++) {
            many.pod("x", "p" + pod, "'role':'" + pod + "'", "10.0.0." + (pod + 1));
        }
        return many;
    }

    @Test
    void aPlanNamesExactlyThePairsThatDifferWhateverChanges() {
        long first = Long.getLong("tombolo.seed", System.nanoTime());
        System.out.println("AnswersTest seeds " + first + " to " + (first + WORLDS - 1));
        int seen = 0;
        for (long seed = first; seed < first + WORLDS; seed++) {
            Random random = new Random(seed);
            RandomWorld world = new RandomWorld(random);
            Map<ResourceId, Resource> there = new HashMap<>();
            for (int i = 0; i < 24; i++) {
                Resource resource = i < 6 ? world.pod(i) : any(random, world);
                there.put(resource.id(), resource);
            }
            Answers before = of(there);
            Map<String, String> mine = allowed(before);
            for (int i = random.nextInt(3); i >= 0; i--) {
                Resource resource = random.nextInt(3) == 0 ? world.pod(random.nextInt(7)) : any(random, world);
                there.put(resource.id(), resource);
                there.keySet().removeIf(_ -> random.nextInt(40) == 0);
            }
            Answers after = of(there);
            Map<String, String> theirs = allowed(after);
            Set<String> expected = new TreeSet<>();
            Stream.concat(mine.keySet().stream(), theirs.keySet().stream()).filter(ends -> !mine.getOrDefault(ends, "-").equals(theirs.getOrDefault(ends, "-")))
                    .forEach(ends -> expected.add(ends + " " + mine.getOrDefault(ends, "-") + " then " + theirs.getOrDefault(ends, "-")));
            Plan plan = before.plan(after, List.of(), List.of(), () -> false);
            Set<String> told = new TreeSet<>();
            for (int i = 0; i < plan.before().size(); i++) {
                told.add(ends(plan.before().get(i)) + " " + plan.before().get(i).allowed() + " then " + plan.after().get(i).allowed());
            }
            long which = seed;
            assertEquals(expected, told, () -> "seed " + which);
            assertEquals(0, plan.left());
            seen += plan.before().size();
        }
        assertTrue(seen > 200, "the worlds were too plain: " + seen);
    }

    @Test
    void whatIsStagedAddsNoProtocolToWhatIsToldOfAPair() {
        cluster.policy("x", "some", "'selector':'all()','types':['Ingress'],'ingress':[{'action':'Deny','protocol':'UDP'},{'action':'Allow'}]");
        List<String> some = cluster.pairs();
        cluster.put("StagedNetworkPolicy", "'namespace':'x','name':'later'", "'selector':'all()','types':['Ingress'],'ingress':[{'action':'Deny','protocol':47}]");
        assertEquals(some, cluster.pairs());
    }

    private static Resource any(Random random, RandomWorld world) {
        return switch (random.nextInt(6)) {
            case 0 -> world.hostPolicy(RandomWorld.Place.values()[random.nextInt(4)]);
            case 1 -> world.hostEndpoint("hep", Optional.of(HostInterfaces.ALL), List.of());
            default -> world.resource();
        };
    }

    private static Answers of(Map<ResourceId, Resource> there) {
        PolicyEngine engine = new PolicyEngine(RandomWorld.NODE);
        engine.apply(there.values(), List.of());
        return new Answers(engine, Cluster.NOBODY);
    }

    private static Map<String, String> allowed(Answers answers) {
        Map<String, String> allowed = new TreeMap<>();
        answers.pairs(Optional.empty(), Optional.empty()).pairs().forEach(pair -> allowed.put(ends(pair), pair.allowed()));
        return allowed;
    }

    private static String ends(Pair pair) {
        return pair.from() + " " + pair.fromAddress() + " to " + pair.to() + " " + pair.toAddress();
    }

    @Test
    void whatTunnelsBetweenNodesCarryIsDroppedWhereAContainerSendsItWhateverItsPolicySays() {
        Explanation wrapped = explain("x/web", "x/db", IpProtocol.UDP, 4789);
        assertEquals("deny", wrapped.ends().getFirst().verdict());
        assertTrue(wrapped.ends().getFirst().steps().getFirst().outcome().contains("allowVXLANPacketsFromWorkloads"), wrapped::toString);
        assertTrue(!wrapped.allowed() && explain("x/web", "x/db", IpProtocol.UDP, 4788).allowed() && !explain("x/web", "x/db", new IpProtocol(4), 0).allowed());
    }

    @Test
    void whatAContainerSaysToItselfIsNoMatterOfPolicy() {
        cluster.policy("x", "closed", "'selector':'all()','types':['Ingress','Egress']");
        Explanation answer = explain("x/web", "10.0.0.1", IpProtocol.TCP, 80);
        assertTrue(answer.allowed() && answer.ends().size() == 1, answer.toString());
        assertEquals(false, explain("x/web", "x/db", IpProtocol.TCP, 80).allowed());
    }

    @Test
    void whatNobodyCanAnswerIsSaidWithItsCode() {
        for (List<String> words : List.of(List.of("nobody", "x/db", "TMB-POL-010"), List.of("192.0.2.1", "192.0.2.2", "TMB-POL-012"), List.of("fd00::1", "x/db", "TMB-POL-013"))) {
            String message = assertThrows(IllegalArgumentException.class, () -> explain(words.get(0), words.get(1), IpProtocol.TCP, 80)).getMessage();
            assertTrue(message.startsWith(words.get(2)), message);
        }
        assertTrue(assertThrows(IllegalArgumentException.class, () -> explain("x/web", "x/db", IpProtocol.TCP, 0)).getMessage().startsWith("TMB-POL-014"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> explain("x/web", "x/db", IpProtocol.ICMP, 256)).getMessage().startsWith("TMB-POL-014 ICMP type 256"));
    }

    @Test
    void aRemoteEndpointIsKnownByItsNameAndDecidedAtTheEndThatIsHere() {
        cluster.put("WorkloadEndpoint", "'namespace':'z','name':'there-k8s-far-eth0'", "'orchestrator':'k8s','node':'there','pod':'far','endpoint':'eth0','containerID':'cfar','interfaceName':'califar',"
                + "'ipNetworks':['10.0.9.9/32'],'profiles':['kns.z']");
        Explanation answer = explain("z/there-k8s-far-eth0", "x/db", IpProtocol.TCP, 80);
        assertEquals(1, answer.ends().size());
        assertEquals("z/there-k8s-far-eth0, on another node", answer.source());
    }
}
