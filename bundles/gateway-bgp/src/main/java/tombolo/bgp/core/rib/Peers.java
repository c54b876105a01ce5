package tombolo.bgp.core.rib;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All sources of paths by index and by name. Indexes of removed peers are used again once none of their paths is left. */
final class Peers {
    private final List<@Nullable Peer> byIndex = new ArrayList<>();
    private final TreeMap<String, Peer> byName = new TreeMap<>();

    Peers() {
        byIndex.add(null); // index 0 means no peer
        Peer local = new Peer(Peer.LOCAL, "local");
        byIndex.add(local);
    }

    Peer at(int index) {
        Peer peer = byIndex.get(index);
        if (peer == null) {
            throw new IllegalStateException("no peer has index " + index);
        }
        return peer;
    }

    @Nullable Peer find(int index) {
        return byIndex.get(index);
    }

    /** Puts a peer at the index that it had before a swap. */
    Peer restore(int index, String name) {
        while (byIndex.size() <= index) {
            byIndex.add(null);
        }
        Peer peer = new Peer(index, name);
        byIndex.set(index, peer);
        byName.put(name, peer);
        return peer;
    }

    Peer local() {
        return at(Peer.LOCAL);
    }

    Optional<Peer> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Sorted by name, without the node itself. */
    Collection<Peer> all() {
        return byName.values();
    }

    int limit() {
        return byIndex.size();
    }

    Peer add(String name) {
        int index = Peer.LOCAL + 1;
        while (index < byIndex.size() && byIndex.get(index) != null) {
            index++;
        }
        if (index > Peer.MAX_INDEX) {
            throw new IllegalStateException("more than " + Peer.MAX_INDEX + " peers");
        }
        Peer peer = new Peer(index, name);
        if (index == byIndex.size()) {
            byIndex.add(peer);
        } else {
            byIndex.set(index, peer);
        }
        byName.put(name, peer);
        return peer;
    }

    /** The name is free at once; the index when {@link #forget} says that no path is left. */
    void retire(Peer peer) {
        byName.remove(peer.name, peer);
    }

    void forget(Peer peer) {
        byIndex.set(peer.index, null);
    }
}
