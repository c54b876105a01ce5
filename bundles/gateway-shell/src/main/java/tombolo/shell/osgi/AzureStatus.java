package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.AzureViews;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code azure:status}. */
@NullUnmarked
@Service
@Command(scope = "azure", name = "status", description = "Shows how the node stands with each Azure subscription: token, clock, requests left, operations",
        detailedDescription = "Asks nobody: it shows what the last answers said. Requests left are this node's part of what Azure Resource Manager allows (budget-percent). azure:check asks.")
public final class AzureStatus extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return AzureViews.status(services, System.currentTimeMillis());
    }
}
