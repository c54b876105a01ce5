package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.NullUnmarked;

/** The commands that take KIND NAME. */
@NullUnmarked
abstract class ResourceNameAction extends ResourceAction {
    @Option(name = "--dry-run", description = "Checks everything, shows what would change and writes nothing")
    boolean dryRun;

    @Argument(index = 0, name = "words", description = "KIND NAME and what follows; options may stand here too", required = true, multiValued = true)
    @Completion(ResourceWordCompleter.class)
    List<String> words;

    @Override
    List<String> options() {
        List<String> options = super.options();
        flag(options, "--dry-run", dryRun);
        return options;
    }

    @Override
    List<String> words() {
        return words;
    }
}
