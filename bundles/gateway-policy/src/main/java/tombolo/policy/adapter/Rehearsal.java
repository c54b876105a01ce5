package tombolo.policy.adapter;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tombolo.api.net.IpAddress;
import tombolo.api.policy.Policies.Enforcement;
import tombolo.api.policy.Policies.Problem;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.policy.adapter.nft.NftOptions;
import tombolo.policy.adapter.nft.NftTable;
import tombolo.policy.core.Answers;
import tombolo.policy.core.HostInterfaces;
import tombolo.policy.core.NodeParameters;
import tombolo.policy.core.PolicyEngine;

/**
 * Another engine over the same resources, for work that would keep the Loop from what it is for.
 *
 * @param table     what the packet filter would have of it, not yet told
 * @param automatic host endpoints that the node would store or remove by itself
 */
record Rehearsal(PolicyEngine engine, NftTable table, NodeParameters parameters, Set<ResourceId> automatic, Moment moment) {
    /**
     * What counts at one moment.
     *
     * @param interfaces of this node with their addresses
     * @param said       what configuration comes to
     */
    record Moment(String node, Map<ResourceId, Resource> resources, Enforcement enforcement, Map<String, Set<IpAddress>> interfaces, NftOptions options,
                  Function<Collection<Resource>, PolicyNode.Said> said) { }

    /** @param puts, deletes what is changed besides */
    static Rehearsal of(Moment moment, List<Resource> puts, List<ResourceId> deletes) {
        PolicyEngine other = new PolicyEngine(moment.node);
        other.load(moment.resources.values());
        Map<ResourceId, Resource> all = moment.resources;
        if (!puts.isEmpty() || !deletes.isEmpty()) {
            other.apply(puts, deletes);
            all = new HashMap<>(all);
            all.keySet().removeAll(deletes);
            for (Resource put : puts) {
                all.put(put.id(), put);
            }
        }
        PolicyNode.Said said = moment.said.apply(all.values());
        NftTable table = new NftTable(other, said.parameters(), moment.interfaces, moment.options);
        table.close(said.closed());
        return new Rehearsal(other, table, said.parameters(), PolicyNode.automatic(moment.node, all.values(), said.parameters(), moment.interfaces).concerned(), moment);
    }

    Answers answers() {
        return new Answers(engine, moment.enforcement, HostInterfaces.of(engine.endpoints().values(), moment.interfaces, moment.options.workloadBridge()), parameters, moment.interfaces);
    }

    /** What a plan that leads here does not count. @param before where it begins */
    List<Problem> uncounted(Rehearsal before) {
        Set<ResourceId> fresh = new TreeSet<>(automatic);
        fresh.removeAll(before.automatic);
        return fresh.isEmpty() ? List.of() : List.of(new Problem(fresh.iterator().next(), "TMB-POL-051 this plan does not count the host endpoints that this node would then store or remove by itself "
                + "(KubeControllersConfiguration, Node): " + new ArrayList<>(fresh) + ". Plan with these documents too", "what the documents of the plan say without them"));
    }
}
