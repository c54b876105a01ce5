package tombolo.cni.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.cni.core.AddressSource;

/** Addresses from a small range in memory, instead of the cluster's. */
final class Pool implements AddressSource {
    private final Map<String, List<InterfaceAddress>> held = new TreeMap<>();
    private final int size;
    private int next;
    volatile boolean unreachable;
    volatile Runnable onAssign = () -> { };

    Pool(int size) {
        this.size = size;
    }

    @Override
    public Outcome assign(Ask ask) {
        if (unreachable) {
            return new Outcome.Refused("the datastore cannot be reached", true);
        }
        onAssign.run();
        synchronized (this) {
            if (held.containsKey(ask.handle())) {
                return new Outcome.Assigned(held.get(ask.handle()));
            }
            List<InterfaceAddress> addresses = new ArrayList<>();
            if (!ask.fixed().isEmpty()) {
                ask.fixed().forEach(address -> addresses.add(new InterfaceAddress(address, 32)));
                if (inUse().stream().anyMatch(addresses::contains)) {
                    return new Outcome.Refused("address " + addresses.getFirst().address() + " is in use", false);
                }
            } else {
                if (inUse().size() >= size) {
                    return new Outcome.Refused("the pool is empty", false);
                }
                do {
                    next = next % size + 1;
                    addresses.clear();
                    addresses.add(new InterfaceAddress(IpAddress.v4(10 << 24 | 65 << 16 | next), 16));
                } while (inUse().contains(addresses.getFirst()));
                if (ask.ipv6()) {
                    addresses.add(new InterfaceAddress(IpAddress.v6(0x20010db8_00000000L, next), 64));
                }
            }
            held.put(ask.handle(), addresses);
            return new Outcome.Assigned(addresses);
        }
    }

    @Override
    public synchronized Optional<String> release(String handle) {
        if (unreachable) {
            return Optional.of("the datastore cannot be reached");
        }
        held.remove(handle);
        return Optional.empty();
    }

    synchronized List<String> handles() {
        return List.copyOf(held.keySet());
    }

    private List<InterfaceAddress> inUse() {
        return held.values().stream().flatMap(List::stream).toList();
    }
}
