package tombolo.policy.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * The union of prefixes that come and go, each possibly many times, as the fewest prefixes of them that are disjoint: those that no other covers. The kernel refuses
 * intervals that overlap, and an address that two endpoints name must stay until both are gone. A change costs the logarithm of the size, and one more for each
 * prefix that comes to light under one that went; of single addresses alone, which cover nothing but themselves, it is a count.
 */
final class NetUnion {
    /** All, while they are single addresses; empty from the first network on. */
    private final Map<Prefix, Integer> addresses = new HashMap<>();
    private boolean networks;
    private final TreeMap<Prefix, Integer> held = new TreeMap<>();
    private final TreeSet<Prefix> shown = new TreeSet<>();

    void add(Prefix prefix, Changes<? super Prefix> changes) {
        if (!networks && prefix.length() == prefix.family().bits()) {
            if (addresses.merge(prefix, 1, Integer::sum) == 1) {
                changes.add(prefix);
            }
            return;
        }
        if (!networks) {
            networks = true;
            held.putAll(addresses);
            shown.addAll(addresses.keySet());
            addresses.clear();
        }
        if (held.merge(prefix, 1, Integer::sum) > 1 || covered(prefix)) {
            return;
        }
        Prefix inner = shown.higher(prefix);
        while (inner != null && prefix.covers(inner)) {
            shown.remove(inner);
            changes.remove(inner);
            inner = shown.higher(prefix);
        }
        shown.add(prefix);
        changes.add(prefix);
    }

    void remove(Prefix prefix, Changes<? super Prefix> changes) {
        Map<Prefix, Integer> counts = networks ? held : addresses;
        Integer count = counts.get(prefix);
        if (count == null) {
            throw new IllegalStateException(prefix + " is taken out and was never put in");
        }
        if (count > 1) {
            counts.put(prefix, count - 1);
            return;
        }
        counts.remove(prefix);
        if (!networks) {
            changes.remove(prefix);
            return;
        }
        if (!shown.remove(prefix)) {
            return; // another covers it
        }
        changes.remove(prefix);
        Prefix inner = held.higherKey(prefix);
        while (inner != null && prefix.covers(inner)) {
            shown.add(inner);
            changes.add(inner);
            inner = held.higherKey(last(inner));
        }
    }

    /** Disjoint, in order. */
    List<Prefix> content() {
        List<Prefix> content = new ArrayList<>(networks ? shown : addresses.keySet());
        if (!networks) {
            Collections.sort(content);
        }
        return content;
    }

    int size() {
        return networks ? shown.size() : addresses.size();
    }

    boolean contains(IpAddress address) {
        if (!networks) {
            return addresses.containsKey(Prefix.host(address));
        }
        Prefix nearest = shown.floor(Prefix.host(address));
        return nearest != null && nearest.contains(address);
    }

    /** The fewest prefixes of these that are disjoint and cover the same. */
    static List<Prefix> of(List<Prefix> prefixes) {
        if (prefixes.size() < 2) {
            return prefixes;
        }
        NetUnion union = new NetUnion();
        Changes<Prefix> ignored = Changes.ignored();
        prefixes.forEach(prefix -> union.add(prefix, ignored));
        return union.content();
    }

    private boolean covered(Prefix prefix) {
        // Disjoint prefixes: what covers it can only be the nearest before it.
        Prefix nearest = shown.floor(prefix);
        return nearest != null && nearest.covers(prefix);
    }

    /** The last address of a prefix as a prefix: all that the prefix covers stands before or at it. */
    private static Prefix last(Prefix prefix) {
        IpAddress address = prefix.address();
        int free = address.family().bits() - prefix.length();
        long lowMask = free >= 64 ? -1L : (1L << free) - 1;
        long highMask = free <= 64 ? 0 : free == 128 ? -1L : (1L << (free - 64)) - 1;
        IpAddress end = new IpAddress(address.family(), address.hi() | highMask, address.lo() | (address.family() == AddressFamily.IPV4 ? lowMask & 0xffff_ffffL : lowMask));
        return Prefix.host(end);
    }
}
