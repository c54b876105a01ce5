package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code datastore:status}. */
@NullUnmarked
@Service
@Command(scope = "datastore", name = "status", description = "Shows the state of the datastore",
        detailedDescription = "The engine that is chosen and how its store is, the lock, and where the store of each engine is; "
        + "where there is no store, what is in the way.")
public final class DatastoreStatusCommand extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return DatastoreCommands.status(services);
    }
}
