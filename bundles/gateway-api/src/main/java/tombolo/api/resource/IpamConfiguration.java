package tombolo.api.resource;

import java.util.Optional;

/**
 * {@code IPAMConfiguration} named {@code default}.
 *
 * @param strictAffinity     an address comes only from a block of its own node; default false
 * @param autoAllocateBlocks default true
 * @param maxBlocksPerHost   0: not set, 20 then
 * @param kubeVirtVmAddressPersistence as spelled, where set
 * @param ipCooldownSeconds  0–1200, how long a released address rests; default 0
 */
public record IpamConfiguration(boolean strictAffinity, boolean autoAllocateBlocks, int maxBlocksPerHost, Optional<String> kubeVirtVmAddressPersistence,
                                int ipCooldownSeconds) implements ResourceSpec {
    public static final IpamConfiguration DEFAULT = new IpamConfiguration(false, true, 0, Optional.empty(), 0);
}
