package tombolo.bgp.core.rib;

import java.util.HashMap;
import java.util.Map;
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

    LocalRoutes(AttributeTable attributes, Peer local, Map<AddressFamily, FamilyRib> ribs) {
        this.attributes = attributes;
        this.local = local;
        this.ribs = ribs;
    }

    void apply(Map<String, NetworkSettings> networks) {
        Map<Prefix, NetworkSettings> wanted = new HashMap<>();
        networks.values().forEach(network -> wanted.putIfAbsent(network.prefix(), network)); // sorted by name: the first one wins
        present.keySet().stream().filter(prefix -> !wanted.containsKey(prefix)).forEach(prefix ->
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
    }

    private FamilyRib rib(Prefix prefix) {
        FamilyRib rib = ribs.get(prefix.family());
        if (rib == null) {
            throw new IllegalStateException("every family has a table");
        }
        return rib;
    }
}
