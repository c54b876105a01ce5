package tombolo.bgp.core.rib;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import tombolo.api.config.NetworkSettings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.bgp.core.wire.AttributeTable;

/** The prefixes that the node originates, as paths of the peer "local". */
final class LocalRoutes {
    private final AttributeTable attributes;
    private final Peer local;
    private final Map<AddressFamily, FamilyRib> ribs;
    private Map<Prefix, NetworkSettings> present = Map.of();
    private final Set<Prefix> adopted = new HashSet<>();

    LocalRoutes(AttributeTable attributes, Peer local, Map<AddressFamily, FamilyRib> ribs) {
        this.attributes = attributes;
        this.local = local;
        this.ribs = ribs;
    }

    /** Finds what a former bundle originated. */
    void adopt() {
        ribs.values().forEach(rib -> {
            for (int prefix = 1; prefix <= rib.prefixes.highest(); prefix++) {
                if (rib.find(rib.first(prefix), Peer.LOCAL) != 0) {
                    adopted.add(rib.prefixes.prefix(prefix));
                }
            }
        });
    }

    void apply(Map<String, NetworkSettings> networks) {
        Map<Prefix, NetworkSettings> wanted = new HashMap<>();
        networks.values().forEach(network -> wanted.putIfAbsent(network.prefix(), network)); // sorted by name: the first one wins
        adopted.addAll(present.keySet());
        adopted.stream().filter(prefix -> !wanted.containsKey(prefix)).forEach(prefix ->
                rib(prefix).withdraw(local, prefix.address().hi(), prefix.address().lo(), prefix.length()));
        wanted.forEach((prefix, network) -> {
            if (!network.equals(present.get(prefix))) {
                byte[] canonical = LocalAttributes.of(network);
                int set = attributes.intern(canonical, 0, canonical.length);
                rib(prefix).announce(local, prefix.address().hi(), prefix.address().lo(), prefix.length(), set, 0);
                attributes.release(set);
            }
        });
        present = wanted;
        adopted.clear();
    }

    private FamilyRib rib(Prefix prefix) {
        FamilyRib rib = ribs.get(prefix.family());
        if (rib == null) {
            throw new IllegalStateException("every family has a table");
        }
        return rib;
    }
}
