package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.adapter.Drain;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code gateway:drain}. */
@NullUnmarked
@Service
@Command(scope = "gateway", name = "drain", description = "Takes the traffic away before the node is stopped",
        detailedDescription = "Graceful shutdown (RFC 8326): routes are advertised with GRACEFUL_SHUTDOWN, then the command waits, ends all " +
        "sessions with Cease/2 and removes our routes from the kernel. The node keeps running; ./gateway stop --drain " +
        "stops it as well.")
public final class GatewayDrain extends GatewayCommand {
    @Option(name = "--wait", description = "Seconds between the announcement and the end of the sessions, 0 to 3600")
    int wait = Drain.DEFAULT_WAIT_SECONDS;

    @Option(name = "--text", description = "The reason, shown at the other side")
    String text = "maintenance";

    @Override
    Document answer(Services services) {
        return Drain.run(services, wait, text, json ? step -> { } : System.out::println, Drain::sleep);
    }
}
