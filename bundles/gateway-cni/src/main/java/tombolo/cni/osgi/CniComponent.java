package tombolo.cni.osgi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.endpoint.ContainerAddresses;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointExport;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointKernel;
import tombolo.api.endpoint.EndpointLimits;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.endpoint.EndpointPolicy;
import tombolo.api.endpoint.Endpoints;
import tombolo.api.ipam.AddressUse;
import tombolo.api.ipam.ForbiddenSpace;
import tombolo.api.ipam.Ipam;
import tombolo.api.json.Json;
import tombolo.api.nat.Nat;
import tombolo.api.overlay.Overlays;
import tombolo.api.resource.Resources;
import tombolo.cni.adapter.CniNode;

/** Publishes {@link Endpoints} and serves container runtimes. Stopping closes the socket and leaves every container's network as it is. */
@Component(immediate = true, service = {Endpoints.class, SettingsListener.class, AddressUse.class})
public final class CniComponent implements Endpoints, SettingsListener, AddressUse {
    private final CniNode cni;

    @Activate
    public CniComponent(BundleContext context) throws IOException {
        String data = Optional.ofNullable(context.getProperty("karaf.data")).orElse("data");
        cni = new CniNode(Path.of(data, "cni"));
    }

    @Deactivate
    void deactivate() {
        cni.close();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindKernel(EndpointKernel service) {
        cni.kernel(service);
    }

    void unbindKernel(EndpointKernel service) {
        cni.kernelGone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindNat(Nat service) {
        cni.nat(service);
    }

    void unbindNat(Nat service) {
        cni.natGone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindLimits(EndpointLimits service) {
        cni.limits(service);
    }

    void unbindLimits(EndpointLimits service) {
        cni.limitsGone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindIpam(Ipam service) {
        cni.ipam(service);
    }

    void unbindIpam(Ipam service) {
        cni.addressesGone();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindAddresses(ContainerAddresses service) {
        cni.addresses(service);
    }

    void unbindAddresses(ContainerAddresses service) {
        cni.addressesGone(service);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindForbidden(ForbiddenSpace service) {
        cni.add(service);
    }

    void unbindForbidden(ForbiddenSpace service) {
        cni.remove(service);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindExport(EndpointExport service) {
        cni.add(service);
    }

    void unbindExport(EndpointExport service) {
        cni.remove(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindResources(Resources service) {
        cni.resources(service);
    }

    void unbindResources(Resources service) {
        cni.resourcesGone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindPolicy(EndpointPolicy service) {
        cni.policy(service);
    }

    void unbindPolicy(EndpointPolicy service) {
        cni.policyGone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindOverlays(Overlays service) {
        cni.overlays(service);
    }

    void unbindOverlays(Overlays service) {
        cni.overlaysGone(service);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindMode(EndpointMode mode) {
        cni.add(mode);
    }

    void unbindMode(EndpointMode mode) {
        cni.remove(mode);
    }

    @Override
    public void settingsChanged(Settings settings) {
        cni.settings(settings.node().name(), settings.cni(), settings.azureCni().foreignTypes());
    }

    @Override
    public String node() {
        return cni.node();
    }

    @Override
    public Set<String> handlesInUse() {
        return cni.handlesInUse();
    }

    @Override
    public List<Endpoint> list() {
        return cni.list();
    }

    @Override
    public Optional<Endpoint> get(EndpointId id) {
        return cni.get(id);
    }

    @Override
    public Optional<Explanation> explain(EndpointId id) {
        return cni.explain(id);
    }

    @Override
    public Optional<Json.Obj> export(String plugin) {
        return cni.export(plugin);
    }

    @Override
    public Map<String, List<ContainerAddresses.Holding>> holdings() {
        return cni.holdings();
    }

    @Override
    public Status status() {
        return cni.status();
    }
}
