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

/** {@code datastore:restore}. */
@NullUnmarked
@Service
@Command(scope = "datastore", name = "restore", description = "Replaces the embedded store by a backup",
        detailedDescription = "The store's present files are kept aside, in its directory. Revisions go on far above those of the backup, so that no "
        + "watcher mistakes new ones for old ones.")
public final class DatastoreRestore extends ArgumentCommand {
    @Argument(index = 0, name = "FILE", description = "A file that datastore:backup wrote", required = true)
    @Completion(FileCompleter.class)
    String file;

    @Override
    Document answer(Services services) {
        return DatastoreViews.report(DatastoreAccess.files(services).restore(DatastoreAccess.file(file)), "The store is open.");
    }
}
