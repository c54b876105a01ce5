package tombolo.api.ipam;

import tombolo.api.resource.IpamConfiguration;

/** What changing the configuration came to. */
public sealed interface ConfigureOutcome {
    record Configured(IpamConfiguration configuration) implements ConfigureOutcome { }

    record Refused(Refusal refusal) implements ConfigureOutcome { }
}
