package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.EndpointViews;
import tombolo.shell.core.Services;

/** {@code endpoint:explain}. */
@NullUnmarked
@Service
@Command(scope = "endpoint", name = "explain", description = "Compares a container's interface with the kernel",
        detailedDescription = "What should be there on the host and in the container, what differs, and what has passed.")
public final class EndpointExplain extends ArgumentCommand {
    @Argument(index = 0, name = "ENDPOINT", description = "CONTAINER/INTERFACE, the beginning of a container's id, NAMESPACE/POD, an address or the host's interface", required = true)
    @Completion(EndpointCompleter.class)
    String endpoint;

    @Override
    Document answer(Services services) {
        return EndpointViews.explain(services, endpoint);
    }
}
