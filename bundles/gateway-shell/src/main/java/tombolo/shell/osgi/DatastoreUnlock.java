package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.adapter.ClusterLock;
import tombolo.shell.adapter.DatastoreAccess;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code datastore:unlock}. */
@NullUnmarked
@Service
@Command(scope = "datastore", name = "unlock", description = "Ends the lock of the datastore",
        detailedDescription = "Sets Calico's ClusterInformation default, datastoreReady, to true.")
public final class DatastoreUnlock extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return ClusterLock.set(DatastoreAccess.store(services), true);
    }
}
