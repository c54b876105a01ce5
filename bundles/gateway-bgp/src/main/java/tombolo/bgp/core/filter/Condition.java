package tombolo.bgp.core.filter;

import java.util.List;
import tombolo.api.config.FilterSettings.CommunityPattern;
import tombolo.api.config.FilterSettings.Match;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.bgp.core.wire.AttributeMemo;
import tombolo.bgp.core.wire.AttributeTable;

/** One condition of a rule, ready to be asked. */
sealed interface Condition {
    /** @return whether the route, a prefix with an attribute set in use, satisfies the condition */
    boolean holds(AddressFamily family, long hi, long lo, int length, int attributeId);

    /** "prefix", "as-path '_65010$'": for a trace. */
    String name();

    static Condition of(Match match, AttributeTable table) {
        return switch (match) {
            case Match.Prefixes prefixes -> new InPrefixes(new PrefixSet(prefixes.ranges()));
            case Match.NotPrefixes prefixes -> new NotInPrefixes(new PrefixSet(prefixes.ranges()));
            case Match.Source source -> new ToldBy(source.peers());
            case Match.LocalPreference preference -> new PreferenceIn(table, preference.ge(), preference.le());
            case Match.AsPath path -> new PathMatches(table, AsPathExpression.compile(path.expression()), new AttributeMemo(table, PathMatches.MEMO));
            case Match.AsPathLength length -> new PathLength(table, length.ge(), length.le());
            case Match.Communities communities -> new HasCommunity(table, communities.patterns(), new AttributeMemo(table, PathMatches.MEMO));
            case Match.NextHops nextHops -> new NextHopIn(table, nextHops.prefixes());
            case Match.Origins origins -> new OriginIs(table, origins.codes());
        };
    }

    record InPrefixes(PrefixSet set) implements Condition {
        @Override
        public boolean holds(AddressFamily family, long hi, long lo, int length, int attributeId) {
            return set.contains(family, hi, lo, length);
        }

        @Override
        public String name() {
            return "prefix";
        }
    }

    record NotInPrefixes(PrefixSet set) implements Condition {
        @Override
        public boolean holds(AddressFamily family, long hi, long lo, int length, int attributeId) {
            return !set.contains(family, hi, lo, length);
        }

        @Override
        public String name() {
            return "not-prefix";
        }
    }

    /** Not a matter of prefix or attributes: {@link CompiledFilter} knows of each route whether a peer told it, and does not ask here. */
    record ToldBy(boolean peers) implements Condition {
        @Override
        public boolean holds(AddressFamily family, long hi, long lo, int length, int attributeId) {
            return peers;
        }

        @Override
        public String name() {
            return "source " + (peers ? "peers" : "local");
        }
    }

    record PreferenceIn(AttributeTable table, long ge, long le) implements Condition {
        @Override
        public boolean holds(AddressFamily family, long hi, long lo, int length, int attributeId) {
            long preference = Integer.toUnsignedLong(table.localPreference(attributeId));
            return table.hasLocalPreference(attributeId) && preference >= ge && preference <= le;
        }

        @Override
        public String name() {
            return "local-preference " + ge + "-" + le;
        }
    }

    record PathMatches(AttributeTable table, AsPathExpression expression, AttributeMemo memo) implements Condition {
        /** 64 Ki sets, 1 MiB: a full table has about 160,000, and those of one message come together. */
        private static final int MEMO = 1 << 16;

        @Override
        public boolean holds(AddressFamily family, long hi, long lo, int length, int attributeId) {
            int known = memo.get(attributeId);
            if (known == AttributeMemo.MISSING) {
                known = expression.matches(table.asPathText(attributeId)) ? 1 : 0;
                memo.put(attributeId, known);
            }
            return known == 1;
        }

        @Override
        public String name() {
            return "as-path '" + expression + "'";
        }
    }

    record PathLength(AttributeTable table, int ge, int le) implements Condition {
        @Override
        public boolean holds(AddressFamily family, long hi, long lo, int length, int attributeId) {
            int path = table.asPathLength(attributeId);
            return path >= ge && path <= le;
        }

        @Override
        public String name() {
            return "as-path-length " + ge + "-" + (le == Integer.MAX_VALUE ? "" : le);
        }
    }

    record HasCommunity(AttributeTable table, List<CommunityPattern> patterns, AttributeMemo memo) implements Condition {
        @Override
        public boolean holds(AddressFamily family, long hi, long lo, int length, int attributeId) {
            int known = memo.get(attributeId);
            if (known == AttributeMemo.MISSING) {
                known = any(attributeId) ? 1 : 0;
                memo.put(attributeId, known);
            }
            return known == 1;
        }

        private boolean any(int attributeId) {
            for (CommunityPattern pattern : patterns) {
                if (table.hasCommunity(attributeId, pattern.kind().ordinal(), pattern.value().hi(), pattern.value().lo(), pattern.mask().hi(), pattern.mask().lo())) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public String name() {
            return "community " + String.join(", ", patterns.stream().map(CommunityPattern::text).toList());
        }
    }

    record NextHopIn(AttributeTable table, List<Prefix> prefixes) implements Condition {
        @Override
        public boolean holds(AddressFamily family, long hi, long lo, int length, int attributeId) {
            if (table.nextHop(attributeId) == 0) {
                return false;
            }
            var address = table.nextHopAddress(attributeId);
            return prefixes.stream().anyMatch(prefix -> prefix.contains(address));
        }

        @Override
        public String name() {
            return "next-hop";
        }
    }

    record OriginIs(AttributeTable table, List<Integer> codes) implements Condition {
        @Override
        public boolean holds(AddressFamily family, long hi, long lo, int length, int attributeId) {
            return codes.contains(table.origin(attributeId));
        }

        @Override
        public String name() {
            return "origin";
        }
    }
}
