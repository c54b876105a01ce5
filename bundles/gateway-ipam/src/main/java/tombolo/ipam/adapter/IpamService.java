package tombolo.ipam.adapter;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import tombolo.api.datastore.Datastore;
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
import tombolo.api.ipam.Refusal.Reason;
import tombolo.api.ipam.Release;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpamConfiguration;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Resources;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.ipam.core.Cluster;

/** The service, on one store and the resources in it. */
final class IpamService implements Ipam, AutoCloseable {
    static final int MAX_COOL_DOWN_SECONDS = 1200;

    private final Datastore store;
    private final Resources resources;
    private final ClusterView view;
    private final Allocator allocator;

    IpamService(Datastore store, Resources resources, ClusterView view, Allocator allocator) {
        this.store = store;
        this.resources = resources;
        this.view = view;
        this.allocator = allocator;
    }

    Allocator allocator() {
        return allocator;
    }

    ClusterView view() {
        return view;
    }

    @Override
    public AutoAssignOutcome autoAssign(AutoAssign wish) {
        return allocator.autoAssign(wish);
    }

    @Override
    public AssignOutcome assign(Assign wish) {
        return allocator.assign(wish);
    }

    @Override
    public ReleaseOutcome release(List<Release> releases) {
        return allocator.release(releases);
    }

    @Override
    public ReleaseOutcome releaseByHandle(String handle, OptionalLong sequenceNumber) {
        return allocator.releaseByHandle(handle, sequenceNumber);
    }

    @Override
    public List<HeldAddress> addressesOf(String handle) {
        return allocator.addressesOf(handle);
    }

    @Override
    public Optional<HeldAddress> holder(IpAddress address) {
        return allocator.holder(address);
    }

    @Override
    public AffinityOutcome releaseAffinity(BlockOwner owner, Optional<Prefix> block, boolean onlyEmpty) {
        return allocator.releaseAffinity(owner, block, onlyEmpty);
    }

    @Override
    public List<Prefix> blocksOf(BlockOwner owner) {
        return allocator.blocksOf(owner);
    }

    @Override
    public List<PoolUse> usage() {
        return Usage.of(store, view.cluster());
    }

    @Override
    public Borrowed borrowed() {
        return Usage.borrowed(StateReader.read(store));
    }

    @Override
    public IpamConfiguration configuration() {
        return view.cluster().configuration();
    }

    @Override
    public ConfigureOutcome configure(UnaryOperator<IpamConfiguration> change) {
        Optional<Resource> stored = resources.get(ResourceId.of("IPAMConfiguration", "default"));
        IpamConfiguration before = stored.map(Resource::spec).map(IpamConfiguration.class::cast).orElse(IpamConfiguration.DEFAULT);
        IpamConfiguration after = change.apply(before);
        Optional<Refusal> wrong = wrong(after);
        if (wrong.isPresent()) {
            return new ConfigureOutcome.Refused(wrong.get());
        }
        Json.Obj base = stored.map(Resource::tree).orElseGet(() -> Json.Obj.of("apiVersion", new Json.Text("projectcalico.org/v3")).with("kind", "IPAMConfiguration")
                .with("metadata", Json.Obj.of("name", new Json.Text("default"))));
        Json.Obj spec = base.object("spec").orElse(Json.Obj.EMPTY).with("strictAffinity", after.strictAffinity()).with("autoAllocateBlocks", after.autoAllocateBlocks())
                .with("maxBlocksPerHost", after.maxBlocksPerHost()).with("ipCooldownSeconds", after.ipCooldownSeconds());
        if (after.kubeVirtVmAddressPersistence().isPresent()) {
            spec = spec.with("kubeVirtVMAddressPersistence", after.kubeVirtVmAddressPersistence().get());
        }
        return switch (resources.write(stored.isPresent() ? Resources.Verb.REPLACE : Resources.Verb.CREATE, base.with("spec", spec))) {
            case Resources.WriteOutcome.Done _ -> new ConfigureOutcome.Configured(after);
            case Resources.WriteOutcome.Refused(List<Resources.Problem> problems) -> new ConfigureOutcome.Refused(new Refusal(Reason.INVALID, problems.getFirst().message()));
        };
    }

    private Optional<Refusal> wrong(IpamConfiguration wanted) {
        String why = null;
        if (!wanted.strictAffinity() && !wanted.autoAllocateBlocks()) {
            why = "TMB-IPM-050 Cannot disable 'StrictAffinity' and 'AutoAllocateBlocks' at the same time: no address could be given out.";
        } else if (wanted.maxBlocksPerHost() < 0) {
            why = "TMB-IPM-051 MaxBlocksPerHost is " + wanted.maxBlocksPerHost() + "; wanted 0 (not set: " + Cluster.DEFAULT_MAX_BLOCKS + ") or more.";
        } else if (wanted.maxBlocksPerHost() > 0 && !wanted.strictAffinity()) {
            why = "TMB-IPM-052 MaxBlocksPerHost can only be set when StrictAffinity is true: a node at its limit would borrow instead. Add --strictaffinity=true.";
        } else if (wanted.ipCooldownSeconds() < 0 || wanted.ipCooldownSeconds() > MAX_COOL_DOWN_SECONDS) {
            why = "TMB-IPM-053 ipCooldownSeconds is " + wanted.ipCooldownSeconds() + "; allowed are 0 to " + MAX_COOL_DOWN_SECONDS + ".";
        } else if (wanted.ipCooldownSeconds() > 0 && !view.cluster().coolDown()) {
            why = "TMB-IPM-054 this etcd is shared with Calico " + view.information().calicoVersion().orElse("(unknown)")
                    + ", whose nodes do not know that addresses cool down: they would never be free again. Allowed from Calico 3.33.";
        }
        return Optional.ofNullable(why).map(text -> new Refusal(Reason.INVALID, text));
    }

    /** All that the cluster knows. */
    List<WorkloadEndpoint> workloads() {
        return resources.list("WorkloadEndpoint", Optional.empty()).stream().map(Resource::spec).filter(WorkloadEndpoint.class::isInstance).map(WorkloadEndpoint.class::cast).toList();
    }

    @Override
    public CheckReport check() {
        return new Report(store, resources, view).make();
    }

    @Override
    public ReportRelease releaseLeaked(List<Json.Obj> reports, boolean force) {
        return new LeakedRelease(store, resources, view, allocator).release(reports, force);
    }

    @Override
    public SplitOutcome split(int parts, String pool) {
        return new PoolSplit(resources, view).split(parts, pool);
    }

    @Override
    public void close() {
        try {
            allocator.close();
        } finally { // a store whose bundle was replaced may fail in any way: the resources must not go on holding this listener
            view.close();
        }
    }

}
