package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.BgpActions;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code bgp:enable NAME}. */
@NullUnmarked
@Service
@Command(scope = "bgp", name = "enable", description = "Ends an administrative shutdown",
        detailedDescription = "The session starts again. A shutdown = true in the file of the peer holds again from the next change of that " +
        "file on.")
public final class BgpEnable extends PeerCommand {
    @Override
    Document answer(Services services) {
        return BgpActions.enable(services, name);
    }
}
