package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import tombolo.api.net.IpAddress;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables.Outcome;
import tombolo.api.nftables.Owner;
import tombolo.api.resource.HostEndpoint;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.policy.core.NodeParameters;
import tombolo.policy.core.PolicyEngine;
import tombolo.policy.core.RandomWorld;
import tombolo.policy.oracle.Oracle;
import tombolo.policy.oracle.Oracle.Probe;

/** Nine pods of three namespaces, every pair, both families, TCP and UDP on two ports and ICMP: what comes through is what an evaluator without any of this expects. */
class PacketMatrixTest {
    private static final int PODS = 9;
    private static final int WORLDS = 8;
    private static final int ROUNDS = 12;
    private static final List<Integer> PORTS = List.of(80, 81);

    @Test
    void packetsPassAsTheEvaluatorSaysThroughChangesOfPoliciesLabelsNamespacesAndTiers() {
        long first = Long.getLong("tombolo.seed", System.nanoTime());
        System.out.println("PacketMatrixTest seeds " + first + " to " + (first + WORLDS - 1));
        int[] seen = new int[2];
        try (Pods pods = new Pods(PODS, PORTS); LinuxNetlink netlink = new LinuxNetlink(); NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()))) {
            for (long seed = first; seed < first + WORLDS; seed++) {
                world(seed, pods, writer, seen);
            }
        }
        System.out.println("PacketMatrixTest: " + seen[1] + " came through, " + seen[0] + " did not");
        assertTrue(seen[0] > 1000 && seen[1] > 1000, "the worlds were too plain");
    }

    private static void world(long seed, Pods pods, NftablesWriter writer, int[] seen) {
        Random random = new Random(seed);
        RandomWorld world = new RandomWorld(random);
        Map<ResourceId, Resource> there = new HashMap<>();
        for (int pod = 0; pod < PODS; pod++) {
            put(there, world.pod(pod));
        }
        PolicyEngine engine = new PolicyEngine(RandomWorld.NODE);
        engine.apply(there.values(), List.of());
        // Where a kernel has no security marks, interfaces lead to policies at once.
        // Worlds are small: a family that a set has not is left out of every second from its first member of the other on.
        NftTable table = new NftTable(engine, NodeParameters.DEFAULT, Map.of(), NftOptions.DEFAULT.numbered(seed % 3 != 0), seed % 2 == 0 ? 1 : SelectorSets.ONE_FAMILY);
        inForce(writer, table.whole(), seed);
        for (int round = 0; round < ROUNDS; round++) {
            List<Resource> puts = new ArrayList<>();
            List<ResourceId> deletes = new ArrayList<>();
            for (int i = 1 + random.nextInt(12); i > 0; i--) {
                change(random, world, there, puts, deletes);
            }
            deletes.forEach(there::remove);
            puts.forEach(resource -> put(there, resource));
            inForce(writer, table.change(engine.apply(puts, deletes)), seed);
            compare(seed, round, pods, there, seen);
        }
    }

    private static void change(Random random, RandomWorld world, Map<ResourceId, Resource> there, List<Resource> puts, List<ResourceId> deletes) {
        if (random.nextInt(4) == 0) {
            puts.add(world.pod(random.nextInt(PODS)));
            return;
        }
        Resource resource = world.resource();
        // The nine pods are the only endpoints, so that every address has one meaning.
        while (resource.spec() instanceof WorkloadEndpoint || resource.spec() instanceof HostEndpoint) {
            resource = world.resource();
        }
        if (random.nextInt(4) == 0 && there.containsKey(resource.id()) && puts.stream().map(Resource::id).noneMatch(resource.id()::equals)) {
            deletes.add(resource.id());
        } else if (!deletes.contains(resource.id())) {
            puts.add(resource);
        }
    }

    private static void put(Map<ResourceId, Resource> there, Resource resource) {
        there.put(resource.id(), resource);
    }

    private static void compare(long seed, int round, Pods pods, Map<ResourceId, Resource> there, int[] seen) {
        Oracle oracle = new Oracle(there.values());
        List<Pods.Probe> probes = new ArrayList<>(pods.everything());
        probes.addAll(pods.echoes());
        Set<Pods.Probe> expected = new TreeSet<>();
        for (Pods.Probe probe : probes) {
            IpAddress source = IpAddress.parse(Pods.address(probe.from(), probe.ipv4()));
            IpAddress destination = IpAddress.parse(Pods.address(probe.to(), probe.ipv4()));
            Probe packet = probe.port() == 0 ? new Probe(source, destination, probe.ipv4() ? 1 : 58, 0, 0, probe.ipv4() ? 8 : 128, 0)
                    : new Probe(source, destination, probe.tcp() ? 6 : 17, Pods.SOURCE_PORT, probe.port(), -1, -1);
            if (oracle.allows(id(there, probe.from()), false, packet) && oracle.allows(id(there, probe.to()), true, packet)) {
                expected.add(probe);
            }
        }
        Set<Pods.Probe> arrived = pods.arrived(probes, expected);
        if (!expected.equals(arrived)) {
            Set<Pods.Probe> missing = new TreeSet<>(expected);
            missing.removeAll(arrived);
            Set<Pods.Probe> excess = new TreeSet<>(arrived);
            excess.removeAll(expected);
            assertEquals("", "did not come through: " + missing + "; should not have: " + excess, () -> "seed " + seed + ", round " + round + "\n" + pods.nft("list", "table", "inet", "tombolo"));
        }
        seen[1] += expected.size();
        seen[0] += probes.size() - expected.size();
    }

    private static ResourceId id(Map<ResourceId, Resource> there, int pod) {
        return there.keySet().stream().filter(id -> id.kind().equals("WorkloadEndpoint") && id.name().equals("pod" + pod)).findFirst().orElseThrow();
    }

    private static void inForce(NftablesWriter writer, Change change, long seed) {
        try {
            Outcome outcome = writer.change(Owner.POLICY, change).get(30, TimeUnit.SECONDS);
            assertInstanceOf(Outcome.InForce.class, outcome, () -> "seed " + seed + ": " + outcome);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
