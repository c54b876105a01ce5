package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.PolicyViews;
import tombolo.shell.core.Services;

/** {@code policy:sets}. */
@NullUnmarked
@Service
@Command(scope = "policy", name = "sets", description = "Lists the sets of addresses that rules refer to",
        detailedDescription = "Each selector of a rule in force on this node with what it stands for now: how many disjoint networks, the first of them, and the policies that use it.")
public final class PolicySets extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return PolicyViews.sets(services);
    }
}
