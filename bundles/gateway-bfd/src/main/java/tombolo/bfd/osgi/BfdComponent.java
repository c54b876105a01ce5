package tombolo.bfd.osgi;

import java.util.List;
import java.util.Optional;
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

/** Publishes the BFD sessions, which live for as long as gateway-linux has sockets for them. */
@Component(immediate = true, service = Bfd.class)
public final class BfdComponent implements Bfd {
    private final HeldSessions sessions;

    @Activate
    public BfdComponent() {
        sessions = new HeldSessions(System.nanoTime());
    }

    @Deactivate
    public void stop() {
        sessions.close();
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
