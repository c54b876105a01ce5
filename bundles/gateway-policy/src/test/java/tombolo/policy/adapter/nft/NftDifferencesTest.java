package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tombolo.api.nftables.Change;
import tombolo.policy.core.Cluster;

/** What a plan says of the kernel is what the change then does. */
class NftDifferencesTest {
    private final Cluster cluster = new Cluster();

    private Change whole() {
        return new NftTable(cluster.engine, false).whole();
    }

    private void pod(int number) {
        cluster.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod" + number + "-eth0','labels':{'pod':'p" + number + "'}", "'orchestrator':'k8s','node':'here','pod':'pod" + number
                + "','endpoint':'eth0','containerID':'c" + number + "','interfaceName':'cali" + number + "','ipNetworks':['10.0.0." + number + "/32'],'profiles':['kns.x']");
    }

    /** The first word and the name of each line, as a change that names differences has them. */
    private static TreeSet<String> names(List<String> lines) {
        TreeSet<String> names = new TreeSet<>();
        lines.forEach(line -> names.add((line.startsWith("-") ? "gone " : "put ") + line.split(" ")[2]));
        return names;
    }

    private static TreeSet<String> names(Change change) {
        TreeSet<String> names = new TreeSet<>();
        change.chains().forEach(chain -> names.add("put " + chain.name()));
        change.sets().forEach(set -> names.add("put " + set.name()));
        change.goneChains().forEach(name -> names.add("gone " + name));
        change.goneSets().forEach(name -> names.add("gone " + name));
        change.elements().forEach((name, elements) -> {
            if (!elements.put().isEmpty() || !elements.gone().isEmpty()) {
                names.add("put " + name);
            }
        });
        return names;
    }

    @Test
    void theObjectsThatAreNamedAreThoseThatTheChangeTouches() {
        pod(1);
        pod(2);
        NftTable table = new NftTable(cluster.engine, false);
        table.whole();
        List<Runnable> steps = new ArrayList<>();
        Change[] before = {whole()};
        for (String spec : List.of("'selector':'pod == `p1`','ingress':[{'action':'Deny','source':{'selector':'pod == `p2`'}},{'action':'Allow'}]",
                "'selector':'pod == `p1`','ingress':[{'action':'Allow','source':{'selector':'pod in {`p1`,`p2`}'},'protocol':'TCP','destination':{'ports':[80,'90:95']}}]",
                "'selector':'pod == `p2`','ingress':[{'action':'Allow'}]")) {
            steps.add(() -> {
                Change change = table.change(cluster.policy("x", "web", spec));
                Change after = whole();
                List<String> lines = NftDifferences.of(before[0], after);
                assertEquals(names(change), names(lines), lines.toString());
                assertTrue(lines.stream().anyMatch(line -> line.contains("NetworkPolicy(x/web) ingress): ")), lines.toString());
                before[0] = after;
            });
        }
        steps.forEach(Runnable::run);
        assertEquals(List.of(), NftDifferences.of(whole(), whole()));
    }

    @Test
    void rulesAndElementsAreCounted() {
        pod(1);
        cluster.policy("x", "web", "'selector':'all()','ingress':[{'action':'Allow','protocol':'TCP','source':{'selector':'has(pod)'}},{'action':'Allow','protocol':'UDP'}]");
        Change before = whole();
        pod(2);
        cluster.policy("x", "web", "'selector':'all()','ingress':[{'action':'Allow','protocol':'UDP'},{'action':'Allow','protocol':'TCP','source':{'selector':'has(pod)'}}]");
        List<String> lines = NftDifferences.of(before, whole());
        assertTrue(lines.stream().anyMatch(line -> line.matches("~ set policy-hosts4-.*: 1 elements new, 0 gone")), lines.toString());
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("~ chain policy-in-") && line.contains(": ")), lines.toString());
    }
}
