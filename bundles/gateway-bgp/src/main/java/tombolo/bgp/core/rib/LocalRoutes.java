package tombolo.bgp.core.rib;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.config.NetworkSettings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.bgp.core.wire.AttributeTable;

/**
 * The prefixes that the node originates, as paths of the peer "local". One with {@code require-route} is originated while the kernel has a route of somebody
 * else for it; until that is known it stays as it was, which at a first start is absent.
 */
final class LocalRoutes {
    private final AttributeTable attributes;
    private final RibEvents events;
    private final Peer local;
    private final Map<AddressFamily, FamilyRib> ribs;
    private Map<Prefix, NetworkSettings> present = Map.of();
    private final Set<Prefix> adopted = new HashSet<>();
    private Map<String, NetworkSettings> configured = Map.of();
    /** Those of {@link #watched} that the kernel has; empty: not told yet. */
    private Optional<Set<Prefix>> kernelHas = Optional.empty();
    private Set<Prefix> watched = Set.of();
    private boolean watchChanged;

    LocalRoutes(AttributeTable attributes, Peer local, Map<AddressFamily, FamilyRib> ribs, RibEvents events) {
        this.events = events;
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
        configured = networks;
        Map<Prefix, NetworkSettings> wanted = new HashMap<>();
        networks.values().forEach(network -> wanted.putIfAbsent(network.prefix(), network)); // sorted by name: the first one wins
        Set<Prefix> required = new HashSet<>();
        wanted.values().stream().filter(NetworkSettings::requireRoute).forEach(network -> required.add(network.prefix()));
        watchChanged |= !required.equals(watched);
        watched = required;
        adopted.addAll(present.keySet());
        wanted.keySet().removeIf(prefix -> required.contains(prefix) && !kernelHas.map(has -> has.contains(prefix)).orElse(adopted.contains(prefix)));
        adopted.stream().filter(prefix -> !wanted.containsKey(prefix)).forEach(prefix ->
                rib(prefix).withdraw(local, prefix.address().hi(), prefix.address().lo(), prefix.length()));
        wanted.forEach((prefix, network) -> {
            if (!network.equals(present.get(prefix))) {
                originate(prefix, network);
            }
        });
        present = wanted;
        adopted.clear();
    }

    private void originate(Prefix prefix, NetworkSettings network) {
        byte[] canonical;
        try {
            canonical = LocalAttributes.of(network);
        } catch (IllegalArgumentException e) { // one statement must not cost the others, or the sessions
            events.log("TMB-BGP-342 network " + network.name() + ": " + e.getMessage() + ". " + prefix + " is not originated: mend etc/tombolo.bgp.network-" + network.name() + ".cfg.");
            rib(prefix).withdraw(local, prefix.address().hi(), prefix.address().lo(), prefix.length());
            return;
        }
        int set = attributes.intern(canonical, 0, canonical.length);
        rib(prefix).announce(local, prefix.address().hi(), prefix.address().lo(), prefix.length(), set, 0);
        attributes.release(set);
    }

    /** The kernel's routes for prefixes that need one have changed. */
    void kernelHas(Set<Prefix> routes) {
        kernelHas = Optional.of(Set.copyOf(routes));
        apply(configured);
    }

    /** A tracker has come that knows nothing of what is to be watched. */
    void watchAgain() {
        watchChanged = !watched.isEmpty();
    }

    /** The prefixes to watch, where they changed since the last call. */
    Optional<Set<Prefix>> takeWatchChange() {
        boolean taken = watchChanged;
        watchChanged = false;
        return taken ? Optional.of(watched) : Optional.empty();
    }

    /** Whether a network statement is held back for want of a route. */
    boolean waits(Prefix prefix) {
        return watched.contains(prefix) && !present.containsKey(prefix);
    }

    private FamilyRib rib(Prefix prefix) {
        FamilyRib rib = ribs.get(prefix.family());
        if (rib == null) {
            throw new IllegalStateException("every family has a table");
        }
        return rib;
    }
}
