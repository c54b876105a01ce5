package tombolo.policy.osgi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointPolicy;
import tombolo.api.endpoint.Endpoints;
import tombolo.api.kernel.Connections;
import tombolo.api.kernel.Links;
import tombolo.api.nat.Nat;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.PacketLog;
import tombolo.api.nftables.PacketProbe;
import tombolo.api.policy.Policies;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Resources;
import tombolo.policy.adapter.PolicyNode;

/** Ties {@link PolicyNode} to whatever of the other bundles is there. */
@Component(immediate = true, service = {SettingsListener.class, Policies.class, EndpointPolicy.class})
public final class PolicyComponent implements SettingsListener, Policies, EndpointPolicy {
    private final PolicyNode policy;
    private Optional<PacketProbe> probe = Optional.empty();
    private Optional<Endpoints> containers = Optional.empty();
    private Optional<Nat> nat = Optional.empty();

    @Activate
    public PolicyComponent(BundleContext context) {
        this.policy = new PolicyNode(Optional.ofNullable(context.getProperty("karaf.data")).map(data -> Path.of(data, "tombolo", "policy")));
    }

    @Override
    public void settingsChanged(Settings settings) {
        policy.settingsChanged(settings);
    }

    @Override
    public Status status() {
        return policy.status();
    }

    @Override
    public List<String> endpoints() {
        return policy.endpoints();
    }

    @Override
    public Shown show(String endpoint) {
        return policy.show(endpoint);
    }

    @Override
    public Explanation explain(Question question) {
        return policy.explain(question);
    }

    @Override
    public Probed probe(Question question) {
        return policy.probe(question);
    }

    @Override
    public Pairs pairs(Optional<String> from, Optional<String> to) {
        return policy.pairs(from, to);
    }

    @Override
    public List<SetUse> sets() {
        return policy.sets();
    }

    @Override
    public List<Counter> counters() {
        return policy.counters();
    }

    @Override
    public Flows flows(FlowQuery query) {
        return policy.flows(query);
    }

    @Override
    public Plan plan(List<Resource> puts, List<ResourceId> deletes) {
        return policy.plan(puts, deletes);
    }

    @Override
    public boolean foretell(Endpoint endpoint, Resource resource) {
        return policy.admissions().foretell(endpoint, resource);
    }

    @Override
    public Outcome await(Endpoint endpoint, Duration limit) {
        return policy.admissions().await(endpoint, limit);
    }

    @Override
    public Outcome await(Endpoint endpoint, Resource resource, Duration limit) {
        return policy.admissions().await(endpoint, resource, limit);
    }

    @Override
    public Outcome expect(Endpoint endpoint, Duration limit) {
        return policy.admissions().expect(endpoint, limit);
    }

    @Override
    public void gone(EndpointId id) {
        policy.admissions().gone(id);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindResources(Resources resources) {
        policy.resourcesCame(resources);
    }

    void unbindResources(Resources resources) {
        policy.resourcesWent(resources);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindWriter(Nftables writer) {
        policy.writerCame(writer);
    }

    void unbindWriter(Nftables writer) {
        policy.writerWent(writer);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindLinks(Links links) {
        policy.linksCame(links);
    }

    void unbindLinks(Links links) {
        policy.linksWent(links);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindPacketLog(PacketLog log) {
        policy.packetLogCame(log);
    }

    void unbindPacketLog(PacketLog log) {
        policy.packetLogWent(log);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindConnections(Connections connections) {
        policy.connectionsCame(connections);
    }

    void unbindConnections(Connections connections) {
        policy.connectionsWent(connections);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    synchronized void bindProbe(PacketProbe service) {
        probe = Optional.of(service);
        policy.packetProbe(probe);
    }

    synchronized void unbindProbe(PacketProbe service) {
        if (probe.filter(current -> current == service).isPresent()) { // where it is replaced, the new one is bound first
            probe = Optional.empty();
            policy.packetProbe(probe);
        }
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    synchronized void bindEndpoints(Endpoints service) {
        containers = Optional.of(service);
        policy.containers(containers);
    }

    synchronized void unbindEndpoints(Endpoints service) {
        if (containers.filter(current -> current == service).isPresent()) {
            containers = Optional.empty();
            policy.containers(containers);
        }
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    synchronized void bindNat(Nat service) {
        nat = Optional.of(service);
        policy.nat(nat);
    }

    synchronized void unbindNat(Nat service) {
        if (nat.filter(current -> current == service).isPresent()) {
            nat = Optional.empty();
            policy.nat(nat);
        }
    }

    @Deactivate
    void deactivate() {
        policy.close();
    }
}
