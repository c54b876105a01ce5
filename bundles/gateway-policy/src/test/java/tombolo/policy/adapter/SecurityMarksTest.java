package tombolo.policy.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Errno;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Owner;
import tombolo.api.nftables.Statement;
import tombolo.policy.core.Cluster;
import tombolo.runtime.Loop;

/** A kernel may be made without security marks; policy is enforced there too. */
class SecurityMarksTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Refuses them. */
    private static final class PlainKernel implements Nftables {
        private final LinkedBlockingQueue<Change> heard = new LinkedBlockingQueue<>();

        @Override
        public CompletableFuture<Outcome> change(Owner owner, Change change) {
            heard.add(change);
            return CompletableFuture.completedFuture(marks(change) ? new Outcome.Refused("TMB-NFT-006 the kernel refuses making rule 0 of chain policy-sent: " + Errno.text(Errno.EOPNOTSUPP), false)
                    : new Outcome.InForce(1));
        }

        Change next() throws InterruptedException {
            Change next = heard.poll(SOON.toSeconds(), TimeUnit.SECONDS);
            assertNotNull(next, "no change was handed over");
            return next;
        }

        @Override
        public Map<String, List<Counter>> counters(Owner owner) {
            return Map.of();
        }

        @Override
        public Status status() {
            throw new UnsupportedOperationException();
        }
    }

    private static boolean marks(Change change) {
        return change.chains().stream().flatMap(chain -> chain.rules().stream()).flatMap(rule -> rule.statements().stream())
                .anyMatch(statement -> statement instanceof Statement.Forget || statement instanceof Statement.Remember);
    }

    private static void pod(Cluster cluster, int number) {
        cluster.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod" + number + "-eth0'", "'orchestrator':'k8s','node':'here','pod':'pod" + number
                + "','endpoint':'eth0','containerID':'c" + number + "','interfaceName':'cali" + number + "','ipNetworks':['10.0.0." + number + "/32'],'profiles':['kns.x']");
    }

    @Test
    void whereTheKernelRefusesThemInterfacesLeadToPoliciesAtOnce() throws Exception {
        Cluster cluster = new Cluster();
        pod(cluster, 1);
        PlainKernel kernel = new PlainKernel();
        Loop loop = new Loop("test-policy", 100);
        try {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            Enforcer enforcer = new Enforcer(loop, () -> done.complete(true));
            loop.ask(() -> {
                enforcer.writerCame(kernel);
                enforcer.engine(cluster.engine);
                return true;
            }, SOON);
            assertTrue(marks(kernel.next()));
            Change again = kernel.next();
            assertTrue(again.complete() && !marks(again));
            NamedSet to = again.sets().stream().filter(set -> set.name().equals("policy-to")).findFirst().orElseThrow();
            assertInstanceOf(NamedSet.MapData.Verdicts.class, to.data());
            assertEquals(1, to.elements().size());
            assertTrue(done.get(SOON.toSeconds(), TimeUnit.SECONDS));
            assertTrue(loop.ask(() -> enforcer.enforcement().enforced(), SOON));
        } finally {
            loop.close();
        }
    }
}
