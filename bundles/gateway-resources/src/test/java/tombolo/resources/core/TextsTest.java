package tombolo.resources.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.json.Json;
import tombolo.api.resource.PolicyRule;
import tombolo.runtime.json.JsonText;

class TextsTest {
    private static Json json(String text) {
        try {
            return JsonText.parse(text.replace('\'', '"'));
        } catch (JsonText.Malformed e) {
            throw new AssertionError(text, e);
        }
    }

    // ---------------------------------------------------------------- Kubernetes

    /** calico.md §2.5: one rule per protocol and peer, ports merged; selectors with sorted keys. */
    @Test
    void aKubernetesPolicyBecomesWhatCalicosControllersMakeOfIt() {
        KubernetesKinds.Converted converted = KubernetesKinds.convert((Json.Obj) json("{'apiVersion':'networking.k8s.io/v1','kind':'NetworkPolicy','metadata':{'name':'web','namespace':'shop'},"
                + "'spec':{'podSelector':{'matchLabels':{'z':'1','a':'2'}},'policyTypes':['Egress','Ingress'],'ingress':[{'from':[{'podSelector':{}},{'namespaceSelector':{}},"
                + "{'ipBlock':{'cidr':'10.0.0.0/8','except':['10.1.0.0/16']}}],'ports':[{'port':81},{'port':80},{'port':8080,'endPort':8090},{'protocol':'UDP','port':53},{'port':'http'}]}],"
                + "'egress':[{}]}}"));
        assertEquals(List.of(), converted.dropped());
        Json.Obj document = converted.document();
        assertEquals("knp.default.web", document.object("metadata").orElseThrow().text("name").orElseThrow());
        assertEquals(("{'order':1000,'selector':\"projectcalico.org/orchestrator == 'k8s' && a == '2' && z == '1'\",'ingress':["
                + "{'action':'Allow','protocol':'TCP','source':{'selector':\"projectcalico.org/orchestrator == 'k8s'\"},'destination':{'ports':['http','80:81','8080:8090']}},"
                + "{'action':'Allow','protocol':'TCP','source':{'selector':\"projectcalico.org/orchestrator == 'k8s'\",'namespaceSelector':'all()'},'destination':{'ports':['http','80:81','8080:8090']}},"
                + "{'action':'Allow','protocol':'TCP','source':{'nets':['10.0.0.0/8'],'notNets':['10.1.0.0/16']},'destination':{'ports':['http','80:81','8080:8090']}},"
                + "{'action':'Allow','protocol':'UDP','source':{'selector':\"projectcalico.org/orchestrator == 'k8s'\"},'destination':{'ports':[53]}},"
                + "{'action':'Allow','protocol':'UDP','source':{'selector':\"projectcalico.org/orchestrator == 'k8s'\",'namespaceSelector':'all()'},'destination':{'ports':[53]}},"
                + "{'action':'Allow','protocol':'UDP','source':{'nets':['10.0.0.0/8'],'notNets':['10.1.0.0/16']},'destination':{'ports':[53]}}],"
                + "'egress':[{'action':'Allow'}],'types':['Ingress','Egress']}").replaceAll("'([\\w:.()/]*)'(?=[:,\\]}])", "\"$1\"").replace("\" == '", "\" == '"),
                JsonText.line(document.get("spec").orElseThrow()));
        assertTrue(Decoder.decode(document, 0) instanceof Decoder.Decoded.Good, () -> Decoder.decode(document, 0).toString());
    }

    @Test
    void matchExpressionsBecomeSelectors() {
        Json.Obj spec = KubernetesKinds.policySpec((Json.Obj) json("{'podSelector':{'matchExpressions':[{'key':'a','operator':'In','values':['x','y']},{'key':'b','operator':'NotIn','values':['z']},"
                + "{'key':'c','operator':'Exists'},{'key':'d','operator':'DoesNotExist'}]}}"), new ArrayList<>());
        assertEquals("projectcalico.org/orchestrator == 'k8s' && a in { 'x', 'y' } && b not in { 'z' } && has(c) && ! has(d)", spec.text("selector").orElseThrow());
        assertEquals(List.of(new Json.Text("Ingress")), spec.array("types"));
    }

    @Test
    void aRuleThatCannotBeConvertedIsLeftOutAndTheRestIsKept() {
        List<String> dropped = new ArrayList<>();
        Json.Obj spec = KubernetesKinds.policySpec((Json.Obj) json("{'podSelector':{},'ingress':[{'ports':[{'port':99999}]},{'from':[{'ipBlock':{'cidr':'nonsense'}}]},{'ports':[{'port':80}]}]}"), dropped);
        assertEquals(2, dropped.size());
        assertTrue(dropped.getFirst().startsWith("spec.ingress[0] is left out: ports 99999:99999"), dropped.toString());
        assertEquals(1, spec.array("ingress").size());
    }

    /** "If this field is not specified, it will default based on the existence of ingress or egress rules; policies that contain an egress section are assumed to affect egress, and all policies
     * (whether or not they contain an ingress section) are assumed to affect ingress" (k8s.io/api/networking/v1, NetworkPolicySpec.PolicyTypes). */
    @Test
    void aKubernetesPolicyWithoutPolicyTypesIsForEgressWhereItHasRulesForIt() {
        List<Json> ingress = List.of(new Json.Text("Ingress"));
        List<Json> both = List.of(new Json.Text("Ingress"), new Json.Text("Egress"));
        assertEquals(both, types("{'podSelector':{},'egress':[{'to':[{'ipBlock':{'cidr':'10.0.0.0/8'}}]}]}"));
        assertEquals(both, types("{'podSelector':{},'policyTypes':[],'ingress':[{}],'egress':[{}]}"));
        assertEquals(both, types("{'podSelector':{},'egress':[{'to':[{'ipBlock':{'cidr':'nonsense'}}]}]}"), "a rule that is left out is one that was there");
        assertEquals(ingress, types("{'podSelector':{},'egress':[]}"));
        assertEquals(ingress, types("{'podSelector':{},'policyTypes':['Ingress'],'egress':[{}]}"), "as it is written");
    }

    private static List<Json> types(String spec) {
        return KubernetesKinds.policySpec((Json.Obj) json(spec), new ArrayList<>()).array("types");
    }

    private static Json.Obj clusterPolicy(String spec) {
        return (Json.Obj) json("{'apiVersion':'policy.networking.k8s.io/v1alpha2','kind':'ClusterNetworkPolicy','metadata':{'name':'deny-dns'},'spec':" + spec + "}");
    }

    /** calico.md §2.5: a GlobalNetworkPolicy of kube-admin or kube-baseline; the names of rules become annotations. */
    @Test
    void aClusterNetworkPolicyBecomesAGlobalOneOfItsTier() {
        KubernetesKinds.Converted converted = KubernetesKinds.convert(clusterPolicy("{'tier':'Admin','priority':7,'subject':{'pods':{'namespaceSelector':{'matchLabels':{'team':'a'}},"
                + "'podSelector':{}}},'ingress':[{'name':'mon','action':'Pass','from':[{'namespaces':{}},{'pods':{'namespaceSelector':{},'podSelector':{'matchLabels':{'app':'x'}}}}],"
                + "'ports':[{'portNumber':{'protocol':'UDP','port':53}},{'portRange':{'start':80,'end':81}},{'portNumber':{'port':82}}]}],"
                + "'egress':[{'action':'Accept','to':[{'networks':['10.0.0.0/8','192.168.0.0/16']}],'protocols':[{'tcp':{'destinationPort':{'number':443}}},{'sctp':{}}]},"
                + "{'action':'Deny','to':[{'namespaces':{}}]}]}"));
        assertEquals(List.of(), converted.dropped());
        Json.Obj document = converted.document();
        assertEquals("kcnp.admin.deny-dns", document.object("metadata").orElseThrow().text("name").orElseThrow());
        assertEquals(json("{'tier':'kube-admin','order':7,'selector':'projectcalico.org/orchestrator == #k8s#','namespaceSelector':'team == #a#','ingress':["
                + "{'action':'Pass','metadata':{'annotations':{'name':'mon'}},'protocol':'TCP','source':{'namespaceSelector':'all()'},'destination':{'ports':['80:82']}},"
                + "{'action':'Pass','metadata':{'annotations':{'name':'mon'}},'protocol':'TCP','source':{'selector':'projectcalico.org/orchestrator == #k8s# && app == #x#',"
                + "'namespaceSelector':'all()'},'destination':{'ports':['80:82']}},"
                + "{'action':'Pass','metadata':{'annotations':{'name':'mon'}},'protocol':'UDP','source':{'namespaceSelector':'all()'},'destination':{'ports':[53]}},"
                + "{'action':'Pass','metadata':{'annotations':{'name':'mon'}},'protocol':'UDP','source':{'selector':'projectcalico.org/orchestrator == #k8s# && app == #x#',"
                + "'namespaceSelector':'all()'},'destination':{'ports':[53]}}],"
                + "'egress':[{'action':'Allow','protocol':'SCTP','destination':{'nets':['10.0.0.0/8','192.168.0.0/16']}},"
                + "{'action':'Allow','protocol':'TCP','destination':{'nets':['10.0.0.0/8','192.168.0.0/16'],'ports':[443]}},"
                + "{'action':'Deny','destination':{'namespaceSelector':'all()'}}],'types':['Ingress','Egress']}"), json(JsonText.line(document.get("spec").orElseThrow()).replace('\'', '#')));
        assertTrue(Decoder.decode(document, 0) instanceof Decoder.Decoded.Good, () -> Decoder.decode(document, 0).toString());
    }

    @Test
    void networksOfBothFamiliesInAClusterNetworkPolicyAreARuleForEach() {
        KubernetesKinds.Converted converted = KubernetesKinds.convert(clusterPolicy("{'tier':'Admin','priority':1,'subject':{'namespaces':{}},'egress':[{'action':'Deny','to':[{'namespaces':{}},"
                + "{'networks':['0.0.0.0/0','::/0','10.0.0.0/8']}],'ports':[{'portNumber':{'protocol':'TCP','port':25}}]}]}"));
        assertEquals(List.of(), converted.dropped());
        assertEquals(json("[{'action':'Deny','protocol':'TCP','destination':{'namespaceSelector':'all()','ports':[25]}},"
                + "{'action':'Deny','protocol':'TCP','destination':{'nets':['0.0.0.0/0','10.0.0.0/8'],'ports':[25]}},"
                + "{'action':'Deny','protocol':'TCP','destination':{'nets':['::/0'],'ports':[25]}}]"), converted.document().object("spec").orElseThrow().get("egress").orElseThrow());
        assertTrue(Decoder.decode(converted.document(), 0) instanceof Decoder.Decoded.Good, () -> Decoder.decode(converted.document(), 0).toString());
    }

    @Test
    void aRuleOfAClusterNetworkPolicyThatCannotBeConvertedFailsClosed() {
        KubernetesKinds.Converted converted = KubernetesKinds.convert(clusterPolicy("{'tier':'Baseline','priority':1,'subject':{'namespaces':{}},'ingress':["
                + "{'action':'Deny','from':[{'pods':{'podSelector':{}}}],'protocols':[{'destinationNamedPort':'dns'}]},{'action':'Accept','from':[{'nodes':{}}]}],"
                + "'egress':[{'action':'Pass','to':[{'domainNames':['example.com']}]}]}"));
        assertEquals(3, converted.dropped().size(), converted.dropped().toString());
        Json.Obj spec = converted.document().object("spec").orElseThrow();
        assertEquals("kube-baseline", spec.text("tier").orElseThrow());
        assertEquals(json("[{'action':'Deny'}]"), spec.get("ingress").orElseThrow());
        assertEquals(json("[{'action':'Deny'}]"), spec.get("egress").orElseThrow());
    }

    @Test
    void aClusterNetworkPolicyWithoutATierOrASubjectIsRefused() {
        for (String spec : List.of("{'priority':1,'subject':{'namespaces':{}}}", "{'tier':'Other','priority':1,'subject':{'namespaces':{}}}", "{'tier':'Admin','priority':1}",
                "{'tier':'Admin','priority':1,'subject':{'namespaces':{'matchExpressions':[{'key':'a','operator':'Near'}]}}}")) {
            assertTrue(Decoder.decode(KubernetesKinds.convert(clusterPolicy(spec)).document(), 0) instanceof Decoder.Decoded.Bad, spec);
        }
    }

    @Test
    void namespacesAndServiceAccountsBecomeProfiles() {
        Json.Obj namespace = KubernetesKinds.convert((Json.Obj) json("{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'shop','labels':{'team':'a'}}}")).document();
        assertEquals("{\"ingress\":[{\"action\":\"Allow\"}],\"egress\":[{\"action\":\"Allow\"}],\"labelsToApply\":{\"pcns.team\":\"a\",\"pcns.projectcalico.org/name\":\"shop\"}}",
                JsonText.line(namespace.get("spec").orElseThrow()));
        assertEquals("kns.shop", namespace.object("metadata").orElseThrow().text("name").orElseThrow());
        Json.Obj account = KubernetesKinds.convert((Json.Obj) json("{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'bot','namespace':'shop'}}")).document();
        assertEquals("ksa.shop.bot", account.object("metadata").orElseThrow().text("name").orElseThrow());
        assertEquals("{\"labelsToApply\":{\"pcsa.projectcalico.org/name\":\"bot\"}}", JsonText.line(account.get("spec").orElseThrow()));
    }

    @Test
    void aPodsLabelsBecomeThoseOfItsEndpoint() {
        Map<String, String> labels = KubernetesKinds.endpointLabels((Json.Obj) json("{'metadata':{'labels':{'app':'web'}},'spec':{'serviceAccountName':'bot'}}"),
                Map.of("old", "x", "projectcalico.org/namespace", "shop"));
        assertEquals(Map.of("app", "web", "projectcalico.org/namespace", "shop", "projectcalico.org/serviceaccount", "bot"), labels);
    }

    @Test
    void neighbouringPortsBecomeOneRange() {
        assertEquals("[foo, 80:82, 9090]", KubernetesKinds.simplify(List.of(new PolicyRule.Port.Range(9090, 9090), new PolicyRule.Port.Range(82, 82), new PolicyRule.Port.Named("foo"),
                new PolicyRule.Port.Range(80, 81), new PolicyRule.Port.Range(80, 80))).toString());
    }

    // ---------------------------------------------------------------- patches

    /** The examples of RFC 7386, appendix A. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "{'a':'b'} ~ {'a':'c'} ~ {'a':'c'}", "{'a':'b'} ~ {'b':'c'} ~ {'a':'b','b':'c'}", "{'a':'b'} ~ {'a':null} ~ {}", "{'a':'b','b':'c'} ~ {'a':null} ~ {'b':'c'}",
        "{'a':['b']} ~ {'a':'c'} ~ {'a':'c'}", "{'a':'c'} ~ {'a':['b']} ~ {'a':['b']}", "{'a':{'b':'c'}} ~ {'a':{'b':'d','c':null}} ~ {'a':{'b':'d'}}",
        "{'a':[{'b':'c'}]} ~ {'a':[1]} ~ {'a':[1]}", "['a','b'] ~ ['c','d'] ~ ['c','d']", "{'a':'b'} ~ ['c'] ~ ['c']", "{'e':null} ~ {'a':1} ~ {'e':null,'a':1}",
        "[1,2] ~ {'a':'b','c':null} ~ {'a':'b'}", "{} ~ {'a':{'bb':{'ccc':null}}} ~ {'a':{'bb':{}}}",
    })
    void aMergePatchDoesWhatTheStandardSays(String target, String patch, String result) {
        assertEquals(json(result), Patch.merge(json(target), json(patch)));
    }

    /** RFC 6902, appendix A. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "{'foo':'bar'} ~ [{'op':'add','path':'/baz','value':'qux'}] ~ {'foo':'bar','baz':'qux'}",
        "{'foo':['bar','baz']} ~ [{'op':'add','path':'/foo/1','value':'qux'}] ~ {'foo':['bar','qux','baz']}",
        "{'baz':'qux','foo':'bar'} ~ [{'op':'remove','path':'/baz'}] ~ {'foo':'bar'}",
        "{'foo':['bar','qux','baz']} ~ [{'op':'remove','path':'/foo/1'}] ~ {'foo':['bar','baz']}",
        "{'baz':'qux','foo':'bar'} ~ [{'op':'replace','path':'/baz','value':'boo'}] ~ {'baz':'boo','foo':'bar'}",
        "{'foo':{'bar':'baz','waldo':'fred'},'qux':{'corge':'grault'}} ~ [{'op':'move','from':'/foo/waldo','path':'/qux/thud'}] ~ {'foo':{'bar':'baz'},'qux':{'corge':'grault','thud':'fred'}}",
        "{'foo':['all','grass','cows','eat']} ~ [{'op':'move','from':'/foo/1','path':'/foo/3'}] ~ {'foo':['all','cows','eat','grass']}",
        "{'baz':'qux','foo':['a',2,'c']} ~ [{'op':'test','path':'/baz','value':'qux'},{'op':'test','path':'/foo/1','value':2}] ~ {'baz':'qux','foo':['a',2,'c']}",
        "{'foo':['bar']} ~ [{'op':'add','path':'/foo/-','value':['abc','def']}] ~ {'foo':['bar',['abc','def']]}",
    })
    void aJsonPatchDoesWhatTheStandardSays(String target, String patch, String result) throws Exception {
        assertEquals(json(result), Patch.operations(json(target), json(patch)));
    }

    /** RFC 6901 §4: ~0 is a tilde, ~1 a slash. */
    @Test
    void aPointerMayNameTildesAndSlashes() throws Exception {
        assertEquals(json("{'/':9,'~1':11}"), Patch.operations(json("{'/':9,'~1':10}"), json("[{'op':'test','path':'/~1','value':9},{'op':'replace','path':'/~01','value':11}]")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "{'foo':'bar'} ~ [{'op':'add','path':'/baz/bat','value':'qux'}]", "{'baz':'qux'} ~ [{'op':'test','path':'/baz','value':'bar'}]", "{} ~ [{'op':'remove','path':'/a'}]",
        "{} ~ [{'op':'fly','path':'/a'}]", "{} ~ {'a':1}", "{'a':[1]} ~ [{'op':'add','path':'/a/5','value':1}]", "{'a':{}} ~ [{'op':'move','from':'/a','path':'/a/b'}]", "{} ~ [{'op':'add'}]",
    })
    void aJsonPatchThatDoesNotFitIsRefused(String target, String patch) {
        assertThrows(Patch.Refused.class, () -> Patch.operations(json(target), json(patch)));
    }

    @Test
    void aStrategicPatchFollowsItsDirectives() throws Exception {
        assertEquals(json("{'a':{'c':2},'d':1}"), Patch.strategic(json("{'a':{'b':1},'d':1}"), json("{'a':{'$patch':'replace','c':2}}")));
        assertEquals(json("{'d':1}"), Patch.strategic(json("{'a':{'b':1},'d':1}"), json("{'a':{'$patch':'delete'}}")));
        assertThrows(Patch.Refused.class, () -> Patch.strategic(json("{}"), json("{'a':{'$patch':'x'}}")));
    }

    // ---------------------------------------------------------------- tables and YAML

    @Test
    void theTableOfPoolsIsCalicoctls() {
        Json.Obj pool = (Json.Obj) json("{'kind':'IPPool','metadata':{'name':'default-ipv4-ippool'},'spec':{'cidr':'192.168.0.0/16','nodeSelector':'all()','natOutgoing':true,'ipipMode':'Always'}}");
        Kind kind = Kinds.named("IPPool").orElseThrow();
        assertEquals("""
                NAME                  CIDR             SELECTOR  \s
                default-ipv4-ippool   192.168.0.0/16   all()     \s

                """, Tables.print(kind, List.of(pool), false, false, "64512"));
        assertEquals("""
                NAME                  CIDR             NAT    IPIPMODE   VXLANMODE   DISABLED   DISABLEBGPEXPORT   ASSIGNMENTMODE   SELECTOR  \s
                default-ipv4-ippool   192.168.0.0/16   true   Always     Never       false      false              Automatic        all()     \s

                """, Tables.print(kind, List.of(pool), true, false, "64512"));
    }

    @Test
    void nodesPeersAndTiersPrintAsCalicoctlDoes() {
        Json.Obj node = (Json.Obj) json("{'metadata':{'name':'a'},'spec':{'bgp':{'ipv4Address':'10.0.0.1/24'}}}");
        assertEquals("NAME   ASN       IPV4          IPV6   \na      (64512)   10.0.0.1/24          \n\n", Tables.print(Kinds.named("Node").orElseThrow(), List.of(node), true, false, "64512"));
        Json.Obj peer = (Json.Obj) json("{'metadata':{'name':'p'},'spec':{'peerIP':'10.0.0.2','asNumber':65000}}");
        assertEquals("NAME   PEERIP     NODE       ASN     \np      10.0.0.2   (global)   65000   \n\n", Tables.print(Kinds.named("BGPPeer").orElseThrow(), List.of(peer), false, false, "64512"));
        Json.Obj tier = (Json.Obj) json("{'metadata':{'name':'default'},'spec':{'order':1000000}}");
        assertEquals("NAME      ORDER   \ndefault   1e+06   \n\n", Tables.print(Kinds.named("Tier").orElseThrow(), List.of(tier), false, false, "64512"));
        Json.Obj policy = (Json.Obj) json("{'metadata':{'name':'p','namespace':'shop'},'spec':{'tier':'default','selector':'all()'}}");
        assertEquals("NAMESPACE   NAME   TIER      ORDER   SELECTOR   \nshop        p      default   <nil>   all()      \n\n",
                Tables.print(Kinds.named("NetworkPolicy").orElseThrow(), List.of(policy), true, true, "64512"));
    }

    @ParameterizedTest
    @CsvSource({"1000000, 1e+06", "1000, 1000", "12.5, 12.5", "0, 0", "-3, -3", "100000, 100000", "1234567, 1.234567e+06", "0.00001, 1e-05", "0.5, 0.5", "1e3, 1000"})
    void numbersPrintAsGoPrintsThem(String literal, String text) {
        assertEquals(text, Tables.goFloat(literal));
    }

    @Test
    void yamlIsWrittenInTheFormThatCalicoctlWrites() {
        assertEquals("""
                apiVersion: projectcalico.org/v3
                empty: {}
                list:
                - a: 1
                  b:
                  - x
                - "true"
                nested:
                  none: []
                  nothing: null
                  text: "2024-01-01T00:00:00Z"
                """, Yaml.text(json("{'list':[{'b':['x'],'a':1},'true'],'apiVersion':'projectcalico.org/v3','empty':{},'nested':{'text':'2024-01-01T00:00:00Z','none':[],'nothing':null}}")));
    }
}
