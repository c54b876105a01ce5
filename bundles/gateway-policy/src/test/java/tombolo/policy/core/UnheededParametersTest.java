package tombolo.policy.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tombolo.api.policy.Policies.Problem;
import tombolo.api.resource.Resource;

class UnheededParametersTest {
    private static List<String> told(Resource... said) {
        return UnheededParameters.of("here", Map.of("rack", "r1"), List.of(said)).stream().map(Problem::message).toList();
    }

    @Test
    void whatFelixActsOnAndThisNodeDoesNotIsToldOnceForEachResourceThatSaysItOfThisNode() {
        Resource all = Cluster.read("FelixConfiguration", "'name':'default'", "'nftablesFilterDenyAction':'Reject','logActionRateLimit':'10/second','logActionRateLimitBurst':5,'interfaceExclude':'eth9',"
                + "'defaultEndpointToHostAction':'Drop'", 1);
        Resource mine = Cluster.read("FelixConfiguration", "'name':'rack'", "'nodeSelector':'rack == `r1`','iptablesFilterDenyAction':'REJECT'", 2);
        Resource others = Cluster.read("FelixConfiguration", "'name':'node.there'", "'iptablesFilterDenyAction':'REJECT'", 3);
        assertEquals(List.of("TMB-POL-056 FelixConfiguration(default) says what this node does not act on: interfaceExclude: eth9 (host endpoints count every interface); "
                + "logActionRateLimit: 10/second (log-rate in etc/tombolo.policy.cfg limits what is logged); logActionRateLimitBurst: 5 (log-rate in etc/tombolo.policy.cfg limits what is logged); "
                + "nftablesFilterDenyAction: Reject (what is denied is dropped without a word to its sender). Remove it, or leave it to nodes that run Felix",
                "TMB-POL-056 FelixConfiguration(rack) says what this node does not act on: iptablesFilterDenyAction: REJECT (what is denied is dropped without a word to its sender). "
                        + "Remove it, or leave it to nodes that run Felix"), told(all, mine, others));
    }

    @Test
    void whatIsAsItIsDoneHereIsNotTold() {
        assertEquals(List.of(), told(Cluster.read("FelixConfiguration", "'name':'default'", "'nftablesFilterDenyAction':'Drop','iptablesFilterDenyAction':'DROP','nftablesFilterAllowAction':'Accept',"
                + "'iptablesMangleAllowAction':'ACCEPT','interfaceExclude':'kube-ipvs0'", 1)));
    }
}
