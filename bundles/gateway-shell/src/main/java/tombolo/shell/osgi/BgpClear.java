package tombolo.shell.osgi;

import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.BgpActions;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code bgp:clear NAME|all}. */
@NullUnmarked
@Service
@Command(scope = "bgp", name = "clear", description = "Restarts a session, or exchanges its routes again",
        detailedDescription = "Without --soft the session ends with Cease/4 and starts again at once. With --soft it stays: in asks the peer " +
        "for its routes again, out sends ours again, both does both.")
public final class BgpClear extends GatewayCommand {
    @Argument(index = 0, name = "NAME", description = "A peer, or all", required = true)
    @Completion(PeerOrAllCompleter.class)
    String name;

    @Option(name = "--soft", description = "in, out or both")
    @Completion(value = StringsCompleter.class, values = {"in", "out", "both"})
    String soft;

    @Argument(index = 1, name = "options", description = "Options may stand here too", required = false, multiValued = true)
    @Completion(value = StringsCompleter.class, values = {"--soft", "in", "out", "both", "--json"})
    List<String> further;

    @Override
    List<String> further() {
        return further;
    }

    @Override
    Document answer(Services services) {
        return BgpActions.clear(services, name, Optional.ofNullable(soft));
    }
}
