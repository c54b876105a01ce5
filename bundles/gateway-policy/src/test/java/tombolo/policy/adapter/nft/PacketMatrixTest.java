package tombolo.policy.adapter.nft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tombolo.api.resource.HostEndpoint;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.WorkloadEndpoint;
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
        try (Matrix matrix = new Matrix(new Pods(PODS, PORTS))) {
            matrix.worlds("PacketMatrixTest", WORLDS, 1000, world -> world(matrix, world.seed(), world.random(), world.resources()));
        }
    }

    private static void world(Matrix matrix, long seed, Random random, RandomWorld world) {
        Map<ResourceId, Resource> there = new HashMap<>();
        for (int pod = 0; pod < PODS; pod++) {
            put(there, world.pod(pod));
        }
        PolicyEngine engine = new PolicyEngine(RandomWorld.NODE);
        engine.apply(there.values(), List.of());
        // Where a kernel has no security marks, interfaces lead to policies at once.
        // Worlds are small: a family that a set has not is left out of every second from its first member of the other on.
        NftTable table = new NftTable(engine, NodeParameters.DEFAULT, Map.of(), NftOptions.DEFAULT.numbered(seed % 3 != 0), seed % 2 == 0 ? 1 : SelectorSets.ONE_FAMILY);
        matrix.inForce(table.whole());
        for (int round = 0; round < ROUNDS; round++) {
            List<Resource> puts = new ArrayList<>();
            List<ResourceId> deletes = new ArrayList<>();
            for (int i = 1 + random.nextInt(12); i > 0; i--) {
                change(random, world, there, puts, deletes);
            }
            deletes.forEach(there::remove);
            puts.forEach(resource -> put(there, resource));
            matrix.inForce(table.change(engine.apply(puts, deletes)));
            compare(matrix, there);
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

    private static void compare(Matrix matrix, Map<ResourceId, Resource> there) {
        Oracle oracle = new Oracle(there.values());
        List<Pods.Probe> probes = new ArrayList<>(matrix.pods.everything());
        probes.addAll(matrix.pods.echoes());
        Set<Pods.Probe> expected = new TreeSet<>();
        for (Pods.Probe probe : probes) {
            Oracle.Probe packet = Matrix.packet(probe);
            if (oracle.allows(id(there, probe.from()), false, packet) && oracle.allows(id(there, probe.to()), true, packet)) {
                expected.add(probe);
            }
        }
        matrix.compare(probes, expected);
    }

    private static ResourceId id(Map<ResourceId, Resource> there, int pod) {
        return there.keySet().stream().filter(id -> id.kind().equals("WorkloadEndpoint") && id.name().equals("pod" + pod)).findFirst().orElseThrow();
    }
}
