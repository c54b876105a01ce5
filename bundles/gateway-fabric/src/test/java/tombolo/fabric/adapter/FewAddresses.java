package tombolo.fabric.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import tombolo.api.ipam.AffinityOutcome;
import tombolo.api.ipam.Assign;
import tombolo.api.ipam.AssignOutcome;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.Borrowed;
import tombolo.api.ipam.CheckReport;
import tombolo.api.ipam.ConfigureOutcome;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Ipam;
import tombolo.api.ipam.PoolUse;
import tombolo.api.ipam.Refusal;
import tombolo.api.ipam.Release;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpamConfiguration;

/** Gives out the first addresses of the pools that are named, and remembers who holds them; the rest of the service is not there. */
final class FewAddresses implements Ipam {
    final List<HeldAddress> held = new ArrayList<>();
    final List<AutoAssign> asked = new ArrayList<>();
    boolean empty;
    int calls;

    @Override
    public synchronized AutoAssignOutcome autoAssign(AutoAssign wish) {
        calls++;
        asked.add(wish);
        if (empty) {
            return new AutoAssignOutcome.Refused(new Refusal(Refusal.Reason.EXHAUSTED, "TMB-IPM-001 none is left."));
        }
        Prefix pool = wish.pools().getFirst();
        IpAddress address = pool.address();
        while (taken(address)) {
            address = new IpAddress(address.family(), address.hi(), address.lo() + 1);
        }
        HeldAddress one = new HeldAddress(address, pool, wish.handle(), wish.attributes(), 1);
        held.add(one);
        return new AutoAssignOutcome.Assigned(address.isIpv4() ? List.of(one) : List.of(), address.isIpv4() ? List.of() : List.of(one));
    }

    private boolean taken(IpAddress address) {
        return held.stream().anyMatch(one -> one.address().equals(address));
    }

    @Override
    public synchronized ReleaseOutcome release(List<Release> releases) {
        calls++;
        List<IpAddress> addresses = releases.stream().map(Release::address).toList();
        held.removeIf(one -> addresses.contains(one.address()));
        return new ReleaseOutcome.Released(addresses, List.of());
    }

    @Override
    public synchronized List<HeldAddress> addressesOf(String handle) {
        calls++;
        return held.stream().filter(one -> one.handle().equals(Optional.of(handle))).toList();
    }

    @Override
    public AssignOutcome assign(Assign wish) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ReleaseOutcome releaseByHandle(String handle, OptionalLong sequenceNumber) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<HeldAddress> holder(IpAddress address) {
        throw new UnsupportedOperationException();
    }

    @Override
    public AffinityOutcome releaseAffinity(BlockOwner owner, Optional<Prefix> block, boolean onlyEmpty) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Prefix> blocksOf(BlockOwner owner) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<PoolUse> usage() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Borrowed borrowed() {
        throw new UnsupportedOperationException();
    }

    @Override
    public IpamConfiguration configuration() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ConfigureOutcome configure(UnaryOperator<IpamConfiguration> change) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CheckReport check() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ReportRelease releaseLeaked(List<Json.Obj> reports, boolean force) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SplitOutcome split(int parts, String pool) {
        throw new UnsupportedOperationException();
    }
}
