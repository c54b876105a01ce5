package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;

/** {@code resource:label}. */
@NullUnmarked
@Service
@Command(scope = "resource", name = "label", description = "Sets or removes a label of a resource",
        detailedDescription = "Like calicoctl label: resource:label KIND NAME KEY=VALUE [--overwrite], or KIND NAME KEY --remove.")
public final class ResourceLabel extends ResourceNameAction {
    @Option(name = "--overwrite", description = "A label that is there gets the new value")
    boolean overwrite;

    @Option(name = "--remove", description = "Removes the label")
    boolean remove;

    @Override
    List<String> options() {
        List<String> options = super.options();
        flag(options, "--overwrite", overwrite);
        flag(options, "--remove", remove);
        return options;
    }

    @Override
    String verb() {
        return "label";
    }
}
