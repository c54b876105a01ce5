package tombolo.dataplane.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import tombolo.api.kernel.Link;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** The interfaces of one network namespace, and which of them packets can leave by. Pure; one thread, which hands out {@link Snapshot}s. */
public final class LinkTable {
    /** Devices below devices; more is a loop (two veths, one over the other). */
    private static final int DEPTH = 8;

    /** A change of usability, for listeners. @param pair whether it is an end of a pair (veth), as containers have */
    public record Change(Link link, boolean usable, String reason, boolean pair) { }

    /**
     * What other threads see: immutable.
     *
     * @param number  the table's snapshots are numbered from 1
     * @param touched the interfaces that may differ from the snapshot before
     */
    public record Snapshot(Map<Integer, Link> byIndex, Map<String, Link> byName, Set<Integer> usable, long number, Set<Integer> touched) {
        public static final Snapshot EMPTY = new Snapshot(SharedMap.empty(), SharedMap.empty(), Set.of(), 0, Set.of());

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

        /** What differs from an earlier snapshot of the table: both share the links that are as they were. Against the one just before, the work is with those touched alone. */
        public Difference since(Snapshot before) {
            Set<Integer> indexes = touched;
            if (before.number + 1 != number) {
                indexes = new TreeSet<>(before.byIndex.keySet());
                indexes.addAll(byIndex.keySet());
            }
            List<Link> gone = new ArrayList<>();
            List<Link> weaker = new ArrayList<>();
            List<Link> other = new ArrayList<>();
            for (Integer index : indexes) {
                Link old = before.byIndex.get(index);
                Link now = byIndex.get(index);
                if (old != null && now == null) {
                    gone.add(old);
                } else if (old != null && now != old && (old.up() && !now.up() || !now.addresses().containsAll(old.addresses()))) {
                    weaker.add(old);
                }
                if (now != null && now != old && !now.equals(old)) {
                    other.add(now);
                    if (old != null && !old.name().equals(now.name())) {
                        gone.add(old);
                    }
                }
            }
            return new Difference(List.copyOf(gone), List.copyOf(weaker), List.copyOf(other));
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

    /**
     * @param gone    as they were, also under a name that they no longer have: the kernel has dropped IPv4 routes through them without a word
     * @param weaker  as they were before they went down or lost an address: likewise
     * @param changed as they are, also new ones
     */
    public record Difference(List<Link> gone, List<Link> weaker, List<Link> changed) {
        public Stream<Link> links() {
            return Stream.of(gone, weaker, changed).flatMap(List::stream);
        }

        public boolean anyLost() {
            return !gone.isEmpty() || !weaker.isEmpty();
        }
    }

    private final Map<Integer, LinkMessage.Seen> links = new TreeMap<>();
    private final Map<Integer, Set<Link.InterfaceAddress>> addresses = new HashMap<>();
    private final Set<Integer> touched = new LinkedHashSet<>();
    /** Whose usability others have a say in. */
    private final Set<Integer> uppers = new TreeSet<>();
    /** Kept until the snapshot knows that they are gone. */
    private final Set<Integer> pairs = new HashSet<>();
    private SharedMap<Integer, Link> byIndex = SharedMap.empty();
    private SharedMap<String, Link> byName = SharedMap.empty();
    private SharedMap<Integer, Boolean> usable = SharedMap.empty();
    private Snapshot snapshot = Snapshot.EMPTY;

    public void link(LinkMessage.Seen seen) {
        links.put(seen.index(), seen);
        touched.add(seen.index());
        if (seen.kind().equals("veth")) {
            pairs.add(seen.index());
        }
        if (isUpper(seen)) {
            uppers.add(seen.index());
        } else {
            uppers.remove(seen.index());
        }
    }

    public void linkRemoved(int index) {
        links.remove(index);
        uppers.remove(index);
        touched.add(index);
        addresses.remove(index);
    }

    public void address(LinkMessage.SeenAddress seen) {
        touched.add(seen.index());
        addresses.computeIfAbsent(seen.index(), index -> new LinkedHashSet<>()).add(new Link.InterfaceAddress(seen.address(), seen.prefixLength()));
    }

    public void addressRemoved(LinkMessage.SeenAddress seen) {
        Set<Link.InterfaceAddress> own = addresses.get(seen.index());
        if (own != null) {
            touched.add(seen.index());
            own.remove(new Link.InterfaceAddress(seen.address(), seen.prefixLength()));
        }
    }

    /** Replaces everything by what a dump showed. */
    public void replace(Collection<LinkMessage.Seen> seenLinks, Collection<LinkMessage.SeenAddress> seenAddresses) {
        touched.addAll(links.keySet());
        links.clear();
        uppers.clear();
        addresses.clear();
        seenLinks.forEach(this::link);
        seenAddresses.forEach(this::address);
    }

    public Snapshot snapshot() {
        return snapshot;
    }

    /** Whether, since the snapshot, an interface became unusable, went down, went away or lost an address: news that nobody is to wait for. */
    public boolean anyWorse() {
        return Stream.concat(touched.stream(), uppers.stream()).anyMatch(index -> usable.containsKey(index) && trouble(index).isPresent() || isWorse(index));
    }

    private boolean isWorse(int index) {
        Link told = byIndex.get(index);
        LinkMessage.Seen now = links.get(index);
        return told != null && (now == null || told.up() && !now.up() || !addresses.getOrDefault(index, Set.of()).containsAll(told.addresses()));
    }

    /**
     * Whether the interface is up, or has an address, of which the snapshot does not know: to be told before it is taken back. Routes may have come with it, and go
     * without a word.
     */
    public boolean isUntold(int index) {
        Link told = byIndex.get(index);
        LinkMessage.Seen now = links.get(index);
        return now != null && (now.up() && (told == null || !told.up())
                || !(told == null ? List.<Link.InterfaceAddress>of() : told.addresses()).containsAll(addresses.getOrDefault(index, Set.of())));
    }

    /**
     * Works out the new snapshot, another object only where something differs; answers the interfaces that went and those whose usability changed. The work is with
     * what was heard of and with interfaces above others: where a thousand containers are, one that comes is not a thousand.
     */
    public List<Change> refresh() {
        Set<Integer> dirty = new TreeSet<>(touched);
        touched.clear();
        dirty.addAll(uppers);
        List<Change> changes = new ArrayList<>();
        boolean differs = false;
        for (Integer index : dirty) {
            Optional<Link> old = Optional.ofNullable(byIndex.get(index));
            Optional<Link> now = Optional.ofNullable(links.get(index)).map(this::built);
            if (!now.equals(old)) {
                differs = true;
                replace(index, old, now);
            }
            Optional<String> trouble = trouble(index);
            boolean turned = trouble.isEmpty() != usable.containsKey(index);
            if (turned) {
                differs = true;
                usable = trouble.isEmpty() ? usable.with(index, true) : usable.without(index);
            }
            if (now.isPresent() && turned) {
                changes.add(new Change(now.get(), trouble.isEmpty(), trouble.orElse("interface " + now.get().name() + " and what carries it are up"), pairs.contains(index)));
            } else if (now.isEmpty() && old.isPresent()) {
                changes.add(new Change(old.get(), false, "interface " + old.get().name() + " was removed", pairs.contains(index)));
            }
            if (now.isEmpty()) {
                pairs.remove(index);
            }
        }
        if (differs) {
            snapshot = new Snapshot(byIndex, byName, usable.keySet(), snapshot.number() + 1, Collections.unmodifiableSet(dirty));
        }
        return changes;
    }

    private void replace(int index, Optional<Link> old, Optional<Link> now) {
        // A name that another interface has by now is that one's.
        old.filter(link -> byName.get(link.name()) == link).ifPresent(link -> byName = byName.without(link.name()));
        byIndex = now.isPresent() ? byIndex.with(index, now.get()) : byIndex.without(index);
        now.ifPresent(link -> byName = byName.with(link.name(), link));
    }

    private Link built(LinkMessage.Seen seen) {
        return new Link(seen.index(), seen.name(), lower(seen).map(LinkMessage.Seen::index), seen.up(), seen.carrier(), seen.mtu(),
                List.copyOf(addresses.getOrDefault(seen.index(), Set.of())));
    }

    /** Whether others have a say in whether packets can leave by it. */
    private static boolean isUpper(LinkMessage.Seen link) {
        return link.lower() != 0 || link.remote().isPresent();
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
