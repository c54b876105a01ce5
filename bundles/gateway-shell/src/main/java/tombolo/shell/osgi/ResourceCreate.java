package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;

/** {@code resource:create}. */
@NullUnmarked
@Service
@Command(scope = "resource", name = "create", description = "Creates resources that do not exist",
        detailedDescription = "Like calicoctl create: resource:create -f FILE, - for the standard input. An existing resource is an error unless --skip-exists.")
public final class ResourceCreate extends ResourceFileAction {
    @Option(name = "--skip-exists", description = "What exists is left alone and counts as created")
    boolean skipExists;

    @Override
    List<String> options() {
        List<String> options = super.options();
        flag(options, "--skip-exists", skipExists);
        return options;
    }

    @Override
    String verb() {
        return "create";
    }
}
