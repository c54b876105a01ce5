package tombolo.api.nftables;

import java.util.List;
import java.util.Optional;

/**
 * A chain with its rules.
 *
 * @param hook    where packets enter it; empty: only by jumps
 * @param comment set when the chain is made; a later change of it alone changes nothing in the kernel
 */
public record Chain(String name, Optional<Hook> hook, String comment, List<Rule> rules) {
    /**
     * A policy has at most 1,024 rules, each of which may become a few of the kernel's: 32 where both ends are selectors of networks of four lengths, in both families, and named ports multiply
     * these. A transaction that writes as many short ones fits into one datagram of the writer; of long ones fewer do, which is for the owner to see to.
     */
    public static final int MOST_RULES = 65_536;

    public Chain {
        Names.checked(name);
        comment = Names.comment(comment);
        rules = List.copyOf(rules);
        if (rules.size() > MOST_RULES) {
            throw new IllegalArgumentException("chain " + name + ": " + rules.size() + " rules; at most " + MOST_RULES);
        }
    }

    public static Chain of(String name, String comment, List<Rule> rules) {
        return new Chain(name, Optional.empty(), comment, rules);
    }

    public static Chain base(String name, Hook hook, String comment, List<Rule> rules) {
        return new Chain(name, Optional.of(hook), comment, rules);
    }

    /**
     * @param priority of several chains at one point the smallest comes first; nft: raw -300, mangle -150, dstnat -100, filter 0, srcnat 100
     * @param drop     what becomes of a packet at the chain's end
     */
    public record Hook(Type type, Point point, int priority, boolean drop) {
        public Hook {
            if (type == Type.NAT && drop) {
                throw new IllegalArgumentException("a chain that translates addresses drops nothing at its end");
            }
        }
    }

    public enum Type { FILTER, NAT, ROUTE }

    /** In the order of the kernel's numbers (enum nf_inet_hooks). */
    public enum Point { PREROUTING, INPUT, FORWARD, OUTPUT, POSTROUTING }
}
