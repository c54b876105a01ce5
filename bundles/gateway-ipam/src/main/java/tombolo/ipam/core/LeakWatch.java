package tombolo.ipam.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * Who holds addresses and is no more. Looks are given to it now and then; it says what may be released.
 *
 * <pre>
 *            not alive                    not alive for the whole grace period
 *   alive ──────────────► candidate ──────────────────────────────────────────► leaked: all of the handle or nothing
 *     ▲───── alive again ─────┘         node gone: at once, unless an endpoint of one that exists has the address
 * </pre>
 *
 * A node that was given another name holds its containers' addresses under the old one: whoever deletes that Node must not take them from under them.
 * Known gap: of addresses that another main plugin was given alone the cluster knows no endpoint; there only the look of the node that has them spares them.
 *
 * Source: projectcalico/calico, kube-controllers/pkg/controllers/node/ipam.go.
 */
public final class LeakWatch {
    /** Calico's {@code leakGracePeriod}. */
    public static final Duration GRACE = Duration.ofMinutes(15);
    /** Addresses of virtual machines outlive a restart of theirs, however short the grace period is made. */
    static final Duration LEAST_FOR_MACHINES = Duration.ofMinutes(5);
    /** Handles released in one look: what is left comes with the next, and an error takes not all at once. */
    static final int MAX_RELEASES = 500;
    private static final List<String> TUNNELS = List.of("ipip-tunnel-addr-", "vxlan-tunnel-addr-", "vxlan-v6-tunnel-addr-", "wireguard-tunnel-addr-", "wireguard-v6-tunnel-addr-");

    private final Duration grace;
    private final Map<String, Instant> candidates = new HashMap<>();
    private final Set<Prefix> emptyBefore = new HashSet<>();

    public LeakWatch(Duration grace) {
        this.grace = grace;
    }

    /**
     * One look.
     *
     * @param held  all addresses that are held
     * @param nodes that exist; empty: nobody keeps a list, and none counts as gone
     * @param alive by node, the handles in use; a node that is not among the keys says nothing of its own
     * @param told  what WorkloadEndpoints of nodes that exist have; matters only where a node is gone
     */
    public record Look(Instant now, List<HeldAddress> held, Optional<Set<String>> nodes, Map<String, Set<String>> alive, Set<IpAddress> told) { }

    /** Handles that may be released, each with its addresses as they were seen. */
    public Map<String, List<HeldAddress>> leaked(Look look) {
        Map<String, List<HeldAddress>> byHandle = new TreeMap<>();
        look.held().forEach(held -> held.handle().filter(id -> !id.equalsIgnoreCase(Block.WINDOWS_HANDLE)).ifPresent(id -> byHandle.computeIfAbsent(id, _ -> new ArrayList<>()).add(held)));
        candidates.keySet().retainAll(byHandle.keySet());
        Map<String, List<HeldAddress>> leaked = new TreeMap<>();
        byHandle.forEach((id, addresses) -> {
            if (leaked.size() < MAX_RELEASES && addresses.stream().allMatch(held -> leaked(look, id, held))) {
                leaked.put(id, addresses);
            }
        });
        return leaked;
    }

    private boolean leaked(Look look, String id, HeldAddress held) {
        Optional<String> tunnel = TUNNELS.stream().filter(id::startsWith).map(prefix -> id.substring(prefix.length())).findFirst();
        Optional<String> node = tunnel.or(() -> Optional.ofNullable(held.attributes().get("node")));
        if (node.isEmpty()) {
            // given out without a node: nobody can speak for it
            return false;
        }
        boolean gone = look.nodes().filter(nodes -> !nodes.contains(node.get())).isPresent();
        if (gone) {
            candidates.remove(id);
            return !look.told().contains(held.address()) && look.alive().values().stream().noneMatch(handles -> handles.contains(id));
        }
        Set<String> alive = look.alive().get(node.get());
        if (tunnel.isPresent() || alive == null || alive.contains(id)) {
            candidates.remove(id);
            return false;
        }
        Instant since = candidates.computeIfAbsent(id, _ -> look.now());
        Duration wanted = held.attributes().containsKey("vmi") && grace.compareTo(LEAST_FOR_MACHINES) < 0 ? LEAST_FOR_MACHINES : grace;
        return !since.plus(wanted).isAfter(look.now());
    }

    /**
     * Blocks of an owner that were empty in this look and in the one before; never the last one, which the next address would have to claim again.
     *
     * @param blocks all of the owner's, in order; @param empty those of them that are
     */
    public List<Prefix> idle(List<Prefix> blocks, Set<Prefix> empty) {
        List<Prefix> idle = new ArrayList<>();
        for (Prefix cidr : blocks) {
            if (empty.contains(cidr) && emptyBefore.contains(cidr) && idle.size() + 1 < blocks.size()) {
                idle.add(cidr);
            }
        }
        emptyBefore.clear();
        emptyBefore.addAll(empty);
        idle.forEach(emptyBefore::remove);
        return idle;
    }

    /** Handles that are watched now. */
    public int candidates() {
        return candidates.size();
    }
}
