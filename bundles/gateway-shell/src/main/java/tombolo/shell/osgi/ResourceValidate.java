package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;

/** {@code resource:validate}. */
@NullUnmarked
@Service
@Command(scope = "resource", name = "validate", description = "Checks documents without the store",
        detailedDescription = "Like calicoctl validate: resource:validate -f FILE, - for the standard input. Every problem is told with its line, field, value and rule.")
public final class ResourceValidate extends ResourceFileAction {
    @Override
    String verb() {
        return "validate";
    }
}
