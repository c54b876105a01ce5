package tombolo.shell.osgi;

import java.util.List;
import java.util.function.Consumer;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;
import tombolo.shell.core.Services;

/** A command on one circuit; progress is shown as it comes, but not among JSON. */
@NullUnmarked
abstract class ErCommand extends GatewayCommand {
    @Argument(index = 0, name = "CIRCUIT", description = "The name in etc/tombolo.expressroute.circuit-NAME.cfg", required = true)
    @Completion(CircuitCompleter.class)
    String circuit;

    @Argument(index = 1, name = "options", description = "Options may stand here too", required = false, multiValued = true)
    @Completion(value = StringsCompleter.class, values = "--json")
    List<String> words;

    /** How many words behind the circuit are the command's own. */
    int ownWords() {
        return 0;
    }

    @Override
    final List<String> further() {
        return words == null ? List.of() : words.subList(Math.min(ownWords(), words.size()), words.size());
    }

    /** A word of the command's own. @param what it is, for the message where it is missing */
    final String word(int index, String what) {
        if (words == null || words.size() <= index || words.get(index).startsWith("--")) {
            throw ExpressRouteViews.missing(what);
        }
        return words.get(index);
    }

    abstract Document answer(ExpressRoute service);

    @Override
    final Document answer(Services services) {
        return answer(services.need(ExpressRoute.class));
    }

    final Consumer<String> progress() {
        return progress(json);
    }

    static Consumer<String> progress(boolean json) {
        return line -> {
            if (!json) {
                System.out.println(ExpressRouteViews.progress(line));
                System.out.flush();
            }
        };
    }
}
