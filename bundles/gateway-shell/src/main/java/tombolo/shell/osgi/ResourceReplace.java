package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;

/** {@code resource:replace}. */
@NullUnmarked
@Service
@Command(scope = "resource", name = "replace", description = "Replaces resources that exist",
        detailedDescription = "Like calicoctl replace: resource:replace -f FILE, - for the standard input. Spec, labels and annotations become those of the document.")
public final class ResourceReplace extends ResourceFileAction {
    @Override
    String verb() {
        return "replace";
    }
}
