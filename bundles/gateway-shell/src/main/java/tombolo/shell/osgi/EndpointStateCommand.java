package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.EndpointViews;
import tombolo.shell.core.Services;

/** {@code endpoint:state}. */
@NullUnmarked
@Service
@Command(scope = "endpoint", name = "state", description = "Tells the containers' interfaces as the Azure CNI does",
        detailedDescription = "With --json, as it stands in azure-vnet.json and in the answer to GET_ENDPOINT_STATE.")
public final class EndpointStateCommand extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return EndpointViews.state(services);
    }
}
