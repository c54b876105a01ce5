package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tombolo.api.config.PolicySettings;
import tombolo.api.policy.Policies.Question;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.ResourceId;
import tombolo.policy.adapter.nft.FlowCutTest.Both;

/**
 * {@code doNotTrack}: what the model says of a packet, and what becomes of one, for each pair of a pod (0), a machine outside (1) behind {@code up1} with the host endpoint {@code edge}, and the
 * host between them.
 */
class UntrackedTest {
    private static final int OUTSIDE = 1;
    private static final int HOST = Pods.HOST;
    private static final String BOTH = "'selector':'host == `edge`','doNotTrack':true,'applyOnForward':true,'types':['Ingress','Egress'],";
    /** Of one policy each, by what it is about. */
    private static final Map<String, String> POLICIES = Map.of(
            "in", "'ingress':[{'action':'Allow','protocol':'UDP','destination':{'ports':[80]}},{'action':'Deny','protocol':'UDP','destination':{'ports':[81]}}]",
            "out", "'egress':[{'action':'Allow','protocol':'UDP','destination':{'ports':[80]}},{'action':'Deny','protocol':'UDP','destination':{'ports':[81]}}]",
            "passes", "'ingress':[{'action':'Pass'}],'egress':[{'action':'Pass'}]",
            "others", "'ingress':[{'action':'Allow','source':{'nets':['10.0.0.77/32']}}],'egress':[{'action':'Allow','destination':{'nets':['10.0.0.77/32']}}]",
            "nobody", "'ingress':[{'action':'Deny'}],'egress':[{'action':'Deny'}]");
    /** Besides them, for what they leave. */
    private static final List<String> LATER = List.of("'selector':'host == `edge`','applyOnForward':true,'types':['Ingress','Egress'],'ingress':[{'action':'Deny'}],'egress':[{'action':'Deny'}]",
            "'selector':'host == `edge`','applyOnForward':true,'types':['Ingress','Egress'],'ingress':[{'action':'Allow'}],'egress':[{'action':'Allow'}]",
            "'selector':'host == `edge`','preDNAT':true,'applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Deny','protocol':'UDP','destination':{'ports':[80]}}]");

    private static String address(int participant, boolean ipv4) {
        return Pods.address(participant, ipv4);
    }

    /** What the model says of a packet. */
    static boolean said(RunningPolicy running, Pods.Probe probe) {
        try {
            return running.node.explain(new Question(address(probe.from(), probe.ipv4()), address(probe.to(), probe.ipv4()), IpProtocol.UDP, OptionalInt.of(probe.port()))).allowed();
        } catch (IllegalArgumentException nobodyDecides) {
            assertTrue(nobodyDecides.getMessage().startsWith("TMB-POL-012"), nobodyDecides.getMessage());
            return true;
        }
    }

    @Test
    void ofWhatIsNotTrackedTheModelSaysWhatBecomesOfAPacket() {
        try (RunningPolicy running = new RunningPolicy(1, 1, List.of(80, 81))) {
            running.node.linksCame(new ProbeTest.Interfaces("cali0", "up1"));
            running.put("HostEndpoint", "'name':'edge','labels':{'host':'edge'}", "'node':'here','interfaceName':'up1'");
            running.policy("pod", "'selector':'all()','types':['Ingress','Egress'],'ingress':[{'action':'Allow'}],'egress':[{'action':'Allow'}]");
            List<Pods.Probe> probes = running.pods.everything().stream().filter(probe -> !probe.tcp()).toList();
            int[] seen = new int[2];
            for (String which : POLICIES.keySet()) {
                for (String later : LATER) {
                    running.put("GlobalNetworkPolicy", "'name':'raw','annotations':{'which':'" + which + "'}", BOTH + POLICIES.get(which));
                    running.put("GlobalNetworkPolicy", "'name':'later'", later);
                    Set<Pods.Probe> expected = new TreeSet<>();
                    probes.stream().filter(probe -> said(running, probe)).forEach(expected::add);
                    assertEquals(expected, running.pods.arrived(probes, expected), () -> which + " and " + later + "\n" + running.pods.nft("list", "table", "inet", "tombolo"));
                    seen[1] += expected.size();
                    seen[0] += probes.size() - expected.size();
                    running.remove(ResourceId.of("GlobalNetworkPolicy", "later"));
                }
            }
            assertTrue(seen[0] > 50 && seen[1] > 50, seen[0] + " denied, " + seen[1] + " allowed");
        }
    }

    /** RFC 4890 §4.4.1: else whoever denies all but some would cut IPv6 off once the neighbours are forgotten. */
    @Test
    void neighboursOfIpv6AreFoundWhateverIsDeniedBeforeTrackingAndBeforeDestinationsAreChanged() {
        try (RunningPolicy running = new RunningPolicy(1, 1, List.of(80))) {
            running.node.linksCame(new ProbeTest.Interfaces("cali0", "up1"));
            running.put("HostEndpoint", "'name':'edge','labels':{'host':'edge'}", "'node':'here','interfaceName':'up1'");
            String rules = "[{'action':'Allow','protocol':'UDP'},{'action':'Deny'}]";
            List<Pods.Probe> probes = running.pods.everything().stream().filter(probe -> probe.port() == 80 && !probe.tcp() && !probe.ipv4() && (probe.to() == OUTSIDE || probe.from() == OUTSIDE)).toList();
            for (String stage : List.of("'doNotTrack':true,'types':['Ingress','Egress'],'ingress':" + rules + ",'egress':" + rules, "'preDNAT':true,'types':['Ingress'],'ingress':" + rules)) {
                running.put("GlobalNetworkPolicy", "'name':'most'", "'selector':'host == `edge`','applyOnForward':true," + stage);
                running.pods.forget();
                Set<Pods.Probe> expected = new TreeSet<>();
                probes.stream().filter(probe -> said(running, probe)).forEach(expected::add);
                assertFalse(expected.isEmpty());
                assertEquals(expected, running.pods.arrived(probes, expected), () -> stage + "\n" + running.pods.nft("list", "table", "inet", "tombolo"));
                Question solicitation = new Question(address(OUTSIDE, false), address(HOST, false), IpProtocol.ICMPV6, OptionalInt.of(135));
                assertTrue(running.node.explain(solicitation).allowed());
                running.remove(ResourceId.of("GlobalNetworkPolicy", "most"));
            }
        }
    }

    /** A packet in the middle of a connection is what any packet of one is to whoever does not track it. */
    @Test
    void aConnectionThatIsNotTrackedGoesOnWhereFlowsThatAreNotAllowedAreCut() throws Exception {
        try (RunningPolicy running = new RunningPolicy(0, 2, List.of(80))) {
            running.settings(new PolicySettings(PolicySettings.Established.CUT, true, 100));
            for (int machine = 0; machine < 2; machine++) {
                running.put("HostEndpoint", "'name':'edge" + machine + "','labels':{'host':'edge'}", "'node':'here','interfaceName':'up" + machine + "'");
            }
            running.put("GlobalNetworkPolicy", "'name':'raw'", BOTH + "'ingress':[{'action':'Allow','protocol':'TCP'}],'egress':[{'action':'Allow','protocol':'TCP'}]");
            running.put("GlobalNetworkPolicy", "'name':'later'", "'selector':'host == `edge`','applyOnForward':true,'types':['Egress'],'egress':[{'action':'Allow','protocol':'TCP'}]");
            for (boolean ipv4 : List.of(true, false)) {
                try (Both through = FlowCutTest.connect(running, 0, 1, ipv4); Both in = FlowCutTest.connect(running, 0, HOST, ipv4); Both out = FlowCutTest.connect(running, HOST, 1, ipv4)) {
                    for (Both each : List.of(through, in, out)) {
                        assertTrue(each.carries(true, false) && each.carries(true, true));
                    }
                }
            }
        }
    }

    /** The host endpoint's doNotTrack is one for what the host's own interfaces carry. */
    @Test
    void whatAPodSendsAndGetsIsTrackedAlsoWhereAHostEndpointNamesItsInterface() {
        try (RunningPolicy running = new RunningPolicy(1, 1, List.of(80))) {
            running.node.linksCame(new ProbeTest.Interfaces("cali0", "up1"));
            running.put("HostEndpoint", "'name':'edge','labels':{'host':'edge'}", "'node':'here','interfaceName':'cali0'");
            running.put("GlobalNetworkPolicy", "'name':'raw'", BOTH + POLICIES.get("nobody"));
            List<Pods.Probe> probes = running.pods.everything();
            Set<Pods.Probe> all = new HashSet<>(probes);
            probes.stream().filter(probe -> !probe.tcp()).forEach(probe -> assertTrue(said(running, probe), probe::toString));
            assertEquals(new TreeSet<>(all), running.pods.arrived(probes, all), () -> running.pods.nft("list", "table", "inet", "tombolo"));
            List<String> problems = running.node.status().problems().stream().map(problem -> problem.message() + " -> " + problem.inForce()).toList();
            assertTrue(problems.stream().anyMatch(each -> each.startsWith("TMB-POL-041 ") && each.contains("doNotTrack")), problems::toString);
        }
    }
}
