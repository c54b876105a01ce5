package tombolo.ipam.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssign.HostReservation;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.Refusal;
import tombolo.api.ipam.Refusal.Reason;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.ipam.core.Cluster.Pool;

/** Which pools a wish may be met from, in one cluster as it is now ({@code determinePools}, {@code filterPoolsByUse} of libcalico-go/lib/ipam/ipam.go). */
public final class PoolChoice {
    /** All of a wish that the choice depends on. */
    private record Asked(AddressFamily family, String node, Optional<String> namespace, List<Prefix> pools, IpPool.Use use, Optional<HostReservation> reserved) { }

    private final Cluster cluster;
    private final Cluster.Matcher matcher;
    /** Wishes at once are mostly alike. */
    private final Map<Asked, Choice> made = new HashMap<>();

    PoolChoice(Cluster cluster, Cluster.Matcher matcher) {
        this.cluster = cluster;
        this.matcher = matcher;
    }

    Choice choose(AutoAssign wish, AddressFamily family) {
        return made.computeIfAbsent(new Asked(family, wish.node(), wish.namespace(), wish.pools(), wish.use(), wish.reserved()), _ -> choose(cluster, matcher, wish, family));
    }

    /** What it came to: pools, at least one, or why there is none. */
    public sealed interface Choice {
        record Pools(List<Pool> pools) implements Choice { }

        record None(Refusal why) implements Choice { }
    }

    private static Choice choose(Cluster cluster, Cluster.Matcher matcher, AutoAssign wish, AddressFamily family) {
        List<Pool> enabled = cluster.pools().stream().filter(pool -> pool.cidr().family() == family && !pool.spec().disabled() && holdsReserved(pool, wish.reserved())).toList();
        List<Prefix> asked = wish.pools().stream().filter(cidr -> cidr.family() == family).toList();
        List<Pool> chosen = new ArrayList<>();
        if (!asked.isEmpty()) {
            // what is asked for by name is used whatever it selects
            for (Prefix cidr : asked) {
                Optional<Pool> pool = enabled.stream().filter(each -> each.cidr().equals(cidr)).findFirst();
                if (pool.isEmpty()) {
                    return new Choice.None(new Refusal(Reason.UNKNOWN_POOL, "TMB-IPM-011 the given pool (" + cidr + ") does not exist, or is not enabled. Create or enable it."));
                }
                chosen.add(pool.get());
            }
        } else {
            Map<String, String> node = wish.use() == IpPool.Use.LOAD_BALANCER ? Map.of() : cluster.nodes().getOrDefault(wish.node(), Map.of());
            Map<String, String> namespace = wish.namespace().map(name -> cluster.namespaces().getOrDefault(name, Map.of())).orElse(Map.of());
            for (Pool pool : enabled) {
                if (pool.spec().assignmentMode() == IpPool.AssignmentMode.AUTOMATIC && matcher.matches(pool.spec().nodeSelector(), node)
                        && pool.spec().namespaceSelector().map(selector -> wish.namespace().isPresent() && matcher.matches(selector, namespace)).orElse(true)) {
                    chosen.add(pool);
                }
            }
            if (chosen.isEmpty()) {
                return new Choice.None(new Refusal(Reason.NO_POOL, what(family, wish) + (enabled.isEmpty() ? "there is no enabled pool" : "none of the " + enabled.size()
                        + " enabled pools selects the node" + wish.namespace().map(name -> " and the namespace " + name).orElse("")) + ". Create one, or mend its selectors."));
            }
        }
        List<Pool> allowed = chosen.stream().filter(pool -> pool.spec().allowedUses().contains(wish.use())).toList();
        return allowed.isEmpty() ? new Choice.None(new Refusal(Reason.NO_POOL, what(family, wish) + "none of the pools " + chosen.stream().map(Pool::name).toList() + " allows the use "
                + wish.use() + ". Add it to allowedUses of one.")) : new Choice.Pools(allowed);
    }

    /** Whether a pool that no longer selects the owner of a block keeps it from using the block. */
    public static boolean selects(Pool pool, Cluster cluster, Cluster.Matcher matcher, BlockOwner owner) {
        return owner.kind() == BlockOwner.Kind.VIRTUAL || matcher.matches(pool.spec().nodeSelector(), cluster.nodes().getOrDefault(owner.name(), Map.of()));
    }

    private static boolean holdsReserved(Pool pool, Optional<HostReservation> reserved) {
        return reserved.isEmpty() || reserved.get().atStart() + reserved.get().atEnd() < 1 << Math.min(12, pool.cidr().family().bits() - pool.spec().blockSize());
    }

    private static String what(AddressFamily family, AutoAssign wish) {
        return "TMB-IPM-010 " + name(family) + " for node " + wish.node() + ": ";
    }

    static String name(AddressFamily family) {
        return family == AddressFamily.IPV4 ? "IPv4" : "IPv6";
    }
}
