package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;

/** {@code resource:patch}. */
@NullUnmarked
@Service
@Command(scope = "resource", name = "patch", description = "Changes a part of a resource",
        detailedDescription = "Like calicoctl patch: resource:patch KIND NAME -p PATCH [-t strategic|merge|json]. strategic and merge take a part of the document, json a list of operations (RFC 6902).")
public final class ResourcePatch extends ResourceNameAction {
    @Option(name = "-p", aliases = "--patch", description = "The patch, in JSON")
    String patch;

    @Option(name = "-t", aliases = "--type", description = "strategic, merge (RFC 7386) or json (RFC 6902)")
    String type;

    @Override
    List<String> options() {
        List<String> options = super.options();
        value(options, "--patch", patch);
        value(options, "--type", type);
        return options;
    }

    @Override
    String verb() {
        return "patch";
    }
}
