package tombolo.azure.cni.osgi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
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
import tombolo.api.expressroute.VnetSpaces;
import tombolo.api.ipam.ForbiddenSpace;
import tombolo.api.json.Json;
import tombolo.api.nat.Nat;
import tombolo.api.net.Prefix;
import tombolo.azure.cni.adapter.AzureNode;
import tombolo.azure.cni.core.BridgeMode;
import tombolo.azure.cni.core.EndpointState;
import tombolo.azure.cni.core.TransparentMode;
import tombolo.azure.cni.core.VnetSpace;

/** Offers Azure's addresses to gateway-cni, keeps pools out of VNETs, and tells of endpoints in the Azure CNI's words. */
@Component(immediate = true, service = {SettingsListener.class, ForbiddenSpace.class, EndpointExport.class})
public final class AzureComponent implements SettingsListener, ForbiddenSpace, EndpointExport {
    private final AzureNode azure;
    private final List<ServiceRegistration<ContainerAddresses>> sources;
    private Optional<Nat> nat = Optional.empty();
    private volatile BridgeMode bridge = new BridgeMode("azure0", Optional.empty(), false);
    private volatile Optional<Settings> settings = Optional.empty();
    private volatile Optional<VnetSpaces> spaces = Optional.empty();

    @Activate
    public AzureComponent(BundleContext context) throws IOException {
        String data = Optional.ofNullable(context.getProperty("karaf.data")).orElse("data");
        azure = new AzureNode(Path.of(data, "azure-cni"));
        sources = List.of(context.registerService(ContainerAddresses.class, azure.vnet(), null), context.registerService(ContainerAddresses.class, azure.cns(), null));
    }

    @Deactivate
    void deactivate() {
        for (ServiceRegistration<ContainerAddresses> source : sources) {
            try {
                source.unregister();
            } catch (IllegalStateException _) {
                // the framework took the service away before us
            }
        }
        azure.close();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    synchronized void bindNat(Nat service) {
        nat = Optional.of(service);
        azure.nat(nat);
    }

    synchronized void unbindNat(Nat service) {
        if (nat.filter(current -> current == service).isPresent()) { // where it is replaced, the new one is bound first
            nat = Optional.empty();
            azure.nat(nat);
        }
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    synchronized void bindSpaces(VnetSpaces service) {
        spaces = Optional.of(service);
    }

    synchronized void unbindSpaces(VnetSpaces service) {
        spaces = spaces.filter(current -> current != service);
    }

    @Override
    public void settingsChanged(Settings settings) {
        azure.settings(settings.azureCni());
        bridge = BridgeMode.of(settings);
        this.settings = Optional.of(settings);
    }

    @Override
    public Optional<String> refusal(Prefix range) {
        List<VnetSpaces.Told> told = spaces.map(VnetSpaces::told).orElse(List.of());
        return settings.flatMap(known -> VnetSpace.of(known, told).refusal(range));
    }

    @Override
    public String plugin() {
        return "azure-vnet";
    }

    @Override
    public Json.Obj export(List<Endpoint> endpoints, String uplink, long nowMillis) {
        TransparentMode transparent = new TransparentMode();
        return EndpointState.of(endpoints, Map.of(transparent.name(), transparent, BridgeMode.NAME, bridge), uplink, nowMillis);
    }
}
