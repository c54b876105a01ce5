package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.policy.core.NodeParameters;
import tombolo.policy.core.PolicyEngine;
import tombolo.policy.core.RandomWorld;

/** Differences lead to where the whole would. */
class NftTableTest {
    private static final int WORLDS = 60;
    private static final int STEPS = 120;

    @Test
    void differencesAddUpToTheWholeAndEveryNameThatIsReferredToIsThere() {
        long first = Long.getLong("tombolo.seed", System.nanoTime());
        System.out.println("NftTableTest seeds " + first + " to " + (first + WORLDS - 1));
        for (long seed = first; seed < first + WORLDS; seed++) {
            Random random = new Random(seed);
            RandomWorld world = new RandomWorld(random);
            PolicyEngine engine = new PolicyEngine(RandomWorld.NODE);
            Map<ResourceId, Resource> there = new HashMap<>();
            NftOptions options = NftOptions.DEFAULT.numbered(seed % 3 != 0);
            // In worlds as small as these: nobody's family is left out always, or by what was there before, or never.
            int oneFamily = seed % 4 == 0 ? 0 : seed % 4 == 2 ? 1 : SelectorSets.ONE_FAMILY;
            NftTable table = new NftTable(engine, NodeParameters.DEFAULT, Map.of(), options, oneFamily);
            Mirror mirror = new Mirror();
            mirror.take(table.whole());
            for (int i = 0; i < STEPS; i++) {
                Resource resource = random.nextInt(4) == 0 ? world.pod(random.nextInt(9)) : world.resource();
                boolean delete = i > STEPS / 3 && random.nextInt(4) == 0;
                if (delete) {
                    there.remove(resource.id());
                } else {
                    there.put(resource.id(), resource);
                }
                mirror.take(table.change(delete ? engine.apply(List.of(), List.of(resource.id())) : engine.apply(List.of(resource), List.of())));
                mirror.check(seed);
            }
            if (oneFamily == 1) {
                continue; // the whole has another past
            }
            PolicyEngine fresh = new PolicyEngine(RandomWorld.NODE);
            fresh.load(there.values());
            Mirror whole = new Mirror();
            whole.take(new NftTable(fresh, NodeParameters.DEFAULT, Map.of(), options, oneFamily).whole());
            assertEquals(whole.chains, mirror.chains, "seed " + seed);
            assertEquals(whole.elements, mirror.elements, "seed " + seed);
            assertEquals(whole.intervals, mirror.intervals, "seed " + seed);
        }
    }

    /** Else a writer makes it anew, and for packets on their way it is gone. */
    @Test
    void noSetHasOneShapeWhereInterfacesLeadToPoliciesByNumbersAndAnotherWhereTheyDoAtOnce() {
        Map<String, NamedSet> shapes = new HashMap<>();
        int shared = 0;
        for (boolean numbered : List.of(true, false)) {
            for (NamedSet set : new NftTable(new PolicyEngine(RandomWorld.NODE), NodeParameters.DEFAULT, Map.of(), NftOptions.DEFAULT.numbered(numbered)).whole().sets()) {
                NamedSet shape = new NamedSet(set.name(), set.key(), set.interval(), set.data(), "", List.of());
                NamedSet before = shapes.put(set.name(), shape);
                assertEquals(before == null ? shape : before, shape);
                shared += before == null ? 0 : 1;
            }
        }
        assertTrue(shared > 0);
    }

    /** What a writer would have. */
    private static final class Mirror {
        private final TreeMap<String, Chain> chains = new TreeMap<>();
        private final TreeMap<String, TreeMap<Value, Element>> elements = new TreeMap<>();
        private final TreeMap<String, Boolean> intervals = new TreeMap<>();
        private final Map<String, NamedSet> shapes = new HashMap<>();

        void take(Change change) {
            change.goneChains().forEach(chains::remove);
            change.goneSets().forEach(name -> {
                elements.remove(name);
                intervals.remove(name);
                shapes.remove(name);
            });
            change.chains().forEach(chain -> chains.put(chain.name(), chain));
            change.sets().forEach(set -> {
                TreeMap<Value, Element> all = new TreeMap<>();
                set.elements().forEach(element -> all.put(element.from(), element));
                elements.put(set.name(), all);
                intervals.put(set.name(), set.interval());
                shapes.put(set.name(), new NamedSet(set.name(), set.key(), set.interval(), set.data(), set.comment(), List.of()));
            });
            change.elements().forEach((name, differences) -> {
                assertTrue(elements.containsKey(name), () -> "differences of " + name + ", which is not there");
                differences.gone().forEach(value -> assertTrue(elements.get(name).remove(value) != null, () -> value + " was not in " + name));
                differences.put().forEach(element -> {
                    shapes.get(name).check(element);
                    elements.get(name).put(element.from(), element);
                });
            });
        }

        void check(long seed) {
            List<String> wanted = new ArrayList<>();
            chains.values().forEach(chain -> chain.rules().forEach(rule -> rule.statements().forEach(statement -> {
                switch (statement) {
                    case Statement.Decide(Verdict verdict) when !verdict.chain().isEmpty() -> wanted.add("chain " + verdict.chain());
                    case Statement.Lookup lookup -> wanted.add("set " + lookup.set());
                    case Statement.MaskedLookup lookup -> wanted.add("set " + lookup.set());
                    case Statement.Remember lookup -> wanted.add("set " + lookup.map());
                    case Statement.VerdictLookup lookup -> wanted.add("set " + lookup.map());
                    default -> { }
                }
            })));
            elements.values().forEach(all -> all.values().forEach(element -> element.data().ifPresent(datum -> {
                if (datum instanceof Verdict verdict) {
                    wanted.add("chain " + verdict.chain());
                }
            })));
            for (String name : wanted) {
                String bare = name.substring(name.indexOf(' ') + 1);
                assertTrue(name.startsWith("chain") ? chains.containsKey(bare) : elements.containsKey(bare), () -> name + " is referred to and not there, seed " + seed);
            }
        }
    }
}
