package tombolo.azure.cni.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.endpoint.ContainerAddresses.Holding;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/**
 * Who has which of this machine's addresses in the VNET. One thread at a time; what it is told by {@link #hold} and {@link #forget} is what somebody writes down.
 *
 * <pre>
 *  seen in the VNET's document   held by a handle      state
 *  primary                       -                     host: never given out
 *  secondary                     no                    free
 *  secondary                     yes                   held
 *  no                            yes                   vanished: the container has it until it is released, then it is gone
 * </pre>
 *
 * Of the free ones the first is given that was released longest ago, so that a peer's memory of the container before has time to fade; addresses of further
 * interfaces go before those of the primary one, as the Azure CNI does it. An address is never held by two handles.
 */
public final class VnetPool {
    private record Seen(int prefixLength, boolean secondaryInterface) { }

    private record Held(List<InterfaceAddress> addresses, String boot) { }

    private Map<IpAddress, Seen> free = new HashMap<>();
    private Set<IpAddress> ofHost = new HashSet<>();
    private Map<IpAddress, Integer> lengths = new HashMap<>();
    private boolean known;
    private final Map<String, Held> held = new TreeMap<>();
    private final Map<IpAddress, String> owners = new HashMap<>();
    private final Map<IpAddress, Long> released = new HashMap<>();
    private long releases;

    /** What asking came to. */
    public sealed interface Choice {
        /** @param fresh whether it has to be written down; otherwise the handle had them already */
        record Chosen(List<InterfaceAddress> addresses, boolean fresh) implements Choice {
            public Chosen {
                addresses = List.copyOf(addresses);
            }
        }

        /** @param exhausted whether another look at the VNET's document may help */
        record None(String reason, boolean exhausted) implements Choice { }
    }

    /** @param vanished held, but not the machine's any more, with who has it; @param appeared how many there are that were not there before; @param lost how many free ones went */
    public record Change(Map<IpAddress, String> vanished, int appeared, int lost) {
        public Change {
            vanished = Map.copyOf(vanished);
        }
    }

    /** Whether the VNET's document has been seen. */
    public boolean known() {
        return known;
    }

    /** Takes the VNET's word on which addresses there are. Only what changed since the word before is told. */
    public Change seen(VnetInterfaces document) {
        Map<IpAddress, Seen> addresses = new HashMap<>();
        Set<IpAddress> host = new HashSet<>();
        Map<IpAddress, Integer> now = new HashMap<>();
        for (VnetInterfaces.Interface one : document.interfaces()) {
            for (VnetInterfaces.Subnet subnet : one.subnets()) {
                for (VnetInterfaces.Address address : subnet.addresses()) {
                    now.put(address.address(), subnet.prefix().length());
                    if (address.primary()) {
                        host.add(address.address());
                    } else {
                        addresses.put(address.address(), new Seen(subnet.prefix().length(), !one.primary()));
                    }
                }
            }
        }
        Map<IpAddress, String> vanished = new TreeMap<>();
        owners.forEach((address, handle) -> {
            if (!addresses.containsKey(address) && (!known || free.containsKey(address))) {
                vanished.put(address, handle);
            }
        });
        int appeared = (int) addresses.keySet().stream().filter(address -> !free.containsKey(address)).count();
        int lost = (int) free.keySet().stream().filter(address -> !addresses.containsKey(address) && !owners.containsKey(address)).count();
        free = addresses;
        ofHost = host;
        lengths = now;
        released.keySet().retainAll(addresses.keySet());
        known = true;
        return new Change(vanished, appeared, lost);
    }

    /** One of each family that is asked for, or just those fixed. Nothing is held by this alone: see {@link #hold}. */
    public Choice choose(String handle, boolean ipv4, boolean ipv6, List<IpAddress> fixed) {
        Held before = held.get(handle);
        if (before != null) {
            return new Choice.Chosen(before.addresses, false);
        }
        List<InterfaceAddress> chosen = new ArrayList<>();
        for (IpAddress address : fixed) {
            if (ofHost.contains(address)) {
                return new Choice.None("address " + address + " is the machine's own", false);
            }
            if (owners.containsKey(address)) {
                return new Choice.None("address " + address + " is in use by " + owners.get(address), false);
            }
            Seen seen = free.get(address);
            if (seen == null) {
                return new Choice.None("address " + address + " is not one of this machine's in the VNET", true);
            }
            chosen.add(new InterfaceAddress(address, seen.prefixLength));
        }
        if (fixed.isEmpty()) {
            for (AddressFamily family : AddressFamily.values()) {
                if (family == AddressFamily.IPV4 ? ipv4 : ipv6) {
                    Optional<IpAddress> next = next(family);
                    if (next.isEmpty()) {
                        long all = free.keySet().stream().filter(address -> address.family() == family).count();
                        return new Choice.None("all " + all + " secondary addresses of " + (family == AddressFamily.IPV4 ? "IPv4" : "IPv6") + " that the VNET gives to this machine are in use",
                                true);
                    }
                    chosen.add(new InterfaceAddress(next.get(), free.get(next.get()).prefixLength));
                }
            }
        }
        return chosen.isEmpty() ? new Choice.None("no address was asked for", false) : new Choice.Chosen(chosen, true);
    }

    private Optional<IpAddress> next(AddressFamily family) {
        return free.entrySet().stream().filter(entry -> entry.getKey().family() == family && !owners.containsKey(entry.getKey()))
                .min(Comparator.<Map.Entry<IpAddress, Seen>, Boolean>comparing(entry -> !entry.getValue().secondaryInterface)
                        .thenComparing(entry -> released.getOrDefault(entry.getKey(), 0L)).thenComparing(Map.Entry::getKey)).map(Map.Entry::getKey);
    }

    /** @param boot of the machine, during which they were given; @throws IllegalStateException where another handle holds one of them */
    public void hold(String handle, List<InterfaceAddress> addresses, String boot) {
        for (InterfaceAddress address : addresses) {
            String owner = owners.get(address.address());
            if (owner != null && !owner.equals(handle)) {
                throw new IllegalStateException("address " + address.address() + " is held by " + owner + " and cannot be given to " + handle);
            }
        }
        forget(handle);
        held.put(handle, new Held(List.copyOf(addresses), boot));
        addresses.forEach(address -> owners.put(address.address(), handle));
    }

    /** Whether there was anything. */
    public boolean forget(String handle) {
        Held before = held.remove(handle);
        if (before == null) {
            return false;
        }
        for (InterfaceAddress address : before.addresses) {
            owners.remove(address.address());
            released.put(address.address(), ++releases);
        }
        return true;
    }

    /** Holds of an earlier life of the machine whose containers nobody knows any more: a container does not outlive the machine. */
    public List<String> strays(Set<String> handlesInUse, String boot) {
        return held.entrySet().stream().filter(entry -> !handlesInUse.contains(entry.getKey()) && !entry.getValue().boot.equals(boot)).map(Map.Entry::getKey).toList();
    }

    /** Who holds an address. */
    public Optional<String> owner(IpAddress address) {
        return Optional.ofNullable(owners.get(address));
    }

    public boolean holds(String handle) {
        return held.containsKey(handle);
    }

    /** Calls back for every hold, by handle. */
    public void each(Each each) {
        held.forEach((handle, one) -> each.accept(handle, one.addresses, one.boot));
    }

    /** A hold. */
    public interface Each {
        void accept(String handle, List<InterfaceAddress> addresses, String boot);
    }

    public int size() {
        return held.size();
    }

    /** By address. */
    public List<Holding> holdings() {
        Map<IpAddress, Holding> all = new TreeMap<>();
        ofHost.forEach(address -> all.put(address, new Holding(address, lengths.getOrDefault(address, address.family().bits()), "host", "")));
        free.forEach((address, seen) -> all.put(address, new Holding(address, seen.prefixLength, "free", "")));
        held.forEach((handle, one) -> one.addresses.forEach(address -> all.put(address.address(), new Holding(address.address(), address.prefixLength(),
                free.containsKey(address.address()) || !known ? "held" : "vanished", handle))));
        return new ArrayList<>(new LinkedHashMap<>(all).values());
    }
}
