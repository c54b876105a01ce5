package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.BfdViews;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code bfd:list}. */
@NullUnmarked
@Service
@Command(scope = "bfd", name = "list", description = "Lists the BFD sessions with their states and timers",
        detailedDescription = "Like show bfd sessions: to whom, since when, how often packets go, after what silence the session is down, and for whom it is held.")
public final class BfdList extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return BfdViews.list(services, System.currentTimeMillis());
    }
}
