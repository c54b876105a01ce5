package tombolo.policy.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.policy.oracle.Oracle;

/** Changes at random: whatever their order and however they are batched, the same policy comes out, and it is the one that an evaluator without any of this finds. */
class SimulationTest {
    private static final int WORLDS = 120;
    private static final int STEPS = 150;

    /** A change: a put, or a deletion where there is no resource. */
    private record Step(ResourceId id, List<Resource> put) { }

    @Test
    void anyOrderAndAnyBatchesOfChangesEndInTheSamePolicyAndTheDeltasAddUpToIt() {
        eachWorld((seed, random, steps) -> {
            PolicyEngine single = new PolicyEngine(RandomWorld.NODE);
            Mirror mirror = new Mirror();
            Map<ResourceId, Resource> last = new HashMap<>();
            for (Step step : steps) {
                mirror.take(apply(single, List.of(step)));
                last.remove(step.id);
                step.put.forEach(resource -> last.put(resource.id(), resource));
            }
            assertEquals(single.model(), mirror.model(), "the deltas, seed " + seed);

            PolicyEngine batched = new PolicyEngine(RandomWorld.NODE);
            Mirror batchedMirror = new Mirror();
            for (int at = 0; at < steps.size();) {
                int end = Math.min(steps.size(), at + 1 + random.nextInt(30));
                batchedMirror.take(apply(batched, steps.subList(at, end)));
                at = end;
            }
            assertEquals(single.model(), batched.model(), "in batches, seed " + seed);
            assertEquals(single.model(), batchedMirror.model(), "the deltas of batches, seed " + seed);

            List<Resource> permuted = new ArrayList<>(last.values());
            permuted.sort((one, other) -> one.id().compareTo(other.id()));
            Collections.shuffle(permuted, random);
            PolicyEngine fresh = new PolicyEngine(RandomWorld.NODE);
            permuted.forEach(resource -> fresh.apply(List.of(resource), List.of()));
            assertEquals(single.model(), fresh.model(), "in another order, seed " + seed);

            PolicyEngine atOnce = new PolicyEngine(RandomWorld.NODE);
            atOnce.apply(permuted, List.of());
            assertEquals(single.model(), atOnce.model(), "at once, seed " + seed);
        });
    }

    @Test
    void everyVerdictIsThatOfAnEvaluatorThatReadsTheResourcesAnew() {
        int[] seen = new int[2];
        eachWorld((seed, random, steps) -> {
            PolicyEngine engine = new PolicyEngine(RandomWorld.NODE);
            Map<ResourceId, Resource> last = new HashMap<>();
            for (int at = 0; at < steps.size(); at += STEPS / 3) {
                List<Step> batch = steps.subList(at, Math.min(steps.size(), at + STEPS / 3));
                apply(engine, batch);
                for (Step step : batch) {
                    last.remove(step.id);
                    step.put.forEach(resource -> last.put(resource.id(), resource));
                }
                Oracle oracle = new Oracle(last.values());
                for (Model.Endpoint endpoint : engine.endpoints().values()) {
                    for (int i = 0; i < 12; i++) {
                        seen[compare(seed, random, engine, oracle, endpoint) ? 1 : 0]++;
                    }
                }
            }
        });
        assertTrue(seen[0] > 1000 && seen[1] > 1000, "the worlds were too plain: " + seen[0] + " denied, " + seen[1] + " allowed");
    }

    private static boolean compare(long seed, Random random, PolicyEngine engine, Oracle oracle, Model.Endpoint endpoint) {
        boolean ingress = random.nextBoolean();
        AddressFamily family = random.nextInt(4) == 0 ? AddressFamily.IPV6 : AddressFamily.IPV4;
        IpAddress own = endpoint.address(family).orElse(any(random, family));
        IpAddress other = any(random, family);
        int protocol = List.of(6, 6, 6, 17, 17, 132, family == AddressFamily.IPV4 ? 1 : 58, 47, 50).get(random.nextInt(9));
        boolean ports = protocol == 6 || protocol == 17 || protocol == 132;
        boolean control = protocol == 1 || protocol == 58;
        int sourcePort = ports ? random.nextInt(4) == 0 ? 79 + random.nextInt(6) : 50000 : 0;
        int port = ports ? 78 + random.nextInt(8) : 0;
        int type = control ? List.of(0, 8, 128, 3).get(random.nextInt(4)) : -1;
        int code = control ? random.nextInt(2) : -1;
        IpAddress source = ingress ? other : own;
        IpAddress destination = ingress ? own : other;
        boolean expected = oracle.allows(endpoint.id(), ingress, new Oracle.Probe(source, destination, protocol, sourcePort, port, type, code));
        Packet packet = new Packet(source, destination, new IpProtocol(protocol), sourcePort, port, type, code);
        Verdicts.Verdict verdict = new Verdicts(engine).at(endpoint, ingress ? Direction.INGRESS : Direction.EGRESS, packet);
        assertEquals(expected, verdict.allowed(), () -> "seed " + seed + ": " + endpoint.id() + (ingress ? " ingress " : " egress ") + packet + ": " + verdict.steps());
        return expected;
    }

    private static IpAddress any(Random random, AddressFamily family) {
        return family == AddressFamily.IPV4 ? IpAddress.v4(0x0a000000 | random.nextInt(20) | random.nextInt(2) << 8) : IpAddress.v6(0xfd00L << 48, random.nextInt(20));
    }

    private interface World {
        void run(long seed, Random random, List<Step> steps);
    }

    private static void eachWorld(World world) {
        long first = Long.getLong("tombolo.seed", System.nanoTime());
        System.out.println("SimulationTest seeds " + first + " to " + (first + WORLDS - 1) + " (-Dtombolo.seed=N begins there)");
        for (long seed = first; seed < first + WORLDS; seed++) {
            Random random = new Random(seed);
            RandomWorld resources = new RandomWorld(random);
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < STEPS; i++) {
                Resource resource = resources.resource();
                boolean delete = i > STEPS / 3 && random.nextInt(4) == 0;
                steps.add(new Step(resource.id(), delete ? List.of() : List.of(resource)));
            }
            world.run(seed, random, steps);
        }
    }

    /** A step's puts and deletes as one change: of a resource that comes and goes in it, the last counts, as in a step of the feed. */
    private static Model.Delta apply(PolicyEngine engine, List<Step> steps) {
        Map<ResourceId, Step> last = new java.util.LinkedHashMap<>();
        Set<ResourceId> deleted = new HashSet<>();
        for (Step step : steps) {
            last.put(step.id, step);
            if (step.put.isEmpty()) {
                deleted.add(step.id); // also where it comes back: both orders must be harmless
            }
        }
        return engine.apply(last.values().stream().flatMap(step -> step.put.stream()).toList(), deleted);
    }

    /** Adds deltas up. */
    private static final class Mirror {
        private final SortedMap<ResourceId, Model.Endpoint> endpoints = new TreeMap<>();
        private final SortedMap<ResourceId, Model.Policy> policies = new TreeMap<>();
        private final SortedMap<String, Model.Profile> profiles = new TreeMap<>();
        private final SortedMap<SetId, TreeSet<Prefix>> nets = new TreeMap<>();
        private final SortedMap<SetId, TreeSet<SetId.PortMember>> ports = new TreeMap<>();

        void take(Model.Delta delta) {
            delta.endpointsGone().forEach(id -> assertTrue(endpoints.remove(id) != null, () -> id + " was not there"));
            endpoints.putAll(delta.endpoints());
            delta.policiesGone().forEach(id -> assertTrue(policies.remove(id) != null, () -> id + " was not there"));
            policies.putAll(delta.policies());
            delta.profilesGone().forEach(name -> assertTrue(profiles.remove(name) != null, () -> name + " was not there"));
            profiles.putAll(delta.profiles());
            delta.setsGone().forEach(id -> assertTrue(nets.remove(id) != null & ports.remove(id) != null, () -> id + " was not there"));
            delta.sets().forEach((id, change) -> {
                if (change.fresh()) {
                    nets.put(id, new TreeSet<>());
                    ports.put(id, new TreeSet<>());
                }
                change.removed().nets().forEach(net -> assertTrue(nets.get(id).remove(net), () -> net + " was not in " + id));
                change.added().nets().forEach(net -> assertTrue(nets.get(id).add(net), () -> net + " was in " + id));
                change.removed().ports().forEach(port -> assertTrue(ports.get(id).remove(port), () -> port + " was not in " + id));
                change.added().ports().forEach(port -> assertTrue(ports.get(id).add(port), () -> port + " was in " + id));
            });
        }

        Model model() {
            SortedMap<SetId, Model.SetContents> sets = new TreeMap<>();
            nets.forEach((id, all) -> sets.put(id, new Model.SetContents(List.copyOf(all), List.copyOf(ports.get(id)))));
            return new Model(endpoints, policies, profiles, sets);
        }
    }
}
