package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.EndpointViews;
import tombolo.shell.core.Services;

/** {@code endpoint:show}. */
@NullUnmarked
@Service
@Command(scope = "endpoint", name = "show", description = "Shows one container's interface",
        detailedDescription = "All that this node has written down about it; endpoint:explain compares it with the kernel.")
public final class EndpointShow extends ArgumentCommand {
    @Argument(index = 0, name = "ENDPOINT", description = "CONTAINER/INTERFACE, the beginning of a container's id, NAMESPACE/POD, an address or the host's interface", required = true)
    @Completion(EndpointCompleter.class)
    String endpoint;

    @Override
    Document answer(Services services) {
        return EndpointViews.show(services, endpoint);
    }
}
