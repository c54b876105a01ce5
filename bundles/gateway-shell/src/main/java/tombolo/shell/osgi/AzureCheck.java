package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.AzureViews;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code azure:check}. */
@NullUnmarked
@Service
@Command(scope = "azure", name = "check", description = "Asks Azure for a new token, reads the subscription and compares the clocks",
        detailedDescription = "Takes 30 seconds at most. What is not good is shown with its code, Azure's own request number and what to do.")
public final class AzureCheck extends ArgumentCommand {
    @Argument(index = 0, name = "NAME", description = "The subscription's name in etc/", required = true)
    @Completion(SubscriptionCompleter.class)
    String name;

    @Override
    Document answer(Services services) {
        return AzureViews.check(services, name);
    }
}
