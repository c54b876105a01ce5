package tombolo.dataplane.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.kernel.Link;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** The interfaces of one network namespace, and which of them packets can leave by. Pure; one thread, which hands out {@link Snapshot}s. */
public final class LinkTable {
    /** Devices below devices; more is a loop (two veths, one over the other). */
    private static final int DEPTH = 8;

    /** A change of usability, for listeners. */
    public record Change(Link link, boolean usable, String reason) { }

    /** What other threads see: immutable. */
    public record Snapshot(Map<Integer, Link> byIndex, Map<String, Link> byName, Set<Integer> usable) {
        public static final Snapshot EMPTY = new Snapshot(Map.of(), Map.of(), Set.of());

        public int index(String name) {
            Link link = byName.get(name);
            return link == null ? 0 : link.index();
        }

        public String name(int index) {
            Link link = byIndex.get(index);
            return link == null ? "if" + index : link.name();
        }

        public boolean usable(int index) {
            return usable.contains(index);
        }

        /** Whether the address is one of the node's own. */
        public boolean isLocal(IpAddress address) {
            return byIndex.values().stream().anyMatch(link -> link.addresses().stream().anyMatch(own -> own.address().equals(address)));
        }

        /** Whether an interface went down or away, or lost an address: then the kernel has dropped IPv4 routes without a word. */
        public boolean hasLostSince(Snapshot before) {
            return before.byIndex.values().stream().anyMatch(old -> {
                Link now = byIndex.get(old.index());
                return now == null || old.up() && !now.up() || !now.addresses().containsAll(old.addresses());
            });
        }

        public Optional<Link> connectedTo(IpAddress address) {
            Optional<Link> best = Optional.empty();
            int bestLength = -1;
            for (Link link : byIndex.values()) {
                for (Link.InterfaceAddress own : link.addresses()) {
                    if (own.prefixLength() > bestLength && own.address().family() == address.family()
                            && Prefix.of(own.address(), own.prefixLength()).contains(address) && !own.address().equals(address)) {
                        best = Optional.of(link);
                        bestLength = own.prefixLength();
                    }
                }
            }
            return best;
        }
    }

    private final Map<Integer, LinkMessage.Seen> links = new TreeMap<>();
    private final Map<Integer, Set<Link.InterfaceAddress>> addresses = new HashMap<>();
    private Snapshot snapshot = Snapshot.EMPTY;

    public void link(LinkMessage.Seen seen) {
        links.put(seen.index(), seen);
    }

    public void linkRemoved(int index) {
        links.remove(index);
        addresses.remove(index);
    }

    public void address(LinkMessage.SeenAddress seen) {
        addresses.computeIfAbsent(seen.index(), index -> new LinkedHashSet<>()).add(new Link.InterfaceAddress(seen.address(), seen.prefixLength()));
    }

    public void addressRemoved(LinkMessage.SeenAddress seen) {
        Set<Link.InterfaceAddress> own = addresses.get(seen.index());
        if (own != null) {
            own.remove(new Link.InterfaceAddress(seen.address(), seen.prefixLength()));
        }
    }

    /** Replaces everything by what a dump showed. */
    public void replace(Collection<LinkMessage.Seen> seenLinks, Collection<LinkMessage.SeenAddress> seenAddresses) {
        links.clear();
        addresses.clear();
        seenLinks.forEach(this::link);
        seenAddresses.forEach(this::address);
    }

    public Snapshot snapshot() {
        return snapshot;
    }

    /** Works out the new snapshot; answers whose usability differs from the last one's. New interfaces that are not usable are no change. */
    public List<Change> refresh() {
        Snapshot before = snapshot;
        Map<Integer, Link> byIndex = new TreeMap<>();
        Map<String, Link> byName = new TreeMap<>();
        Set<Integer> usable = new LinkedHashSet<>();
        for (LinkMessage.Seen seen : links.values()) {
            Link link = new Link(seen.index(), seen.name(), lower(seen).map(LinkMessage.Seen::index),
                    seen.up(), seen.carrier(), seen.mtu(), List.copyOf(addresses.getOrDefault(seen.index(), Set.of())));
            byIndex.put(link.index(), link);
            byName.put(link.name(), link);
            if (trouble(seen.index()).isEmpty()) {
                usable.add(seen.index());
            }
        }
        snapshot = new Snapshot(java.util.Collections.unmodifiableMap(byIndex), java.util.Collections.unmodifiableMap(byName), Set.copyOf(usable));
        List<Change> changes = new ArrayList<>();
        for (Link old : before.byIndex().values()) {
            if (!byIndex.containsKey(old.index())) {
                changes.add(new Change(old, false, "interface " + old.name() + " was removed"));
            }
        }
        for (Link link : byIndex.values()) {
            boolean was = before.usable(link.index());
            boolean is = usable.contains(link.index());
            if (was != is) {
                changes.add(new Change(link, is, is ? "interface " + link.name() + " and what carries it are up" : trouble(link.index()).orElse("")));
            }
        }
        return changes;
    }

    /** Why packets cannot leave by an interface; empty where they can. */
    public Optional<String> trouble(int index) {
        LinkMessage.Seen top = links.get(index);
        LinkMessage.Seen link = top;
        for (int depth = 0; link != null && depth < DEPTH; depth++) {
            String subject = link == top ? "interface " + top.name() : "lower device " + link.name() + " of " + top.name();
            if (!link.up()) {
                return Optional.of(subject + " is down");
            }
            if (!link.carrier()) {
                return Optional.of(subject + " lost carrier");
            }
            // A lower device that is gone shows as none: the kernel then drops the upper one, or its carrier.
            link = lower(link).orElse(null);
        }
        return top == null ? Optional.of("the interface does not exist") : Optional.empty();
    }

    /** The device that carries a link: the one it names, or for a tunnel that names none the one with an address in the remote end's subnet. */
    private Optional<LinkMessage.Seen> lower(LinkMessage.Seen link) {
        if (link.lower() != 0 || link.remote().isEmpty()) {
            return Optional.ofNullable(links.get(link.lower()));
        }
        IpAddress remote = link.remote().get();
        return links.values().stream().filter(other -> other.index() != link.index() && addresses.getOrDefault(other.index(), Set.of()).stream()
                .anyMatch(own -> own.address().family() == remote.family() && Prefix.of(own.address(), own.prefixLength()).contains(remote))).findFirst();
    }
}
