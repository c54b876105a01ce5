package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.PolicyViews;
import tombolo.shell.core.Services;

/** {@code policy:counters}. */
@NullUnmarked
@Service
@Command(scope = "policy", name = "counters", description = "Shows what the kernel has counted at the rules of policies",
        detailedDescription = "Packets and bytes of each rule, of the ends of tiers and of profiles, for packets that begin a flow; rules that none has met with --all.")
public final class PolicyCounters extends GatewayCommand {
    @Option(name = "--all", description = "Also rules that no packet has met")
    boolean all;

    @Override
    Document answer(Services services) {
        return PolicyViews.counters(services, all);
    }
}
