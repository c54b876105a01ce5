package tombolo.dataplane.core.nat;

import static tombolo.api.nftables.Statement.family;
import static tombolo.api.nftables.Statement.in;
import static tombolo.api.nftables.Statement.notIn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Chain.Hook;
import tombolo.api.nftables.Chain.Point;
import tombolo.api.nftables.Chain.Type;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Ranges;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener.Changes;

/** The pools of the cluster, as sets: whose containers leave it with the node's address, and where it ends. A disabled pool counts, as Calico's do. One thread at a time. */
public final class PoolTable {
    private final Map<ResourceId, IpPool> pools = new TreeMap<>();

    /** Takes a step of the subscription; answers whether a pool is otherwise. */
    public boolean apply(Changes changes) {
        Map<ResourceId, IpPool> before = Map.copyOf(pools);
        if (changes.complete()) {
            pools.clear();
        }
        for (Resource put : changes.puts()) {
            if (put.spec() instanceof IpPool pool) {
                pools.put(put.id(), pool);
            }
        }
        changes.deletes().forEach(pools::remove);
        return changes.complete() || !before.equals(pools);
    }

    /** Whose containers leave the cluster with the node's address. */
    public List<Prefix> masqueraded() {
        return pools.values().stream().filter(IpPool::natOutgoing).map(IpPool::cidr).sorted().toList();
    }

    /** All pools. */
    public List<Prefix> inside() {
        return pools.values().stream().map(IpPool::cidr).sorted().toList();
    }

    /** Everything; nothing at all where no pool is masqueraded, since chains that translate switch connection tracking on. */
    public Change complete() {
        if (masqueraded().isEmpty()) {
            return Change.complete(List.of(), List.of());
        }
        List<NamedSet> sets = new ArrayList<>();
        List<Rule> rules = new ArrayList<>();
        for (AddressFamily family : AddressFamily.values()) {
            boolean v4 = family == AddressFamily.IPV4;
            List<DataType> key = List.of(v4 ? DataType.IPV4_ADDRESS : DataType.IPV6_ADDRESS);
            String suffix = v4 ? "4" : "6";
            sets.add(NamedSet.intervals("masq-sources" + suffix, "pools with natOutgoing", key, Ranges.merged(family, masqueraded())));
            sets.add(NamedSet.intervals("masq-inside" + suffix, "all pools", key, Ranges.merged(family, inside())));
            rules.add(Rule.of("natOutgoing", family(family), in("masq-sources" + suffix, v4 ? Field.SOURCE_V4 : Field.SOURCE_V6),
                    notIn("masq-inside" + suffix, v4 ? Field.DESTINATION_V4 : Field.DESTINATION_V6), new Statement.Count(), new Statement.Masquerade(true)));
        }
        return Change.complete(List.of(Chain.base("masq-postrouting", new Hook(Type.NAT, Point.POSTROUTING, 100, false), "what leaves the cluster", rules)), sets);
    }
}
