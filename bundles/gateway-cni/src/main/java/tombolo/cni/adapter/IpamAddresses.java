package tombolo.cni.adapter;

import java.util.ArrayList;
import java.util.Comparator;
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
import tombolo.api.ipam.Release;
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
        List<HeldAddress> held = new ArrayList<>(); // under the handle, from before and from now
        try {
            held.addAll(ipam.addressesOf(ask.handle())); // some where it is asked again: an answer got lost, or what was begun could not be given back
            return ask.fixed().isEmpty() ? any(ask, held) : these(ask, held);
        } catch (DatastoreException e) {
            if (e.applied() == DatastoreException.Applied.UNKNOWN || !held.isEmpty()) {
                throw e; // whoever asked has to give back what is held, or may be
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

    /** One of each family, in place of those that are missing. */
    private Outcome any(Ask ask, List<HeldAddress> held) {
        boolean ipv4 = ask.ipv4() && held.stream().noneMatch(one -> one.address().isIpv4());
        boolean ipv6 = ask.ipv6() && held.stream().allMatch(one -> one.address().isIpv4());
        if (!held.isEmpty() && !ipv4 && !ipv6) {
            return new Outcome.Assigned(addresses(held));
        }
        List<Prefix> pools = new ArrayList<>();
        for (String stated : Stream.concat(ipv4 ? ask.ipv4Pools().stream() : Stream.empty(), ipv6 ? ask.ipv6Pools().stream() : Stream.empty()).toList()) {
            Optional<Prefix> pool = pool(stated);
            if (pool.isEmpty()) {
                return new Outcome.Refused("there is no pool " + stated, false);
            }
            pools.add(pool.get());
        }
        return switch (ipam.autoAssign(new AutoAssign(ipv4 ? 1 : 0, ipv6 ? 1 : 0, Optional.of(ask.handle()), ask.attributes(), node(ask), ask.namespace(), pools,
                IpPool.Use.WORKLOAD, Optional.empty(), OptionalInt.empty()))) {
            case AutoAssignOutcome.Assigned assigned -> {
                held.addAll(assigned.ipv4());
                held.addAll(assigned.ipv6());
                yield new Outcome.Assigned(addresses(held.stream().sorted(Comparator.comparing(HeldAddress::address)).toList()));
            }
            case AutoAssignOutcome.Fewer fewer -> {
                List<HeldAddress> fresh = Stream.concat(fewer.ipv4().stream(), fewer.ipv6().stream()).toList();
                held.addAll(fresh);
                yield giveBack(ask.handle(), fresh, refused(fewer.why().getFirst()));
            }
            case AutoAssignOutcome.Refused refused -> refused(refused.refusal());
        };
    }

    /** All of the fixed ones: those that are missing beside what is held. */
    private Outcome these(Ask ask, List<HeldAddress> held) {
        List<IpAddress> before = held.stream().map(HeldAddress::address).toList();
        if (!ask.fixed().containsAll(before)) {
            return new Outcome.Refused(ask.handle() + " holds " + text(before) + ", and " + text(ask.fixed()) + " is asked for: DEL comes first", false);
        }
        List<HeldAddress> fresh = new ArrayList<>();
        for (IpAddress address : ask.fixed().stream().filter(one -> !before.contains(one)).toList()) {
            switch (ipam.assign(new Assign(address, Optional.of(ask.handle()), ask.attributes(), node(ask), IpPool.Use.WORKLOAD, Optional.empty()))) {
                case AssignOutcome.Assigned assigned -> {
                    fresh.add(assigned.address());
                    held.add(assigned.address());
                }
                case AssignOutcome.Refused refused -> {
                    return giveBack(ask.handle(), fresh, refused(refused.refusal()));
                }
            }
        }
        return new Outcome.Assigned(ask.fixed().stream().distinct().map(address -> new InterfaceAddress(address, address.family().bits())).toList());
    }

    /** Some without the others are of no use to the container. What it had before is not touched. */
    private Outcome giveBack(String handle, List<HeldAddress> fresh, Outcome why) {
        if (!fresh.isEmpty() && ipam.release(fresh.stream().map(Release::of).toList()) instanceof ReleaseOutcome.Refused refused) {
            throw new DatastoreException(DatastoreException.Reason.UNAVAILABLE, DatastoreException.Applied.UNKNOWN, "addresses of " + handle + " are held and could not be given back: "
                    + refused.refusal().message());
        }
        return why;
    }

    private static String text(List<IpAddress> addresses) {
        return String.join(", ", addresses.stream().map(IpAddress::toString).toList());
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
