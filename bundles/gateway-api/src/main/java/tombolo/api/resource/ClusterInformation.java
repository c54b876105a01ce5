package tombolo.api.resource;

import java.util.Optional;

/**
 * {@code ClusterInformation} named {@code default}.
 *
 * @param datastoreReady false: locked; nothing takes an address or starts a data plane until it is unlocked. Empty: not said, which counts as true
 */
public record ClusterInformation(Optional<String> clusterGuid, Optional<String> clusterType, Optional<String> calicoVersion, Optional<Boolean> datastoreReady,
                                 Optional<String> variant) implements ResourceSpec { }
