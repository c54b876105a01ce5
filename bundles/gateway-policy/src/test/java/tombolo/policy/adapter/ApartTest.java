package tombolo.policy.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.AzureSettings;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.CniSettings;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.PolicySettings;
import tombolo.api.config.Settings;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Owner;
import tombolo.api.nftables.Statement;
import tombolo.api.resource.Resource;
import tombolo.policy.core.Cluster;

/** Whether half a flow between a container and the wire beside it is dropped: from when the uplink's port is isolated, and not from when the configuration says that it is to be. */
class ApartTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>();

    private final Nftables writer = new Nftables() {
        @Override
        public CompletableFuture<Outcome> change(Owner owner, Change change) {
            changes.add(change);
            return CompletableFuture.completedFuture(new Outcome.InForce(1));
        }

        @Override
        public Map<String, List<Counter>> counters(Owner owner) {
            return Map.of();
        }

        @Override
        public Status status() {
            throw new UnsupportedOperationException();
        }
    };

    private final AwaitTest.SaidResources resources = new AwaitTest.SaidResources();

    private static Settings settings(CniSettings.Policy policy) {
        BgpSettings none = new BgpSettings(Optional.empty(), Optional.empty(), List.of(), 179, 1, 1, false, false, true, 100, 120, 120, Optional.empty(), 1);
        AzureCniSettings plain = AzureCniSettings.DEFAULT;
        AzureCniSettings azure = new AzureCniSettings(plain.mode(), plain.source(), plain.wireserverUrl(), plain.imdsUrl(), plain.interfacesFile(), plain.cnsUrl(), plain.refreshInterval(),
                plain.requestTimeout(), plain.vnetPrefixes(), plain.bridge(), Optional.of("eth0"));
        return new Settings(new NodeSettings("here", 254, 20, 10, false, List.of()), none, Map.of(), Map.of(), Map.of(), Map.of(), DatastoreSettings.DEFAULT,
                new CniSettings(true, CniSettings.OFF.socket(), CniSettings.OFF.interfacePrefix(), CniSettings.OFF.mtu(), policy), azure,
                AzureSettings.DEFAULT, Map.of(), PolicySettings.DEFAULT);
    }

    private static Resource pod(int number) {
        return Cluster.read("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod" + number + "-eth0','annotations':{'tombolo.io/mode':'bridge'}", "'orchestrator':'k8s','node':'here','pod':'pod" + number
                + "','endpoint':'eth0','containerID':'c" + number + "','interfaceName':'azv" + number + "','mac':'02:00:00:00:00:0" + number + "','ipNetworks':['10.0.0." + number + "/32'],'profiles':['kns.x']", number);
    }

    /** Whether of what containers send under the bridge's name that alone is dropped which leaves by another. @return empty where nothing was said of it */
    private static Optional<Boolean> spared(Change change) {
        List<List<Statement>> dropped = change.chains().stream().filter(chain -> chain.name().equals("policy-forward")).flatMap(chain -> chain.rules().stream())
                .filter(rule -> rule.comment().equals("from endpoints: of no flow")).map(rule -> rule.statements()).toList();
        return dropped.isEmpty() ? Optional.empty() : Optional.of(dropped.stream().flatMap(List::stream).anyMatch(statement -> statement instanceof Statement.Match match
                && match.field() == Field.OUTPUT_INTERFACE && match.operator() == Statement.Operator.NOT_EQUAL));
    }

    private boolean next() throws InterruptedException {
        while (true) {
            Change change = changes.poll(SOON.toSeconds(), TimeUnit.SECONDS);
            assertTrue(change != null, "no change that says it");
            Optional<Boolean> spared = spared(change);
            if (spared.isPresent()) {
                return spared.get();
            }
        }
    }

    @Test
    void whatTheWireReachesPastTheHostIsAnsweredUntilTheUplinksPortIsIsolatedAndAgainOnceItIsNot(@TempDir Path net) throws Exception {
        Files.createDirectories(net.resolve("eth0/brport"));
        Files.createSymbolicLink(net.resolve("eth0/brport/bridge"), Path.of("../../azure0"));
        isolated(net, 0);
        try (PolicyNode node = new PolicyNode(Optional.empty(), net, new Rehearsals())) {
            node.settingsChanged(settings(CniSettings.Policy.NONE));
            node.resourcesCame(resources);
            resources.say(true, pod(1));
            node.writerCame(writer);
            assertEquals(true, next());
            node.settingsChanged(settings(CniSettings.Policy.REQUIRED));
            node.status();
            assertTrue(changes.stream().map(ApartTest::spared).noneMatch(Optional.of(false)::equals), "the port is as it was");
            isolated(net, 1);
            resources.say(false, pod(2));
            assertEquals(false, next());
            node.settingsChanged(settings(CniSettings.Policy.NONE));
            isolated(net, 0);
            resources.say(false, pod(3));
            assertEquals(true, next());
        }
    }

    private static void isolated(Path net, int flag) throws IOException {
        Files.writeString(net.resolve("eth0/brport/isolated"), flag + "\n");
    }
}
