package tombolo.fabric.adapter;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Ipam;
import tombolo.api.ipam.Refusal;
import tombolo.api.ipam.Release;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.Node;
import tombolo.fabric.core.TunnelKind;

/**
 * This node's tunnel addresses, held in IPAM under handles of their own. What the Node resource says is compared with what is held once for each service of
 * IPAM, and again only when pools or the resource change. Blocks: never on a Loop; one call at a time.
 */
final class TunnelAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(TunnelAddresses.class);

    private final Ipam ipam;
    private final Map<TunnelKind, Optional<IpAddress>> checked = new EnumMap<>(TunnelKind.class);
    private final Map<TunnelKind, String> told = new EnumMap<>(TunnelKind.class);

    TunnelAddresses(Ipam ipam) {
        this.ipam = ipam;
    }

    /** Whether that is the service that answers here. */
    boolean asks(Ipam service) {
        return ipam == service;
    }

    /**
     * Takes, keeps and gives back addresses as the pools want it.
     *
     * @param wanted pools by kind
     * @param stored the Node resource
     * @return what the Node resource should say; a kind that is not there should be left as it is
     */
    Map<TunnelKind, Optional<IpAddress>> settle(String node, Map<TunnelKind, List<Prefix>> wanted, Optional<Node> stored) {
        Map<TunnelKind, Optional<IpAddress>> all = new EnumMap<>(TunnelKind.class);
        for (TunnelKind kind : TunnelKind.values()) {
            try {
                settle(node, kind, wanted.getOrDefault(kind, List.of()), stored.flatMap(kind::of)).ifPresent(address -> all.put(kind, address.address()));
            } catch (DatastoreException e) {
                tell(kind, "TMB-FAB-010 the " + kind.type() + " of this node is not looked after: " + e.getMessage() + ". Trying again");
            }
        }
        return all;
    }

    private record Settled(Optional<IpAddress> address) { }

    private Optional<Settled> settle(String node, TunnelKind kind, List<Prefix> pools, Optional<IpAddress> said) {
        Optional<IpAddress> known = checked.get(kind);
        if (known != null && known.equals(said) && known.isPresent() != pools.isEmpty() && known.stream().allMatch(address -> within(pools, address))) {
            return Optional.of(new Settled(known));
        }
        List<HeldAddress> held = ipam.addressesOf(kind.handle(node));
        List<HeldAddress> fitting = held.stream().filter(one -> one.address().family() == kind.family() && within(pools, one.address())).toList();
        Optional<HeldAddress> keep = fitting.stream().filter(one -> said.equals(Optional.of(one.address()))).findFirst().or(() -> fitting.stream().findFirst());
        List<Release> others = new ArrayList<>();
        held.stream().filter(one -> !keep.equals(Optional.of(one))).forEach(one -> others.add(Release.of(one)));
        if (!others.isEmpty()) {
            ipam.release(others);
        }
        Optional<IpAddress> address = keep.map(HeldAddress::address);
        if (address.isEmpty() && !pools.isEmpty()) {
            address = take(node, kind, pools);
            if (address.isEmpty()) {
                return Optional.empty();
            }
        }
        checked.put(kind, address);
        told.remove(kind);
        return Optional.of(new Settled(address));
    }

    private Optional<IpAddress> take(String node, TunnelKind kind, List<Prefix> pools) {
        boolean v4 = kind.family() == AddressFamily.IPV4;
        AutoAssignOutcome outcome = ipam.autoAssign(new AutoAssign(v4 ? 1 : 0, v4 ? 0 : 1, Optional.of(kind.handle(node)), Map.of("node", node, "type", kind.type()), node,
                Optional.empty(), pools, IpPool.Use.TUNNEL, Optional.empty(), OptionalInt.empty()));
        return switch (outcome) {
            case AutoAssignOutcome.Assigned(List<HeldAddress> ipv4, List<HeldAddress> ipv6) -> {
                IpAddress address = (v4 ? ipv4 : ipv6).getFirst().address();
                LOG.info("TMB-FAB-011 this node's {} is {}", kind.type(), address);
                yield Optional.of(address);
            }
            case AutoAssignOutcome.Fewer(List<HeldAddress> ipv4, List<HeldAddress> ipv6, List<Refusal> why) -> refused(kind, why.isEmpty() ? "" : why.getFirst().message());
            case AutoAssignOutcome.Refused(Refusal refusal) -> refused(kind, refusal.message());
        };
    }

    private Optional<IpAddress> refused(TunnelKind kind, String why) {
        tell(kind, "TMB-FAB-012 this node gets no " + kind.type() + ", and other nodes cannot send into a tunnel to it: " + why + " Trying again");
        return Optional.empty();
    }

    private void tell(TunnelKind kind, String text) {
        if (!text.equals(told.put(kind, text))) {
            LOG.warn(text);
        }
    }

    private static boolean within(List<Prefix> pools, IpAddress address) {
        return pools.stream().anyMatch(pool -> pool.contains(address));
    }
}
