package tombolo.policy.adapter;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tombolo.api.net.IpAddress;
import tombolo.api.policy.Policies.Enforcement;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.policy.adapter.nft.NftTable;
import tombolo.policy.core.Answers;
import tombolo.policy.core.HostInterfaces;
import tombolo.policy.core.NodeParameters;
import tombolo.policy.core.PolicyEngine;

/**
 * Another engine over the same resources, for work that would keep the Loop from what it is for.
 *
 * @param table      what the packet filter would have of it, not yet told
 * @param interfaces of this node with their addresses
 */
record Rehearsal(PolicyEngine engine, NftTable table, Enforcement enforcement, NodeParameters parameters, Map<String, Set<IpAddress>> interfaces) {
    /** What counts at one moment. */
    record Moment(String node, Collection<Resource> resources, Enforcement enforcement, NodeParameters parameters, Map<String, Set<IpAddress>> interfaces,
                  Function<PolicyEngine, NftTable> tables) { }

    /** @param puts, deletes what is changed besides */
    static Rehearsal of(Moment moment, List<Resource> puts, List<ResourceId> deletes) {
        PolicyEngine other = new PolicyEngine(moment.node);
        other.load(moment.resources);
        if (!puts.isEmpty() || !deletes.isEmpty()) {
            other.apply(puts, deletes);
        }
        return new Rehearsal(other, moment.tables.apply(other), moment.enforcement, moment.parameters, moment.interfaces);
    }

    Answers answers() {
        return new Answers(engine, enforcement, HostInterfaces.of(engine.endpoints().values(), interfaces), parameters, interfaces);
    }
}
