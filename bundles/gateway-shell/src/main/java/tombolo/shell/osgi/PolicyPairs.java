package tombolo.shell.osgi;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.PolicyViews;
import tombolo.shell.core.Services;

/** {@code policy:pairs}. */
@NullUnmarked
@Service
@Command(scope = "policy", name = "pairs", description = "Lists what the endpoints of this node may send to each other",
        detailedDescription = "Each pair of containers here with the protocols and destination ports that both the sender's and the receiver's policy allow for a new connection, and what host endpoints forward.")
public final class PolicyPairs extends GatewayCommand {
    @Option(name = "--from", description = "Only from this endpoint")
    @Completion(PolicyEndpointCompleter.class)
    String from;

    @Option(name = "--to", description = "Only to this endpoint")
    @Completion(PolicyEndpointCompleter.class)
    String to;

    @Override
    Document answer(Services services) {
        return PolicyViews.pairs(services, Optional.ofNullable(from), Optional.ofNullable(to));
    }
}
