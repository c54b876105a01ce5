package tombolo.api.resource;

/** The typed view of a resource's {@code spec}: one immutable record per kind, the fields named as the kind spells them, defaults applied where nothing layers above. */
public sealed interface ResourceSpec permits ResourceSpec.Unknown, IpPool, IpReservation, IpamConfiguration, BlockAffinity, IpamBlock, IpamHandle, BgpConfiguration, BgpPeer, BgpFilter,
        Node, NetworkPolicy, GlobalNetworkPolicy, StagedNetworkPolicy, StagedGlobalNetworkPolicy, StagedKubernetesNetworkPolicy, Tier, NetworkSet, GlobalNetworkSet, HostEndpoint,
        WorkloadEndpoint, Profile, FelixConfiguration, KubeControllersConfiguration, ClusterInformation, CalicoNodeStatus, LiveMigration {
    /** A kind that nobody here knows: kept and handed on, never interpreted. */
    record Unknown() implements ResourceSpec { }
}
