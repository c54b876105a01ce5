package tombolo.api.resource;

import java.util.Optional;
import tombolo.api.selector.Selector;

/** {@code LiveMigration}: a workload that moves between nodes. */
public record LiveMigration(Optional<Source> source, Optional<Target> target) implements ResourceSpec {
    public sealed interface Source {
        record Workload(Identity workload) implements Source { }

        record Endpoint(Identity workloadEndpoint) implements Source { }
    }

    public sealed interface Target {
        record Selected(Selector selector) implements Target { }

        record Endpoint(Identity workloadEndpoint) implements Target { }
    }

    /** @param endpointId of an endpoint only */
    public record Identity(Optional<String> hostname, Optional<String> orchestratorId, Optional<String> workloadId, Optional<String> endpointId) { }
}
