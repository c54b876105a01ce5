package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.adapter.DatastoreAccess;
import tombolo.shell.core.DatastoreViews;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code datastore:backup}. */
@NullUnmarked
@Service
@Command(scope = "datastore", name = "backup", description = "Writes all of the embedded store into a new file",
        detailedDescription = "While the store runs, at one revision. FILE is on the node, a whole path, readable by its owner only. datastore:restore "
        + "reads it; datastore:export writes text.")
public final class DatastoreBackup extends ArgumentCommand {
    @Argument(index = 0, name = "FILE", description = "A new file of the node", required = true)
    @Completion(FileCompleter.class)
    String file;

    @Override
    Document answer(Services services) {
        return DatastoreViews.report(DatastoreAccess.files(services).backup(DatastoreAccess.file(file)), "The backup is whole.");
    }
}
