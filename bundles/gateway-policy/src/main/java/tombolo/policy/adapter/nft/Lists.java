package tombolo.policy.adapter.nft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;

/**
 * How maps of interfaces lead to the chains of endpoints: by numbers, or at once.
 *
 * <pre>
 *  numbered   policy-number-to cali1 : 0x1f2e3d4c          the packet's security mark becomes that
 *             policy-lists-in  0x1f2e3d4c : jump policy-i-1f2e3d4c…, one for all endpoints that have the same policies
 *  direct     policy-to        cali1 : jump policy-i-1f2e3d4c…
 * </pre>
 *
 * With each transaction that makes an element lead to a chain, or a rule, the kernel walks from every chain at a hook through every such element and all that it leads to, without
 * remembering where it has been (nf_tables_api.c, nft_chain_validate): 5 ms with 1,000 endpoints under 2,000 policies. A number is no way to anywhere: an endpoint that moves to a list that is
 * there costs no walk, and a walk meets each list once and not once for each of its endpoints.
 *
 * <p>A number is the beginning of the hash in the chain's name, so that it means the same in every life of the node; where two lists that are there begin alike, the later takes the next that
 * is free. A number that means another list than a moment ago takes two such lists within the time of a packet.
 *
 * <p>A list always decides. One that does not, since another hand emptied it, or a packet began before its rules, must not end in the accept of the chain at the hook: the way to it is a jump,
 * and behind it what is nobody's is dropped.
 */
final class Lists {
    private final boolean numbered;
    private final Map<String, Integer> numbers = new HashMap<>();
    /** By map: both directions may have a list of the same content. */
    private final Map<String, Set<Integer>> taken = new HashMap<>();

    Lists(boolean numbered) {
        this.numbered = numbered;
    }

    /** What an interface leads to. @param chain that is acquired */
    Element.Datum way(String chain) {
        return numbered ? new Element.Data(Value.number(numbers.get(chain))) : Verdict.jump(chain);
    }

    /** From now on a chain is there. */
    void acquired(String chain, Collected to) {
        if (!numbered || numbers.containsKey(chain)) {
            return;
        }
        Set<Integer> others = taken.computeIfAbsent(map(chain), _ -> new HashSet<>());
        int number = number(chain);
        while (number == 0 || !others.add(number)) {
            number++;
        }
        numbers.put(chain, number);
        to.put(map(chain), Element.entry(Value.number(number), Verdict.jump(chain), ""));
    }

    void released(String chain, Collected to) {
        Integer number = numbers.remove(chain);
        if (number != null) {
            taken.getOrDefault(map(chain), Set.of()).remove(number);
            to.gone(map(chain), Value.number(number));
        }
    }

    private static String map(String chain) {
        return NftNames.lists(chain.startsWith(Parts.INGRESS));
    }

    private static int number(String chain) {
        int hash = chain.lastIndexOf('-') + 1;
        return Integer.parseUnsignedInt(chain, hash, hash + 8, 16);
    }

    /** The map of an interface, or of an interface and an address. */
    NamedSet map(String name, String comment, List<DataType> key, List<Element> elements) {
        return numbered ? NamedSet.map(name, comment, key, List.of(DataType.MARK), elements) : NamedSet.verdicts(name, comment, key, elements);
    }

    /** The maps from numbers to chains. */
    List<NamedSet> sets(Collected collected) {
        List<NamedSet> sets = new ArrayList<>();
        if (numbered) {
            for (boolean ingress : List.of(true, false)) {
                String name = NftNames.lists(ingress);
                sets.add(new NamedSet(name, List.of(DataType.MARK), false, new NamedSet.MapData.Lasting(), "policies that endpoints have, " + (ingress ? "in" : "out"), collected.puts(name)));
            }
        }
        return sets;
    }
}
