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

/** {@code datastore:check}. */
@NullUnmarked
@Service
@Command(scope = "datastore", name = "check", description = "Reads every file of the embedded store and says what is wrong",
        detailedDescription = "Changes nothing, while the store runs or refuses to open. Ends with an error where something is wrong; "
        + "datastore:repair mends that.")
public final class DatastoreCheck extends GatewayCommand {
    @Override
    Document answer(Services services) {
        Report report = DatastoreAccess.files(services).check();
        Document document = DatastoreViews.report(report, "Every file is as it was written.");
        if (!report.sound() && !json) {
            throw new Failure("TMB-DST-077 the store is damaged: " + String.join("; ", report.findings()) + ". datastore:repair goes back to the last good record.");
        }
        return document;
    }
}
