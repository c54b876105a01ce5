package tombolo.resources.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.json.Json;
import tombolo.api.net.Asn;
import tombolo.api.resource.BgpConfiguration;
import tombolo.api.resource.BgpFilter;
import tombolo.api.resource.BgpPeer;
import tombolo.api.resource.GlobalNetworkPolicy;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.KubeControllersConfiguration;
import tombolo.api.resource.NetworkPolicy;
import tombolo.api.resource.PolicyBody;
import tombolo.api.resource.PolicyRule;
import tombolo.api.resource.Resource;
import tombolo.api.resource.Resources.Problem;
import tombolo.api.resource.Tier;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.resources.core.Decoder.Decoded;
import tombolo.runtime.json.JsonText;

/** Each kind's good and bad documents. */
class KindRulesTest {
    private static Json.Obj document(String kind, String name, String spec) {
        try {
            return (Json.Obj) JsonText.parse("{\"apiVersion\":\"projectcalico.org/v3\",\"kind\":\"" + kind + "\",\"metadata\":{\"name\":\"" + name + "\"},\"spec\":" + spec.replace('\'', '"') + "}");
        } catch (JsonText.Malformed e) {
            throw new AssertionError(spec, e);
        }
    }

    private static Resource good(String kind, String name, String spec) {
        Decoded decoded = Decoder.decode(document(kind, name, spec), 7);
        return assertInstanceOf(Decoded.Good.class, decoded, () -> decoded.toString()).resource();
    }

    private static List<Problem> bad(String kind, String name, String spec) {
        return assertInstanceOf(Decoded.Bad.class, Decoder.decode(document(kind, name, spec), 0), kind + " " + spec).problems();
    }

    /** Pools, by calico.md §1: what is wrong, the field that is named, the code. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "{} ~ spec.cidr ~ 001",
        "{'cidr':'10.0.0.1/16'} ~ spec.cidr ~ 005",
        "{'cidr':'10.0.0.0'} ~ spec.cidr ~ 005",
        "{'cidr':7} ~ spec.cidr ~ 002",
        "{'cidr':'10.0.0.0/16','blockSize':19} ~ spec.blockSize ~ 003",
        "{'cidr':'10.0.0.0/16','blockSize':33} ~ spec.blockSize ~ 003",
        "{'cidr':'fd00::/64','blockSize':115} ~ spec.blockSize ~ 003",
        "{'cidr':'fd00::/64','blockSize':129} ~ spec.blockSize ~ 003",
        "{'cidr':'10.0.0.0/27'} ~ spec.cidr ~ 006",
        "{'cidr':'169.254.0.0/20'} ~ spec.cidr ~ 006",
        "{'cidr':'160.0.0.0/4'} ~ spec.cidr ~ 006",
        "{'cidr':'fe80::/64'} ~ spec.cidr ~ 006",
        "{'cidr':'10.0.0.0/16','ipipMode':'Sometimes'} ~ spec.ipipMode ~ 004",
        "{'cidr':'10.0.0.0/16','vxlanMode':'always'} ~ spec.vxlanMode ~ 004",
        "{'cidr':'10.0.0.0/16','ipipMode':'Always','vxlanMode':'CrossSubnet'} ~ spec.vxlanMode ~ 006",
        "{'cidr':'fd00::/64','ipipMode':'Always'} ~ spec.ipipMode ~ 006",
        "{'cidr':'10.0.0.0/16','nodeSelector':'has('} ~ spec.nodeSelector ~ 005",
        "{'cidr':'10.0.0.0/16','nodeSelector':'global()'} ~ spec.nodeSelector ~ 006",
        "{'cidr':'10.0.0.0/16','allowedUses':['Workload','Tunel']} ~ spec.allowedUses[1] ~ 004",
        "{'cidr':'10.0.0.0/16','allowedUses':['Workload','Workload']} ~ spec.allowedUses[1] ~ 006",
        "{'cidr':'10.0.0.0/16','allowedUses':['LoadBalancer','Workload']} ~ spec.allowedUses ~ 006",
        "{'cidr':'10.0.0.0/16','allowedUses':['LoadBalancer'],'vxlanMode':'Always'} ~ spec.vxlanMode ~ 006",
        "{'cidr':'10.0.0.0/16','allowedUses':['LoadBalancer'],'disableBGPExport':true} ~ spec.disableBGPExport ~ 006",
        "{'cidr':'10.0.0.0/16','allowedUses':['LoadBalancer'],'nodeSelector':'has(a)'} ~ spec.nodeSelector ~ 006",
        "{'cidr':'10.0.0.0/16','namespaceSelector':'has(a)'} ~ spec.namespaceSelector ~ 006",
        "{'cidr':'10.0.0.0/16','assignmentMode':'Never'} ~ spec.assignmentMode ~ 004",
        "{'cidr':'10.0.0.0/16','natOutgoing':'yes'} ~ spec.natOutgoing ~ 002",
        "{'cidr':'10.0.0.0/16','blocksize':26} ~ spec.blocksize ~ 009",
        "{'cidr':'10.0.0.0/16','natOutgoin':true} ~ spec.natOutgoin ~ 009",
    })
    void aPoolThatBreaksARuleIsRefusedByFieldAndCode(String spec, String field, String code) {
        List<Problem> problems = bad("IPPool", "pool", spec);
        assertTrue(problems.stream().anyMatch(problem -> problem.field().equals(field) && problem.message().startsWith("TMB-RES-" + code + " " + field)), problems.toString());
    }

    @Test
    void aPoolGetsCalicosDefaultsInItsTreeAndItsView() {
        Resource pool = good("IPPool", "pool", "{'cidr':'10.0.0.0/16'}");
        IpPool spec = (IpPool) pool.spec();
        assertEquals(26, spec.blockSize());
        assertEquals(Set.of(IpPool.Use.WORKLOAD, IpPool.Use.TUNNEL), spec.allowedUses());
        assertEquals("{\"cidr\":\"10.0.0.0/16\",\"blockSize\":26,\"ipipMode\":\"Never\",\"vxlanMode\":\"Never\",\"nodeSelector\":\"all()\",\"allowedUses\":[\"Workload\",\"Tunnel\"],"
                + "\"assignmentMode\":\"Automatic\"}", JsonText.line(pool.tree().get("spec").orElseThrow()));
        assertEquals(122, ((IpPool) good("IPPool", "six", "{'cidr':'fd00::/64'}").spec()).blockSize());
    }

    @Test
    void aDisabledPoolMayBeSmallerThanABlock() {
        assertTrue(((IpPool) good("IPPool", "small", "{'cidr':'10.0.0.0/28','disabled':true}").spec()).disabled());
    }

    @Test
    void everyProblemOfADocumentIsTold() {
        List<Problem> problems = bad("IPPool", "Not A Name", "{'cidr':'10.0.0.0/16','blockSize':1,'ipipMode':'x','natOutgoing':1}");
        assertEquals(List.of("metadata.name", "spec.ipipMode", "spec.blockSize", "spec.natOutgoing"), problems.stream().map(Problem::field).toList());
    }

    @Test
    void aFieldThatNobodyKnowsIsKeptAndNoted() {
        Json.Obj document = document("IPPool", "pool", "{'cidr':'10.0.0.0/16','quantumMode':{'entangled':[1,2.50,null]}}");
        Decoded.Good good = assertInstanceOf(Decoded.Good.class, Decoder.decode(document, 0));
        assertEquals(List.of("spec.quantumMode"), good.unknownFields());
        assertEquals("{\"entangled\":[1,2.50,null]}", JsonText.line(good.resource().tree().object("spec").orElseThrow().get("quantumMode").orElseThrow()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "BGPPeer ~ {'node':'a','nodeSelector':'all()'} ~ spec.node ~ 006",
        "BGPPeer ~ {'peerIP':'10.0.0.1','peerSelector':'all()'} ~ spec.peerIP ~ 006",
        "BGPPeer ~ {'peerSelector':'all()','asNumber':65000} ~ spec.asNumber ~ 006",
        "BGPPeer ~ {'localWorkloadSelector':'all()'} ~ spec.asNumber ~ 006",
        "BGPPeer ~ {'localWorkloadSelector':'all()','asNumber':1,'peerIP':'10.0.0.1'} ~ spec.peerIP ~ 006",
        "BGPPeer ~ {'localWorkloadSelector':'all()','asNumber':1,'peerSelector':'has(a)'} ~ spec.peerSelector ~ 006",
        "BGPPeer ~ {'reachableBy':'10.0.0.1'} ~ spec.reachableBy ~ 006",
        "BGPPeer ~ {'peerIP':'10.0.0.1','reachableBy':'fd00::1'} ~ spec.reachableBy ~ 006",
        "BGPPeer ~ {'peerIP':'10.0.0.1:0'} ~ spec.peerIP ~ 005",
        "BGPPeer ~ {'peerIP':'10.0.0.256'} ~ spec.peerIP ~ 005",
        "BGPPeer ~ {'peerIP':'10.0.0.1','asNumber':4294967296} ~ spec.asNumber ~ 005",
        "BGPPeer ~ {'keepOriginalNextHop':true,'nextHopMode':'Keep'} ~ spec.keepOriginalNextHop ~ 006",
        "BGPPeer ~ {'maxRestartTime':'soon'} ~ spec.maxRestartTime ~ 005",
        "BGPPeer ~ {'ttlSecurity':256} ~ spec.ttlSecurity ~ 003",
        "BGPPeer ~ {'password':{'secretKeyRef':{'name':'s'}}} ~ spec.password.secretKeyRef.key ~ 001",
        "BGPFilter ~ {'exportV4':[{'action':'Accept','cidr':'10.0.0.0/8'}]} ~ spec.exportV4[0].matchOperator ~ 006",
        "BGPFilter ~ {'exportV4':[{'action':'Accept','matchOperator':'In'}]} ~ spec.exportV4[0].cidr ~ 006",
        "BGPFilter ~ {'importV6':[{'action':'Accept','cidr':'10.0.0.0/8','matchOperator':'In'}]} ~ spec.importV6[0].cidr ~ 005",
        "BGPFilter ~ {'importV4':[{'action':'Drop'}]} ~ spec.importV4[0].action ~ 004",
        "BGPFilter ~ {'importV4':[{}]} ~ spec.importV4[0].action ~ 001",
        "BGPFilter ~ {'importV4':[{'action':'Reject','operations':[{'setPriority':{'value':5}}]}]} ~ spec.importV4[0].operations ~ 006",
        "BGPFilter ~ {'importV4':[{'action':'Accept','operations':[{}]}]} ~ spec.importV4[0].operations[0] ~ 006",
        "BGPFilter ~ {'importV4':[{'action':'Accept','communities':{'values':['1:2','3:4']}}]} ~ spec.importV4[0].communities.values ~ 003",
        "BGPFilter ~ {'importV4':[{'action':'Accept','communities':{'values':['70000:1']}}]} ~ spec.importV4[0].communities.values[0] ~ 005",
        "BGPFilter ~ {'importV4':[{'action':'Accept','prefixLength':{'max':33},'cidr':'10.0.0.0/8','matchOperator':'In'}]} ~ spec.importV4[0].prefixLength.max ~ 003",
        "BGPConfiguration ~ {'communities':[{'name':'a','value':'1:2'}]} ~ spec.communities ~ 006",
        "BGPConfiguration ~ {'prefixAdvertisements':[{'cidr':'10.0.0.0/8','communities':['nobody']}]} ~ spec.prefixAdvertisements[0].communities[0] ~ 005",
        "BGPConfiguration ~ {'nodeToNodeMeshEnabled':false,'nodeMeshMaxRestartTime':'120s'} ~ spec.nodeMeshMaxRestartTime ~ 006",
        "BGPConfiguration ~ {'listenPort':0} ~ spec.listenPort ~ 003",
        "BGPConfiguration ~ {'ignoredInterfaces':['*']} ~ spec.ignoredInterfaces[0] ~ 005",
        "BGPConfiguration ~ {'bindMode':'nodeip'} ~ spec.bindMode ~ 004",
        "BGPConfiguration ~ {'logSeverityScreen':'Loud'} ~ spec.logSeverityScreen ~ 004",
        "Tier ~ {'order':5} ~ spec.order ~ 006",
        "IPAMConfiguration ~ {'strictAffinity':false,'autoAllocateBlocks':false} ~ spec.autoAllocateBlocks ~ 006",
        "IPAMConfiguration ~ {'maxBlocksPerHost':5} ~ spec.maxBlocksPerHost ~ 006",
        "IPAMConfiguration ~ {'ipCooldownSeconds':1201} ~ spec.ipCooldownSeconds ~ 003",
        "IPReservation ~ {'reservedCIDRs':['10.0.0.0/8','10.0.0.1/8']} ~ spec.reservedCIDRs[1] ~ 005",
        "HostEndpoint ~ {'node':'n'} ~ spec.interfaceName ~ 006",
        "HostEndpoint ~ {'interfaceName':'eth0'} ~ spec.node ~ 001",
        "HostEndpoint ~ {'node':'n','interfaceName':'a-name-too-long-by-far'} ~ spec.interfaceName ~ 005",
        "HostEndpoint ~ {'node':'n','interfaceName':'eth0','ports':[{'name':'http','port':80,'protocol':'ICMP'}]} ~ spec.ports[0].protocol ~ 006",
        "Node ~ {'bgp':{}} ~ spec.bgp ~ 006",
        "Node ~ {'bgp':{'ipv4Address':'fd00::1/64'}} ~ spec.bgp.ipv4Address ~ 005",
        "Node ~ {'vxlanTunnelMACAddr':'ee:ee'} ~ spec.vxlanTunnelMACAddr ~ 005",
        "FelixConfiguration ~ {'vxlanPort':0} ~ spec.vxlanPort ~ 003",
        "FelixConfiguration ~ {'reportingInterval':'often'} ~ spec.reportingInterval ~ 005",
        "FelixConfiguration ~ {'natOutgoingAddress':'fd00::1'} ~ spec.natOutgoingAddress ~ 005",
        "FelixConfiguration ~ {'healthTimeoutOverrides':[{'timeout':'5s'}]} ~ spec.healthTimeoutOverrides[0].name ~ 001",
        "FelixConfiguration ~ {'healthTimeoutOverrides':[{'name':'a','timeout':'5'}]} ~ spec.healthTimeoutOverrides[0].timeout ~ 005",
        "FelixConfiguration ~ {'bpfEnforceRPF':'Sometimes'} ~ spec.bpfEnforceRPF ~ 004",
        "FelixConfiguration ~ {'bpfDSROptoutCIDRs':['10.0.0.0/33']} ~ spec.bpfDSROptoutCIDRs[0] ~ 005",
        "FelixConfiguration ~ {'bpfLogFilters':{'all':1}} ~ spec.bpfLogFilters.all ~ 002",
        "FelixConfiguration ~ {'bpfenabled':true} ~ spec.bpfenabled ~ 009",
        "KubeControllersConfiguration ~ {'controllers':{'node':{'leakGracePeriod':'x'}}} ~ spec.controllers.node.leakGracePeriod ~ 005",
        "KubeControllersConfiguration ~ {'prometheusMetricsPort':70000} ~ spec.prometheusMetricsPort ~ 003",
        "CalicoNodeStatus ~ {'node':'n','updatePeriodSeconds':86401} ~ spec.updatePeriodSeconds ~ 003",
        "CalicoNodeStatus ~ {'classes':['Agent','Rotes']} ~ spec.classes[1] ~ 004",
        "LiveMigration ~ {'source':{}} ~ spec.source ~ 006",
        "GlobalNetworkSet ~ {'nets':['10.0.0.0/33']} ~ spec.nets[0] ~ 005",
    })
    void aDocumentThatBreaksARuleIsRefusedByFieldAndCode(String kind, String spec, String field, String code) {
        List<Problem> problems = bad(kind, "default", spec);
        assertTrue(problems.stream().anyMatch(problem -> problem.field().equals(field) && problem.message().startsWith("TMB-RES-" + code + " ")), problems.toString());
    }

    /** Rules, by calico.md §2.4. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "{'action':'Permit'} ~ action ~ 004",
        "{} ~ action ~ 001",
        "{'action':'Allow','ipVersion':5} ~ ipVersion ~ 006",
        "{'action':'Allow','protocol':'XYZ'} ~ protocol ~ 005",
        "{'action':'Allow','protocol':0} ~ protocol ~ 005",
        "{'action':'Allow','protocol':256} ~ protocol ~ 005",
        "{'action':'Allow','destination':{'ports':[80]}} ~ destination.ports ~ 006",
        "{'action':'Allow','protocol':'ICMP','source':{'notPorts':[80]}} ~ source.notPorts ~ 006",
        "{'action':'Allow','protocol':'TCP','destination':{'ports':['90:80']}} ~ destination.ports[0] ~ 005",
        "{'action':'Allow','protocol':'TCP','destination':{'ports':[0]}} ~ destination.ports[0] ~ 005",
        "{'action':'Allow','protocol':'TCP','destination':{'ports':['not a name']}} ~ destination.ports[0] ~ 005",
        "{'action':'Allow','icmp':{'type':8}} ~ icmp ~ 006",
        "{'action':'Allow','protocol':'ICMP','icmp':{'code':1}} ~ icmp.code ~ 006",
        "{'action':'Allow','protocol':'ICMP','icmp':{'type':255}} ~ icmp.type ~ 003",
        "{'action':'Allow','protocol':'ICMP','ipVersion':6} ~ ipVersion ~ 006",
        "{'action':'Allow','protocol':'ICMPv6','ipVersion':4} ~ ipVersion ~ 006",
        "{'action':'Allow','source':{'nets':['10.0.0.0/8','fd00::/8']}} ~ source.nets ~ 006",
        "{'action':'Allow','ipVersion':6,'source':{'nets':['10.0.0.0/8']}} ~ source.nets ~ 006",
        "{'action':'Allow','source':{'nets':['10.0.0.1/8']}} ~ source.nets[0] ~ 005",
        "{'action':'Allow','source':{'selector':'global()'}} ~ source.selector ~ 006",
        "{'action':'Allow','source':{'namespaceSelector':'global() && has(a)'}} ~ source.namespaceSelector ~ 006",
        "{'action':'Allow','source':{'services':{'name':'s'},'selector':'all()'}} ~ source.selector ~ 006",
        "{'action':'Allow','destination':{'services':{'name':'s'}}} ~ destination ~ 006",
        "{'action':'Deny','http':{'methods':['GET']}} ~ http ~ 006",
        "{'action':'Allow','protocol':'UDP','http':{'methods':['GET']}} ~ protocol ~ 006",
        "{'action':'Allow','http':{'methods':['GET','GET']}} ~ http.methods ~ 006",
        "{'action':'Allow','http':{'paths':[{'exact':'/a','prefix':'/b'}]}} ~ http.paths[0] ~ 006",
        "{'action':'Allow','http':{'paths':[{'exact':'a?b'}]}} ~ http.paths[0].exact ~ 005",
    })
    void aRuleThatBreaksARuleIsRefusedByFieldAndCode(String rule, String field, String code) {
        List<Problem> problems = bad("NetworkPolicy", "policy", "{'ingress':[" + rule + "]}");
        String path = "spec.ingress[0]." + field;
        assertTrue(problems.stream().anyMatch(problem -> problem.field().equals(path) && problem.message().startsWith("TMB-RES-" + code + " ")), problems.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "{'doNotTrack':true,'preDNAT':true,'applyOnForward':true} ~ spec.preDNAT",
        "{'preDNAT':true,'applyOnForward':true,'egress':[{'action':'Allow'}]} ~ spec.egress",
        "{'preDNAT':true,'applyOnForward':true,'types':['Egress']} ~ spec.types",
        "{'doNotTrack':true} ~ spec.applyOnForward",
        "{'types':['Ingress','Ingress']} ~ spec.types[1]",
        "{'selector':'has(a) && global()'} ~ spec.selector",
        "{'egress':[{'action':'Allow','source':{'services':{'name':'s','namespace':'n'}}}]} ~ spec.egress[0].source",
        "{'ingress':[{'action':'Allow','source':{'services':{'name':'s'}}}]} ~ spec.ingress[0].source.services.namespace",
    })
    void aGlobalPolicyThatBreaksARuleIsRefused(String spec, String field) {
        List<Problem> problems = bad("GlobalNetworkPolicy", "policy", spec);
        assertTrue(problems.stream().anyMatch(problem -> problem.field().equals(field) && problem.message().startsWith("TMB-RES-006")), problems.toString());
    }

    @Test
    void aPolicyHasAThousandAndTwentyFourRulesADirectionAndNoMore() {
        String rule = "{'action':'Allow'},";
        assertEquals(1024, ((NetworkPolicy) good("NetworkPolicy", "p", "{'ingress':[" + rule.repeat(1023) + "{'action':'Deny'}]}").spec()).body().ingress().size());
        assertTrue(bad("NetworkPolicy", "p", "{'ingress':[" + rule.repeat(1024) + "{'action':'Deny'}]}").getFirst().message().startsWith("TMB-RES-003 spec.ingress"));
    }

    @Test
    void aSelectorNestedTenThousandDeepIsRefusedWithItsOwnMessage() {
        // 20,006 characters: beyond a policy's 1024 as well, so a kind without that limit shows the depth.
        String selector = "(".repeat(10_000) + "has(a)" + ")".repeat(10_000);
        List<Problem> problems = bad("BGPPeer", "peer", "{'nodeSelector':'" + selector + "'}");
        assertEquals("spec.nodeSelector", problems.getFirst().field());
        assertTrue(problems.getFirst().message().contains("parentheses nested deeper than 512"), problems.toString());
        assertTrue(problems.getFirst().message().length() < 400, "a message for people");
    }

    @Test
    void policyTypesFollowTheRulesWhereTheyAreNotWritten() {
        assertEquals(Set.of(PolicyBody.Type.INGRESS), ((NetworkPolicy) good("NetworkPolicy", "p", "{}").spec()).body().types());
        Resource egress = good("NetworkPolicy", "p", "{'egress':[{'action':'Allow'}]}");
        assertEquals(Set.of(PolicyBody.Type.EGRESS), ((NetworkPolicy) egress.spec()).body().types());
        assertEquals(Optional.of(Json.Arr.texts(List.of("Egress"))), egress.tree().object("spec").orElseThrow().get("types"));
        assertEquals("default", egress.labels().get("projectcalico.org/tier"));
        assertEquals(Optional.of("default"), egress.id().namespace());
        assertEquals(Set.of(PolicyBody.Type.INGRESS, PolicyBody.Type.EGRESS),
                ((GlobalNetworkPolicy) good("GlobalNetworkPolicy", "p", "{'ingress':[{'action':'Pass'}],'egress':[{'action':'Log'}]}").spec()).body().types());
    }

    @Test
    void aRuleIsReadWithAllItsParts() {
        PolicyRule rule = ((NetworkPolicy) good("NetworkPolicy", "p", "{'order':12.5,'tier':'security','ingress':[{'action':'Allow','protocol':'TCP','source':{'nets':['10.0.0.0/8'],"
                + "'selector':'has(a)','namespaceSelector':'global()','serviceAccounts':{'names':['x']}},'destination':{'ports':[80,'443:445','http']},"
                + "'metadata':{'annotations':{'why':'web'}}}]}").spec()).body().ingress().getFirst();
        assertEquals(List.of(new PolicyRule.Port.Range(80, 80), new PolicyRule.Port.Range(443, 445), new PolicyRule.Port.Named("http")), rule.destination().ports());
        assertEquals("global()", rule.source().namespaceSelector().orElseThrow().canonical());
        assertEquals("web", rule.annotations().get("why"));
        assertEquals(OptionalInt.empty(), rule.ipVersion());
    }

    @Test
    void aStagedPolicyThatDeletesHasNothingElse() {
        good("StagedNetworkPolicy", "p", "{'stagedAction':'Delete','tier':'default'}");
        assertEquals("spec.selector", bad("StagedNetworkPolicy", "p", "{'stagedAction':'Delete','selector':'all()'}").getFirst().field());
        good("StagedKubernetesNetworkPolicy", "p", "{'podSelector':{'matchLabels':{'a':'b'}},'policyTypes':['Ingress']}");
    }

    @Test
    void theFixedTiersHaveTheirOrders() {
        good("Tier", "default", "{'order':1000000}");
        good("Tier", "kube-admin", "{'order':1000,'defaultAction':'Pass'}");
        assertEquals(Tier.DefaultAction.PASS, ((Tier) good("Tier", "kube-baseline", "{'order':10000000}").spec()).defaultAction());
        assertTrue(bad("Tier", "kube-baseline", "{'order':1}").getFirst().message().contains("10000000"));
    }

    @Test
    void bgpsKindsAreReadWhole() {
        BgpPeer peer = (BgpPeer) good("BGPPeer", "p", "{'peerIP':'[fd00::1]:1790','asNumber':'1.10','filters':['f'],'maxRestartTime':'2m30s','password':{'secretKeyRef':{'name':'s','key':'k'}}}").spec();
        assertEquals("[fd00::1]:1790", peer.peerIp().orElseThrow().toString());
        assertEquals(Optional.of(new Asn(65546)), peer.asNumber());
        assertEquals(150, peer.maxRestartTime().orElseThrow().toSeconds());
        BgpConfiguration configuration = (BgpConfiguration) good("BGPConfiguration", "default",
                "{'asNumber':64513,'communities':[{'name':'c','value':'65000:100'}],'prefixAdvertisements':[{'cidr':'10.0.0.0/8','communities':['c','1:2:3']}]}").spec();
        assertEquals("[65000:100, 1:2:3]", configuration.communitiesOf(configuration.prefixAdvertisements().getFirst()).toString());
        BgpFilter filter = (BgpFilter) good("BGPFilter", "f", "{'exportV4':[{'action':'Accept','cidr':'10.0.0.0/8','matchOperator':'In','prefixLength':{'min':16,'max':24},'peerType':'eBGP',"
                + "'source':'RemotePeers','asPathPrefix':[65000],'operations':[{'addCommunity':{'value':'1:2'}},{'prependASPath':{'prefix':[1,2]}},{'setPriority':{'value':9}}]}]}").spec();
        assertEquals(3, filter.exportV4().getFirst().operations().size());
        assertEquals(OptionalInt.of(24), filter.exportV4().getFirst().maxLength());
    }

    @Test
    void aWorkloadEndpointsNameIsMadeOfItsParts() {
        String spec = "{'node':'my-node','orchestrator':'k8s','pod':'web-0','endpoint':'eth0','ipNetworks':['10.0.0.5/32'],'ipNATs':[{'internalIP':'10.0.0.5','externalIP':'1.2.3.4'}],"
                + "'interfaceName':'cali123','ports':[{'name':'http','protocol':'TCP','port':80}],'qosControls':{'ingressBandwidth':1000000}}";
        Resource endpoint = good("WorkloadEndpoint", "my--node-k8s-web--0-eth0", spec);
        assertEquals("k8s", endpoint.labels().get("projectcalico.org/orchestrator"));
        assertEquals(1_000_000L, ((WorkloadEndpoint) endpoint.spec()).qosControls().get("ingressBandwidth"));
        assertTrue(bad("WorkloadEndpoint", "wrong", spec).getFirst().message().contains("my--node-k8s-web--0-eth0"));
        assertTrue(bad("WorkloadEndpoint", "my--node-k8s-web--0-eth0", spec.replace("1000000", "999")).getFirst().message().startsWith("TMB-RES-003 spec.qosControls.ingressBandwidth"));
        assertTrue(bad("WorkloadEndpoint", "my--node-k8s-web--0-eth0", spec.replace("5/32", "4/30")).getFirst().field().equals("spec.ipNetworks[0]"));
    }

    @Test
    void kubeControllersHaveTheirDefaults() {
        KubeControllersConfiguration read = (KubeControllersConfiguration) good("KubeControllersConfiguration", "default", "{'controllers':{'node':{}}}").spec();
        assertEquals(15, read.node().orElseThrow().leakGracePeriod().toMinutes());
        assertEquals(9094, read.prometheusMetricsPort());
        assertEquals("metadata.name", bad("KubeControllersConfiguration", "other", "{}").getFirst().field());
    }

    @Test
    void aWrongKindIsNamedWithWhatWasMeant() {
        Problem problem = assertInstanceOf(Decoded.Bad.class, Decoder.decode(document("IPPol", "p", "{}"), 0)).problems().getFirst();
        assertEquals("TMB-RES-011 kind is 'IPPol': is not a kind of projectcalico.org/v3; did you mean IPPool?", problem.message());
        Json.Obj old = document("IPPool", "p", "{}").with("apiVersion", "v1");
        assertTrue(assertInstanceOf(Decoded.Bad.class, Decoder.decode(old, 0)).problems().getFirst().message().startsWith("TMB-RES-011 apiVersion is 'v1'"));
    }

    @Test
    void aNamespaceOnAKindWithoutIsRefused() {
        Json.Obj document = document("IPPool", "p", "{'cidr':'10.0.0.0/16'}");
        Json.Obj placed = document.with("metadata", document.object("metadata").orElseThrow().with("namespace", "x"));
        assertEquals("metadata.namespace", assertInstanceOf(Decoded.Bad.class, Decoder.decode(placed, 0)).problems().getFirst().field());
    }

    @Test
    void decodingWhatWasDecodedGivesTheSame() {
        for (String[] each : new String[][] {{"IPPool", "p", "{'cidr':'10.0.0.0/16','x1':1}"}, {"NetworkPolicy", "p", "{'egress':[{'action':'Allow','newer':{}}]}"},
            {"Tier", "t", "{}"}, {"GlobalNetworkSet", "s", "{'nets':['10.0.0.1/8']}"}, {"FelixConfiguration", "default", "{'somethingQuiteNew':true}"}}) {
            Resource first = good(each[0], each[1], each[2]);
            Resource again = assertInstanceOf(Decoded.Good.class, Decoder.decode(first.tree(), 7)).resource();
            assertEquals(first, again);
        }
    }
}
