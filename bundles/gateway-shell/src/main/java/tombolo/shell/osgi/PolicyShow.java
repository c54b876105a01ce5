package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.PolicyViews;
import tombolo.shell.core.Services;

/** {@code policy:show}. */
@NullUnmarked
@Service
@Command(scope = "policy", name = "show", description = "Shows the policy of one endpoint of this node",
        detailedDescription = "Its labels, and for each direction the tiers and policies in their order, with the selector by which each applies, its rules, and what happens at the end.")
public final class PolicyShow extends ArgumentCommand {
    @Argument(index = 0, name = "ENDPOINT", description = "NAMESPACE/POD, NAMESPACE/NAME, an interface or an address", required = true)
    @Completion(PolicyEndpointCompleter.class)
    String endpoint;

    @Override
    Document answer(Services services) {
        return PolicyViews.show(services, endpoint);
    }
}
