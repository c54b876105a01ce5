package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.json.Json;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables.Outcome;
import tombolo.api.nftables.Owner;
import tombolo.api.resource.NetworkPolicy;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.policy.core.Cluster;
import tombolo.policy.core.Model;
import tombolo.resources.core.Decoder;
import tombolo.runtime.json.JsonText;

/** What is odd, large or wrong is in force as it is meant, or refused with its own message, and never in force in part. Another life finds nothing to change. */
class BadInputTest {
    private final Cluster cluster = new Cluster();
    private Pods pods;
    private LinuxNetlink netlink;
    private NftablesWriter writer;
    private NftTable table;
    private DatagramChannel from;

    @BeforeEach
    void start() throws Exception {
        pods = new Pods(2, List.of());
        netlink = new LinuxNetlink();
        writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()));
        for (int i = 0; i < 2; i++) {
            cluster.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod" + i + "-eth0','labels':{'pod':'p" + i + "'}", "'orchestrator':'k8s','node':'here','pod':'pod" + i
                    + "','endpoint':'eth0','containerID':'c" + i + "','interfaceName':'cali" + i + "','ipNetworks':['" + Pods.address(i, true) + "/32','" + Pods.address(i, false) + "/128'],'profiles':['kns.x']");
        }
        table = new NftTable(cluster.engine, false);
        inForce(table.whole());
        from = pods.socket(0, Pods.address(0, true), 4000);
    }

    @AfterEach
    void stop() throws Exception {
        if (from != null) {
            from.close();
        }
        if (writer != null) {
            writer.close();
        }
        if (netlink != null) {
            netlink.close();
        }
        if (pods != null) {
            pods.close();
        }
    }

    private void inForce(Change change) throws Exception {
        Outcome outcome = writer.change(Owner.POLICY, change).get(30, TimeUnit.SECONDS);
        assertInstanceOf(Outcome.InForce.class, outcome, outcome::toString);
    }

    private void take(Model.Delta delta) throws Exception {
        inForce(table.change(delta));
    }

    /** What was written is what another life would write. */
    private void standsOverARestart() throws Exception {
        writer.close();
        writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()));
        table = new NftTable(cluster.engine, false);
        assertEquals(new Outcome.InForce(0), writer.change(Owner.POLICY, table.whole()).get(30, TimeUnit.SECONDS), "nothing differs");
    }

    private void passes(boolean expected, int port) throws Exception {
        try (DatagramChannel to = pods.socket(1, Pods.address(1, true), port)) {
            assertEquals(expected, Pods.passes(from, to, expected), () -> "port " + port);
        }
    }

    @Test
    void aSelectorOfEverythingWithAnOverlappingListOf256Networks() throws Exception {
        String nets = IntStream.range(0, 256).mapToObj(i -> "'10." + (i % 32 == 0 ? "0.0.0/" + (8 + i / 32) : i / 2 + ".0.0/" + (16 + i % 16)) + "'").collect(Collectors.joining(","));
        take(cluster.policy("x", "wide", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP','source':{'selector':'all()','nets':[" + nets
                + "]},'destination':{'ports':[90]}},{'action':'Deny','source':{'selector':'all()','notNets':[" + nets + "]}}]"));
        passes(true, 90);
        passes(false, 91);
        standsOverARestart();
        passes(true, 90);
    }

    @Test
    void thousandsOfNetworksOfFewLengthsAreLookedUpByTheirFirstBits() throws Exception {
        String address = Pods.address(0, true);
        String four = IntStream.range(0, 2_000).mapToObj(i -> "'172." + (16 + i / 4096) + "." + i / 16 % 256 + "." + i % 16 * 16 + "/28'").collect(Collectors.joining(","));
        take(cluster.put("GlobalNetworkSet", "'name':'many','labels':{'every':'yes'}", "'nets':[" + four + "]"));
        take(cluster.put("GlobalNetworkPolicy", "'name':'all'", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP','source':{'selector':'every == `yes`'},"
                + "'destination':{'ports':[90]}},{'action':'Allow','protocol':'UDP','source':{'notSelector':'every == `yes`'},'destination':{'ports':[91]}}]"));
        passes(false, 90);
        passes(true, 91);
        for (String net : List.of(address + "/32", address + "/28", address + "/20")) {
            take(cluster.put("GlobalNetworkSet", "'name':'more','labels':{'every':'yes'}", "'nets':['" + net + "','192.0.2.0/25']"));
            passes(true, 90);
            passes(false, 91);
        }
        String shown = pods.nft("-t", "list", "table", "inet", "tombolo");
        assertTrue(shown.contains("ip saddr & 255.255.240.0 == @policy-nets4-20-") && shown.contains("ip saddr & 255.255.255.240 == @policy-nets4-28-"), shown);
        standsOverARestart();
        String lengths = IntStream.range(13, 20).mapToObj(i -> "'" + i + ".0.0.0/" + i + "'").collect(Collectors.joining(","));
        take(cluster.put("GlobalNetworkSet", "'name':'lengths','labels':{'every':'yes'}", "'nets':[" + lengths + "]"));
        passes(true, 90);
        passes(false, 91);
        assertTrue(pods.nft("-t", "list", "table", "inet", "tombolo").contains("flags interval"));
        standsOverARestart();
        take(cluster.remove(ResourceId.of("GlobalNetworkSet", "lengths")));
        take(cluster.remove(ResourceId.of("GlobalNetworkSet", "more")));
        passes(false, 90);
        passes(true, 91);
        standsOverARestart();
    }

    @Test
    void everythingAsOneNetworkOfASetOfBothFamilies() throws Exception {
        take(cluster.put("GlobalNetworkSet", "'name':'all','labels':{'every':'yes'}", "'nets':['0.0.0.0/0','10.0.0.0/8','10.0.0.1/32','::/0','fd00::/8']"));
        take(cluster.put("GlobalNetworkPolicy", "'name':'all'", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP','source':{'selector':'every == `yes`'},"
                + "'destination':{'ports':[90]}},{'action':'Allow','protocol':'UDP','source':{'notSelector':'every == `yes`'},'destination':{'ports':[91]}}]"));
        passes(true, 90);
        passes(false, 91);
        try (DatagramChannel from6 = pods.socket(0, Pods.address(0, false), 4000); DatagramChannel to6 = pods.socket(1, Pods.address(1, false), 90)) {
            assertTrue(Pods.passes(from6, to6, true));
        }
        standsOverARestart();
        take(cluster.put("GlobalNetworkSet", "'name':'all','labels':{'every':'yes'}", "'nets':['0.0.0.0/1','128.0.0.0/1']"));
        passes(true, 90);
        take(cluster.put("GlobalNetworkSet", "'name':'all','labels':{'every':'yes'}", "'nets':['11.0.0.0/8']"));
        passes(false, 90);
        passes(true, 91);
        standsOverARestart();
    }

    @Test
    void aPolicyOf1024Rules() throws Exception {
        String rules = IntStream.range(0, 1024).mapToObj(i -> "{'action':'" + (i == 700 ? "Deny" : "Allow") + "','protocol':'UDP','source':{'nets':['10.0.0.0/" + (i % 2 == 0 ? 30 : 31) + "']},'destination':{'ports':["
                + (5000 + (i == 701 ? 700 : i)) + "]}}").collect(Collectors.joining(","));
        take(cluster.policy("x", "long", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[" + rules + "]"));
        passes(true, 5000);
        passes(true, 5000 + 1023);
        passes(false, 5700); // the first rule that matches decides
        passes(false, 5701);
        passes(false, 4999);
        standsOverARestart();
        take(cluster.remove(ResourceId.of("NetworkPolicy", "x", "long")));
        passes(true, 5700);
    }

    @Test
    void tenThousandPortsOneByOneAndAsRanges() throws Exception {
        List<String> rules = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int first = 10_000 + i * 100;
            rules.add("{'action':'Allow','protocol':'UDP','destination':{'ports':[" + IntStream.range(0, 50).mapToObj(j -> Integer.toString(first + 2 * j)).collect(Collectors.joining(",")) + "]}}");
        }
        rules.add("{'action':'Allow','protocol':'UDP','destination':{'ports':['40000:50000','45000:50001',40000]}}");
        take(cluster.policy("x", "ports", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[" + String.join(",", rules) + "]"));
        passes(true, 10_000);
        passes(true, 29_998);
        passes(false, 29_999);
        passes(false, 39_999);
        passes(true, 50_001);
        passes(false, 50_002);
        standsOverARestart();
    }

    @Test
    void namedPortsThatMultiplyToMoreThanTheKernelTakesAreRefusedAndTheLastGoodVersionStays() throws Exception {
        take(cluster.policy("x", "names", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP','destination':{'ports':[90]}}]"));
        String names = IntStream.range(0, 50).mapToObj(i -> "'n" + i + "'").collect(Collectors.joining(","));
        String rule = "{'action':'Allow','protocol':'UDP','source':{'ports':[" + names + "]},'destination':{'ports':[" + names + "]}}";
        take(cluster.policy("x", "names", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[" + String.join(",", java.util.Collections.nCopies(20, rule)) + "]"));
        String problem = cluster.engine.problems().getFirst().toString();
        assertTrue(problem.contains("TMB-POL-001 NetworkPolicy(x/names): spec.ingress[") && problem.contains("named ports") && problem.contains("the last good version"), problem);
        passes(true, 90);
        passes(false, 91);
        String many = "{'action':'Allow','protocol':'UDP','destination':{'ports':[92],'notPorts':[" + names + "]}}";
        take(cluster.policy("x", "not", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[" + many + "]"));
        assertEquals(2, cluster.engine.problems().size(), () -> cluster.engine.problems().toString());
        passes(true, 90);
        passes(false, 92); // a rule that allows and never compiled is left out
        standsOverARestart();
    }

    /** Networks of four lengths in each family, and enough of them for a hash of each length. */
    private void fourLengths() throws Exception {
        String nets = IntStream.range(0, SelectorSets.LARGE).mapToObj(i -> "'20." + i / 256 + "." + i % 256 + ".0/" + (24 + i % 4) + "','fd01:0:0:" + Integer.toHexString(i) + "::/" + (64 + i % 4) + "'")
                .collect(Collectors.joining(","));
        take(cluster.put("GlobalNetworkSet", "'name':'lengths','labels':{'every':'yes'}", "'nets':[" + nets + "]"));
    }

    /** @param names of ports that each end is not to have */
    private static String everything(String action, int names) {
        String not = IntStream.range(0, names).mapToObj(i -> ",'n" + i + "'").collect(Collectors.joining());
        String side = "{'nets':['10.0.0.0/30','20.0.0.0/8'],'notNets':['10.9.0.0/16','10.8.0.0/16'],'selector':'every == `yes` || has(pod)','notSelector':'every == `yes`','ports':['1:65535','any'],'notPorts':[9"
                + not + "]}";
        return "{'action':'" + action + "','protocol':'UDP','source':" + side + ",'destination':" + side + "}";
    }

    @Test
    void aRuleOfMoreStatementsThanTheKernelsMayHaveIsRefusedByItsPolicysNameAndHoldsNoOtherPolicyUp() throws Exception {
        fourLengths();
        take(cluster.put("GlobalNetworkPolicy", "'name':'all'", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[" + everything("Allow", 4) + "]"));
        assertEquals(List.of(), cluster.engine.problems(), "as many as there may be");
        passes(true, 90);
        passes(false, 9);
        take(cluster.put("GlobalNetworkPolicy", "'name':'all'", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[" + everything("Allow", 8) + "]"));
        String problem = cluster.engine.problems().getFirst().toString();
        assertTrue(problem.contains("TMB-POL-001 GlobalNetworkPolicy(all): spec.ingress[0]: ") && problem.contains("38 statements") && problem.contains("the last good version"), problem);
        passes(true, 90);
        passes(false, 9);
        take(cluster.put("GlobalNetworkPolicy", "'name':'first'", "'order':1,'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Deny','protocol':'UDP','destination':{'ports':[91]}},"
                + everything("Pass", 4) + "]"));
        assertTrue(cluster.engine.problems().toString().contains("GlobalNetworkPolicy(first): spec.ingress[1]: "), cluster.engine.problems().toString());
        passes(false, 91); // other policies come into force
        passes(false, 90); // one that never compiled fails closed, rule by rule
        standsOverARestart();
        take(cluster.remove(ResourceId.of("GlobalNetworkPolicy", "first")));
        passes(true, 90);
    }

    @Test
    void aPolicyOf1024RulesOfTwoSelectorsEachOfNetworksOfFourLengthsInBothFamilies() throws Exception {
        fourLengths();
        String both = "'source':{'selector':'every == `yes`'},'destination':{'selector':'every == `yes`'";
        String rules = IntStream.range(0, 1023).mapToObj(i -> "{'action':'Allow','protocol':'UDP'," + both + ",'ports':[" + (5000 + i) + "]}},").collect(Collectors.joining());
        take(cluster.put("GlobalNetworkPolicy", "'name':'long'", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[" + rules + "{'action':'Allow','protocol':'UDP','destination':{'ports':[90]}}]"));
        assertEquals(List.of(), cluster.engine.problems());
        passes(true, 90);
        passes(false, 5000);
        String logged = "{'action':'Log','protocol':'UDP'," + both + "}},";
        take(cluster.put("GlobalNetworkPolicy", "'name':'long'", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[" + logged + rules.substring(0, rules.length() - 1) + "]"));
        assertEquals(List.of(), cluster.engine.problems(), "one that logs among them: 32,769");
        passes(false, 90);
        String named = "{'action':'Allow','protocol':'UDP','source':{'selector':'every == `yes`'},'destination':{'selector':'has(pod)','ports':['a','b','c','d']}},";
        take(cluster.put("GlobalNetworkPolicy", "'name':'long'", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[" + named.repeat(300) + "{'action':'Allow','protocol':'UDP','destination':{'ports':[90]}}]"));
        assertEquals(List.of(), cluster.engine.problems(), "38,400 at worst, whatever they are now");
        passes(true, 90);
        passes(false, 5000);
        String messages = "{'action':'Allow','notICMP':{'type':8,'code':0}," + both + "}},";
        take(cluster.put("GlobalNetworkPolicy", "'name':'long'", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[" + messages.repeat(1023) + "{'action':'Allow'}]"));
        String problem = cluster.engine.problems().getFirst().toString();
        assertTrue(problem.contains("TMB-POL-001 GlobalNetworkPolicy(long): spec.ingress[422]: ") && problem.contains("the last good version"), problem.substring(0, 500));
        take(cluster.policy("x", "other", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP','destination':{'ports':[91]}}]"));
        passes(true, 90);
        passes(true, 91); // other policies come into force
        passes(false, 5000);
        standsOverARestart();
    }

    @Test
    void aPolicyInForceWhoseSetsTakeAnotherShapeIsWrittenAnewInOneTransactionAndHoldsNoOtherUp() throws Exception {
        take(cluster.put("GlobalNetworkSet", "'name':'lengths','labels':{'every':'yes'}", "'nets':['20.0.0.1/32','fd01::1/128']"));
        String denied = "{'action':'Deny','protocol':'UDP','source':{'selector':'every == `yes`'},'destination':{'selector':'every == `yes`','ports':['a','b','c','d']}}";
        String name = "long" + "-of-a-long-name".repeat(8);
        take(cluster.put("GlobalNetworkPolicy", "'name':'" + name + "'", "'selector':'pod == `p1`','types':['Ingress','Egress'],'ingress':[" + (denied + ",").repeat(510) + denied + "],'egress':[" + denied + "]"));
        String problem = cluster.engine.problems().getFirst().toString();
        assertTrue(problem.contains("spec.ingress[312]: ") && problem.contains(" MiB of messages to the packet filter; at most 48.") && !problem.contains("spec.ingress[311]: ")
                && problem.contains("spec.egress[0]: "), problem.substring(0, 500));
        String most = "'selector':'pod == `p1`','types':['Ingress'],'ingress':[" + (denied + ",").repeat(311) + "{'action':'Allow','protocol':'UDP','destination':{'ports':[90]}}]";
        take(cluster.put("GlobalNetworkPolicy", "'name':'" + name + "'", most));
        assertEquals(List.of(), cluster.engine.problems());
        passes(true, 90);
        fourLengths();
        take(cluster.policy("x", "other", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP','destination':{'ports':[91]}}]"));
        passes(true, 90);
        passes(true, 91);
        standsOverARestart();
    }

    @Test
    void namesWithQuotesAndNewlinesAreRefusedAndShownHarmlesslyWhereAnotherProgramStoredThem() throws Exception {
        for (String name : List.of("a\\\"b", "a\\nb", "a b", "ü", "")) {
            Json.Obj document = (Json.Obj) JsonText.parse(("{'apiVersion':'projectcalico.org/v3','kind':'NetworkPolicy','metadata':{'namespace':'x','name':'" + name + "'},'spec':{'selector':'all()'}}").replace('\'', '"'));
            assertFalse(Decoder.decode(document, 1) instanceof Decoder.Decoded.Good, name);
        }
        NetworkPolicy spec = (NetworkPolicy) Cluster.read("NetworkPolicy", "'namespace':'x','name':'p'", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP','destination':{'ports':[90]}}]", 9).spec();
        ResourceId id = ResourceId.of("NetworkPolicy", "x", "q\"; flush ruleset;\n} \\ü");
        take(cluster.engine.apply(List.of(new Resource(id, Map.of(), spec, Json.Obj.EMPTY, 9)), List.of()));
        passes(true, 90);
        passes(false, 91);
        String shown = pods.nft("list", "table", "inet", "tombolo");
        assertTrue(shown.contains("q'; flush ruleset; } '"), shown);
        standsOverARestart();
    }

    @Test
    void twoPoliciesOfOneNameInDifferentTiersAndATierThatGoesFromUnderItsPolicies() throws Exception {
        take(cluster.put("Tier", "'name':'first'", "'order':10,'defaultAction':'Pass'"));
        take(cluster.put("GlobalNetworkPolicy", "'name':'same'", "'tier':'first','order':1,'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Pass','protocol':'UDP','destination':{'ports':[90,91]}},"
                + "{'action':'Deny','protocol':'UDP'}]"));
        take(cluster.policy("x", "same", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP','destination':{'ports':[90,92]}}]"));
        passes(true, 90);
        passes(false, 91);
        passes(false, 92);
        take(cluster.remove(ResourceId.of("Tier", "first")));
        passes(true, 90); // its policies come behind all others now, where the tier default has allowed
        passes(true, 92);
        passes(false, 91);
        standsOverARestart();
        take(cluster.remove(ResourceId.of("NetworkPolicy", "x", "same")));
        passes(true, 91); // passed on to the profiles
        passes(false, 93);
        take(cluster.put("Tier", "'name':'first'", "'order':10,'defaultAction':'Pass'"));
        passes(false, 93);
        passes(true, 90);
        standsOverARestart();
    }

    /** The kernel follows at most sixteen verdicts one behind the other. */
    @Test
    void policiesOfThirtyTiersThatAllPassOn() throws Exception {
        String passing = "'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Deny','protocol':'UDP','destination':{'ports':[91]}},{'action':'Pass'}]";
        for (int tier = 0; tier < 30; tier++) {
            take(cluster.put("Tier", "'name':'tier" + tier + "'", "'order':" + tier));
            take(cluster.put("GlobalNetworkPolicy", "'name':'pass" + tier + "'", "'tier':'tier" + tier + "'," + passing));
        }
        passes(true, 90);
        passes(false, 91);
        take(cluster.put("GlobalNetworkPolicy", "'name':'last'", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP','destination':{'ports':[92]}}]"));
        passes(false, 90);
        passes(true, 92);
        standsOverARestart();
    }

    /** Names of policies as Calico had them to 3.31, {@code TIER.NAME}; and one policy that is said again for another tier. */
    @Test
    void oneNameInTwoTiersIsTwoPoliciesAndAPolicyMayMoveFromTierToTier() throws Exception {
        take(cluster.put("Tier", "'name':'first'", "'order':10,'defaultAction':'Pass'"));
        take(cluster.put("Tier", "'name':'second'", "'order':20,'defaultAction':'Pass'"));
        take(cluster.put("GlobalNetworkPolicy", "'name':'first.same'", "'tier':'first','selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP','destination':{'ports':[90]}}]"));
        take(cluster.put("GlobalNetworkPolicy", "'name':'second.same'", "'tier':'second','selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Deny','protocol':'UDP','destination':{'ports':[90,91]}}]"));
        passes(true, 90);
        passes(false, 91);
        passes(true, 92);
        standsOverARestart();
        take(cluster.put("GlobalNetworkPolicy", "'name':'second.same'", "'tier':'first','order':1,'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Deny','protocol':'UDP','destination':{'ports':[90,91]}}]"));
        passes(false, 90);
        standsOverARestart();
        take(cluster.remove(ResourceId.of("Tier", "first")));
        passes(false, 90);
        passes(false, 92); // a tier that is not there denies at its end
        take(cluster.remove(ResourceId.of("GlobalNetworkPolicy", "first.same")));
        take(cluster.remove(ResourceId.of("GlobalNetworkPolicy", "second.same")));
        passes(true, 92);
        standsOverARestart();
    }

    @Test
    void whatTheKernelWouldRefuseIsRefusedWhole() throws Exception {
        String before = pods.nft("-s", "list", "table", "inet", "tombolo");
        Change good = table.change(cluster.policy("x", "closed", "'selector':'all()','types':['Ingress','Egress']"));
        Change.Builder both = Change.differences();
        good.chains().forEach(both::put);
        good.elements().forEach((name, elements) -> both.elements(name, elements.put(), elements.gone()));
        both.put(tombolo.api.nftables.Chain.of("policy-nonsense", "", List.of(tombolo.api.nftables.Rule.of("", tombolo.api.nftables.Statement.in("policy-nowhere", tombolo.api.nftables.Field.SOURCE_V4)))));
        Outcome.Refused refused = assertInstanceOf(Outcome.Refused.class, writer.change(Owner.POLICY, both.build()).get(30, TimeUnit.SECONDS));
        assertTrue(refused.reason().contains("TMB-NFT-006") && refused.reason().contains("policy-nonsense"), refused.reason());
        assertEquals(before, pods.nft("-s", "list", "table", "inet", "tombolo"));
        passes(true, 90);
    }
}
