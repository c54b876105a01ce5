package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.PolicyViews;
import tombolo.shell.core.Services;

/** {@code policy:status}. */
@NullUnmarked
@Service
@Command(scope = "policy", name = "status", description = "Shows the state of policy on this node",
        detailedDescription = "Who enforces it, how much there is, which interfaces carry nothing until their endpoint is known and why, and the resources that are not in force as they stand, with the reason and with what is in force instead.")
public final class PolicyStatus extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return PolicyViews.status(services);
    }
}
