package tombolo.fabric.core;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import tombolo.api.config.Contribution.Kind;
import tombolo.api.config.Contribution.Level;
import tombolo.api.config.Contribution.Part;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.resource.BgpConfiguration;
import tombolo.api.resource.BgpConfiguration.PrefixAdvertisement;
import tombolo.api.resource.BgpFilter;
import tombolo.api.resource.CommunityValue;
import tombolo.api.resource.IpPool;

/**
 * The import and export filters of the peerings: one for each list of BGPFilters, family and kind of session, so that sessions that are told the same share one
 * (confd: {@code buildImportFilter}, {@code buildExportFilter}, {@code calico_export_to_bgp_peers}, {@code calico_aggr}).
 *
 * <pre>
 * import   BGPFilters in order, the first rule that matches decides ─► accept
 * export   our own routes get the preference of a normal priority
 *          BGPFilters in order, the first rule that matches decides
 *          pools that must not be exported: reject
 *          communities by prefixAdvertisements
 *          our blocks: accept; within them: reject, unless of an elevated priority
 *          service addresses: accept (a route reflector passes on load balancers' and external ones of others)
 *          pools: accept ─► reject
 * </pre>
 */
final class Filters {
    private static final int MAX_NAME = 63;

    private final Cluster cluster;
    private final Notes notes;
    private final Set<Prefix> blocks;
    private final Set<Prefix> services;
    private final Map<String, Part> parts = new TreeMap<>();

    /** @param blocks this node's; @param services the ranges of service addresses that it advertises */
    Filters(Cluster cluster, Collection<Prefix> blocks, Collection<Prefix> services, Notes notes) {
        this.cluster = cluster;
        this.blocks = new TreeSet<>(blocks);
        this.services = new TreeSet<>(services);
        this.notes = notes;
    }

    List<Part> parts() {
        return List.copyOf(parts.values());
    }

    /** The name of the filter that the peering imports by. */
    String importOf(Peering peering) {
        return filter("import", peering);
    }

    String exportOf(Peering peering) {
        return filter("export", peering);
    }

    private String filter(String direction, Peering peering) {
        AddressFamily family = peering.address().family();
        boolean internal = peering.internal(cluster.as());
        List<String> names = peering.terms().filters();
        String name = name(direction + (family == AddressFamily.IPV4 ? "-v4-" : "-v6-") + (internal ? "ibgp" : "ebgp"), names);
        parts.computeIfAbsent(name, any -> {
            RuleText rules = new RuleText();
            Map<String, String> keys = direction.equals("import") ? imports(rules, family, internal, names, peering) : exports(rules, family, internal, names, peering);
            String origin = names.isEmpty() ? "every BGPPeer and the mesh" : "BGPFilter(" + String.join(", ", names) + ")";
            return new Part(Kind.FILTER, any, Level.GLOBAL, origin, keys);
        });
        return name;
    }

    /** Readable while short; the checksum keeps two long lists apart. */
    private static String name(String stem, List<String> names) {
        if (names.isEmpty()) {
            return stem;
        }
        String joined = String.join("_", names);
        String whole = stem + "-" + joined;
        if (whole.length() <= MAX_NAME && names.size() == 1) {
            return whole;
        }
        CRC32 sum = new CRC32();
        sum.update(joined.getBytes(StandardCharsets.UTF_8));
        String tail = "-" + String.format("%08x", sum.getValue());
        return whole.substring(0, Math.min(whole.length(), MAX_NAME - tail.length())) + tail;
    }

    private Map<String, String> imports(RuleText rules, AddressFamily family, boolean internal, List<String> names, Peering peering) {
        bgpFilters(rules, names, internal, peering, filter -> family == AddressFamily.IPV4 ? filter.importV4() : filter.importV6());
        return rules.done("accept");
    }

    private Map<String, String> exports(RuleText rules, AddressFamily family, boolean internal, List<String> names, Peering peering) {
        long normal = RuleText.preference(normalPriority(family));
        rules.rule("next", "match.source", "local", "set.local-preference", Long.toString(normal));
        bgpFilters(rules, names, internal, peering, filter -> family == AddressFamily.IPV4 ? filter.exportV4() : filter.exportV6());
        group(rules, "reject", pools(family, true));
        cluster.mineOrDefault(BgpConfiguration::prefixAdvertisements).stream().filter(advertisement -> advertisement.cidr().family() == family).forEach(advertisement -> {
            List<String> communities = communities(cluster, advertisement).stream().map(CommunityValue::toString).toList();
            if (!communities.isEmpty()) {
                rules.rule("next", "match.prefix", RuleText.within(advertisement.cidr()), "set.community.add", RuleText.list(communities));
            }
        });
        aggregate(rules, family, normal);
        group(rules, "accept", services.stream().filter(range -> range.family() == family).toList());
        if (cluster.me().clusterId().isPresent()) {
            group(rules, "accept", Stream.concat(cluster.defaults().stream().flatMap(all -> all.serviceLoadBalancerIps().stream()),
                    cluster.defaults().stream().flatMap(all -> all.serviceExternalIps().stream())).filter(range -> range.family() == family && !services.contains(range)).toList());
        }
        group(rules, "accept", pools(family, false));
        return rules.done("reject");
    }

    /** A block speaks for what is in it. A block of one address has nothing in it. */
    private void aggregate(RuleText rules, AddressFamily family, long normal) {
        List<Prefix> wide = blocks.stream().filter(block -> block.family() == family && block.length() < family.bits()).toList();
        if (wide.isEmpty()) {
            return;
        }
        String inside = RuleText.list(wide.stream().map(block -> RuleText.within(block, block.length() + 1)).toList());
        rules.rule("accept", "match.prefix", RuleText.list(wide.stream().map(Prefix::toString).toList()));
        rules.rule("accept", "match.prefix", inside, "match.local-preference", normal + 1 + "-");
        rules.rule("reject", "match.prefix", inside);
    }

    private static void group(RuleText rules, String action, Collection<Prefix> prefixes) {
        if (!prefixes.isEmpty()) {
            rules.rule(action, "match.prefix", RuleText.list(prefixes.stream().sorted().map(RuleText::within).toList()));
        }
    }

    private List<Prefix> pools(AddressFamily family, boolean withheld) {
        return cluster.pools().values().stream().filter(pool -> pool.cidr().family() == family && pool.disableBgpExport() == withheld).map(IpPool::cidr).toList();
    }

    private int normalPriority(AddressFamily family) {
        var value = cluster.defaults().map(all -> family == AddressFamily.IPV4 ? all.ipv4NormalRoutePriority() : all.ipv6NormalRoutePriority());
        return value.filter(java.util.OptionalInt::isPresent).map(java.util.OptionalInt::getAsInt).orElse(BgpConfiguration.DEFAULT_ROUTE_PRIORITY);
    }

    private void bgpFilters(RuleText rules, List<String> names, boolean internal, Peering peering, java.util.function.Function<BgpFilter, List<BgpFilter.Rule>> direction) {
        for (String name : names) {
            BgpFilter filter = cluster.filters().get(name);
            if (filter == null) {
                notes.add("TMB-FAB-010 " + peering.origin() + " names BGPFilter(" + name + "), which is not there; until it is, the peer is told nothing and nothing of"
                        + " what it tells is accepted. Create it, or take the name out");
                rules.rule("reject");
                return;
            }
            direction.apply(filter).forEach(rule -> rules.rule(name, rule, internal, notes));
        }
    }

    /** The values of an advertisement, whose names are defined beside it or in the common configuration. */
    static List<CommunityValue> communities(Cluster cluster, PrefixAdvertisement advertisement) {
        for (String name : List.of(cluster.mine(), "default")) {
            var configuration = cluster.configuration(name);
            if (configuration.isPresent() && configuration.get().prefixAdvertisements().contains(advertisement)) {
                return configuration.get().communitiesOf(advertisement);
            }
        }
        return List.of();
    }
}
