package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.EndpointViews;
import tombolo.shell.core.Services;

/** {@code endpoint:list}. */
@NullUnmarked
@Service
@Command(scope = "endpoint", name = "list", description = "Lists the containers' interfaces on this node",
        detailedDescription = "Each with its addresses, the host's end, how it was made, its network and its pod.")
public final class EndpointList extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return EndpointViews.list(services);
    }
}
