package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.adapter.ClusterLock;
import tombolo.shell.adapter.DatastoreAccess;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code datastore:lock}. */
@NullUnmarked
@Service
@Command(scope = "datastore", name = "lock", description = "Locks the datastore for an upgrade or a migration",
        detailedDescription = "Sets Calico's ClusterInformation default, datastoreReady, to false (and makes it where it is not there): IPAM and the CNI "
        + "plugin, of every node that shares the store, write nothing until datastore:unlock. Routing goes on.")
public final class DatastoreLockCommand extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return ClusterLock.set(DatastoreAccess.store(services), false);
    }
}
