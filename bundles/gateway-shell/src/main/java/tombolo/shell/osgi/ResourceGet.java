package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;

/** {@code resource:get}. */
@NullUnmarked
@Service
@Command(scope = "resource", name = "get", description = "Shows resources",
        detailedDescription = "Like calicoctl get: resource:get KIND [NAME...], or -f FILE. -o ps, wide, yaml or json; -A for all namespaces; --export without what belongs to this cluster.")
public final class ResourceGet extends ResourceFileAction {
    @Option(name = "-o", aliases = "--output", description = "ps, wide, yaml or json")
    String output;

    @Option(name = "-A", aliases = {"--all-namespaces", "-a"}, description = "Of all namespaces")
    boolean allNamespaces;

    @Option(name = "--export", description = "With a NAME: without uid, revision, time and namespace")
    boolean export;

    @Override
    List<String> options() {
        List<String> options = super.options();
        value(options, "--output", output);
        flag(options, "--all-namespaces", allNamespaces);
        flag(options, "--export", export);
        return options;
    }

    @Override
    String verb() {
        return "get";
    }
}
