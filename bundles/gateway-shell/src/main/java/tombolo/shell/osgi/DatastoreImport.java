package tombolo.shell.osgi;

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

/** {@code datastore:import}. */
@NullUnmarked
@Service
@Command(scope = "datastore", name = "import", description = "Reads an export into the datastore",
        detailedDescription = "Refused whole where a key is there with another value, or a line is not as it should be. What is there already with the "
        + "same value stays. Ends with a comparison of every key.")
public final class DatastoreImport extends ArgumentCommand {
    @Argument(index = 0, name = "FILE", description = "A file that datastore:export wrote", required = true)
    @Completion(FileCompleter.class)
    String file;

    @Override
    Document answer(Services services) {
        return DatastoreActions.importFrom(services, DatastoreAccess.file(file), json ? step -> { } : System.out::println);
    }
}
