package tombolo.azure.cni.osgi;

import java.util.Map;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.azure.cni.core.BridgeMode;

/** Offers the bridge mode to gateway-cni, as the settings want it. */
@Component(immediate = true, service = {EndpointMode.class, SettingsListener.class})
public final class BridgeModeComponent implements EndpointMode, SettingsListener {
    private volatile BridgeMode mode = new BridgeMode(AzureCniSettings.DEFAULT.bridge(), AzureCniSettings.DEFAULT.bridgeUplink(), false); // until told otherwise a VNET's fabric may be there

    @Activate
    public BridgeModeComponent() { }

    @Override
    public void settingsChanged(Settings settings) {
        mode = BridgeMode.of(settings);
    }

    @Override
    public Set<String> standsFor() {
        return mode.standsFor();
    }

    @Override
    public String name() {
        return mode.name();
    }

    @Override
    public String hostInterface(EndpointId id, String network, Map<String, String> arguments) {
        return mode.hostInterface(id, network, arguments);
    }

    @Override
    public EndpointPlan plan(Wish wish) {
        return mode.plan(wish);
    }

    @Override
    public IpAddress gateway(boolean ipv4) {
        return mode.gateway(ipv4);
    }

    @Override
    public IpAddress gateway(InterfaceAddress address) {
        return mode.gateway(address);
    }
}
