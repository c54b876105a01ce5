package tombolo.azure.cni.osgi;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.net.IpAddress;
import tombolo.azure.cni.core.TransparentMode;

/** Offers the transparent mode to gateway-cni. */
@Component(immediate = true)
public final class TransparentModeComponent implements EndpointMode {
    private final TransparentMode mode = new TransparentMode();

    @Activate
    public TransparentModeComponent() { }

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
}
