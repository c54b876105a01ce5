package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.GatewayViews;
import tombolo.shell.core.Services;

/** {@code gateway:config}. */
@NullUnmarked
@Service
@Command(scope = "gateway", name = "config", description = "Shows problems of the configuration and what is in force",
        detailedDescription = "Each problem of a file in etc/ with its line and key. Of a file with a problem the last good version stays in " +
        "force.")
public final class GatewayConfig extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return GatewayViews.config(services);
    }
}
