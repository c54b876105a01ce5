package tombolo.api.config;

import java.util.List;
import java.util.Optional;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * {@code etc/tombolo.bgp.filter-<name>.cfg}: rules in the order of their numbers. Keys: {@code rule.<n>.match.*}, {@code rule.<n>.set.*},
 * {@code rule.<n>.action}, {@code default}. A rule matches when each of its conditions matches; within one condition one value is enough.
 * A matching rule makes its changes, then accepts, rejects or goes on to the next rule. {@code default} decides behind the last rule (default reject).
 * In a chain of filters ({@code import = a, b}) a rejection ends; an acceptance by {@code a} goes on to {@code b}.
 *
 * @param name          from the file's name
 * @param rules         ascending by number
 * @param defaultAction ACCEPT or REJECT
 */
public record FilterSettings(String name, List<Rule> rules, Action defaultAction) {
    /** {@code accept}, {@code reject} or {@code next}. */
    public enum Action { ACCEPT, REJECT, NEXT }

    public FilterSettings {
        rules = List.copyOf(rules);
        if (defaultAction == Action.NEXT) {
            throw new IllegalArgumentException("default is accept or reject");
        }
    }

    /** @param number 1-65535 */
    public record Rule(int number, List<Match> matches, List<Change> changes, Action action) {
        public Rule {
            matches = List.copyOf(matches);
            changes = List.copyOf(changes);
        }
    }

    /** An entry of a prefix set, {@code 10.0.0.0/8 ge 16 le 24}: prefixes within {@code prefix} of a length in [ge, le]. Without ge and le the exact prefix. */
    public record PrefixRange(Prefix prefix, int ge, int le) {
        public PrefixRange {
            if (ge < prefix.length() || le < ge || le > prefix.family().bits()) {
                throw new IllegalArgumentException(prefix + " ge " + ge + " le " + le + ": wanted " + prefix.length() + " <= ge <= le <= " + prefix.family().bits());
            }
        }
    }

    /** A condition of a rule. Lists are alternatives. */
    public sealed interface Match {
        /** {@code match.prefix}. */
        record Prefixes(List<PrefixRange> ranges) implements Match {
            public Prefixes { ranges = List.copyOf(ranges); }
        }

        /** {@code match.not-prefix}: the prefix is in none of these. */
        record NotPrefixes(List<PrefixRange> ranges) implements Match {
            public NotPrefixes { ranges = List.copyOf(ranges); }
        }

        /** {@code match.source}: peers (true) or local: who told the route, a BGP neighbour or this node itself. On import every route is a peer's. */
        record Source(boolean peers) implements Match { }

        /** {@code match.local-preference}: LOCAL_PREF is there and in the range: {@code 200}, {@code 100-200}, {@code 200-}; 0-4294967295. */
        record LocalPreference(long ge, long le) implements Match { }

        /** {@code match.as-path}: a regular expression over the path as text ("65010 65020"), where {@code _} stands for a border of a number. */
        record AsPath(String expression) implements Match { }

        /** {@code match.as-path-length}: {@code 0-5}, {@code 3}, {@code 10-}; le = Integer.MAX_VALUE where open. */
        record AsPathLength(int ge, int le) implements Match { }

        /** {@code match.community}: any of these is attached; see {@link CommunityPattern}. */
        record Communities(List<CommunityPattern> patterns) implements Match {
            public Communities { patterns = List.copyOf(patterns); }
        }

        /** {@code match.next-hop}: the next hop lies in one of these. */
        record NextHops(List<Prefix> prefixes) implements Match {
            public NextHops { prefixes = List.copyOf(prefixes); }
        }

        /** {@code match.origin}: igp, egp, incomplete. Codes 0-2 of RFC 4271 §4.3. */
        record Origins(List<Integer> codes) implements Match {
            public Origins { codes = List.copyOf(codes); }
        }
    }

    /** The three kinds of communities. */
    public enum CommunityKind { STANDARD, EXTENDED, LARGE }

    /**
     * A community or a pattern for it: {@code 65010:100}, {@code 65010:*}, {@code no-export}, {@code rt:65010:1}, {@code soo:1.2.3.4:7},
     * {@code 65010:1:2} (large), {@code 0x0002fde800000001} (extended, raw).
     *
     * @param value what the bits under the mask must be: 4 octets (STANDARD), 8 (EXTENDED) or 12 (LARGE), as hi (the first 4 octets of a LARGE) and lo
     * @param mask  which bits count; all ones for one exact community
     */
    public record CommunityPattern(CommunityKind kind, Bits value, Bits mask, String text) { }

    /** Up to 96 bits: {@code hi} holds octets 0-3 of a large community, {@code lo} the last 8 octets (or all of a shorter kind, right-aligned). */
    public record Bits(int hi, long lo) { }

    /** A change to a route's attributes. */
    public sealed interface Change {
        /** {@code set.local-preference}. */
        record LocalPreference(long value) implements Change { }

        /** {@code set.med}: a number, or {@code none} (empty) to remove it. */
        record Med(Optional<Long> value) implements Change { }

        /** {@code set.prepend}: {@code 3} (our own AS three times) or {@code 65010 x 3}; 1-25 times. as empty = the local AS of the session. */
        record Prepend(Optional<Asn> as, int times) implements Change { }

        /** {@code set.prepend-path}: 1-25 AS numbers; the path then begins with them in this order. */
        record PrependPath(List<Asn> path) implements Change {
            public PrependPath { path = List.copyOf(path); }
        }

        /** {@code set.community.add}, exact communities only. */
        record AddCommunities(List<CommunityPattern> communities) implements Change {
            public AddCommunities { communities = List.copyOf(communities); }
        }

        /** {@code set.community.remove}, patterns allowed. */
        record RemoveCommunities(List<CommunityPattern> patterns) implements Change {
            public RemoveCommunities { patterns = List.copyOf(patterns); }
        }

        /** {@code set.community}: replaces all communities of the kinds named; {@code none} removes all of every kind (empty list). */
        record ReplaceCommunities(List<CommunityPattern> communities) implements Change {
            public ReplaceCommunities { communities = List.copyOf(communities); }
        }

        /** {@code set.next-hop}: an address, or {@code self} (empty). */
        record NextHop(Optional<IpAddress> address) implements Change { }

        /** {@code set.origin}. */
        record Origin(int code) implements Change { }
    }
}
