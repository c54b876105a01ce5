package tombolo.fabric.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tombolo.api.config.Contribution.Kind;
import tombolo.api.config.FilterSettings;

class FiltersTest {
    private static String filter(FabricPlan plan, String name) {
        return Wanted.text(plan, Kind.FILTER).lines().filter(line -> line.startsWith("GLOBAL " + name + " ")).findFirst().orElseThrow(() ->
                new AssertionError(name + " in " + Wanted.text(plan, Kind.FILTER))).replaceFirst("^.*?\\] ", "").replace("; ", "\n");
    }

    private static Wanted one() {
        return new Wanted().node("a", "10.0.0.1").resource("IPPool", "open", "{'cidr':'10.65.0.0/16'}")
                .resource("IPPool", "closed", "{'cidr':'10.66.0.0/16','disableBGPExport':true}").resource("IPPool", "six", "{'cidr':'2001:db8:1::/64'}").block("10.65.0.0/26")
                .block("10.65.0.128/26").block("10.65.9.9/32");
    }

    @Test
    void onlyPoolsAndBlocksAreExportedAndABlockSpeaksForWhatIsInIt() {
        Wanted wanted = one().resource("BGPPeer", "p", "{'peerIP':'192.0.2.1','asNumber':65010}")
                .resource("BGPConfiguration", "default", "{'prefixAdvertisements':[{'cidr':'10.65.0.0/17','communities':['65000:7']}],'serviceClusterIPs':[{'cidr':'10.96.0.0/12'}]}");
        assertEquals("""
                default=reject
                rule.10.action=next
                rule.10.match.source=local
                rule.10.set.local-preference=2147482623
                rule.20.action=reject
                rule.20.match.prefix=10.66.0.0/16 ge 16 le 32
                rule.30.action=next
                rule.30.match.prefix=10.65.0.0/17 ge 17 le 32
                rule.30.set.community.add=65000:7
                rule.40.action=accept
                rule.40.match.prefix=10.65.0.0/26, 10.65.0.128/26
                rule.50.action=accept
                rule.50.match.local-preference=2147482624-
                rule.50.match.prefix=10.65.0.0/26 ge 27 le 32, 10.65.0.128/26 ge 27 le 32
                rule.60.action=reject
                rule.60.match.prefix=10.65.0.0/26 ge 27 le 32, 10.65.0.128/26 ge 27 le 32
                rule.70.action=accept
                rule.70.match.prefix=10.96.0.0/12 ge 12 le 32
                rule.80.action=accept
                rule.80.match.prefix=10.65.0.0/16 ge 16 le 32""", filter(wanted.plan("a"), "export-v4-ebgp"));
        assertEquals("default=accept", filter(wanted.plan("a"), "import-v4-ebgp"));
        assertEquals(8, wanted.merged("a").settings().filters().get("resources/export-v4-ebgp").rules().size());
    }

    @Test
    void aReflectorPassesOnLoadBalancersAndExternalAddressesThatItDoesNotAdvertiseItself() {
        Wanted wanted = new Wanted().labelled("Node", "rr", "node.kubernetes.io/exclude-from-external-load-balancers", "{'bgp':{'ipv4Address':'10.0.0.1/24',"
                + "'routeReflectorClusterID':'1.0.0.1'}}").resource("BGPPeer", "p", "{'peerIP':'192.0.2.1','asNumber':64512}")
                .resource("BGPConfiguration", "default", "{'serviceClusterIPs':[{'cidr':'10.96.0.0/12'}],'serviceLoadBalancerIPs':[{'cidr':'198.51.100.0/24'}],"
                        + "'serviceExternalIPs':[{'cidr':'203.0.113.0/24'}]}");
        String text = filter(wanted.plan("rr"), "export-v4-ibgp");
        assertTrue(text.contains("match.prefix=198.51.100.0/24 ge 24 le 32, 203.0.113.0/24 ge 24 le 32"), text);
        assertTrue(!text.contains("10.96"), text);
    }

    @Test
    void theRulesOfABgpFilterStandBeforeAllElseInTheirOrderAndEachFieldHasItsKey() {
        Wanted wanted = one().resource("BGPPeer", "p", "{'peerIP':'192.0.2.1','asNumber':65010,'filters':['f']}").resource("BGPFilter", "f", """
                {'importV4':[
                  {'action':'Accept','cidr':'10.1.0.0/16','matchOperator':'Equal'},
                  {'action':'Reject','cidr':'10.2.0.0/16','matchOperator':'NotEqual','communities':{'values':['65000:9']}},
                  {'action':'Accept','cidr':'10.3.0.0/16','matchOperator':'In','prefixLength':{'min':20,'max':24}},
                  {'action':'Reject','cidr':'10.4.0.0/16','matchOperator':'NotIn','asPathPrefix':[65001,65002]},
                  {'action':'Reject','peerType':'iBGP'},
                  {'action':'Accept','peerType':'eBGP','priority':512,'operations':[{'addCommunity':{'value':'1:2'}},{'addCommunity':{'value':'1:2:3'}},
                    {'prependASPath':{'prefix':[65003]}},{'prependASPath':{'prefix':[65004,65005]}},{'setPriority':{'value':100}}]}],
                 'exportV4':[{'action':'Reject','source':'RemotePeers'}]}""");
        assertEquals("""
                default=accept
                rule.10.action=accept
                rule.10.match.prefix=10.1.0.0/16
                rule.20.action=reject
                rule.20.match.community=65000:9
                rule.20.match.not-prefix=10.2.0.0/16
                rule.30.action=accept
                rule.30.match.prefix=10.3.0.0/16 ge 20 le 24
                rule.40.action=reject
                rule.40.match.as-path=^65001_65002_
                rule.40.match.not-prefix=10.4.0.0/16 ge 16 le 32
                rule.50.action=accept
                rule.50.match.local-preference=2147483135
                rule.50.set.community.add=1:2, 1:2:3
                rule.50.set.local-preference=2147483547
                rule.50.set.prepend-path=65004 65005 65003""", filter(wanted.plan("a"), "import-v4-ebgp-f"));
        String export = filter(wanted.plan("a"), "export-v4-ebgp-f");
        assertTrue(export.contains("rule.20.action=reject\nrule.20.match.source=peers\n"), export);
        FilterSettings read = wanted.merged("a").settings().filters().get("resources/import-v4-ebgp-f");
        assertEquals(5, read.rules().size());
        assertEquals(List.of("resources/export-v4-ebgp-f"), wanted.merged("a").settings().peers().get("Global_192_0_2_1").exportFilters());
    }

    @Test
    void aRuleByInterfaceLetsNothingOut() {
        Wanted wanted = one().resource("BGPPeer", "p", "{'peerIP':'192.0.2.1','asNumber':65010,'filters':['f']}").resource("BGPFilter", "f",
                "{'exportV4':[{'action':'Accept','interface':'eth*'},{'action':'Reject','interface':'cali*'}]}");
        FabricPlan plan = wanted.plan("a");
        assertEquals(2, plan.notes().size(), plan.notes().toString());
        assertTrue(plan.notes().stream().allMatch(note -> note.startsWith("TMB-FAB-014")));
        assertTrue(filter(plan, "export-v4-ebgp-f").startsWith("default=reject\nrule.10.action=next\nrule.10.match.source=local\n"
                + "rule.10.set.local-preference=2147482623\nrule.20.action=reject\nrule.30"), filter(plan, "export-v4-ebgp-f"));
    }

    @Test
    void longListsOfFiltersHaveShortNamesOfTheirOwn() {
        Wanted wanted = one();
        for (String name : List.of("a-very-long-name-of-a-filter-that-goes-on-and-on-1", "a-very-long-name-of-a-filter-that-goes-on-and-on-2")) {
            wanted.resource("BGPFilter", name, "{}").resource("BGPPeer", name, "{'peerIP':'192.0.2." + name.substring(name.length() - 1) + "','asNumber':65010,'filters':['"
                    + name + "','a-very-long-name-of-a-filter-that-goes-on-and-on-1']}");
        }
        assertEquals(4, wanted.merged("a").settings().filters().size());
    }
}
