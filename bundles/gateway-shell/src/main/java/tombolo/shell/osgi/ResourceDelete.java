package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;

/** {@code resource:delete}. */
@NullUnmarked
@Service
@Command(scope = "resource", name = "delete", description = "Deletes resources",
        detailedDescription = "Like calicoctl delete: resource:delete KIND NAME..., or -f FILE. A pool is first disabled and its blocks are given back.")
public final class ResourceDelete extends ResourceFileAction {
    @Option(name = "-s", aliases = "--skip-not-exists", description = "What does not exist counts as deleted")
    boolean skipNotExists;

    @Override
    List<String> options() {
        List<String> options = super.options();
        flag(options, "--skip-not-exists", skipNotExists);
        return options;
    }

    @Override
    String verb() {
        return "delete";
    }
}
