package tombolo.shell.osgi;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.policy.Policies.Flows;
import tombolo.shell.core.Document;
import tombolo.shell.core.FlowViews;
import tombolo.shell.core.Services;

/** {@code policy:flows}. */
@NullUnmarked
@Service
@Command(scope = "policy", name = "flows", description = "Lists flows that were denied or logged",
        detailedDescription = "Packets that policy denied, and those that met a rule with the action Log, by flow: when, by which policy and rule, between whom, how many. --json has the labels "
        + "of both ends. The kernel logs a bounded number a second of each rule (log-rate in etc/tombolo.policy.cfg); policy:counters has all. --follow prints what comes until it is interrupted, "
        + "with --json a line for each.")
public final class PolicyFlows extends GatewayCommand {
    private static final int PAUSE_MILLIS = 500;
    /** Whoever forgot it does not keep a thread of the node for ever: a day. */
    private static final int MOST_PAUSES = 24 * 3600 * 1000 / PAUSE_MILLIS;

    @Option(name = "--denied", description = "Only what was denied or cut")
    boolean denied;

    @Option(name = "--follow", description = "Go on with what comes, until interrupted")
    boolean follow;

    @Option(name = "--endpoint", description = "Only with this endpoint, or address, at one end")
    @Completion(PolicyEndpointCompleter.class)
    String endpoint;

    private long last;

    @Override
    Document answer(Services services) {
        Flows flows = FlowViews.ask(services, denied, Optional.ofNullable(endpoint), 0);
        last = flows.last();
        return FlowViews.flows(services, flows);
    }

    /** Whether nobody reads this any more: what the command prints to passes on to the session's own stream, which alone knows. */
    private boolean gone() {
        return System.out.checkError() || session.getConsole() != null && session.getConsole().checkError();
    }

    @Override
    void behind() {
        for (int i = 0; follow && i < MOST_PAUSES && !gone(); i++) {
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
            try (OsgiServices services = new OsgiServices(context)) { // anew each time: gateway-policy may be replaced meanwhile
                Flows flows = FlowViews.ask(services, denied, Optional.ofNullable(endpoint), last);
                System.out.print(FlowViews.lines(flows, json, screen()));
                last = flows.last() < last ? 0 : flows.last(); // a new one counts from the beginning
            }
        }
    }
}
