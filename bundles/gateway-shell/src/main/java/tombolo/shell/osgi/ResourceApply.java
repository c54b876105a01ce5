package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;

/** {@code resource:apply}. */
@NullUnmarked
@Service
@Command(scope = "resource", name = "apply", description = "Creates resources, or replaces their specs",
        detailedDescription = "Like calicoctl apply: resource:apply -f FILE, - for the standard input. YAML or JSON, several documents, lists. All is checked " +
        "before anything is written. The spec is replaced whole, labels and annotations are added to.")
public final class ResourceApply extends ResourceFileAction {
    @Override
    String verb() {
        return "apply";
    }
}
