package tombolo.bgp.osgi;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHopTracker;
import tombolo.api.route.RouteSink;
import tombolo.bgp.adapter.BgpRouting;
import tombolo.runtime.StateKeeper;

/** Ties the route engine to whatever of the other bundles is there. */
@Component(immediate = true, service = {SettingsListener.class, BgpRoutes.class})
public final class BgpComponent implements SettingsListener, BgpRoutes {
    private final BgpRouting routing;

    @Activate
    public BgpComponent(@Reference StateKeeper keeper) {
        this.routing = new BgpRouting(keeper);
    }

    @Override
    public void settingsChanged(Settings settings) {
        routing.settingsChanged(settings);
    }

    @Override
    public List<PeerCounts> peers() {
        return routing.routes().peers();
    }

    @Override
    public Totals totals() {
        return routing.routes().totals();
    }

    @Override
    public List<Route> routes(Query query) {
        return routing.routes().routes(query);
    }

    @Override
    public Explanation explain(Prefix prefix) {
        return routing.routes().explain(prefix);
    }

    @Override
    public boolean refreshIn(String peer) {
        return routing.routes().refreshIn(peer);
    }

    @Override
    public boolean refreshOut(String peer) {
        return routing.routes().refreshOut(peer);
    }

    @Override
    public void drain() {
        routing.routes().drain();
    }

    @Override
    public List<UpdateError> errors(String peer) {
        return routing.routes().errors(peer);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindSessions(BgpSessions sessions) {
        routing.sessionsCame(sessions);
    }

    void unbindSessions(BgpSessions sessions) {
        routing.sessionsWent(sessions);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindSink(RouteSink sink) {
        routing.sinkCame(sink);
    }

    void unbindSink(RouteSink sink) {
        routing.sinkWent(sink);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindTracker(NextHopTracker tracker) {
        routing.trackerCame(tracker);
    }

    void unbindTracker(NextHopTracker tracker) {
        routing.trackerWent(tracker);
    }

    @Deactivate
    void deactivate() {
        routing.close();
    }
}
