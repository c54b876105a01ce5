package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.GatewayViews;
import tombolo.shell.core.Services;

/** {@code gateway:status}. */
@NullUnmarked
@Service
@Command(scope = "gateway", name = "status", description = "Shows the state of the node",
        detailedDescription = "Uptime, memory, configuration, peers, routes, bundles and interfaces; works whatever is running.")
public final class GatewayStatus extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return GatewayViews.status(services, Node.of(context));
    }
}
