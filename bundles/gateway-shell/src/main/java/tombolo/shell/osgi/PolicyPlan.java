package tombolo.shell.osgi;

import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.PolicyViews;
import tombolo.shell.core.Services;

/** {@code policy:plan}. */
@NullUnmarked
@Service
@Command(scope = "policy", name = "plan", description = "Shows what documents would change, without writing them",
        detailedDescription = "policy:plan -f FILE: which pairs of endpoints on this node would gain or lose connectivity, and what of the compiled policy and of the kernel's chains, sets and rules would change. Nothing is written.")
public final class PolicyPlan extends GatewayCommand {
    @Option(name = "-f", aliases = "--filename", description = "A file or folder of the node's machine, or - for the standard input", required = true)
    @Completion(FileCompleter.class)
    String filename;

    @Option(name = "-n", aliases = "--namespace", description = "The namespace of documents that name none")
    String namespace;

    @Override
    Document answer(Services services) {
        List<String> words = new ArrayList<>(List.of("--filename", filename));
        if (namespace != null) {
            words.addAll(List.of("--namespace", namespace));
        }
        return PolicyViews.plan(services, words, System.in);
    }
}
