package tombolo.bfd.osgi;

import java.util.List;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import tombolo.api.bfd.Bfd;
import tombolo.api.bfd.BfdListener;
import tombolo.api.bfd.BfdRequest;
import tombolo.api.bfd.BfdStatus;
import tombolo.api.kernel.Datagrams;
import tombolo.bfd.adapter.HeldSessions;
import tombolo.runtime.StateKeeper;

/** Publishes the BFD sessions, which live for as long as gateway-linux has sockets for them. */
@Component(immediate = true, service = Bfd.class)
public final class BfdComponent implements Bfd {
    private final HeldSessions sessions;

    private final BundleContext context;
    private final StateKeeper keeper;

    /** @param keeper of gateway-runtime, which is never swapped: a static reference */
    @Activate
    public BfdComponent(BundleContext context, @Reference StateKeeper keeper) {
        this.context = context;
        this.keeper = keeper;
        sessions = new HeldSessions(System.nanoTime(), keeper.take(HeldSessions.REGION, HeldSessions.LAYOUT));
    }

    /** Where the whole node stops, sessions are administratively down; where this bundle alone does, a successor is to come. */
    @Deactivate
    public void stop() {
        if (context.getBundle(0).getState() == Bundle.STOPPING) {
            sessions.close();
        } else {
            keeper.put(HeldSessions.REGION, sessions.leave());
        }
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindDatagrams(Datagrams datagrams) {
        sessions.datagrams(Optional.of(datagrams));
    }

    void unbindDatagrams(Datagrams datagrams) {
        sessions.gone(datagrams);
    }

    @Override
    public Hold hold(BfdRequest request, BfdListener listener) {
        return sessions.hold(request, listener);
    }

    @Override
    public List<BfdStatus> sessions() {
        return sessions.sessions();
    }

    @Override
    public Health health() {
        return sessions.health();
    }
}
