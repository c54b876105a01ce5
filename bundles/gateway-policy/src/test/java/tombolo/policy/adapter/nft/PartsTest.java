package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Verdict;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Tier.DefaultAction;
import tombolo.policy.core.Model;
import tombolo.policy.core.Stage;

/** Chains of endpoints with more policies than a chain has room for. */
class PartsTest {
    /** Of which a chain holds half, where each may pass on. */
    private static final int POLICIES = Chain.MOST_RULES + 10;

    private static List<ResourceId> policies(String tier) {
        return IntStream.range(0, POLICIES).mapToObj(i -> ResourceId.of("GlobalNetworkPolicy", tier + i)).toList();
    }

    private static Parts.Composition of(boolean passes, DefaultAction end) {
        List<Model.TierPolicies> tiers = List.of(new Model.TierPolicies("first", OptionalDouble.of(1), end, policies("a"), List.of()),
                new Model.TierPolicies("second", OptionalDouble.of(2), DefaultAction.DENY, policies("b"), List.of()));
        Model.Endpoint endpoint = new Model.Endpoint(ResourceId.of("WorkloadEndpoint", "x", "one"), false, Optional.of("cali1"), List.of(), List.of(), tiers, List.of(), Set.of(), Optional.empty());
        Function<ResourceId, Parts.Kind> kinds = id -> new Parts.Kind(EnumSet.of(Stage.OWN), passes, passes, "policy-in-" + id.name(), "policy-out-" + id.name());
        return new Parts(kinds, _ -> false, NftOptions.DEFAULT).of(endpoint, true);
    }

    /** The policies that a packet meets which none of them decides about. @param passing the policy that passes it on to the next tier */
    private record Packet(Map<String, Chain> chains, Optional<String> passing, List<String> met) {
        /** @return the verdict that ends its way, empty where the chain comes to its end */
        private Optional<Verdict> walk(String chain, boolean[] marked, int depth) {
            assertTrue(depth < 12, "the kernel follows sixteen, of which some lead here and some further");
            for (Rule rule : chains.get(chain).rules()) {
                boolean applies = true;
                for (Statement statement : rule.statements()) {
                    if (statement instanceof Statement.SetMark(boolean _, int _, int set)) {
                        marked[0] = set != 0;
                    } else if (statement instanceof Statement.Masked) {
                        applies = marked[0];
                    } else if (applies && statement instanceof Statement.Decide(Verdict verdict)) {
                        if (verdict.equals(Verdict.RETURN)) {
                            return Optional.empty();
                        }
                        if (verdict.chain().startsWith("policy-in-")) {
                            met.add(verdict.chain());
                            marked[0] |= passing.filter(verdict.chain()::equals).isPresent();
                            continue;
                        }
                        if (verdict.chain().isEmpty()) {
                            return Optional.of(verdict);
                        }
                        Optional<Verdict> said = chains.containsKey(verdict.chain()) ? walk(verdict.chain(), marked, depth + 1) : Optional.of(verdict);
                        if (said.isPresent() || verdict.equals(Verdict.goTo(verdict.chain()))) {
                            return said;
                        }
                    }
                }
            }
            return Optional.empty();
        }
    }

    private static List<String> met(Parts.Composition composition, Optional<String> passing) {
        Packet packet = new Packet(composition.chains().stream().collect(Collectors.toMap(Chain::name, chain -> chain)), passing, new ArrayList<>());
        packet.walk(composition.first(), new boolean[1], 0);
        return packet.met;
    }

    private static List<String> names(String tier, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "policy-in-" + tier + i).toList();
    }

    @Test
    void policiesThatNoChainHasRoomForAreSharedOutAmongSeveralAndAllAreMetInTheirOrder() {
        for (boolean passes : List.of(true, false)) {
            List<String> all = new ArrayList<>(names("a", 0, POLICIES));
            assertEquals(all, met(of(passes, DefaultAction.DENY), Optional.empty()), "the first tier denies at its end");
            all.addAll(names("b", 0, POLICIES));
            assertEquals(all, met(of(passes, DefaultAction.PASS), Optional.empty()));
        }
        List<String> some = new ArrayList<>(names("a", 0, POLICIES - 3));
        some.addAll(names("b", 0, POLICIES));
        assertEquals(some, met(of(true, DefaultAction.DENY), Optional.of("policy-in-a" + (POLICIES - 4))), "one passes on to the second tier");
    }
}
