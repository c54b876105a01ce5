package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.datastore.DatastoreFiles.Report;
import tombolo.shell.adapter.DatastoreAccess;
import tombolo.shell.core.DatastoreViews;
import tombolo.shell.core.Document;
import tombolo.shell.core.Failure;
import tombolo.shell.core.Services;

/** {@code datastore:repair}. */
@NullUnmarked
@Service
@Command(scope = "datastore", name = "repair", description = "Brings a damaged embedded store back to its last good record",
        detailedDescription = "Keeps the damaged files aside, in the store's directory, and opens the store. What was written after the damage is "
        + "lost. Does nothing to a store that is in order.")
public final class DatastoreRepair extends GatewayCommand {
    @Override
    Document answer(Services services) {
        Report report = DatastoreAccess.files(services).repair();
        if (!report.sound() && !json) {
            throw new Failure(String.join("; ", report.findings()));
        }
        return DatastoreViews.report(report, "The store is in order.");
    }
}
