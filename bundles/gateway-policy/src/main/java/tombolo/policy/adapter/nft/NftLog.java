package tombolo.policy.adapter.nft;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.Names;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Verdict;
import tombolo.api.policy.Policies.Direction;

/**
 * How packets get into the log, and what the prefix says with which the kernel hands them out.
 *
 * <pre>
 *  D i 3 1f2e3d4c5b6a7988 NetworkPolicy(web/db)
 *  │ │ │ │                └ the policy, profile or check, as far as the kernel's 127 bytes go
 *  │ │ │ └ NftNames.hash of it, by which a longer name is found
 *  │ │ └ the rule; 0: none of its rules
 *  │ └ ingress, egress; in capitals where a host endpoint's own chain says it: the end of a tier or of its profiles
 *  └ Denied, Logged
 * </pre>
 *
 * <p>A rule that denies goes to a chain of its own, which logs and drops: what does not match the rule pays nothing for it, and a flood that does costs a comparison with a limit for each
 * packet. There are two limits, the rule's own, so that one flood hides no other rule's packets, and behind it one for all rules together, so that a flood that meets many costs no more:
 *
 * <pre>
 *  limit 100/second jump policy-log-share ──► limit 1000/second mark |= bit
 *  mark has the bit: mark &= ~bit, log  ◄─────┘
 *  drop
 * </pre>
 *
 * @param denied    whether denied packets are logged; what rules with Log met always is
 * @param perSecond packets of one rule in a second, with as many at once
 */
public record NftLog(boolean denied, int perSecond) {
    /** Where listeners hear of them. Calico's are 1 and 2: a Felix that still runs keeps them. */
    public static final int GROUP = 201;
    /** As settings have it by default. */
    public static final NftLog DEFAULT = new NftLog(true, 100);
    /** What stands in place of a policy. */
    static final String FORGED = "not an address of the endpoint";
    static final String UNKNOWN = "an endpoint whose policy is not in force yet";
    static final String NO_FLOW = "of no flow";
    public static final String WRAPPED = "what tunnels between nodes carry";
    public static final String TO_HOST = "defaultEndpointToHostAction";
    static final String PROFILES = "profiles";
    static final String TIER = "tier ";
    /** Bytes of a packet that a listener gets: addresses and ports of either family. */
    private static final int BYTES = 128;
    /** Of all rules together in a second, with as many at once: half of what the reader of the log takes. */
    public static final int OF_ALL = 1_000;
    /** The bit of the packet's mark by which the limit of all rules says that there is room. */
    private static final int ROOM = 0x0200_0000;
    /** A prefix of fewer bytes has not been cut: a character has up to four. */
    private static final int SURELY_WHOLE = Names.LONGEST_COMMENT - 3;

    /**
     * What a prefix says.
     *
     * @param hash  of the whole name
     * @param host  whether it is a host endpoint's own chain; of a policy's, which others may have too, it is not known
     * @param owner its name, or the beginning of it
     * @param whole whether nothing of it is missing
     */
    public record Origin(boolean denied, Direction direction, boolean host, int rule, String hash, String owner, boolean whole) { }

    /** @return empty where the prefix is not one of ours */
    public static Optional<Origin> read(String prefix) {
        String[] words = prefix.split(" ", 5);
        if (words.length < 5 || !words[0].matches("[DL]") || !words[1].matches("[ieIE]") || !words[2].matches("[0-9]{1,5}")) {
            return Optional.empty();
        }
        return Optional.of(new Origin(words[0].equals("D"), words[1].equalsIgnoreCase("i") ? Direction.INGRESS : Direction.EGRESS, Character.isUpperCase(words[1].charAt(0)), Integer.parseInt(words[2]), words[3], words[4],
                prefix.getBytes(StandardCharsets.UTF_8).length < SURELY_WHOLE));
    }

    /** Whether that is the name that was cut. */
    public static boolean means(Origin origin, String name) {
        return NftNames.hash(name).equals(origin.hash);
    }

    private static String prefix(boolean denied, boolean ingress, boolean host, int rule, String owner) {
        String direction = ingress ? " i " : " e ";
        return (denied ? "D" : "L") + (host ? direction.toUpperCase(Locale.ROOT) : direction) + rule + " " + NftNames.hash(owner) + " " + owner;
    }

    /** The limit of all rules. */
    static Chain share() {
        return Chain.of(NftNames.LOG_SHARE, "packets of all rules that may be logged",
                List.of(Rule.of("there is room", new Statement.AtMost(OF_ALL, OF_ALL), new Statement.SetMark(false, ~ROOM, ROOM))));
    }

    /** The end of a rule with Log; {@link #logged} is the rule behind it. */
    List<Statement> asking() {
        return List.of(new Statement.AtMost(perSecond, perSecond), Statement.decide(Verdict.jump(NftNames.LOG_SHARE)));
    }

    Rule logged(boolean ingress, int rule, String owner) {
        return room(prefix(false, ingress, false, rule, owner));
    }

    private static Rule room(String prefix) {
        return Rule.of("log", Statement.anyOf(Field.MARK, ROOM), new Statement.SetMark(false, ~ROOM, 0), new Statement.LogTo(GROUP, prefix, OptionalInt.of(BYTES)));
    }

    /** Rules, if any, that log what is dropped behind them. */
    List<Rule> denied(boolean ingress, int rule, String owner) {
        return denied(ingress, false, rule, owner);
    }

    /** @param host whether a host endpoint's own chain says it */
    List<Rule> denied(boolean ingress, boolean host, int rule, String owner) {
        return denied ? List.of(new Rule(asking(), "log"), room(prefix(true, ingress, host, rule, owner))) : List.of();
    }

    /** The chain to which a rule leads that denies; empty: it drops by itself. */
    Optional<Chain> chain(boolean ingress, int rule, String owner) {
        if (!denied) {
            return Optional.empty();
        }
        List<Rule> rules = new ArrayList<>(denied(ingress, rule, owner));
        rules.add(Rule.of("", Statement.decide(Verdict.DROP)));
        return Optional.of(Chain.of(NftNames.denied(owner, ingress, rule), "denied by " + owner + (rule == 0 ? "" : " rule " + rule), rules));
    }
}
