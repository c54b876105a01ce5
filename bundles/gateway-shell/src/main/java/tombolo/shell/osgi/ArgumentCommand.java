package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;

/** A command of one argument and no option but {@code --json}, which may stand on either side of it. */
@NullUnmarked
abstract class ArgumentCommand extends GatewayCommand {
    @Argument(index = 1, name = "options", description = "Options may stand here too", required = false, multiValued = true)
    @Completion(value = StringsCompleter.class, values = "--json")
    List<String> further;

    @Override
    final List<String> further() {
        return further;
    }
}
