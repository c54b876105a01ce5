package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.EndpointViews;
import tombolo.shell.core.Services;

/** {@code endpoint:addresses}. */
@NullUnmarked
@Service
@Command(scope = "endpoint", name = "addresses", description = "Lists the addresses of other sources than the pools",
        detailedDescription = "The secondary addresses that a VNET gives to this machine and those of CNS, with who holds them; a vanished one is held, but the VNET has taken it away.")
public final class EndpointAddresses extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return EndpointViews.addresses(services);
    }
}
