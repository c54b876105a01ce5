package tombolo.shell.osgi;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.adapter.DatastoreAccess;
import tombolo.shell.adapter.DatastoreActions;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code datastore:export}. */
@NullUnmarked
@Service
@Command(scope = "datastore", name = "export", description = "Writes the keys and values of the datastore as text",
        detailedDescription = "One JSON document a line, of everything below /calico/ and /tombolo/; keys with a lease are left out. Without FILE to the "
        + "screen. datastore:import reads it, on either engine.")
public final class DatastoreExport extends ArgumentCommand {
    @Argument(index = 0, name = "FILE", description = "A new file of the node; none: the screen", required = false)
    @Completion(FileCompleter.class)
    String file;

    @Override
    Document answer(Services services) {
        return DatastoreActions.export(services, Optional.ofNullable(file).map(DatastoreAccess::file));
    }
}
