package tombolo.cni.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.ipam.Assign;
import tombolo.api.ipam.AssignOutcome;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Ipam;
import tombolo.api.ipam.Refusal;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.cni.core.AddressSource;

/** Addresses of the cluster's pools, by gateway-ipam. */
public final class IpamAddresses implements AddressSource {
    private final Ipam ipam;

    public IpamAddresses(Ipam ipam) {
        this.ipam = ipam;
    }

    @Override
    public Outcome assign(Ask ask) {
        try {
            List<HeldAddress> held = ipam.addressesOf(ask.handle());
            if (!held.isEmpty()) {
                return new Outcome.Assigned(addresses(held)); // asked again: an answer got lost
            }
            return ask.fixed().isEmpty() ? any(ask) : these(ask);
        } catch (DatastoreException e) {
            if (e.applied() == DatastoreException.Applied.UNKNOWN) {
                throw e; // whoever asked has to give back what may be held
            }
            return new Outcome.Refused("the datastore cannot do its work: " + e.getMessage(), true);
        }
    }

    @Override
    public Optional<String> release(String handle) {
        try {
            return switch (ipam.releaseByHandle(handle, OptionalLong.empty())) {
                case ReleaseOutcome.Released _ -> Optional.empty();
                case ReleaseOutcome.Refused refused -> refused.refusal().reason() == Refusal.Reason.NOT_FOUND ? Optional.empty() : Optional.of(refused.refusal().message());
            };
        } catch (DatastoreException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private Outcome any(Ask ask) {
        List<Prefix> pools = new ArrayList<>();
        for (String stated : Stream.concat(ask.ipv4() ? ask.ipv4Pools().stream() : Stream.empty(), ask.ipv6() ? ask.ipv6Pools().stream() : Stream.empty()).toList()) {
            Optional<Prefix> pool = pool(stated);
            if (pool.isEmpty()) {
                return new Outcome.Refused("there is no pool " + stated, false);
            }
            pools.add(pool.get());
        }
        return switch (ipam.autoAssign(new AutoAssign(ask.ipv4() ? 1 : 0, ask.ipv6() ? 1 : 0, Optional.of(ask.handle()), ask.attributes(), node(ask), ask.namespace(), pools,
                IpPool.Use.WORKLOAD, Optional.empty(), OptionalInt.empty()))) {
            case AutoAssignOutcome.Assigned assigned -> new Outcome.Assigned(addresses(Stream.concat(assigned.ipv4().stream(), assigned.ipv6().stream()).toList()));
            case AutoAssignOutcome.Fewer fewer -> giveBack(ask.handle(), refused(fewer.why().getFirst()));
            case AutoAssignOutcome.Refused refused -> refused(refused.refusal());
        };
    }

    private Outcome these(Ask ask) {
        List<HeldAddress> held = new ArrayList<>();
        for (IpAddress address : ask.fixed()) {
            switch (ipam.assign(new Assign(address, Optional.of(ask.handle()), ask.attributes(), node(ask), IpPool.Use.WORKLOAD, Optional.empty()))) {
                case AssignOutcome.Assigned assigned -> held.add(assigned.address());
                case AssignOutcome.Refused refused -> {
                    return held.isEmpty() ? refused(refused.refusal()) : giveBack(ask.handle(), refused(refused.refusal()));
                }
            }
        }
        return new Outcome.Assigned(addresses(held));
    }

    /** One family without the other is of no use to the container. */
    private Outcome giveBack(String handle, Outcome why) {
        Optional<String> failure = release(handle);
        if (failure.isPresent()) {
            throw new IllegalStateException("addresses of " + handle + " are held and could not be given back: " + failure.get());
        }
        return why;
    }

    private static Outcome refused(Refusal refusal) {
        boolean later = refusal.reason() == Refusal.Reason.LOCKED || refusal.reason() == Refusal.Reason.CONTENTION;
        return new Outcome.Refused(refusal.message(), later);
    }

    /** A pool by its range or its name. */
    private Optional<Prefix> pool(String stated) {
        if (stated.indexOf('/') > 0) {
            try {
                return Optional.of(Prefix.parse(stated));
            } catch (IllegalArgumentException _) {
                return Optional.empty();
            }
        }
        return ipam.usage().stream().filter(pool -> pool.name().equals(Optional.of(stated))).map(tombolo.api.ipam.PoolUse::cidr).findFirst();
    }

    private static String node(Ask ask) {
        return ask.attributes().getOrDefault("node", "");
    }

    private static List<InterfaceAddress> addresses(List<HeldAddress> held) {
        return held.stream().map(one -> new InterfaceAddress(one.address(), one.address().family().bits())).toList();
    }
}
