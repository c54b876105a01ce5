package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.AzureViews;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code azure:subscriptions}. */
@NullUnmarked
@Service
@Command(scope = "azure", name = "subscriptions", description = "Lists the Azure subscriptions of etc/tombolo.azure.subscription-NAME.cfg",
        detailedDescription = "Each with its cloud, where that is asked, and the kind of identity as which the node acts. No secret is shown.")
public final class AzureSubscriptions extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return AzureViews.subscriptions(services);
    }
}
