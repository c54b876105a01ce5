package tombolo.policy.adapter.nft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.GlobalNetworkPolicy;
import tombolo.api.resource.HostEndpoint;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.policy.core.NodeParameters;
import tombolo.policy.core.NodeParameters.Failsafe;
import tombolo.policy.core.PolicyEngine;
import tombolo.policy.core.RandomWorld;
import tombolo.policy.oracle.HostOracle;
import tombolo.policy.oracle.Oracle.Probe;

/**
 * Two pods, two outside machines and the host between them, every pair, both families, TCP and UDP on three ports, one of which is a failsafe: what comes through is what an evaluator
 * without any of this expects, while host endpoints, their policies of every stage, and everything else change.
 */
class HostMatrixTest {
    private static final int WORLDS = 6;
    private static final int ROUNDS = 14;
    private static final int PODS = 2;
    private static final int OUTSIDE = 2;
    private static final int OPEN = 82;
    private static final List<Integer> PORTS = List.of(80, 81, OPEN);
    private static final NodeParameters PARAMETERS = new NodeParameters(false, List.of(new Failsafe(IpProtocol.UDP, OPEN, Optional.empty())),
            List.of(new Failsafe(IpProtocol.TCP, OPEN, Optional.empty())), List.of("cali"));
    private static final IpAddress EXPECTED = IpAddress.parse("10.0.3.254");
    private static final Map<String, Set<IpAddress>> INTERFACES = Map.of("up2", Set.of(), "up3", Set.of(EXPECTED));

    private static String interfaceOf(int participant) {
        return (participant < PODS ? "cali" : "up") + participant;
    }

    @Test
    void packetsPassHostEndpointsAsTheEvaluatorSaysAtEveryStage() {
        try (Matrix matrix = new Matrix(new Pods(PODS + OUTSIDE, PORTS, HostMatrixTest::interfaceOf, true))) {
            matrix.worlds("HostMatrixTest", WORLDS, 500, world -> world(matrix, world.random(), world.resources()));
        }
    }

    private static void world(Matrix matrix, Random random, RandomWorld world) {
        Map<ResourceId, Resource> there = new HashMap<>();
        for (int pod = 0; pod < PODS; pod++) {
            Resource resource = world.pod(pod);
            there.put(resource.id(), resource);
        }
        PolicyEngine engine = new PolicyEngine(RandomWorld.NODE);
        engine.apply(there.values(), List.of());
        NftTable table = new NftTable(engine, PARAMETERS, INTERFACES, NftOptions.DEFAULT);
        matrix.inForce(table.whole());
        boolean drop = false;
        for (int round = 0; round < ROUNDS; round++) {
            List<Resource> puts = new ArrayList<>();
            List<ResourceId> deletes = new ArrayList<>();
            for (int i = 1 + random.nextInt(8); i > 0; i--) {
                change(random, world, there, puts, deletes);
            }
            deletes.forEach(there::remove);
            puts.forEach(resource -> there.put(resource.id(), resource));
            matrix.inForce(table.change(engine.apply(puts, deletes)));
            if (random.nextInt(5) == 0) {
                drop = !drop;
                matrix.inForce(table.toHost(drop));
            }
            compare(matrix, there, drop);
        }
    }

    private static void change(Random random, RandomWorld world, Map<ResourceId, Resource> there, List<Resource> puts, List<ResourceId> deletes) {
        Resource resource = switch (random.nextInt(5)) {
            case 0 -> random.nextBoolean() ? world.pod(random.nextInt(PODS)) : host(random, world);
            case 1 -> host(random, world);
            case 2, 3 -> world.hostPolicy(RandomWorld.Place.values()[random.nextInt(4)]);
            default -> world.resource();
        };
        while (resource.spec() instanceof WorkloadEndpoint && there.get(resource.id()) == null || resource.id().name().startsWith("host") && !resource.id().name().startsWith("hep-")) {
            resource = world.resource(); // the addresses of the others mean nobody here
        }
        if (resource.spec() instanceof WorkloadEndpoint) {
            resource = world.pod(Integer.parseInt(resource.id().name().substring(3)));
        }
        ResourceId id = resource.id();
        if (!(resource.spec() instanceof WorkloadEndpoint) && random.nextInt(4) == 0 && there.containsKey(id) && puts.stream().map(Resource::id).noneMatch(id::equals)) {
            deletes.add(id);
        } else if (!deletes.contains(id)) {
            puts.add(resource);
        }
    }

    /** Named so that each of them may come first. */
    private static Resource host(Random random, RandomWorld world) {
        return switch (random.nextInt(4)) {
            case 0 -> world.hostEndpoint("hep-b", Optional.of("up2"), List.of(IpAddress.parse(Pods.address(Pods.HOST, true))));
            case 1 -> world.hostEndpoint("hep-c", Optional.empty(), List.of(EXPECTED));
            case 2 -> world.hostEndpoint("hep-" + (random.nextBoolean() ? "a" : "d"), Optional.of("up3"), List.of());
            default -> world.hostEndpoint("hep-" + (random.nextBoolean() ? "0" : "z"), Optional.of(tombolo.policy.core.HostInterfaces.ALL), List.of());
        };
    }

    private static void compare(Matrix matrix, Map<ResourceId, Resource> there, boolean drop) {
        HostOracle oracle = new HostOracle(there.values(), new HostOracle.Node(RandomWorld.NODE, INTERFACES, Set.of("17 " + OPEN), Set.of("6 " + OPEN), drop));
        // An answer to a connection that is not tracked is judged by itself: UntrackedTest has those.
        boolean untracked = there.values().stream().anyMatch(each -> each.spec() instanceof GlobalNetworkPolicy policy && policy.doNotTrack())
                && there.values().stream().anyMatch(each -> each.spec() instanceof HostEndpoint);
        List<Pods.Probe> probes = matrix.pods.everything().stream().filter(probe -> !(untracked && probe.tcp())).toList();
        Set<Pods.Probe> expected = new TreeSet<>();
        probes.stream().filter(probe -> oracle.fate(end(probe.from()), end(probe.to()), Matrix.packet(probe)).passes()).forEach(expected::add);
        matrix.compare(probes, expected);
    }

    private static Optional<String> end(int participant) {
        return participant == Pods.HOST ? Optional.empty() : Optional.of(interfaceOf(participant));
    }
}
