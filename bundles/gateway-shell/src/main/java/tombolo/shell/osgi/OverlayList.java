package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.OverlayViews;
import tombolo.shell.core.Services;

/** {@code overlay:list}. */
@NullUnmarked
@Service
@Command(scope = "overlay", name = "list", description = "Lists the tunnels to the other nodes and how their containers are reached",
        detailedDescription = "Each tunnel device with its numbers, each other node with its blocks and the way to them, and what in the kernel differs from what should be.")
public final class OverlayList extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return OverlayViews.list(services);
    }
}
