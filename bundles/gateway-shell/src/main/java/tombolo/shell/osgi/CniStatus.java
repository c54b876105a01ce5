package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.EndpointViews;
import tombolo.shell.core.Services;

/** {@code cni:status}. */
@NullUnmarked
@Service
@Command(scope = "cni", name = "status", description = "Shows whether container runtimes are served",
        detailedDescription = "The socket, the bundles that are missing, how many endpoints there are, pools of which containers get no address any more, and how calls ended so far.")
public final class CniStatus extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return EndpointViews.status(services);
    }
}
