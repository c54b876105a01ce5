package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.NullUnmarked;

/** The commands that take {@code -f FILE}. */
@NullUnmarked
abstract class ResourceFileAction extends ResourceAction {
    @Option(name = "-f", aliases = "--filename", description = "A file or folder of the node's machine, or - for the standard input")
    @Completion(FileCompleter.class)
    String filename;

    @Option(name = "-R", aliases = "--recursive", description = "Also the folders in the folder")
    boolean recursive;

    @Option(name = "--skip-empty", description = "Files without a document are no error")
    boolean skipEmpty;

    @Option(name = "--dry-run", description = "Checks everything, shows what would change and writes nothing")
    boolean dryRun;

    @Argument(index = 0, name = "words", description = "KIND NAME... where there is no -f; options may stand here too", required = false, multiValued = true)
    @Completion(ResourceWordCompleter.class)
    List<String> words;

    @Override
    List<String> options() {
        List<String> options = super.options();
        value(options, "--filename", filename);
        flag(options, "--recursive", recursive);
        flag(options, "--skip-empty", skipEmpty);
        flag(options, "--dry-run", dryRun);
        return options;
    }

    @Override
    List<String> words() {
        return words;
    }
}
